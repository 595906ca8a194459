"""Writing and reading back what staff did: commands, notices, reviews, and the audit log beside each of them."""

from collections.abc import Sequence

import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.audit import CHANGE, START, Deed, audit_chain
from examdesk.store.reviews import ReviewStep, steps_by_session, steps_of
from examdesk.store.rows import AuditRow, CommandRow, NoticeRow, one, values
from shared.ids import ExamId, SessionId


class Control:
    """Commands, notices and the audit log within one transaction."""

    def __init__(self, connection: sa.Connection, exam: ExamId) -> None:
        self._sql = connection
        self._exam = exam

    def commands(self) -> list[CommandRow]:
        """Return every command that was applied, in order."""
        query = sa.select(s.commands).where(s.commands.c.exam == self._exam).order_by(s.commands.c.number)
        return [CommandRow(**row) for row in self._sql.execute(query).mappings()]

    def has_command(self, command: str) -> bool:
        """Tell whether a command was applied before."""
        query = sa.select(s.commands.c.number).where(s.commands.c.exam == self._exam, s.commands.c.command == command)
        return self._sql.execute(query).first() is not None

    def add_command(self, command: str, at_ms: int, who: str, body: bytes) -> CommandRow:
        """Append a command and return it with its number."""
        row = CommandRow(
            exam=self._exam, number=self._next(s.commands), command=command, at_ms=at_ms, who=who, body=body
        )
        self._sql.execute(sa.insert(s.commands), values(row))
        return row

    def notices(self) -> list[NoticeRow]:
        """Return every notice by number."""
        query = sa.select(s.notices).where(s.notices.c.exam == self._exam).order_by(s.notices.c.number)
        return [NoticeRow(**row) for row in self._sql.execute(query).mappings()]

    def add_notice(self, row: NoticeRow) -> None:
        """Append a notice; its number must be the next one."""
        self._sql.execute(sa.insert(s.notices), values(row))

    def reviews(self, session: SessionId) -> list[ReviewStep]:
        """Return what reviewers did about a session, oldest first."""
        return steps_of(self._sql, session)

    def reviews_of(self, sessions: Sequence[SessionId]) -> dict[SessionId, list[ReviewStep]]:
        """Return what reviewers did about each of these sessions of the exam, oldest first; none without a step."""
        return steps_by_session(self._sql, self._exam, sessions)

    def add_reviews(self, steps: Sequence[ReviewStep]) -> None:
        """Append to review histories, one step for a session; its status is the one after that step."""
        self._sql.execute(sa.insert(s.reviews), [values(step) for step in steps])
        by_status: dict[str, list[SessionId]] = {}
        for step in steps:
            by_status.setdefault(step.status, []).append(step.session)
        for status, sessions in by_status.items():
            changed = sa.update(s.sessions).where(s.sessions.c.session.in_(sessions)).values(review=status)
            self._sql.execute(changed)

    def lower_hand(self, session: SessionId, at_ms: int, who: str) -> None:
        """Note that somebody went to a raised hand."""
        self._sql.execute(sa.delete(s.hands).where(s.hands.c.session == session))
        self._sql.execute(sa.insert(s.hands), {"session": session, "lowered_ms": at_ms, "who": who})

    def audit(self, at_ms: int, deed: Deed) -> AuditRow:
        """Append to the audit log."""
        return self.audit_all(at_ms, (deed,))[-1]

    def audit_all(self, at_ms: int, deeds: Sequence[Deed]) -> list[AuditRow]:
        """Append several deeds of one moment to the audit log, in this order."""
        query = sa.select(s.audit).where(s.audit.c.exam == self._exam).order_by(s.audit.c.number.desc()).limit(1)
        last = one(AuditRow, self._sql.execute(query).first())
        rows: list[AuditRow] = []
        for deed in deeds:
            number = 0 if last is None else last.number + 1
            last = AuditRow(
                exam=self._exam,
                number=number,
                at_ms=at_ms,
                who=deed.who,
                role=deed.role,
                address=deed.address,
                what=deed.what,
                detail=deed.detail,
                chain=audit_chain(START if last is None else last.chain, self._exam, number, at_ms, deed),
            )
            rows.append(last)
        if rows:
            self._sql.execute(sa.insert(s.audit), [values(row) for row in rows])
        return rows

    def put_audit(self, row: AuditRow) -> None:
        """Begin a stretch of the audit log with a number and a chain of its own: a hub that took the exam over."""
        self._sql.execute(sa.insert(s.audit), values(row))

    def audit_log(self) -> list[AuditRow]:
        """Return the whole audit log, oldest first."""
        query = sa.select(s.audit).where(s.audit.c.exam == self._exam).order_by(s.audit.c.number)
        return [AuditRow(**row) for row in self._sql.execute(query).mappings()]

    def changes_since(self, number: int) -> list[tuple[int, str]]:
        """Return number and detail of each later entry of the audit log that says what it changed, oldest first."""
        columns = s.audit.c
        query = sa.select(columns.number, columns.detail).where(self._changing(), columns.number > number)
        return [(row.number, row.detail) for row in self._sql.execute(query.order_by(columns.number))]

    def count_changes(self) -> int:
        """Return how many entries of the audit log say what they changed."""
        return self._sql.execute(sa.select(sa.func.count()).select_from(s.audit).where(self._changing())).scalar_one()

    def _changing(self) -> sa.ColumnElement[bool]:
        return sa.and_(s.audit.c.exam == self._exam, s.audit.c.detail.contains(CHANGE))

    def _next(self, table: sa.Table) -> int:
        query = sa.select(sa.func.max(table.c.number)).where(table.c.exam == self._exam)
        last = self._sql.execute(query).scalar_one_or_none()
        return 0 if last is None else int(last) + 1
