"""Add, take out and move the elements of exam.toml's lists of tables; everything else stays as it is, comments too.

A list may be written with `[[headers]]` or in brackets. With headers an element is a block of lines: its header, the
comment right above it, and all up to the next block. In brackets tomlkit changes it. Where neither gives what was
asked for, the list is written anew as a whole, and only the comments within that list are lost.
"""

import copy
import tomllib
from collections.abc import Callable, Mapping
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from shared.exam.positions import Path, headers_of
from shared.exam.reading import dotted
from shared.exam.schema import snake
from shared.problems import Bug, InputProblem

_TRIED = (TOMLKitError, tomllib.TOMLDecodeError, KeyError, IndexError, TypeError, ValueError, AttributeError)


def read_plain_toml(source: str) -> dict[str, Any]:
    """The text as plain values; `InputProblem` where it is no TOML."""
    try:
        return tomllib.loads(source)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise InputProblem(f"exam.toml can't be changed before it is valid TOML: {problem}.") from problem


def value_at(table: Any, path: Path) -> Any:
    """The plain value at a path, keys in either spelling; None where there is none."""
    for part in path:
        if isinstance(part, int):
            if not isinstance(table, list) or part >= len(table):
                return None
            table = table[part]
        elif isinstance(table, dict):
            table = table.get(key_in(table, part))
        else:
            return None
    return table


def key_in(table: Any, name: str) -> str:
    """How the table spells this key: `max_points`, or `maxPoints` as some files do."""
    return next((key for key in table if key == name or snake(key) == name), name)


def insert(source: str, where: Path, position: int, element: Any) -> str:
    """The text with `element` as element `position` of the list at `where`, which is made where there is none."""

    def change(plain: Any) -> None:
        _list(plain, where, make=True).insert(position, copy.deepcopy(element))

    return _changed(source, where, change, lambda: _insert(source, where, position, element))


def remove(source: str, path: Path) -> str:
    """The text without the element at `path`."""
    where, position = path[:-1], _position(path)

    def change(plain: Any) -> None:
        del _list(plain, where)[position]

    return _changed(source, where, change, lambda: _remove(source, where, position))


def replace(source: str, path: Path, element: Any) -> str:
    """The text with another element at `path`."""
    where, position = path[:-1], _position(path)

    def change(plain: Any) -> None:
        _list(plain, where)[position] = copy.deepcopy(element)

    def text() -> str:
        document = tomlkit.parse(source)
        value_in(document, where)[position] = _item(element, len(where))
        return tomlkit.dumps(document)

    return _changed(source, where, change, text)


def move(source: str, path: Path, where: Path, position: int) -> str:
    """The text with the element at `path` as element `position` of the list at `where`, counted without it."""
    plain = read_plain_toml(source)
    element = value_at(plain, path)
    if element is None:
        raise InputProblem(f"There is no {dotted(path)} in exam.toml any more.")
    if path[:-1] == where:
        return _move_within(source, where, _position(path), position)
    without = remove(source, path)
    return insert(without, _after_removal(path, where), position, element)


def duplicate(source: str, path: Path) -> str:
    """The text with a copy of the element at `path` right after it, comments included where it has a header."""
    where, position = path[:-1], _position(path)

    def change(plain: Any) -> None:
        elements = _list(plain, where)
        elements.insert(position + 1, copy.deepcopy(elements[position]))

    def text() -> str:
        blocks = _Blocks(source, where)
        if not blocks:
            return _insert(source, where, position + 1, value_at(tomllib.loads(source), path))
        return blocks.put(position + 1, blocks.block(position))

    return _changed(source, where, change, text)


def _move_within(source: str, where: Path, before: int, after: int) -> str:
    def change(plain: Any) -> None:
        elements = _list(plain, where)
        elements.insert(after, elements.pop(before))

    def text() -> str:
        blocks = _Blocks(source, where)
        if blocks:
            return blocks.moved(before, after)
        document = tomlkit.parse(source)
        array = value_in(document, where)
        element = array.pop(before)
        array.insert(after, element)
        return tomlkit.dumps(document)

    return _changed(source, where, change, text)


