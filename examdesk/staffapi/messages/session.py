"""One session: journals, runs, files, text and events."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.messages.live import LiveRow
from examdesk.staffapi.messages.signals import SignalBasis, SignalView
from examdesk.staffapi.permissions import Permission


class JournalView(Value, frozen=True, kw_only=True):
    """One device's journal within a session; `surroundings` is what its system told of itself, where recorded."""

    journal: str
    device: str
    events: int
    first_ms: int | None
    last_ms: int | None
    role: Literal["main", "earlier", "side branch"]
    parent: str = ""
    verified: bool = True
    surroundings: str = ""


class RunView(Value, frozen=True, kw_only=True):
    """One execution of a file, or with `checks` of the checks that the exam shows, over the question's files."""

    run: int
    journal: str
    seq: int
    at_ms: int
    question: str
    file: str
    seconds: float | None
    reason: str
    exit_code: int | None
    error: str
    output: str
    version: int
    checks: bool = False


class FileView(Value, frozen=True, kw_only=True):
    """A file of the workspace as the hub has it now."""

    file: str
    question: str
    length: int
    changed_ms: int | None


class MessageView(Value, frozen=True, kw_only=True):
    """A message between staff and a student, both ways."""

    number: int
    at_ms: int
    sender: str
    text: str
    kind: str
    from_student: bool
    delivered_ms: int | None = None
    read_ms: int | None = None


class SessionView(Answer, frozen=True, kw_only=True):
    """One session, all that its side panel needs."""

    row: LiveRow
    joined_ms: int | None
    by: str
    journals: tuple[JournalView, ...]
    files: tuple[FileView, ...]
    signals: tuple[SignalView, ...]
    messages: tuple[MessageView, ...]
    receipt_code: str
    submitted_ms: int | None
    sandbox: str
    platform: str
    basis: SignalBasis | None = None


class GetSession(Request[SessionView], frozen=True, kw_only=True):
    """Open a session; the view is audited."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str


class RunList(Answer, frozen=True, kw_only=True):
    """The runs of a session, oldest first."""

    runs: tuple[RunView, ...]


class GetRuns(Request[RunList], frozen=True, kw_only=True):
    """Ask for the runs of a session."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str


class TextView(Answer, frozen=True, kw_only=True):
    """A file's text at a moment. `spans` are (length, origin number of shared.text.Origin), in order."""

    file: str
    text: str
    spans: tuple[tuple[int, int], ...]
    journal: str
    seq: int


class GetText(Request[TextView], frozen=True, kw_only=True):
    """Ask for a file's text now, or after an event of a journal."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    file: str
    journal: str = ""
    seq: int | None = None


class EventView(Value, frozen=True, kw_only=True):
    """One event in words; `payload` is its JSON as written."""

    journal: str
    seq: int
    kind: str
    at_ms: int
    summary: str
    payload: str


class EventList(Answer, frozen=True, kw_only=True):
    """A page of events, oldest first; `total` counts all of the session."""

    events: tuple[EventView, ...]
    total: int


class GetEvents(Request[EventList], frozen=True, kw_only=True):
    """Ask for a page of events; `kinds` filters by name."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    start: int = 0
    limit: int = 500
    kinds: tuple[str, ...] = ()
