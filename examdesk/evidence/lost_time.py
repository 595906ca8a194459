"""The ledger of lost time: what a student lost of the working time, stretch by stretch, each with its evidence.

A pure function of the facts of a session's journals, of what staff did with the clock, and of when the hub heard the
desk; the same while live and afterwards.

L-1  A stretch begins with the last event before it, or when the hub last heard the desk if that is later, and ends
     with the first event after it.
L-2  Only time within the student's own working time counts: from the start to the hand-in, the end, or now.
L-3  No moment counts twice: what an earlier stretch covers is taken off the later one.
L-4  A pause gives its own time back; a stretch within it lost nothing. It is listed, not proposed.
L-5  Proposed are stretches that nobody chose: the program or PC failed, the session moved to another PC, the exam
     appeared late. Closing the program by hand, a PC that slept and being locked by staff are listed for a person to
     judge.
L-6  Offline time is no lost time: work goes on.
L-7  An exam that was opened by hand too late for the closing time cost those who were there the difference to an
     opening in time. It lies before the working time, so L-2 does not cut it; what was given by hand since, and is no
     credit of this ledger, is taken off it. It is proposed.
L-8  A PC that slept, or a virtual machine that stood still, did so for as long as the desk recorded, up to that event.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

import msgspec

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.session import SessionFacts
from examdesk.evidence.words import duration
from shared.ids import JournalId

LostKind = Literal["crash", "restart", "moved", "late", "pause", "alarm", "lock", "opened", "sleep"]
LEAST_MS = 5_000
"""Shorter stretches are not listed."""
_PROPOSED: frozenset[LostKind] = frozenset({"crash", "moved", "late", "opened"})
_GIVEN_BACK: frozenset[LostKind] = frozenset({"pause", "alarm"})


class Stop(msgspec.Struct, frozen=True, kw_only=True):
    """Staff stopped a clock (`pause`, for everybody `alarm`), kept a student from working (`lock`), or opened too late.

    Of an opening (L-7), the stretch ends with it and is as long as what it cost; `given_ms` was given by hand since.
    """

    kind: Literal["pause", "alarm", "lock", "opened"]
    start_ms: int
    end_ms: int | None
    who: str
    given_ms: int = 0


class WorkingTime(msgspec.Struct, frozen=True, kw_only=True):
    """A session's own time; None for not begun, and for no end."""

    starts_ms: int | None
    ends_ms: int | None


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """One stretch. The evidence is event `seq` of `journal`, the first one after it; empty for what staff did."""

    key: str
    kind: LostKind
    start_ms: int
    end_ms: int
    ms: int
    explanation: str
    journal: str = ""
    seq: int = -1

    @property
    def given_back(self) -> bool:
        """Whether its time was given back by itself (L-4)."""
        return self.kind in _GIVEN_BACK

    @property
    def proposed(self) -> bool:
        """Whether a credit is proposed for it (L-5)."""
        return self.kind in _PROPOSED


class _Raw(msgspec.Struct, frozen=True, kw_only=True):
    key: str
    kind: LostKind
    start_ms: int
    end_ms: int
    explanation: str
    journal: str = ""
    seq: int = -1


Heard = Mapping[JournalId, Sequence[int]]
"""When the hub last heard a desk on each connection that ended, by journal."""


def lost_time(
    facts: SessionFacts, times: WorkingTime, stops: Sequence[Stop], heard: Heard, now_ms: int, *, credited_ms: int = 0
) -> list[Lost]:
    """Return what a session lost, by time.

    Args:
        facts: what its journals say.
        times: its own time.
        stops: what staff did with its clock.
        heard: when the hub last heard its desks.
        now_ms: where what lasts is counted to.
        credited_ms: what this ledger gave so far; it is no extension given by hand (L-7).
    """
    if times.starts_ms is None:
        return []
    until = _until(facts, times, now_ms)
    given = [_of_stop(stop, now_ms) for stop in stops if stop.kind != "opened"]
    covered: list[tuple[int, int]] = []
    found = [lost for stop in stops if (lost := _opened(stop, credited_ms)) is not None]
    of_desk = sorted(_of_desk(facts, times.starts_ms, heard), key=lambda raw: raw.start_ms)
    for raw in (*given, *of_desk):  # L-4: what was paused was not lost a second time
        start, end = max(raw.start_ms, times.starts_ms), min(raw.end_ms, until)
        ms = _uncovered(start, end, covered)
        if end > start:
            covered.append((start, end))
        if ms >= LEAST_MS:
            fields = {name: getattr(raw, name) for name in _Raw.__struct_fields__}
            found.append(Lost(**{**fields, "start_ms": start, "end_ms": end, "ms": ms}))
    return sorted(found, key=lambda lost: (lost.start_ms, lost.key))