def _after_removal(path: Path, where: Path) -> Path:
    """The path of a list once the element at `path` is gone."""
    depth = len(path) - 1
    if len(where) > depth and where[:depth] == path[:depth]:
        part, gone = where[depth], path[depth]
        if isinstance(part, int) and isinstance(gone, int) and part > gone:
            return (*where[:depth], part - 1, *where[depth + 1 :])
    return where


def _changed(source: str, where: Path, change: Callable[[Any], None], text: Callable[[], str]) -> str:
    """The text that holds what `change` makes of the plain values: by `text`, or with the list written anew."""
    expected = read_plain_toml(source)
    try:
        change(expected)
    except (KeyError, IndexError, TypeError, AttributeError) as problem:
        raise InputProblem(f"There is no such element of {dotted(where)} in exam.toml any more.") from problem
    for attempt in (text, lambda: _anew(source, expected, where)):
        try:
            made = attempt()
            if _pruned(tomllib.loads(made)) == _pruned(expected):
                return made
        except _TRIED:
            continue
    raise Bug("exam.toml could not be changed without damage, so it was left as it is. Change it in a text editor.")


def _anew(source: str, expected: Any, where: Path) -> str:
    """The text with the top list of `where` written anew, and everything else as it was."""
    key = key_in(expected, str(where[0]))
    document = tomlkit.parse(source)
    document.pop(key, None)
    rest = tomlkit.dumps(document).rstrip("\n")
    value = expected.get(key)
    if isinstance(value, list):
        added = "\n".join(header_block((key,), element) for element in value)
    else:
        added = tomlkit.dumps({key: value})
    return f"{rest}\n\n{added}" if rest else added


def _pruned(value: Any) -> Any:
    """Without empty lists: a list of tables with headers has no way to be empty."""
    if isinstance(value, dict):
        return {key: _pruned(each) for key, each in value.items() if each not in ([], {})}
    return [_pruned(each) for each in value] if isinstance(value, list) else value


def _list(plain: Any, where: Path, *, make: bool = False) -> Any:
    found = value_at(plain, where)
    if found is None and make:
        holder = value_at(plain, where[:-1])
        if holder is None:
            holder = plain
            for part in where[:-1]:
                holder = holder.setdefault(part, {})
        found = holder.setdefault(where[-1], [])
    if not isinstance(found, list):
        raise KeyError(where)
    return found


def _position(path: Path) -> int:
    position = path[-1]
    assert isinstance(position, int)
    return position


def value_in(document: Any, where: Path) -> Any:
    """The part of a tomlkit document at a path."""
    for part in where:
        document = document[part if isinstance(part, int) else key_in(document, part)]
    return document


def _insert(source: str, where: Path, position: int, element: Any) -> str:
    plain = tomllib.loads(source)
    blocks = _Blocks(source, where)
    if blocks:
        return blocks.put(position, header_block(blocks.names, element))
    if not value_at(plain, where) and all(isinstance(part, str) for part in where):
        if value_at(plain, where) is not None:
            document = tomlkit.parse(source)
            value_in(document, where[:-1]).pop(key_in(value_at(plain, where[:-1]), str(where[-1])))
            source = tomlkit.dumps(document)
        names = tuple(str(part) for part in where)
        return f"{source.rstrip()}\n\n{header_block(names, element)}"
    document = tomlkit.parse(source)
    holder = value_in(document, where[:-1])
    key = key_in(holder, str(where[-1]))
    array = holder.get(key)
    if not array:
        holder[key] = _item([element], len(where))
    else:
        array.insert(position, _item(element, len(where)))
    return tomlkit.dumps(document)


