"""Work that comes on a stick: every batch goes the way of one that came over the network, so once more does no harm."""

import asyncio

import msgspec

from examdesk.hub.registry import Journal
from examdesk.hub.restoring import Presented, Restoring
from examdesk.hub.services import Services
from examdesk.hub.staff import Caller, Handlers, NotPossible
from examdesk.hub.stored import Stored
from examdesk.staffapi import messages as api
from examdesk.store.records import Intake
from examdesk.store.rows import EvidenceRow
from shared.bundle.handover import MAX_BYTES, JournalCopy, open_handover
from shared.sync import hub as sync

MOST_UPLOADS = 4


class Imports:
    """Handler of bundles."""

    def __init__(self, services: Services) -> None:
        self._s = services
        self._restoring = Restoring(services)
        self._uploads: dict[str, bytearray] = {}

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {api.ImportBundle: self.take}

    async def take(self, request: api.ImportBundle, caller: Caller) -> api.Answer:
        """Take a piece of a file; with the last one, import it."""
        if request.upload not in self._uploads and len(self._uploads) >= MOST_UPLOADS:
            self._uploads.pop(next(iter(self._uploads)))
        data = self._uploads.setdefault(request.upload, bytearray())
        if len(data) + len(request.data) > MAX_BYTES:
            del self._uploads[request.upload]
            raise NotPossible("This file is far too large for a student's work; nothing was imported.")
        data += request.data
        if not request.last:
            return api.Imported(sentences=(), new_events=0)
        del self._uploads[request.upload]
        return await self._import(bytes(data), caller)

    async def _import(self, data: bytes, caller: Caller) -> api.Imported:
        identity = self._s.identity
        opened = await asyncio.to_thread(open_handover, data, identity.exam, identity.box, identity.signing.public)
        sentences, new = [], 0
        for endorsement, copy in opened.journals:
            deed = caller.deed("took a journal back from a file", endorsement.student)
            journal = await self._restoring.take_back(Presented(endorsement, copy.endorsement), deed)
            before = journal.head_seq
            broken = await self._feed(journal, copy)
            came = journal.head_seq - before
            new += came
            what = f"{came} new events" if came else "nothing new"
            aside = "; something in it does not fit what the hub has, and was kept beside it" if broken else ""
            sentences.append(f"{endorsement.name or endorsement.student}: {what}{aside}.")
            self._s.changes.people(journal.row.session)
        now, deed = self._s.clock.wall_ms(), caller.deed("imported a bundle", f"{new} new events")
        await self._s.writer.run(lambda tx: tx.control.audit(now, deed))
        self._s.changes.topic("audit")
        return api.Imported(sentences=tuple(sentences), new_events=new)

    async def _feed(self, journal: Journal, copy: JournalCopy) -> bool:
        """Give every batch to the hub's end of the sync; tell whether something did not fit."""
        if journal.desk is not None:
            journal.desk.close("work of this PC is being imported from a file")
            await journal.desk.settled()
        head = (journal.head_seq, journal.head_link, journal.receipt)
        machine = sync.HubSync(
            self._s.identity.exam, journal.row.journal, journal.key, Stored(self._s, journal.row.journal), head
        )
        broken = False
        for signed, entries in copy.batches:
            for output in machine.step(sync.PushCame(signed, entries)):
                if isinstance(output, sync.Store):
                    batch = output.batch
                    self._s.writer.put(Intake(batch.journal, batch.first, batch.last, batch.link, signed, entries))
                elif isinstance(output, sync.Break):
                    broken = True
                    await self._keep(journal, output)
            await self._s.writer.room()
        await self._s.writer.flush()
        return broken

    async def _keep(self, journal: Journal, output: sync.Break) -> None:
        row = EvidenceRow(
            exam=self._s.identity.exam,
            journal=journal.row.journal,
            at_ms=self._s.clock.wall_ms(),
            why=output.why,
            hub_last=output.hub_last,
            desk_last=output.desk_last,
            body=None if output.batch is None else output.batch.body,
            signature=None if output.batch is None else output.batch.signature,
            entries=msgspec.msgpack.encode(output.entries) if output.entries else None,
        )
        await self._s.writer.run(lambda tx: tx.records.keep(row))
