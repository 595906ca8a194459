"""Another process beside the hub for work that would hold it up: made at its first use, replaced when it dies."""

import asyncio
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from typing import ParamSpec, TypeVar

from shared.problems import EnvironmentProblem

P = ParamSpec("P")
R = TypeVar("R")
GIVE_WAY = 10
"""How nice such a process is to the hub and to the desks' receipts, where the system knows it."""
IMPORTED_ONCE = ["examdesk.readmodels.answers", "shared.admission.pake"]
"""What processes work with: where the system can, a helper imports it once and each process is a copy of it."""


class WorkerDied(EnvironmentProblem):
    """The computer stopped the process, perhaps for lack of memory. Nothing was changed; try again."""


def new_processes() -> BaseContext:
    """Return how processes are made here: without anything of this one's memory."""
    if getattr(sys, "frozen", False) or "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(IMPORTED_ONCE)
    return context


class Worker:
    """One process, one piece of work at a time, in the order in which it came.

    A process begins with `begin`, called there before any work, and ends with this one, however this one ends.
    """

    def __init__(self, begin: Callable[[], object] | None = None, niceness: int = GIVE_WAY) -> None:
        self._begin = self._began = begin
        self._niceness = niceness
        self._pool: ProcessPoolExecutor | None = None
        self._life: Connection | None = None
        self._starting: asyncio.Future[None] | None = None
        self._lock = threading.Lock()
        self._closed = False

    def begin_with(self, begin: Callable[[], object]) -> None:
        """Have the next process begin with this; one that runs stays as it is, and is `outdated` until told."""
        self._begin = begin

    @property
    def outdated(self) -> bool:
        """Whether the process began with something else than the next one will."""
        return self._began is not self._begin

    def told(self) -> None:
        """Say that the process was told what is new."""
        self._began = self._begin

    @property
    def is_ready(self) -> bool:
        """Whether there is a process to `submit` to."""
        return self._pool is not None

    async def ready(self) -> None:
        """Make the process if there is none; not on the loop's thread, which has better things to do for a second."""
        while self._pool is None:
            if self._starting is None:
                self._starting = asyncio.ensure_future(asyncio.to_thread(self._start))
                self._starting.add_done_callback(self._started)
            await asyncio.shield(self._starting)

    async def run(self, work: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
        """Do this in the process and return what comes of it.

        Raises:
            WorkerDied: it ended in the middle; the next work gets a new one.
        """
        await self.ready()
        return await self.result(self.submit(work, *args, **named))

    def submit(self, work: Callable[P, R], *args: P.args, **named: P.kwargs) -> "asyncio.Future[R]":
        """Have this done in the process, which `is_ready`, after what was submitted before.

        Raises:
            WorkerDied: it is gone; the next work gets a new one.
        """
        pool = self._pool
        assert pool is not None
        try:
            future: asyncio.Future[R] = asyncio.get_running_loop().run_in_executor(pool, partial(work, *args, **named))
        except (BrokenProcessPool, RuntimeError) as error:
            self._gone(pool)
            raise WorkerDied(WorkerDied.__doc__ or "") from error
        future.add_done_callback(partial(self._look_at, pool))
        return future

    async def result(self, future: "asyncio.Future[R]") -> R:
        """Return what came of submitted work; raises `WorkerDied`."""
        try:
            return await future
        except BrokenProcessPool as error:
            raise WorkerDied(WorkerDied.__doc__ or "") from error

    def close(self, *, at_once: bool = False) -> None:
        """End the process, `at_once` or after what runs; what waits is dropped. Not for the loop's thread."""
        with self._lock:
            self._closed = True
            pool, life = self._pool, self._life
            self._pool = self._life = None
        if pool is None or life is None:
            return
        if at_once:
            life.close()
        pool.shutdown(wait=True, cancel_futures=True)
        life.close()

    def _start(self) -> None:
        with self._lock:
            if self._closed:
                raise WorkerDied(WorkerDied.__doc__ or "")
            context = new_processes()
            ends, life = context.Pipe(duplex=False)
            self._began = self._begin
            begin = (ends, self._niceness, self._began)
            pool = ProcessPoolExecutor(1, mp_context=context, initializer=_live, initargs=begin)
            pool.submit(_nothing)  # begins the process now, on this thread
            ends.close()
            if self._life is not None:
                self._life.close()
            self._pool, self._life = pool, life

    def _started(self, _starting: object) -> None:
        self._starting = None

    def _look_at(self, pool: ProcessPoolExecutor, future: "asyncio.Future[R]") -> None:
        if not future.cancelled() and isinstance(future.exception(), BrokenProcessPool):
            self._gone(pool)

    def _gone(self, pool: ProcessPoolExecutor) -> None:
        if self._pool is pool:
            self._pool = None


def _live(ends: Connection, niceness: int, begin: Callable[[], object] | None) -> None:
    """Begin in the new process: it lives as long as the other end of `ends` is open."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is the hub's: it ends its processes itself
    give_way(niceness)
    threading.Thread(target=_end_with, args=(ends,), daemon=True).start()
    if begin is not None:
        begin()


def _end_with(ends: Connection) -> None:
    try:
        ends.recv_bytes()
    except (EOFError, OSError):
        os._exit(0)


def _nothing() -> None:
    """Make a process begin."""


def give_way(niceness: int) -> None:
    """Let everything else on this computer go first; Windows has no such call."""
    if hasattr(os, "nice"):
        os.nice(niceness)
