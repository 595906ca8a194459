"""What every request and answer of the staff API is made of."""

from typing import ClassVar, Generic, Literal, TypeVar

import msgspec

from examdesk.staffapi.permissions import Permission

A = TypeVar("A")

Status = Literal["Not joined", "Waiting", "Working", "Idle", "Offline", "Paused", "Submitted", "Ended"]
ReviewStatus = Literal["Not reviewed", "Reviewed", "Needs follow-up", "Escalated", "Cleared"]
SIMILARITY_WORDS = (
    "Similarity evidence highlights code pairs that may deserve human review. "
    "It does not automatically accuse students or make misconduct decisions."
)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer."""


class Answer(Value, frozen=True, kw_only=True, tag=True):
    """What the hub answers."""


class Request(msgspec.Struct, Generic[A], frozen=True, kw_only=True, tag=True):
    """What staff ask; the type parameter is the answer that comes."""

    NEEDS: ClassVar[Permission | None] = None


class Done(Answer, frozen=True, kw_only=True):
    """It is done; `sentence` says what, for the screen."""

    sentence: str = ""


class Failed(Answer, frozen=True, kw_only=True):
    """It was not done; nothing changed. Codes: not-signed-in, not-allowed, not-found, refused, trouble."""

    code: str
    sentence: str


class Target(Value, frozen=True, kw_only=True):
    """Whom a command is for: everybody by default, or sections, or sessions."""

    sections: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


class Command(Request[Done], frozen=True, kw_only=True):
    """A change; the same `command` id twice has one effect."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    command: str
