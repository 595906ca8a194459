"""The process between the desk and a student's program.

It adopts whatever the program leaves behind, ends all of it on command or when the desk is gone, and says how the
program ended. Lines to the desk on `control`: `ready`, `started`, `failed TEXT`, `end STATUS CPU_MS PEAK_KB`, where
STATUS is an exit code or a negative signal number. Bytes from the desk on `command`: the setup, then `t` (SIGTERM,
a moment later SIGKILL) or `k` (SIGKILL); its end means SIGKILL too. `window` is the program's alone.
"""

from __future__ import annotations

import marshal
import os
import select
import signal
import sys
import time

from . import confine, program

GRACE_SECONDS = 0.3
SWEEP_SECONDS = 5.0


def main(command: int, control: int, report: int, window: int) -> None:
    """Take the setup from `command`, start the program and see it through; returns only in the program's process."""
    if sys.platform == "win32":
        import msvcrt  # noqa: PLC0415

        ends = ((command, os.O_RDONLY), (control, os.O_WRONLY), (report, os.O_WRONLY), (window, os.O_RDONLY))
        command, control, report, window = (msvcrt.open_osfhandle(handle, flags) for handle, flags in ends)
    os.write(control, b"ready\n")
    setup = _read_setup(command)
    if setup is None:
        os._exit(1)
    if sys.platform == "win32":  # a job object does the guarding
        program.run(setup, report, window)
        return
    confine.become_guardian()
    guardian = os.getpid()
    child = os.fork()
    if child == 0:
        os.close(command)
        os.close(control)
        _start_program(setup, report, window, guardian)
        return
    os.close(report)
    os.close(window)
    _let_go_of_streams()
    os.write(control, b"started\n")
    _Watch(child, command, control, alone=_is_alone(str(setup["desk_namespace"]))).run()


def _read_setup(command: int) -> dict[str, object] | None:
    size_bytes = _read_exactly(command, 4)
    data = _read_exactly(command, int.from_bytes(size_bytes, "big"))
    return marshal.loads(data) if data else None  # noqa: S302  (our own parent wrote it)


def _read_exactly(handle: int, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = os.read(handle, count - len(data))
        if not more:
            return b""
        data += more
    return data


def _start_program(setup: dict[str, object], report: int, window: int, guardian: int) -> None:
    os.setpgid(0, 0)
    for name in ("SIGTERM", "SIGINT", "SIGHUP"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        confine.become_program(guardian)
        program.confine_self(setup, [guardian, -os.getpgid(guardian)])
    except OSError as error:
        os.write(report, b"failed\t" + str(error).encode("utf-8", "replace") + b"\n")
        os._exit(120)
    program.run(setup, report, window)


def _is_alone(desk_namespace: str) -> bool:
    """Whether this is another process namespace than the desk's, so that everything else in it is the student's."""
    try:
        own = os.readlink("/proc/self/ns/pid")  # noqa: PTH115
    except OSError:
        return False
    return desk_namespace not in ("", own)


def _let_go_of_streams() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    os.close(nowhere)


class _Watch:
    """Waits for the program and obeys the desk."""

    def __init__(self, child: int, command: int, control: int, *, alone: bool) -> None:
        self._child = child
        self._command: int | None = command
        self._control = control
        self._alone = alone  # in a process namespace of our own, where everything else is the student's
        self._status: int | None = None
        self._cpu = 0.0
        self._peak = 0
        self._kill_at: float | None = None

    def run(self) -> None:
        """See the program through, then end this process."""
        wake = self._wake_on_child_end()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        self._reap()
        while self._status is None:
            handles = [wake] if self._command is None else [wake, self._command]
            pause = None if self._kill_at is None else max(0.0, self._kill_at - time.monotonic())
            ready = select.select(handles, [], [], pause)[0]
            if wake in ready:
                os.read(wake, 512)
            if self._command in ready:
                self._obey()
            if self._kill_at is not None and time.monotonic() >= self._kill_at:
                self._kill_at = time.monotonic() + 0.05
                self._signal_all(signal.SIGKILL)
            self._reap()
        self._sweep()
        os.write(self._control, b"end %d %d %d\n" % (self._status, int(self._cpu * 1000), self._peak))
        os._exit(0)

    @staticmethod
    def _wake_on_child_end() -> int:
        wake, wake_writer = os.pipe()
        os.set_blocking(wake_writer, False)
        os.set_blocking(wake, False)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.set_wakeup_fd(wake_writer, warn_on_full_buffer=False)
        return wake

    def _obey(self) -> None:
        order = os.read(self._command, 64) if self._command is not None else b""
        if order == b"":
            self._command = None
        if order == b"" or b"k" in order:
            self._kill_at = time.monotonic()
        elif self._kill_at is None:
            self._signal_all(signal.SIGTERM)
            self._signal_all(signal.SIGCONT)  # a stopped process gets to its SIGTERM only then
            self._kill_at = time.monotonic() + GRACE_SECONDS

    def _reap(self) -> bool:
        """Collect whatever ended; False when nothing is left."""
        while True:
            try:
                pid, status, usage = os.wait4(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            self._cpu += usage.ru_utime + usage.ru_stime
            self._peak = max(self._peak, usage.ru_maxrss // (1024 if sys.platform == "darwin" else 1))
            if pid == self._child:
                self._status = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)

    def _sweep(self) -> None:
        until = time.monotonic() + SWEEP_SECONDS
        while self._reap() and time.monotonic() < until:
            self._signal_all(signal.SIGSTOP)  # so that none can fork away while the others are ended
            self._signal_all(signal.SIGKILL)
            time.sleep(0.001)

    def _signal_all(self, number: int) -> None:
        if self._alone:
            _signal(-1, number)
            return
        if self._status is None:
            _signal(-self._child, number)  # all of the group at once, those being forked too
        for pid in descendants(os.getpid()):
            if self._status is not None or not _is_in_group(pid, self._child):
                _signal(pid, number)


def _is_in_group(pid: int, group: int) -> bool:
    try:
        return os.getpgid(pid) == group
    except OSError:
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except (ProcessLookupError, PermissionError):
        return


def descendants(root: int) -> list[int]:
    """Process ids of everything that `root` started, directly or not; none where there is no /proc."""
    children: dict[int, list[int]] = {}
    try:
        names = os.listdir("/proc")  # noqa: PTH208
    except OSError:
        return []
    for name in names:
        if name.isdigit():
            parent = _parent_of(name)
            if parent is not None:
                children.setdefault(parent, []).append(int(name))
    found: list[int] = []
    todo = [root]
    while todo:
        below = children.get(todo.pop(), [])
        found += below
        todo += below
    return found


def _parent_of(name: str) -> int | None:
    try:
        handle = os.open("/proc/" + name + "/stat", os.O_RDONLY)
    except OSError:
        return None
    try:
        stat = os.read(handle, 1024)
    except OSError:
        return None
    finally:
        os.close(handle)
    return int(stat[stat.rindex(b")") + 2 :].split()[1])
