"""Processes that one process started: found, measured, ended. By Linux's /proc, elsewhere by psutil."""

import contextlib
import os
import signal
from pathlib import Path

import psutil

_MARK_LIMIT = 1 << 16


def below(root: int, most: int = 2000) -> list[int]:
    """Return the ids of what `root` started, directly or not, at a cost that grows only with their number.

    Args:
        root: where to begin.
        most: enough of them; those of a fork bomb may come faster than they can be listed.
    """
    found: list[int] = []
    todo = [root]
    while todo and len(found) < most:
        children = _children(todo.pop())
        found += children
        todo += children
    return found


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for thread in _names(f"/proc/{pid}/task"):
            with contextlib.suppress(OSError):
                found += map(int, Path(f"/proc/{pid}/task/{thread}/children").read_text("ascii").split())
    return found


def _names(folder: str) -> list[str]:
    with os.scandir(folder) as entries:
        return [entry.name for entry in entries]


def held_bytes(pids: list[int], enough: int) -> int:
    """Return the memory that the processes hold together, files that they only map left out.

    Each is asked quickly first; only a sum of more than `enough` is worth asking how much of it they share.
    """
    quick = sum(_sum_of(f"/proc/{pid}/status", ("RssAnon:", "RssShmem:")) for pid in pids)
    if quick <= enough:
        return quick
    exact = sum(_sum_of(f"/proc/{pid}/smaps_rollup", ("Pss_Anon:", "Pss_Shmem:")) for pid in pids)
    return exact or quick


def _sum_of(path: str, fields: tuple[str, ...]) -> int:
    total = 0
    with contextlib.suppress(OSError, ValueError, IndexError):
        for line in Path(path).read_text("ascii", "replace").splitlines():
            if line.startswith(fields):
                total += int(line.split()[1]) * 1024
    return total


def threads_of_user(user: int) -> int:
    """Return how many processes and threads `user` has: what the kernel compares with a limit on processes."""
    total = 0
    for name in _names("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if Path("/proc", name).stat().st_uid == user:
                    total += len(_names(f"/proc/{name}/task"))
    return total


def kill_below(root: int, *, rounds: int = 20) -> None:
    """End all that `root` started: stop every one first, so that none can start another meanwhile."""
    for _ in range(rounds):
        pids = [pid for pid in below(root) if not _is_dead(pid)]
        if not pids:
            return
        for group in _groups(pids):
            send(-group, signal.SIGKILL)  # reaches all its members at once, even those being forked
        for number in (signal.SIGSTOP, signal.SIGKILL):
            for pid in pids:
                send(pid, number)


def _groups(pids: list[int]) -> set[int]:
    found: set[int] = set()
    for pid in pids:
        with contextlib.suppress(OSError):
            found.add(os.getpgid(pid))
    return found - {os.getpgrp(), 0, 1}


def _is_dead(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    except OSError:
        return True
    return stat[stat.rindex(")") + 2] in "ZX"


def marked(name: str, value: str) -> list[int]:
    """Return the processes of this user with `name=value` in their environment, wherever they hang in the tree."""
    mark = f"{name}={value}".encode()
    found: list[int] = []
    own = os.getpid()
    for entry in _names("/proc"):
        if entry.isdigit() and int(entry) != own:
            with contextlib.suppress(OSError), Path(f"/proc/{entry}/environ").open("rb") as environment:
                if mark in environment.read(_MARK_LIMIT):
                    found.append(int(entry))
    return found


def marked_by_psutil(name: str, value: str) -> list[int]:
    """See `marked`; for systems without /proc."""
    found: list[int] = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error, OSError):
            if process.pid != os.getpid() and process.environ().get(name) == value:
                found.append(process.pid)
    return found


def usage_by_psutil(root: int) -> tuple[int, int]:
    """Return the memory in bytes and the number of all processes below `root`; for systems without /proc."""
    memory = count = 0
    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(root).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                memory += process.memory_info().rss
                count += 1
    return memory, count


def send(pid: int, number: int) -> None:
    """Send a signal; a process that is gone or not ours is no error."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.kill(pid, number)
