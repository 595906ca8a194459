"""The roster and the audit log as staff read them."""

import json

import sqlalchemy as sa

from examdesk.readmodels.live import LiveModel
from examdesk.staffapi.messages import AuditEntry, AuditLog, RosterEntry
from examdesk.store import Reader
from examdesk.store import schema as s
from shared.ids import ExamId

MOST_AUDIT = 5_000


def roster(live: LiveModel) -> tuple[RosterEntry, ...]:
    """Return everybody who may sit the exam."""
    live.fresh()
    joined = {row.student for row in live.sessions.values()}
    return tuple(
        RosterEntry(
            student=row.student,
            name=row.name,
            section=row.section,
            email=row.email,
            seat=row.seat,
            room=row.room,
            tags=tuple(json.loads(row.tags)),
            factor=row.factor,
            extra_minutes=row.extra_minutes,
            joined=row.student in joined,
            personal_code=row.personal_code,
        )
        for row in live.roster.values()
    )


def audit(reader: Reader, exam: ExamId, limit: int = 200) -> AuditLog:
    """Return the newest entries of the audit log, newest first."""
    columns = s.audit.c
    names = AuditEntry.__struct_fields__
    query = sa.select(*(columns[name] for name in names)).where(columns.exam == exam)
    with reader.connect() as connection:
        found = connection.execute(query.order_by(columns.number.desc()).limit(max(1, min(limit, MOST_AUDIT))))
        return AuditLog(entries=tuple(AuditEntry(**row) for row in found.mappings()))
