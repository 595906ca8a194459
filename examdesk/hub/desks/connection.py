"""A student's connection: from `Welcome` to receipts. Everything that is about one journal goes through here.

Events and time questions are handled at once; whatever needs the disk or a person is done one after the other in a
task, while the frames that follow wait their turn. Whatever a desk sends, only its own connection can suffer.
"""

import asyncio
import contextlib
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import Any, ClassVar

import msgspec

from examdesk.hub.desks.admission import Admission, Admitted, Applicant, Denied, Outcome, Waits
from examdesk.hub.desks.adopting import ADOPTED, Adopting, Brought
from examdesk.hub.desks.handover import saved_files
from examdesk.hub.desks.proving import PersonalProofs, Try
from examdesk.hub.records.restoring import Presented, Restoring, Stated
from examdesk.hub.records.stored import Stored
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal
from examdesk.hub.sessions.signed import evidence_of, is_for, notice_for, standing_for
from examdesk.hub.transport import Connection
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.contacts import MOST, Contact, key_of, with_contact
from examdesk.store.records import Head, Intake
from examdesk.store.rows import EvidenceRow, NoticeRow, SessionRow
from shared.admission.endorsement import chain_start
from shared.ids import JournalId, SessionId
from shared.log.receipt import SignedReceipt
from shared.problems import EnvironmentProblem, Problem
from shared.sync import hub as sync
from shared.wire import messages as m
from shared.wire.codec import decode_from_desk, encode_frame

log = logging.getLogger(__name__)

PROTOCOL_ERROR = 1008
_NONCE_BYTES = 16
_AFTER_TROUBLE_MS = 2000
_MOST_REVISION = 1 << 30


