"""What is different between two texts, line by line: for replacing one by the other, and for showing it."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Literal

import msgspec

MAX_LINES = 4_000
"""Beyond so many lines only the common beginning and end are looked for: no pause however large a file is."""
CONTEXT = 3
Kind = Literal["same", "gone", "new", "gap"]


class Replacement(msgspec.Struct, frozen=True):
    """The lines `first` to `last` (from 0, `last` not included) become `lines`."""

    first: int
    last: int
    lines: tuple[str, ...]


class Line(msgspec.Struct, frozen=True):
    """A line of a shown difference, without its line end; a `gap` stands for `skipped` equal lines."""

    kind: Kind
    text: str = ""
    skipped: int = 0


def replacements(before: list[str], after: list[str]) -> list[Replacement]:
    """Return what makes `before` into `after`, in order; nothing where they are equal."""
    return [Replacement(a, b, tuple(after[c:d])) for a, b, c, d in _unequal(before, after)]


def difference(before: str, after: str, context: int = CONTEXT) -> list[Line]:
    """Return the difference as it is shown, with `context` equal lines around each change; nothing for equal texts."""
    old, new = before.splitlines(), after.splitlines()
    changes = list(_unequal(old, new))
    shown: list[Line] = []
    at = 0
    for number, (first, last, start, end) in enumerate(changes):
        from_line = max(at, first - context)
        if from_line > at:
            shown.append(Line("gap", skipped=from_line - at))
        shown += [Line("same", text) for text in old[from_line:first]]
        shown += [Line("gone", text) for text in old[first:last]]
        shown += [Line("new", text) for text in new[start:end]]
        following = changes[number + 1][0] if number + 1 < len(changes) else len(old)
        at = min(following, last + context)
        shown += [Line("same", text) for text in old[last:at]]
    if changes and at < len(old):
        shown.append(Line("gap", skipped=len(old) - at))
    return shown


def _unequal(before: list[str], after: list[str]) -> Iterator[tuple[int, int, int, int]]:
    shorter = min(len(before), len(after))
    head = next((at for at in range(shorter) if before[at] != after[at]), shorter)
    tail = next((at for at in range(shorter - head) if before[-1 - at] != after[-1 - at]), shorter - head)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    if max(len(old), len(new)) > MAX_LINES:
        yield head, head + len(old), head, head + len(new)
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind != "equal":
            yield head + a, head + b, head + c, head + d
