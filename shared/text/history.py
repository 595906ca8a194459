"""Any moment of a session: all changes in order, with a snapshot every few of them."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from shared.text.edits import Change, FileFault, Origin
from shared.text.workspace import Workspace


class History:
    """The changes of a session, and the workspace after any number of them in a few milliseconds.

    Grows while a session is live (`record`) and is read by playback (`at`, `at_seq`), forward and backward.
    """

    def __init__(
        self, files: Mapping[str, str] | None = None, origin: Origin = Origin.STARTER, *, every: int = 64
    ) -> None:
        self._now = Workspace(files, origin)
        self._every = every
        self._changes: list[Change] = []
        self._seqs: list[int] = []
        self._snapshots = [self._now.snapshot()]

    def __len__(self) -> int:
        return len(self._changes)

    @property
    def now(self) -> Workspace:
        """The workspace after all changes, to be read."""
        return self._now

    @property
    def changes(self) -> list[Change]:
        """All changes, in order, as a new list."""
        return list(self._changes)

    def change(self, number: int) -> Change:
        """Return the change that led from moment `number` to the next one."""
        return self._changes[number]

    def record(self, change: Change) -> None:
        """Add a change, or refuse it with a `PeerFault` and stay as before."""
        if self._seqs and change.seq < self._seqs[-1]:
            raise FileFault(change.file, f"is changed by event {change.seq} after event {self._seqs[-1]}")
        self._now.apply(change)
        self._changes.append(change)
        self._seqs.append(change.seq)
        if len(self._changes) % self._every == 0:
            self._snapshots.append(self._now.snapshot())

    def record_all(self, changes: Iterable[Change]) -> None:
        """Add changes in order until one is refused."""
        for change in changes:
            self.record(change)

    def at(self, number: int) -> Workspace:
        """Return an independent workspace after the first `number` changes; out of range means the nearest end."""
        number = min(max(number, 0), len(self._changes))
        snapshot, rest = divmod(number, self._every)
        workspace = Workspace.from_snapshot(self._snapshots[snapshot])
        for change in self._changes[number - rest : number]:
            workspace.apply(change)
        return workspace

    def number_at(self, seq: int) -> int:
        """Return how many changes had happened once event `seq` had."""
        return bisect_right(self._seqs, seq)

    def at_seq(self, seq: int) -> Workspace:
        """Return an independent workspace as it stood after event `seq`."""
        return self.at(self.number_at(seq))
