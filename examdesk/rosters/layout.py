"""Finding the table in a file: which sheet, which line holds the headings, which kind of list, which column is what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from examdesk.rosters.columns import Field, heading_key, known_field, near_field, settle_names
from examdesk.rosters.formats import FORMATS, PLAIN, Format
from examdesk.rosters.lines import Line, Table
from shared.discovery.display import shown
from shared.problems import InputProblem

_HEADING_WITHIN: Final = 30
_MOSTLY: Final = 0.5
_SHOWN: Final = 80


@dataclass(frozen=True, slots=True)
class Layout:
    """A table whose columns are understood; `columns` gives the place of each field, from 0."""

    format: Format
    headings: Line
    keys: tuple[str, ...]
    columns: Mapping[Field, int]
    body: tuple[Line, ...]
    sheet: str = ""
    warnings: tuple[str, ...] = ()

    def heading(self, field: Field) -> str:
        """Return what the file calls a field."""
        return shown(self.headings.cells[self.columns[field]], _SHOWN)


def find_layout(tables: Sequence[Table]) -> Layout:
    """Return the table that is most surely a class list.

    Raises:
        InputProblem: when no line names a column for the students' ids and one for their names.
    """
    found: list[tuple[int, Table, Line]] = []
    for table in tables:
        found.extend((_headings_known(line), table, line) for line in table.lines[:_HEADING_WITHIN])
    score, table, line = max(found, key=lambda one: one[0])
    if score < 2:
        raise InputProblem(_no_headings(tables))
    layout = _layout(table, line)
    others = [one.sheet for one in tables if one is not table]
    if not others:
        return layout
    left = ", ".join(f"“{shown(name, _SHOWN)}”" for name in others)
    note = f"The sheet “{shown(table.sheet, _SHOWN)}” was read; left alone: {left}."
    return replace(layout, warnings=(note, *layout.warnings))


def _headings_known(line: Line) -> int:
    """Count the different fields that a line names; a line of data hardly names two."""
    keys = [heading_key(cell) for cell in line.cells]
    special = max((len(one.required) for one in FORMATS if one.required <= set(keys)), default=0)
    fields = {known_field(key) or near_field(key) for key in keys if key} - {None}
    return special + len(fields)


def _layout(table: Table, line: Line) -> Layout:
    keys = tuple(heading_key(cell) for cell in line.cells)
    kind = next((one for one in FORMATS if one.required <= set(keys)), PLAIN)
    body = tuple(one for one in table.lines if one.number > line.number)
    notes = list(table.warnings)
    columns: dict[Field, int] = {}
    for field, headings in kind.headings().items():
        places = [keys.index(heading) for heading in headings if heading in keys]
        if field is Field.STUDENT and len(places) > 1:
            people = [one for one in body if not kind.left_out(dict(zip(keys, one.cells, strict=False)))]
            places.sort(key=lambda place: _share(people, place) < _MOSTLY)
            notes.append(f"The ids are taken from the column “{shown(line.cells[places[0]], _SHOWN)}”.")
        if places:
            columns[field] = places[0]
    if kind is PLAIN:
        notes.extend(_take_near_headings(line, keys, columns))
    if Field.STUDENT not in columns and Field.EMAIL in columns:
        columns[Field.STUDENT] = columns[Field.EMAIL]
        notes.append("There is no column of ids, so the e-mail addresses are taken as ids.")
    columns = settle_names(columns)
    _refuse_without(columns, line)
    notes.extend(_unused(line, keys, columns))
    return Layout(kind, line, keys, columns, body, table.sheet, tuple(notes))


def _share(body: Sequence[Line], place: int) -> float:
    filled = sum(place < len(line.cells) and line.cells[place] != "" for line in body)
    return filled / max(1, len(body))


def _take_near_headings(line: Line, keys: Sequence[str], columns: dict[Field, int]) -> list[str]:
    notes = []
    for place, key in enumerate(keys):
        field = near_field(key)
        if field is not None and field not in columns:
            columns[field] = place
            notes.append(f"The column “{shown(line.cells[place], _SHOWN)}” is taken as {field}.")
    return notes


def _refuse_without(columns: Mapping[Field, int], line: Line) -> None:
    named = ", ".join(f"“{shown(cell, _SHOWN)}”" for cell in line.cells[:12] if cell)
    if Field.STUDENT not in columns:
        raise InputProblem(
            f"No column holds the students' ids. Line {line.number} names {named}. Call one of them “id” or “login”."
        )
    if Field.NAME not in columns and not {Field.FIRST, Field.LAST} <= set(columns):
        raise InputProblem(f"No column holds the names. Line {line.number} names {named}. Call one of them “name”.")


def _unused(line: Line, keys: Sequence[str], columns: Mapping[Field, int]) -> list[str]:
    used = set(columns.values())
    twice = [
        shown(line.cells[place], _SHOWN)
        for place, key in enumerate(keys)
        if key and place not in used and known_field(key) not in {None, Field.STUDENT, Field.NAME}
    ]
    return [f"Not used, because another column holds the same: {', '.join(twice)}."] if twice else []


def _no_headings(tables: Sequence[Table]) -> str:
    first = tables[0].lines[0]
    sample = shown(" | ".join(cell for cell in first.cells if cell), _SHOWN)
    return (
        f"No line of this file names its columns; line {first.number} is “{sample}”. "
        "Put a first line above the students, such as: id, name, section. Nothing was imported."
    )
