"""A session over all of its journals: the line that it went along, side branches, and signals between journals."""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from examdesk.evidence.facts import Hand, HandIn, Run
from examdesk.evidence.files import stretches
from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import Rules
from examdesk.evidence.signals import Signal
from examdesk.evidence.words import count, duration
from examdesk.store.rows import JournalRow
from shared.ids import JournalId
from shared.log.entry import unpack_header
from shared.problems import Bug

_BROKEN = {
    "rollback": "The PC's record ended before events that the hub has already: it was set back to an earlier state",
    "fork": "The PC showed other events than the hub has for the same numbers: the record has two continuations",
    "damaged": "The PC's record was damaged",
}


class Kept(msgspec.Struct, frozen=True):
    """What a desk showed beside its journal, as the hub kept it."""

    journal: JournalId
    at_ms: int
    why: str
    hub_last: int
    desk_last: int


class Tail(msgspec.Struct, kw_only=True):
    """Events of a journal that came after the session had gone on elsewhere: a side branch, never merged."""

    events: int = 0
    first_ms: int | None = None
    last_ms: int | None = None


def _given(line: Sequence[JournalFacts], file: str) -> bytes:
    """Return a 1 for each character of a file of the last journal that came as starter code in any of the line."""
    files = line[-1].files
    kept = files.kept(file)
    if kept is None:
        return files.given(file)
    for place in reversed(range(len(line) - 1)):
        if line[place].files.texts.get(kept.file) == kept.text:
            before = b"\0" + (_given(line[: place + 1], kept.file) or bytes(len(kept.text)))
            own = files.given(file) or bytes(len(kept.places))
            return bytes(mark or before[at] for mark, at in zip(own, kept.places, strict=True))
    return files.given(file)


def given_along(line: Sequence[JournalFacts], file: str) -> tuple[tuple[int, int], ...]:
    """Return the stretches (start, end) of a file of the last journal that came as starter code in any of the line."""
    return stretches(_given(line, file))


def main_line(rows: Mapping[JournalId, JournalRow], current: JournalId | None) -> tuple[JournalRow, ...]:
    """Return the journals that the session went along, oldest first: `current` and its parents."""
    line: list[JournalRow] = []
    at = rows.get(current) if current is not None else None
    while at is not None and at not in line:
        line.append(at)
        at = rows.get(at.parent) if at.parent is not None else None
    return tuple(reversed(line))


