"""Read exam.toml: every mistake in it becomes a finding with its line and field, never just the first."""

import difflib
import math
import re
import tomllib
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any, Literal, get_args, get_origin
from uuid import UUID

import msgspec

from shared.exam.document import FORMAT, Alternatives, Exam, Question
from shared.exam.findings import Finding, Severity, has_errors
from shared.exam.positions import Path, line_at, lines_of
from shared.exam.schema import FieldSpec, all_fields, element_of, fields_of, is_table, is_union, peel, snake
from shared.exam.table import Table

EXAM_FILE = "exam.toml"
MAX_SYNTAX_ERRORS = 20

_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_ONE_LINE_PAIR = re.compile(r"""^\s*[A-Za-z0-9_."'-]+\s*=""")
_HINTS = {
    "desk.record_runs": "recording.runs",
    "desk.recordRuns": "recording.runs",
    "recordRuns": "recording.runs",
    "multipleInstance": "practice",
    "honorCode": "[honor_code] text",
    "text": "instructions",
    "allowAccess": "[[access]]",
}
_NEVER = re.compile(r"auto_?complet|copilot|(^|_)ai($|_)|assistant|snippet|call_?tips", re.IGNORECASE)
_MISSING: Any = object()


class ReadToml(msgspec.Struct, frozen=True, kw_only=True):
    """What reading exam.toml gave.

    Attributes:
        exam: the document; None where there is any error.
        partial: the document with defaults where values are wrong, for further checks only; None where even that fails.
        lines: the line of each path, for findings that are made later.
        kept: for each list of the file that lost wrong elements in `partial`, the positions of those that are left.
    """

    exam: Exam | None
    partial: Exam | None
    findings: list[Finding]
    lines: dict[Path, int]
    kept: dict[Path, tuple[int, ...]]


def dotted(path: Path) -> str:
    """`("zones", 0, "title")` as `zones[1].title`, list elements counted from 1 as people do."""
    said = ""
    for part in path:
        if isinstance(part, int):
            said += f"[{part + 1}]"
        else:
            said += f".{part}" if said else part
    return said


def read_toml(source: str) -> ReadToml:
    """Read the text of an exam.toml, with all mistakes in it."""
    raw, findings, whole = _parse(source)
    if raw is None:
        return ReadToml(exam=None, partial=None, findings=findings, lines={}, kept={})
    lines = lines_of(whole)
    reader = _Reader(lines, findings, broken=bool(findings))
    exam = reader.exam(raw)
    good = None if has_errors(findings) else exam
    return ReadToml(exam=good, partial=exam, findings=findings, lines=lines, kept=reader.kept)


def _parse(source: str) -> tuple[dict[str, Any] | None, list[Finding], str]:
    """Parse, taking out each `key = value` line that is no TOML, so that the lines after it are checked too."""
    findings: list[Finding] = []
    rows = source.split("\n")
    while True:
        try:
            text = "\n".join(rows)
            return tomllib.loads(text), findings, text
        except tomllib.TOMLDecodeError as problem:
            line, column = _place(str(problem), rows)
            findings.append(_syntax(line, column, str(problem)))
            row = rows[line - 1]
            if len(findings) >= MAX_SYNTAX_ERRORS or not _ONE_LINE_PAIR.match(row) or '"""' in row or "'''" in row:
                return None, findings, source
            rows[line - 1] = ""
        except RecursionError:
            findings.append(Finding(file=EXAM_FILE, sentence="exam.toml nests lists or tables far too deep."))
            return None, findings, source


def _place(message: str, rows: list[str]) -> tuple[int, int]:
    found = _AT_LINE.search(message)
    if found is None:
        return len(rows), len(rows[-1]) + 1
    line, column = int(found[1]), int(found[2])
    if column <= 1 < line and not rows[line - 1].strip():
        return line - 1, len(rows[line - 2]) + 1
    return line, column


def _syntax(line: int, column: int, message: str) -> Finding:
    said = message.split(" (at ", maxsplit=1)[0]
    return Finding(
        file=EXAM_FILE,
        line=line,
        sentence=f"This is not valid TOML at column {column}: {said}. Text needs quotes, and every table its brackets.",
    )


