"""A student's connection: from `Welcome` to receipts. Everything that is about one journal goes through here.

Events and time questions are handled at once; whatever needs the disk or a person is done one after the other in a
task, while the frames that follow wait their turn. Whatever a desk sends, only its own connection can suffer.
"""

import asyncio
import logging
from collections import deque

import msgspec

from examdesk.hub.control.signed import is_for, notice_for, standing_for
from examdesk.hub.desks.admission import Denied
from examdesk.hub.desks.door import DeskDoor
from examdesk.hub.desks.fetching import Fetching
from examdesk.hub.desks.joining import Answers, Joining
from examdesk.hub.desks.journal_stream import JournalStream
from examdesk.hub.desks.line import Line
from examdesk.hub.desks.returning import Returning
from examdesk.hub.sessions.registry import Journal
from examdesk.hub.transport import Connection
from examdesk.store.contacts import Contact
from examdesk.store.records import Head
from examdesk.store.rows import NoticeRow, SessionRow
from shared.admission.endorsement import chain_start
from shared.ids import JournalId, SessionId
from shared.log.receipt import SignedReceipt
from shared.problems import EnvironmentProblem, PeerFault, Problem
from shared.wire import messages as m
from shared.wire.codec import decode_from_desk

log = logging.getLogger(__name__)

PROTOCOL_ERROR = 1008
_NONCE_BYTES = 16
_AFTER_TROUBLE_MS = 2000
_MOST_REVISION = 1 << 30


