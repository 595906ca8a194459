"""What people concluded about a session."""

from typing import ClassVar

from examdesk.staffapi.messages.base import Command, ReviewStatus
from examdesk.staffapi.permissions import Permission


class SetReview(Command, frozen=True, kw_only=True):
    """Set a session's review status, with a note."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    session: str
    status: ReviewStatus
    note: str = ""
