"""A class that changes while the exam runs: one program's new version against all others in a few milliseconds."""

import sys
from array import array
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from typing import Any, Final

from examdesk.similarity.features import Extractor, Features
from examdesk.similarity.model import SHORT_LINES, Pair, Program, Spread
from examdesk.similarity.overlaps import Groups, Overlaps, alone, jaccards, log_weight
from examdesk.similarity.spreading import spread_of, thousandth
from examdesk.similarity.structure import FAMILIES

__all__ = ["Corpus"]

_FEW: Final = 8
_BITS: Final = 64
_MANY: Final = 20
"""So many new versions at once are taken in together, and the distribution is counted anew at its next use."""
_Places = frozenset[int] | int
"""Who has a feature: the slots, or, when many have it, an integer with a 1 in the field of each."""
_Turn = tuple[int, Collection[Hashable], Collection[Hashable]]
"""A slot, the features that it loses, those that it gets."""
_NOBODY: Final[frozenset[int]] = frozenset()


class _Index:
    """Who has which feature, with the sums that Jaccards need kept up to date.

    A weight is ``log_weight(N + 1) - log_weight(count)``, so that a total is ``log_weight(N + 1)`` times the number of
    features less the sum of the logarithms, and a new program changes only the first factor.

    Attributes:
        sizes: for each slot how many features it has.
    """

    def __init__(self) -> None:
        self._places: dict[Hashable, _Places] = {}
        self._counts: dict[Hashable, int] = {}
        self._common = 0  # the sums of the logarithms of what many have, a field for each slot
        self._rare: defaultdict[int, int] = defaultdict(int)  # the same of what few have
        self.sizes: list[int] = []

    def change(self, turns: Iterable[_Turn]) -> None:
        """Give slots, each of them once, other features."""
        left: defaultdict[Hashable, list[int]] = defaultdict(list)
        joined: defaultdict[Hashable, list[int]] = defaultdict(list)
        for slot, old, new in turns:
            self.sizes += [0] * (slot + 1 - len(self.sizes))
            self.sizes[slot] += len(new) - len(old)
            for feature in old:
                left[feature].append(slot)
            for feature in new:
                joined[feature].append(slot)
        for feature, slots in joined.items():
            self._move(feature, left.pop(feature, ()), slots)
        for feature, slots in left.items():
            self._move(feature, slots, ())

    def _move(self, feature: Hashable, left: Sequence[int], joined: Sequence[int]) -> None:
        places = self._places.get(feature, _NOBODY)
        count = self._counts.get(feature, 0)
        self._add_logarithms(places, -log_weight(count) if count > 1 else 0)
        count += len(joined) - len(left)
        if not count:
            self._places.pop(feature, None)
            self._counts.pop(feature, None)
            return
        if isinstance(places, int):
            places += _packed(joined) - _packed(left)
        else:
            places = places.difference(left).union(joined)
            if count > _FEW:
                places = _packed(places)
        self._add_logarithms(places, log_weight(count) if count > 1 else 0)
        self._places[feature], self._counts[feature] = places, count

    def _add_logarithms(self, places: _Places, each: int) -> None:
        if not each:
            return
        if isinstance(places, int):
            self._common += each * places
            return
        for slot in places:
            self._rare[slot] += each

    def shared(self, features: Collection[Hashable], weight: Callable[[int], int]) -> Sequence[int]:
        """For each slot the sum of the weights of those of these features that it has."""
        by_count: defaultdict[int, int] = defaultdict(int)
        few: list[tuple[frozenset[int], int]] = []
        for feature in features:
            places = self._places[feature]
            count = self._counts[feature]
            if isinstance(places, int):
                by_count[count] += places
            elif count > 1:
                few.append((places, weight(count)))
        sums = _fields(sum([weight(count) * places for count, places in by_count.items()]), len(self.sizes))
        for owners, each in few:
            for slot in owners:
                sums[slot] += each
        return sums

    def weighted(self, slot: int, features: Collection[Hashable], programs: int) -> list[float]:
        """The weighted Jaccards of one slot, which has these features, with every slot, among so many programs."""
        highest = log_weight(programs + 1)
        weights = self.shared(features, lambda count: highest - log_weight(count))
        less = _fields(self._common, len(self.sizes))
        for place, logarithms in self._rare.items():
            less[place] += logarithms
        totals = [highest * size - minus for size, minus in zip(self.sizes, less, strict=True)]
        return jaccards(weights, totals[slot], totals)

    def plain(self, slot: int, features: Collection[Hashable]) -> list[float]:
        """The same with the weight 1."""
        return jaccards(self.shared(features, alone), self.sizes[slot], self.sizes)


