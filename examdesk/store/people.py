"""Writing and reading back who sits the exam: roster, sections, sessions, journals, joins that wait."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.rows import JoinRow, JournalRow, RosterRow, SectionRow, SessionRow, one, values
from shared.ids import ExamId, JournalId, SessionId, StudentId


class People:
    """Persons, sessions and journals within one transaction."""

    def __init__(self, connection: sa.Connection, exam: ExamId) -> None:
        self._sql = connection
        self._exam = exam

    def roster(self) -> list[RosterRow]:
        """Return the roster by slot."""
        query = sa.select(s.roster).where(s.roster.c.exam == self._exam).order_by(s.roster.c.slot)
        return [RosterRow(**row) for row in self._sql.execute(query).mappings()]

    def put_students(self, rows: Sequence[RosterRow]) -> None:
        """Add these people, or replace those of the same student id."""
        if not rows:
            return
        known = {row.student for row in self.roster()}
        new = [values(row) for row in rows if row.student not in known]
        changed = [values(row) for row in rows if row.student in known]
        if new:
            self._sql.execute(sa.insert(s.roster), new)
        for row in changed:
            key = (s.roster.c.exam == self._exam) & (s.roster.c.student == row["student"])
            self._sql.execute(sa.update(s.roster).where(key).values(row))

    def remove_students(self, students: Sequence[StudentId]) -> None:
        """Take people off the roster; their sessions stay."""
        key = (s.roster.c.exam == self._exam) & s.roster.c.student.in_(students)
        self._sql.execute(sa.delete(s.roster).where(key))

    def count_failure(self, student: StudentId, failures: int) -> None:
        """Note how often a personal code was tried wrongly."""
        key = (s.roster.c.exam == self._exam) & (s.roster.c.student == student)
        self._sql.execute(sa.update(s.roster).where(key).values(failures=failures))

    def sections(self) -> list[SectionRow]:
        """Return the sections that staff made or changed."""
        query = sa.select(s.sections).where(s.sections.c.exam == self._exam).order_by(s.sections.c.name)
        return [SectionRow(**row) for row in self._sql.execute(query).mappings()]

    def put_section(self, row: SectionRow) -> None:
        """Add a section or replace it."""
        key = (s.sections.c.exam == row.exam) & (s.sections.c.name == row.name)
        self._sql.execute(sa.delete(s.sections).where(key))
        self._sql.execute(sa.insert(s.sections), values(row))

    def sessions(self) -> list[SessionRow]:
        """Return all sessions of the exam, in the order in which they joined."""
        query = sa.select(s.sessions).where(s.sessions.c.exam == self._exam).order_by(s.sessions.c.joined_ms)
        return [SessionRow(**row) for row in self._sql.execute(query).mappings()]

    def session(self, session: SessionId) -> SessionRow | None:
        """Return one session."""
        return one(SessionRow, self._sql.execute(sa.select(s.sessions).where(s.sessions.c.session == session)).first())

    def add_session(self, row: SessionRow) -> None:
        """Add a session."""
        self._sql.execute(sa.insert(s.sessions), values(row))

    def put_sessions(self, rows: Sequence[SessionRow]) -> None:
        """Write what a standing says, and in which journal the session goes on."""
        if not rows:
            return
        names = [name for name in SessionRow.__struct_fields__ if name not in ("session", "exam", "review")]
        statement = (
            sa.update(s.sessions)
            .where(s.sessions.c.session == sa.bindparam("of"))
            .values({name: sa.bindparam(f"to_{name}") for name in names})
        )
        parameters: list[dict[str, Any]] = [
            {"of": row.session, **{f"to_{name}": getattr(row, name) for name in names}} for row in rows
        ]
        self._sql.execute(statement, parameters)

    def journals(self) -> list[JournalRow]:
        """Return all journals of the exam, oldest first."""
        query = sa.select(s.journals).where(s.journals.c.exam == self._exam).order_by(s.journals.c.opened_ms)
        return [JournalRow(**row) for row in self._sql.execute(query).mappings()]

    def journal(self, journal: JournalId) -> JournalRow | None:
        """Return one journal."""
        return one(JournalRow, self._sql.execute(sa.select(s.journals).where(s.journals.c.journal == journal)).first())

    def add_journal(self, row: JournalRow) -> None:
        """Add a journal, and let its session go on in it."""
        self._sql.execute(sa.insert(s.journals), values(row))
        self._sql.execute(sa.update(s.sessions).where(s.sessions.c.session == row.session).values(journal=row.journal))

    def set_journal_state(self, journal: JournalId, state: str) -> None:
        """Say how a journal stands: active, moved, rollback, fork, damaged."""
        self._sql.execute(sa.update(s.journals).where(s.journals.c.journal == journal).values(state=state))

    def joins(self) -> list[JoinRow]:
        """Return every join that waits or waited, oldest first."""
        query = sa.select(s.joins).where(s.joins.c.exam == self._exam).order_by(s.joins.c.since_ms)
        return [JoinRow(**row) for row in self._sql.execute(query).mappings()]

    def put_join(self, row: JoinRow) -> None:
        """Add a join that waits, or write what was decided."""
        self._sql.execute(sa.delete(s.joins).where(s.joins.c.ticket == row.ticket))
        self._sql.execute(sa.insert(s.joins), values(row))
