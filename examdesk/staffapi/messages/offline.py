"""What desks without a network need: the start code."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Request
from examdesk.staffapi.permissions import Permission


class StartCodeShown(Answer, frozen=True, kw_only=True):
    """The code that is read aloud, and a sentence on when to do that."""

    code: str
    sentence: str


class ShowStartCode(Request[StartCodeShown], frozen=True, kw_only=True):
    """Ask for the start code; that it was shown, and to whom, is written to the audit log."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