class _Reader:
    """Turns parsed TOML into the typed document; findings grow as it goes."""

    def __init__(self, lines: dict[Path, int], findings: list[Finding], *, broken: bool) -> None:
        self._lines = lines
        self._findings = findings
        self._broken = broken
        self._unknown: dict[str, Any] = {}
        self.kept: dict[Path, tuple[int, ...]] = {}

    def exam(self, raw: dict[str, Any]) -> Exam | None:
        """Read the whole document."""
        version = raw.get("format", FORMAT)
        if type(version) is int and version > FORMAT:
            self._say(
                ("format",),
                f"This exam was written for a newer ExamDesk (format {version}, this one reads up to {FORMAT}). "
                "Update ExamDesk, or save the exam in the older format.",
            )
        exam = self._table(Exam, raw, ())
        return msgspec.structs.replace(exam, unknown=self._unknown) if isinstance(exam, Exam) else None

    def _say(self, path: Path, sentence: str, severity: Severity = "error") -> None:
        place = line_at(self._lines, path)
        self._findings.append(
            Finding(file=EXAM_FILE, line=place, field=dotted(path), sentence=sentence, severity=severity)
        )

    def _table(self, table: type[Table], raw: Any, path: Path) -> Any:
        """Read one table; `_MISSING` where it can't be built."""
        if table is Question and isinstance(raw, str):
            raw = {"id": raw}  # a bare id may stand for the question
        if not isinstance(raw, dict):
            self._say(path, f"{dotted(path)} must be a table, not {shown(raw)}.")
            return _MISSING
        specs = fields_of(table)
        given = self._known(specs, raw, path)
        values: dict[str, Any] = {}
        complete = True
        for name, spec in specs.items():
            if name not in given:
                complete &= not spec.required
                self._missing(spec, path)
                continue
            key, value = given[name]
            values[name] = self._value(spec, value, (*path, key))
        good = {name: value for name, value in values.items() if value is not _MISSING}
        complete &= all(name in good for name, spec in specs.items() if spec.required)
        return table(**good) if complete else _MISSING

    def _known(self, specs: dict[str, FieldSpec], raw: dict[str, Any], path: Path) -> dict[str, tuple[str, Any]]:
        """The given fields by declared name; what is not declared is kept aside and reported."""
        given: dict[str, tuple[str, Any]] = {}
        for key, value in raw.items():
            name = key if key in specs else snake(key)
            if name not in specs:
                self._unknown[dotted((*path, key))] = value
                self._say((*path, key), self._unknown_words((*path, key), specs), "warning")
            elif name in given:
                self._say((*path, key), f"{dotted((*path, key))} is given twice, also as {given[name][0]}. Keep one.")
            else:
                given[name] = (key, value)
        return given

    def _unknown_words(self, path: Path, specs: dict[str, FieldSpec]) -> str:
        key = str(path[-1])
        said = f"{dotted(path)} is not known and has no effect"
        if _NEVER.search(key):
            return f"{said}: ExamDesk's editor never completes, suggests or writes code."
        hint = _HINTS.get(dotted(path))
        if hint is None:
            near = _further_in(snake(key), specs) or difflib.get_close_matches(snake(key), specs, n=1, cutoff=0.7)
            hint = dotted((*path[:-1], *near)) if near else _elsewhere(snake(key))
        return f"{said}. Did you mean {hint}?" if hint else f"{said}; it is kept as it is."

    def _missing(self, spec: FieldSpec, path: Path) -> None:
        if not spec.required or self._broken:
            return
        what = f"{spec.name} is missing"
        where = f" in {dotted(path)}" if path else ""
        self._say((*path, spec.name), f"{what}{where}. {spec.help}")

    def _value(self, spec: FieldSpec, value: Any, path: Path) -> Any:
        """Read one value as its field declares it; `_MISSING` where it is wrong."""
        element = element_of(spec.kind)
        if element is not None:
            return self._list(spec, element, value, path)
        if is_table(spec.kind):
            return self._table(spec.kind, value, path)
        if is_union(spec.kind):
            return self._entry(value, path)
        read, mistake = read_plain(spec, value)
        if mistake:
            self._say(path, f"{dotted(path)} {mistake}.")
            return _MISSING
        return read

    def _list(self, spec: FieldSpec, element: Any, value: Any, path: Path) -> Any:
        kind, nullable, metas = peel(element)
        inner = FieldSpec(name=spec.name, kind=kind, nullable=nullable, required=True, default=None, metas=metas)
        plain = not (is_table(kind) or is_union(kind))
        if plain and not isinstance(value, list | dict):
            value = [value]  # one value may stand for a list of one
        if not isinstance(value, list):
            want = "a list" if plain else f"a list of tables, each headed [[{dotted(path)}]]"
            self._say(path, f"{dotted(path)} must be {want}, not {shown(value)}.")
            return _MISSING
        low, high = spec.limit("min_length"), spec.limit("max_length")
        if low is not None and len(value) < low:
            self._say(path, f"{dotted(path)} is empty; it needs at least {low}.")
        if high is not None and len(value) > high:
            self._say(path, f"{dotted(path)} has {len(value)} elements; at most {high} are possible.")
        read = [self._value(inner, each, (*path, position)) for position, each in enumerate(value)]
        left = tuple(position for position, each in enumerate(read) if each is not _MISSING)
        if len(left) < len(read):
            self.kept[path] = left
        return tuple(read[position] for position in left)

    def _entry(self, value: Any, path: Path) -> Any:
        """A question, or a group of alternatives."""
        if isinstance(value, dict) and "alternatives" in value:
            if "id" in value:
                self._say(
                    (*path, "id"), f"{dotted(path)} has an id and alternatives. It can be one question or a group."
                )
                return self._table(Alternatives, {k: v for k, v in value.items() if k != "id"}, path)
            return self._table(Alternatives, value, path)
        return self._table(Question, value, path)


