"""Changes of the exam while it runs: staff see what they are and for whom before they apply them."""

from examdesk.hub.control.editions import Changed, Editions, concerned
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import Gift
from examdesk.hub.staff.commands import said, whom_of
from examdesk.hub.staff.door import Caller, Handlers, NotPossible
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api
from shared.problems import InputProblem


class EditionCommands:
    """Handlers of these requests."""

    def __init__(self, services: Services, editions: Editions, view: View) -> None:
        self._s = services
        self._editions = editions
        self._view = view

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.PreviewEdition: self.preview, api.ApplyEdition: self.apply}

    async def preview(self, _request: api.PreviewEdition, _caller: Caller) -> api.Answer:
        """Return what the folder changes; a mistake in it is part of the answer."""
        try:
            changed = await self._editions.look()
        except InputProblem as problem:
            return api.EditionPreview(current=self._s.content.number, problem=problem.sentence)
        self._editions.forget(changed)
        return self._shown(changed, await self._view.ask(Answers.drawn))

    def _shown(self, changed: Changed, drawn: dict[str, int]) -> api.EditionPreview:
        now, sessions = self._s.clock.wall_ms(), self._s.registry.sessions.values()
        begun = [row for row in sessions if row.starts_ms is not None and row.starts_ms <= now]
        return api.EditionPreview(
            current=self._s.content.number,
            token=changed.token,
            changes=tuple(
                api.EditionChange(what=each.what, question=each.question, sentence=each.sentence, sessions=count)
                for each, count in concerned(changed.found, drawn, len(begun))
            ),
            later=changed.later,
            added=tuple(each.question for each in changed.found if each.what == "added"),
            questions=tuple((question.id, question.title) for question in changed.content.questions),
            begun=len(begun),
            online=sum(self._view.online(row.session) for row in begun),
        )

    async def apply(self, request: api.ApplyEdition, caller: Caller) -> api.Answer:
        """Bring the folder to the desks."""
        gifts = tuple(Gift(question=each.question, whom=whom_of(self._s, each.target)) for each in request.give)
        deed = caller.deed("changed the exam while it runs", said(request.reason) if request.reason else "")
        before = self._s.content.number
        try:
            made = await self._editions.apply(request.command, request.token, gifts, deed)
        except InputProblem as problem:
            raise NotPossible(problem.sentence) from problem
        if made is None:
            return api.Done(sentence="This was done before.")
        online = sum(1 for desk in self._s.registry.desks() if desk.online)
        parts = [f"Edition {made.number} of the exam is at the desks."] if made.number != before else []
        parts += [f"Question {each.question} was given." for each in gifts]
        reached = "1 desk is connected" if online == 1 else f"{online} desks are connected"
        return api.Done(sentence=f"{' '.join(parts)} {reached}; others get it once they are.")
