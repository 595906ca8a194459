"""The audit log as staff read it."""

import sqlalchemy as sa

from examdesk.staffapi.messages import AuditEntry, AuditLog
from examdesk.store import Reader
from examdesk.store import schema as s
from shared.ids import ExamId

MOST_AUDIT = 5_000


def audit_log(reader: Reader, exam: ExamId, limit: int = 200) -> AuditLog:
    """Return the newest entries of the audit log, newest first."""
    columns = s.audit.c
    names = AuditEntry.__struct_fields__
    query = sa.select(*(columns[name] for name in names)).where(columns.exam == exam)
    with reader.connect() as connection:
        found = connection.execute(query.order_by(columns.number.desc()).limit(max(1, min(limit, MOST_AUDIT))))
        return AuditLog(entries=tuple(AuditEntry(**row) for row in found.mappings()))
