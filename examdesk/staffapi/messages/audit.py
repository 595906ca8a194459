"""The audit log."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission


class AuditEntry(Value, frozen=True, kw_only=True):
    """Who did what, when, from where."""

    number: int
    at_ms: int
    who: str
    role: str
    address: str
    what: str
    detail: str


class AuditLog(Answer, frozen=True, kw_only=True):
    """Entries, newest first."""

    entries: tuple[AuditEntry, ...]


class GetAudit(Request[AuditLog], frozen=True, kw_only=True):
    """Read the audit log."""

    NEEDS: ClassVar[Permission | None] = Permission.AUDIT
    limit: int = 200
