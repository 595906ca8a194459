"""How much any two of many sets share, for all pairs, exactly and fast, with the standard library alone.

A row of sums (one program against a block of others) is one big integer with a field of 16, 32 or 64 bits for each
other program. A feature is such an integer with its weight in the field of every program that has it, so that adding
up a program's features gives all of its sums at once. Features that few programs have are added one by one, and those
that exactly the same programs have are one.
"""

import math
import sys
from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from functools import cache
from typing import Final

__all__ = ["UNIT", "Groups", "Overlaps", "alone", "jaccards", "log_weight", "some_against_all"]

UNIT: Final = 1024
"""Weights are whole numbers, in units of 1/1024, so that sums are exact whatever their order."""
_FEW: Final = 10
_BLOCK: Final = 1024
_SHIFTED: Final = 64
_CHUNK: Final = 128
_FIELDS: Final = (("H", 16), ("I", 32), ("Q", 64))


@cache
def log_weight(count: int) -> int:
    """The natural logarithm of a count in ``UNIT``; the weight of a feature is that of N+1 less that of its count."""
    return round(UNIT * math.log(count))


def alone(_: int) -> int:
    """The weight 1 of the plain measure."""
    return 1


def jaccards(shared: Iterable[int], mine: int, others: Sequence[int]) -> list[float]:
    """Weighted Jaccards from the sums that are shared, one's own total and the others' totals."""
    if not mine:
        return [0.0] * len(others)
    return [common / (mine + other - common) for common, other in zip(shared, others, strict=True)]


class Groups:
    """The features of many sets, those put together that exactly the same sets have.

    Attributes:
        alone: for each set, how many of its features nobody else has.
        shared: for the places of two or more sets, ascending, how many features exactly these have.
    """

    def __init__(self, sets: Sequence[Collection[Hashable]]) -> None:
        owners: defaultdict[Hashable, list[int]] = defaultdict(list)
        for place, features in enumerate(sets):
            for feature in features:
                owners[feature].append(place)
        self.alone = [0] * len(sets)
        self.shared: defaultdict[tuple[int, ...], int] = defaultdict(int)
        for places in owners.values():
            if len(places) == 1:
                self.alone[places[0]] += 1
            else:
                self.shared[tuple(places)] += 1

    def weighted(self, weight: Callable[[int], int]) -> Iterator[tuple[tuple[int, ...], int]]:
        """Each shared group with what its features weigh together, by how many sets have one."""
        return ((places, count * weight(len(places))) for places, count in self.shared.items())


def some_against_all(groups: Groups, some: Sequence[int], weight: Callable[[int], int]) -> dict[int, list[float]]:
    """For some of the sets their Jaccards with every set."""
    totals = [count * weight(1) for count in groups.alone]
    unshared = {place: totals[place] for place in some}
    weighted = list(groups.weighted(weight))
    for places, of_all in weighted:
        for place in places:
            totals[place] += of_all
    found: dict[int, list[float]] = {}
    for start in range(0, len(some), _CHUNK):
        fields = {place: 64 * column for column, place in enumerate(some[start : start + _CHUNK])}
        sums = [unshared[place] << fields[place] if place in fields else 0 for place in range(len(totals))]
        for places, of_all in weighted:
            if common := fields.keys() & places:
                mask = sum([of_all << fields[place] for place in common])
                for place in places:
                    sums[place] += mask
        rows = [_unpacked(row, "Q", len(fields)) for row in sums]
        for column, place in enumerate(fields):
            found[place] = jaccards([row[column] for row in rows], totals[place], totals)
    return found


def _unpacked(packed: int, code: str, fields: int) -> "array[int]":
    sums = array(code)
    sums.frombytes(packed.to_bytes(fields * sums.itemsize, "little"))
    if sys.byteorder == "big":
        sums.byteswap()
    return sums


class Overlaps:
    """The weighted Jaccards of all pairs of many sets.

    Attributes:
        totals: for each set the sum of all of its weights.
    """

    def __init__(self, groups: Groups, weight: Callable[[int], int]) -> None:
        self._size = len(groups.alone)
        self.totals = [count * weight(1) for count in groups.alone]
        self._rare: list[list[tuple[int, tuple[int, ...]]]] = [[] for _ in groups.alone]
        self._common: list[tuple[int, tuple[int, ...]]] = []
        self._of: list[list[int]] = [[] for _ in groups.alone]
        for places, of_all in groups.weighted(weight):
            self._group(places, of_all)
        self._code = next(code for code, bits in _FIELDS if max(self.totals, default=0) >> bits == 0)

    def _group(self, places: tuple[int, ...], weight: int) -> None:
        """Take the features that exactly these programs have, with what they weigh together."""
        if len(places) > _FEW:
            number = len(self._common)
            self._common.append((weight, places))
            for place in places:
                self.totals[place] += weight
                self._of[place].append(number)
        else:
            entry = (weight, places)
            for place in places:
                self.totals[place] += weight
            for place in places[:-1]:  # no column comes after the last
                self._rare[place].append(entry)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The ranges of columns that are worked on together; bounds the memory."""
        return ((start, min(start + _BLOCK, self._size)) for start in range(0, self._size, _BLOCK))

    def rows(self, start: int, end: int) -> Iterator[list[float]]:
        """For every row before ``end``: its Jaccards with the columns of the block that come after the row."""
        masks = [self._mask(weight, places, start, end) for weight, places in self._common]
        bits = array(self._code).itemsize * 8
        base = start  # the column in the lowest field
        for row in range(end):
            if row - base >= _SHIFTED:
                masks = [mask >> (bits * (row - base)) for mask in masks]
                base = row
            together = sum(map(masks.__getitem__, self._of[row]))
            sums = _unpacked(together, self._code, end - base)
            for weight, places in self._rare[row]:
                for column in places:
                    if base <= column < end:
                        sums[column - base] += weight
            first = max(start, row + 1)
            yield jaccards(sums[first - base :], self.totals[row], self.totals[first:end])

    def _mask(self, weight: int, places: Sequence[int], start: int, end: int) -> int:
        if start or end < self._size:
            places = places[bisect_left(places, start) : bisect_left(places, end)]
        if not places:
            return 0
        fields = array(self._code, bytes((places[-1] + 1 - start) * array(self._code).itemsize))
        for column in places:
            fields[column - start] = weight
        if sys.byteorder == "big":
            fields.byteswap()
        return int.from_bytes(fields, "little")
