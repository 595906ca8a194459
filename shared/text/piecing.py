"""Where moved text came from when no earlier text has the whole of it: found again line by line, word by word."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from shared.text.blocks import Run, Runs, join_runs
from shared.text.edits import Origin

_LINE = re.compile(r"[^\s](?:[^\r\n]*[^\s])?")
_WORD = re.compile(r"\w+|[^\w\s]")
_CHARACTER = re.compile(r"\S")
_PLACES = 8
_SHORT = 2_000  # up to here each piece is searched for; cutting up all known texts is worth it for longer ones


class Known(NamedTuple):
    """A text that was there, and where each stretch of it (offset, length) came from."""

    text: str
    runs: Callable[[int, int], Runs]


Places = Iterable[tuple[Known, int]]


class _Finder(ABC):
    """Finds pieces of one size in the known texts."""

    def __init__(self, pattern: re.Pattern[str], known: Sequence[Known]) -> None:
        self.pattern = pattern
        self._known = known

    def find(self, piece: str) -> Runs | None:
        """Return where a piece came from; what only text from outside has is from outside."""
        best: Runs | None = None
        for source, at in self._places(piece):
            runs = source.runs(at, len(piece))
            if not any(origin is Origin.OUTSIDE for _, origin, _ in runs):
                return runs
            best = best or runs
        return best

    @abstractmethod
    def _places(self, piece: str) -> Places:
        """Return the first places at which a piece stands."""


class _Searching(_Finder):
    """Looks through the known texts for each piece; words stand for themselves there."""

    def __init__(self, pattern: re.Pattern[str], known: Sequence[Known]) -> None:
        super().__init__(pattern, known)
        self._found: dict[str, list[tuple[Known, int]]] = {}

    def _places(self, piece: str) -> Places:
        if piece not in self._found:
            self._found[piece] = list(islice(self._all(piece), _PLACES))
        return self._found[piece]

    def _all(self, piece: str) -> Iterator[tuple[Known, int]]:
        for source in self._known:
            at = source.text.find(piece)
            while at >= 0:
                if self.pattern is not _WORD or _is_word(source.text, at, at + len(piece)):
                    yield source, at
                at = source.text.find(piece, at + 1)


class _Indexing(_Finder):
    """Cuts the known texts up when the first piece is asked for."""

    _index: dict[str, list[tuple[Known, int]]] | None = None

    def _places(self, piece: str) -> Places:
        if self._index is None:
            self._index = {}
            for source in self._known:
                for found in self.pattern.finditer(source.text):
                    places = self._index.setdefault(found[0], [])
                    if len(places) < _PLACES:
                        places.append((source, found.start()))
        return self._index.get(piece, ())


def _is_word(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    return not any(char.isalnum() or char == "_" for char in (before, after)) or not text[start].isalnum()


def pieced(text: str, known: Iterable[Known], origin: Origin, seq: int) -> Runs:
    """Return the origin of every character of `text`, with `origin` and `seq` for what no known text has.

    Blanks go with what stands before them. Line ends and indentation do not matter, so that text which another program
    took up and gave back is found again. Words that are nowhere any more, since they were changed, are found letter
    by letter: such a letter is from outside if no other text has it.
    """
    sources = list(known)
    finder = _Searching if len(text) <= _SHORT else _Indexing
    finders = [finder(pattern, sources) for pattern in (_LINE, _WORD, _CHARACTER)]
    return join_runs(*_pieces(text, finders, (1, origin, seq)))


def _pieces(text: str, finders: Sequence[_Finder], unknown: Run) -> Iterator[Runs]:
    """Yield the runs of `text` in order, by the largest pieces that are found."""
    end = 0
    last = unknown
    for match in finders[0].pattern.finditer(text):
        if match.start() > end:
            yield ((match.start() - end, last[1], last[2]),)
        end = match.end()
        runs = finders[0].find(match[0])
        smaller = [runs] if runs is not None else [((len(match[0]), unknown[1], unknown[2]),)]
        if runs is None and len(finders) > 1:
            smaller = list(_pieces(match[0], finders[1:], unknown))
        yield from smaller
        last = smaller[-1][-1]
    if len(text) > end:
        yield ((len(text) - end, last[1], last[2]),)
