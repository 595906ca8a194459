"""Journals that these records lost, taken back on the word of the exam's own key (P-13), or begun by a desk alone.

A journal that a desk began alone is adopted (A-9): the hub endorses it, and from then on it is like any other.
"""

import json

import msgspec
import sqlalchemy as sa

from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Journal, member_of
from examdesk.hub.sessions.standings import AsItStoodAction, Whom, encode_action, plan_of, times_of
from examdesk.store import Tx
from examdesk.store.audit import Deed
from examdesk.store.rows import CommandRow, JournalRow, NoticeRow, RosterRow, SessionRow
from shared.admission.endorsement import Endorsement, issue, read_either
from shared.admission.statement import Statement
from shared.ids import JournalId, StudentId
from shared.log.entry import start_link
from shared.problems import EnvironmentProblem, PeerFault
from shared.wire.messages import Present
from shared.wire.standing import Notice, Standing, read_notice, read_standing

VALID_MS = 400 * 24 * 3600 * 1000
"""How long an endorsement holds."""


class Presented(msgspec.Struct, frozen=True):
    """What a desk showed, checked: the exam's key signed it for this exam."""

    endorsement: Endorsement
    envelope: bytes
    notice: Notice | None = None
    standing: Standing | None = None


class Stated(msgspec.Struct, frozen=True):
    """What a desk stated of itself, checked: its own key signed it for this exam. A person let it in."""

    statement: Statement
    envelope: bytes


