"""The route of the desks, and what outlives their connections: who waits for a person, when which desk was heard."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, Protocol

from examdesk.hub.desks.admission import Admission, Applicant, Outcome
from examdesk.hub.desks.adopting import Adopting
from examdesk.hub.desks.history import Histories
from examdesk.hub.desks.proving import PersonalProofs
from examdesk.hub.recovery.restoring import Restoring
from examdesk.hub.services import Services
from examdesk.hub.sessions.desk import Desk
from examdesk.hub.transport import Connection, Handler
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.contacts import MOST, Contact, key_of, with_contact
from shared.ids import JournalId, SessionId
from shared.problems import Problem
from shared.wire import messages as m

_AHEAD = (
    "The PC of {student} came with a newer word of this exam's key than this hub ever gave: another hub of this exam "
    "runs or ran, or these records are an older copy. Make sure that only one hub runs: switch the other one off. No "
    "work is lost; students' PCs hand over everything to the one that stays."
)


class WaitsToJoin(Protocol):
    """A desk that asked to join."""

    async def settle(self, applicant: Applicant, outcome: Outcome) -> None:
        """Tell the desk what came of its join."""
        ...


class WaitsToResume(Protocol):
    """A desk that began alone and asked to resume."""

    def resume_again(self, frame: m.Resume) -> None:
        """A person decided about its journal: do what it asked for then."""
        ...


class Parcels(Protocol):
    """Who gives staff records to desks and takes those of a former hub (`examdesk.hub.recovery.travelling`)."""

    async def greet(self, desk: Desk) -> None:
        """A desk resumed."""
        ...

    async def part(self, desk: Desk) -> None:
        """A desk says that it leaves, and waits until it is let go."""
        ...

    def came(self, desk: Desk, data: bytes) -> None:
        """A desk that resumed brings a parcel."""
        ...


class DeskDoor:
    """The route `/desk`: makes a `Desk` of every connection.

    Attributes:
        waiting: desks whose join waits for a person, by ticket.
        stated: desks that began alone and wait for a person, by ticket, with what they resume with then.
        histories: what desks look back at of their sessions' other journals.
        anchor: the newest signed checkpoint; empty before the first.
        parcels: who carries staff records to and from desks.
        ahead: a sentence once a desk came with a newer standing than this hub ever gave; empty before.
    """

    def __init__(
        self,
        services: Services,
        admission: Admission,
        proofs: PersonalProofs,
        serve: "Callable[[DeskDoor, Connection], Handler]",
    ) -> None:
        """`serve` makes what serves a connection."""
        self.services = services
        self._serve = serve
        self.admission = admission
        self.proofs = proofs
        self.restoring = Restoring(services)
        self.adopting = Adopting(services)
        self.histories = Histories(services)
        self.max_message = services.limits.desk_message
        self.waiting: dict[str, tuple[WaitsToJoin, Applicant]] = {}
        self.stated: dict[str, tuple[WaitsToResume, m.Resume]] = {}
        self.faults = 0
        self.anchor = b""
        self.reconcile: Callable[[SessionId], Awaitable[None]] | None = None
        self.parcels: Parcels | None = None
        self.shown: Callable[[bytes], Awaitable[None]] | None = None
        self.ahead = ""
        self._contacts: dict[JournalId, list[Contact]] = {}
        self._noting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, peer: Connection) -> Handler:
        """See `transport.Route`."""
        return self._serve(self, peer)

    async def joined(self, session: SessionId) -> None:
        """A session was joined: bring it up to date with commands that were applied meanwhile."""
        if self.reconcile is not None:
            await self.reconcile(session)

    async def edition_shown(self, envelope: bytes) -> None:
        """A desk says which edition of the exam it holds (P-19)."""
        if self.shown is not None and envelope != self.services.content.envelope:
            await self.shown(envelope)

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something of a desk's to its end, even when its connection goes: what it began is written down."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def came_ahead(self, student: str) -> None:
        """A desk has a standing that this hub never gave, with this exam's key: tell staff, and write it down."""
        if not self.ahead:
            deed = Deed(who="", role="hub", address="", what="met work of another hub", detail=student)
            self.spawn(self._write_down(deed))
        self.ahead = _AHEAD.format(student=student)
        self.services.changes.topic("exam")

    async def _write_down(self, deed: Deed) -> None:
        with contextlib.suppress(Problem):
            await self.services.writer.run(lambda tx: tx.control.audit(self.services.clock.wall_ms(), deed))
            self.services.changes.topic("audit")

    def note_contact(self, journal: JournalId, contact: Contact) -> None:
        """Note until when a desk was heard: the ledger of lost time counts from there."""
        self._contacts.setdefault(journal, []).append(contact)
        if self._noting is None:
            self._noting = self.spawn(self._write_contacts())

    async def _write_contacts(self) -> None:
        """Write all that ended meanwhile at once, so that a flood of connections costs no commit for each."""
        try:
            while self._contacts:
                noted, self._contacts = self._contacts, {}
                with contextlib.suppress(Problem):  # a disk that is full has greater worries
                    await self.services.writer.run(partial(_note, noted))
        finally:
            self._noting = None

    async def finish(self) -> None:
        """Wait until everything that was begun is done."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


def _note(noted: dict[JournalId, list[Contact]], tx: Tx) -> None:
    for journal, contacts in noted.items():
        known = tx.get_meta(key_of(journal))
        for contact in contacts[-MOST:]:
            known = with_contact(known, contact)
        if known is not None:
            tx.put_meta(key_of(journal), known)
