"""Reviews as staff read them: how each stands, and its history."""

import sqlalchemy as sa

from examdesk.readmodels.audit import SIGNED_IN
from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.session import find_session
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Permission, Role, allows
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.reviews import ReviewState, in_words, state_after, steps_by_session, steps_of
from shared.ids import ExamId, SessionId

_REVIEWERS = tuple(role.value for role in Role if allows(role, Permission.REVIEW))


def reviews(
    live: LiveModel, reader: Reader, exam: ExamId, request: api.GetReviews, *, second_person: bool
) -> api.ReviewList:
    """Return how the reviews of these sessions stand, or of everybody's; raises `NotThere`."""
    live.fresh()
    asked = None if request.sessions is None else [find_session(live, session) for session in request.sessions]
    with reader.connect() as connection:
        steps = steps_by_session(connection, exam, asked)
        signed_in = (
            sa.select(s.audit.c.who)
            .where(s.audit.c.exam == exam, s.audit.c.what == SIGNED_IN, s.audit.c.role.in_(_REVIEWERS))
            .distinct()
        )
        people = {row.who for row in connection.execute(signed_in)}
    states = {session: state_after(steps.get(session, ())) for session in (live.sessions if asked is None else asked)}
    people |= {state.assignee for state in states.values() if state.assignee}
    rows = tuple(_view(session, state) for session, state in states.items())
    return api.ReviewList(rows=rows, people=tuple(sorted(people, key=str.casefold)), second_person=second_person)


def _view(session: SessionId, state: ReviewState) -> api.ReviewView:
    return api.ReviewView(
        session=session.hex(),
        status=state.status,  # type: ignore[arg-type] # SetReview wrote it
        assignee=state.assignee,
        asked_by=state.asked_by,
        asked_ms=state.asked_ms,
        steps=state.steps,
        notes=state.notes,
        last_ms=None if state.last is None else state.last.at_ms,
        last_who="" if state.last is None else state.last.who,
    )


def history(live: LiveModel, reader: Reader, request: api.GetReviewHistory) -> api.ReviewHistory:
    """Return everything that reviewers did about a session; raises `NotThere`."""
    session = find_session(live.fresh(), request.session)
    with reader.connect() as connection:
        steps = steps_of(connection, session)
    return api.ReviewHistory(
        session=request.session,
        steps=tuple(
            api.ReviewStepView(
                at_ms=step.at_ms,
                who=step.who,
                step=step.step,
                status=step.status,  # type: ignore[arg-type] # SetReview wrote it
                words=in_words(step),
                note=step.note,
                whom=step.whom,
            )
            for step in steps
        ),
    )