def _further_in(name: str, specs: dict[str, FieldSpec]) -> list[str]:
    """The way to a field of this name in a table that belongs here: `schedule`, `duration`."""
    tables = (spec for spec in specs.values() if is_table(spec.kind))
    return next(([spec.name, name] for spec in tables if name in fields_of(spec.kind)), [])


def _elsewhere(name: str) -> str | None:
    """The full path of the one field that bears this name in another table."""
    same = {path for path, spec in all_fields() if spec.name == name}
    return same.pop() if len(same) == 1 else None


def shown(value: Any) -> str:
    """A wrong value as a sentence can show it."""
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    said = f'"{value}"' if isinstance(value, str) else str(value)
    return said if len(said) <= 60 else f"{said[:57]}…"


def read_plain(spec: FieldSpec, value: Any) -> tuple[Any, str]:
    """A plain value as declared, and what is wrong with it (empty when nothing is)."""
    if get_origin(spec.kind) is Literal:
        choices = get_args(spec.kind)
        return value, "" if value in choices else f"must be one of {_listed(choices)}, not {shown(value)}"
    return _PLAIN[spec.kind](spec, value)


def _listed(choices: tuple[str, ...]) -> str:
    said = [f'"{each}"' for each in choices]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} or {said[-1]}"


def _bool(_spec: FieldSpec, value: Any) -> tuple[Any, str]:
    return value, "" if isinstance(value, bool) else f"must be true or false without quotes, not {shown(value)}"


def _whole(spec: FieldSpec, value: Any) -> tuple[Any, str]:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is not int:
        return value, f"must be a whole number{_between(spec)}, not {shown(value)}"
    return value, _range_mistake(spec, value)


def _number(spec: FieldSpec, value: Any) -> tuple[Any, str]:
    if type(value) not in (int, float) or not math.isfinite(value):
        return value, f"must be a number{_between(spec)}, not {shown(value)}"
    return float(value), _range_mistake(spec, value)


def _between(spec: FieldSpec) -> str:
    low, high = spec.limit("ge"), spec.limit("le")
    if high is not None:
        return f" between {low} and {high}"
    return "" if low is None else f" of at least {low}"


def _range_mistake(spec: FieldSpec, value: float) -> str:
    low, high = spec.limit("ge"), spec.limit("le")
    fits = (low is None or value >= low) and (high is None or value <= high)
    return "" if fits else f"must lie{_between(spec).replace('of at least', 'at or above')}, not {shown(value)}"


def _text(spec: FieldSpec, value: Any) -> tuple[Any, str]:
    whole = any((meta.extra or {}).get("whole") for meta in spec.metas)
    if whole and type(value) is int:
        value = str(value)
    if not isinstance(value, str):
        return value, f"must be text in quotes, not {shown(value)}"
    low, high = spec.limit("min_length") or 0, spec.limit("max_length")
    if len(value.strip()) < low:
        return value, "is empty"
    if high is not None and len(value) > high:
        return value, f"is {len(value)} characters long; at most {high} are possible"
    return value, ""


def _uuid(_spec: FieldSpec, value: Any) -> tuple[Any, str]:
    mistake = f'must be a uuid such as "cef0cbf3-6458-4f13-a418-ee4d7e7505dd", not {shown(value)}'
    if not isinstance(value, str):
        return value, mistake
    try:
        return UUID(value), ""
    except ValueError:
        return value, mistake


def _moment(_spec: FieldSpec, value: Any) -> tuple[Any, str]:
    if isinstance(value, datetime):
        return value, ""
    if isinstance(value, time):
        return value, f'needs the date as well, such as "2026-10-05T{value:%H:%M}"'
    mistake = f'must be a date and time such as "2026-10-05T09:00", not {shown(value)}'
    if isinstance(value, date) or not isinstance(value, str) or len(value) <= len("2026-10-05"):
        return value, mistake
    try:
        return datetime.fromisoformat(value.strip()), ""
    except ValueError:
        return value, mistake


_PLAIN: dict[Any, Callable[[FieldSpec, Any], tuple[Any, str]]] = {
    bool: _bool,
    int: _whole,
    float: _number,
    str: _text,
    UUID: _uuid,
    datetime: _moment,
}
