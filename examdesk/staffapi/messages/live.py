"""The live table: who is in, who waits at the door, who asks for help."""

from typing import ClassVar, Literal

from examdesk.staffapi.messages.base import Answer, Command, Request, ReviewStatus, Status, Value
from examdesk.staffapi.permissions import Permission


class LiveRow(Value, frozen=True, kw_only=True):
    """One student in the live table (product.md 5)."""

    student: str
    name: str
    section: str
    session: str = ""
    status: Status = "Not joined"
    online: bool = False
    left_ms: int | None = None
    ends_ms: int | None = None
    last_saved_ms: int | None = None
    events: int = 0
    runs: int = 0
    failed_runs: int = 0
    versions: int = 0
    signals: int = 0
    review: ReviewStatus | None = "Not reviewed"
    """None: whoever asked may not review, and is not told how reviews stand."""
    hand: bool = False
    hand_ms: int | None = None
    question: str = ""
    seat: str = ""
    device: str = ""
    devices: int = 0
    provisional: bool = False
    skew_ms: int = 0
    unread: int = 0
    """Messages of this student that nobody answered."""
    heard_ms: int | None = None
    """When the hub last heard the desk, whatever it said; a desk says something at least every 30 s."""
    active_ms: int | None = None
    """When the student last did anything."""
    failing: int = 0
    """How many of the newest runs failed one after the other."""
    free_mb: int | None = None
    """How many MiB are free on the disk of the desk; None for not known."""
    problem: str = ""
    """Why this row is not complete, in words; the others are not affected."""


class HeldJoin(Value, frozen=True, kw_only=True):
    """Somebody waits to be let in."""

    ticket: str
    student: str
    name: str
    section: str
    device: str
    address: str
    seat: str
    since_ms: int
    why: str


class LiveTable(Answer, frozen=True, kw_only=True):
    """Rows of the live table; `counts` are over all students, by status."""

    rows: tuple[LiveRow, ...]
    counts: dict[str, int]
    held: tuple[HeldJoin, ...]
    hub_ms: int


class GetLive(Request[LiveTable], frozen=True, kw_only=True):
    """Ask for the rows of these sessions, or of everybody."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    sessions: tuple[str, ...] | None = None


class Series(Answer, frozen=True, kw_only=True):
    """Figures over time: one point per `step_ms` from `start_ms` on. `status` maps a status to its counts."""

    start_ms: int
    step_ms: int
    runs: tuple[int, ...]
    status: dict[str, tuple[int, ...]]


class GetSeries(Request[Series], frozen=True, kw_only=True):
    """Ask for session status and code runs over time."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH


class Decide(Command, frozen=True, kw_only=True):
    """Let somebody in who waits, or not."""

    NEEDS: ClassVar[Permission | None] = Permission.ADMIT
    ticket: str
    admit: bool
    seat: str = ""


Approval = Literal["off", "unlisted", "all"]


class SetDoor(Command, frozen=True, kw_only=True):
    """Who waits for a person before being let in from now on; without `approval` it is as the exam's file says.

    Who is in stays in, and whose PC restarts comes back by itself.
    """

    NEEDS: ClassVar[Permission | None] = Permission.ADMIT
    approval: Approval | None = None


class LowerHand(Command, frozen=True, kw_only=True):
    """Take a raised hand off the queue: somebody went there."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    session: str
