"""How Canvas reads a gradebook file, as its importer does (lib/gradebook_importer.rb of canvas-lms), written anew.

A line's student is found by Canvas's own id, then by SIS user id, then by login, then by name; a title that ends with a
number in brackets is an assignment that exists; columns with the words of Canvas's sums in them are left out.
"""

import csv
import re
from dataclasses import dataclass, field

_SUMS = re.compile(
    "Current Score|Current Points|Current Grade|Final Score|Final Points|Final Grade|Override (?:Score|Grade|Status)"
)
_POSTING = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_KNOWN_ASSIGNMENT = re.compile(r"(.*)\((\d+)\)")


@dataclass
class User:
    """Somebody of the course, as Canvas knows them."""

    name: str
    number: int
    sis: str = ""
    login: str = ""


@dataclass
class Imported:
    """What Canvas would offer to change; `strangers` are lines of nobody in the course."""

    new_assignments: list[str] = field(default_factory=list)
    points: dict[str, str] = field(default_factory=dict)
    grades: dict[str, dict[str, str]] = field(default_factory=dict)
    strangers: list[str] = field(default_factory=list)


def canvas_import(path, course):
    """Read a file into a course with these users; raises ValueError for a header that Canvas refuses."""
    with path.open(encoding="utf-8", newline="") as file:
        header, *rows = [row for row in csv.reader(file) if not re.fullmatch("[;, ]+", ",".join(row))]
    columns = _student_columns(header)
    titles = {at: title for at, title in enumerate(header) if at >= len(columns) and not _SUMS.search(title)}
    found = Imported([title for title in titles.values() if not _KNOWN_ASSIGNMENT.fullmatch(title)])
    for row in rows:
        grades = {title: row[at].strip() for at, title in titles.items()}
        if "Points Possible" in row[0]:
            found.points = grades
        elif not all(_POSTING.fullmatch(cell) for cell in row):
            user = _find(dict(zip(columns, row, strict=False)), course)
            if user is None:
                found.strangers.append(row[0])
            else:
                found.grades[user.login] = grades
    return found


def _student_columns(header):
    if len(header) <= 3 or "Student" not in header[0] or "ID" not in header[1]:
        raise ValueError("Invalid header row")
    columns = ["name", "number"]
    if "SIS Login ID" in header[2]:
        columns += ["login"]
    elif "SIS User ID" in header[2] and "SIS Login ID" in header[3]:
        columns += ["sis", "login"]
        columns += [word for word in ("Integration ID", "Root Account") if word in header]
    if "Section" not in header[len(columns)]:
        raise ValueError("Invalid header row")
    return [*columns, "section"]


def _find(cells, course):
    for key in ("number", "sis", "login", "name"):
        wanted = cells.get(key, "")
        for user in course:
            if wanted and str(getattr(user, key)) == wanted:
                return user
    return None
