"""Where the characters of a text at some moment came from, asked for by place; made anew for every frame of a drag."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from operator import itemgetter
from typing import NamedTuple, Protocol

from instructor_app.widgets.code_text import Piece
from shared.text import TextModel
from shared.text.blocks import Block
from shared.text.edits import Origin

AT_ONCE = 2_000
"""Characters of which the origins are fetched together: what a window shows is asked for line by line."""


class Tints(Protocol):
    """What a view asks for the lines that it shows."""

    def in_line(self, line: int, start: int, end: int) -> list[Piece]:
        """Return the pieces of a line, which has the characters `start` to `end`, counted from its start.

        Each is named by its origin's number as text.
        """


class Came(NamedTuple):
    """Characters `start` to `end` of a text are of one origin and came with event `seq` of their tape."""

    start: int
    end: int
    origin: Origin
    seq: int


class Provenance:
    """Of a model as it stands now; made in a time that grows with its blocks, not with what was ever typed."""

    def __init__(self, model: TextModel) -> None:
        self._model = model.copy()
        self._window = (0, 0)
        self._pieces: list[Piece] = []

    def came(self, start: int, end: int) -> list[Came]:
        """Return what the characters `start` to `end` consist of; places outside the text count as not there."""
        start, end = max(start, 0), min(end, self._model.length)
        found: list[Came] = []
        at = start
        for length, origin, seq in self._model.runs(start, end - start) if end > start else ():
            found.append(Came(at, at + length, origin, seq))
            at += length
        return found

    def in_line(self, _line: int, start: int, end: int) -> list[Piece]:
        """See `Tints`."""
        return self.within(start, end)

    def within(self, start: int, end: int) -> list[Piece]:
        """Return the pieces of a stretch; neighbours of one origin are one piece."""
        end = min(end, self._model.length)
        if not self._window[0] <= start <= end <= self._window[1]:
            self._window = (start, max(end, start + AT_ONCE))
            self._pieces = self._alike(*self._window)
        place = max(bisect_right(self._pieces, start, key=itemgetter(0)) - 1, 0)
        pieces: list[Piece] = []
        while place < len(self._pieces) and self._pieces[place][0] < end:
            first, last, name = self._pieces[place]
            if last > start:
                pieces.append((max(first, start) - start, min(last, end) - start, name))
            place += 1
        return pieces

    def _alike(self, start: int, end: int) -> list[Piece]:
        """Return a stretch in pieces of one origin each, whichever event they came with."""
        start, end = max(start, 0), min(end, self._model.length)
        found: list[Piece] = []
        at, begin, before = start, start, None
        for length, origin, _ in self._model.runs(start, end - start) if end > start else ():
            if origin is not before:
                if before is not None:
                    found.append((begin, at, str(int(before))))
                begin, before = at, origin
            at += length
        if before is not None:
            found.append((begin, at, str(int(before))))
        return found


class OriginCounts:
    """How many characters of each origin a text has; looks only at blocks that the text before did not have."""

    def __init__(self) -> None:
        self._blocks: dict[int, tuple[Block, dict[Origin, int]]] = {}
        self._counts: defaultdict[Origin, int] = defaultdict(int)

    def of(self, blocks: Sequence[Block]) -> dict[Origin, int]:
        """Return the counts; origins without any are left out."""
        before, self._blocks = self._blocks, {}  # blocks are kept alive, so that no other one gets the same id
        for block in blocks:
            known = before.pop(id(block), None)
            if known is None and id(block) not in self._blocks:
                known = block, _counted(block)
                self._add(known[1], 1)
            if known is not None:
                self._blocks[id(block)] = known
        for _, counts in before.values():
            self._add(counts, -1)
        return {origin: many for origin, many in self._counts.items() if many}

    def _add(self, counts: dict[Origin, int], sign: int) -> None:
        for origin, many in counts.items():
            self._counts[origin] += sign * many


def _counted(block: Block) -> dict[Origin, int]:
    counts: defaultdict[Origin, int] = defaultdict(int)
    for length, origin, _ in block.runs:
        counts[origin] += length
    return counts
