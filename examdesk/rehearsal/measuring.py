"""What a rehearsal measures beside the desks' own figures: the disk, the hub's processor and memory."""

import asyncio
import sqlite3
import statistics
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

from shared.clock import Clock

COMMITS = 60
ROW_BYTES = 300
LOOK_S = 0.5


def commit_ms(folder: Path, clock: Clock) -> float:
    """Return how long a durable commit of one row takes on the disk of a folder: the median of some, in ms."""
    path = folder / "rehearsal-disk.sqlite"
    took = []
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as sql:
            sql.execute("PRAGMA journal_mode = WAL")
            sql.execute("PRAGMA synchronous = FULL")
            sql.execute("CREATE TABLE rows (data BLOB)")
            for _ in range(COMMITS):
                begun = clock.mono_us()
                sql.execute("INSERT INTO rows VALUES (?)", (bytes(ROW_BYTES),))
                took.append(clock.mono_us() - begun)
    finally:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            (folder / name).unlink(missing_ok=True)
    return statistics.median(took) / 1000


class Gauge:
    """Looks at the hub's process and this computer while the class works.

    Attributes:
        hub_cpu_percent: the hub's share of one core.
        hub_memory_mb: the most that it used.
        computer_cpu_percent: the load over all cores.
    """

    def __init__(self, pid: int | None, clock: Clock) -> None:
        self.hub_cpu_percent: float | None = None
        self.hub_memory_mb: float | None = None
        self.computer_cpu_percent = 0.0
        self._hub = None if pid is None else psutil.Process(pid)
        self._clock = clock
        self._begun = (0.0, 0)
        self._watch: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        psutil.cpu_percent(None)
        self._begun = (self._cpu_s(), self._clock.mono_us())
        self._watch = asyncio.create_task(self._look())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._watch is not None
        self._watch.cancel()
        self.computer_cpu_percent = psutil.cpu_percent(None)
        if self._hub is not None:
            spent, begun_us = self._begun
            passed = max(self._clock.mono_us() - begun_us, 1) / 1e6
            self.hub_cpu_percent = round((self._cpu_s() - spent) / passed * 100, 1)
            self._weigh()

    def _cpu_s(self) -> float:
        if self._hub is not None:
            with suppress(psutil.Error):
                times = self._hub.cpu_times()
                return float(times.user + times.system)
        return 0.0

    async def _look(self) -> None:
        while True:
            self._weigh()
            await asyncio.sleep(LOOK_S)

    def _weigh(self) -> None:
        if self._hub is not None:
            with suppress(psutil.Error):
                self.hub_memory_mb = max(self.hub_memory_mb or 0.0, round(self._hub.memory_info().rss / 1e6, 1))
