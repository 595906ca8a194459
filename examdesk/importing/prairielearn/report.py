"""What became of each field: taken over, or named with the reason why not."""

from collections.abc import Mapping
from typing import Any

import msgspec

MAX_SHOWN = 80
_MAX_LEAVES = 200


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was taken over, and what it became."""

    file: str
    field: str
    to: str


class NotMapped(msgspec.Struct, frozen=True, kw_only=True):
    """A field, file or element that has no place in the exam, or only in part; `value` is how it began."""

    file: str
    field: str
    value: str
    reason: str

    def __str__(self) -> str:
        value = f" = {self.value}" if self.value else ""
        return f"{self.file}: {self.field}{value}: {self.reason}"


class Report:
    """Collects what an import did; every field of the source ends up in one of the two lists."""

    def __init__(self) -> None:
        self.taken: list[Taken] = []
        self.not_mapped: list[NotMapped] = []

    def took(self, file: str, field: str, to: str) -> None:
        """Note a field that was taken over."""
        self.taken.append(Taken(file=file, field=field, to=to))

    def left(self, file: str, field: str, reason: str, value: Any = None) -> None:
        """Note something that was not, or not in full."""
        entry = NotMapped(file=file, field=field, value=shown(value), reason=reason)
        if entry not in self.not_mapped:
            self.not_mapped.append(entry)

    def left_whole(self, file: str, field: str, reason: str, value: Any) -> None:
        """Note a value that was not taken over, by the name of each field in it."""
        for name, leaf in _leaves(field, value)[:_MAX_LEAVES]:
            self.left(file, name, reason, leaf)


def _leaves(field: str, value: Any) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    waiting = [(field, value)]
    while waiting and len(found) < _MAX_LEAVES:
        name, each = waiting.pop(0)
        if isinstance(each, Mapping) and each:
            waiting = [(f"{name}.{key}", inner) for key, inner in each.items()] + waiting
        elif isinstance(each, list) and any(isinstance(inner, Mapping) for inner in each):
            waiting = [(f"{name}[{position}]", inner) for position, inner in enumerate(each, 1)] + waiting
        else:
            found.append((name, each))
    return found


def shown(value: Any) -> str:
    """Return a value as one short line; empty for none."""
    if value is None:
        return ""
    said = value if isinstance(value, str) else msgspec.json.encode(_finite(value)).decode()
    said = " ".join("".join(char if char.isprintable() else " " for char in said).split())
    return said if len(said) <= MAX_SHOWN else f"{said[: MAX_SHOWN - 1]}…"


def _finite(value: Any) -> Any:
    return str(value) if isinstance(value, int) and abs(value) >= 1 << 63 else value
