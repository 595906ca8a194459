"""Change single fields of exam.toml and leave everything else, comments too, as it is."""

import copy
import difflib
import re
import tomllib
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, get_origin

import msgspec
import tomlkit
from tomlkit.exceptions import TOMLKitError

from shared.exam.arranging import key_in, value_at
from shared.exam.document import Exam
from shared.exam.positions import Path
from shared.exam.reading import dotted, read_plain
from shared.exam.schema import FieldSpec, element_of, fields_of, is_table, is_union, peel, snake, variants_of
from shared.exam.table import Table
from shared.problems import Bug, InputProblem

REMOVE: Any = None
"""The value of a change that takes a field out, so that its default holds."""

_PART = re.compile(r"^([A-Za-z_][A-Za-z0-9_-]*)((?:\[\d+\])*)$")
_TRUE = frozenset({"true", "yes", "on", "1"})
_FALSE = frozenset({"false", "no", "off", "0"})


class Change(msgspec.Struct, frozen=True):
    """One field and the value that it is to have; None takes it out."""

    path: Path
    value: Any


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one field; None where the file says nothing."""

    field: str
    before: Any
    after: Any


def parse_path(text: str) -> Path:
    """`zones[1].title` or `zones.1.title` as a path, list elements counted from 1; `InputProblem` if it is none."""
    path: list[str | int] = []
    for part in text.strip().split("."):
        if part.isdecimal():
            path.append(_position(part, text))
            continue
        found = _PART.match(part)
        if found is None:
            raise InputProblem(f'"{text}" is no field. Write it as desk.run.seconds or zones[1].title.')
        path.append(snake(found[1]))
        path += [_position(number, text) for number in re.findall(r"\d+", found[2])]
    return tuple(path)


def _position(number: str, text: str) -> int:
    if int(number) < 1:
        raise InputProblem(f'"{text}" is no field: list elements are counted from 1.')
    return int(number) - 1


def spec_of(path: Path) -> FieldSpec:
    """What is declared about the field at this path; `InputProblem` if there is none."""
    tables: tuple[type[Table], ...] = (Exam,)
    spec: FieldSpec | None = None
    for depth, part in enumerate(path):
        if isinstance(part, int):
            if spec is None or element_of(spec.kind) is None:
                raise InputProblem(f"{dotted(path[:depth])} is no list.")
            spec = _element_spec(spec)
        else:
            spec = next((fields_of(table)[part] for table in tables if part in fields_of(table)), None)
        if spec is None:
            raise InputProblem(f"There is no field {dotted(path[: depth + 1])}. {_nearest(part, tables)}".strip())
        tables = variants_of(spec.kind)
    if spec is None or is_table(spec.kind) or is_union(spec.kind) or _holds_tables(spec):
        raise InputProblem(
            f"{dotted(path)} is a table or a list of tables: name one field in it. {_known(tables)}".strip()
        )
    return spec


def _element_spec(spec: FieldSpec) -> FieldSpec:
    kind, nullable, metas = peel(element_of(spec.kind))
    return FieldSpec(name=spec.name, kind=kind, nullable=nullable, required=True, default=None, metas=metas)


def _holds_tables(spec: FieldSpec) -> bool:
    element = element_of(spec.kind)
    return element is not None and bool(variants_of(peel(element)[0]))


def _nearest(part: str | int, tables: Sequence[type[Table]]) -> str:
    names = [name for table in tables for name in fields_of(table)]
    near = difflib.get_close_matches(str(part), names, n=1)
    return f"Did you mean {near[0]}?" if near else _known(tables)


def _known(tables: Sequence[type[Table]]) -> str:
    names = [name for table in tables for name in fields_of(table)]
    return f"There are: {', '.join(dict.fromkeys(names))}." if names else ""


def parse_value(path: Path, text: str, moment: Callable[[str], datetime]) -> Any:
    """The value that a person typed for the field at `path`; `moment` reads dates and times, also `09:00` alone."""
    spec = spec_of(path)
    if text.strip().lower() == "none" and (spec.nullable or not spec.required):
        return REMOVE
    element = element_of(spec.kind)
    if element is None:
        return _checked(spec, path, _typed(spec, text, moment))
    inner = _element_spec(spec)
    values = (
        _toml_list(text) if text.strip().startswith("[") else [part.strip() for part in text.split(",") if part.strip()]
    )
    return [_checked(inner, path, _typed(inner, each, moment) if isinstance(each, str) else each) for each in values]


def _toml_list(text: str) -> list[Any]:
    try:
        read = tomllib.loads(f"value = {text}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise InputProblem(f'{text} is no list. Write it as a,b or ["a", "b"].') from problem
    return list(read)


def _typed(spec: FieldSpec, text: str, moment: Callable[[str], datetime]) -> Any:
    """The text as the field's type, or the text itself where it is not one."""
    if spec.kind is bool:
        word = text.strip().lower()
        return True if word in _TRUE else False if word in _FALSE else text
    if spec.kind in (int, float):
        try:
            return spec.kind(text)
        except ValueError:
            return text
    if spec.kind is datetime:
        return moment(text)
    return text.strip() if get_origin(spec.kind) is Literal else text


