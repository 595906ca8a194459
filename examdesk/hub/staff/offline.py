"""What staff ask for desks without a network: the start code, and the exam as a file for their sticks."""

from collections.abc import Callable

from examdesk.hub.exam.sticks import MADE, SHOWN, desk_file
from examdesk.hub.services import Services
from examdesk.hub.staff.door import Caller, Handlers
from examdesk.hub.staff.reads import Reach
from examdesk.staffapi import messages as api
from shared.bundle.desk_file import MAX_ADDRESSES, Where
from shared.exam.sealing import start_code_of

PIECE_BYTES = 4 * 1024 * 1024
_WHEN = (
    "Read it out when the exam begins, not before: it opens the exam on every PC that has no connection then. PCs with "
    "a connection open by themselves."
)


class Offline:
    """Handlers of these requests."""

    def __init__(self, services: Services, reach: Callable[[], Reach]) -> None:
        self._s = services
        self._reach = reach

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.ShowStartCode: self.show_start_code, api.GetDeskFile: self.get_desk_file}

    async def show_start_code(self, _request: api.ShowStartCode, caller: Caller) -> api.Answer:
        """Return the start code, once it is written down who saw it."""
        identity = self._s.identity
        code, _ = start_code_of(identity.content_key, identity.exam)
        await self._note(caller, SHOWN)
        return api.StartCodeShown(code=str(code), sentence=_WHEN)

    async def get_desk_file(self, request: api.GetDeskFile, caller: Caller) -> api.Answer:
        """Return a piece of the file; of the content as it is now."""
        if request.offset == 0:
            await self._note(caller, MADE)
        reach = self._reach()
        addresses = tuple(Where(host, reach.port) for host in reach.addresses[:MAX_ADDRESSES])
        title, packages = self._s.exam.long_name, self._s.wheels.envelope
        data = desk_file(self._s.identity, self._s.content, title, packages, addresses)
        return api.FilePiece(data=data[request.offset : request.offset + PIECE_BYTES] if request.offset >= 0 else b"")

    async def _note(self, caller: Caller, what: str) -> None:
        now, deed = self._s.clock.wall_ms(), caller.deed(what)
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