class DeskDoor:
    """The route `/desk`: makes a `Desk` of every connection.

    Attributes:
        waiting: desks whose join waits for a person, by ticket.
        brought: work from a stick that comes in once a person lets its student in, by ticket.
        stated: desks that began alone and wait for a person, by ticket, with what they resume with then.
    """

    def __init__(self, services: Services, admission: Admission, proofs: PersonalProofs) -> None:
        self.services = services
        self.admission = admission
        self.proofs = proofs
        self.restoring = Restoring(services)
        self.adopting = Adopting(services)
        self.max_message = services.limits.desk_message
        self.waiting: dict[str, tuple[Desk, Applicant]] = {}
        self.stated: dict[str, tuple[Desk, m.Resume]] = {}
        self.brought: Brought = {}
        self.faults = 0
        self.anchor = b""
        self.reconcile: Callable[[SessionId], Awaitable[None]] | None = None
        self._contacts: dict[JournalId, list[Contact]] = {}
        self._noting: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def open(self, peer: Connection) -> "Desk":
        """See `transport.Route`."""
        return Desk(self, peer)

    async def joined(self, session: SessionId) -> None:
        """A session was joined: bring it up to date with commands that were applied meanwhile."""
        if self.reconcile is not None:
            await self.reconcile(session)

    def spawn(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something of a desk's to its end, even when its connection goes: what it began is written down."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

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


class Desk:
    """One connection of one journal."""

    def __init__(self, door: DeskDoor, peer: Connection) -> None:
        self._door = door
        self._s = door.services
        self._peer = peer
        self._nonce = self._s.chance.bytes(_NONCE_BYTES)
        self._journal: Journal | None = None
        self._sync: sync.HubSync | None = None
        self._try: Try | None = None
        self._shown: Presented | Stated | None = None
        self._questions: deque[m.Frame] = deque()
        self._task: asyncio.Task[None] | None = None
        self._over = False
        self._idle: asyncio.Future[None] | None = None
        self._has_key = False
        self._free_mb: int | None = None
        self._since_ms = self._heard_ms = self._s.clock.wall_ms()
        exam = self._s.exam
        self.send(
            m.Welcome(
                m.PROTOCOL,
                self._s.identity.exam,
                self._nonce,
                self._s.clock.wall_ms(),
                exam.long_name,
                exam.sections[0].room if len(exam.sections) == 1 else "",
                exam.admission.codes,
            )
        )

    # -- frames in

    def message(self, data: bytes) -> None:
        """See `transport.Handler`."""
        self._heard_ms = self._s.clock.wall_ms()
        self._note_heard()
        try:
            frame = decode_from_desk(data)
            if isinstance(frame, m.Push):
                self._push(frame)
            elif isinstance(frame, m.Ping):
                self._pong(frame)
            else:
                self._ask(frame)
        except Problem as problem:
            self._fault(problem)

    def _pong(self, frame: m.Ping) -> None:
        now = self._s.clock.wall_ms()
        self.send(m.Pong(frame.desk_us, now, now))
        self._free_mb = frame.free_mb if frame.free_mb >= 0 else None
        self._note_heard()

    def _note_heard(self) -> None:
        """Note with the journal, once it is known, when its desk was heard and what it said of its disk."""
        if self._journal is not None:
            self._journal.heard_ms = self._heard_ms
            self._journal.free_mb = self._free_mb

    def closed(self) -> None:
        """See `transport.Handler`."""
        self._over = True
        for ticket in [ticket for ticket, (desk, _) in self._door.waiting.items() if desk is self]:
            del self._door.waiting[ticket]
        for ticket in [ticket for ticket, (desk, _) in self._door.stated.items() if desk is self]:
            del self._door.stated[ticket]
        journal = self._journal
        if journal is not None and journal.desk is self and not self._in_flight():
            journal.desk = None
        if journal is not None:
            self._s.changes.touch(journal.row.session)
            if self._sync is not None:
                self._door.note_contact(journal.row.journal, Contact(self._since_ms, self._heard_ms))

    def send(self, frame: m.Frame) -> None:
        """Send a frame; nothing happens when the connection is gone."""
        self._peer.send(encode_frame(frame))

    def close(self, why: str) -> None:
        """Let go of the desk on purpose."""
        self.send(m.Bye(why))
        self._peer.close(1000, why)
        self._over = True

    @property
    def session(self) -> SessionId:
        """The session of the journal that it serves."""
        assert self._journal is not None
        return self._journal.row.session

    @property
    def online(self) -> bool:
        """Whether the connection is open and resumed."""
        return not self._over and self._sync is not None

    def _fault(self, problem: Problem) -> None:
        self._door.faults += 1
        log.info("a desk's frame was refused: %s", type(problem).__name__)
        self.send(m.Refusal("bad-frame", problem.sentence))
        self._peer.close(PROTOCOL_ERROR, "bad frame")
        self._over = True

    def _ask(self, frame: m.Frame) -> None:
        if len(self._questions) >= self._s.limits.questions:
            self.send(m.Refusal("slow-down", "Too many questions at once.", 1000))
            return
        self._questions.append(frame)
        if self._task is None:
            self._task = self._door.spawn(self._answer())

    async def _answer(self) -> None:
        try:
            while self._questions and not self._over:
                frame = self._questions.popleft()
                try:
                    await self._answers[type(frame)](self, frame)
                except EnvironmentProblem as problem:  # ours, not the desk's: it may ask again
                    self._refuse(Denied("not-now", problem.sentence, _AFTER_TROUBLE_MS))
        except Problem as problem:
            self._fault(problem)
        except Exception:
            log.exception("a desk's connection was closed by an error of ours")
            self._peer.close(1011, "an error of the hub")
        finally:
            self._task = None

    # -- joining

    async def _lookup(self, frame: m.Lookup) -> None:
        admission, address = self._door.admission, self._peer.address
        denied = await admission.check_room_code(frame.code, address) or admission.lookup_wait(address)
        if denied is not None:
            self._refuse(denied)
        else:
            self.send(self._door.admission.lookup(frame.text))

    async def _join_by_room(self, frame: m.JoinByRoom) -> None:
        denied = await self._door.admission.check_room_code(frame.code, self._peer.address)
        if denied is not None:
            self._refuse(denied)
            return
        personal = self._s.exam.admission.codes == "personal"
        applicant = Applicant(
            student=frame.student,
            name=frame.name,
            seat=frame.seat,
            device=frame.device,
            device_name=frame.device_name,
            journal=frame.journal,
            key=frame.key,
            address=self._peer.address,
            by="code",
            doubtful="has no personal code at hand" if personal else "",
        )
        await self._finish(applicant)

    async def _pake_start(self, frame: m.PakeStart) -> None:
        started = await self._door.proofs.start(frame.slot, frame.message, self._nonce, self._peer.address)
        if isinstance(started, Denied):
            self._refuse(started)
            return
        self._try = started
        self.send(m.PakeReply(started.message, b""))

    async def _pake_confirm(self, frame: m.PakeConfirm) -> None:
        begun, self._try = self._try, None
        if begun is None:
            self._refuse(Denied("wrong-proof", "A proof was confirmed that never began."))
            return
        proven = await self._door.proofs.finish(begun, frame.confirmation, self._peer.address)
        if isinstance(proven, Denied):
            self._refuse(proven)
            return
        self.send(m.PakeReply(b"", proven.confirmation))
        applicant = Applicant(
            student=proven.student,
            name="",
            seat=frame.seat,
            device=frame.device,
            device_name=frame.device_name,
            journal=frame.journal,
            key=frame.key,
            address=self._peer.address,
            by="personal",
        )
        await self._finish(applicant)

    async def _rejoin(self, frame: m.Rejoin) -> None:
        proof = m.rejoin_proof(self._nonce, self._s.identity.fingerprint, frame.old, frame.journal, frame.key)
        old = await self._proven(frame.old, frame.proof, proof)
        if old is None:
            return
        session = self._s.registry.sessions[old.row.session]
        applicant = Applicant(
            student=session.student,
            name="",
            seat=old.row.seat,
            device=frame.device,
            device_name=frame.device_name,
            journal=frame.journal,
            key=frame.key,
            address=self._peer.address,
            by="code",
            old=frame.old,
        )
        await self._finish(applicant)

    async def _finish(self, applicant: Applicant) -> None:
        await self.settle(applicant, await self._door.admission.admit(applicant))

    async def settle(self, applicant: Applicant, outcome: Outcome) -> None:
        """Tell the desk what came of its join; also called once a person decided."""
        match outcome:
            case Denied():
                self._refuse(outcome)
            case Waits(ticket, sentence):
                self._door.waiting[ticket] = (self, applicant)
                self.send(m.Held(sentence))
            case Admitted(journal, moved_from):
                self._door.waiting.pop(applicant.journal.hex(), None)
                self._peer.prove()
                await self._door.joined(journal.row.session)
                await self._hand_over(journal, moved_from)

    async def _hand_over(self, journal: Journal, moved_from: Journal | None) -> None:
        session = self._s.registry.sessions[journal.row.session]
        groups = [] if moved_from is None else await saved_files(self._s, moved_from)
        for group in groups:
            self.send(m.Endorsed(session.session, journal.row.endorsement, group, complete=False))
            await self._peer.drained()
        self.send(m.Endorsed(session.session, journal.row.endorsement))
        for other in self._s.registry.desks_of(session.session):
            if other is not self:
                other.push_standing(session)

    def _refuse(self, denied: Denied) -> None:
        self.send(m.Refusal(denied.code, denied.sentence, denied.retry_after_ms))

    # -- resuming and events

    async def _present(self, frame: m.Present) -> None:
        self._shown = self._door.restoring.check(frame)

    async def _proven(
        self, name: JournalId, signature: bytes, proof: bytes, resume: m.Resume | None = None
    ) -> Journal | None:
        """Return the journal whose key signed the proof, taken back if these records lost it; None: refused or waits.

        `resume` is done again once a person has let in a journal that its desk began alone.
        """
        journal = self._s.registry.journals.get(name)
        shown = self._shown
        word = shown.statement if isinstance(shown, Stated) else None if shown is None else shown.endorsement
        if journal is not None:
            key = journal.key
        elif word is not None and word.journal_id == name:
            key = word.verify_key()
        else:
            self._refuse(Denied("unknown-journal", "This hub does not know your journal. Join with the code."))
            return None
        if not key.verify(signature, proof):
            self._refuse(Denied("wrong-proof", "Your journal could not be proven. Join with the code."))
            return None
        if journal is not None or shown is None or word is None:
            return journal
        who, address = word.student, self._peer.address
        if isinstance(shown, Stated):
            if not await self._let_in(shown, resume):
                return None
            deed = Deed(who=who, role="student", address=address, what=ADOPTED, detail=f"journal {name.hex()[:8]}")
            return await self._door.restoring.take_back(shown, deed)
        deed = Deed(who=who, role="student", address=address, what="came back", detail=f"journal {name.hex()[:8]}")
        return await self._door.restoring.take_back(shown, deed)

    async def _let_in(self, shown: Stated, resume: m.Resume | None) -> bool:
        """Tell whether a person has let in a journal that its desk began alone; says so to the desk if not."""
        decision = await self._door.adopting.decision(shown, self._peer.address)
        if decision == "admitted":
            return True
        if decision == "refused":
            self._refuse(Denied("not-now", "The staff did not take your work in over the network. Ask them.", 5000))
        elif decision == "too many":
            self._refuse(Denied("slow-down", "Too many wait to be let in from here. Ask the staff.", 5000))
        else:
            if resume is not None:
                self._door.stated[shown.statement.journal] = (self, resume)
            self.send(m.Held("You began without a network: the staff lets your work in. Go on; it is saved here."))
        return False

    def resume_again(self, frame: m.Resume) -> None:
        """A person decided about a journal that its desk began alone: do what it asked for then."""
        self._ask(frame)

    async def _resume(self, frame: m.Resume) -> None:
        proof = m.resume_proof(self._nonce, self._s.identity.fingerprint, frame.journal, frame.last, frame.link)
        journal = await self._proven(frame.journal, frame.proof, proof, frame)
        if journal is None:
            return
        if self._journal is not None and self._journal is not journal:
            self._refuse(Denied("wrong-proof", "A connection belongs to one journal."))
            return
        await self._take_over(journal)
        self._peer.prove()
        if journal.state not in ("active", "moved"):
            self.send(m.NewJournal(journal.state))
            return
        self._sync = sync.HubSync(
            self._s.identity.exam,
            frame.journal,
            journal.key,
            Stored(self._s, journal.row.journal),
            (journal.head_seq, journal.head_link, journal.receipt),
        )
        outputs = self._sync.step(sync.ResumeCame(frame.last, frame.link))
        for output in outputs:
            self._do(output)
        if not any(isinstance(output, sync.Break) for output in outputs):
            await self._number_after(frame.revision)
            self._greet(frame)

    async def _number_after(self, revision: int) -> None:
        """P-14: the desk has a later standing than these records, so theirs gets a number after it."""
        async with self._s.standings:
            session = self._s.registry.sessions[self.session]
            if not session.revision < revision < _MOST_REVISION:
                return
            after = msgspec.structs.replace(session, revision=revision + 1, issued_ms=self._s.clock.wall_ms())
            await self._s.writer.run(lambda tx: tx.people.put_sessions([after]))
            self._s.registry.put_session(after)

    async def _take_over(self, journal: Journal) -> None:
        """Never two live connections for a journal: the older one goes, after what it has in flight."""
        while journal.desk is not None and journal.desk is not self:
            earlier = journal.desk
            earlier.close("the same journal connected again")
            await earlier.settled()
            if journal.desk is earlier:
                journal.desk = None
        journal.desk = self
        self._journal = journal
        self._note_heard()

    async def settled(self) -> None:
        """Wait until nothing of this connection is on its way to the disk."""
        if self._in_flight():
            self._idle = asyncio.get_running_loop().create_future()
            await self._idle

    def _in_flight(self) -> bool:
        return self._sync is not None and self._sync.accepted > self._sync.durable

    def _greet(self, frame: m.Resume) -> None:
        assert self._journal is not None
        session = self._s.registry.sessions[self._journal.row.session]
        if chain_start(self._journal.row.endorsement) != self._journal.row.endorsement:
            self.send(m.Endorsed(session.session, self._journal.row.endorsement))  # it may not know it yet
        self.push_standing(session)
        for notice in self._s.registry.notices:
            if notice.number > frame.notice:
                self.push_notice(notice)
        self.send(msgspec.structs.replace(self._s.content.offer(), packages=self._s.wheels.envelope))
        self.push_key()
        if self._door.anchor:
            self.send(m.Anchor(self._door.anchor))
        self._s.changes.touch(session.session)

    def _push(self, frame: m.Push) -> None:
        if self._sync is None or self._over:
            if not self._over and self._journal is None:
                self.send(m.Refusal("not-now", "Resume before sending events.", 0))
            return
        for output in self._sync.step(sync.PushCame(frame.batch, frame.entries)):
            self._do(output)
        if self._s.writer.crowded:
            self._peer.pause()
            self._door.spawn(self._read_on())

    async def _read_on(self) -> None:
        await self._s.writer.room()
        self._peer.resume()

    def _do(self, output: sync.Output) -> None:
        match output:
            case sync.Store(batch, signed, entries):
                self._s.writer.put(Intake(batch.journal, batch.first, batch.last, batch.link, signed, entries))
            case sync.Acknowledge(receipt):
                self.send(m.Acknowledged(receipt))
            case sync.SayResumed(last, link, receipt):
                self.send(m.Resumed(last, link, receipt))
            case sync.AskAgain(last):
                self.send(m.Resend(last))
            case sync.Break():
                self._break(output)

    def _break(self, output: sync.Break) -> None:
        """P-3, P-4: keep what the desk showed, and let it go on in a new journal."""
        journal = self._journal
        assert journal is not None
        row = evidence_of(self._s, journal.row.journal, output)
        journal.state = output.why
        self._door.spawn(self._keep(row))

    async def _keep(self, row: EvidenceRow) -> None:
        def work(tx: Tx) -> None:
            tx.records.keep(row)
            tx.people.set_journal_state(row.journal, row.why)

        try:
            await self._s.writer.run(work)
        except Problem:
            log.warning("evidence could not be kept; the desk shows it again when it resumes")
            self.close("the hub's disk refused")
            return
        self._sync = None
        self.send(m.NewJournal(row.why))
        if self._journal is not None:
            self._s.changes.people(self._journal.row.session)

    def committed(self, head: Head, receipt: SignedReceipt) -> None:
        """The writer committed this journal up to here: acknowledge."""
        if self._sync is None:
            return
        for output in self._sync.step(sync.Committed(head.last, head.link, receipt)):
            self._do(output)
        if not self._in_flight() and self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
        if self._over and not self._in_flight() and self._journal is not None and self._journal.desk is self:
            self._journal.desk = None

    def dropped(self) -> None:
        """What this desk sent was not stored: it resumes from what is durable."""
        self._sync = None
        if self._idle is not None and not self._idle.done():
            self._idle.set_result(None)
        if self._journal is not None and self._journal.desk is self:
            self._journal.desk = None
        self.close("the hub could not store this; send it again")

    # -- content

    async def _get_piece(self, frame: m.GetPiece) -> None:
        parts = self._s.content.parts(frame.index)
        if not self._peer.proven or not parts:
            self._refuse(Denied("not-now", "There is no such piece for you."))
            return
        for part in parts:
            self.send(part)
            await self._peer.drained()

    async def _get_wheel(self, frame: m.GetWheel) -> None:
        if not self._peer.proven:
            self._refuse(Denied("not-now", "Join the exam before you fetch its packages."))
            return
        self.send(await self._s.wheels.part(frame.index, frame.at))
        await self._peer.drained()

    # -- before an exam

    async def _preflight(self, frame: m.PreflightReport) -> None:
        denied = None
        if not self._peer.proven:
            denied = await self._door.admission.check_room_code(frame.code, self._peer.address)
        if denied is not None:
            self._refuse(denied)
            return
        await self._s.preflights.take(frame, self._peer.address, self._s.clock.wall_ms())
        self._s.changes.topic("preflights")
        self.send(m.PreflightTaken())

    async def _bye(self, _frame: m.Bye) -> None:
        self._peer.close(1000)

    # -- what the hub tells by itself

    def push_standing(self, session: SessionRow) -> None:
        """Send what holds now; a journal that the session left is locked."""
        journal = self._journal
        if journal is None or self._over:
            return
        elsewhere = session.journal != journal.row.journal
        self.send(m.SignedStanding(standing_for(self._s, session, elsewhere=elsewhere)))
        self.push_key()

    def push_notice(self, notice: NoticeRow) -> None:
        """Send a notice, if it is for this session."""
        journal = self._journal
        if journal is None or self._over or not is_for(notice, self._s.registry, journal.row.session):
            return
        session = self._s.registry.sessions[journal.row.session]
        self.send(m.SignedNotice(notice_for(self._s, session, notice)))

    def push_key(self) -> None:
        """Send the content key once the session has started."""
        if self._has_key or self._journal is None or not self.online:
            return
        session = self._s.registry.sessions[self._journal.row.session]
        if session.starts_ms is not None and session.starts_ms <= self._s.clock.wall_ms():
            self._has_key = True
            self.send(m.ContentKey(self._s.identity.content_key))

    def push_anchor(self, note: bytes) -> None:
        """Send a checkpoint to be kept."""
        if self.online:
            self.send(m.Anchor(note))

    _answers: ClassVar[dict[type, Callable[["Desk", Any], Awaitable[None]]]] = {
        m.Lookup: _lookup,
        m.JoinByRoom: _join_by_room,
        m.PakeStart: _pake_start,
        m.PakeConfirm: _pake_confirm,
        m.Rejoin: _rejoin,
        m.Present: _present,
        m.Resume: _resume,
        m.GetPiece: _get_piece,
        m.GetWheel: _get_wheel,
        m.PreflightReport: _preflight,
        m.Bye: _bye,
    }


def _note(noted: dict[JournalId, list[Contact]], tx: Tx) -> None:
    for journal, contacts in noted.items():
        known = tx.get_meta(key_of(journal))
        for contact in contacts[-MOST:]:
            known = with_contact(known, contact)
        if known is not None:
            tx.put_meta(key_of(journal), known)
