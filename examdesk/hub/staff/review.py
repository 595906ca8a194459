"""Reviews: status and notes that are only ever added to, who is to review, and two people for "Escalated"."""

from collections import Counter
from collections.abc import Callable, Iterable

import msgspec

from examdesk.hub.control.before_after import new_thing, value_change, with_changes
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import SECOND_PERSON
from examdesk.hub.staff.commands import MAX_SAY, said, session_of
from examdesk.hub.staff.door import Caller, Handlers, NotPossible, Reply
from examdesk.hub.staff.looking import Looks
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.reviews import ESCALATED, ReviewState, ReviewStep, Step, state_after
from shared.ids import SessionId
from shared.text import safe_text

MAX_NAME = 100
AGAIN = "This was done before."
_DEEDS: dict[Step, str] = {
    "status": "reviewed",
    "note": "added a note to a review",
    "assigned": "assigned a review",
    "asked": "asked a second person to escalate",
    "confirmed": "confirmed as the second person",
}
_ONE: dict[Step, str] = {
    "status": "Set to {status}.",
    "asked": "You asked for “Escalated”. It is set once another person confirms it.",
    "confirmed": "Confirmed: Escalated.",
}
_MANY: dict[Step, str] = {
    "status": "Set to {status}: {n}.",
    "asked": "You asked for “Escalated”: {n}. It is set once another person confirms it.",
    "confirmed": "Confirmed as Escalated: {n}.",
}
_PEOPLE = {True: "two people", False: "one person"}
_RULE = {
    True: "From now on “Escalated” takes two people: one asks, another one confirms.",
    False: "From now on one person may set “Escalated”.",
}


class Reviews:
    """Handlers of these requests."""

    def __init__(self, services: Services, view: View, looks: Looks) -> None:
        self._s = services
        self._view = view
        self._looks = looks

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.SetReview: self.set_review,
            api.AddNote: self.add_note,
            api.Assign: self.assign,
            api.SetReviewRules: self.set_rules,
            api.GetReviews: self.get_reviews,
            api.GetReviewHistory: self.get_history,
        }

    async def get_reviews(self, request: api.GetReviews, _caller: Caller) -> Reply:
        """Return how reviews stand."""
        two = self._s.registry.second_person
        return await self._view.relay(Answers.reviews, request, second_person=two)

    async def get_history(self, request: api.GetReviewHistory, caller: Caller) -> Reply:
        """Return the history of one review, and who else looks at the session."""
        raw = await self._view.relay(Answers.review_history, request)
        answer = api.decode_answer(raw) if isinstance(raw, msgspec.Raw) else raw
        assert isinstance(answer, api.ReviewHistory)
        return msgspec.structs.replace(answer, lookers=self._looks.lately(request.session, caller.name))

    async def set_review(self, request: api.SetReview, caller: Caller) -> api.Answer:
        """Set a status with its note, or ask a second person for it."""
        sessions = self._named(request.sessions)
        note = safe_text(request.note.strip())
        if len(note) > MAX_SAY:
            raise NotPossible(f"A note has at most {MAX_SAY} characters. Nothing was changed.")
        two = self._s.registry.second_person

        def step(session: SessionId, state: ReviewState, now: int) -> ReviewStep | None:
            wanted = ReviewStep(session=session, at_ms=now, who=caller.name, status=request.status, note=note)
            needs_two = two and request.status == ESCALATED and state.status != ESCALATED
            return _second_person(wanted, state, alone=len(sessions) == 1) if needs_two else wanted

        steps = await self._write(request, caller, sessions, step)
        return api.Done(sentence=AGAIN if steps is None else _sentence(steps, len(sessions)))

    async def add_note(self, request: api.AddNote, caller: Caller) -> api.Answer:
        """Add a note."""
        sessions = self._named(request.sessions)
        note = said(request.note)

        def step(session: SessionId, state: ReviewState, now: int) -> ReviewStep:
            return ReviewStep(session=session, at_ms=now, who=caller.name, status=state.status, note=note, step="note")

        steps = await self._write(request, caller, sessions, step)
        many = "" if len(sessions) == 1 else f" in {len(sessions)} reviews"
        return api.Done(sentence=f"The note is kept{many}." if steps else AGAIN)

    async def assign(self, request: api.Assign, caller: Caller) -> api.Answer:
        """Say who is to review these sessions; who is to review one already stays."""
        sessions = self._named(request.sessions)
        to = safe_text(" ".join(request.to.split()))
        if len(to) > MAX_NAME:
            raise NotPossible(f"A name has at most {MAX_NAME} characters. Nothing was changed.")

        def step(session: SessionId, state: ReviewState, now: int) -> ReviewStep | None:
            if state.assignee == to:
                return None
            return ReviewStep(
                session=session, at_ms=now, who=caller.name, status=state.status, step="assigned", whom=to
            )

        if await self._write(request, caller, sessions, step) is None:
            return api.Done(sentence=AGAIN)
        many = "1 session is" if len(sessions) == 1 else f"{len(sessions)} sessions are"
        return api.Done(sentence=f"{many} for {to or 'nobody in particular'} to review.")

    async def set_rules(self, request: api.SetReviewRules, caller: Caller) -> api.Answer:
        """Say whether "Escalated" takes two people; a restarted hub remembers it."""
        now = self._s.clock.wall_ms()
        before = _PEOPLE[self._s.registry.second_person]
        changes = value_change(f"{ESCALATED} takes", before, _PEOPLE[request.second_person])

        deed = with_changes(caller.deed("set the rule of reviews"), changes)
        rule = "yes" if request.second_person else ""
        if not await self._s.writer.once(request.command, now, deed, lambda tx: tx.put_meta(SECOND_PERSON, rule)):
            return api.Done(sentence=AGAIN)
        self._s.registry.second_person = request.second_person
        self._s.changes.topic("review", "audit")
        return api.Done(sentence=_RULE[request.second_person])

    def _named(self, sessions: Iterable[str]) -> list[SessionId]:
        """Return the sessions that a request names, each once; refuse none at all, and one that is not there."""
        named = [session_of(self._s, session) for session in dict.fromkeys(sessions)]
        if not named:
            raise NotPossible("Name at least one session. Nothing was changed.")
        return named

    async def _write(
        self,
        request: api.Command,
        caller: Caller,
        sessions: list[SessionId],
        step_for: Callable[[SessionId, ReviewState, int], ReviewStep | None],
    ) -> list[ReviewStep] | None:
        """Append the step that follows each session's state, with its audit entry; None when it was done before."""
        now = self._s.clock.wall_ms()

        def work(tx: Tx) -> list[ReviewStep] | None:
            if not tx.first_time(request.command, f"{now} {caller.name}"):
                return None
            known = tx.control.reviews_of(sessions)
            before = {session: state_after(known.get(session, ())) for session in sessions}
            made = [step for session in sessions if (step := step_for(session, before[session], now)) is not None]
            if made:  # a few statements however many: desks wait for their receipts meanwhile
                tx.control.add_reviews(made)
                tx.control.audit_all(now, [_deed(caller, step, before[step.session]) for step in made])
            return made

        made = await self._s.writer.run(work)
        for step in made or ():
            row = self._s.registry.sessions[step.session]
            self._s.registry.put_session(msgspec.structs.replace(row, review=step.status))
        if made:
            self._s.changes.reviews(*(step.session for step in made))
        return made


