"""Work that comes on a stick: every batch goes the way of one that came over the network, so once more does no harm."""

import asyncio

import msgspec

from examdesk.hub.registry import Journal, member_of
from examdesk.hub.services import Services
from examdesk.hub.staff import Caller, Handlers, NotPossible
from examdesk.hub.standings import plan_of, times_of
from examdesk.hub.stored import Stored
from examdesk.staffapi import messages as api
from examdesk.store import Tx
from examdesk.store.records import Intake
from examdesk.store.rows import EvidenceRow, JournalRow, RosterRow, SessionRow
from shared.admission.endorsement import Endorsement
from shared.bundle.handover import MAX_BYTES, JournalCopy, open_handover
from shared.ids import JournalId, StudentId
from shared.log.entry import start_link
from shared.sync import hub as sync

MOST_UPLOADS = 4


class Imports:
    """Handler of bundles."""

    def __init__(self, services: Services) -> None:
        self._s = services
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
            journal = await self._journal(endorsement, copy)
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

    async def _journal(self, endorsement: Endorsement, copy: JournalCopy) -> Journal:
        """Return the journal; one that these records lost is taken back on the word of the exam's key."""
        registry = self._s.registry
        known = registry.journals.get(endorsement.journal_id)
        if known is not None:
            return known
        student = registry.find(endorsement.student) or RosterRow(
            exam=self._s.identity.exam,
            student=StudentId(endorsement.student),
            slot=registry.next_slot(),
            name=endorsement.name,
            section=endorsement.section,
            provisional=True,
        )
        session = registry.sessions.get(endorsement.session_id)
        row = _journal_row(endorsement, copy)
        made = session or self._session(endorsement, student, row)

        def work(tx: Tx) -> None:
            if student.student not in registry.roster:
                tx.people.put_students([student])
            if session is None:
                tx.people.add_session(made)
            tx.people.add_journal(row)

        await self._s.writer.run(work)
        registry.roster[student.student] = student
        registry.put_session(msgspec.structs.replace(made, journal=row.journal))
        return registry.add_journal(row)

    def _session(self, endorsement: Endorsement, student: RosterRow, row: JournalRow) -> SessionRow:
        taken = self._s.registry.session_of.get(student.student)
        if taken is not None:
            raise NotPossible(f"{student.name} has another session here; this file can't be joined to it.")
        member = member_of(endorsement.session_id, student, endorsement.hub_ms)
        plan = plan_of(self._s.exam, member, self._s.registry.sections.get(student.section))
        times = times_of(plan, member, self._s.registry.commands)
        return SessionRow(
            session=endorsement.session_id,
            exam=row.exam,
            student=student.student,
            joined_ms=endorsement.hub_ms,
            joined_by=endorsement.by,
            revision=1,
            issued_ms=self._s.clock.wall_ms(),
            **msgspec.structs.asdict(times),
        )


def _journal_row(endorsement: Endorsement, copy: JournalCopy) -> JournalRow:
    parent = endorsement.parent
    return JournalRow(
        journal=endorsement.journal_id,
        session=endorsement.session_id,
        exam=endorsement.exam_id,
        endorsement=copy.endorsement,
        key=endorsement.verify_key().raw,
        parent=None if parent is None else JournalId(bytes.fromhex(parent.journal)),
        parent_seq=-1 if parent is None else parent.seq,
        parent_link=None if parent is None else bytes.fromhex(parent.link),
        device=endorsement.device_id,
        device_name="",
        seat=endorsement.seat or "",
        address="",
        opened_ms=endorsement.hub_ms,
        head_link=start_link(copy.endorsement),
    )
