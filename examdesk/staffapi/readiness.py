"""What a hub's answers say for the list of what is to do before the day."""

from collections.abc import Iterable

from examdesk.staffapi.messages import LiveRow, PreflightList, RosterView
from shared.exam.readiness import PcFacts, RoomFacts


def room_facts(roster: RosterView) -> RoomFacts:
    """How many are on the roster, with a code of their own, in which sections."""
    return RoomFacts(
        students=len(roster.entries),
        with_code=sum(bool(entry.personal_code) for entry in roster.entries),
        sections=tuple({entry.section for entry in roster.entries}),
    )


def pc_facts(found: PreflightList) -> PcFacts:
    """At how many PCs something is in the way or to be looked at."""
    levels = [seat.level for seat in found.seats]
    return PcFacts(reported=len(levels), blocked=levels.count("blocked"), look_at=levels.count("warning"))


def clock_skews(rows: Iterable[LiveRow]) -> tuple[int, ...]:
    """How far the clock of each PC that is connected is ahead of the hub's."""
    return tuple(one.skew_ms for one in rows if one.session and one.online)
