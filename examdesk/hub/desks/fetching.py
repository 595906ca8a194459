"""What a desk fetches and leaves beside its journal: sealed content, packages, earlier journals, its preflight."""

from examdesk.hub.desks.admission import Denied
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.desks.joining import Answers
from examdesk.hub.desks.journal_stream import JournalStream
from examdesk.hub.desks.line import Line
from shared.wire import messages as m


class Fetching:
    """What one connection asks for beside its journal."""

    def __init__(self, door: DeskDoor, line: Line, stream: JournalStream) -> None:
        self._door = door
        self._stream = stream
        self._s = door.services
        self._line = line

    def answers(self) -> Answers:
        """Return who answers which frame."""
        return {
            m.GetPiece: self._get_piece,
            m.GetWheel: self._get_wheel,
            m.GetHistory: self._get_history,
            m.PreflightReport: self._preflight,
        }

    async def _get_piece(self, frame: m.GetPiece) -> None:
        parts = self._s.content.parts(frame.index)
        if not self._line.peer.proven or not parts:
            self._line.refuse(Denied("not-now", "There is no such piece for you."))
            return
        for part in parts:
            self._line.send(part)
            await self._line.peer.drained()

    async def _get_wheel(self, frame: m.GetWheel) -> None:
        if not self._line.peer.proven:
            self._line.refuse(Denied("not-now", "Join the exam before you fetch its packages."))
            return
        self._line.send(await self._s.wheels.part(frame.index, frame.at))
        await self._line.peer.drained()

    async def _get_history(self, frame: m.GetHistory) -> None:
        journal = self._stream.journal
        if journal is None or not self._stream.on:
            self._line.refuse(Denied("not-now", "Resume before you ask for what you wrote earlier."))
            return
        self._line.send(await self._door.histories.part(journal, frame))
        await self._line.peer.drained()

    async def _preflight(self, frame: m.PreflightReport) -> None:
        denied = None
        if not self._line.peer.proven:
            denied = await self._door.admission.check_room_code(frame.code, self._line.address)
        if denied is not None:
            self._line.refuse(denied)
            return
        await self._s.preflights.take(frame, self._line.address, self._s.clock.wall_ms())
        self._s.changes.topic("preflights")
        self._line.send(m.PreflightTaken())
