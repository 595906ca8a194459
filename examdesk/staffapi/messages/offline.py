"""What desks without a network need: the start code, and the exam as a file for their sticks."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Answer, Request
from examdesk.staffapi.messages.records import FilePiece
from examdesk.staffapi.permissions import Permission


class StartCodeShown(Answer, frozen=True, kw_only=True):
    """The code that is read aloud, and a sentence on when to do that."""

    code: str
    sentence: str


class ShowStartCode(Request[StartCodeShown], frozen=True, kw_only=True):
    """Ask for the start code; that it was shown, and to whom, is written to the audit log."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL


class GetDeskFile(Request[FilePiece], frozen=True, kw_only=True):
    """Fetch a piece of the sealed exam as a file for desks that never have a network; the first one is audited."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    offset: int
