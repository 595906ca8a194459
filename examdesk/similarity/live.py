"""A class that changes while the exam runs: one program's new version against all others in a few milliseconds."""

import sys
from array import array
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Sequence
from typing import Final

from examdesk.similarity.features import Extractor, Features
from examdesk.similarity.model import SHORT_LINES, Pair, Program
from examdesk.similarity.overlaps import alone, log_weight
from examdesk.similarity.structure import FAMILIES

__all__ = ["Corpus"]

_FEW: Final = 8
_BITS: Final = 64
_Places = set[int] | int
"""Who has a feature: the slots, or, when many have it, an integer with a 1 in the field of each."""


class _Index:
    """Who has which feature, with the sums that Jaccards need kept up to date.

    A weight is ``log_weight(N + 1) - log_weight(count)``, so that a total is ``log_weight(N + 1)`` times the number of
    features less the sum of the logarithms, and a new program changes only the first factor.
    """

    def __init__(self) -> None:
        self._places: dict[Hashable, _Places] = {}
        self._counts: dict[Hashable, int] = {}
        self._logarithms = 0  # a field for each slot

    def change(self, slot: int, old: Collection[Hashable], new: Collection[Hashable]) -> None:
        """Give a slot other features."""
        for feature in old:
            self._move(feature, slot, joins=False)
        for feature in new:
            self._move(feature, slot, joins=True)

    def _move(self, feature: Hashable, slot: int, *, joins: bool) -> None:
        places = self._places.get(feature, set())
        count = self._counts.get(feature, 0)
        if count > 1:
            self._logarithms -= log_weight(count) * _packed(places)
        count += 1 if joins else -1
        if isinstance(places, int):
            places += (1 if joins else -1) << (_BITS * slot)
        elif joins:
            places.add(slot)
        else:
            places.discard(slot)
        if count > _FEW and not isinstance(places, int):
            places = _packed(places)
        if count:
            self._places[feature], self._counts[feature] = places, count
        else:
            del self._places[feature], self._counts[feature]
        if count > 1:
            self._logarithms += log_weight(count) * _packed(places)

    def shared(self, features: Collection[Hashable], slots: int, weight: Callable[[int], int]) -> Sequence[int]:
        """For each slot the sum of the weights of those of these features that it has."""
        by_count: defaultdict[int, int] = defaultdict(int)
        few: list[tuple[set[int], int]] = []
        for feature in features:
            places = self._places[feature]
            count = self._counts[feature]
            if isinstance(places, int):
                by_count[count] += places
            elif count > 1:
                few.append((places, weight(count)))
        sums = _fields(sum(weight(count) * places for count, places in by_count.items()), slots)
        for owners, each in few:
            for slot in owners:
                sums[slot] += each
        return sums

    def logarithms(self, slots: int) -> Sequence[int]:
        """For each slot the sum of the logarithms of the counts of its features."""
        return _fields(self._logarithms, slots)


def _packed(places: _Places) -> int:
    return places if isinstance(places, int) else sum([1 << (_BITS * slot) for slot in places])


