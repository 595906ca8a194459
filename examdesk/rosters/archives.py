"""Class lists that come as several CSV files in one zip: OneRoster 1.1 and 1.2, and Canvas's SIS files.

The users' table gets a column `section` with the classes in which each is a student, and `role` where another file says
it; from there on it is a class list like any other.
"""

import io
import zipfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from examdesk.rosters.columns import heading_key
from examdesk.rosters.lines import Line
from shared.problems import InputProblem

USERS: Final = "users.csv"
MAX_UNPACKED_BYTES: Final = 64 * 1024 * 1024
_DAMAGED: Final = "This zip file can't be read; it may be damaged. Fetch it again, or choose the list as .xlsx or CSV."
_GONE: Final = {"tobedeleted", "deleted", "inactive", "completed", "suspended"}
Rows = list[dict[str, str]]
ReadLines = Callable[[bytes], Sequence[Line]]
"""Reads one CSV file."""


@dataclass(frozen=True, slots=True)
class _Kind:
    """How the files of a system hang together: heading keys of ids and names."""

    user: str
    classes_file: str
    class_id: str
    class_title: tuple[str, ...]
    enrolled_user: str
    enrolled_class: str


_ONEROSTER: Final = _Kind("sourcedid", "classes.csv", "sourcedid", ("title",), "usersourcedid", "classsourcedid")
_CANVAS: Final = _Kind("userid", "sections.csv", "sectionid", ("name",), "userid", "sectionid")


def zipped(folder: Path) -> bytes:
    """Return a folder's CSV files as a zip file: the same lists unpacked; raises `InputProblem`, `OSError`."""
    target = io.BytesIO()
    files = sorted(path for path in folder.iterdir() if path.suffix.lower() == ".csv" and path.is_file())
    if sum(path.stat().st_size for path in files) > MAX_UNPACKED_BYTES:
        raise InputProblem(f"The CSV files in {folder} are far too large for a class list. Name one file.")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path, path.name)
    return target.getvalue()


def is_workbook(source: bytes) -> bool:
    """Tell whether a zip file is an Excel workbook; raises `InputProblem` where it is no zip file."""
    return "xl/workbook.xml" in _open(source).namelist()


def read_archive(source: bytes, read: ReadLines) -> list[Line]:
    """Return the lines of a class list that lies in a zip file, headings first.

    Raises:
        InputProblem: it is damaged, too large, or holds no class list.
    """
    files = _csv_files(source)
    if USERS not in files:
        if len(files) == 1:
            return list(read(next(iter(files.values()))))
        raise InputProblem(
            "This zip file holds no class list: neither one CSV file nor users.csv of OneRoster or Canvas. "
            "Unpack it and choose the file with the students."
        )
    lines = list(read(files[USERS]))
    keys = [heading_key(cell) for cell in lines[0].cells] if lines else []
    kind = _ONEROSTER if "sourcedid" in keys else _CANVAS
    if kind.user not in keys:
        return lines
    sections, roles = _enrolled(kind, {name: _dicts(read(data)) for name, data in files.items() if name != USERS})
    return [_longer(line, keys, kind.user, sections, roles) for line in lines]


def _longer(
    line: Line, keys: Sequence[str], user_key: str, sections: Mapping[str, Sequence[str]], roles: Mapping[str, str]
) -> Line:
    """Return a line of users.csv with its sections and, where the file doesn't have it, the role."""
    padded = (*line.cells, *[""] * (len(keys) - len(line.cells)))[: len(keys)]
    user = padded[keys.index(user_key)]
    heading = heading_key(user) == user_key
    more = ("section", "role") if heading else (", ".join(sections.get(user, ())), roles.get(user, ""))
    return replace(line, cells=(*padded, *(more[:1] if "role" in keys else more)))


def _enrolled(kind: _Kind, others: Mapping[str, Rows]) -> tuple[dict[str, list[str]], dict[str, str]]:
    """Return the titles of the classes in which each user is a student, and what each is where any file says it."""
    titles = {
        row.get(kind.class_id, ""): next((row[key] for key in kind.class_title if row.get(key)), "")
        for row in others.get(kind.classes_file, [])
    }
    sections: defaultdict[str, list[str]] = defaultdict(list)
    roles: dict[str, str] = {}
    for row in [*others.get("enrollments.csv", []), *others.get("roles.csv", [])]:
        user, role = row.get(kind.enrolled_user, ""), row.get("role", "").lower()
        if row.get("status", "").lower() in _GONE or not user:
            continue
        if roles.get(user) != "student":
            roles[user] = "student" if "student" in role else role
        where = row.get(kind.enrolled_class, "")
        title = (titles.get(where) or where).replace(",", " ").strip()
        if "student" in role and title and title not in sections[user]:
            sections[user].append(title)
    return sections, roles


def _dicts(lines: Sequence[Line]) -> Rows:
    if not lines:
        return []
    keys = [heading_key(cell) for cell in lines[0].cells]
    return [dict(zip(keys, line.cells, strict=False)) for line in lines[1:]]


def _open(source: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(source))
    except (zipfile.BadZipFile, ValueError, RuntimeError, OSError) as error:
        raise InputProblem(_DAMAGED) from error


def _csv_files(source: bytes) -> dict[str, bytes]:
    """Return the CSV files by their name in lower case, whatever folder they lie in."""
    with _open(source) as archive:
        wanted = [info for info in archive.infolist() if info.filename.lower().endswith(".csv") and not info.is_dir()]
        if sum(info.file_size for info in wanted) > MAX_UNPACKED_BYTES:
            raise InputProblem("This zip file is far too large for a class list. Choose only the list, as CSV.")
        try:
            return {PurePosixPath(info.filename).name.lower(): archive.read(info) for info in wanted}
        except (zipfile.BadZipFile, ValueError, RuntimeError, OSError, EOFError) as error:
            raise InputProblem(_DAMAGED) from error
