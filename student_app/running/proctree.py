"""Processes that one process started: found, measured, ended. Linux's /proc."""

import contextlib
import os
import signal
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_MARK_LIMIT = 1 << 16


def below(root: int) -> list[int]:
    """Return the ids of all that `root` started, directly or not, at a cost that grows only with their number."""
    found: list[int] = []
    todo = [root]
    while todo:
        children = _children(todo.pop())
        found += children
        todo += children
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in os.listdir(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split())
    return found


def resident_bytes(pids: list[int]) -> int:
    """Return the memory that the processes hold now; shared pages count once for each."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError, ValueError, IndexError):
            fields = Path(f"/proc/{pid}/statm").read_text("ascii").split()
            total += (int(fields[1]) - int(fields[2])) * _PAGE
    return total


def threads_of_user(user: int) -> int:
    """Return how many processes and threads `user` has: what the kernel compares with a limit on processes."""
    total = 0
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if Path("/proc", name).stat().st_uid == user:
                    total += len(os.listdir(f"/proc/{name}/task"))
    return total


def kill_below(root: int, *, rounds: int = 20) -> None:
    """End all that `root` started: stop every one first, so that none can start another meanwhile."""
    for _ in range(rounds):
        pids = [pid for pid in below(root) if not _is_dead(pid)]
        if not pids:
            return
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                send(pid, number)


def _is_dead(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return True
    return stat[stat.rindex(")") + 2] in "ZX"


def marked(mark: bytes) -> list[int]:
    """Return the processes of this user that carry `mark` in their environment, wherever they hang in the tree."""
    found: list[int] = []
    own = os.getpid()
    for name in os.listdir("/proc"):
        if name.isdigit() and int(name) != own:
            with contextlib.suppress(OSError), open(f"/proc/{name}/environ", "rb") as environment:
                if mark in environment.read(_MARK_LIMIT):
                    found.append(int(name))
    return found


def send(pid: int, number: int) -> None:
    """Send a signal; a process that is gone or not ours is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
