"""Who gets in: codes, the roster, approval by a person, and the endorsement that makes a journal part of a session.

A-1  A wrong code is counted, slows its address down, and is written to the audit log without the code.
A-2  A student who is not on the roster gets a provisional place, or is refused where the exam says so.
A-3  A second device of a session needs the click of a person, unless a personal code or the old journal's key proves
     who it is: a room code alone would show one student's work to another.
A-4  The same journal asking again gets the same answer, so that a lost reply does no harm.
"""

import asyncio
import hmac
from collections import defaultdict
from typing import Literal

import msgspec
import sqlalchemy as sa

from examdesk.hub.control.class_list import list_of
from examdesk.hub.gate import Allowance, Slowdown
from examdesk.hub.recovery.restoring import VALID_MS
from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal, member_of
from examdesk.hub.sessions.standings import plan_of, times_of
from examdesk.rosters.matching import did_you_mean
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.rows import JoinRow, JournalRow, RosterRow, SessionRow
from shared.admission.codes import RoomCode, parse_code
from shared.admission.endorsement import Endorsement, Parent, issue
from shared.crypto.keys import VerifyKey
from shared.exam.document import schedule_of
from shared.ids import ID_BYTES, DeviceId, JournalId, SessionId, StudentId
from shared.log.entry import start_link
from shared.problems import InputProblem, PeerFault
from shared.text import safe_text
from shared.wire.messages import Candidate, Found

MAX_TEXT = 200
MAX_CANDIDATES = 3
_NOTED_EVERY = 10

By = Literal["code", "personal", "proctor", "roster"]


class Applicant(msgspec.Struct, frozen=True, kw_only=True):
    """Who wants to join, from where, with which new journal. `old` is the journal whose key vouches for it."""

    student: str
    name: str
    seat: str
    device: DeviceId
    device_name: str
    journal: JournalId
    key: bytes
    address: str
    by: By
    old: JournalId | None = None
    doubtful: str = ""
    """Why a person has to decide in any case."""


class Admitted(msgspec.Struct, frozen=True):
    """The journal is endorsed; `moved_from` is the journal whose work the desk gets."""

    journal: Journal
    moved_from: Journal | None


class Waits(msgspec.Struct, frozen=True):
    """A person decides."""

    ticket: str
    sentence: str


class Denied(msgspec.Struct, frozen=True):
    """Not let in: `code` as in `Refusal`."""

    code: str
    sentence: str
    retry_after_ms: int = 0


Outcome = Admitted | Waits | Denied


