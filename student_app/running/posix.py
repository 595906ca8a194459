"""A run's processes on Linux and macOS: pipes, one selector, a guardian in between."""

import contextlib
import marshal
import os
import selectors
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from shared.problems import EnvironmentProblem, InputProblem
from student_app.running import proctree
from student_app.running.cgroups import ControlGroup
from student_app.running.child import ChildEvent, Closing, Data, Finished, Told, Usage
from student_app.running.launch import MARK
from student_app.running.limits import RunLimits

CHUNK = 1 << 16
MAX_QUEUED_INPUT = 1 << 20
MAX_TOLD = 1 << 16
LAST_OUTPUT_SECONDS = 0.5
DESTROY_SECONDS = 1.5
START_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class PosixPlan:
    """What `PosixChild` starts.

    Attributes:
        command: makes the command line from the guardian's four handles.
        environment: the whole environment.
        folder: where it starts.
        setup: what the guardian is told.
        mark: the run's mark in its environment.
        group: the control group that it joins.
        own_processes: how many of the processes below the first one are ours.
    """

    command: Callable[[tuple[int, int, int, int]], list[str]]
    environment: Mapping[str, str]
    folder: str
    setup: Mapping[str, object]
    mark: str
    group: ControlGroup | None
    own_processes: int


class PosixChild:
    """See `student_app.running.child.Child`. Made and polled by one thread, which must outlive the program."""

    def __init__(self, plan: PosixPlan) -> None:
        """Start the guardian; EnvironmentProblem when the interpreter cannot be started."""
        self._plan = plan
        self._lock = threading.Lock()
        self._outbox = bytearray()
        self._closing_stdin = False
        self._destroy_at: float | None = None
        self._finish_at: float | None = None
        self._done = False
        self._ready = False
        self._is_set_up = False
        self._ending: tuple[int, float, int] | None = None
        self._lines = {"guardian": bytearray(), "program": bytearray()}
        self._open: dict[str, int] = {}
        self._selector = selectors.DefaultSelector()
        self._start_by = time.monotonic() + START_SECONDS
        try:
            self._process = self._spawn()
        except OSError as error:
            self._free()
            raise EnvironmentProblem(
                f"Python could not be started ({error.strerror or error}). Your code is kept. "
                "Run it again; if it happens again, tell the proctor."
            ) from error

    def _spawn(self) -> subprocess.Popen[bytes]:
        theirs: list[int] = []
        try:
            theirs += (self._pipe("stdin", ours_reads=False), self._pipe("stdout"), self._pipe("stderr"))
            theirs += (self._pipe("command", ours_reads=False), self._pipe("guardian"), self._pipe("program"))
            theirs.append(self._pipe("window", ours_reads=False))
            wake, self._open["waker"] = os.pipe()
            self._watch("wake", wake)
            for name in ("stdin", "command", "window", "waker"):
                os.set_blocking(self._open[name], False)
            handles = (theirs[3], theirs[4], theirs[5], theirs[6])
            return subprocess.Popen(  # noqa: S603  (an interpreter and flags of ours)
                self._plan.command(handles),
                stdin=theirs[0],
                stdout=theirs[1],
                stderr=theirs[2],
                pass_fds=handles,
                env=dict(self._plan.environment),
                cwd=self._plan.folder,
                umask=0o077,
                start_new_session=True,
            )
        finally:
            for handle in theirs:
                os.close(handle)

    def _pipe(self, name: str, *, ours_reads: bool = True) -> int:
        reader, writer = os.pipe()
        if ours_reads:
            self._watch(name, reader)
            return writer
        self._open[name] = writer
        return reader

    def _watch(self, name: str, handle: int) -> None:
        os.set_blocking(handle, False)
        self._open[name] = handle
        self._selector.register(handle, selectors.EVENT_READ, name)

    def poll(self, timeout: float | None) -> list[ChildEvent]:
        """See `Child.poll`."""
        if self._done:
            return [Finished()]
        self._offer_input()
        events: list[ChildEvent] = []
        for key, _ in self._selector.select(self._pause(timeout)):
            self._handle(key.data, events)
        self._pass_deadlines()
        if self._is_over():
            self._done = True
            events.append(Finished())
        return events

    def _pause(self, timeout: float | None) -> float | None:
        deadlines = [self._finish_at, self._destroy_at, None if self._ready else self._start_by]
        now = time.monotonic()
        waits = [max(0.0, at - now) for at in deadlines if at is not None]
        return min([*waits, timeout]) if timeout is not None else min(waits, default=None)

    def _handle(self, name: str, events: list[ChildEvent]) -> None:
        if name == "stdin":
            self._write_input()
            return
        try:
            data = os.read(self._open[name], CHUNK)
        except BlockingIOError:
            return
        if name == "wake":
            return
        if not data:
            self._shut(name)
            if name == "guardian":
                self._finish_soon()
        elif name in ("stdout", "stderr"):
            events.append(Data("stdout" if name == "stdout" else "stderr", data))
        else:
            self._take_lines(name, data, events)

    def _take_lines(self, name: str, data: bytes, events: list[ChildEvent]) -> None:
        rest = self._lines[name]
        rest += data
        *lines, last = bytes(rest).split(b"\n")
        rest[:] = last[:MAX_TOLD]
        for line in lines:
            word, _, text = line.decode("utf-8", "replace").partition("\t" if name == "program" else " ")
            if name == "guardian":
                self._obey_guardian(word, text)
                events.append(Told("guardian", word, text))
            else:
                events.append(Told("program", word, text))

    def _obey_guardian(self, word: str, text: str) -> None:
        if word == "ready":
            self._ready = True
            self._send_setup()
        elif word == "end":
            status, cpu_ms, peak_kb = map(int, text.split())
            self._ending = (status, cpu_ms / 1000, peak_kb * 1024)
            self._finish_soon()

    def _send_setup(self) -> None:
        group = self._plan.group
        if group is not None:
            for pid in (self._process.pid, *proctree.below(self._process.pid)):
                group.add(pid)
        data = marshal.dumps(dict(self._plan.setup), 2)
        with self._lock:
            if self._destroy_at is not None:
                return  # told to end before anything of the student's ran
            self._is_set_up = True
        self._order(len(data).to_bytes(4, "big") + data)

    def _finish_soon(self) -> None:
        if self._finish_at is None:
            self._finish_at = time.monotonic() + LAST_OUTPUT_SECONDS

    def _pass_deadlines(self) -> None:
        now = time.monotonic()
        if not self._ready and now >= self._start_by:
            self._destroy()
        if self._destroy_at is not None and now >= self._destroy_at:
            self._destroy_at = None
            self._destroy()
            self._finish_soon()

    def _is_over(self) -> bool:
        if self._finish_at is None:
            return False
        streams_closed = "stdout" not in self._open and "stderr" not in self._open
        return streams_closed or time.monotonic() >= self._finish_at

    def _offer_input(self) -> None:
        handle = self._open.get("stdin")
        if handle is None:
            return
        with self._lock:
            waiting, closing = bool(self._outbox), self._closing_stdin
        registered = handle in self._selector.get_map()
        if waiting and not registered:
            self._selector.register(handle, selectors.EVENT_WRITE, "stdin")
        elif not waiting and registered:
            self._selector.unregister(handle)
        if closing and not waiting:
            self._shut("stdin")

    def _write_input(self) -> None:
        with self._lock:
            try:
                del self._outbox[: os.write(self._open["stdin"], self._outbox[:CHUNK])]
            except BlockingIOError:
                return
            except OSError:  # the program closed its input: nobody will read the rest
                self._outbox.clear()
                self._closing_stdin = True

    def wake(self) -> None:
        """See `Child.wake`."""
        with self._lock, contextlib.suppress(OSError, KeyError):
            os.write(self._open["waker"], b"w")

    def feed(self, data: bytes) -> None:
        """See `Child.feed`; InputProblem when the program has left a lot unread."""
        with self._lock:
            if len(self._outbox) + len(data) > MAX_QUEUED_INPUT:
                raise InputProblem("The program has not read what was typed before; this was not sent to it.")
            if not self._closing_stdin:
                self._outbox += data
        self.wake()

    def close_stdin(self) -> None:
        """See `Child.close_stdin`."""
        with self._lock:
            self._closing_stdin = True
        self.wake()

    def happen(self, data: bytes) -> None:
        """See `Child.happen`."""
        with self._lock, contextlib.suppress(OSError, KeyError):  # full, or nobody reads it any more
            os.write(self._open["window"], data)

    def _order(self, data: bytes) -> None:
        with self._lock, contextlib.suppress(OSError, KeyError):
            os.write(self._open["command"], data)

    def terminate(self) -> None:
        """See `Child.terminate`."""
        self._end(b"t")

    def kill(self) -> None:
        """See `Child.kill`."""
        self._end(b"k")

    def _end(self, order: bytes) -> None:
        """Leave the ending to the guardian, for a while; before it has its setup there is nothing to be polite to."""
        with self._lock:
            is_set_up = self._is_set_up
            if self._destroy_at is None:
                self._destroy_at = time.monotonic() + (DESTROY_SECONDS if is_set_up else 0.0)
        if is_set_up:
            self._order(order)
        self.wake()

    def _destroy(self) -> None:
        """End everything without the guardian's help."""
        if self._plan.group is not None:
            self._plan.group.kill()
        if sys.platform == "linux":
            proctree.kill_below(self._process.pid)
        else:
            self._end_marked()
        if self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()

    def usage(self, limits: RunLimits) -> Usage | None:
        """See `Child.usage`."""
        if self._plan.group is not None and self._plan.group.is_complete:
            return None
        if sys.platform != "linux":
            memory, processes = proctree.usage_by_psutil(self._process.pid)
            return Usage(memory, processes - self._plan.own_processes)
        most = limits.processes + self._plan.own_processes
        pids = proctree.below(self._process.pid, most + 1)
        memory = proctree.held_bytes(pids, limits.memory_mb << 20) if len(pids) <= most else 0
        return Usage(memory, len(pids) - self._plan.own_processes)

    def close(self) -> Closing:
        """See `Child.close`."""
        if self._ending is None:
            self._destroy()
        else:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(1.0)
        if self._process.returncode is None:
            self._process.kill()
            self._process.wait()
        self._end_strays()
        peak, out_of_memory = self._measure_group()
        self._free()
        if self._ending is None:
            return Closing(None, None, peak, out_of_memory)
        status, cpu, largest = self._ending
        return Closing(status, cpu, peak or largest, out_of_memory)

    def _end_strays(self) -> None:
        if self._plan.group is not None:
            self._plan.group.kill()
        self._end_marked()

    def _end_marked(self) -> None:
        find = proctree.marked if sys.platform == "linux" else proctree.marked_by_psutil
        for pid in find(MARK, self._plan.mark):
            proctree.send(pid, signal.SIGKILL)

    def _measure_group(self) -> tuple[int | None, bool]:
        group = self._plan.group
        if group is None:
            return None, False
        found = group.peak(), group.ended_for_memory()
        group.remove()
        return found

    def _shut(self, name: str) -> None:
        with self._lock:
            handle = self._open.pop(name, None)
        if handle is None:
            return
        with contextlib.suppress(KeyError, ValueError):
            self._selector.unregister(handle)
        os.close(handle)

    def _free(self) -> None:
        for name in list(self._open):
            self._shut(name)
        self._selector.close()