def _remove(source: str, where: Path, position: int) -> str:
    blocks = _Blocks(source, where)
    if blocks:
        return blocks.without(position)
    document = tomlkit.parse(source)
    del value_in(document, where)[position]
    return tomlkit.dumps(document)


class _Blocks:
    """The elements of a list with `[[headers]]`, each as its lines; false where the list has no headers."""

    def __init__(self, source: str, where: Path) -> None:
        self._rows = source.split("\n")
        if self._rows and not self._rows[-1]:
            self._rows.pop()
        headers = headers_of(source)
        depth = len(where)
        own = [
            (line, path)
            for line, path in headers
            if len(path) == depth + 1 and _same(path[:-1], where) and isinstance(path[-1], int)
        ]
        self.names = tuple(str(part) for part in own[0][1] if isinstance(part, str)) if own else ()
        self._spans: list[tuple[int, int]] = []
        for line, element in own:
            after = next((each for each, path in headers if each > line and not _below(path, element)), None)
            end = len(self._rows) if after is None else self._first_row(after)
            self._spans.append((self._first_row(line), end))

    def __bool__(self) -> bool:
        return bool(self._spans)

    def _first_row(self, line: int) -> int:
        """The first row of a block: the comment right above its header belongs to it."""
        row = line - 1
        while row > 0 and self._rows[row - 1].lstrip().startswith("#"):
            row -= 1
        return row

    def block(self, position: int) -> str:
        """The lines of an element."""
        start, end = self._spans[position]
        return "\n".join(self._rows[start:end])

    def put(self, position: int, block: str) -> str:
        """The text with a block before the element at `position`, or after the last one."""
        row = self._spans[position][0] if position < len(self._spans) else self._spans[-1][1]
        lines = block.strip("\n").split("\n")
        before, after = self._rows[:row], self._rows[row:]
        while before and not before[-1].strip():
            before.pop()
        return "\n".join([*before, "", *lines, *(["", *after] if any(each.strip() for each in after) else []), ""])

    def without(self, position: int) -> str:
        """The text without an element."""
        start, end = self._spans[position]
        return "\n".join([*self._rows[:start], *self._rows[end:]]).rstrip("\n") + "\n"

    def moved(self, before: int, after: int) -> str:
        """The text with an element in another place."""
        blocks = [self.block(position).strip("\n") for position in range(len(self._spans))]
        blocks.insert(after, blocks.pop(before))
        rows: list[str] = []
        at = 0
        for (start, end), block in zip(self._spans, blocks, strict=True):
            rows += [*self._rows[at:start], *block.split("\n"), *([""] if end < len(self._rows) else [])]
            at = end
        return "\n".join([*rows, *self._rows[at:], ""])


def _same(first: Path, second: Path) -> bool:
    return [snake(each) if isinstance(each, str) else each for each in first] == [
        snake(each) if isinstance(each, str) else each for each in second
    ]


def _below(path: Path, element: Path) -> bool:
    """Whether a header stands inside this element."""
    return len(path) > len(element) and _same(path[: len(element)], element)


def header_block(names: tuple[str, ...], element: Mapping[str, Any]) -> str:
    """An element with a header of its own, as lines."""
    lines = [f"[[{'.'.join(names)}]]"]
    for key, value in element.items():
        lines.append(f"{key} = {_written(value, tall=True)}")
    return "\n".join(lines) + "\n"


def _written(value: Any, *, tall: bool = False) -> str:
    """A value on one line; lists of tables one element per line where `tall`."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_written(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list) and tall and value and isinstance(value[0], dict):
        return "[\n" + "".join(f"  {_written(each)},\n" for each in value) + "]"
    if isinstance(value, list):
        return "[" + ", ".join(_written(each) for each in value) + "]"
    return str(tomlkit.item(value).as_string())


def _item(value: Any, depth: int) -> Any:
    """A value as tomlkit's item, in brackets; a zone's questions one per line."""
    return tomlkit.value(_written(value, tall=depth <= len(("zones", 0, "questions"))))
