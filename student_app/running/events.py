"""What a run tells while it goes on, and at its end."""

from dataclasses import dataclass
from typing import Literal

from student_app.running.tracebacks import Traceback

Stream = Literal["stdout", "stderr"]
Reason = Literal["exit", "signal", "time", "memory", "output", "processes", "disk", "stopped", "crashed-to-start"]


@dataclass(frozen=True, slots=True)
class Started:
    """The program is about to run; `grade` is the strength of its confinement."""

    grade: str


@dataclass(frozen=True, slots=True)
class Output:
    """Text that the program wrote, in the order in which it wrote to either stream."""

    stream: Stream
    text: str


@dataclass(frozen=True, slots=True)
class OutputCapped:
    """The program wrote more than a run may; what follows is not shown and the program is ended.

    Attributes:
        limit: how much it was, with its unit.
        unit: `kilobytes` or `lines`.
    """

    limit: int
    unit: Literal["kilobytes", "lines"]


@dataclass(frozen=True, slots=True)
class WaitingForInput:
    """The program waits for the person (`waiting`), or goes on."""

    waiting: bool


@dataclass(frozen=True, slots=True)
class RefusedImport:
    """The program asked for a module that the exam does not allow."""

    name: str


@dataclass(frozen=True, slots=True)
class RefusedNetwork:
    """The program tried to use the network where the exam does not allow it."""

    where: str


@dataclass(frozen=True, slots=True)
class Figure:
    """The program shows a picture, or a newer state of one that it showed under this name.

    Attributes:
        name: what the program calls it.
        kind: `svg` is what a turtle drew; `png` what matplotlib did, or like the others a file that the program wrote.
        data: the picture; nothing of it is checked.
    """

    name: str
    kind: Literal["png", "svg", "jpg", "gif"]
    data: bytes


@dataclass(frozen=True, slots=True)
class Listens:
    """The program wants to hear of the keys, the clicks, or every move of the mouse on its picture, or no longer."""

    keys: bool = False
    clicks: bool = False
    moves: bool = False


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file that the program made or changed.

    Attributes:
        name: path inside the working directory, with `/`.
        size: bytes.
        content: None when the file is too large to be kept.
    """

    name: str
    size: int
    content: bytes | None


@dataclass(frozen=True, slots=True)
class Ended:
    """The last event of every run.

    Attributes:
        exit_code: None when a signal or a limit ended the program, or it never started.
        signal: number of the signal that ended it, if one did.
        reason: what ended it.
        sentence: the same for the person.
        seconds: from the start to the end by the wall.
        cpu_seconds: processor time of all its processes, where the system told.
        peak_memory: bytes of the largest process (of all together where `total` is enforced), where the system told.
        new_files: what it left in its working directory.
        traceback: the last error that it printed.
    """

    exit_code: int | None
    signal: int | None
    reason: Reason
    sentence: str
    seconds: float
    cpu_seconds: float | None = None
    peak_memory: int | None = None
    new_files: tuple[WrittenFile, ...] = ()
    traceback: Traceback | None = None


RunEvent = Started | Output | OutputCapped | WaitingForInput | RefusedImport | RefusedNetwork | Figure | Listens | Ended
