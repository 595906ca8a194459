"""What a platform offers to a run: a started program, its streams, and ways to end it."""

from dataclasses import dataclass
from typing import Literal, Protocol

from student_app.running.events import Stream
from student_app.running.limits import RunLimits


@dataclass(frozen=True, slots=True)
class Data:
    """Bytes that the program wrote."""

    stream: Stream
    data: bytes


@dataclass(frozen=True, slots=True)
class Told:
    """A line from the guardian or from the watched program."""

    source: Literal["guardian", "program"]
    word: str
    text: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The program and all that it started are gone, and their output is read."""


ChildEvent = Data | Told | Finished


@dataclass(frozen=True, slots=True)
class Usage:
    """What all processes of the run use now."""

    memory: int
    processes: int


@dataclass(frozen=True, slots=True)
class Closing:
    """What is known once all is over.

    Attributes:
        status: exit code, or a negative signal number; None when nobody can tell.
        cpu_seconds: processor time, if known.
        peak_memory: bytes, if known.
        out_of_memory: whether the system ended a process for its memory.
    """

    status: int | None
    cpu_seconds: float | None
    peak_memory: int | None
    out_of_memory: bool


class Child(Protocol):
    """A started program. `poll` is called by one thread; the others by any."""

    def poll(self, timeout: float | None) -> list[ChildEvent]:
        """Wait for something to happen, at most `timeout` seconds, and return it."""
        ...

    def wake(self) -> None:
        """Make a waiting `poll` return."""
        ...

    def feed(self, data: bytes) -> None:
        """Queue bytes for the program's standard input."""
        ...

    def close_stdin(self) -> None:
        """Let the program read the end of its input after what was fed."""
        ...

    def happen(self, data: bytes) -> None:
        """Tell the program what was done in its window, in whole lines; lost where it has not read the last 16 KB."""
        ...

    def terminate(self) -> None:
        """Ask the program to end; whatever still runs after a moment is killed."""
        ...

    def kill(self) -> None:
        """End the program and all that it started, at once."""
        ...

    def usage(self, limits: RunLimits) -> Usage | None:
        """Return what is used now, or None where the system itself keeps the limits.

        What is far within `limits` may be overestimated, and nothing is exact once one of them is passed.
        """
        ...

    def close(self) -> Closing:
        """End what is left, free everything, and tell how it ended."""
        ...