class Admission:
    """Decides about joins and writes them down."""

    def __init__(self, services: Services) -> None:
        self._s = services
        self.slowdown = Slowdown(services.clock)
        self._lookups = Allowance(services.clock)
        self._one_at_a_time: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    # -- codes

    async def check_room_code(self, text: str, address: str) -> Denied | None:
        """Compare a room code; A-1."""
        wait = self.slowdown.wait_ms(address)
        if wait:
            return Denied("slow-down", f"Too many wrong codes. Try again in {-(-wait // 1000)} seconds.", wait)
        try:
            code = parse_code(text[:MAX_TEXT])
        except InputProblem as problem:
            await self.count_wrong(address)
            return Denied("wrong-code", problem.sentence)
        expected = parse_code(self._s.identity.room_code)
        assert isinstance(expected, RoomCode)
        if isinstance(code, RoomCode) and hmac.compare_digest(code.symbols, expected.symbols):
            return None
        await self.count_wrong(address)
        return Denied("wrong-code", "This isn't the code of this exam. Compare it with the one shown in the room.")

    async def count_wrong(self, address: str) -> None:
        """Count a wrong code and note it, the first of an address and then every tenth."""
        count = self.slowdown.wrong(address)
        if count % _NOTED_EVERY == 1:
            deed = Deed(who="", role="student", address=address, what="wrong code", detail=f"{count} from here")
            await self._s.writer.run(lambda tx: tx.control.audit(self._s.clock.wall_ms(), deed))
            self._s.changes.topic("audit")

    def lookup(self, text: str) -> Found:
        """Return which students of the roster a text may mean."""
        roster = self._s.registry.roster
        row = self._s.registry.find(text)
        if row is not None:
            return Found((_candidate(row),), exact=True)
        matches = did_you_mean(text[:MAX_TEXT], list_of(roster.values()), MAX_CANDIDATES)
        return Found(tuple(_candidate(roster[match.row.student]) for match in matches), exact=False)

    def lookup_wait(self, address: str) -> Denied | None:
        """See whether this address has asked for so many names that it looks like copying the list."""
        wait = self._lookups.wait_ms(address)
        if not wait:
            return None
        return Denied("slow-down", "Too many names were asked for from this PC. Type your student number.", wait)

    # -- joining

    async def admit(self, applicant: Applicant) -> Outcome:
        """Let somebody in, hold the join for a person, or refuse it.

        Raises:
            PeerFault: the frame's fields can't be.
        """
        _check(applicant)
        async with self._one_at_a_time[applicant.student.casefold()]:
            return self._again(applicant) or self._closed(applicant) or await self._decide(applicant)

    async def _decide(self, applicant: Applicant) -> Outcome:
        row = self._s.registry.find(applicant.student)
        if row is None and self._s.exam.admission.unlisted == "refuse":
            return Denied("unknown-student", "You are not on the list of this exam. Ask the staff.")
        why = self._why_ask(applicant, row)
        held = await self._hold(applicant, row, why) if why else None
        if held is not None:
            return held
        by: By = "proctor" if why else applicant.by
        try:
            if row is None or row.student not in self._s.registry.session_of:
                return await self._endorse(applicant, row, by)
            async with self._s.standings:
                return await self._endorse(applicant, row, by)
        except sa.exc.IntegrityError:
            return Denied("not-now", "Somebody else joined under this name at the same moment. Try again.", 1000)

    def _again(self, applicant: Applicant) -> Outcome | None:
        known = self._s.registry.journals.get(applicant.journal)
        if known is None:
            return None
        session = self._s.registry.sessions[known.row.session]
        if known.row.key != applicant.key or session.student.casefold() != applicant.student.strip().casefold():
            return Denied("wrong-proof", "This journal belongs to somebody else.")
        parent = None if known.row.parent is None else self._s.registry.journals.get(known.row.parent)
        return Admitted(known, parent)

    def _closed(self, applicant: Applicant) -> Denied | None:
        exam = self._s.exam
        if exam.draft:
            return Denied("not-now", "This exam isn't ready yet. Ask the staff.", 30_000)
        row = self._s.registry.find(applicant.student)
        start = schedule_of(exam, row.section if row is not None else None)
        if start.start is None or self._s.registry.commands:
            return None
        opens_ms = round(start.start.timestamp() * 1000) - start.early_join * 60_000
        wait = opens_ms - self._s.clock.wall_ms()
        if wait <= 0:
            return None
        minutes = -(-wait // 60_000)
        return Denied("not-now", f"This exam lets students in {minutes} minutes from now.", min(wait, 60_000))

    def _why_ask(self, applicant: Applicant, row: RosterRow | None) -> str:
        """Return why a person has to decide, empty when nobody has to."""
        approval = self._s.registry.approval or self._s.exam.admission.approval
        if applicant.old is not None:
            return ""
        if applicant.doubtful:
            return applicant.doubtful
        if row is not None and row.student in self._s.registry.session_of and applicant.by != "personal":
            return "goes on at another computer"
        if approval == "all":
            return "asks to be let in"
        if row is None and approval == "unlisted":
            return "is not on the list"
        return ""

    async def _hold(self, applicant: Applicant, row: RosterRow | None, why: str) -> Outcome | None:
        """Return None once a person said yes."""
        ticket = applicant.journal.hex()
        known = self._s.registry.joins.get(ticket)
        if known is not None and known.state == "admitted":
            return None
        if known is not None and known.state == "refused":
            return Denied("not-now", "The staff did not let you in. Ask them.", 5000)
        if known is None:
            join = JoinRow(
                ticket=ticket,
                exam=self._s.identity.exam,
                student=StudentId(applicant.student),
                name=row.name if row is not None else applicant.name,
                section=row.section if row is not None else "",
                seat=applicant.seat,
                device_name=applicant.device_name,
                address=applicant.address,
                since_ms=self._s.clock.wall_ms(),
                why=why,
            )
            await self._s.writer.run(lambda tx: tx.people.put_join(join))
            self._s.registry.joins[ticket] = join
            self._s.changes.people()
            self._s.changes.topic("held")
        return Waits(ticket, "Please wait: the staff lets you in.")

    async def _endorse(self, applicant: Applicant, row: RosterRow | None, by: By) -> Admitted:
        registry, now = self._s.registry, self._s.clock.wall_ms()
        student = row or self._provisional(applicant)
        known = registry.session_of.get(student.student)
        session = registry.sessions[known] if known is not None else self._new_session(student, by, now)
        before = registry.main_journal(known) if known is not None else None
        journal = self._new_journal(applicant, student, session, before, by=by, now=now)
        moved = msgspec.structs.replace(session, journal=journal.journal, revision=session.revision + 1, issued_ms=now)
        detail = f"{student.student} at {applicant.device_name}"

        def work(tx: Tx) -> None:
            if row is None:
                tx.people.put_students([student])
            if known is None:
                tx.people.add_session(session)
            tx.people.add_journal(journal)
            tx.people.put_sessions([moved])
            if before is not None and before.state == "active":
                tx.people.set_journal_state(before.row.journal, "moved")
            tx.control.audit(
                now, Deed(who=student.student, role="student", address=applicant.address, what="joined", detail=detail)
            )

        await self._s.writer.run(work)
        registry.roster[student.student] = student
        registry.put_session(moved)
        if before is not None and before.state == "active":
            before.state = "moved"
        self._s.changes.people(session.session)
        if row is None:
            self._s.changes.topic("roster")
        return Admitted(registry.add_journal(journal), before)

    def _provisional(self, applicant: Applicant) -> RosterRow:
        return RosterRow(
            exam=self._s.identity.exam,
            student=StudentId(applicant.student.strip()),
            slot=self._s.registry.next_slot(),
            name=applicant.name.strip() or applicant.student.strip(),
            provisional=True,
        )

    def _new_session(self, student: RosterRow, by: By, now: int) -> SessionRow:
        session = SessionId(self._s.chance.bytes(ID_BYTES))
        member = member_of(session, student, now)
        plan = plan_of(self._s.exam, member, self._s.registry.sections.get(student.section))
        times = times_of(plan, member, self._s.registry.commands)
        return SessionRow(
            session=session,
            exam=self._s.identity.exam,
            student=student.student,
            joined_ms=now,
            joined_by=by,
            **msgspec.structs.asdict(times),
        )

    def _new_journal(
        self, applicant: Applicant, student: RosterRow, session: SessionRow, before: Journal | None, *, by: By, now: int
    ) -> JournalRow:
        has_events = before is not None and before.head_seq >= 0
        parent = (
            Parent(before.row.journal.hex(), before.head_seq, before.head_link.hex())
            if before is not None and has_events
            else None
        )
        envelope = issue(
            Endorsement(
                exam=session.exam.hex(),
                student=student.student,
                name=student.name,
                section=student.section,
                session=session.session.hex(),
                journal=applicant.journal.hex(),
                device=applicant.device.hex(),
                journal_key=applicant.key.hex(),
                parent=parent,
                seat=applicant.seat or student.seat or None,
                by=by,
                provisional=student.provisional,
                hub_ms=now,
                not_after_ms=now + VALID_MS,
            ),
            self._s.identity.signing,
        )
        return JournalRow(
            journal=applicant.journal,
            session=session.session,
            exam=session.exam,
            endorsement=envelope,
            key=applicant.key,
            parent=None if before is None else before.row.journal,
            parent_seq=-1 if before is None else before.head_seq,
            parent_link=None if before is None else before.head_link,
            device=applicant.device,
            device_name=applicant.device_name,
            seat=applicant.seat or student.seat,
            address=applicant.address,
            opened_ms=now,
            head_link=start_link(envelope),
        )


def _candidate(row: RosterRow) -> Candidate:
    return Candidate(row.student, row.name, row.section)


def _check(applicant: Applicant) -> None:
    if len(applicant.journal) != ID_BYTES or len(applicant.device) != ID_BYTES:
        raise PeerFault("An id of a join does not have 16 bytes.")
    VerifyKey(applicant.key)
    texts = (applicant.student, applicant.name, applicant.seat, applicant.device_name)
    if any(len(text) > MAX_TEXT or safe_text(text) != text or "\0" in text for text in texts):
        raise PeerFault("A text of a join is too long, or no text.")
    if not applicant.student.strip():
        raise PeerFault("A join names no student.")
