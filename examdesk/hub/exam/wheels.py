"""The exam's packages at the hub: checked once, signed, given out part by part without getting in a receipt's way."""

import asyncio
from pathlib import Path

from shared.clock import Clock
from shared.crypto.keys import SigningKey
from shared.exam.document import Exam
from shared.exam.packages import LIST_NAME, WHEELS, Wheel, WheelList, check_wheels, read_wheels, sign_list
from shared.ids import ExamId
from shared.problems import EnvironmentProblem, Problem
from shared.wire.messages import WheelPart

PART_BYTES = 128 * 1024
BYTES_PER_SECOND = 48_000_000
"""What all desks together get: 200 PCs have 20 MB each after 85 s, and the loop has time left for receipts."""
_SLACK_US = 20_000


class WheelStore:
    """The wheels that desks may fetch.

    Attributes:
        envelope: the signed list that desks are offered, empty where there is nothing to fetch.
        problem: what staff should know about the packages, empty for nothing.
    """

    def __init__(self, folder: Path, found: WheelList | None, envelope: bytes, problem: str, clock: Clock) -> None:
        self.envelope = envelope
        self.problem = problem
        self._folder = folder / WHEELS
        self._wheels: tuple[Wheel, ...] = found.wheels if found is not None and envelope else ()
        self._clock = clock
        self._turn = asyncio.Lock()
        self._due_us = 0

    @property
    def size(self) -> int:
        """How many bytes all of them have together."""
        return sum(wheel.size for wheel in self._wheels)

    def files(self) -> dict[str, bytes]:
        """Return every wheel and their list by file name, empty where there is nothing to fetch.

        Raises:
            EnvironmentProblem: one can't be read.
        """
        names = [LIST_NAME, *(wheel.file for wheel in self._wheels)] if self._wheels else []
        try:
            return {name: (self._folder / name).read_bytes() for name in names}
        except OSError as error:
            raise EnvironmentProblem(
                f"The exam's packages can't be read ({error.strerror}). Save the key without them."
            ) from error

    async def part(self, index: int, at: int) -> WheelPart:
        """Return a part of a wheel when it is its turn, without data where there is none.

        One part is read at a time, in the order in which they were asked for, and no more than `BYTES_PER_SECOND`.
        """
        if not 0 <= index < len(self._wheels) or at >= self._wheels[index].size:
            return WheelPart(index, at, b"")
        async with self._turn:
            data = await asyncio.to_thread(_read, self._folder / self._wheels[index].file, at)
            now = self._clock.mono_us()
            self._due_us = max(self._due_us, now - _SLACK_US) + len(data) * 1_000_000 // BYTES_PER_SECOND
            if self._due_us > now:
                await asyncio.sleep((self._due_us - now) / 1e6)
        return WheelPart(index, at, data)


def _read(path: Path, at: int) -> bytes:
    try:
        with path.open("rb") as source:
            source.seek(at)
            return source.read(PART_BYTES)
    except OSError:
        return b""


def take_wheels(folder: Path, exam: Exam, key: SigningKey, clock: Clock) -> WheelStore:
    """Look at the exam's packages, compare them with their hashes and sign the list; takes a second, never raises.

    An exam runs without its packages: desks say so where a program imports one, and staff read `problem`.
    """
    named = exam.interpreter.packages
    try:
        found = read_wheels(folder)
        if found is not None:
            check_wheels(folder, found)
    except Problem as problem:
        return WheelStore(folder, None, b"", f"Desks don't get the exam's packages. {problem.sentence}", clock)
    if found is None:
        said = f"The exam's packages were not collected, so desks don't have them: {', '.join(named)}." if named else ""
        return WheelStore(folder, None, b"", said, clock)
    envelope = sign_list(found, ExamId(exam.id), key) if named else b""
    said = ""
    if named and found.requirements != named:
        said = f"The exam names other packages than were collected: {', '.join(named)}. Collect them again."
    return WheelStore(folder, found, envelope, said, clock)
