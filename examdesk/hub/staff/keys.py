"""The exam's key as a file: given out under a passphrase, and again when something was done since."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import msgspec

from examdesk.hub.records.keyfile import (
    MOST_PACKAGES,
    KeyFile,
    collect,
    new_passphrase,
    seal_keys,
    stamp_of,
    stretch,
)
from examdesk.hub.services import Services
from examdesk.hub.staff.door import Caller, Handlers
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.staff_rows import change_between, read_rows
from shared.problems import Problem

PIECE_BYTES = 4 * 1024 * 1024
_TICKET = 8


class KeyCommands:
    """Handlers of these requests. A file that is too large for one answer is kept until all of it was fetched."""

    def __init__(self, services: Services, give_out: Callable[[], Awaitable[None]]) -> None:
        self._s = services
        self._give_out = give_out
        self._ticket = ""
        self._waiting = b""

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.GetKeyFile: self.key_file, api.GetKeyPart: self.part}

    async def key_file(self, request: api.GetKeyFile, caller: Caller) -> api.Answer:
        """Give the exam's key out as a file; who took it is in the audit log."""
        if request.stamp and await asyncio.to_thread(self._stamp) == request.stamp:
            return api.KeyFileMade(data=b"", passphrase="", stamp=request.stamp)
        s = self._s
        drawn = new_passphrase(s.chance) if not request.passphrase and not request.again else request.passphrase
        stretched = request.again or await asyncio.to_thread(stretch, drawn, s.chance)
        with contextlib.suppress(Problem):
            await self._give_out()  # so that no parcel at a desk that comes later says less than the file
        held, left_out = await self._collected(request, caller)
        data = await asyncio.to_thread(seal_keys, held, stretched, s.chance)
        s.changes.topic("audit")
        self._ticket, self._waiting = s.chance.bytes(_TICKET).hex(), data if len(data) > PIECE_BYTES else b""
        return api.KeyFileMade(
            data=data[:PIECE_BYTES],
            passphrase=drawn,
            size=len(data),
            ticket=self._ticket,
            packages=sum(map(len, held.wheels.values())),
            left_out=left_out,
            again=stretched,
            stamp=stamp_of(held.staff),
        )

    async def part(self, request: api.GetKeyPart, _caller: Caller) -> api.Answer:
        """Give a further piece, none where another file was made since."""
        if request.ticket != self._ticket or request.at < 0:
            return api.KeyPart(data=b"")
        piece = self._waiting[request.at : request.at + PIECE_BYTES]
        if request.at + len(piece) >= len(self._waiting):
            self._waiting = b""
        return api.KeyPart(data=piece)

    async def _collected(self, request: api.GetKeyFile, caller: Caller) -> tuple[KeyFile, int]:
        """Return what belongs into the file, and how many bytes of packages stay out."""
        s, wheels = self._s, self._s.wheels
        with_them = request.packages and wheels.size <= MOST_PACKAGES
        files = await asyncio.to_thread(wheels.files) if with_them else {}
        now = s.clock.wall_ms()
        deed = caller.deed("took the exam's key", "the same file again" if request.again else "")

        def work(tx: Tx) -> KeyFile:
            tx.control.audit(now, deed)
            return collect(tx, s.registry.approval, now)

        held = await s.writer.run(work)
        return msgspec.structs.replace(held, wheels=files), 0 if with_them else wheels.size

    def _stamp(self) -> str:
        with self._s.reader.connect() as connection:
            return stamp_of(change_between({}, read_rows(connection, self._s.identity.exam)))
