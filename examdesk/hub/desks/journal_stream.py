"""The events of one journal on their way in: checked by `shared.sync`, written, acknowledged once durable."""

import asyncio
import logging

from examdesk.hub.control.signed import evidence_of
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.desks.history import earlier_ones
from examdesk.hub.desks.line import Line
from examdesk.hub.recovery.stored import Stored
from examdesk.hub.sessions.registry import Journal
from examdesk.store import Tx
from examdesk.store.records import Head, Intake
from examdesk.store.rows import EvidenceRow
from shared.log.receipt import SignedReceipt
from shared.problems import Problem
from shared.sync import hub as sync
from shared.wire import messages as m

log = logging.getLogger(__name__)


class JournalStream:
    """What one connection hands in.

    Attributes:
        journal: whose events these are; None until it resumed.
    """

    def __init__(self, door: DeskDoor, line: Line) -> None:
        self._door = door
        self._s = door.services
        self._line = line
        self.journal: Journal | None = None
        self._sync: sync.HubSync | None = None
        self._idle: asyncio.Future[None] | None = None

    @property
    def on(self) -> bool:
        """Whether events can come."""
        return self._sync is not None

    @property
    def in_flight(self) -> bool:
        """Whether something is on its way to the disk."""
        return self._sync is not None and self._sync.accepted > self._sync.durable

    async def settled(self) -> None:
        """Wait until nothing of this connection is on its way to the disk."""
        if self.in_flight:
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    def resume(self, journal: Journal, frame: m.Resume) -> bool:
        """Go on with a journal that was proven; tell whether it can."""
        self._sync = sync.HubSync(
            self._s.identity.exam,
            frame.journal,
            journal.key,
            Stored(self._s, journal.row.journal),
            (journal.head_seq, journal.head_link, journal.receipt),
        )
        outputs = self._sync.step(sync.ResumeCame(frame.last, frame.link))
        self._do_all(outputs)
        return not any(isinstance(output, sync.Break) for output in outputs)

    def push(self, frame: m.Push) -> None:
        """Take a batch."""
        if self._sync is None or self._line.over:
            if not self._line.over and self.journal is None:
                self._line.send(m.Refusal("not-now", "Resume before sending events.", 0))
            return
        self._do_all(self._sync.step(sync.PushCame(frame.batch, frame.entries)))
        if self._s.writer.crowded:
            self._line.peer.pause()
            self._door.spawn(self._read_on())

    def committed(self, head: Head, receipt: SignedReceipt) -> None:
        """The writer committed this journal up to here: acknowledge."""
        if self._sync is None:
            return
        self._do_all(self._sync.step(sync.Committed(head.last, head.link, receipt)))
        if not self.in_flight:
            self._tell_settled()

    def dropped(self) -> None:
        """What was on its way was not stored."""
        self._sync = None
        self._tell_settled()

    def _tell_settled(self) -> None:
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)

    async def _read_on(self) -> None:
        await self._s.writer.room()
        self._line.peer.resume()

    def _do_all(self, outputs: list[sync.Output]) -> None:
        for output in outputs:
            self._do(output)

    def _do(self, output: sync.Output) -> None:
        match output:
            case sync.Store(batch, signed, entries):
                self._s.writer.put(Intake(batch.journal, batch.first, batch.last, batch.link, signed, entries))
            case sync.Acknowledge(receipt):
                self._line.send(m.Acknowledged(receipt))
            case sync.SayResumed(last, link, receipt):
                earlier = earlier_ones(self._s.registry, self.journal) if self.journal is not None else ()
                self._line.send(m.Resumed(last, link, receipt, earlier))
            case sync.AskAgain(last):
                self._line.send(m.Resend(last))
            case sync.Break():
                self._break(output)

    def _break(self, output: sync.Break) -> None:
        """P-3, P-4: keep what the desk showed, and let it go on in a new journal."""
        journal = self.journal
        assert journal is not None
        row = evidence_of(self._s, journal.row.journal, output)
        journal.state = output.why
        self._door.spawn(self._keep(journal, row))

    async def _keep(self, journal: Journal, row: EvidenceRow) -> None:
        def work(tx: Tx) -> None:
            tx.records.keep(row)
            tx.people.set_journal_state(row.journal, row.why)

        try:
            await self._s.writer.run(work)
        except Problem:
            log.warning("evidence could not be kept; the desk shows it again when it resumes")
            self._line.close("the hub's disk refused")
            return
        self._sync = None
        self._line.send(m.NewJournal(row.why))
        self._s.changes.people(journal.row.session)
