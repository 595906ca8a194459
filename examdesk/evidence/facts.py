"""What is known of one journal: small records that the fold makes."""

from typing import Literal

import msgspec

from shared.exam.rules import SignalName
from shared.wire.standing import Phase

FAILED_REASONS = frozenset({"time", "memory", "output", "processes", "disk", "signal", "crashed-to-start"})


class Start(msgspec.Struct, frozen=True):
    """The desk began to write, with what it said of its PC."""

    seq: int
    at_ms: int
    how: str
    app: str
    platform: str
    python: str
    device: str
    user: str
    sandbox: str
    away_ms: int
    before_ms: int | None = None
    """When the last event before it happened; None for the first one."""


class Sleep(msgspec.Struct, frozen=True):
    """The PC slept for `ms` up to `at_ms`, where event `seq` says so."""

    seq: int
    at_ms: int
    ms: int


class EditionHeld(msgspec.Struct, frozen=True, kw_only=True):
    """An edition of the exam held at the desk from event `seq` on.

    Attributes:
        changed: the student's questions whose text it changed.
        replaced, kept: starter files that became the new ones, and those that the student had changed and that stayed.
    """

    number: int
    seq: int
    at_ms: int
    changed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class Run(msgspec.Struct, kw_only=True):
    """One execution; `version` is the number of the code's version, `reason` is empty while it goes on.

    With `checks` the exam's shown checks ran over the student's files, and `file` is the one that they are about.
    Of a long output the beginning and the end are kept (`head`, `tail`), and how much is missing between.
    """

    run: int
    seq: int
    at_ms: int
    question: str
    file: str
    version: int
    grade: str = ""
    checks: bool = False
    seconds: float | None = None
    reason: str = ""
    exit_code: int | None = None
    error: str = ""
    line: int | None = None
    head: str = ""
    tail: str = ""
    missing: int = 0

    def wrote(self, text: str, most: int) -> None:
        """Take what the program wrote or read next; `most` is how much of the whole is kept."""
        half = most // 2
        room = max(half - len(self.head), 0)
        self.head += text[:room]
        self.tail += text[room:]
        if len(self.tail) > half:
            self.missing += len(self.tail) - half
            self.tail = self.tail[-half:] if half else ""

    @property
    def output(self) -> str:
        """What the program wrote and read, with a note where something is left out."""
        if not self.missing:
            return self.head + self.tail
        return f"{self.head}\n[… {self.missing:,} characters left out …]\n{self.tail}"

    @property
    def what(self) -> str:
        """What ran, in words: a file, or the checks of a question."""
        return f"checks of {self.question}" if self.checks else self.file

    @property
    def failed(self) -> bool:
        """Whether it ended by a limit, a signal or an error of the program; a check that does not hold is none."""
        if self.checks and self.reason == "exit":
            return False
        return self.reason in FAILED_REASONS or (self.reason == "exit" and self.exit_code not in (0, None))


class Version(msgspec.Struct, frozen=True):
    """The code as it stood at an event: at a run, a save, a submit or a checkpoint, where it differs from before."""

    number: int
    seq: int
    at_ms: int
    why: str


class Stretch(msgspec.Struct, frozen=True):
    """From when to when, ms of the hub's clock; `end_ms` None while it lasts."""

    start_ms: int
    end_ms: int | None = None


class StateChange(msgspec.Struct, frozen=True):
    """What the desk took over of the standing; starts and ends come by the clock without another event."""

    at_ms: int
    phase: str
    paused: bool = False
    starts_ms: int | None = None
    ends_ms: int | None = None

    def phase_at(self, at_ms: int) -> Phase:
        """Return the phase at a moment at which no newer standing held."""
        if self.phase == "ended":
            return "ended"
        if self.phase == "waiting" and (self.starts_ms is None or at_ms < self.starts_ms):
            return "waiting"
        if self.paused or self.phase == "paused":
            return "paused"
        return "ended" if self.ends_ms is not None and at_ms >= self.ends_ms else "active"


class HandIn(msgspec.Struct, frozen=True):
    """The work was handed in (`why`), or the session went on again (`why` empty)."""

    seq: int
    at_ms: int
    why: Literal["student", "time", "collected", ""]


class Hand(msgspec.Struct, frozen=True):
    """The student asked for somebody to come, or no longer."""

    up: bool
    at_ms: int
    text: str = ""


class Sent(msgspec.Struct, frozen=True):
    """A message of the student's to the staff."""

    seq: int
    at_ms: int
    text: str
    about: str


class Seen(msgspec.Struct, frozen=True):
    """When a notice reached the desk, and when it was read."""

    delivered_ms: int | None = None
    read_ms: int | None = None


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person may want to look at: event `seq` of a journal, hub time, how much, and in words why."""

    kind: SignalName
    journal: str
    seq: int
    at_ms: int
    amount: float
    unit: str
    explanation: str
    file: str = ""