def _packed(slots: Collection[int]) -> int:
    if len(slots) <= _FEW:
        return sum([1 << (_BITS * slot) for slot in slots])
    fields = array("Q", bytes((max(slots) + 1) * _BITS // 8))
    for slot in slots:
        fields[slot] = 1
    if sys.byteorder == "big":
        fields.byteswap()
    return int.from_bytes(fields, "little")


def _fields(packed: int, slots: int) -> "array[int]":
    fields = array("Q")
    fields.frombytes(packed.to_bytes(slots * _BITS // 8, "little"))
    if sys.byteorder == "big":
        fields.byteswap()
    return fields


class Corpus:
    """The latest version of every program of a class.

    ``put`` a program whenever it changed, then ask ``compare``; the figures are those that ``compare_all`` would give
    for the same programs, whatever came in which order: weights are worked out at each question from how many
    programs have a feature now, and nothing that depends on them is kept. Not safe for use by several threads at once.
    """

    def __init__(
        self,
        starters: Sequence[str] = (),
        *,
        rank: bool = True,
        extract: Callable[[Program], Features] | None = None,
    ) -> None:
        self._extract = extract or Extractor(starters, structural=rank)
        self._rank = rank
        self._grams = _Index()
        self._families = [_Index() for _ in FAMILIES]
        self._slots: dict[str, int] = {}
        self._programs: list[Program | None] = []
        self._features: list[Features] = []
        self._unparsed: set[int] = set()
        self._free: list[int] = []
        self._jaccards: Counter[int] | None = Counter()
        self._last_row: tuple[int, list[float]] | None = None

    def __len__(self) -> int:
        return len(self._slots)

    def put(self, program: Program) -> None:
        """Add a program, or replace the version that has the same name."""
        self.follow([program])

    def remove(self, name: str) -> None:
        """Take a program out again. Unknown names raise KeyError."""
        slot = self._slots.pop(name)
        self._count(slot, -1)
        self._set([(slot, None, _NOTHING)])
        self._free.append(slot)

    def follow(self, programs: Iterable[Program]) -> None:
        """Add programs, or replace versions that have the same names; the last one of a name holds."""
        changed = [
            program for program in {program.label: program for program in programs}.values() if self._new(program)
        ]
        if len(changed) > _MANY:
            self._jaccards = None
            self._set([(self._slot(each.label), each, self._extract(each)) for each in changed])
            return
        for each in changed:
            features = self._extract(each)
            known = each.label in self._slots
            slot = self._slot(each.label)
            if known:
                self._count(slot, -1)
            self._set([(slot, each, features)])
            self._count(slot, 1)

    def programs(self) -> list[Program]:
        """The latest versions, in the order in which their names first came."""
        return [program for slot in self._slots.values() if (program := self._programs[slot]) is not None]

    def features(self, name: str) -> Features:
        """The features of a program's latest version. Unknown names raise KeyError."""
        return self._features[self._slots[name]]

    def compare(self, name: str, limit: int | None = None) -> list[Pair]:
        """The pairs of one program with all others, or the highest of them, in the order of ``Report.pairs``.

        ``a`` is the one asked for. Unknown names raise KeyError.
        """
        slot = self._slots[name]
        jaccards = self._row(slot)
        ranks = self._ranks(slot) if self._rank else jaccards
        others = [other for other in self._slots.values() if self._compared(slot, other)]
        others.sort(key=lambda other: (-ranks[other], -jaccards[other]))
        return [
            self._pair(slot, other, jaccards[other], ranks[other] if self._rank else None) for other in others[:limit]
        ]

    def spread(self) -> Spread:
        """How the plain measure is distributed over all pairs, as ``Report.distribution`` has it."""
        if self._jaccards is None:
            self._jaccards = self._counted()
        return spread_of(self._jaccards)

    def _counted(self) -> Counter[int]:
        slots = list(self._slots.values())
        overlaps = Overlaps(Groups([self._features[slot].grams for slot in slots]), alone)
        counted: Counter[int] = Counter()
        for start, end in overlaps.blocks():
            for row, figures in enumerate(overlaps.rows(start, end)):
                others = slots[max(start, row + 1) : end]
                counted.update(
                    [
                        thousandth(figure)
                        for other, figure in zip(others, figures, strict=True)
                        if self._compared(slots[row], other)
                    ]
                )
        return counted

    def _count(self, slot: int, sign: int) -> None:
        """Take the pairs of a slot into the distribution, or out of it."""
        if self._jaccards is None:
            return
        row = self._row(slot)
        for other in self._slots.values():
            if self._compared(slot, other):
                self._jaccards[thousandth(row[other])] += sign

    def _new(self, program: Program) -> bool:
        slot = self._slots.get(program.label)
        return slot is None or self._programs[slot] != program

    def _slot(self, name: str) -> int:
        if name not in self._slots:
            if self._free:
                self._slots[name] = self._free.pop()
            else:
                self._slots[name] = len(self._programs)
                self._programs.append(None)
                self._features.append(_NOTHING)
        return self._slots[name]

    def _set(self, versions: Sequence[tuple[int, Program | None, Features]]) -> None:
        self._last_row = None
        turns = [(slot, self._features[slot], new) for slot, _, new in versions]
        self._grams.change([_turn(slot, old.grams, new.grams) for slot, old, new in turns])
        for number, index in enumerate(self._families if self._rank else ()):
            index.change([_turn(slot, _family(old, number), _family(new, number)) for slot, old, new in turns])
        for slot, program, features in versions:
            self._programs[slot], self._features[slot] = program, features
            (self._unparsed.add if features.families is None else self._unparsed.discard)(slot)

    def _row(self, slot: int) -> list[float]:
        if self._last_row is None or self._last_row[0] != slot:
            self._last_row = slot, self._grams.plain(slot, self._features[slot].grams)
        return self._last_row[1]

    def _ranks(self, slot: int) -> list[float]:
        families = self._features[slot].families
        if families is None:
            return self._by_tokens(slot)
        parsed = len(self._slots) - len(self._unparsed)
        three = [index.weighted(slot, own, parsed) for index, own in zip(self._families, families, strict=True)]
        ranks = [(shape + roles + uses) / len(FAMILIES) for shape, roles, uses in zip(*three, strict=True)]
        if self._unparsed:
            tokens = self._by_tokens(slot)
            for place in self._unparsed:
                ranks[place] = tokens[place]
        return ranks

    def _by_tokens(self, slot: int) -> list[float]:
        return self._grams.weighted(slot, self._features[slot].grams, len(self._slots))

    def _compared(self, slot: int, other: int) -> bool:
        one, second = self._programs[slot], self._programs[other]
        if one is None or second is None:
            return False
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
            by_tokens=self._rank and (slot in self._unparsed or other in self._unparsed),
        )


def _turn(slot: int, old: set[Any], new: set[Any]) -> _Turn:
    return slot, old - new, new - old


def _family(features: Features, number: int) -> set[int]:
    return features.families[number] if features.families is not None else set()


_NOTHING: Final = Features(set(), tuple(set[int]() for _ in FAMILIES), 0)
