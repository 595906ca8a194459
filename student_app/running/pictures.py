"""Pictures that a program shows, taken from its folder while it runs, and what its next run need not work out again."""

import os
import re
import stat
from pathlib import Path
from typing import Literal

from student_app.running.events import Figure, WrittenFile

FOLDER = "examdesk-figures"
MAX_BYTES = 4 << 20
MAX_FIGURES = 400
MAX_CARRIED = 2 << 20
MAX_WRITTEN = 20
_ENDINGS: dict[str, Literal["png", "jpg", "gif"]] = {"png": "png", "jpg": "jpg", "jpeg": "jpg", "gif": "gif"}
_FILE = re.compile(r"(?P<number>[1-9]\d{0,3})\.(?P<kind>png|svg)")
_FONTS = re.compile(r"fontlist-[\w.]{1,20}\.json")


class Pictures:
    """The pictures of one run; `temporary` is its folder for temporary files, whose content nothing here trusts."""

    def __init__(self, temporary: Path) -> None:
        self._place = temporary / FOLDER
        self._taken: set[str] = set()

    def take(self, text: str) -> Figure | None:
        """Return the picture that a line of the program names (`FILE NAME`), once; None for what is none."""
        file, _, name = text.partition(" ")
        found = _FILE.fullmatch(file)
        if found is None or file in self._taken or len(self._taken) >= MAX_FIGURES:
            return None
        self._taken.add(file)
        data = _read(self._place / file, MAX_BYTES)
        if not data:
            return None
        shown = "".join(letter for letter in name if letter.isprintable()).strip()[:80]
        return Figure(shown or file, "png" if found["kind"] == "png" else "svg", data)


def written(files: tuple[WrittenFile, ...]) -> tuple[Figure, ...]:
    """Return the pictures among the files that a program wrote beside itself, `savefig` for one."""
    return tuple(
        Figure(file.name, _ENDINGS[ending], file.content)
        for file in files[:MAX_WRITTEN]
        if file.content and (ending := file.name.lower().rpartition(".")[2]) in _ENDINGS
    )


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
    """Return a regular file of bounded size; nothing for a link, a pipe or what is too large."""
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        handle = os.open(path, flags)
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        about = os.fstat(file.fileno())
        return file.read(most) if stat.S_ISREG(about.st_mode) and about.st_size <= most else b""
