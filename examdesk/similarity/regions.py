"""The passages that two programs share, for showing them side by side."""

import heapq
from bisect import bisect_left
from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from examdesk.similarity.lexing import Token, tokens
from examdesk.similarity.model import Program, Region
from examdesk.similarity.provenance import Given

__all__ = ["MINIMUM_TOKENS", "Marked", "regions", "regions_between"]

MINIMUM_TOKENS: Final = 12
"""The shortest passage worth showing, about two lines."""
_BRIDGED: Final = 3
_PLACES_TRIED: Final = 64
_WALL, _OTHER_WALL = "\x01", "\x02"
"""What can't match, in one program and in the other."""


def regions(
    a: Program, b: Program, starters: Sequence[str] = (), *, minimum_tokens: int = MINIMUM_TOKENS
) -> list[Region]:
    """The matching passages of two programs, in the order in which they come in ``a``.

    Passages match when their normalized tokens do. The longest come first, and a token belongs to one passage at most.
    Two that are at most three tokens apart on both sides become one. Passages of the starter code are left out, and
    what a program says was given.
    """
    left, right = (Marked(program, starters, minimum_tokens=minimum_tokens) for program in (a, b))
    return regions_between(left, right)


def regions_between(left: "Marked", right: "Marked") -> list[Region]:
    """The same of two programs that were read before, with the same starter code and minimum."""
    text = right.text.replace(_WALL, _OTHER_WALL)
    tiles = _bridge(sorted(_tiles(left.text, text, left.minimum)), left, right)
    return [_region(left, right, tile) for tile in tiles]


@lru_cache(maxsize=4)
def _runs(sources: tuple[str, ...], size: int) -> set[str]:
    found: set[str] = set()
    for source in sources:
        text = "".join([token.symbol for token in tokens(source)])
        found.update(text[place : place + size] for place in range(len(text) - size + 1))
    return found


class Marked:
    """The tokens of all files of a program; a token that can't match stands between files and for starter code."""

    def __init__(self, program: Program, starters: Sequence[str] = (), *, minimum_tokens: int = MINIMUM_TOKENS) -> None:
        self.minimum = minimum = max(1, minimum_tokens)
        wall, given = _WALL, _runs(tuple(starters), minimum)
        self.tokens: list[Token] = []
        self.files: list[str] = []
        parts: list[str] = []
        for name, source in program.files.items():
            own = tokens(source)
            text = _without("".join([token.symbol for token in own]), given, minimum, wall)
            if stretches := program.given.get(name):
                text = _without_stretches(text, own, Given(source, stretches), wall)
            parts += [text, wall]
            self.tokens += [*own, Token(wall, len(source), len(source))]
            self.files += [name] * (len(own) + 1)
        self.text = "".join(parts)

    def walled(self, start: int, end: int) -> bool:
        """Whether something that can't match lies in a range."""
        return _WALL in self.text[start:end]


def _without(text: str, given: set[str], minimum: int, wall: str) -> str:
    if not given:
        return text
    symbols = list(text)
    for place in range(len(text) - minimum + 1):
        if text[place : place + minimum] in given:
            symbols[place : place + minimum] = wall * minimum
    return "".join(symbols)


def _without_stretches(text: str, own: Sequence[Token], given: Given, wall: str) -> str:
    return "".join(
        [wall if given.wholly(token.start, token.end) else symbol for symbol, token in zip(text, own, strict=True)]
    )


def _tiles(left: str, right: str, minimum: int) -> list[tuple[int, int, int]]:
    """Matches as (start in left, start in right, length), longest first, none of them overlapping another."""
    waiting = _maximal(left, right, minimum)
    heapq.heapify(waiting)
    left_taken, right_taken = bytearray(len(left)), bytearray(len(right))
    tiles = []
    while waiting:
        negative, start, other = heapq.heappop(waiting)
        pieces = _free(left_taken, right_taken, start, other, -negative)
        if pieces == [(0, -negative)]:
            left_taken[start : start - negative] = right_taken[other : other - negative] = b"\1" * -negative
            tiles.append((start, other, -negative))
        else:
            for skip, length in pieces:
                if length >= minimum:
                    heapq.heappush(waiting, (-length, start + skip, other + skip))
    return tiles


def _free(left_taken: bytearray, right_taken: bytearray, start: int, other: int, length: int) -> list[tuple[int, int]]:
    """The pieces of a match (offset into it, length) that no tile has taken on either side."""
    taken = bytes(
        a | b for a, b in zip(left_taken[start : start + length], right_taken[other : other + length], strict=True)
    )
    pieces = []
    place = 0
    for piece in taken.split(b"\1"):
        if piece:
            pieces.append((place, len(piece)))
        place += len(piece) + 1
    return pieces


def _maximal(left: str, right: str, minimum: int) -> list[tuple[int, int, int]]:
    """Every match that can't be made longer, as (minus its length, start in left, start in right)."""
    places: dict[str, list[int]] = {}
    for place in range(len(right) - minimum + 1):
        places.setdefault(right[place : place + minimum], []).append(place)
    covered: dict[int, int] = {}
    found = []
    shift = 0
    for start in range(len(left) - minimum + 1):
        for other in _candidates(places.get(left[start : start + minimum], []), start + shift):
            if covered.get(other - start, 0) > start:
                continue
            shift = other - start
            length = _common(left, right, start, other, minimum)
            covered[shift] = start + length
            found.append((-length, start, other))
    return found


def _candidates(places: list[int], likely: int) -> list[int]:
    """The places worth trying; of very many, as in long lists of numbers, only the one nearest to the likely one."""
    if len(places) <= _PLACES_TRIED:
        return places
    after = bisect_left(places, likely)
    return [min(places[max(0, after - 1) : after + 1], key=lambda place: abs(place - likely))]


def _common(left: str, right: str, start: int, other: int, known: int) -> int:
    end = min(len(left) - start, len(right) - other)
    length = known
    while length < end and left[start + length] == right[other + length]:
        length += 1
    return length


def _bridge(tiles: list[tuple[int, int, int]], left: Marked, right: Marked) -> list[tuple[int, int, int, int, int]]:
    """Tiles as (start, end, start, end, tokens), with those that are nearly one put together."""
    merged: list[tuple[int, int, int, int, int]] = []
    for start, other, length in tiles:
        if merged:
            first, end, other_first, other_end, count = merged[-1]
            near = 0 <= start - end <= _BRIDGED and 0 <= other - other_end <= _BRIDGED
            if near and not left.walled(end, start) and not right.walled(other_end, other):
                merged[-1] = (first, start + length, other_first, other + length, count + length)
                continue
        merged.append((start, start + length, other, other + length, length))
    return merged


def _region(left: Marked, right: Marked, tile: tuple[int, int, int, int, int]) -> Region:
    start, end, other, other_end, count = tile
    return Region(
        start_a=left.tokens[start].start,
        end_a=left.tokens[end - 1].end,
        start_b=right.tokens[other].start,
        end_b=right.tokens[other_end - 1].end,
        tokens=count,
        file_a=left.files[start],
        file_b=right.files[other],
    )
