"""Which questions a session got, and having them drawn anew: for one session, with a reason, on purpose."""

from examdesk.hub.control.controls import Controls
from examdesk.hub.services import Services
from examdesk.hub.sessions.standings import Whom, draws_of
from examdesk.hub.staff.commands import said, session_of
from examdesk.hub.staff.door import Caller, Handlers, NotPossible
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.staffapi import messages as api

_TOLD = (
    "Your questions were drawn anew. What you wrote is kept. Some questions may be new to you; "
    "those that you no longer see do not count."
)


class Draws:
    """Handlers of these requests."""

    def __init__(self, services: Services, controls: Controls, view: View) -> None:
        self._s = services
        self._controls = controls
        self._view = view

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.GetDraw: self.get_draw, api.Redraw: self.redraw}

    async def get_draw(self, request: api.GetDraw, _caller: Caller) -> api.Answer:
        """Return what the session's log says of its draw."""
        return await self._view.ask(Answers.draw, request)

    async def redraw(self, request: api.Redraw, caller: Caller) -> api.Answer:
        """Draw anew, and say so to the student."""
        session = session_of(self._s, request.session)
        if not request.reason.strip():
            raise NotPossible(
                "Say why the questions are drawn anew: the reason goes into the audit log. Nothing was done."
            )
        row = self._s.registry.sessions[session]
        again = draws_of(request.session, self._s.registry.commands) + 1
        deed = caller.deed("drew questions anew", f"{row.student}, draw {again + 1}, because: {said(request.reason)}")
        if not await self._controls.redraw(request.command, session, deed):
            return api.Done(sentence="That was done before.")
        whom = Whom(sessions=(request.session,))
        told = caller.deed("told the new draw", str(row.student))
        await self._controls.say(f"{request.command}/told", whom, _TOLD, kind="message", deed=told)
        return api.Done(sentence=f"The questions of {row.student} are drawn anew; what was written is kept.")
