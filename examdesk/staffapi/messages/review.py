"""What people concluded about a session: status, notes, who is to review, and a second person where that is wanted."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Done, Request, ReviewStatus, Value
from examdesk.staffapi.permissions import Permission

StepKind = Literal["status", "note", "assigned", "asked", "confirmed"]


class SetReview(Command, frozen=True, kw_only=True):
    """Set the review status of these sessions, with the same note in each: of all of them, or of none.

    Where "Escalated" takes two people, the first one asks for it and the status stays; another one confirms by setting
    it as well. Any other status ends the asking. Among several, those for which this person asks already stay.
    """

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    sessions: tuple[str, ...]
    status: ReviewStatus
    note: str = ""


class AddNote(Command, frozen=True, kw_only=True):
    """Add a note to each of these reviews, or to none; the statuses stay."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    sessions: tuple[str, ...]
    note: str


class Assign(Command, frozen=True, kw_only=True):
    """Say who is to review these sessions; an empty name: nobody in particular."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    sessions: tuple[str, ...]
    to: str


class SetReviewRules(Command, frozen=True, kw_only=True):
    """Say whether "Escalated" takes two people from now on."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    second_person: bool


class ReviewView(Value, frozen=True, kw_only=True):
    """How a session's review stands."""

    session: str
    status: ReviewStatus = "Not reviewed"
    assignee: str = ""
    asked_by: str = ""
    """Who asks for "Escalated" and waits for another person; empty when nobody does."""
    asked_ms: int | None = None
    steps: int = 0
    notes: int = 0
    last_ms: int | None = None
    last_who: str = ""


class ReviewList(Answer, frozen=True, kw_only=True):
    """Reviews by session; `people` are those who may review and signed in here, or were assigned."""

    rows: tuple[ReviewView, ...]
    people: tuple[str, ...]
    second_person: bool


class GetReviews(Request[ReviewList], frozen=True, kw_only=True):
    """Ask how the reviews of these sessions stand, or of all."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    sessions: tuple[str, ...] | None = None


class ReviewStepView(Value, frozen=True, kw_only=True):
    """One step of a review; `status` is the one that holds after it, `words` say what was done."""

    at_ms: int
    who: str
    step: StepKind
    status: ReviewStatus
    words: str
    note: str = ""
    whom: str = ""


class Looker(Value, frozen=True, kw_only=True):
    """Somebody who was shown something of a session, and when last."""

    who: str
    at_ms: int


class ReviewHistory(Answer, frozen=True, kw_only=True):
    """Everything that reviewers did about a session, oldest first; nothing of it is ever changed."""

    session: str
    steps: tuple[ReviewStepView, ...]
    lookers: tuple[Looker, ...] = ()
    """Who else looked at the session in the last ten minutes, the last one first."""


class GetReviewHistory(Request[ReviewHistory], frozen=True, kw_only=True):
    """Ask for the history of a session's review."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    session: str


class HideNames(Request[Done], frozen=True, kw_only=True):
    """Show students under pseudonyms on this connection, or no longer; the hub writes down who showed them again."""

    hidden: bool
