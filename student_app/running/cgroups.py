"""Limits on all processes of a run together, by a control group where this user may make one (Linux)."""

import contextlib
import os
import signal
import time
from dataclasses import dataclass, field
from pathlib import Path

from student_app.running.proctree import send

ROOT = Path("/sys/fs/cgroup")
_LEAVE_SECONDS = 1.0
_OWN_MEMORY = 24 << 20  # the guardian's and the interpreter's own part


@dataclass(slots=True)
class ControlGroup:
    """One or two folders (version 1 has one per controller) that hold the processes of one run."""

    memory: Path | None = None
    pids: Path | None = None
    folders: list[Path] = field(default_factory=list)

    @property
    def is_complete(self) -> bool:
        """Whether both memory and the number of processes are limited."""
        return self.memory is not None and self.pids is not None

    def limit(self, memory_bytes: int, processes: int) -> None:
        """Set the limits; OSError when the system does not take one."""
        if self.memory is not None:
            text = str(memory_bytes + _OWN_MEMORY)
            first = self.memory / "memory.max"
            (first if first.exists() else self.memory / "memory.limit_in_bytes").write_text(text)
            for swap, value in (("memory.swap.max", "0"), ("memory.memsw.limit_in_bytes", text)):
                if (self.memory / swap).exists():
                    (self.memory / swap).write_text(value)
        if self.pids is not None:
            (self.pids / "pids.max").write_text(str(processes))

    def add(self, pid: int) -> None:
        """Move one process into the group; one that is gone meanwhile is no error."""
        for folder in self.folders:
            with contextlib.suppress(ProcessLookupError):
                (folder / "cgroup.procs").write_text(str(pid))

    def members(self) -> list[int]:
        """Return the processes that are in the group now."""
        found: set[int] = set()
        for folder in self.folders:
            with contextlib.suppress(OSError):
                found.update(map(int, (folder / "cgroup.procs").read_text().split()))
        return sorted(found)

    def kill(self, *, rounds: int = 20) -> None:
        """End every process in the group."""
        for folder in self.folders:
            with contextlib.suppress(OSError):
                (folder / "cgroup.kill").write_text("1")
        for _ in range(rounds):
            members = self.members()
            if not members:
                return
            for number in (signal.SIGSTOP, signal.SIGKILL):
                for pid in members:
                    send(pid, number)

    def ended_for_memory(self) -> bool:
        """Whether the kernel ended a process because the group had no memory left."""
        for name in ("memory.events", "memory.oom_control"):
            with contextlib.suppress(OSError, ValueError, AttributeError):
                words = (self.memory / name).read_text().split()  # type: ignore[operator]
                return int(words[words.index("oom_kill") + 1]) > 0
        return False

    def peak(self) -> int | None:
        """Return the most memory that the group held, in bytes, where the system tells."""
        for name in ("memory.peak", "memory.max_usage_in_bytes"):
            with contextlib.suppress(OSError, ValueError):
                if self.memory is not None:
                    return int((self.memory / name).read_text())
        return None

    def remove(self) -> None:
        """Remove the group once the last of its ended processes has left it."""
        until = time.monotonic() + _LEAVE_SECONDS
        for folder in self.folders:
            while not _is_removed(folder) and time.monotonic() < until:
                time.sleep(0.002)


def _is_removed(folder: Path) -> bool:
    try:
        folder.rmdir()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True


def make_group(name: str, own: str | None = None, root: Path = ROOT) -> ControlGroup | None:
    """Make a group for one run with the controllers that this user may use, or None.

    Args:
        name: the folder's name.
        own: text of /proc/self/cgroup.
        root: where control groups are mounted.
    """
    if own is None:
        try:
            own = Path("/proc/self/cgroup").read_text("ascii", "replace")
        except OSError:
            return None
    group = ControlGroup()
    for line in own.splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            _make_second_version(group, root, path, name)
        elif controllers in ("memory", "pids"):
            _make_first_version(group, root / controllers, controllers, path, name)
    return group if group.folders else None


def _make_first_version(group: ControlGroup, base: Path, controller: str, path: str, name: str) -> None:
    folder = _try_make(base / path.strip("/") / name)
    if folder is None:
        return
    group.folders.append(folder)
    if controller == "memory":
        group.memory = folder
    else:
        group.pids = folder


def _make_second_version(group: ControlGroup, root: Path, path: str, name: str) -> None:
    """Climb from our own group to the nearest one that gives a new child both controllers."""
    if not (root / "cgroup.controllers").exists():
        return
    place = root / path.strip("/")
    while place != root and root in place.parents:
        place = place.parent
        folder = _try_make(place / name)
        if folder is None:
            continue
        if (folder / "memory.max").exists() and (folder / "pids.max").exists() and _may_move_into(folder):
            group.folders.append(folder)
            group.memory = group.pids = folder
            return
        with contextlib.suppress(OSError):
            folder.rmdir()


def _may_move_into(folder: Path) -> bool:
    """Moving a process needs the right to write the parent's list too, where both are the user's."""
    return os.access(folder / "cgroup.procs", os.W_OK) and os.access(folder.parent / "cgroup.procs", os.W_OK)


def _try_make(folder: Path) -> Path | None:
    try:
        folder.mkdir()
    except OSError:
        return None
    return folder