def _checked(spec: FieldSpec, path: Path, value: Any) -> Any:
    read, mistake = read_plain(spec, value)
    if mistake:
        raise InputProblem(f"{dotted(path)} {mistake}.")
    return read


def apply(source: str, changes: Sequence[Change]) -> tuple[str, list[Changed]]:
    """The text with these changes, and what changed; a field that already has its value is left alone.

    Raises:
        InputProblem: the text is no TOML, or a list has no such element.
    """
    try:
        document = tomlkit.parse(source)
        expected = tomllib.loads(source)
    except (TOMLKitError, tomllib.TOMLDecodeError, RecursionError) as problem:
        raise InputProblem(f"exam.toml can't be changed before it is valid TOML: {problem}.") from problem
    changed = []
    for change in changes:
        before = value_at(expected, change.path)
        after = _plain(change.value)
        if _same(before, after):
            continue
        _put(document, change.path, _tall(after), _tomlkit_table)
        _put(expected, change.path, copy.deepcopy(after), dict)
        changed.append(Changed(field=dotted(change.path), before=before, after=after))
    if not changed:
        return source, []
    text = tomlkit.dumps(document)
    try:
        holds = tomllib.loads(text) == expected
    except tomllib.TOMLDecodeError:
        holds = False
    if not holds:
        raise Bug("exam.toml could not be changed without damage, so it was left as it is. Change it in a text editor.")
    return text, changed


def _tall(value: Any) -> Any:
    """Text of several lines as TOML writes it over several lines."""
    if not isinstance(value, str) or "\n" not in value:
        return value
    try:
        item = tomlkit.value(f"'''\n{value}'''")
    except (TOMLKitError, ValueError):
        return value
    return item if item.unwrap() == value else value


def _tomlkit_table() -> Any:
    return tomlkit.table()


def _plain(value: Any) -> Any:
    """The value as TOML holds it; dates as text, which people can read and correct."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds" if value.second else "minutes")
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return value


def _same(before: Any, after: Any) -> bool:
    if isinstance(before, str | datetime) and isinstance(after, str):
        try:
            first = before if isinstance(before, datetime) else datetime.fromisoformat(before)
            return first == datetime.fromisoformat(after)
        except ValueError:
            pass
    return type(before) is type(after) and bool(before == after)


def _put(table: Any, path: Path, value: Any, new_table: Callable[[], Any]) -> None:
    """Set or remove the value at `path`, making tables that are not there."""
    for depth, part in enumerate(path[:-1]):
        if isinstance(part, int):
            table = _element(table, path[: depth + 1])
            continue
        key = key_in(table, part)
        if key not in table:
            if value is REMOVE:
                return
            if isinstance(path[depth + 1], int):
                raise InputProblem(f"There is no {dotted(path[: depth + 2])} in exam.toml. Add it in the file.")
            table[key] = new_table()
        table = table[key]
        if not isinstance(table, dict | list):
            raise InputProblem(f"{dotted(path[: depth + 1])} in exam.toml is no table. Correct it in the file first.")
    _must_be_table(table, path[:-1])
    last = path[-1]
    if isinstance(last, int):
        _element(table, path)
        table[last] = value
    elif value is REMOVE:
        table.pop(key_in(table, last), None)
    else:
        table[key_in(table, last)] = value


def _must_be_table(found: object, path: Path) -> None:
    """Refuse a change within a plain value, such as a question that is written as its bare id."""
    if not isinstance(found, dict | list):
        raise InputProblem(f"{dotted(path)} in exam.toml is no table. Write it as a table first: {{ id = … }}.")


def _element(table: Any, path: Path) -> Any:
    position = path[-1]
    if not isinstance(table, list) or not isinstance(position, int) or position >= len(table):
        count = len(table) if isinstance(table, list) else 0
        raise InputProblem(f"There is no {dotted(path)} in exam.toml: the list has {count} elements.")
    return table[position]
