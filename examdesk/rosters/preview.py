"""What an import of a class list would do, line by line, before anything is done; and then doing it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from rapidfuzz import fuzz, process

from examdesk.rosters import values
from examdesk.rosters.archives import zipped
from examdesk.rosters.columns import Field
from examdesk.rosters.layout import Layout, find_layout
from examdesk.rosters.lines import Line
from examdesk.rosters.matching import name_key
from examdesk.rosters.roster import Roster, RosterRow, same_id
from examdesk.rosters.sections import Sections
from examdesk.rosters.tables import MAX_FILE_BYTES, read_tables
from shared.ids import SectionName, StudentId
from shared.problems import EnvironmentProblem

_ALIKE: Final = 92
_COMPARED_AT_MOST: Final = 10_000
_NAMESAKES: Final = 10
_PLAIN_FIELDS: Final = ("name", "section", "email", "extra_minutes", "factor", "room", "seat", "tags")


class Outcome(StrEnum):
    """What would come of a line."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    DOUBTFUL = "doubtful"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Change:
    """A field of a student that would change."""

    field: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One line: what would come of it, and for a doubtful or refused one a sentence that says why."""

    line: int
    outcome: Outcome
    row: RosterRow | None
    sentence: str = ""
    changes: tuple[Change, ...] = ()


@dataclass(frozen=True, slots=True)
class Preview:
    """All that an import would do. `columns` pairs each field with the file's heading for it."""

    format: str
    sheet: str
    columns: tuple[tuple[str, str], ...]
    rows: tuple[PreviewRow, ...]
    warnings: tuple[str, ...]
    existing: Roster
    not_in_file: int

    def of(self, outcome: Outcome) -> list[PreviewRow]:
        """Return the lines with this outcome."""
        return [row for row in self.rows if row.outcome is outcome]

    def counts(self) -> dict[str, int]:
        """Return the number of lines with each outcome."""
        return {outcome.value: len(self.of(outcome)) for outcome in Outcome}


def preview(source: bytes | Path, existing: Roster | None = None) -> Preview:
    """Say what importing the file would do to the roster; nothing is done.

    Raises:
        InputProblem: the file isn't a class list; the sentence says what to do.
        EnvironmentProblem: the file can't be read from the disk.
    """
    roster = existing or Roster()
    layout = find_layout(read_tables(_load(source)))
    notes = list(layout.warnings)
    sections = _sections(layout)
    lines = (_read_line(line, layout, roster, notes, sections) for line in layout.body)
    read = [one for one in lines if one is not None]
    rows = _same_address(_name_look_alikes(_settle_duplicates(read), roster, notes), roster)
    in_file = {same_id(one.row.student) for one in rows if one.row is not None}
    missing = sum(same_id(row.student) not in in_file for row in roster)
    if missing:
        notes.append(f"On the roster but not in this file, and left alone: {missing}.")
    if not rows:
        notes.append("There are no students below the headings.")
    return Preview(
        format=layout.format.name,
        sheet=layout.sheet,
        columns=tuple((field.value, layout.heading(field)) for field in layout.columns),
        rows=tuple(rows),
        warnings=tuple(notes),
        existing=roster,
        not_in_file=missing,
    )


def apply(shown: Preview, *, with_doubtful: bool = False) -> Roster:
    """Return the roster after the import; refused lines are never taken, doubtful ones only `with_doubtful`."""
    taken = {Outcome.ADDED, Outcome.CHANGED} | ({Outcome.DOUBTFUL} if with_doubtful else set())
    return shown.existing.with_rows(one.row for one in shown.rows if one.row is not None and one.outcome in taken)


def _load(source: bytes | Path) -> bytes:
    if isinstance(source, bytes):
        return source
    try:
        if source.is_dir():
            return zipped(source)
        with source.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except OSError as error:
        raise EnvironmentProblem(f"{source} can't be read ({error.strerror}). Nothing was imported.") from error


def _sections(layout: Layout) -> Sections:
    place = layout.columns.get(Field.SECTION)
    cells = () if place is None else (line.cells[place] for line in layout.body if place < len(line.cells))
    return Sections(layout.format.sections, cells)


