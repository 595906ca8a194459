"""How much any two of many sets share, for all pairs, exactly and fast, with the standard library alone.

A row of sums (one program against a block of others) is one big integer with a field of 32 or 64 bits for each other
program. A feature is such an integer with its weight in the field of every program that has it, so that adding up a
program's features gives all of its sums at once. Features that few programs have are added one by one.
"""

import math
import sys
from array import array
from bisect import bisect_left
from collections.abc import Callable, Collection, Hashable, Iterator, Sequence
from typing import Final

__all__ = ["UNIT", "Overlaps", "alone", "log_weight"]

UNIT: Final = 1024
"""Weights are whole numbers, in units of 1/1024, so that sums are exact whatever their order."""
_FEW: Final = 10
_BLOCK: Final = 512


def log_weight(count: int) -> int:
    """The natural logarithm of a count in ``UNIT``; the weight of a feature is that of N+1 less that of its count."""
    return round(UNIT * math.log(count))


def alone(_: int) -> int:
    """The weight 1 of the plain measure."""
    return 1


class Overlaps:
    """Sums of the weights of shared features of many sets.

    Attributes:
        totals: for each set the sum of all of its weights.
    """

    def __init__(self, sets: Sequence[Collection[Hashable]], weight: Callable[[int], int]) -> None:
        self._size = len(sets)
        owners: dict[Hashable, list[int]] = {}
        setdefault = owners.setdefault
        for place, features in enumerate(sets):
            for feature in features:
                setdefault(feature, []).append(place)
        weights = {count: weight(count) for count in set(map(len, owners.values()))}
        self.totals = [sum([weights[len(owners[feature])] for feature in features]) for features in sets]
        self._code = "I" if max(self.totals, default=0) < 1 << 32 else "Q"
        self._rare: list[list[tuple[int, list[int]]]] = [[] for _ in sets]
        self._common: list[tuple[int, list[int]]] = []
        self._of: list[list[int]] = [[] for _ in sets]
        for places in owners.values():
            count = len(places)
            if count > _FEW:
                number = len(self._common)
                self._common.append((weights[count], places))
                for place in places:
                    self._of[place].append(number)
            elif count > 1:
                entry = (weights[count], places)
                for place in places[:-1]:
                    self._rare[place].append(entry)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """The ranges of columns that are worked on together; bounds the memory."""
        return ((start, min(start + _BLOCK, self._size)) for start in range(0, self._size, _BLOCK))

    def rows(self, start: int, end: int) -> Iterator[Sequence[int]]:
        """For every row before ``end``: its sums with the columns from ``start`` to ``end``.

        Only sums with columns after the row's own number are meant to be used; the others may be incomplete.
        """
        masks = [self._mask(weight, places, start, end) for weight, places in self._common]
        width = (end - start) * array(self._code).itemsize
        for row in range(end):
            together = sum(map(masks.__getitem__, self._of[row]))
            sums = array(self._code)
            sums.frombytes(together.to_bytes(width, "little"))
            if sys.byteorder == "big":
                sums.byteswap()
            for weight, places in self._rare[row]:
                for column in places:
                    if start <= column < end:
                        sums[column - start] += weight
            yield sums

    def _mask(self, weight: int, places: list[int], start: int, end: int) -> int:
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
