"""A list of people whose names and e-mail addresses count before those of the roster: `LOGIN NAME EMAIL` lines."""

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import msgspec

from examdesk.store.rows import RosterRow
from shared.problems import InputProblem

_SEPARATORS = "\t;,"
_HEADINGS = frozenset({"login", "student", "id", "user", "username"})


class Person(msgspec.Struct, frozen=True):
    """What a list says of one person; an empty e-mail address says nothing."""

    name: str
    email: str


def read_people(path: Path) -> dict[str, Person]:
    """Read a list: a line for each person, separated by tabs, semicolons, commas or white space; `#` begins a comment.

    Raises:
        InputProblem: the list can't be read, or a line of it, which is named.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputProblem(f"The list of people {path} can't be read. It is a text file in UTF-8.") from error
    people: dict[str, Person] = {}
    for number, cells in _lines(text):
        if not people and cells[0].casefold() in _HEADINGS:
            continue
        if len(cells) < 2 or not cells[0] or not cells[1]:
            raise InputProblem(f"{path}, line {number}: there is no name. Write LOGIN NAME EMAIL; nothing was written.")
        if cells[0] in people:
            raise InputProblem(f"{path}, line {number}: {cells[0]} stands here twice. Nothing was written.")
        people[cells[0]] = Person(cells[1], cells[2] if len(cells) > 2 else "")
    return people


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the number and the cells of each line with something on it."""
    for number, line in enumerate(text.splitlines(), start=1):
        bare = line.split("#", 1)[0].strip()
        if bare:
            yield number, _cells(bare)


def _cells(line: str) -> list[str]:
    for separator in _SEPARATORS:
        if separator in line:
            return [cell.strip() for cell in next(csv.reader([line], delimiter=separator))]
    login, *rest = line.split()
    email = rest.pop() if len(rest) > 1 and "@" in rest[-1] else ""
    return [login, " ".join(rest), email]


def named(rows: list[RosterRow], people: Mapping[str, Person]) -> list[RosterRow]:
    """Return a roster with the names of a list."""
    return [
        row
        if (person := people.get(row.student)) is None
        else msgspec.structs.replace(row, name=person.name, email=person.email or row.email)
        for row in rows
    ]