def _read_line(line: Line, layout: Layout, roster: Roster, notes: list[str], sections: Sections) -> PreviewRow | None:
    cells = {field: line.cells[place] if place < len(line.cells) else "" for field, place in layout.columns.items()}
    left_out = layout.format.left_out(dict(zip(layout.keys, line.cells, strict=False)))
    if left_out:
        notes.append(f"Line {line.number} {left_out} and was left out.")
        return None
    student = values.read_id(cells[Field.STUDENT], line.doubts.get(layout.columns[Field.STUDENT], ""))
    name = values.read_name(_full_name(cells))
    refusal = student.refusal or name.refusal or _overflow(line, layout)
    if refusal:
        return PreviewRow(line.number, Outcome.REFUSED, None, f"Line {line.number} can't be taken: {refusal}.")
    fields, doubts = _read_fields(cells, sections)
    old = roster.find(student.text)
    if name.text or old is None:
        fields["name"] = name.text
    if old is not None and not name.text:
        name = values.Reading("")
    all_doubts = [doubt for doubt in (student.doubt, name.doubt, *doubts) if doubt]
    return _compare(line.number, StudentId(student.text), fields, old, all_doubts)


def _overflow(line: Line, layout: Layout) -> str:
    headings = len(layout.headings.cells)
    if not any(line.cells[headings:]):
        return ""
    return f"it has more cells than the {headings} headings; a name with a comma in it needs quotation marks around it"


def _full_name(cells: Mapping[Field, str]) -> str:
    whole = cells.get(Field.NAME, "")
    if whole:
        return whole
    return " ".join(part for part in (cells.get(Field.FIRST, ""), cells.get(Field.LAST, "")) if part)


def _read_fields(cells: Mapping[Field, str], sections: Sections) -> tuple[dict[str, Any], list[str]]:
    """Return the fields that the line really fills, and what is doubtful about them; an empty cell changes nothing."""
    fields: dict[str, Any] = {}
    email = values.read_email(cells.get(Field.EMAIL, ""))
    doubts = [email.doubt]
    section, *others = sections.of(values.read_text(cells.get(Field.SECTION, "")))
    tags = (*values.read_tags(cells.get(Field.TAGS, "")), *others)
    fields["section"] = SectionName(section)
    fields["email"] = email.text
    fields["room"] = values.read_text(cells.get(Field.ROOM, ""))
    fields["seat"] = values.read_text(cells.get(Field.SEAT, ""))
    fields["tags"] = tags
    fields["factor"], fields["extra_minutes"] = _read_times(cells, doubts)
    return {key: value for key, value in fields.items() if value not in {"", (), None}}, doubts


def _read_times(cells: Mapping[Field, str], doubts: list[str]) -> tuple[float | None, int | None]:
    factor, minutes = values.read_time(cells.get(Field.TIME, ""))
    if cells.get(Field.FACTOR):
        factor = values.read_factor(cells[Field.FACTOR])
    if cells.get(Field.MINUTES):
        minutes = values.read_minutes(cells[Field.MINUTES])
    understood = {Field.TIME: factor is not None or minutes is not None}
    understood |= {Field.FACTOR: factor is not None, Field.MINUTES: minutes is not None}
    for field, fine in understood.items():
        cell = values.read_text(cells.get(field, ""))
        if cell and not fine and cell.casefold() not in values.NO_EXTRA_TIME:
            doubts.append(f"its {field} “{cell}” can't be understood and isn't taken")
    return factor, minutes


def _compare(
    line: int, student: StudentId, fields: Mapping[str, Any], old: RosterRow | None, doubts: Sequence[str]
) -> PreviewRow:
    if old is None:
        row = RosterRow(student=student, **fields)
        changes: tuple[Change, ...] = ()
        outcome = Outcome.ADDED
    else:
        row = replace(old, **fields)
        changes = _changes(old, row)
        outcome = Outcome.CHANGED if changes else Outcome.UNCHANGED
    if not doubts:
        return PreviewRow(line, outcome, row, changes=changes)
    return PreviewRow(line, Outcome.DOUBTFUL, row, f"Line {line}: {'; '.join(doubts)}.", changes)


def _changes(old: RosterRow, new: RosterRow) -> tuple[Change, ...]:
    pairs = [(name, getattr(old, name), getattr(new, name)) for name in _PLAIN_FIELDS]
    return tuple(Change(name, _words(before), _words(after)) for name, before, after in pairs if before != after)


