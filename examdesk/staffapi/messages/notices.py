"""What was said to students, and who read it."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Request, Target, Value
from examdesk.staffapi.permissions import Permission


class NoticeView(Value, frozen=True, kw_only=True):
    """Something that staff wrote, and how far it got. No section and no session means everybody."""

    number: int
    at_ms: int
    kind: str
    sender: str
    text: str
    question: str
    sections: tuple[str, ...]
    sessions: tuple[str, ...]
    students: int
    delivered: int
    read: int


class NoticeList(Answer, frozen=True, kw_only=True):
    """Everything that staff wrote, oldest first."""

    notices: tuple[NoticeView, ...]


class GetNotices(Request[NoticeList], frozen=True, kw_only=True):
    """Ask what staff wrote, and how many students it reached."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE


class DeliveryRow(Value, frozen=True, kw_only=True):
    """When a notice was shown at a student's desk, and when it was read; None for not yet."""

    session: str
    student: str
    name: str
    section: str
    online: bool
    delivered_ms: int | None
    read_ms: int | None


class Delivery(Answer, frozen=True, kw_only=True):
    """How far a notice got, one row per student that it is for, as the desks' signed events say."""

    notice: NoticeView
    rows: tuple[DeliveryRow, ...]


class GetDelivery(Request[Delivery], frozen=True, kw_only=True):
    """Ask whom a notice reached."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    number: int


class Say(Command, frozen=True, kw_only=True):
    """Write to these students; without a kind it is a message to sessions, and otherwise an announcement."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    text: str
    target: Target = Target()
    kind: Literal["", "message", "announcement", "correction"] = ""
    question: str = ""
    """The question that it is about, empty for none."""
    prompt: str = ""
    """Of a correction: how the question's text (Markdown) reads from now on; desks show what is different."""
