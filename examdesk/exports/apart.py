"""Some of the exports made by another process at the same time, where a core is free and there is enough to do.

Both read the records up to the same heads, and write into the same scratch folder. How far the other one is, and that
it is to stop, goes through two numbers in shared memory; what goes wrong there comes up here as the same error.
"""

import multiprocessing
import os
from collections.abc import Callable, Collection
from concurrent.futures import Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from typing import Any, Generic, Self, TypeVar

from examdesk.exports.kinds import UNFOLDED
from examdesk.exports.writing import Effort
from examdesk.staffapi.messages import ExportKind
from shared.problems import EnvironmentProblem

R = TypeVar("R")
WORTH_EVENTS = 100_000
"""From how many events on another process is worth its start."""
_LOOK_S = 0.2
_SHARES = 1_000_000
_told: Any = None
_stop: Any = None


def processes_for(events: int, spare: int = 0) -> int:
    """Return how many processes are worth it on this computer; `spare` cores are left to others."""
    return 1 if events < WORTH_EVENTS else max((os.cpu_count() or 1) - spare, 1)


def divide(what: Collection[ExportKind], processes: int) -> tuple[set[ExportKind], set[ExportKind]]:
    """Return which exports are made here and which apart: those that share one pass over the events stay together."""
    kinds = set(what)
    unfolded = kinds & UNFOLDED
    if processes < 2 or not unfolded or len(kinds) == 1:
        return kinds, set()
    if kinds - unfolded:
        apart = unfolded - {"events"} or unfolded  # the quickest one goes where less is to do
        return kinds - apart, apart
    here: set[ExportKind] = {"progsnap"} if "progsnap" in unfolded else {"events"}
    return here, unfolded - here


class Apart(Generic[R]):
    """One piece of work in a process of its own; leaving the block stops it."""

    def __init__(self) -> None:
        context = multiprocessing.get_context("spawn")
        self._told: Any = context.Value("q", 0)
        self._stop: Any = context.Event()
        self._future: Future[R] | None = None
        self._pool = ProcessPoolExecutor(1, mp_context=context, initializer=_begin, initargs=(self._told, self._stop))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._stop.set()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def start(self, work: Callable[..., R], *args: object) -> None:
        """Begin; the work makes its `Effort` by `effort_apart`."""
        self._future = self._pool.submit(work, *args)

    def share(self) -> float:
        """Return how far the other process is, 0 to 1; raises what `wait` raises as soon as that is known."""
        if self._future is not None and self._future.done():
            self._result(self._future)
            return 1.0
        return float(self._told.value) / _SHARES

    def wait(self, effort: Effort) -> R:
        """Wait for the end, saying how far it is, and return what came of it; raises what the work raised.

        Raises:
            EnvironmentProblem: the computer ended the process.
        """
        assert self._future is not None
        effort.step(0, "waiting for the other files")
        while not wait([self._future], _LOOK_S).done:
            effort.step(0)
        return self._result(self._future)

    @staticmethod
    def _result(future: "Future[R]") -> R:
        try:
            return future.result()
        except BrokenProcessPool as error:
            raise EnvironmentProblem(
                "This computer ended the export, perhaps for lack of memory. Nothing was written; try again, or make "
                "fewer kinds of files at once."
            ) from error


def effort_apart() -> Effort:
    """Return the effort of the process that works apart: it stops with the one that began it."""
    parent = multiprocessing.parent_process()

    def progress(share: float, _what: str) -> None:
        _told.value = int(share * _SHARES)

    def cancelled() -> bool:
        return bool(_stop.is_set()) or (parent is not None and not parent.is_alive())

    return Effort(progress, cancelled)


def _begin(told: object, stop: object) -> None:
    """Take what the processes share: it can be handed over at the start of a process only."""
    global _told, _stop
    _told, _stop = told, stop
