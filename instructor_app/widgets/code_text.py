"""Code as lines to be shown, cut where one is too long to lay out, and Python's colours line by line; without Qt."""

import keyword
import re
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

LONGEST_LINE = 2_000
"""Characters of a line that are shown: laying out a line of a million takes the window the better part of a minute."""
_BUILTINS = "print|input|len|range|open|int|float|str|list|dict|set|tuple|bool|sum|min|max|sorted|enumerate|zip|map|abs"
_RULES = (
    (re.compile(rf"\b(?:{_BUILTINS})\b(?=\()"), "builtin"),
    (re.compile(rf"\b(?:{'|'.join(keyword.kwlist)})\b"), "keyword"),
    (re.compile(r"(?<=\bdef )\w+|(?<=\bclass )\w+"), "definition"),
    (re.compile(r"^\s*@[\w.]+"), "decorator"),
    (re.compile(r"\b(?:0[xob][\da-fA-F_]+|\d[\d_]*\.?\d*(?:e[+-]?\d+)?)\b"), "number"),
)
_LITERAL = re.compile(
    r"""(?P<triple>[rbfuRBFU]{0,2}(?:\"{3}|'{3}))|(?P<string>[rbfuRBFU]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))|(?P<comment>\#.*)"""
)
_TRIPLE = ('"""', "'''")
_UNSHOWN = str.maketrans("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00", "␍␋␌␜␝␞␤␤␤␀")
"""What Qt would break a line at, or not show, shown by one character each so that offsets stay."""
_ODD = "\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029\x00"

Piece = tuple[int, int, str]
"""Start, end and the name of a colour."""


class CodeText(NamedTuple):
    """A text as it is shown: its lines, where each begins in the text, and how many characters of it are not shown.

    `longest` is the first line of those that have the most characters; `triple` tells whether a triple quote is in it.
    """

    lines: list[str]
    starts: list[int]
    hidden: dict[int, int]
    windows_ends: bool
    longest: int
    triple: bool

    def line_of(self, offset: int) -> int:
        """Return the line that holds a character."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def column_of(self, offset: int) -> tuple[int, int]:
        """Return line and column of a character as it is shown."""
        line = self.line_of(offset)
        return line, min(offset - self.starts[line], len(self.lines[line]))

    @property
    def shown(self) -> str:
        """The lines as one text."""
        return "\n".join(self.lines)


def code_text(text: str) -> CodeText:
    """Return a text as it is shown."""
    return _code_of(text, text.split("\n"))


def code_of(lines: Sequence[str]) -> CodeText:
    """Return lines as they are shown; none are shown as an empty one."""
    return _code_of("\n".join(lines), list(lines) or [""])


def _code_of(text: str, lines: list[str]) -> CodeText:
    lengths = list(map(len, lines))
    starts = list(accumulate(map((1).__add__, lengths[:-1]), initial=0))
    windows_ends = "\r" in text
    if windows_ends:
        lines = [line.removesuffix("\r") for line in lines]
    if any(odd in text for odd in _ODD):
        lines = [line.translate(_UNSHOWN) for line in lines]
    hidden = {}
    most = max(lengths)
    if most > LONGEST_LINE:
        for place, line in enumerate(lines):
            if len(line) > LONGEST_LINE:
                hidden[place] = len(line) - LONGEST_LINE
                lines[place] = line[:LONGEST_LINE]
    triple = any(quotes in text for quotes in _TRIPLE)
    return CodeText(lines, starts, hidden, windows_ends, lengths.index(most), triple)


def open_quotes(lines: Sequence[str], upto: int, state: int = -1, start: int = 0) -> int:
    """Return which triple quote is open (0, 1) before line `upto`; -1 for none."""
    for place in range(start, upto):
        line = lines[place]
        if state >= 0 or '"""' in line or "'''" in line:
            state = python_colours(line, state)[1]
    return state


@lru_cache(maxsize=8_192)
def python_colours(line: str, state: int) -> tuple[tuple[Piece, ...], int]:
    """Return a line's pieces, later ones over earlier ones, and which triple quote (0, 1) is open after it."""
    pieces: list[Piece] = [
        (match.start(), match.end(), name) for pattern, name in _RULES for match in pattern.finditer(line)
    ]
    start = 0
    if state >= 0:
        end = line.find(_TRIPLE[state])
        if end < 0:
            return (*pieces, (0, len(line), "string")), state
        start = end + 3
        pieces.append((0, start, "string"))
    while (match := _LITERAL.search(line, start)) is not None:
        start = max(match.end(), start + 1)
        if match["triple"]:
            which = 0 if match["triple"].endswith('"""') else 1
            end = line.find(_TRIPLE[which], match.end())
            if end < 0:
                return (*pieces, (match.start(), len(line), "string")), which
            start = end + 3
            pieces.append((match.start(), start, "string"))
        else:
            pieces.append((match.start(), match.end(), "comment" if match["comment"] else "string"))
    return tuple(pieces), -1


class Stretches:
    """(length, value) pairs that cover a text, found by place."""

    def __init__(self, spans: Sequence[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._values: list[int] = []
        at = 0
        for length, value in spans:
            if length:
                self._starts.append(at)
                self._values.append(value)
                at += length
        self._end = at

    def in_line(self, _line: int, start: int, end: int) -> list[Piece]:
        """See `Tints`; the value as text."""
        found = []
        place = max(bisect_right(self._starts, start) - 1, 0)
        while place < len(self._starts) and self._starts[place] < end:
            first = self._starts[place]
            last = self._starts[place + 1] if place + 1 < len(self._starts) else self._end
            if last > start:
                found.append((max(first, start) - start, min(last, end) - start, str(self._values[place])))
            place += 1
        return found


def utf16_columns(line: str) -> list[int] | None:
    """Return the UTF-16 column of each character of a line and of its end; None where they are the same."""
    if line.isascii() or max(line, default="") < "\U00010000":
        return None
    columns, at = [], 0
    for char in line:
        columns.append(at)
        at += 2 if char >= "\U00010000" else 1
    columns.append(at)
    return columns
