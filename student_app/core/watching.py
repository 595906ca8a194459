"""Who follows a journal, and is told how far it is."""

from typing import Protocol


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