def _fields(packed: int, slots: int) -> "array[int]":
    fields = array("Q")
    fields.frombytes(packed.to_bytes(slots * _BITS // 8, "little"))
    if sys.byteorder == "big":
        fields.byteswap()
    return fields


class Corpus:
    """The latest version of every program of a class.

    ``put`` a program whenever it changed, then ask ``compare``; the figures are those that ``compare_all`` would give
    for the same programs. Not safe for use by several threads at once.
    """

    def __init__(self, starters: Sequence[str] = (), *, rank: bool = True) -> None:
        self._extract = Extractor(starters, structural=rank)
        self._rank = rank
        self._grams = _Index()
        self._families = [_Index() for _ in FAMILIES]
        self._slots: dict[str, int] = {}
        self._programs: list[Program | None] = []
        self._features: list[Features] = []
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, program: Program) -> None:
        """Add a program, or replace the version that has the same name."""
        self._set(self._slot(program.label), program, self._extract(list(program.files.values())))

    def remove(self, name: str) -> None:
        """Take a program out again. Unknown names raise KeyError."""
        slot = self._slots.pop(name)
        self._set(slot, None, _NOTHING)
        self._free.append(slot)

    def compare(self, name: str, limit: int | None = None) -> list[Pair]:
        """The pairs of one program with all others, or the highest of them, in the order of ``Report.pairs``.

        ``a`` is the one asked for. Unknown names raise KeyError.
        """
        slot = self._slots[name]
        jaccards = self._jaccards(slot)
        ranks = self._ranks(slot) if self._rank else jaccards
        others = [other for other in self._slots.values() if self._compared(slot, other)]
        others.sort(key=lambda other: (-ranks[other], -jaccards[other]))
        return [
            self._pair(slot, other, jaccards[other], ranks[other] if self._rank else None) for other in others[:limit]
        ]

    def _slot(self, name: str) -> int:
        if name not in self._slots:
            if self._free:
                self._slots[name] = self._free.pop()
            else:
                self._slots[name] = len(self._programs)
                self._programs.append(None)
                self._features.append(_NOTHING)
        return self._slots[name]

    def _set(self, slot: int, program: Program | None, new: Features) -> None:
        old = self._features[slot]
        self._grams.change(slot, old.grams - new.grams, new.grams - old.grams)
        if self._rank:
            before, after = old.families or _NO_FAMILIES, new.families or _NO_FAMILIES
            for index, was, now in zip(self._families, before, after, strict=True):
                index.change(slot, was - now, now - was)
        self._programs[slot], self._features[slot] = program, new

    def _jaccards(self, slot: int) -> list[float]:
        grams = self._features[slot].grams
        counts = self._grams.shared(grams, len(self._programs), alone)
        return [
            count / (len(grams) + len(one.grams) - count) if count else 0.0
            for count, one in zip(counts, self._features, strict=True)
        ]

    def _ranks(self, slot: int) -> list[float]:
        own = self._features[slot].families
        unparsed = [self._slots_unparsed(place) for place in range(len(self._features))]
        if own is None:
            return self._by_tokens(slot)
        parsed = len(self._slots) - sum(unparsed)
        rows = [
            _weighted(index, [_family(one, number) for one in self._features], slot, parsed)
            for number, index in enumerate(self._families)
        ]
        ranks = [sum(figures) / len(FAMILIES) for figures in zip(*rows, strict=True)]
        if any(unparsed):
            tokens = self._by_tokens(slot)
            ranks = [tokens[place] if unparsed[place] else figure for place, figure in enumerate(ranks)]
        return ranks

    def _by_tokens(self, slot: int) -> list[float]:
        return _weighted(self._grams, [one.grams for one in self._features], slot, len(self._slots))

    def _slots_unparsed(self, slot: int) -> bool:
        return self._programs[slot] is not None and self._features[slot].families is None

    def _compared(self, slot: int, other: int) -> bool:
        one, second = self._programs[slot], self._programs[other]
        assert one is not None
        assert second is not None
        return slot != other and one.owner != second.owner and not (one.earlier and second.earlier)

    def _pair(self, slot: int, other: int, jaccard: float, rank: float | None) -> Pair:
        one, second = self._programs[slot], self._programs[other]
        assert one is not None
        assert second is not None
        return Pair(
            a=one.label,
            b=second.label,
            jaccard=round(jaccard, 6),
            rank=None if rank is None else round(rank, 6),
            short=min(self._features[slot].lines, self._features[other].lines) < SHORT_LINES,
            by_tokens=self._rank and (self._slots_unparsed(slot) or self._slots_unparsed(other)),
        )


def _family(features: Features, number: int) -> set[int]:
    return features.families[number] if features.families is not None else set()


def _weighted(index: _Index, sets: Sequence[Collection[Hashable]], slot: int, programs: int) -> list[float]:
    """The weighted Jaccards of one slot with every slot."""
    highest = log_weight(programs + 1)
    weights = index.shared(sets[slot], len(sets), lambda count: highest - log_weight(count))
    logarithms = index.logarithms(len(sets))
    totals = [highest * len(features) - less for features, less in zip(sets, logarithms, strict=True)]
    mine = totals[slot]
    return [weight / (mine + total - weight) if weight else 0.0 for weight, total in zip(weights, totals, strict=True)]


_NO_FAMILIES: Final = tuple(set[int]() for _ in FAMILIES)
_NOTHING: Final = Features(set(), _NO_FAMILIES, 0)
