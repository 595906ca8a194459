"""A session's status, now and over time, from its standing, its connection and its events."""

from collections.abc import Iterator

from examdesk.evidence.facts import Stretch
from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.session import SessionFacts
from examdesk.staffapi.messages import Status
from examdesk.store.rows import SessionRow
from shared.wire.standing import Standing


def standing_of(row: SessionRow) -> Standing:
    """Return what a session's newest standing says."""
    return Standing(
        exam=row.exam.hex(),
        session=row.session.hex(),
        revision=row.revision,
        issued_ms=row.issued_ms,
        starts_ms=row.starts_ms,
        ends_ms=row.ends_ms,
        paused_ms=row.paused_ms,
        ended=row.ended,
        reopened=row.reopened,
        locked=row.locked,
        note=row.note,
    )


def status_of(row: SessionRow, facts: SessionFacts, now_ms: int, *, online: bool) -> Status:
    """Return the status now.

    In this order: handed in by the student is Submitted; over is Ended; then Offline, Paused, Waiting; a student
    who did nothing for the exam's idle minutes is Idle, otherwise Working.
    """
    phase = standing_of(row).phase(now_ms)
    handed_in = facts.handed_in
    if handed_in is not None and (handed_in.why == "student" or phase != "ended"):
        return "Submitted"
    if phase == "ended":
        return "Ended"
    if not online:
        return "Offline"
    if phase == "paused" or row.locked:
        return "Paused"
    if phase == "waiting":
        return "Waiting"
    active = max(facts.last_active_ms or 0, row.starts_ms or 0, _reopened_ms(facts))
    return "Idle" if now_ms - active > facts.rules.idle_ms else "Working"


def unattended_since(row: SessionRow, facts: SessionFacts, now_ms: int) -> int:
    """Return since when nobody works on a session that could be worked on; `now_ms` where that can't be or is over."""
    if standing_of(row).phase(now_ms) != "active" or row.locked or facts.handed_in is not None:
        return now_ms
    return max(facts.last_active_ms or 0, row.starts_ms or 0, row.joined_ms, _reopened_ms(facts))


def _reopened_ms(facts: SessionFacts) -> int:
    current = facts.current
    return current.hand_ins[-1].at_ms if current is not None and current.hand_ins else 0


def status_over_time(row: SessionRow, facts: SessionFacts, now_ms: int, *, online: bool) -> list[tuple[int, Status]]:
    """Return since when each status held, oldest first, as the desk's events tell; the last one holds now."""
    changes: list[tuple[int, Status]] = [(row.joined_ms, "Waiting")]
    state = _Over(row)
    for at_ms, what, value in sorted(_moments(facts, now_ms), key=lambda moment: moment[0]):
        if at_ms > now_ms:
            break
        state.take(what, value)
        changes.append((max(at_ms, row.joined_ms), state.status()))
    changes.append((now_ms, status_of(row, facts, now_ms, online=online)))
    return [change for place, change in enumerate(changes) if not place or change[1] != changes[place - 1][1]]


class _Over:
    """The status as the desk's own events tell it."""

    def __init__(self, row: SessionRow) -> None:
        self._row = row
        self._phase = "waiting"
        self._online = True
        self._idle = False
        self._handed_in = ""

    def take(self, what: str, value: str) -> None:
        match what:
            case "phase":
                self._phase = value
            case "online":
                self._online = bool(value)
            case "idle":
                self._idle = bool(value)
            case _:
                self._handed_in = value

    def status(self) -> Status:
        if self._handed_in:
            return "Submitted" if self._handed_in == "student" else "Ended"
        if self._phase == "ended":
            return "Ended"
        if not self._online:
            return "Offline"
        if self._phase == "paused":
            return "Paused"
        if self._phase == "waiting":
            return "Waiting"
        return "Idle" if self._idle else "Working"


def _moments(facts: SessionFacts, now_ms: int) -> Iterator[tuple[int, str, str]]:
    """Yield (hub time, what, its value) of whatever changes a status; in no order."""
    for journal in facts.main:
        phases = list(_phases(journal))
        yield from phases
        for at_ms, online in journal.contacts:
            yield at_ms, "online", "1" if online else ""
        yield from _idle(journal, [at_ms for at_ms, _, phase in phases if phase == "active"], now_ms)
        for hand_in in journal.hand_ins:
            yield hand_in.at_ms, "handed in", hand_in.why


def _phases(journal: JournalFacts) -> Iterator[tuple[int, str, str]]:
    """Yield what the standings say, with starts and ends that came by the clock."""
    for place, state in enumerate(journal.states):
        until = journal.states[place + 1].at_ms if place + 1 < len(journal.states) else None
        for at_ms in {state.at_ms, state.starts_ms, state.ends_ms} - {None}:
            if at_ms is not None and at_ms >= state.at_ms and (until is None or at_ms < until):
                yield at_ms, "phase", state.phase_at(at_ms)


def _idle(journal: JournalFacts, opened: list[int], now_ms: int) -> Iterator[tuple[int, str, str]]:
    """Yield when the student began and ceased to be idle; the time before the exam opened does not count."""
    least = journal.rules.idle_ms
    last = journal.last_active_ms
    lasting = [] if last is None else [Stretch(last + least)]
    for stretch in (*journal.idle, *lasting):
        end = now_ms if stretch.end_ms is None else stretch.end_ms
        starts = [stretch.start_ms, *(at_ms + least for at_ms in opened if stretch.start_ms - least < at_ms)]
        for start in (at_ms for at_ms in starts if at_ms < end):
            yield start, "idle", "1"
        for at_ms in opened:
            if stretch.start_ms < at_ms < end:
                yield at_ms, "idle", ""
        yield end, "idle", ""
