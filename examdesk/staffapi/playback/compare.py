"""The difference between two texts, line by line and within lines, in a time that stays short for any text."""

import re
from difflib import SequenceMatcher
from itertools import accumulate
from typing import Literal, NamedTuple

MOST_LINES = 3_000
"""Beyond this the lines that differ are compared with difflib's shortcut for repeated lines."""
MOST_PIECES = 1_500_000
"""Products of line lengths, all changed lines together, up to which it is worked out what differs within them."""
MOST_CHANGED = 20_000
"""Beyond so many lines on either side in which anything differs they count as replaced altogether."""

ALIKE = 4
"""Lines with less than one character in so many in common differ altogether: a few that agree say nothing."""
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")

Sign = Literal[" ", "-", "+", "~"]


class Line(NamedTuple):
    """One row of a difference: the numbers of its lines (from 0), None where that side has none.

    `sign`: same, only on the left, only on the right, changed. `left` and `right` are the stretches (start, end in code
    points of the line) that differ in a changed line, in whole words.
    """

    sign: Sign
    a: int | None
    b: int | None
    left: tuple[tuple[int, int], ...] = ()
    right: tuple[tuple[int, int], ...] = ()


def lines_of(text: str) -> list[str]:
    """Return the lines as the screen shows them: only line feeds end a line; an empty text has none."""
    if not text:
        return []
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def difference(a: list[str], b: list[str]) -> list[Line]:
    """Return the rows of two texts beside each other."""
    start = 0
    shortest = min(len(a), len(b))
    while start < shortest and a[start] == b[start]:
        start += 1
    end = 0
    while end < shortest - start and a[len(a) - 1 - end] == b[len(b) - 1 - end]:
        end += 1
    rows = [Line(" ", place, place) for place in range(start)]
    rows += _middle(a, b, (start, len(a) - end), (start, len(b) - end))
    rows += [Line(" ", len(a) - end + place, len(b) - end + place) for place in range(end)]
    return rows


def _middle(a: list[str], b: list[str], of_a: tuple[int, int], of_b: tuple[int, int]) -> list[Line]:
    left, right = a[slice(*of_a)], b[slice(*of_b)]
    if max(len(left), len(right)) > MOST_CHANGED:
        return [
            *(Line("-", of_a[0] + place, None) for place in range(len(left))),
            *(Line("+", None, of_b[0] + place) for place in range(len(right))),
        ]
    matcher = SequenceMatcher(None, left, right, autojunk=max(len(left), len(right)) > MOST_LINES)
    rows: list[Line] = []
    room = MOST_PIECES
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            rows += [Line(" ", of_a[0] + i1 + n, of_b[0] + j1 + n) for n in range(i2 - i1)]
            continue
        paired = min(i2 - i1, j2 - j1) if tag == "replace" else 0
        for n in range(paired):
            room -= len(left[i1 + n]) * len(right[j1 + n])
            place = of_a[0] + i1 + n, of_b[0] + j1 + n
            rows.append(_changed(left[i1 + n], right[j1 + n], place, closely=room >= 0))
        rows += [Line("-", of_a[0] + i, None) for i in range(i1 + paired, i2)]
        rows += [Line("+", None, of_b[0] + j) for j in range(j1 + paired, j2)]
    return rows


def _changed(one: str, other: str, place: tuple[int, int], *, closely: bool) -> Line:
    if not closely:
        return Line("~", *place, ((0, len(one)),), ((0, len(other)),))
    words, others = _WORDS.findall(one), _WORDS.findall(other)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    same = sum(len("".join(words[each.a : each.a + each.size]).strip()) for each in matcher.get_matching_blocks())
    if same * ALIKE < max(len(one.strip()), len(other.strip())):
        return Line("~", *place, ((0, len(one)),), ((0, len(other)),))
    at = [0, *accumulate(map(len, words))]
    there = [0, *accumulate(map(len, others))]
    left, right = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            if i2 > i1:
                left.append((at[i1], at[i2]))
            if j2 > j1:
                right.append((there[j1], there[j2]))
    return Line("~", *place, tuple(left), tuple(right))


def counts(rows: list[Line]) -> tuple[int, int, int]:
    """Return how many lines were added, removed and changed."""
    signs = [row.sign for row in rows]
    return signs.count("+"), signs.count("-"), signs.count("~")


def only_near(rows: list[Line], around: int = 3) -> list[Line | None]:
    """Return the rows near a change; None stands where rows are left out."""
    keep = [False] * len(rows)
    for place, row in enumerate(rows):
        if row.sign != " ":
            for near in range(max(place - around, 0), min(place + around + 1, len(rows))):
                keep[near] = True
    found: list[Line | None] = []
    for place, row in enumerate(rows):
        if keep[place]:
            found.append(row)
        elif not found or found[-1] is not None:
            found.append(None)
    return found
