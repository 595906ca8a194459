"""The exam that an import builds up, and its exam.toml with what people should know as comments."""

from typing import Any

import msgspec

from shared.exam.reference import written


class Table(msgspec.Struct, kw_only=True):
    """A table of exam.toml: values in order, comments above it."""

    values: dict[str, Any] = msgspec.field(default_factory=dict)
    comments: list[str] = msgspec.field(default_factory=list)

    def put(self, name: str, value: Any) -> None:
        """Set a value; None leaves it out."""
        if value is not None:
            self.values[name] = value


class Entry(Table, kw_only=True):
    """A question, or a group of alternatives where there are any."""

    alternatives: list["Entry"] = msgspec.field(default_factory=list)


class Zone(Table, kw_only=True):
    """A zone with its entries."""

    entries: list[Entry] = msgspec.field(default_factory=list)


class Draft(Table, kw_only=True):
    """The whole exam: top values, tables by name, zones, and lists of tables."""

    tables: dict[str, Table] = msgspec.field(default_factory=dict)
    zones: list[Zone] = msgspec.field(default_factory=list)
    lists: dict[str, list[Table]] = msgspec.field(default_factory=dict)
    files: dict[str, bytes] = msgspec.field(default_factory=dict)

    def table(self, name: str) -> Table:
        """The table of this name, made if it is not there."""
        return self.tables.setdefault(name, Table())


def toml_of(draft: Draft) -> str:
    """Return exam.toml."""
    lines = _commented(draft.comments) + _pairs(draft.values)
    for name, table in draft.tables.items():
        if table.values:
            lines += ["", *_commented(table.comments), f"[{name}]", *_pairs(table.values)]
    for zone in draft.zones:
        lines += ["", *_commented(zone.comments), "[[zones]]", *_pairs(zone.values)]
        for entry in zone.entries:
            lines += ["", *_commented(entry.comments), "[[zones.questions]]", *_pairs(entry.values)]
            for each in entry.alternatives:
                lines += ["", *_commented(each.comments), "[[zones.questions.alternatives]]", *_pairs(each.values)]
    for name, tables in draft.lists.items():
        for table in tables:
            lines += ["", *_commented(table.comments), f"[[{name}]]", *_pairs(table.values)]
    return "\n".join(lines) + "\n"


def _commented(comments: list[str]) -> list[str]:
    return [f"# {_plain(line)}".rstrip() for line in comments]


def _plain(line: str) -> str:
    """One line without what TOML refuses in comments."""
    return "".join(char if char.isprintable() else " " for char in line)


def _pairs(values: dict[str, Any]) -> list[str]:
    return [f"{name} = {_value(value)}" for name, value in values.items()]


def _value(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(_value(each) for each in value)}]"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return written(value).replace("\x7f", "\\u007f")
