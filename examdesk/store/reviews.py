"""What reviewers did about sessions: steps that are only ever appended, and how a review stands after them."""

from collections.abc import Iterable
from typing import Literal

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from shared.ids import ExamId, SessionId

Step = Literal["status", "note", "assigned", "asked", "confirmed"]
"""A status was set, a note added, somebody is to review it, one person asks for "Escalated", another confirms."""
FIRST_STATUS = "Not reviewed"
ESCALATED = "Escalated"


class ReviewStep(msgspec.Struct, frozen=True, kw_only=True):
    """One step; `status` is the one that holds after it, `whom` who is to review (nobody when empty)."""

    session: SessionId
    at_ms: int
    who: str
    status: str
    note: str = ""
    step: Step = "status"
    whom: str = ""


class ReviewState(msgspec.Struct, frozen=True, kw_only=True):
    """How a review stands: who is to do it, and who asked for "Escalated" and waits for another person."""

    status: str = FIRST_STATUS
    assignee: str = ""
    asked_by: str = ""
    asked_ms: int | None = None
    steps: int = 0
    notes: int = 0
    last: ReviewStep | None = None


def state_after(steps: Iterable[ReviewStep]) -> ReviewState:
    """Return how a session's review stands after these steps, oldest first."""
    state = ReviewState()
    for step in steps:
        state = _after(state, step)
    return state


def _after(state: ReviewState, step: ReviewStep) -> ReviewState:
    notes = state.notes + bool(step.note)
    asked: tuple[str, int | None] = (state.asked_by, state.asked_ms)
    if step.step == "asked":
        asked = (step.who, step.at_ms)
    elif step.step in ("status", "confirmed"):
        asked = ("", None)
    assignee = step.whom if step.step == "assigned" else state.assignee
    return ReviewState(
        status=step.status,
        assignee=assignee,
        asked_by=asked[0],
        asked_ms=asked[1],
        steps=state.steps + 1,
        notes=notes,
        last=step,
    )


def steps_of(connection: sa.Connection, session: SessionId) -> list[ReviewStep]:
    """Return the steps of a session, oldest first."""
    return _read(connection, sa.select(s.reviews).where(s.reviews.c.session == session))


def steps_by_session(
    connection: sa.Connection, exam: ExamId, sessions: Iterable[SessionId] | None = None
) -> dict[SessionId, list[ReviewStep]]:
    """Return the steps of an exam's sessions that were reviewed at all, or of these sessions, oldest first."""
    of_exam = sa.select(s.sessions.c.session).where(s.sessions.c.exam == exam)
    if sessions is not None:
        of_exam = of_exam.where(s.sessions.c.session.in_(list(sessions)))
    found: dict[SessionId, list[ReviewStep]] = {}
    for step in _read(connection, sa.select(s.reviews).where(s.reviews.c.session.in_(of_exam))):
        found.setdefault(step.session, []).append(step)
    return found


def _read(connection: sa.Connection, query: "sa.Select[tuple[object, ...]]") -> list[ReviewStep]:
    ordered = query.order_by(s.reviews.c.at_ms, s.reviews.c.id)
    names = ReviewStep.__struct_fields__
    return [ReviewStep(**{name: row[name] for name in names}) for row in connection.execute(ordered).mappings()]


def in_words(step: ReviewStep) -> str:
    """Return what was done, in a few words."""
    match step.step:
        case "note":
            return "Note"
        case "assigned":
            return f"To be reviewed by {step.whom}" if step.whom else "To be reviewed by nobody in particular"
        case "asked":
            return f"Asked for {ESCALATED}; another person has to confirm"
        case "confirmed":
            return f"{ESCALATED}, confirmed"
        case _:
            return step.status
