"""The kinds of class list that systems write, each recognised by the headings that only it has.

Sources: the import and export code and documentation of Canvas, Moodle, Blackboard, OneRoster and Artemis.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from examdesk.rosters.columns import HEADINGS, Field
from examdesk.rosters.sections import Joined

Row = Mapping[str, str]
"""A line by heading key."""


def _every_row(_row: Row) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of class list.

    Attributes:
        name: what a person calls it.
        required: heading keys that must all be there.
        columns: heading keys for each field, the preferred first; other fields have the plain headings.
        left_out: why a line isn't a student, or an empty text.
        sections: how one cell names several sections.
    """

    name: str
    required: frozenset[str]
    columns: Mapping[Field, tuple[str, ...]]
    left_out: Callable[[Row], str] = _every_row
    sections: Joined = ""

    def headings(self) -> dict[Field, tuple[str, ...]]:
        """Return the heading keys for every field."""
        return {**HEADINGS, **self.columns}


_POSTING: Final = re.compile(r"\s*(muted|manual posting.*)?\s*", re.IGNORECASE)
_TEST_STUDENTS: Final = frozenset({("Student, Test", ""), ("Test Student", ""), ("Student", "Test")})


def _canvas_row(row: Row) -> str:
    student = row.get("student", "").strip() or row.get("lastname", "").strip()
    if student.startswith("Points Possible"):
        return "is Canvas's line of possible points"
    if any(row.values()) and all(_POSTING.fullmatch(cell) for cell in row.values()):
        return "is Canvas's line about how grades are posted"
    named = (student, row.get("firstname", "").strip())
    return "is Canvas's test student" if named in _TEST_STUDENTS else ""


def _canvas_user(row: Row) -> str:
    status = row.get("status", "active").lower()
    if status in {"deleted", "suspended"}:
        return f"is {status} in Canvas"
    role = row.get("role", "").lower()
    return f"is a {role}, not a student" if role not in {"", "student"} else ""


def _oneroster_user(row: Row) -> str:
    if row.get("status", "").lower() == "tobedeleted":
        return "is marked for deletion"
    role = row.get("role", "").lower()
    return f"is a {role}, not a student" if role not in {"", "student"} else ""


_FIRST_LAST: Final = {Field.FIRST: ("firstname",), Field.LAST: ("lastname", "surname")}

FORMATS: Final = (
    Format(
        "Canvas gradebook",
        frozenset({"student", "id", "sisloginid", "section"}),
        {Field.STUDENT: ("sisloginid", "sisuserid", "id"), Field.NAME: ("student",), Field.FIRST: (), Field.LAST: ()},
        _canvas_row,
        sections="sentence",
    ),
    Format(
        "Canvas gradebook",
        frozenset({"lastname", "firstname", "id", "sisloginid", "section"}),
        {Field.STUDENT: ("sisloginid", "sisuserid", "id"), Field.NAME: (), **_FIRST_LAST},
        _canvas_row,
        sections="sentence",
    ),
    Format(
        "Canvas gradebook",
        frozenset({"student", "id", "section"}),
        {Field.STUDENT: ("sisuserid", "id"), Field.NAME: ("student",), Field.FIRST: (), Field.LAST: ()},
        _canvas_row,
        sections="sentence",
    ),
    Format(
        "Canvas users",
        frozenset({"userid", "loginid", "status"}),
        {Field.STUDENT: ("loginid", "userid"), Field.NAME: ("fullname", "shortname"), **_FIRST_LAST},
        _canvas_user,
        sections="list",
    ),
    Format(
        "OneRoster users",
        frozenset({"sourcedid", "givenname", "familyname"}),
        {
            Field.STUDENT: ("identifier", "username", "sourcedid"),
            Field.NAME: (),
            Field.FIRST: ("givenname",),
            Field.LAST: ("familyname",),
            Field.SECTION: ("section",),
        },
        _oneroster_user,
        sections="list",
    ),
    Format(
        "Blackboard gradebook",
        frozenset({"lastname", "firstname", "username", "studentid"}),
        {Field.STUDENT: ("studentid", "username"), Field.NAME: (), **_FIRST_LAST},
    ),
    Format(
        "Moodle users",
        frozenset({"username", "firstname", "lastname", "email"}),
        {Field.STUDENT: ("username",), Field.NAME: (), **_FIRST_LAST, Field.SECTION: ("group1", "cohort1")},
    ),
    Format(
        "Moodle grades",
        frozenset({"firstname", "idnumber", "emailaddress"}),
        {
            Field.STUDENT: ("idnumber", "emailaddress"),
            Field.NAME: (),
            **_FIRST_LAST,
            Field.SECTION: ("group", "groups"),
        },
    ),
    Format(
        "Artemis",
        frozenset({"login", "registrationnumber", "email"}),
        {Field.STUDENT: ("registrationnumber", "login"), Field.NAME: (), **_FIRST_LAST},
    ),
)
PLAIN: Final = Format("table", frozenset(), {})
