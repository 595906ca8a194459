"""Which parts of a program are the author's own where a record knows it, character by character.

A part (a run of tokens, a piece of syntax, a line) is given, not written, when most of its characters came as starter
code and were never replaced. Blanks do not count: whoever indents starter code has not written it.
"""

import ast
from collections.abc import Iterable
from itertools import accumulate

from examdesk.similarity.lexing import NGRAM, tokens

__all__ = ["Given", "own_lines", "own_ngrams"]


class Given:
    """A source with the characters of it that were given.

    Attributes:
        source: the text.
    """

    def __init__(self, source: str, stretches: Iterable[tuple[int, int]]) -> None:
        self.source = source
        marks = bytearray(len(source))
        for start, end in stretches:
            marks[start:end] = b"\1" * (min(end, len(source)) - min(start, len(source)))
        shown = [not character.isspace() for character in source]
        self._shown = [0, *accumulate(shown)]
        self._given = [0, *accumulate(mark if seen else 0 for mark, seen in zip(marks, shown, strict=True))]
        self._lines: list[tuple[int, str]] | None = None

    def mostly(self, start: int, end: int) -> bool:
        """Whether more than half of the characters between two offsets were given."""
        return 2 * (self._given[end] - self._given[start]) > self._shown[end] - self._shown[start]

    def wholly(self, start: int, end: int) -> bool:
        """Whether all characters between two offsets were given, and there are any."""
        given = self._given[end] - self._given[start]
        return given > 0 and given == self._shown[end] - self._shown[start]

    def holds(self, node: ast.AST) -> bool | None:
        """Whether a piece of the source's syntax was mostly given; nothing where it has no place of its own."""
        line = getattr(node, "lineno", None)
        if line is None:
            return None
        start = self._offset(line, node.col_offset)  # type: ignore[attr-defined]
        end = self._offset(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
        return self.mostly(start, end)

    def _offset(self, line: int, column: int) -> int:
        """The offset of a place as `ast` names it: a line from 1 and a column in UTF-8 bytes."""
        if self._lines is None:
            self._lines = list(_lines(self.source))
        start, text = self._lines[min(line, len(self._lines)) - 1]
        if not text.isascii():
            column = len(text.encode()[:column].decode(errors="ignore"))
        return min(start + column, len(self.source))


def _lines(source: str) -> Iterable[tuple[int, str]]:
    """The lines as Python's parser counts them, each with its offset: a form feed or the like ends none."""
    start = 0
    for line in source.replace("\r\n", " \n").replace("\r", "\n").split("\n"):
        yield start, source[start : start + len(line)]
        start += len(line) + 1


def own_ngrams(given: Given, size: int = NGRAM) -> set[str]:
    """The runs of tokens most of which are the author's own; a token is given when all of it is."""
    found = tokens(given.source)
    stream = "".join([token.symbol for token in found])
    before = [0, *accumulate([given.wholly(token.start, token.end) for token in found])]
    return {
        stream[place : place + size]
        for place in range(len(stream) - size + 1)
        if 2 * (before[place + size] - before[place]) < size
    }


def own_lines(given: Given, known: frozenset[str]) -> int:
    """How many lines with code on them were neither given nor stand among the known ones."""
    own = 0
    for start, text in _lines(given.source):
        line = text.strip()
        if line and line[0] != "#" and line not in known and not given.wholly(start, start + len(text)):
            own += 1
    return own
