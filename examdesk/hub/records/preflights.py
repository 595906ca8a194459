"""The newest preflight of each PC, as its desk reported it: advice for staff, kept in a file beside the records.

Not part of the records: nothing of an exam follows from it, and it may come days before the exam from PCs that nobody
has joined from. Each line of the file is one report; the newest of a PC counts.
"""

import asyncio
import contextlib
import logging
from pathlib import Path
from typing import Annotated

import msgspec

from shared.problems import EnvironmentProblem
from shared.wire.messages import PreflightReport, SeatCheck

log = logging.getLogger(__name__)
MAX_PCS = 2_000
MAX_FILE_BYTES = 32 * 1024 * 1024
SUFFIX = ".preflights.jsonl"


class Preflight(msgspec.Struct, frozen=True, kw_only=True):
    """One report: when it came, from which address, and what it says."""

    at_ms: int
    address: str
    device: Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]
    device_name: str
    seat: str
    platform: str
    checks: tuple[SeatCheck, ...]


class Preflights:
    """Reports by PC. `take` may be called by any number of desks at once."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._newest: dict[str, Preflight] = {}
        self._lock = asyncio.Lock()

    def load(self) -> None:
        """Read what earlier runs of the hub kept, and keep the newest of each PC; a damaged line is left out."""
        try:
            lines = self._file.read_bytes().splitlines() if self._file.exists() else []
        except OSError as problem:
            log.warning("the preflights of earlier runs can't be read: %s", problem.strerror)
            return
        for line in lines:
            with contextlib.suppress(msgspec.MsgspecError, UnicodeDecodeError):
                self._put(msgspec.json.decode(line, type=Preflight))
        with contextlib.suppress(OSError):
            scratch = self._file.with_suffix(".new")
            scratch.write_bytes(b"".join(msgspec.json.encode(each) + b"\n" for each in self._newest.values()))
            scratch.replace(self._file)

    def _put(self, report: Preflight) -> None:
        self._newest.pop(report.device, None)
        self._newest[report.device] = report
        while len(self._newest) > MAX_PCS:
            del self._newest[next(iter(self._newest))]

    async def take(self, report: PreflightReport, address: str, at_ms: int) -> None:
        """Keep a report.

        Raises:
            EnvironmentProblem: the disk refused.
        """
        kept = Preflight(
            at_ms=at_ms,
            address=address,
            device=report.device.hex(),
            device_name=report.device_name,
            seat=report.seat,
            platform=report.platform,
            checks=report.checks,
        )
        async with self._lock:
            try:
                await asyncio.to_thread(_append, self._file, msgspec.json.encode(kept) + b"\n")
            except OSError as problem:
                raise EnvironmentProblem("The hub's disk could not keep the results of this check.") from problem
            self._put(kept)

    def all(self) -> tuple[Preflight, ...]:
        """Return the newest report of each PC, by seat and name."""
        return tuple(sorted(self._newest.values(), key=lambda each: (each.seat, each.device_name, each.device)))


def _append(file: Path, line: bytes) -> None:
    if file.exists() and file.stat().st_size > MAX_FILE_BYTES:
        raise OSError(0, "too many reports")
    with file.open("ab") as out:
        out.write(line)
