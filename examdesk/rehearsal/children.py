"""Programs that run beside this one: in process groups of their own, read line by line, all ended at the end."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from examdesk.rehearsal.keeper import end_all, known
from shared.problems import EnvironmentProblem

Line = dict[str, Any]
Heard = Callable[[Line], None]

MAX_LINE_BYTES = 64 * 1024 * 1024
QUOTED_CHARS = 300
END_S = 8.0


def python(module: str, *arguments: str) -> list[str]:
    """Return the command that runs one of ExamDesk's modules with this Python."""
    return [sys.executable, "-m", module, *arguments]


class Child:
    """A running program whose lines of output are JSON where they can be.

    Attributes:
        name: what the program is called towards the person.
        log: the file with what it writes to standard error.
        last: the newest line of each kind; the kind is a line's first key.
    """

    def __init__(self, name: str, log: Path, process: asyncio.subprocess.Process, heard: Heard | None) -> None:
        self.name = name
        self.log = log
        self.last: dict[str, Line] = {}
        self._process = process
        self._heard = heard
        self._changed = asyncio.Condition()
        self._reader = asyncio.create_task(self._read())

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether it has not ended yet."""
        return self._process.returncode is None

    async def line(self, kind: str, seconds: float) -> Line:
        """Return the newest line of this kind, waiting for the first one.

        Raises:
            EnvironmentProblem: it ended, or said nothing of the kind within `seconds`.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: kind in self.last or self._reader.done())
        if kind in self.last:
            return self.last[kind]
        state = "did not answer in time" if self.running else "ended too early"
        raise EnvironmentProblem(f"{self.name} {state}. {self.quoted()}")

    async def ended(self, seconds: float | None = None) -> int | None:
        """Wait for the end and return the exit code, or None when it still runs after `seconds`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._process.wait()
                await self._reader
                return self._process.returncode
        return None

    def kill(self) -> None:
        """End it as a power cut does."""
        with suppress(ProcessLookupError):
            self._process.kill()

    async def end(self, seconds: float = END_S) -> None:
        """Ask it to end, and end it with all that it started where it has not after `seconds`."""
        process = known(self.pid) if self.running else None
        if process is not None:
            _ask_to_end(self._process)
            if await self.ended(seconds) is None:
                await asyncio.to_thread(end_all, [process], 1.0)
        await self._process.wait()
        await self._reader

    def quoted(self) -> str:
        """Return the last sentence that it wrote to standard error, and where all of it is."""
        with suppress(OSError):
            said = self.log.read_text("utf-8", "replace").split("\n")
            last = next((line.strip() for line in reversed(said) if line.strip()), "")
            return f"It said: {last[:QUOTED_CHARS]} (all in {self.log})" if last else f"It said nothing ({self.log})."
        return ""

    async def _read(self) -> None:
        assert self._process.stdout is not None
        async for data in self._process.stdout:
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                line = msgspec.json.decode(data)
                if isinstance(line, dict) and line:
                    await self._take(line)
        async with self._changed:
            self._changed.notify_all()

    async def _take(self, line: Line) -> None:
        async with self._changed:
            self.last[next(iter(line))] = line
            self._changed.notify_all()
        if self._heard is not None:
            self._heard(line)


class Children:
    """All programs that were started; leaving the context ends them, last started first.

    Should this process be ended by force, a keeper ends them.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._all: list[Child] = []
        self._keeper: subprocess.Popen[bytes] | None = None

    async def __aenter__(self) -> Self:
        self._logs.mkdir(parents=True, exist_ok=True)
        self._keeper = subprocess.Popen(  # noqa: ASYNC220, S603 - starting ourselves takes a moment
            python("examdesk.rehearsal.keeper"),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_own_group(),
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            for child in reversed(self._all):
                await child.end()
        finally:
            if self._keeper is not None and self._keeper.stdin is not None:
                self._keeper.stdin.close()
                await asyncio.to_thread(self._keeper.wait)

    async def start(
        self,
        name: str,
        command: Sequence[str],
        *,
        log: str,
        heard: Heard | None = None,
        env: Mapping[str, str] | None = None,
    ) -> Child:
        """Start a program; `heard` gets each JSON line of its output.

        Raises:
            EnvironmentProblem: it can't be started.
        """
        path = self._logs / f"{log}.log"
        with path.open("ab") as errors:
            try:
                process = await asyncio.create_subprocess_exec(
                    *command,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=errors,
                    limit=MAX_LINE_BYTES,
                    env={**os.environ, **(env or {}), "PYTHONUNBUFFERED": "1", "PYTHONIOENCODING": "utf-8"},
                    **_own_group(),
                )
            except OSError as error:
                raise EnvironmentProblem(f"{name} could not be started: {error.strerror}.") from error
        self._keep(process.pid)
        child = Child(name, path, process, heard)
        self._all.append(child)
        return child

    def _keep(self, pid: int) -> None:
        if self._keeper is not None and self._keeper.stdin is not None:
            with suppress(OSError):
                self._keeper.stdin.write(f"{pid}\n".encode())
                self._keeper.stdin.flush()


if sys.platform == "win32":

    def _own_group() -> dict[str, Any]:
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP}

    def _ask_to_end(process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.send_signal(signal.CTRL_BREAK_EVENT)

else:

    def _own_group() -> dict[str, Any]:
        return {"start_new_session": True}

    def _ask_to_end(process: asyncio.subprocess.Process) -> None:
        with suppress(ProcessLookupError):
            process.terminate()
