"""The audit log as staff read it."""

from typing import Any

import sqlalchemy as sa

from examdesk.staffapi.messages import AuditEntry, AuditLog
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.audit import CHANGE
from shared.ids import ExamId

MOST_AUDIT = 5_000
INCIDENT = "wrote down an incident"
_SEARCHED = ("who", "role", "address", "what", "detail")


def audit_log(reader: Reader, exam: ExamId, limit: int = 200, text: str = "", before: int | None = None) -> AuditLog:
    """Return the newest entries of the audit log in which all words of `text` occur, newest first."""
    columns = s.audit.c
    names = [name for name in AuditEntry.__struct_fields__ if name != "changes"]
    query = sa.select(*(columns[name] for name in names)).where(columns.exam == exam)
    if before is not None:
        query = query.where(columns.number < before)
    for word in text.split():
        query = query.where(sa.or_(*(columns[name].icontains(word, autoescape=True) for name in _SEARCHED)))
    with reader.connect() as connection:
        found = connection.execute(query.order_by(columns.number.desc()).limit(max(1, min(limit, MOST_AUDIT))))
        entries = tuple(_entry(dict(row)) for row in found.mappings())
        total = connection.execute(sa.select(sa.func.count()).where(columns.exam == exam)).scalar_one()
    return AuditLog(entries=entries, total=total)


def _entry(row: dict[str, Any]) -> AuditEntry:
    """Split the detail where changes begin; what a person wrote freely is left as it is."""
    if row["what"] == INCIDENT:
        return AuditEntry(**row)
    detail, *changes = row["detail"].split(f"\n{CHANGE}")
    return AuditEntry(**{**row, "detail": detail, "changes": tuple(changes)})
