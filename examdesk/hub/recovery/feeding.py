"""One journal's batches out of a file: what goes on with the chain is stored, what does not fit is kept beside it."""

import msgspec

from examdesk.hub.recovery.stored import Stored
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal
from examdesk.store import Tx
from examdesk.store.records import Intake
from examdesk.store.rows import EvidenceRow
from shared.bundle.handover import JournalCopy
from shared.log.batch import SignedBatch, batch_holds, unpack_batch
from shared.log.entry import Entry
from shared.problems import PeerFault
from shared.sync import hub as sync

_GOES_ON = ("active", "moved")


class Feeding:
    """Takes a copy of one journal. A journal that was found broken before is never fed again.

    Attributes:
        came: events that were new and are durable now.
        kept: batches that do not fit and were new to what is kept beside the journal.
        beside: whether anything in the copy does not fit, known before or not.
    """

    def __init__(self, services: Services, journal: Journal) -> None:
        self._s = services
        self._journal = journal
        self._store = Stored(services, journal.row.journal)
        self._why = "" if journal.state in _GOES_ON else journal.state
        self._aside: list[EvidenceRow] = []
        self._now = services.clock.wall_ms()
        self.came = 0
        self.kept = 0

    @property
    def beside(self) -> bool:
        """Whether anything in the copy does not fit."""
        return bool(self._aside)

    async def take(self, copy: JournalCopy) -> None:
        """Take all batches, in order.

        Raises:
            PeerFault: one is wrong in itself; those before it were taken, those after it were not.
        """
        journal = self._journal
        if journal.desk is not None:
            journal.desk.close("work of this PC is being imported from a file")
            await journal.desk.settled()
        before = journal.head_seq
        head = (journal.head_seq, journal.head_link, journal.receipt)
        machine = sync.HubSync(self._s.identity.exam, journal.row.journal, journal.key, self._store, head)
        try:
            for signed, entries in copy.batches:
                self._batch(machine, signed, entries)
                await self._s.writer.room()
        finally:
            await self._s.writer.flush()
            self.came = journal.head_seq - before
            self.kept = await self._s.writer.run(self._keep)

    def _batch(self, machine: sync.HubSync, signed: SignedBatch, entries: tuple[Entry, ...]) -> None:
        if self._why:
            self._does_not_fit(signed, entries)
            return
        for output in machine.step(sync.PushCame(signed, entries)):
            if isinstance(output, sync.Store):
                batch = output.batch
                self._s.writer.put(Intake(batch.journal, batch.first, batch.last, batch.link, signed, entries))
            elif isinstance(output, sync.Break):
                self._why = output.why
                self._does_not_fit(signed, entries)

    def _does_not_fit(self, signed: SignedBatch, entries: tuple[Entry, ...]) -> None:
        batch = unpack_batch(signed.body)
        if not batch_holds(signed, self._journal.key):
            raise PeerFault(f"The batch {batch.first}-{batch.last} is not signed by its journal's key.")
        if self._store.link_at(batch.last) == batch.link:
            return
        self._aside.append(
            EvidenceRow(
                exam=self._s.identity.exam,
                journal=self._journal.row.journal,
                at_ms=self._now,
                why=self._why,
                hub_last=self._journal.head_seq,
                desk_last=batch.last,
                body=signed.body,
                signature=signed.signature,
                entries=msgspec.msgpack.encode(entries),
            )
        )

    def _keep(self, tx: Tx) -> int:
        return sum(tx.records.keep(row) for row in self._aside)
