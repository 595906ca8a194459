"""Facts of this PC without its network: disk, Python, sandbox, proxies, screen; with a path for each system."""

import ctypes
import os
import secrets
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psutil

from shared.problems import EnvironmentProblem
from student_app.preflight.facts import Disk, Proxy, Python, Sandbox, Screen
from student_app.running import base_interpreter, probe_sandbox

_DRIVE_REMOTE = 4
_MODES = Path("/sys/class/drm")


def disk(folder: Path) -> Disk:
    """Write to the folder as a journal does, and look what it lies on."""
    shown, where = str(folder), folder.absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".preflight-{secrets.token_hex(4)}"
        begun = time.perf_counter()
        with probe.open("xb") as out:
            out.write(b"x" * 4096)
            out.flush()
            os.fsync(out.fileno())
        write_ms = (time.perf_counter() - begun) * 1000
        probe.unlink()
        free = shutil.disk_usage(folder).free
    except OSError as problem:
        return Disk(shown, problem.strerror or str(problem), kind=file_system(where))
    return Disk(shown, "", free >> 20, file_system(where), write_ms)


def file_system(folder: Path) -> str:
    """Return what kind of file system a folder lies on, `remote` for a network drive of Windows; empty: unknown."""
    if sys.platform == "win32":
        drive = ctypes.windll.kernel32.GetDriveTypeW(f"{folder.anchor}")
        return "remote" if drive == _DRIVE_REMOTE or folder.anchor.startswith("\\\\") else "local"
    real = Path(os.path.realpath(folder))
    mounts = {part.mountpoint: part.fstype for part in psutil.disk_partitions(all=True)}
    for parent in (real, *real.parents):
        if str(parent) in mounts:
            return mounts[str(parent)]
    return ""


def python() -> Python:
    """Ask the Python for student programs what it is."""
    try:
        found = base_interpreter()
    except EnvironmentProblem as problem:
        return Python(problem=problem.sentence)
    return Python(str(found.path), found.version)


def sandbox() -> Sandbox:
    """Try how strongly a program is confined here."""
    try:
        report = probe_sandbox()
    except EnvironmentProblem as problem:
        return Sandbox(problem=problem.sentence)
    return Sandbox(str(report.grade), tuple(f"{each.what}: {each.why}" for each in report.missing))


def proxies() -> Proxy:
    """Return the proxies of the environment and of the system's settings, without names and passwords."""
    found = {shown for text in urllib.request.getproxies().values() if (shown := _without_names(text))}
    return Proxy(tuple(sorted(found)))


def _without_names(text: str) -> str:
    try:
        parts = urllib.parse.urlsplit(text if "//" in text else f"//{text}")
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return ""
    return f"{parts.scheme or 'http'}://{host}{port}" if host else ""


def screen() -> Screen:
    """Return the size of the first screen as the system tells it without a window."""
    if sys.platform == "win32":
        metrics = ctypes.windll.user32.GetSystemMetrics
        return Screen(int(metrics(0)), int(metrics(1)))
    if sys.platform == "darwin":
        return _screen_of_macos()
    asked = _screen_of_display(os.environ)
    if asked is not None:
        return asked
    for modes in sorted(_MODES.glob("*/modes")):
        size = _first_mode(modes)
        if size is not None:
            return size
    return Screen()


def _screen_of_display(environment: Mapping[str, str]) -> Screen | None:
    """Ask the display that this session has, if any, in a process of its own: a display that hangs holds up nothing."""
    if not any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")) or getattr(sys, "frozen", False):
        return None
    script = (
        "from PyQt6.QtGui import QGuiApplication as A; a = A([]); s = A.primaryScreen().geometry(); "
        "print(s.width(), s.height())"
    )
    try:
        said = subprocess.run(  # noqa: S603  (our own Python)
            [sys.executable, "-c", script], capture_output=True, text=True, timeout=15, check=True
        ).stdout
        width, height = (int(part) for part in said.split())
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return Screen(width, height)


def _first_mode(modes: Path) -> Screen | None:
    """Read `1920x1080` from a connected output of Linux."""
    try:
        width, _, height = modes.read_text("ascii").partition("\n")[0].partition("x")
        return Screen(int(width), int(height.rstrip("i")))
    except (OSError, ValueError, UnicodeDecodeError):
        return None


def _screen_of_macos() -> Screen:
    script = 'tell application "Finder" to get bounds of window of desktop'
    try:
        said = subprocess.run(  # noqa: S603  (a question of ours to the system)
            ["/usr/bin/osascript", "-e", script], capture_output=True, text=True, timeout=10, check=True
        ).stdout
        _, _, width, height = (int(part) for part in said.split(","))
    except (OSError, ValueError, subprocess.SubprocessError):
        return Screen()
    return Screen(width, height)
