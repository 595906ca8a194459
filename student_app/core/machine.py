"""What the desk needs of the PC it runs on, gathered once by the composition root."""

import importlib
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from shared.clock import Chance, Clock
from shared.ids import DeviceId
from student_app.core.committer import Committer
from student_app.core.surroundings import Look, nothing_known

_LINUX_BOOT = Path("/proc/sys/kernel/random/boot_id")
_WINDOWS_BOOT = r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
_MACOS_BOOT = ("/usr/sbin/sysctl", "-n", "kern.bootsessionuuid")


@dataclass(frozen=True, slots=True)
class Machine:
    """Clock, chance and committer, and how this PC is called in the record.

    `look` says whether the PC is virtual or worked at from afar, quickly enough for the journal's thread.
    `boot` is a number that changes whenever the PC starts, so that times of the monotonic clock can be compared.
    """

    clock: Clock
    chance: Chance
    committer: Committer
    boot: int
    device: DeviceId
    device_name: str
    user: str
    platform: str
    python: str
    app: str
    look: Look = nothing_known


def _linux() -> str:
    return _LINUX_BOOT.read_text("ascii").strip()


def _windows() -> str:
    """Return the number that Windows counts up at every start."""
    winreg: Any = importlib.import_module("winreg")  # only there is one
    with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS_BOOT) as key:
        return str(winreg.QueryValueEx(key, "BootId")[0])


def _macos() -> str:
    done = subprocess.run(_MACOS_BOOT, capture_output=True, text=True, timeout=5, check=True)  # noqa: S603
    return done.stdout.strip()


READERS: Mapping[str, Callable[[], str]] = {"linux": _linux, "win32": _windows, "darwin": _macos}
"""What each system calls this start of the PC."""


def boot_number(platform: str, chance: Chance, readers: Mapping[str, Callable[[], str]] = READERS) -> int:
    """Return a number that changes whenever the PC starts; where that can't be known, whenever the program does."""
    try:
        said = readers[platform]()
    except (KeyError, OSError, ImportError, ValueError, subprocess.SubprocessError):
        said = ""
    return int.from_bytes(sha256(said.encode()).digest()[:4] if said else chance.bytes(4))