class Restoring:
    """Takes journals back, one at a time, each once."""

    def __init__(self, services: Services) -> None:
        self._s = services

    def check(self, frame: Present) -> Presented | Stated:
        """Return what a frame shows.

        Raises:
            PeerFault: this exam's key did not sign it, or not for this exam; or a desk's own statement does not hold.
        """
        identity = self._s.identity
        endorsement = read_either(frame.endorsement, identity.signing.public, identity.exam)
        if isinstance(endorsement, Statement):
            return Stated(endorsement, frame.endorsement)
        notice = read_notice(frame.notice, identity.signing.public) if frame.notice else None
        if notice is not None and (notice.exam, notice.session) != (endorsement.exam, endorsement.session):
            raise PeerFault("A desk showed a notice that was not for its session.")
        standing = read_standing(frame.standing, identity.signing.public) if frame.standing else None
        if standing is not None and (standing.exam, standing.session) != (endorsement.exam, endorsement.session):
            raise PeerFault("A desk showed a standing that was not its session's.")
        return Presented(endorsement, frame.endorsement, notice, standing)

    async def take_back(self, shown: Presented | Stated, deed: Deed) -> Journal:
        """Return the journal, which is in the records from now on; the key in it was proven, or its batches will be.

        Raises:
            EnvironmentProblem: the disk refused, or the student joined anew at this very moment: try again.
        """
        who = shown.statement if isinstance(shown, Stated) else shown.endorsement
        async with self._s.standings:
            known = self._s.registry.journals.get(who.journal_id)
            if known is not None:
                return known
            try:
                return await self._add(self._adopted(shown) if isinstance(shown, Stated) else shown, deed)
            except sa.exc.IntegrityError as error:
                raise EnvironmentProblem(
                    "This student joined at the same moment. Nothing was lost; try again."
                ) from error

    def _adopted(self, stated: Stated) -> Presented:
        """Endorse a journal that its desk began alone; its student gets a place of the own, see `_student`."""
        statement, now = stated.statement, self._s.clock.wall_ms()
        place = self._student(statement.student, statement.name, "")
        endorsement = Endorsement(
            exam=statement.exam,
            student=place.student,
            name=place.name,
            section=place.section,
            session=statement.session,
            journal=statement.journal,
            device=statement.device,
            journal_key=statement.journal_key,
            seat=statement.seat or place.seat or None,
            by="proctor",
            provisional=place.provisional,
            hub_ms=now,
            not_after_ms=now + VALID_MS,
            statement=stated.envelope.decode(),
        )
        return Presented(endorsement, issue(endorsement, self._s.identity.signing))

    async def _add(self, shown: Presented, deed: Deed) -> Journal:
        registry, endorsement = self._s.registry, shown.endorsement
        row = _journal_row(endorsement, shown.envelope, deed.address)
        known = registry.sessions.get(endorsement.session_id)
        session = known if known is not None else await self._add_session(endorsement, shown.standing, deed)
        main = registry.main_journal(session.session)
        older = main is not None and main.row.opened_ms > row.opened_ms
        if older:
            row = msgspec.structs.replace(row, state="moved")
        after = session if older else msgspec.structs.replace(session, journal=row.journal)
        left = [main] if main is not None and not older and main.state == "active" else []
        notices = self._lost(shown.notice)
        now = self._s.clock.wall_ms()

        def work(tx: Tx) -> None:
            tx.people.add_journal(row)
            tx.people.put_sessions([after])
            for journal in left:
                tx.people.set_journal_state(journal.row.journal, "moved")
            for notice in notices:
                tx.control.add_notice(notice)
            tx.control.audit(now, deed)

        await self._s.writer.run(work)
        for journal in left:
            journal.state = "moved"
        for notice in notices:
            registry.add_notice(notice)
        return self._tell(registry.add_journal(row), after)

    def _tell(self, journal: Journal, session: SessionRow) -> Journal:
        self._s.registry.put_session(session)
        for desk in self._s.registry.desks_of(session.session):
            desk.push_standing(session)
        self._s.changes.people(session.session)
        self._s.changes.topic("audit")
        return journal

    async def _add_session(self, endorsement: Endorsement, standing: Standing | None, deed: Deed) -> SessionRow:
        registry = self._s.registry
        student = self._student(endorsement.student, endorsement.name, endorsement.section)
        command = None if standing is None else self._as_it_stood(standing, deed)
        session = self._session(endorsement, student, [*registry.commands, *([command] if command else [])])
        if standing is not None:
            session = msgspec.structs.replace(session, revision=max(session.revision, standing.revision + 1))

        def work(tx: Tx) -> None:
            if student.student not in registry.roster:
                tx.people.put_students([student])
            tx.people.add_session(session)
            if command is not None:
                tx.control.add_command(command.command, command.at_ms, command.who, command.body)

        await self._s.writer.run(work)
        if command is not None:
            registry.commands.append(command)
        registry.roster.setdefault(student.student, student)
        registry.put_session(session)
        return session

    def _as_it_stood(self, standing: Standing, deed: Deed) -> CommandRow | None:  # P-16
        """Return the command by which a session goes on with the times that the former hub gave it."""
        name = f"as it stood {standing.session}"
        if any(each.command == name for each in self._s.registry.commands):
            return None
        action = AsItStoodAction(
            whom=Whom(sessions=(standing.session,)),
            starts_ms=standing.starts_ms,
            ends_ms=standing.ends_ms,
            paused_ms=standing.paused_ms,
            ended=standing.ended,
            reopened=standing.reopened,
            draws=standing.draws,
            added=standing.added,
        )
        return CommandRow(
            exam=self._s.identity.exam,
            number=len(self._s.registry.commands),
            command=name,
            at_ms=self._s.clock.wall_ms(),
            who=deed.who,
            body=encode_action(action),
        )

    def _student(self, student: str, called: str, section: str) -> RosterRow:
        """Return who sits in the session; a second place for a student who sits in another session here by now."""
        registry, name = self._s.registry, student.strip()
        row, number = registry.find(name), 1
        while row is not None and row.student in registry.session_of:
            number += 1
            name = f"{student.strip()} ({number})"
            row = registry.find(name)
        if row is not None:
            return row
        return RosterRow(
            exam=self._s.identity.exam,
            student=StudentId(name),
            slot=registry.next_slot(),
            name=called.strip() or name,
            section=section,
            provisional=True,
        )

    def _session(self, endorsement: Endorsement, student: RosterRow, commands: list[CommandRow]) -> SessionRow:
        member = member_of(endorsement.session_id, student, endorsement.hub_ms)
        plan = plan_of(self._s.exam, member, self._s.registry.sections.get(student.section))
        times = times_of(plan, member, commands)
        return SessionRow(
            session=endorsement.session_id,
            exam=self._s.identity.exam,
            student=student.student,
            joined_ms=endorsement.hub_ms,
            joined_by=endorsement.by,
            revision=1,
            issued_ms=self._s.clock.wall_ms(),
            **msgspec.structs.asdict(times),
        )

    def _lost(self, notice: Notice | None) -> list[NoticeRow]:
        """Return the notice if these records lost it: its number must not be given out again."""
        if notice is None or any(each.number == notice.number for each in self._s.registry.notices):
            return []
        row = NoticeRow(
            exam=self._s.identity.exam,
            number=notice.number,
            at_ms=notice.issued_ms,
            kind=notice.kind,
            text=notice.text,
            sender=notice.sender,
            question=notice.question,
            sections="[]",
            sessions=json.dumps([notice.session]),
            prompt=notice.prompt,
        )
        return [row]


def _journal_row(endorsement: Endorsement, envelope: bytes, address: str) -> JournalRow:
    parent = endorsement.parent
    return JournalRow(
        journal=endorsement.journal_id,
        session=endorsement.session_id,
        exam=endorsement.exam_id,
        endorsement=envelope,
        key=endorsement.verify_key().raw,
        parent=None if parent is None else JournalId(bytes.fromhex(parent.journal)),
        parent_seq=-1 if parent is None else parent.seq,
        parent_link=None if parent is None else bytes.fromhex(parent.link),
        device=endorsement.device_id,
        device_name="",
        seat=endorsement.seat or "",
        address=address,
        opened_ms=endorsement.hub_ms,
        head_link=start_link(envelope),
    )
