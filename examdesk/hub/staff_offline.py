"""What staff ask for desks without a network: the start code."""

from examdesk.hub.services import Services
from examdesk.hub.staff import Caller, Handlers
from examdesk.staffapi import messages as api
from shared.exam.sealing import start_code_of

SHOWN = "showed the start code"
_WHEN = (
    "Read it out when the exam begins, not before: it opens the exam on every PC that has no connection then. PCs with "
    "a connection open by themselves."
)


class Offline:
    """Handlers of these requests."""

    def __init__(self, services: Services) -> None:
        self._s = services

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.ShowStartCode: self.show_start_code}

    async def show_start_code(self, _request: api.ShowStartCode, caller: Caller) -> api.Answer:
        """Return the start code, once it is written down who saw it."""
        identity, now = self._s.identity, self._s.clock.wall_ms()
        code, _ = start_code_of(identity.content_key, identity.exam)
        deed = caller.deed(SHOWN, "")
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
        return api.StartCodeShown(code=str(code), sentence=_WHEN)