def proposal_s(lost: Iterable[Lost], decided: Iterable[str] = ()) -> int:
    """Return the credit that is proposed, in seconds: what was lost and not decided about, in whole minutes upwards."""
    known = set(decided)
    ms = sum(each.ms for each in lost if each.proposed and each.key not in known)
    return -(-ms // 60_000) * 60


def _until(facts: SessionFacts, times: WorkingTime, now_ms: int) -> int:
    ends = [now_ms] if times.ends_ms is None else [now_ms, times.ends_ms]
    handed_in = facts.handed_in
    return min([*ends, handed_in.at_ms] if handed_in is not None else ends)


def _uncovered(start: int, end: int, covered: Iterable[tuple[int, int]]) -> int:
    """Return how much of a stretch no other one covers (L-3)."""
    left = [(start, end)] if end > start else []
    for other_start, other_end in covered:
        left = [
            part for a, b in left for part in ((a, min(b, other_start)), (max(a, other_end), b)) if part[1] > part[0]
        ]
    return sum(b - a for a, b in left)


def _of_stop(stop: Stop, now_ms: int) -> _Raw:
    end = now_ms if stop.end_ms is None else stop.end_ms
    words = {
        "pause": "Paused by {who}; the time is given back.",
        "alarm": "Paused for everybody by {who}; the time is given back.",
        "lock": "Locked by {who}; the time ran on.",
    }[stop.kind]
    return _Raw(
        key=f"{stop.kind}:{stop.start_ms}",
        kind=stop.kind,
        start_ms=stop.start_ms,
        end_ms=end,
        explanation=words.format(who=stop.who),
    )


def _opened(stop: Stop, credited_ms: int) -> Lost | None:
    if stop.kind != "opened" or stop.end_ms is None:
        return None
    given = max(0, stop.given_ms - credited_ms)
    ms = stop.end_ms - stop.start_ms - given
    if ms < LEAST_MS:
        return None
    words = f"Opened by {stop.who} so late that the closing time takes {duration(stop.end_ms - stop.start_ms)} of it"
    since = f"; {duration(given)} were given since" if given else ""
    return Lost(
        key=f"opened:{stop.end_ms}",
        kind="opened",
        start_ms=stop.start_ms,
        end_ms=stop.end_ms,
        ms=ms,
        explanation=f"{words}{since}.",
    )


def _of_desk(facts: SessionFacts, starts_ms: int, heard: Heard) -> Iterable[_Raw]:
    line = facts.main
    for place, journal in enumerate(line):
        last_heard = heard.get(journal.journal, ())
        yield from _restarts(journal, last_heard)
        yield from _sleeps(journal)
        if place:
            yield from _moved(line[place - 1], journal, heard.get(line[place - 1].journal, ()))
    yield from _late(line, starts_ms)


def _restarts(journal: JournalFacts, heard: Sequence[int]) -> Iterable[_Raw]:
    for start in journal.starts:
        if start.how not in ("restart", "crash") or start.before_ms is None:
            continue
        began = _since(start.before_ms, start.at_ms, heard)
        failed = start.how == "crash"
        lasted = duration(max(0, start.at_ms - began))
        yield _Raw(
            key=f"{start.how}:{journal.journal.hex()}:{start.seq}",
            kind="crash" if failed else "restart",
            start_ms=began,
            end_ms=start.at_ms,
            explanation=(
                f"The exam program or the PC ended by itself and was back after {lasted}."
                if failed
                else f"The exam program was closed and was back after {lasted}."
            ),
            journal=journal.journal.hex(),
            seq=start.seq,
        )


def _sleeps(journal: JournalFacts) -> Iterable[_Raw]:
    for sleep in journal.sleeps:
        yield _Raw(
            key=f"sleep:{journal.journal.hex()}:{sleep.seq}",
            kind="sleep",
            start_ms=sleep.at_ms - sleep.ms,
            end_ms=sleep.at_ms,
            explanation=f"The PC slept for {duration(sleep.ms)}; the time ran on.",
            journal=journal.journal.hex(),
            seq=sleep.seq,
        )


def _moved(parent: JournalFacts, journal: JournalFacts, heard: Sequence[int]) -> Iterable[_Raw]:
    if parent.last_ms is None or journal.first_ms is None or not journal.starts:
        return
    ready = _first_active(journal) or journal.first_ms
    began = _since(parent.last_ms, ready, heard)
    yield _Raw(
        key=f"moved:{journal.journal.hex()}:0",
        kind="moved",
        start_ms=began,
        end_ms=ready,
        explanation=f"The session moved to another PC and went on after {duration(max(0, ready - began))}.",
        journal=journal.journal.hex(),
        seq=journal.starts[0].seq,
    )


def _first_active(journal: JournalFacts) -> int | None:
    """Return when a PC first showed a running exam."""
    return next((state.at_ms for state in journal.states if state.phase_at(state.at_ms) != "waiting"), None)


def _late(line: Sequence[JournalFacts], starts_ms: int) -> Iterable[_Raw]:
    """The exam was open, the student was there, and the desk did not know it."""
    first = line[0] if line else None
    if first is None or first.first_ms is None or first.first_ms >= starts_ms:
        return
    known = next(
        ((state.at_ms, facts) for facts in line for state in facts.states if state.starts_ms == starts_ms), None
    )
    if known is None or known[0] <= starts_ms:
        return
    at_ms, facts = known
    yield _Raw(
        key=f"late:{starts_ms}",
        kind="late",
        start_ms=starts_ms,
        end_ms=at_ms,
        explanation=f"The exam appeared at this PC {duration(at_ms - starts_ms)} after it was opened.",
        journal=facts.journal.hex(),
        seq=next((start.seq for start in facts.starts if start.at_ms <= at_ms), 0),
    )


def _since(before_ms: int, after_ms: int, heard: Sequence[int]) -> int:
    """Return when the desk was last known to be at work before `after_ms` (L-1)."""
    known = [at_ms for at_ms in heard if before_ms < at_ms <= after_ms]
    return max(known, default=before_ms)