class DeskConnection:
    """One connection of one journal: what comes goes to the part that knows it, and what the hub tells goes out."""

    def __init__(self, door: DeskDoor, peer: Connection) -> None:
        self._door = door
        self._s = door.services
        self._line = Line(peer, self._s.chance.bytes(_NONCE_BYTES))
        self._stream = JournalStream(door, self._line)
        self._returning = Returning(door, self._line, self._ask)
        self._joining = Joining(door, self._line, self._returning)
        self._answers: Answers = {
            **self._joining.answers(),
            **Fetching(door, self._line, self._stream).answers(),
            m.Present: self._returning.present,
            m.Resume: self._resume,
            m.Bye: self._bye,
        }
        self._questions: deque[m.Frame] = deque()
        self._task: asyncio.Task[None] | None = None
        self._has_key = False
        self._free_mb: int | None = None
        self._since_ms = self._heard_ms = self._s.clock.wall_ms()
        self._welcome()

    def _welcome(self) -> None:
        exam = self._s.exam
        self._line.send(
            m.Welcome(
                m.PROTOCOL,
                self._s.identity.exam,
                self._line.nonce,
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
                self._stream.push(frame)
            elif isinstance(frame, m.Ping):
                self._pong(frame)
            elif isinstance(frame, m.Parcel):
                self._parcel(frame)
            else:
                self._ask(frame)
        except Problem as problem:
            self._fault(problem)

    def _pong(self, frame: m.Ping) -> None:
        now = self._s.clock.wall_ms()
        self._line.send(m.Pong(frame.desk_us, now, now))
        self._free_mb = frame.free_mb if frame.free_mb >= 0 else None
        self._note_heard()

    def _parcel(self, frame: m.Parcel) -> None:
        if self._door.parcels is None or not self.online:
            raise PeerFault("Staff records came from a desk that has not resumed; they were refused.")
        self._door.parcels.came(self, frame.data)

    def _note_heard(self) -> None:
        """Note with the journal, once it is known, when its desk was heard and what it said of its disk."""
        journal = self._stream.journal
        if journal is not None:
            journal.heard_ms = self._heard_ms
            journal.free_mb = self._free_mb

    def _fault(self, problem: Problem) -> None:
        self._door.faults += 1
        log.info("a desk's frame was refused: %s", type(problem).__name__)
        self._line.send(m.Refusal("bad-frame", problem.sentence))
        self._line.peer.close(PROTOCOL_ERROR, "bad frame")
        self._line.over = True

    def _ask(self, frame: m.Frame) -> None:
        if len(self._questions) >= self._s.limits.questions:
            self._line.send(m.Refusal("slow-down", "Too many questions at once.", 1000))
            return
        self._questions.append(frame)
        if self._task is None:
            self._task = self._door.spawn(self._answer())

    async def _answer(self) -> None:
        try:
            while self._questions and not self._line.over:
                frame = self._questions.popleft()
                try:
                    await self._answers[type(frame)](frame)
                except EnvironmentProblem as problem:  # ours, not the desk's: it may ask again
                    self._line.refuse(Denied("not-now", problem.sentence, _AFTER_TROUBLE_MS))
        except Problem as problem:
            self._fault(problem)
        except Exception:
            log.exception("a desk's connection was closed by an error of ours")
            self._line.peer.close(1011, "an error of the hub")
        finally:
            self._task = None

    async def _bye(self, _frame: m.Bye) -> None:
        """K-2: what staff did goes with a desk that leaves."""
        if self._door.parcels is not None and self.online:
            await self._door.parcels.part(self)
        self._line.peer.close(1000)

    # -- the connection and its journal

    @property
    def session(self) -> SessionId:
        """The session of the journal that it serves."""
        assert self._stream.journal is not None
        return self._stream.journal.row.session

    @property
    def journal(self) -> JournalId:
        """The journal that it serves."""
        assert self._stream.journal is not None
        return self._stream.journal.row.journal

    @property
    def online(self) -> bool:
        """Whether the connection is open and resumed."""
        return not self._line.over and self._stream.on

    def is_on(self, line: object) -> bool:
        """Tell whether this is the desk at this line."""
        return self._line is line

    def close(self, why: str) -> None:
        """Let go of the desk on purpose."""
        self._line.close(why)

    def closed(self) -> None:
        """See `transport.Handler`."""
        self._line.over = True
        self._joining.gone()
        self._returning.gone()
        journal = self._stream.journal
        if journal is None:
            return
        if not self._stream.in_flight:
            self._let_go(journal)
        self._s.changes.touch(journal.row.session)
        if self._stream.on:
            self._door.note_contact(journal.row.journal, Contact(self._since_ms, self._heard_ms))

    def _let_go(self, journal: Journal) -> None:
        if journal.desk is self:
            journal.desk = None

    async def settled(self) -> None:
        """Wait until nothing of this connection is on its way to the disk."""
        await self._stream.settled()

    def committed(self, head: Head, receipt: SignedReceipt) -> None:
        """The writer committed this journal up to here: acknowledge."""
        self._stream.committed(head, receipt)
        journal = self._stream.journal
        if self._line.over and self._stream.on and not self._stream.in_flight and journal is not None:
            self._let_go(journal)

    def dropped(self) -> None:
        """What this desk sent was not stored: it resumes from what is durable."""
        self._stream.dropped()
        if self._stream.journal is not None:
            self._let_go(self._stream.journal)
        self.close("the hub could not store this; send it again")

    async def _resume(self, frame: m.Resume) -> None:
        line, known = self._line, self._stream.journal
        proof = m.resume_proof(line.nonce, self._s.identity.fingerprint, frame.journal, frame.last, frame.link)
        journal = await self._returning.proven(frame.journal, frame.proof, proof, frame)
        if journal is None:
            return
        if known is not None and known is not journal:
            line.refuse(Denied("wrong-proof", "A connection belongs to one journal."))
            return
        await self._take_over(journal)
        line.peer.prove()
        if journal.state not in ("active", "moved"):
            line.send(m.NewJournal(journal.state))
            return
        if self._stream.resume(journal, frame):
            await self._number_after(frame.revision)
            if frame.edition:
                await self._door.edition_shown(frame.edition)
            self._greet(journal, frame.notice)

    async def _take_over(self, journal: Journal) -> None:
        """Never two live connections for a journal: the older one goes, after what it has in flight."""
        while journal.desk is not None and journal.desk is not self:
            earlier = journal.desk
            earlier.close("the same journal connected again")
            await earlier.settled()
            if journal.desk is earlier:
                journal.desk = None
        journal.desk = self
        self._stream.journal = journal
        self._note_heard()

    async def _number_after(self, revision: int) -> None:
        """P-14: the desk has a later standing than these records, so theirs gets a number after it."""
        async with self._s.standings:
            session = self._s.registry.sessions[self.session]
            if not session.revision < revision < _MOST_REVISION:
                return
            after = msgspec.structs.replace(session, revision=revision + 1, issued_ms=self._s.clock.wall_ms())
            await self._s.writer.run(lambda tx: tx.people.put_sessions([after]))
            self._s.registry.put_session(after)
        self._door.came_ahead(session.student)

    # -- what the hub tells by itself

    def _greet(self, journal: Journal, last_notice: int) -> None:
        """Send everything that a desk has to know once it resumed."""
        session = self._s.registry.sessions[journal.row.session]
        if chain_start(journal.row.endorsement) != journal.row.endorsement:
            self._line.send(m.Endorsed(session.session, journal.row.endorsement))  # it may not know it yet
        self.push_standing(session)
        for notice in self._s.registry.notices:
            if notice.number > last_notice:
                self.push_notice(notice)
        self.push_content()
        self.push_key()
        if self._door.anchor:
            self._line.send(m.Anchor(self._door.anchor))
        if self._door.parcels is not None:
            self._door.spawn(self._door.parcels.greet(self))
        self._s.changes.touch(session.session)

    def push_standing(self, session: SessionRow) -> None:
        """Send what holds now; a journal that the session left is locked."""
        journal = self._stream.journal
        if journal is None or self._line.over:
            return
        elsewhere = session.journal != journal.row.journal
        self._line.send(m.SignedStanding(standing_for(self._s, session, elsewhere=elsewhere)))
        self.push_key()

    def push_notice(self, notice: NoticeRow) -> None:
        """Send a notice, if it is for this session."""
        journal = self._stream.journal
        if journal is None or self._line.over or not is_for(notice, self._s.registry, journal.row.session):
            return
        session = self._s.registry.sessions[journal.row.session]
        self._line.send(m.SignedNotice(notice_for(self._s, session, notice)))

    def push_key(self) -> None:
        """Send the content key once the session has started."""
        if self._has_key or not self.online:
            return
        session = self._s.registry.sessions[self.session]
        if session.starts_ms is not None and session.starts_ms <= self._s.clock.wall_ms():
            self._has_key = True
            self._line.send(m.ContentKey(self._s.identity.content_key))

    async def push_parcel(self, data: bytes) -> None:
        """Send staff records to be kept, and wait until they are nearly out."""
        if self.online:
            self._line.send(m.Parcel(data))
            await self._line.peer.drained()

    def want_parcels(self, wanted: m.WantParcels) -> None:
        """Ask for the staff records that the desk keeps."""
        self._line.send(wanted)

    def push_content(self) -> None:
        """Offer the exam's content as it is now."""
        if self.online:
            self._line.send(msgspec.structs.replace(self._s.content.offer(), packages=self._s.wheels.envelope))

    def push_anchor(self, note: bytes) -> None:
        """Send a checkpoint to be kept."""
        if self.online:
            self._line.send(m.Anchor(note))
