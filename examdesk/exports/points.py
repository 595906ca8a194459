"""Points that a person gave, out of a table, for the gradebooks: `examdesk export --points`.

ExamDesk gives none by itself. Whoever marked the exam keeps a table with a column for the student (id, e-mail address
or name) and one for the points; each line has to be of exactly one student of the roster, or nothing is written.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

import msgspec

from examdesk.rosters.columns import Field, heading_key, known_field
from examdesk.rosters.lines import Line
from examdesk.rosters.matching import did_you_mean
from examdesk.rosters.roster import Roster
from examdesk.rosters.roster import RosterRow as Listed
from examdesk.rosters.tables import read_tables
from examdesk.store.rows import RosterRow
from shared.ids import StudentId
from shared.problems import InputProblem

HEADINGS = ("points", "score", "marks", "mark", "total", "grade")
"""What the column of the points may be called, without case, blanks and signs; the first of these that is there."""
KINDS = ("canvas", "moodle")
_WHO = (Field.STUDENT, Field.EMAIL, Field.NAME)
_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d{1,6})?")
_NAMED = 3


class Points(msgspec.Struct, frozen=True):
    """Points by student's id, as numbers are written in a gradebook, and of how many."""

    given: Mapping[str, str]
    possible: str


def must_fit(what: Collection[str], *, pseudonyms: bool) -> None:
    """Refuse points where no gradebook takes them; raises InputProblem."""
    if not set(what).intersection(KINDS):
        raise InputProblem(
            f"--points go into a gradebook: say --what {' or '.join(KINDS)} as well. Nothing was written."
        )
    if pseudonyms:
        raise InputProblem("Points belong to names: leave out --points or --pseudonyms. Nothing was written.")


def read_points(path: Path, possible: str, roster: Sequence[RosterRow]) -> Points:
    """Read a table of points, CSV or XLSX.

    Raises:
        InputProblem: it is no such table, or a line of it can't be used, which is named.
    """
    number = _number(possible)
    if number is None or float(number) <= 0:
        raise InputProblem(f"“{possible}” is no number of points above 0; say of how many with --points-possible.")
    try:
        source = path.read_bytes()
    except OSError as error:
        raise InputProblem(f"The points in {path} can't be read ({error.strerror}). Nothing was written.") from error
    lines = read_tables(source)[0].lines
    who, points = _columns(path, lines[0])
    listed = Roster(tuple(Listed(student=row.student, name=row.name, email=row.email) for row in roster))
    given: dict[str, str] = {}
    for line in lines[1:]:
        student = _student(path, line, who, listed)
        if student in given:
            raise _wrong(path, line, f"{student} has points already, on an earlier line")
        text = _cell(line, points)
        value = _number(text) if text else ""
        if value is None:
            raise _wrong(path, line, f"“{text}” is no number of points")
        given[student] = value
    return Points({student: value for student, value in given.items() if value}, number)


def _columns(path: Path, heading: Line) -> tuple[list[int], int]:
    """Return the columns that say who, the surest first, and the one with the points."""
    keys = [heading_key(cell) for cell in heading.cells]
    fields = [known_field(key) for key in keys]
    who = [fields.index(field) for field in _WHO if field in fields]
    points = [keys.index(word) for word in HEADINGS if word in keys]
    if not who or not points:
        missing = "a student (id, e-mail or name)" if not who else f"points ({', '.join(HEADINGS)})"
        raise InputProblem(
            f"The first line of {path} names no column for {missing}. It names: {', '.join(heading.cells)}. Nothing "
            "was written."
        )
    return who, points[0]


def _student(path: Path, line: Line, who: Sequence[int], roster: Roster) -> StudentId:
    """Return whose line it is: of the first column with something in it."""
    typed = next((cell for column in who if (cell := _cell(line, column))), "")
    if not typed:
        raise _wrong(path, line, "it names no student")
    found = did_you_mean(typed, roster)
    exact = [match.row.student for match in found if match.exact]
    if len(exact) == 1:
        return exact[0]
    if exact:
        raise _wrong(path, line, f"{typed} may be any of {', '.join(exact[:_NAMED])}; write the id")
    near = ", ".join(f"{match.row.name} ({match.row.student})" for match in found[:_NAMED])
    raise _wrong(path, line, f"{typed} is not on the roster" + (f"; did you mean {near}?" if near else ""))


def _cell(line: Line, column: int) -> str:
    return line.cells[column].strip() if column < len(line.cells) else ""


def _number(text: str) -> str | None:
    """Return a number as a gradebook reads it, with a point; None where it is none."""
    plain = text.strip()
    return plain.replace(",", ".") if _NUMBER.fullmatch(plain) else None


def _wrong(path: Path, line: Line, what: str) -> InputProblem:
    return InputProblem(f"{path}, line {line.number}: {what}. Nothing was written.")