class SessionFacts:
    """The facts of a session's journals.

    Attributes:
        journals: facts by journal, without tails.
        tails: what came after the session had left a journal.
        problem: why the figures are not complete, in words; empty when they are.
    """

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.journals: dict[JournalId, JournalFacts] = {}
        self.tails: dict[JournalId, Tail] = {}
        self.problem = ""
        self._rows: dict[JournalId, JournalRow] = {}
        self._line: tuple[JournalRow, ...] = ()
        self._cuts: dict[JournalId, int] = {}
        self._current: JournalId | None = None
        self._kept: list[Kept] = []
        self._signals: list[Signal] | None = None

    def put_journals(self, rows: Iterable[JournalRow], current: JournalId | None) -> list[JournalId]:
        """Take the session's journals as they stand; return those that must be folded again from their beginning."""
        self._rows = {row.journal: row for row in rows}
        self._current = current
        self._line = main_line(self._rows, current)
        self._cuts = {
            child.parent: child.parent_seq
            for child in self._line
            if child.parent is not None and child.parent in self._rows
        }
        self._signals = None
        stale = []
        for journal in self._rows:
            cut = self._cuts.get(journal)
            facts = self.journals.setdefault(journal, JournalFacts(journal, self.rules))
            tail = self.tails.get(journal)
            if (cut is not None and facts.last_seq > cut) or (tail is not None and cut is None):
                stale.append(journal)
                self.forget(journal)
        return stale

    def forget(self, journal: JournalId) -> None:
        """Drop the facts of a journal, to be folded again."""
        self.journals[journal] = JournalFacts(journal, self.rules)
        self.tails.pop(journal, None)
        self._signals = None

    def keep(self, kept: Iterable[Kept]) -> None:
        """Take what the hub kept beside the journals."""
        self._kept = list(kept)
        self._signals = None

    def take(self, journal: JournalId, header: bytes, payload: bytes | None) -> None:
        """Take the next event of a journal."""
        facts = self.journals.get(journal)
        if facts is None:
            raise Bug("An event came for a journal that its session does not know. It is stored; restart the hub.")
        cut = self._cuts.get(journal)
        seq = unpack_header(header).seq if cut is not None else -1
        if cut is not None and seq > cut:
            tail = self.tails.setdefault(journal, Tail())
            at_ms = facts.clock.at(unpack_header(header))
            tail.events += 1
            tail.first_ms = at_ms if tail.first_ms is None else tail.first_ms
            tail.last_ms = at_ms
            self._signals = None
            return
        signals = len(facts.signals)
        facts.take_raw(header, payload)
        if len(facts.signals) != signals:
            self._signals = None

    def next_seq(self, journal: JournalId) -> int:
        """Return the number of the event that a journal goes on with."""
        facts, tail = self.journals.get(journal), self.tails.get(journal)
        return (0 if facts is None else facts.last_seq + 1) + (0 if tail is None else tail.events)

    # -- what it comes to

    @property
    def line(self) -> tuple[JournalRow, ...]:
        """The journals that the session went along, oldest first."""
        return self._line

    @property
    def side_branches(self) -> list[JournalRow]:
        """Journals that the session did not go on in."""
        on_line = {row.journal for row in self._line}
        return [row for journal, row in self._rows.items() if journal not in on_line]

    @property
    def main(self) -> list[JournalFacts]:
        """The facts along the line, oldest first."""
        return [self.journals[row.journal] for row in self._line]

    @property
    def current(self) -> JournalFacts | None:
        """The facts of the newest journal of the line that has events."""
        return next((facts for facts in reversed(self.main) if facts.events), None)

    @property
    def events(self) -> int:
        """Events along the line."""
        return sum(facts.events for facts in self.main)

    @property
    def runs(self) -> list[tuple[JournalFacts, Run]]:
        """All runs along the line, oldest first, with their journals."""
        return [(facts, run) for facts in self.main for run in facts.runs]

    @property
    def versions(self) -> int:
        """Versions along the line."""
        return sum(len(facts.versions) for facts in self.main)

    @property
    def handed_in(self) -> HandIn | None:
        """The hand-in that holds now."""
        current = self.current
        return current.handed_in if current is not None else None

    @property
    def hand(self) -> Hand | None:
        """The student's hand as it was raised or lowered last."""
        return next((facts.hand for facts in reversed(self.main) if facts.hand is not None), None)

    @property
    def last_active_ms(self) -> int | None:
        """When the student last did anything."""
        return next((facts.last_active_ms for facts in reversed(self.main) if facts.last_active_ms is not None), None)

    def texts(self) -> dict[str, str]:
        """Return the files as they stand in the newest journal of the line that has any."""
        return next((facts.files.texts for facts in reversed(self.main) if facts.files.texts), {})

    def given(self, file: str) -> tuple[tuple[int, int], ...]:
        """Return the stretches (start, end) of a file of `texts` that came as starter code, at whichever PC."""
        main = self.main
        place = next((place for place in reversed(range(len(main))) if main[place].files.texts), None)
        return () if place is None else given_along(main[: place + 1], file)

    def signals(self) -> Sequence[Signal]:
        """Return all signals of the session by time, side branches included."""
        if self._signals is None:
            found = [signal for facts in self.journals.values() for signal in facts.signals]
            found += [signal for signal in self._between() if signal.kind not in self.rules.signals.off]
            self._signals = sorted(found, key=lambda signal: (signal.at_ms, signal.journal, signal.seq, signal.kind))
        return self._signals

    def _between(self) -> Iterable[Signal]:
        for row in self._rows.values():
            yield from self._moved(row)
            yield from self._broken(row)
            yield from self._overlapping(row)
        for row in self.side_branches:
            yield from self._beside(row)

    def _moved(self, row: JournalRow) -> Iterable[Signal]:
        parent = self._rows.get(row.parent) if row.parent is not None else None
        if parent is None:
            return
        changed = []
        if parent.device != row.device:
            changed.append(f"another PC ({row.device_name or 'no name'}, before {parent.device_name or 'no name'})")
        if parent.address != row.address and parent.address and row.address:
            changed.append(f"another network address ({row.address}, before {parent.address})")
        before, now = _user(self.journals[parent.journal]), _user(self.journals[row.journal])
        if before and now and before != now:
            changed.append(f"another user ({now}, before {before})")
        if changed:
            said = f"The session went on with {', '.join(changed)}."
            yield _signal("device_change", row, (0, row.opened_ms), len(changed), said)

    def _broken(self, row: JournalRow) -> Iterable[Signal]:
        mine = [kept for kept in self._kept if kept.journal == row.journal]
        once: dict[tuple[int, str, int], Kept] = {}
        for kept in mine:  # a file from a stick is kept batch by batch, and is one break
            key = (kept.at_ms, kept.why, kept.hub_last)
            once[key] = max(once.get(key, kept), kept, key=lambda each: each.desk_last)
        for kept in once.values():
            said = _BROKEN.get(kept.why, f"The PC's record does not go together with the hub's ({kept.why})")
            yield _signal(
                "log_break",
                row,
                (max(min(kept.hub_last, kept.desk_last), 0), kept.at_ms),
                abs(kept.hub_last - kept.desk_last),
                f"{said}. The hub had events up to {kept.hub_last}, the PC up to {kept.desk_last}; both are kept.",
            )
        if row.state in _BROKEN and not mine:
            last = self.journals[row.journal].last_seq
            yield _signal("log_break", row, (max(last, 0), row.last_ms or row.opened_ms), 1, f"{_BROKEN[row.state]}.")

    def _overlapping(self, row: JournalRow) -> Iterable[Signal]:
        tail = self.tails.get(row.journal)
        if tail is None or tail.first_ms is None or tail.last_ms is None:
            return
        child = next((each for each in self._line if each.parent == row.journal), None)
        began = tail.first_ms if child is None else max(tail.first_ms, child.opened_ms)
        if tail.last_ms < began:
            return
        lasted = tail.last_ms - began
        yield _signal(
            "two_devices",
            row,
            (self._cuts.get(row.journal, -1) + 1, began),
            round(lasted / 1000, 1),
            f"After the session had gone on elsewhere, {row.device_name or 'the earlier PC'} wrote "
            f"{count(tail.events, 'more event')} over {duration(lasted)}; they are kept as a side branch.",
        )

    def _beside(self, row: JournalRow) -> Iterable[Signal]:
        """A journal that the session did not go on in was written while one of the session's line was."""
        mine = _span(self.journals[row.journal])
        for other in self._line:
            theirs = _span(self.journals[other.journal])
            if mine is None or theirs is None:
                continue
            began, ended = max(mine[0], theirs[0]), min(mine[1], theirs[1])
            if ended > began:
                one, second = row.device_name or "A PC without a name", other.device_name or "a PC without a name"
                said = (
                    f"{one} and {second} wrote "
                    f"for this session during the same {duration(ended - began)}; what the first one wrote is kept as "
                    "a side branch."
                )
                yield _signal("two_devices", row, (0, began), round((ended - began) / 1000, 1), said)
                return


def _span(facts: JournalFacts) -> tuple[int, int] | None:
    return None if facts.first_ms is None or facts.last_ms is None else (facts.first_ms, facts.last_ms)


def _user(facts: JournalFacts) -> str:
    return facts.starts[-1].user if facts.starts else ""


_UNITS = {"device_change": "changes", "log_break": "events", "two_devices": "seconds"}


def _signal(kind: str, row: JournalRow, at: tuple[int, int], amount: float, explanation: str) -> Signal:
    """Return a signal of a journal `at` (event, hub time)."""
    return Signal(
        kind=kind,  # type: ignore[arg-type]
        journal=row.journal.hex(),
        seq=at[0],
        at_ms=at[1],
        amount=amount,
        unit=_UNITS[kind],
        explanation=explanation,
    )
