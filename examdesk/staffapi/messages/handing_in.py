"""Who has handed in what."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission

HandInState = Literal["handed in", "collected", "at time-up", "as it stands", "not handed in", "not joined"]


class HandInRow(Value, frozen=True, kw_only=True):
    """Whether a student's work is handed in: by the student, by the desk (collected, time-up), or by staff.

    `as it stands`: staff collected while the desk could not; `code` is the receipt code of that state of the journal.
    """

    student: str
    name: str
    section: str
    state: HandInState
    session: str = ""
    at_ms: int | None = None
    online: bool = False
    events: int = 0
    last_saved_ms: int | None = None
    code: str = ""


class HandIns(Answer, frozen=True, kw_only=True):
    """Rows in the roster's order; `counts` are over all students, by state."""

    rows: tuple[HandInRow, ...]
    counts: dict[str, int]


class GetHandIns(Request[HandIns], frozen=True, kw_only=True):
    """Ask who handed in; with `missing` only for those from whom nothing is handed in."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    missing: bool = False
