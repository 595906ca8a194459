"""The difference between two texts, line by line and within lines, in a time that stays short for any text."""

import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import accumulate, compress, count
from operator import lt, ne
from typing import Literal, NamedTuple, overload

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
Stretch = tuple[int, int]
Match = tuple[int, int, int]
"""Where lines of one text and of the other are the same, and how many."""


class Line(NamedTuple):
    """One row of a difference: the numbers of its lines (from 0), None where that side has none.

    `sign`: same, only on the left, only on the right, changed. What differs within a changed line is worked out only
    where `closely`.
    """

    sign: Sign
    a: int | None
    b: int | None
    closely: bool = True


class Hunk(NamedTuple):
    """Rows of one kind, one below the other: `many` lines from `a` of one text and from `b` of the other."""

    sign: Sign
    a: int
    b: int
    many: int
    closely: bool = True

    def line(self, place: int) -> Line:
        """Return one of its rows."""
        a = None if self.sign == "+" else self.a + place
        return Line(self.sign, a, None if self.sign == "-" else self.b + place, self.closely)


class Rows(Sequence[Line]):
    """The rows of a difference, each made when it is asked for."""

    def __init__(self, hunks: Sequence[Hunk]) -> None:
        self.hunks = hunks
        self._starts = list(accumulate((hunk.many for hunk in hunks), initial=0))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._starts[-1]

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> list[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | list[Line]:
        """Return a row."""
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not 0 <= place < len(self):
            raise IndexError(place)
        hunk = bisect_right(self._starts, place) - 1
        return self.hunks[hunk].line(place - self._starts[hunk])

    def __iter__(self) -> Iterator[Line]:
        """Go through all rows."""
        return (hunk.line(place) for hunk in self.hunks for place in range(hunk.many))

    def first_change(self) -> int:
        """Return the first row in which anything differs; 0 where nothing does."""
        return next((start for start, hunk in zip(self._starts, self.hunks, strict=False) if hunk.sign != " "), 0)


def lines_of(text: str) -> list[str]:
    """Return the lines as the screen shows them: only line feeds end a line; an empty text has none."""
    if not text:
        return []
    lines = text.replace("\r\n", "\n").split("\n")
    return lines[:-1] if not lines[-1] else lines


def same_ends(one: Sequence[str], other: Sequence[str]) -> tuple[int, int]:
    """Return how many lines are the same at the beginning and, of the others, at the end."""
    shortest = min(len(one), len(other))
    start = _same_from(one, other)
    backwards = map(ne, reversed(one), reversed(other))
    return start, min(next(compress(count(), backwards), shortest), shortest - start)


def difference(a: list[str], b: list[str]) -> Rows:
    """Return the rows of two texts beside each other."""
    start, end = same_ends(a, b)
    left, right = a[start : len(a) - end], b[start : len(b) - end]
    hunks = [Hunk(" ", 0, 0, start)]
    if max(len(left), len(right)) > MOST_CHANGED:
        hunks += [Hunk("-", start, start, len(left)), Hunk("+", start, start, len(right))]
    else:
        hunks += [hunk._replace(a=hunk.a + start, b=hunk.b + start) for hunk in _middle(left, right)]
    hunks.append(Hunk(" ", len(a) - end, len(b) - end, end))
    return Rows(_joined(hunks))


def _joined(hunks: Sequence[Hunk]) -> list[Hunk]:
    """Return these hunks without empty ones, same lines that go on as one."""
    found: list[Hunk] = []
    for hunk in hunks:
        if hunk.many and found and found[-1].sign == hunk.sign == " ":
            found[-1] = found[-1]._replace(many=found[-1].many + hunk.many)
        elif hunk.many:
            found.append(hunk)
    return found


def _middle(left: list[str], right: list[str]) -> Iterator[Hunk]:
    room = MOST_PIECES
    i = j = 0
    for a, b, many in (*_matches(left, right), (len(left), len(right), 0)):
        paired = min(a - i, b - j)
        used = list(accumulate(len(left[i + n]) * len(right[j + n]) for n in range(paired)))
        close = bisect_right(used, room)
        room -= used[-1] if used else 0
        yield Hunk("~", i, j, close)
        yield Hunk("~", i + close, j + close, paired - close, closely=False)
        yield Hunk("-", i + paired, b, a - i - paired)
        yield Hunk("+", a, j + paired, b - j - paired)
        yield Hunk(" ", a, b, many)
        i, j = a + many, b + many


def _matches(left: list[str], right: list[str]) -> Iterator[Match]:
    """Yield what both have in the same order: between lines that each has once, and that are in order, by difflib.

    So is the patience diff of Bram Cohen, which keeps functions apart that share blank lines and `return`; and it is
    quick.
    """
    i = j = 0
    for a, b in (*_in_order(_once_in_both(left, right)), (len(left), len(right))):
        if a < i:
            continue  # within what the match before it went on with
        many = _same_from(left[a:], right[b:])
        while a > i and b > j and left[a - 1] == right[b - 1]:
            a, b, many = a - 1, b - 1, many + 1  # noqa: PLW2901 - the lines before belong to the match
        yield from _between(left, right, (i, a), (j, b))
        if many:
            yield a, b, many
        i, j = a + many, b + many


def _same_from(one: Sequence[str], other: Sequence[str]) -> int:
    return next(compress(count(), map(ne, one, other)), min(len(one), len(other)))


def _once_in_both(left: list[str], right: list[str]) -> list[tuple[int, int]]:
    """Return the places of lines that each of the texts has exactly once, in the order of `left`."""
    times, others = Counter(left), Counter(right)
    place = {line: at for at, line in enumerate(right)}
    return [(at, place[line]) for at, line in enumerate(left) if times[line] == 1 and others[line] == 1]


def _in_order(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the most of these, ordered by the first, that are ordered by the second too."""
    seconds = [b for _, b in pairs]
    if all(map(lt, seconds, seconds[1:])):
        return pairs
    ends: list[int] = []  # the smallest second of a run of each length
    at: list[int] = []
    before: list[int] = []
    for place, second in enumerate(seconds):
        length = bisect_left(ends, second)
        before.append(at[length - 1] if length else -1)
        ends[length:] = [second, *ends[length + 1 :]]
        at[length:] = [place, *at[length + 1 :]]
    found = []
    place = at[-1]
    while place >= 0:
        found.append(pairs[place])
        place = before[place]
    return found[::-1]


def _between(left: list[str], right: list[str], of_a: Stretch, of_b: Stretch) -> Iterator[Match]:
    """Yield what stretches of two texts have in common."""
    one, other = left[slice(*of_a)], right[slice(*of_b)]
    if not one or not other or set(one).isdisjoint(other):
        return
    matcher = SequenceMatcher(None, one, other, autojunk=max(len(one), len(other)) > MOST_LINES)
    for a, b, many in matcher.get_matching_blocks():
        if many:
            yield of_a[0] + a, of_b[0] + b, many


def differing(row: Line, a: Sequence[str], b: Sequence[str]) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    """Return the stretches (start, end in code points) that differ in a changed line of each text, in whole words."""
    if row.sign != "~" or row.a is None or row.b is None:
        return (), ()
    one, other = a[row.a], b[row.b]
    return _words(one, other) if row.closely else (((0, len(one)),), ((0, len(other)),))


@lru_cache(maxsize=4_096)
def _words(one: str, other: str) -> tuple[tuple[Stretch, ...], tuple[Stretch, ...]]:
    words, others = _WORDS.findall(one), _WORDS.findall(other)
    matcher = SequenceMatcher(None, words, others, autojunk=False)
    same = sum(len("".join(words[each.a : each.a + each.size]).strip()) for each in matcher.get_matching_blocks())
    if same * ALIKE < max(len(one.strip()), len(other.strip())):
        return ((0, len(one)),), ((0, len(other)),)
    at = [0, *accumulate(map(len, words))]
    there = [0, *accumulate(map(len, others))]
    left, right = [], []
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag != "equal":
            if i2 > i1:
                left.append((at[i1], at[i2]))
            if j2 > j1:
                right.append((there[j1], there[j2]))
    return tuple(left), tuple(right)


def counts(rows: Rows) -> tuple[int, int, int]:
    """Return how many lines were added, removed and changed."""
    many = Counter[str]()
    for hunk in rows.hunks:
        many[hunk.sign] += hunk.many
    return many["+"], many["-"], many["~"]


def only_near(rows: Rows, around: int = 3) -> list[Line | None]:
    """Return the rows near a change; None stands where rows are left out."""
    found: list[Line | None] = []
    for place, hunk in enumerate(rows.hunks):
        if hunk.sign != " ":
            found += [hunk.line(n) for n in range(hunk.many)]
            continue
        after = around if place else 0
        before = around if place + 1 < len(rows.hunks) else 0
        if hunk.many <= after + before:
            found += [hunk.line(n) for n in range(hunk.many)]
            continue
        found += [hunk.line(n) for n in range(after)]
        found.append(None)
        found += [hunk.line(n) for n in range(hunk.many - before, hunk.many)]
    return found
