"""Who follows a journal or a desk, and is told how far it is."""

from typing import TYPE_CHECKING, Protocol

from student_app.running.events import RunEvent

if TYPE_CHECKING:
    from student_app.core.sitting import Sitting


class Watcher(Protocol):
    """Who wants to know how far the journal is; called by the committer's or the network's thread."""

    def durable(self, seq: int) -> None:
        """Everything up to `seq` is on this PC's disk."""
        ...

    def sealed(self, last: int, link: bytes) -> None:
        """Everything up to `last` is signed and can be sent."""
        ...

    def safe(self, last: int) -> None:
        """A receipt of the hub covers everything up to `last`."""
        ...

    def submitted(self, code: str) -> None:
        """The work was handed in, with this code."""
        ...

    def news(self, sentence: str) -> None:
        """Something happened to this PC or its journal that the student should read once."""
        ...


class Unwatched:
    """A watcher that does nothing."""

    def durable(self, seq: int) -> None:
        """See `Watcher.durable`."""

    def sealed(self, last: int, link: bytes) -> None:
        """See `Watcher.sealed`."""

    def safe(self, last: int) -> None:
        """See `Watcher.safe`."""

    def submitted(self, code: str) -> None:
        """See `Watcher.submitted`."""

    def news(self, sentence: str) -> None:
        """See `Watcher.news`."""


class DeskWatcher(Protocol):
    """Who follows a desk in detail; called by any thread, so be quick. `changed` means: look at `state()` again."""

    def changed(self) -> None:
        """Something that `state()` shows is different."""
        ...

    def joined(self, sitting: "Sitting") -> None:
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
