"""Pictures that a program shows, taken from its folder while it runs, and what its next run need not work out again."""

import os
import re
import stat
from pathlib import Path
from typing import Literal

from student_app.running.events import Figure, WrittenFile

FOLDER = "examdesk-figures"
MAX_BYTES = 4 << 20
MAX_FIGURES = 40
PAUSE_SECONDS = 0.04
MAX_CARRIED = 2 << 20
MAX_WRITTEN = 20
_ENDINGS: dict[str, Literal["png", "jpg", "gif"]] = {"png": "png", "jpg": "jpg", "jpeg": "jpg", "gif": "gif"}
_FILE = re.compile(r"(?P<number>[1-9]\d{0,3})\.(?P<kind>png|svg)")
_FONTS = re.compile(r"fontlist-[\w.]{1,20}\.json")


class Pictures:
    """The pictures of one run; `temporary` is its folder for temporary files, whose content nothing here trusts."""

    def __init__(self, temporary: Path) -> None:
        self._place = temporary / FOLDER
        self._names: dict[str, str] = {}
        self._waiting: dict[str, None] = {}
        self._next: dict[str, float] = {}

    def note(self, text: str) -> None:
        """The program says that a picture is there or has changed (`FILE NAME`); what names none is left out."""
        file, _, name = text.partition(" ")
        if _FILE.fullmatch(file) is None or (file not in self._names and len(self._names) >= MAX_FIGURES):
            return
        self._names[file] = _shown(name) or file
        self._waiting[file] = None

    def due(self, now: float) -> float | None:
        """Return in how many seconds there is something to take; None when nothing waits."""
        return min((max(0.0, self._next.get(file, now) - now) for file in self._waiting), default=None)

    def take(self, now: float, *, last: bool = False) -> list[Figure]:
        """Return the pictures that changed, each at most 25 times a second, or all of them at the end."""
        files = [file for file in self._waiting if last or self._next.get(file, now) <= now]
        found = []
        for file in files:
            del self._waiting[file]
            self._next[file] = now + PAUSE_SECONDS
            data = _read(self._place / file, MAX_BYTES)
            if data:
                found.append(Figure(self._names[file], "png" if file.endswith(".png") else "svg", data))
        return found


def written(files: tuple[WrittenFile, ...]) -> tuple[Figure, ...]:
    """Return the pictures among the files that a program wrote beside itself, `savefig` for one."""
    return tuple(
        Figure(_shown(file.name) or ending, _ENDINGS[ending], file.content)
        for file in files[:MAX_WRITTEN]
        if file.content and (ending := file.name.lower().rpartition(".")[2]) in _ENDINGS
    )


def _shown(name: str) -> str:
    """Return a name as it may stand on a tab: no line ends, no signs that turn text around."""
    return "".join(letter for letter in name if letter.isprintable()).strip()[:80]


def seed(temporary: Path, carried: dict[str, bytes]) -> None:
    """Give a run what an earlier one worked out: matplotlib's list of this PC's fonts, which takes it seconds."""
    for name, data in carried.items():
        target = temporary / "matplotlib" / name
        target.parent.mkdir(mode=0o700, exist_ok=True)
        target.write_bytes(data)


def harvest(temporary: Path, carried: dict[str, bytes]) -> None:
    """Keep what the next run can use."""
    try:
        with os.scandir(temporary / "matplotlib") as entries:
            names = [entry.name for entry in entries if _FONTS.fullmatch(entry.name)][:2]
    except OSError:
        return
    for name in names:
        data = _read(temporary / "matplotlib" / name, MAX_CARRIED)
        if data:
            carried[name] = data


def _read(path: Path, most: int) -> bytes:
    """Return a regular file of bounded size; nothing for a link, also as its folder, a pipe or what is too large."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    folder = -1
    try:
        if os.open in os.supports_dir_fd:
            folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
            handle = os.open(path.name, flags, dir_fd=folder)
        else:
            handle = os.open(path, flags)
    except OSError:
        return b""
    finally:
        if folder >= 0:
            os.close(folder)
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        return file.read(most) if stat.S_ISREG(about.st_mode) and about.st_size <= most else b""
