"""The exam that a hub serves."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission


class SectionView(Value, frozen=True, kw_only=True):
    """A section and where it is."""

    name: str
    room: str = ""
    students: int = 0
    starts_ms: int | None = None
    ends_ms: int | None = None


class QuestionView(Value, frozen=True, kw_only=True):
    """A question as staff read it."""

    id: str
    title: str
    prompt: str
    starters: tuple[tuple[str, str], ...] = ()
    """(file name, text) of the starter files."""


ExamPhase = Literal["waiting", "active", "paused", "ended", "mixed"]


class OpeningView(Value, frozen=True, kw_only=True):
    """An opening by hand that nobody took back: for named students, for sections, or for everybody."""

    command: str
    opens_ms: int
    by: str
    done_ms: int
    sections: tuple[str, ...] = ()
    students: int = 0


class ExamView(Answer, frozen=True, kw_only=True):
    """The exam that this hub serves, how to reach it and how it stands."""

    exam: str
    short_name: str
    long_name: str
    course: str
    room: str
    phase: ExamPhase
    starts_ms: int | None
    ends_ms: int | None
    minutes: int | None
    room_code: str
    addresses: tuple[str, ...]
    port: int
    fingerprint: str
    advertised: bool
    advertising_problem: str
    connected: int
    folder: str
    sections: tuple[SectionView, ...]
    questions: tuple[QuestionView, ...]
    hub_ms: int
    draft: bool = False
    storage: str = ""
    """Where the records are, in words."""
    approval: Literal["off", "unlisted", "all"] = "off"
    """Who waits for a person before being let in."""
    rehearsed: str = ""
    """How it stands to the exam that was rehearsed; empty where no rehearsal was written down."""
    codes: Literal["room", "personal"] = "room"
    """Which access code students type."""
    openings: tuple[OpeningView, ...] = ()
    """The newest openings by hand that stand, the newest first."""
    alerts: tuple[str, ...] = ()
    """What staff should do something about now, the most pressing first."""
    taken_over: str = ""
    """Where this laptop took the exam over: how much of what staff did before is here."""


class GetExam(Request[ExamView], frozen=True, kw_only=True):
    """Ask for the exam."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