def _second_person(wanted: ReviewStep, state: ReviewState, *, alone: bool) -> ReviewStep | None:
    """Return the step of the first or the second person.

    The first one once more has none, which raises `NotPossible` where it is about that session alone.
    """
    if not state.asked_by:
        return msgspec.structs.replace(wanted, status=state.status, step="asked")
    if state.asked_by.casefold() == wanted.who.casefold():
        if not alone:
            return None
        raise NotPossible(
            "You asked for “Escalated” already. Another person has to confirm it; your request stands, and nothing was "
            "changed now."
        )
    return msgspec.structs.replace(wanted, step="confirmed")


def _deed(caller: Caller, step: ReviewStep, before: ReviewState) -> Deed:
    """Return the audit entry; notes stand in the review, where they can be deleted with the session."""
    deed = caller.deed(_DEEDS[step.step], step.session.hex())
    changes = value_change("review", before.status, step.status)
    if step.step == "asked":
        changes += value_change("asked by", before.asked_by, step.who)
    if step.note:
        changes += new_thing("note")
    if step.step == "assigned":
        changes += value_change("reviewer", before.assignee, step.whom)
    return with_changes(deed, changes)


def _sentence(steps: list[ReviewStep], among: int) -> str:
    """Say what was done to one session, or to how many of several."""
    if among == 1:
        return _ONE[steps[0].step].format(status=steps[0].status)
    kinds = Counter(step.step for step in steps)
    parts = [
        _MANY[kind].format(n="1 session" if n == 1 else f"{n} sessions", status=steps[0].status)
        for kind, n in kinds.items()
    ]
    stay = among - len(steps)
    parts += [f"You asked for {stay} of them already: another person has to confirm."] if stay else []
    return " ".join(parts)
