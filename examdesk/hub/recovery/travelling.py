"""Staff records travel with the desks (K clauses): parcels go out, and come back to a hub that took the exam over."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec

from examdesk.hub.control.exam_file import last_times
from examdesk.hub.exam.content import SealedContent
from examdesk.hub.records.copies import Copies, Given
from examdesk.hub.records.former import Former, Known, pack_content
from examdesk.hub.records.succession import TOOK_IN, Succession
from examdesk.hub.recovery.taking_over import take_exam_safely
from examdesk.hub.services import Services
from examdesk.hub.sessions.desk import Desk
from examdesk.hub.sessions.registry import StaffRows
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.edition_rows import take_editions
from examdesk.store.staff_rows import Change, Rows, change_between, pieces_of, read_rows
from examdesk.store.taking_in import Taken, take_in
from shared.exam.content import Content
from shared.exam.document import Exam
from shared.ids import JournalId, SessionId
from shared.problems import PeerFault, Problem
from shared.wire import messages as m
from shared.wire.parcel import (
    FIRST,
    MAX_PARCEL_BYTES,
    ParcelHead,
    ParcelId,
    parcel_hash,
    read_parcel,
    seal_parcel,
)

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
MAX_LINE_BYTES = 4 * 1024 * 1024
"""Beyond it a new line begins, with everything said anew, and desks let go of the oldest one."""
_PIECE_BYTES = 96 * 1024
_REST = 20
"""The next look waits for so many times what the last one took."""
_GATHER_SECONDS = 0.3


class Travelling:
    """Lives on the loop's thread; reads, seals and takes in on others.

    Attributes:
        reconcile: brings a session up to date with commands that came in.
        on_content: called with the content of a newer edition that came in.
    """

    def __init__(self, services: Services, folder: Path, succession: Succession, exam: Path) -> None:
        self._s = services
        self.succession = succession
        self.reconcile: Callable[[SessionId], Awaitable[None]] | None = None
        self.on_content: Callable[[Content], None] | None = None
        self._source = exam
        self._hub = bytes.fromhex(succession.hub)
        self._former = Former(folder, services.identity.exam, services.identity.signing)
        self._rows: Rows = {}
        self.copies = Copies()
        self._line = 0
        self._seen_jobs = -1
        self._looking = asyncio.Lock()
        self._parting: asyncio.Task[None] | None = None
        self._reading: asyncio.Task[Rows] | None = None
        self._pending: list[bytes] = []
        self._taking: asyncio.Task[None] | None = None
        self._asked: set[JournalId] = set()
        self._before: Rows = {}
        self._have: tuple[ParcelId, ...] = ()
        self._waits_at: int | None = None
        self.known = Known()

    def load(self) -> None:
        """Read what an earlier run of this hub took in; may take a moment, so not on the loop."""
        if self.succession.took_over:
            self._former.load()
            self._before = self._former.rows()
            self._have, self.known = self._former.have(), self._former.known()
            self._waits_at = -1

    def sentence(self) -> str:
        """Return what staff should know of the former hub's records; empty where there was none before."""
        if not self.succession.took_over:
            return ""
        until = self.known.until_ms
        if until is None:
            return (
                "This laptop took the exam over. No desk has brought staff records of the former one so far: what "
                "staff did after the key file was saved is missing here."
            )
        moment = time.strftime("%H:%M:%S", time.localtime(until / 1000))
        said = f"This laptop took the exam over. What staff did at the former one is here up to {moment}."
        if self.known.missing:
            one = self.known.missing == 1
            parts = "One part of it is" if one else f"{self.known.missing} parts of it are"
            said += (
                f" {parts} still missing; {'it comes' if one else 'they come'} with desks that are not connected yet."
            )
        if self.known.broken:
            said += " Some of it does not follow from what was before it, though it is signed: two hubs may have run."
        return said

    # -- out

    async def run(self) -> None:
        """Look again and again."""
        while True:
            took = await self._look_safely()
            await asyncio.sleep(max(LOOK_SECONDS, _REST * took))

    async def _look_safely(self) -> float:
        began = self._s.clock.mono_us()
        try:
            await self.look()
            if self._waits_at is not None and self._waits_at != len(self._s.registry.sessions):
                await self._take_in()
        except Problem as problem:
            log.warning("staff records could not be put into parcels: %s", problem.sentence)
        except Exception:
            log.exception("staff records could not be put into parcels; the next look is soon")
        return (self._s.clock.mono_us() - began) / 1e6

    async def look(self) -> None:
        """Put what changed since the last look into parcels and give them out."""
        async with self._looking:
            await self._look()

    async def _look(self) -> None:
        jobs = self._s.writer.jobs
        made = [] if jobs == self._seen_jobs else await self._make()
        await self.copies.spread(self._s.registry.desks(), made)
        self._seen_jobs = jobs

    async def _make(self) -> list[Given]:
        """Return parcels with what changed since the last ones were made."""
        self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        after = await asyncio.shield(self._reading)
        if self.copies.size > MAX_LINE_BYTES:
            self.copies.begin_anew()
            self._rows = {}
        change = change_between(self._rows, after)
        if not change:
            return []
        made = await asyncio.to_thread(self._seal, list(pieces_of(change, _PIECE_BYTES)))
        self._rows = after
        return made

    def _read(self) -> Rows:
        with self._s.reader.connect() as connection:
            return read_rows(connection, self._s.identity.exam, self._rows)

    def _seal(self, pieces: list[Change]) -> list[Given]:
        now, identity = self._s.clock.wall_ms(), self._s.identity
        last = self.copies.line[-1] if self.copies.line else None
        if last is None:
            self._line = max(now, self._line + 1)
        base = len(pieces) if last is None else 0
        number = 0 if last is None else last.id.number + 1
        previous = FIRST if last is None else parcel_hash(last.data)
        made = []
        for piece in pieces:
            where = ParcelId(self.succession.generation, self._line, self._hub, number)
            head = ParcelHead(
                exam=identity.exam, id=where, base=base, at_ms=now, previous=previous, nonce=self._s.chance.bytes(12)
            )
            data = seal_parcel(head, pack_content(piece), identity.signing)
            if len(data) > MAX_PARCEL_BYTES:
                log.error("a part of the staff records is too large to travel with the desks; it stays here")
                continue
            made.append(Given(data, where))
            number, previous = number + 1, parcel_hash(data)
        return made

    async def greet(self, desk: Desk) -> None:
        """A desk resumed: it gets what too few keep, and is asked for what it keeps of a former hub."""
        if self.succession.took_over:
            self._asked.add(desk.journal)
            desk.want_parcels(m.WantParcels(self._hub, self._have))
        await self.copies.came(desk)

    async def part(self, desk: Desk) -> None:
        """A desk is about to leave: what staff did up to now goes with it."""
        if self._parting is None:
            self._parting = asyncio.get_running_loop().create_task(self._newest())
        await asyncio.shield(self._parting)
        await self.copies.goes(desk)

    async def _newest(self) -> None:
        """Look once for all desks that leave within the same moment."""
        await asyncio.sleep(_GATHER_SECONDS)
        self._parting = None
        await self._look_safely()

    # -- in

    def came(self, desk: Desk, data: bytes) -> None:
        """A desk brings a parcel.

        Raises:
            PeerFault: nobody asked for it, or it is none of this exam's.
        """
        if desk.journal not in self._asked:
            raise PeerFault("A desk sent staff records that nobody asked for; they were refused.")
        head = read_parcel(data, self._s.identity.exam, self._s.identity.signing.public)
        if head.id.hub == self._hub or head.id in self._have or data in self._pending:
            return
        self._pending.append(data)
        if self._taking is None:
            self._taking = asyncio.get_running_loop().create_task(self._take_pending())

    async def _take_pending(self) -> None:
        try:
            while self._pending:
                await asyncio.sleep(_GATHER_SECONDS)
                parcels, self._pending = self._pending, []
                if await asyncio.to_thread(self._add, parcels):
                    await self._take_in()
        except Problem as problem:
            log.warning("staff records of the former hub could not be taken in: %s", problem.sentence)
        except Exception:
            log.exception("staff records of the former hub could not be taken in; desks bring them again")
        finally:
            self._taking = None

    def _add(self, parcels: list[bytes]) -> int:
        new = 0
        for parcel in parcels:
            try:
                new += self._former.add(parcel)
            except Problem as problem:
                log.warning("a parcel of staff records was left out: %s", type(problem).__name__)
        return new

    async def _take_in(self) -> None:
        services, former = self._s, self._former
        after, known = await asyncio.to_thread(lambda: (former.rows(), former.known()))
        async with services.standings:
            before, sessions = self._before, len(services.registry.sessions)
            taken, staff, exam, content = await services.writer.run(lambda tx: self._write(tx, before, after, known))
            new = services.registry.take_staff(staff)
            services.document.exam = exam
            if content is not None:
                self._serve(content)
            self._before, self._have, self.known = after, former.have(), known
            self._waits_at = sessions if taken.waiting else None
        if not taken.rows and not taken.audit and content is None:
            return
        if self.reconcile is not None:
            for session in list(services.registry.sessions):
                await self.reconcile(session)
        for desk in list(services.registry.desks()):
            for notice in new:
                desk.push_notice(notice)
        if content is None and self.on_content is not None:  # former editions and their numbers may have come
            self.on_content(services.content.content)
        services.changes.people(*services.registry.sessions)
        services.changes.topic("exam", "roster", "held", "audit", "review")

    def _serve(self, content: SealedContent) -> None:
        """Go on with the newest edition of the former hub."""
        document = self._s.document
        document.content = content
        if document.beyond is not None and document.beyond.number <= content.number:
            document.beyond = None
        if self.on_content is not None:  # before the first desk that takes it can say so
            self.on_content(content.content)
        for desk in list(self._s.registry.desks()):
            desk.push_content()

    def _write(
        self, tx: Tx, before: Rows, after: Rows, known: Known
    ) -> tuple[Taken, StaffRows, Exam, SealedContent | None]:
        taken = take_in(tx, before, after)
        if taken.rows or taken.audit:
            beside = f"; {taken.beside} entries have numbers that are taken here and stay in the parcels" * bool(
                taken.beside
            )
            deed = Deed(
                who="",
                role="hub",
                address="",
                what=TOOK_IN,
                detail=f"of the former hub: {taken.audit} entries of its audit log, {taken.rows} other rows, from "
                f"{known.parcels} parcels, {known.missing} missing{beside}",
            )
            tx.control.audit(self._s.clock.wall_ms(), deed)
        came, why = take_exam_safely(tx, self._s, before, after, self._source)
        if why:
            log.warning("the former hub's exam was not taken in: %s", why)
        exam = self._s.exam if came is None else came.exam
        taken = msgspec.structs.replace(taken, rows=taken.rows + take_editions(tx, after))
        return taken, StaffRows.read(tx), last_times(exam, tx), None if came is None else came.content

    async def stop(self) -> None:
        """Finish what was begun: nobody reads the records any more, not in a thread either."""
        going_on = [task for task in (self._taking, self._parting, self._reading) if task is not None]
        await asyncio.gather(*going_on, return_exceptions=True)