def _words(value: object) -> str:
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _settle_duplicates(read: Sequence[PreviewRow]) -> list[PreviewRow]:
    """Refuse the second line with an id; if it says something else, the first one is doubtful as well."""
    first: dict[str, int] = {}
    rows: list[PreviewRow] = []
    for one in read:
        if one.row is None:
            rows.append(one)
            continue
        index = first.setdefault(same_id(one.row.student), len(rows))
        if index == len(rows):
            rows.append(one)
            continue
        earlier = rows[index]
        assert earlier.row is not None
        same = earlier.row == replace(one.row, student=earlier.row.student)
        how = "says the same" if same else "says something else about the same id"
        sentence = f"Line {one.line} can't be taken: line {earlier.line} {how} ({one.row.student})."
        rows.append(PreviewRow(one.line, Outcome.REFUSED, one.row, sentence))
        if not same:
            rows[index] = _doubt(earlier, f"line {one.line} says something else about the same id")
    return rows


def _name_look_alikes(rows: list[PreviewRow], roster: Roster, notes: list[str]) -> list[PreviewRow]:
    """Point out new students whose name is nearly that of another id, in the file or on the roster.

    They are doubtful unless their e-mail addresses say that they are two people.
    """
    in_file = {same_id(one.row.student) for one in rows if one.row is not None}
    known = [(row, "on the roster") for row in roster if same_id(row.student) not in in_file]
    known += [(one.row, f"on line {one.line}") for one in rows if one.row and one.outcome is not Outcome.REFUSED]
    if len(known) > _COMPARED_AT_MOST:
        notes.append("The list is too long to look for names that are nearly the same.")
        return rows
    keys = [name_key(row.name) for row, _ in known]
    return [_with_look_alike(one, known, keys, roster) for one in rows]


def _same_address(rows: list[PreviewRow], roster: Roster) -> list[PreviewRow]:
    """Point out new students with the e-mail address, in whatever capitals, of another id: one may be wrong."""
    in_file = {same_id(one.row.student) for one in rows if one.row is not None}
    owners: dict[str, list[tuple[RosterRow, str]]] = {}
    for row in roster:
        if row.email and same_id(row.student) not in in_file:
            owners.setdefault(row.email.casefold(), []).append((row, "on the roster"))
    for one in rows:
        if one.row is not None and one.row.email and one.outcome is not Outcome.REFUSED:
            owners.setdefault(one.row.email.casefold(), []).append((one.row, f"on line {one.line}"))
    return [_with_address(one, owners, roster) for one in rows]


def _with_address(one: PreviewRow, owners: Mapping[str, Sequence[tuple[RosterRow, str]]], roster: Roster) -> PreviewRow:
    if one.row is None or one.outcome is Outcome.REFUSED or roster.find(one.row.student) is not None:
        return one
    mine = same_id(one.row.student)
    for other, where in owners.get(one.row.email.casefold(), ()):
        if same_id(other.student) != mine:
            return _doubt(one, f"{other.name or other.student} ({other.student}) {where} has the same e-mail address")
    return one


def _with_look_alike(
    one: PreviewRow, known: Sequence[tuple[RosterRow, str]], keys: Sequence[str], roster: Roster
) -> PreviewRow:
    if one.row is None or one.outcome is Outcome.REFUSED or roster.find(one.row.student) is not None:
        return one
    mine = name_key(one.row.name)
    if not mine:
        return one
    found = process.extract(mine, keys, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_NAMESAKES)
    others = [known[index] for _, _, index in found if same_id(known[index][0].student) != same_id(one.row.student)]
    unsure = [pair for pair in others if not _two_people(one.row, pair[0])]
    for other, where in (unsure or others)[:1]:
        alike = f"{one.row.name} is nearly or exactly the name of {other.name} ({other.student}) {where}"
        if unsure:
            return _doubt(one, alike)
        return replace(one, sentence=f"Line {one.line}: {alike}; their e-mail addresses differ.")
    return one


def _two_people(a: RosterRow, b: RosterRow) -> bool:
    """Tell whether namesakes are two people: each has an id and an address of their own."""
    return bool(a.email and b.email) and a.email.casefold() != b.email.casefold()


def _doubt(one: PreviewRow, doubt: str) -> PreviewRow:
    sentence = f"{one.sentence.removesuffix('.')}; {doubt}." if one.sentence else f"Line {one.line}: {doubt}."
    return replace(one, outcome=Outcome.DOUBTFUL, sentence=sentence)
