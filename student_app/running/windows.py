"""How Windows starts a confined program: a job object around it, threads that read its pipes."""

import contextlib
import ctypes
import marshal
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from shared.problems import EnvironmentProblem, InputProblem
from student_app.running import jobs
from student_app.running.child import ChildEvent, Closing, Data, Finished, Told, Usage
from student_app.running.launch import GUARD, Launch
from student_app.running.limits import RunLimits

if sys.platform == "win32":  # elsewhere this module is never imported, only checked
    import msvcrt
    from ctypes import wintypes

    CHUNK = 1 << 16
    MAX_QUEUED_INPUT = 1 << 20
    MAX_HAPPENED = 500
    GRACE_SECONDS = 0.3
    START_SECONDS = 15.0

    class Job:
        """A job object: all processes of one run, limited and ended together."""

        def __init__(self, limits: RunLimits) -> None:
            """Make a job; OSError when the system refuses."""
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.CreateJobObjectW.restype = wintypes.HANDLE
            self._handle = wintypes.HANDLE(self._kernel.CreateJobObjectW(None, None))
            self._check(bool(self._handle.value))
            self._set(jobs.EXTENDED_LIMITS, jobs.limits_of(limits.seconds, limits.memory_mb, limits.processes))

        def _set(self, kind: int, value: "ctypes._CData") -> None:
            size = ctypes.sizeof(value)
            self._check(self._kernel.SetInformationJobObject(self._handle, kind, ctypes.byref(value), size))

        @staticmethod
        def _check(done: int | bool) -> None:
            if not done:
                raise ctypes.WinError(ctypes.get_last_error())

        def add(self, process_handle: int) -> None:
            """Put a process, and with it all that it starts, into the job.

            Windows, clipboard and the like are closed to it where that can be: a job with such limits can't lie within
            another one (AssignProcessToJobObject), and the desk may have been started in one.
            """
            self._check(self._kernel.AssignProcessToJobObject(self._handle, wintypes.HANDLE(process_handle)))
            with contextlib.suppress(OSError):
                self._set(jobs.UI_RESTRICTIONS, jobs.DWORD(jobs.ALL_UI_RESTRICTIONS))

        def kill(self) -> None:
            """End every process in the job."""
            self._kernel.TerminateJobObject(self._handle, jobs.STOPPED_BY_US)

        def measure(self) -> tuple[float, int]:
            """Return the processor seconds and the peak memory in bytes of all processes together."""
            times, limits = jobs.Accounting(), jobs.ExtendedLimits()
            for kind, value in ((jobs.BASIC_ACCOUNTING, times), (jobs.EXTENDED_LIMITS, limits)):
                size = ctypes.sizeof(value)
                self._kernel.QueryInformationJobObject(self._handle, kind, ctypes.byref(value), size, None)
            return (times.user_time + times.kernel_time) / 1e7, int(limits.peak_job_memory)

        def close(self) -> None:
            """Free the job, which ends whatever is still in it."""
            self._kernel.CloseHandle(self._handle)

    class WindowsChild:
        """See `student_app.running.child.Child`."""

        def __init__(self, launch: Launch) -> None:
            """Start the program; EnvironmentProblem when this PC cannot."""
            self._launch = launch
            self._events: queue.Queue[ChildEvent | None] = queue.Queue(maxsize=64)
            self._input: queue.SimpleQueue[bytes | None] = queue.SimpleQueue()
            self._happened: queue.Queue[bytes | None] = queue.Queue(maxsize=MAX_HAPPENED)
            self._queued = 0
            self._lock = threading.Lock()
            self._open_streams = 3
            self._kill_at: float | None = None
            self._start_by: float | None = time.monotonic() + START_SECONDS
            try:
                self._job = Job(launch.limits)
                self._spawn()
            except OSError as error:
                raise EnvironmentProblem(
                    f"Python could not be started ({error.strerror or error}). Your code is kept. "
                    "Run it again; if it happens again, tell the proctor."
                ) from error

        def _spawn(self) -> None:
            ends = [os.pipe() for _ in range(4)]  # command, guardian, program, window
            theirs = (ends[0][0], ends[1][1], ends[2][1], ends[3][0])
            handles = [msvcrt.get_osfhandle(handle) for handle in theirs]
            for handle in handles:
                os.set_handle_inheritable(handle, True)
            start = subprocess.STARTUPINFO(lpAttributeList={"handle_list": handles})
            work = str(self._launch.folder.work)
            self._process = subprocess.Popen(  # noqa: S603  (an interpreter and flags of ours)
                self._launch.python(str(GUARD.parent), (handles[0], handles[1], handles[2], handles[3])),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=self._launch.environment(work, str(self._launch.folder.tmp)),
                cwd=work,
                startupinfo=start,
                creationflags=subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP,
            )
            for handle in theirs:
                os.close(handle)
            self._command, self._pipes, self._window = ends[0][1], (ends[1][0], ends[2][0]), ends[3][1]
            # The guardian waits for its setup: nothing of the student's runs before the job holds it.
            try:
                self._job.add(int(self._process._handle))  # type: ignore[attr-defined]  # noqa: SLF001
            except OSError:
                self._process.kill()
                self._process.wait()
                raise
            data = marshal.dumps(self._launch.setup(work, {}), 2)
            os.write(self._command, len(data).to_bytes(4, "big") + data)
            self._start_threads()

        def _start_threads(self) -> None:
            process = self._process
            assert process.stdout is not None
            assert process.stderr is not None
            work: list[tuple[Callable[..., None], tuple[object, ...]]] = [
                (self._read_stream, ("stdout", process.stdout.fileno())),
                (self._read_stream, ("stderr", process.stderr.fileno())),
                (self._read_words, ("guardian", self._pipes[0], " ")),
                (self._read_words, ("program", self._pipes[1], "\t")),
                (self._write_input, ()),
                (self._write_happened, ()),
                (self._await_end, ()),
            ]
            for function, arguments in work:
                threading.Thread(target=function, args=arguments, daemon=True, name="student-run-pipe").start()

        def _read_stream(self, name: str, handle: int) -> None:
            while data := self._read(handle):
                self._events.put(Data("stdout" if name == "stdout" else "stderr", data))
            self._stream_ended()

        def _await_end(self) -> None:
            self._process.wait()
            self._job.kill()  # what the program left behind, which may hold its streams open
            self._stream_ended()

        def _stream_ended(self) -> None:
            with self._lock:
                self._open_streams -= 1
                last = self._open_streams == 0
            if last:
                self._events.put(Finished())

        def _read_words(self, source: str, handle: int, gap: str) -> None:
            rest = b""
            while data := self._read(handle):
                *lines, rest = (rest + data).split(b"\n")
                rest = rest[:CHUNK]
                for line in lines:
                    word, _, text = line.decode("utf-8", "replace").partition(gap)
                    self._events.put(Told("guardian" if source == "guardian" else "program", word, text))
            os.close(handle)

        @staticmethod
        def _read(handle: int) -> bytes:
            try:
                return os.read(handle, CHUNK)
            except OSError:
                return b""

        def _write_input(self) -> None:
            stream = self._process.stdin
            assert stream is not None
            with contextlib.suppress(OSError, ValueError):
                while (data := self._input.get()) is not None:
                    stream.write(data)
                    stream.flush()
                    with self._lock:
                        self._queued -= len(data)
            with contextlib.suppress(OSError, ValueError):
                stream.close()

        def _write_happened(self) -> None:
            with contextlib.suppress(OSError):
                while (data := self._happened.get()) is not None:
                    os.write(self._window, data)
            os.close(self._window)

        def poll(self, timeout: float | None) -> list[ChildEvent]:
            """See `Child.poll`."""
            if self._kill_at is not None and time.monotonic() >= self._kill_at:
                self._job.kill()
            if self._start_by is not None and time.monotonic() >= self._start_by:
                self._job.kill()
            pause = timeout if self._kill_at is None else min(timeout or GRACE_SECONDS, GRACE_SECONDS)
            try:
                event = self._events.get(timeout=pause)
            except queue.Empty:
                return []
            if isinstance(event, Told) and event.word == "ready":
                self._start_by = None
                return [Told("guardian", "started", "")]
            return [] if event is None else [event]

        def wake(self) -> None:
            """See `Child.wake`."""
            with contextlib.suppress(queue.Full):
                self._events.put_nowait(None)

        def feed(self, data: bytes) -> None:
            """See `Child.feed`; InputProblem when the program has left a lot unread."""
            with self._lock:
                if self._queued + len(data) > MAX_QUEUED_INPUT:
                    raise InputProblem("The program has not read what was typed before; this was not sent to it.")
                self._queued += len(data)
            self._input.put(data)

        def close_stdin(self) -> None:
            """See `Child.close_stdin`."""
            self._input.put(None)

        def happen(self, data: bytes) -> None:
            """See `Child.happen`."""
            with contextlib.suppress(queue.Full):
                self._happened.put_nowait(data)

        def terminate(self) -> None:
            """See `Child.terminate`; a program here is asked by Ctrl-Break, where it shares the desk's console.

            The window has none, so that GenerateConsoleCtrlEvent reaches nobody from there: then it is ended at once.
            """
            try:
                self._process.send_signal(signal.CTRL_BREAK_EVENT)
                self._kill_at = time.monotonic() + GRACE_SECONDS
            except OSError:
                self._kill_at = time.monotonic()
            self.wake()

        def kill(self) -> None:
            """See `Child.kill`."""
            self._job.kill()

        def usage(self, limits: RunLimits) -> Usage | None:  # noqa: ARG002
            """See `Child.usage`; the job keeps the limits."""
            return None

        def close(self) -> Closing:
            """See `Child.close`."""
            self._job.kill()
            self._input.put(None)
            with contextlib.suppress(queue.Full):  # a writer that is stuck ends with the pipe's other side
                self._happened.put_nowait(None)
            status = self._process.wait()
            cpu, peak = self._job.measure()
            self._job.close()
            os.close(self._command)
            out_of_memory = peak >= self._launch.limits.memory_mb << 20 and status not in (0, jobs.STOPPED_BY_US)
            return Closing(jobs.exit_status(status), cpu, peak, out_of_memory)
