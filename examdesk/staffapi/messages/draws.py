"""The questions that a session got, and drawing them anew on purpose."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Command, Request
from examdesk.staffapi.permissions import Permission


class DrawView(Answer, frozen=True, kw_only=True):
    """What a session's log says of its draw; no questions where it has not begun."""

    session: str
    questions: tuple[str, ...]
    seed: str
    draws: int
    """How often staff had it drawn anew."""


class GetDraw(Request[DrawView], frozen=True, kw_only=True):
    """Ask which questions a session got."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    session: str


class Redraw(Command, frozen=True, kw_only=True):
    """Draw one session's questions anew; what was written for others is kept. The reason goes into the audit log."""

    session: str
    reason: str
