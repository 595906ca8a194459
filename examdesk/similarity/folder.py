"""Programs read from a folder: each file or sub-folder in it is one student's work."""

import codecs
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from examdesk.similarity.model import Program
from shared.problems import InputProblem

__all__ = ["Reading", "read_files", "read_folder", "read_starters"]

_LARGEST: Final = 1_000_000
_COOKIE: Final = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_MARKS: Final = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))


class Reading(NamedTuple):
    """What was read, and a sentence for everything that was not, or not without a guess."""

    programs: list[Program]
    warnings: list[str]


def read_folder(folder: Path, starters: Sequence[Path] = ()) -> Reading:
    """Every program in a folder, named as its file (``ada.py``) or its sub-folder (``ada``), sorted by name.

    A sub-folder counts with all ``*.py`` below it. Hidden ones, ``__pycache__`` and the starters themselves are passed
    over. Raises InputProblem when the folder is missing or holds no program.
    """
    if not folder.is_dir():
        raise InputProblem(f"{folder} is not a folder; give the folder that holds one file or sub-folder per student.")
    warnings: list[str] = []
    given = {path.resolve() for path in starters}
    entries = [path for path in _listed(folder) if not _among(path, given)]
    programs = [program for entry in entries if (program := _program(entry, given, warnings)) is not None]
    if not programs:
        raise InputProblem(
            f"{folder} holds no Python program that can be read; each student's work is a .py file or a sub-folder."
            + "".join(f"\n{warning}" for warning in warnings)
        )
    return Reading(programs, warnings)


def read_files(files: Iterable[tuple[str, bytes]]) -> Reading:
    """Every program among files (path, bytes): what stands before the first `/` of a path names it.

    A path without one is a program of its own, named as the file without its ending.
    """
    programs: dict[str, dict[str, str]] = {}
    warnings: list[str] = []
    for path, data in sorted(files):
        first, _, below = path.replace("\\", "/").strip("/").partition("/")
        if not path.lower().endswith(".py"):
            warnings.append(f"{path}: is not a .py file and was left out.")
            continue
        text, complaint = _decoded_text(data, path)
        if complaint:
            warnings.append(complaint)
        if text is not None:
            programs.setdefault(first if below else first[: -len(".py")], {})[below or first] = text
    return Reading([Program(owner=owner, files=texts) for owner, texts in programs.items()], warnings)


def read_starters(paths: Iterable[Path]) -> list[str]:
    """The source texts of starter files and of all ``*.py`` in starter folders. Raises InputProblem by name."""
    sources: list[str] = []
    for path in paths:
        files = _sources(path) if path.is_dir() else [path]
        if not files:
            raise InputProblem(f"The starter folder {path} holds no .py file.")
        for file in files:
            text, complaint = _text(file, str(file))
            if text is None:
                raise InputProblem(f"The starter code can't be read: {complaint}")
            sources.append(text)
    return sources


def _among(path: Path, given: set[Path]) -> bool:
    return bool(given) and path.resolve() in given


def _listed(folder: Path) -> list[Path]:
    hidden = ("__pycache__",)
    return sorted(path for path in folder.iterdir() if not path.name.startswith(".") and path.name not in hidden)


def _sources(folder: Path) -> list[Path]:
    found: list[Path] = []
    for path in _listed(folder):
        if path.is_dir() and not path.is_symlink():
            found += _sources(path)
        elif path.suffix.lower() == ".py":
            found.append(path)
    return found


def _program(entry: Path, given: set[Path], warnings: list[str]) -> Program | None:
    if entry.is_dir():
        paths = [path for path in _sources(entry) if not _among(path, given)]
        names = [path.relative_to(entry).as_posix() for path in paths]
        if not paths:
            warnings.append(f"{entry.name}: holds no .py file and was left out.")
    elif entry.suffix.lower() == ".py":
        paths, names = [entry], [entry.name]
    else:
        warnings.append(f"{entry.name}: is not a .py file and was left out.")
        return None
    files: dict[str, str] = {}
    for path, name in zip(paths, names, strict=True):
        text, complaint = _text(path, entry.name if path == entry else f"{entry.name}/{name}")
        if complaint:
            warnings.append(complaint)
        if text is not None:
            files[name] = text
    return Program(owner=entry.name, files=files) if files else None


def _text(path: Path, name: str) -> tuple[str | None, str]:
    """The text of a file, and a sentence on what was wrong with it."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, f"{name}: can't be read ({error.strerror or error}) and was left out."
    return _decoded_text(data, name)


def _decoded_text(data: bytes, name: str) -> tuple[str | None, str]:
    if len(data) > _LARGEST:
        return None, f"{name}: is larger than {_LARGEST:,} bytes and was left out."
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], encoding, name)
    if b"\0" in data:
        return None, f"{name}: is not text and was left out."
    declared = _declared(data)
    return _decoded(data, declared or "utf-8", name)


def _declared(data: bytes) -> str | None:
    for line in data.split(b"\n", 2)[:2]:
        if found := _COOKIE.match(line):
            return found.group(1).decode("ascii", "replace")
    return None


def _decoded(data: bytes, encoding: str, name: str) -> tuple[str, str]:
    try:
        return data.decode(encoding), ""
    except (UnicodeDecodeError, LookupError):
        return data.decode("cp1252", "replace"), f"{name}: is not {encoding}; read as Windows-1252."
