"""The audit log."""

from typing import ClassVar, Literal

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
    changes: tuple[str, ...] = ()
    """What was before and what is after, times as `2026-10-05T10:30:00Z`."""


class AuditLog(Answer, frozen=True, kw_only=True):
    """Entries, newest first."""

    entries: tuple[AuditEntry, ...]
    total: int = 0
    """How many entries there are in all."""


AuditKind = Literal["", "done", "looked"]
"""Everything; what was done, without signing in and looking; or who looked at evidence or took it out."""


class GetAudit(Request[AuditLog], frozen=True, kw_only=True):
    """Read the audit log."""

    NEEDS: ClassVar[Permission | None] = Permission.AUDIT
    limit: int = 200
    text: str = ""
    """Only entries in which all of these words occur, wherever."""
    before: int | None = None
    """Only entries with a smaller number: the page after one that ended there."""
    kind: AuditKind = ""
    session: str = ""
    """Only entries about this session or its student, and exports that took everybody's."""
