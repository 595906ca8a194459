"""How far the exam is as a whole: over those who are in, or, while nobody is, for whoever came now."""

from collections.abc import Iterable

from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import Member, Times, plan_of, times_of
from examdesk.readmodels.status import standing_of
from examdesk.staffapi.messages import ExamPhase
from shared.wire.standing import Standing


def exam_phase(services: Services, now: int) -> ExamPhase:
    """Return the phase of all sessions at `now`; sections that differ make it mixed."""
    rows = services.registry.sessions.values()
    standings = map(standing_of, rows) if rows else _of_newcomers(services, now)
    phases = {standing.phase(now) for standing in standings}
    return phases.pop() if len(phases) == 1 else "mixed"


def _of_newcomers(services: Services, now: int) -> Iterable[Standing]:
    registry = services.registry
    sections = {row.section for row in registry.roster.values()} or {""}
    for section in sections:
        member = Member(session="", student="", section=section, joined_ms=now)
        plan = plan_of(services.exam, member, registry.sections.get(section))
        yield _standing(times_of(plan, member, registry.commands), now)


def _standing(times: Times, now: int) -> Standing:
    return Standing(
        exam="",
        session="",
        revision=0,
        issued_ms=now,
        starts_ms=times.starts_ms,
        ends_ms=times.ends_ms,
        paused_ms=times.paused_ms,
        ended=times.ended,
    )
