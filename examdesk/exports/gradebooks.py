"""`gradebook-canvas.csv` and `gradebook-moodle.csv`: who handed in, as a column that a gradebook imports.

An exam without checks has no points. The column says 1 for handed in and 0 for joined and not handed in; who never
joined has an empty cell: no grade. Where a person gave points, the column has these instead.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from examdesk.exports.gathering import Gathered, Gathering
from examdesk.exports.pages import Pages
from examdesk.exports.points import Points
from examdesk.exports.tables import defused, write_table
from shared.ids import StudentId

CANVAS = "gradebook-canvas.csv"
MOODLE = "gradebook-moodle.csv"
POINTS_POSSIBLE = "    Points Possible"
_POINTS = 1
NO_ADDRESS = "n/a"
_SUMS = re.compile("(Current|Final|Override) (Score|Points|Grade|Status)")
"""As Canvas looks for them (`NON_ASSIGNMENT_COLUMN_HEADERS` in its gradebook importer)."""


def column_title(gathering: Gathering, points: Points | None = None) -> str:
    """Return the title of the column."""
    return f"{gathering.pages.exam.short_name} ({'handed in' if points is None else 'points'})"


def write_canvas(gathering: Gathering, folder: Path, points: Points | None = None) -> Path:
    """Write the file for Canvas: its own columns, and the row that says of how many points."""
    title = column_title(gathering, points)
    columns = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section", defused(_no_sum(title)))
    rows: list[tuple[object, ...]] = [(POINTS_POSSIBLE, "", "", "", "", _POINTS if points is None else points.possible)]
    for student, name, section, _, value in _everybody(gathering):
        shown, cell = defused(student), _points(points, student, value)
        rows.append((defused(sortable(name)), "", shown, shown, defused(section), cell))
    return write_table(folder / CANVAS, columns, rows, excel=False)


def _no_sum(title: str) -> str:
    """Return a title that Canvas takes for an assignment: columns with the words of its own sums are left out there."""
    return _SUMS.sub("\\1\N{NO-BREAK SPACE}\\2", title)


def write_moodle(gathering: Gathering, folder: Path, points: Points | None = None) -> Path:
    """Write the file for Moodle, which knows people by their ID number or e-mail.

    Its importer (grade/import/csv) refuses the whole file for one person whom it does not know, so only the roster is
    in it; and it gives a line whose field of the person is empty to the person of the line before, so none is.
    """
    title = column_title(gathering, points)
    columns = (
        *("First name", "Surname", "ID number", "Institution", "Department", "Email address"),
        *(f"Assignment: {title}", f"Feedback: {title}"),
    )
    rows = []
    unknown = unlisted(gathering.pages)
    for student, name, _, email, value in _everybody(gathering):
        if student in unknown:
            continue
        first, last = first_and_last(name)
        who = (defused(first), defused(last), defused(student), "", "", defused(email) or NO_ADDRESS)
        rows.append((*who, _points(points, student, value), _said(value)))
    return write_table(folder / MOODLE, columns, rows, excel=False)


def unlisted(pages: Pages) -> set[StudentId]:
    """Return who joined without being on the list, as long as nobody said who they are."""
    listed = {row.student for row in pages.roster if not row.provisional}
    return ({row.student for row in pages.roster} | {row.student for row in pages.sessions}) - listed


def _everybody(gathering: Gathering) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield id, name, section, e-mail and the column's value, in the order of the roster, then of joining."""
    sat = {one.student: one for one in gathering.sessions}
    listed = {row.student for row in gathering.pages.roster}
    for row in gathering.pages.roster:
        yield row.student, row.name or row.student, row.section, row.email, _value(sat.get(row.student))
    for one in gathering.sessions:
        if one.student not in listed:
            yield one.student, one.name, one.section, "", _value(one)


def _value(one: Gathered | None) -> str:
    if one is None:
        return ""
    return "1" if one.facts.handed_in is not None else "0"


def _points(points: Points | None, student: str, value: str) -> str:
    return value if points is None else points.given.get(student, "")


def _said(value: str) -> str:
    return {"1": "Handed in", "0": "Joined, not handed in"}.get(value, "")


def first_and_last(name: str) -> tuple[str, str]:
    """Return a name as Moodle keeps it: `Last, First` and `First Last` both in two parts."""
    if "," in name:
        last, _, first = name.partition(",")
        return first.strip(), last.strip()
    first, _, last = name.rpartition(" ")
    return (first.strip(), last.strip()) if first else (last.strip(), "")


def sortable(name: str) -> str:
    """Return a name as Canvas lists it, `Last, First`."""
    first, last = first_and_last(name)
    return f"{last}, {first}" if last and first else last or first
