"""Who follows a desk, and is told what happens at it."""

from typing import Protocol

from student_app.core.sitting import Sitting
from student_app.running.events import RunEvent


class DeskWatcher(Protocol):
    """Who follows a desk in detail; called by any thread, so be quick. `changed` means: look at `state()` again."""

    def changed(self) -> None:
        """Something that `state()` shows is different."""
        ...

    def joined(self, sitting: Sitting) -> None:
        """A journal is open: after joining, after a restart, or a new segment."""
        ...

    def durable(self, seq: int) -> None:
        """Everything up to `seq` is on this PC's disk."""
        ...

    def sealed(self, last: int) -> None:
        """Everything up to `last` is signed and on its way."""
        ...

    def safe(self, last: int) -> None:
        """A receipt covers everything up to `last`."""
        ...

    def submitted(self, code: str) -> None:
        """The work was handed in."""
        ...

    def run_event(self, run: int, event: RunEvent) -> None:
        """Something happened in a run."""
        ...

    def problem(self, sentence: str) -> None:
        """The student should read this."""
        ...
