"""The audit log as staff read it."""

from typing import Any

import sqlalchemy as sa

from examdesk.staffapi.messages import AuditEntry, AuditKind, AuditLog, GetAudit
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.audit import CHANGE, EXPORTED, TOOK_PAIR
from shared.ids import ExamId

MOST_AUDIT = 5_000
SIGNED_IN = "signed in"
LOOKED = ("looked", "played back", EXPORTED, TOOK_PAIR)
"""How the deeds begin by which somebody sees evidence or takes it out."""
INCIDENT = "wrote down an incident"
_SEARCHED = ("who", "role", "address", "what", "detail")


def audit_log(reader: Reader, exam: ExamId, request: GetAudit, student: str = "") -> AuditLog:
    """Return the newest entries of the audit log that are asked for, newest first; `student` is the session's."""
    columns = s.audit.c
    names = [name for name in AuditEntry.__struct_fields__ if name != "changes"]
    query = sa.select(*(columns[name] for name in names)).where(columns.exam == exam, *_kind(request.kind))
    if request.before is not None:
        query = query.where(columns.number < request.before)
    if request.session:
        query = query.where(_about(request.session, student))
    for word in request.text.split():
        query = query.where(sa.or_(*(columns[name].icontains(word, autoescape=True) for name in _SEARCHED)))
    with reader.connect() as connection:
        most = max(1, min(request.limit, MOST_AUDIT))
        found = connection.execute(query.order_by(columns.number.desc()).limit(most))
        entries = tuple(_entry(dict(row)) for row in found.mappings())
        total = connection.execute(sa.select(sa.func.count()).where(columns.exam == exam)).scalar_one()
    return AuditLog(entries=entries, total=total)


def _kind(kind: AuditKind) -> list[sa.ColumnElement[bool]]:
    what = s.audit.c.what
    looked = sa.or_(*(what.startswith(words) for words in LOOKED))
    if kind == "looked":
        return [looked]
    return [sa.not_(looked), what != SIGNED_IN] if kind == "done" else []


def _about(session: str, student: str) -> sa.ColumnElement[bool]:
    """Whether an entry is about a session: names it or its student, or is an export that names nobody."""
    what, detail = s.audit.c.what, s.audit.c.detail
    ways = [detail.contains(session, autoescape=True)]
    if student:
        ways += [
            detail == student,
            *(detail.startswith(f"{student}{end}", autoescape=True) for end in ("\n", ",", " ")),
        ]
        places = [f"{begin}{student}{end}" for begin in ("(", " ") for end in (")", ",", ";")]
        ways += [detail.contains(place, autoescape=True) for place in places]
        ways.append(detail.endswith(f" {student}", autoescape=True))
    everybody = sa.and_(what == EXPORTED, sa.not_(detail.contains("students ")))
    return sa.or_(*ways, everybody)


def _entry(row: dict[str, Any]) -> AuditEntry:
    """Split the detail where changes begin; what a person wrote freely is left as it is."""
    if row["what"] == INCIDENT:
        return AuditEntry(**row)
    detail, *changes = row["detail"].split(f"\n{CHANGE}")
    return AuditEntry(**{**row, "detail": detail, "changes": tuple(changes)})
