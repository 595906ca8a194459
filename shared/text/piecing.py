"""Where moved text came from when no earlier text has the whole of it: found again line by line, word by word."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from shared.text.blocks import Run, Runs, join_runs
from shared.text.edits import Origin

_LINE = re.compile(r"[^\s](?:[^\r\n]*[^\s])?")
_WORD = re.compile(r"\w+|[^\w\s]")
_CHARACTER = re.compile(r"\S")
_PLACES = 8


class Known(NamedTuple):
    """A text that was there, and where each stretch of it (offset, length) came from."""

    text: str
    runs: Callable[[int, int], Runs]


class _Finder:
    """Finds pieces of one size in the known texts; they are cut up when the first piece is asked for."""

    def __init__(self, pattern: re.Pattern[str], known: Sequence[Known]) -> None:
        self.pattern = pattern
        self._known = known
        self._places: dict[str, list[tuple[Known, int]]] | None = None

    def find(self, piece: str) -> Runs | None:
        """Return where a piece came from; what only text from outside has is from outside."""
        best: Runs | None = None
        for source, at in self._all().get(piece, ()):
            runs = source.runs(at, len(piece))
            if not any(origin is Origin.OUTSIDE for _, origin, _ in runs):
                return runs
            best = best or runs
        return best

    def _all(self) -> dict[str, list[tuple[Known, int]]]:
        if self._places is None:
            self._places = {}
            for source in self._known:
                for found in self.pattern.finditer(source.text):
                    places = self._places.setdefault(found[0], [])
                    if len(places) < _PLACES:
                        places.append((source, found.start()))
        return self._places


def pieced(text: str, known: Iterable[Known], origin: Origin, seq: int) -> Runs:
    """Return the origin of every character of `text`, with `origin` and `seq` for what no known text has.

    Blanks go with what stands before them. Line ends and indentation do not matter, so that text which another program
    took up and gave back is found again.
    """
    sources = list(known)
    finders = [_Finder(pattern, sources) for pattern in (_LINE, _WORD, _CHARACTER)]
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
