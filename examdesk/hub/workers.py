"""Another process beside the hub for work that would hold it up: made at its first use, replaced when it dies."""

import asyncio
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import ParamSpec, TypeVar

from shared.problems import EnvironmentProblem

P = ParamSpec("P")
R = TypeVar("R")
GIVE_WAY = 10
"""How nice such a process is to the hub and to the desks' receipts, where the system knows it."""


class WorkerDied(EnvironmentProblem):
    """The computer stopped the process, perhaps for lack of memory. Nothing was changed; try again."""


class Worker:
    """One process, one piece of work at a time."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor | None = None

    async def run(self, work: Callable[P, R], *args: P.args, **_none: P.kwargs) -> R:
        """Do this in the process and return what comes of it.

        Raises:
            WorkerDied: it ended in the middle; the next work gets a new one.
        """
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                1, mp_context=multiprocessing.get_context("spawn"), initializer=give_way, initargs=(GIVE_WAY,)
            )
        pool = self._pool
        try:
            return await asyncio.get_running_loop().run_in_executor(pool, work, *args)
        except BrokenProcessPool as error:
            if self._pool is pool:
                self._pool = None
            raise WorkerDied(WorkerDied.__doc__ or "") from error

    def close(self) -> None:
        """Wait for what runs, drop what waits, end the process; not for the loop's thread."""
        pool, self._pool = self._pool, None
        if pool is not None:
            pool.shutdown(wait=True, cancel_futures=True)


def give_way(niceness: int) -> None:
    """Let everything else on this computer go first; Windows has no such call."""
    if hasattr(os, "nice"):
        os.nice(niceness)
