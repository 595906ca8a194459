"""All pairs of a class at once."""

import gc
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final

from examdesk.similarity.features import Extractor, Features
from examdesk.similarity.model import SHORT_LINES, Distribution, Pair, Program, Report
from examdesk.similarity.overlaps import Groups, Overlaps, alone, log_weight, some_against_all
from examdesk.similarity.spreading import spread_of
from examdesk.similarity.structure import FAMILIES

__all__ = ["compare_all"]

_Found = tuple[float, float, int, int]
"""What pairs are sorted by (rank or plain figure), the plain figure, and the two places."""


def compare_all(
    programs: Sequence[Program],
    starters: Sequence[str] = (),
    *,
    rank: bool = True,
    limit: int | None = 50_000,
    extract: Callable[[Program], Features] | None = None,
) -> Report:
    """Compare every program with every other one.

    Args:
        programs: the class. Two with the same name raise ValueError.
        starters: source texts that students were given; what they contain counts for nobody.
        rank: work out the ranking measure as well (about three times the time).
        limit: pairs to report, the highest ones; all when none. The distribution is always of all pairs.
        extract: gives the features of a program where somebody remembers them; `starters` are then not used.
    """
    if len({program.label for program in programs}) < len(programs):
        raise ValueError("two programs have the same name, so nobody could tell whose pair is whose")
    with _no_collection():
        extract = extract or Extractor(starters, structural=rank)
        features = [extract(program) for program in programs]
        table = _Table(programs, features, rank=rank, limit=limit)
        table.fill()
    return table.report()


@contextmanager
def _no_collection() -> Iterator[None]:
    """No cyclic garbage is made here, and looking for it takes a third of the time."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Table:
    """The figures of all pairs, kept where they are among the highest, counted where they are not."""

    def __init__(
        self, programs: Sequence[Program], features: Sequence[Features], *, rank: bool, limit: int | None
    ) -> None:
        self._programs, self._features, self._rank, self._limit = programs, features, rank, limit
        self._best: list[_Found] = []
        self._floor = -1.0
        self._jaccards: Counter[int] = Counter()
        self._ranks: Counter[int] = Counter()
        self._unparsed = {place for place, one in enumerate(features) if rank and one.families is None}
        self._short = {place for place, one in enumerate(features) if one.lines < SHORT_LINES}
        self._highest = [-1.0] * len(programs)
        self._by_tokens: dict[int, list[float]] = {}
        self._special = len({program.owner for program in programs}) < len(programs) or any(
            program.earlier for program in programs
        )

    def fill(self) -> None:
        """Work out all pairs."""
        tokens = Groups([one.grams for one in self._features])
        plain = Overlaps(tokens, alone)
        families: list[Overlaps] = []
        if self._rank:
            everybody = len(self._features)
            weight = _weights(everybody - len(self._unparsed))
            families = [
                Overlaps(Groups([_family(one, number) for one in self._features]), weight) for number in _NUMBERS
            ]
            if self._unparsed:
                self._by_tokens = some_against_all(tokens, sorted(self._unparsed), _weights(everybody))
        parts = len(FAMILIES)
        for start, end in plain.blocks():
            sources = [family.rows(start, end) for family in families]
            for row, figures in enumerate(plain.rows(start, end)):
                ranks = figures
                if families:
                    three = zip(*map(next, sources), strict=True)
                    ranks = [(shape + roles + uses) / parts for shape, roles, uses in three]
                    self._use_tokens(ranks, row, start, end)
                self._keep(row, max(start, row + 1), figures, ranks)

    def _use_tokens(self, ranks: list[float], row: int, start: int, end: int) -> None:
        """Put the figures from tokens where one of the two does not parse."""
        first = max(start, row + 1)
        if row in self._unparsed:
            ranks[:] = self._by_tokens[row][first:end]
            return
        for column, instead in self._by_tokens.items():
            if first <= column < end:
                ranks[column - first] = instead[row]

    def _keep(self, row: int, first: int, jaccards: list[float], ranks: list[float]) -> None:
        columns: Sequence[int] = range(first, first + len(jaccards))
        if self._special:
            kept = [place for place, column in enumerate(columns) if self._compared(row, column)]
            columns = [columns[place] for place in kept]
            jaccards, ranks = [jaccards[place] for place in kept], [ranks[place] for place in kept]
        self._raise(row, columns, jaccards)
        self._jaccards.update([int(figure * 1000) for figure in jaccards])
        if self._rank:
            self._ranks.update([int(figure * 1000) for figure in ranks])
        floor = self._floor
        if max(ranks, default=-1.0) > floor:
            self._best += [
                (figure, jaccard, row, column)
                for figure, jaccard, column in zip(ranks, jaccards, columns, strict=True)
                if figure > floor
            ]
        if self._limit is not None and len(self._best) > 3 * self._limit + 1000:
            self._sort()
            self._floor = self._best[-1][0] if self._best else self._floor

    def _raise(self, row: int, columns: Sequence[int], jaccards: Sequence[float]) -> None:
        """Let the highest figures of the row and the columns follow; those of short programs count for nobody."""
        if row in self._short or not jaccards:
            return
        highest = self._highest
        if isinstance(columns, range) and not self._short:
            until_now = highest[columns.start : columns.stop]
            highest[columns.start : columns.stop] = [
                before if before > figure else figure  # noqa: FURB136  half a million calls of max() less
                for before, figure in zip(until_now, jaccards, strict=True)
            ]
            highest[row] = max([highest[row], *jaccards])
            return
        for column, figure in zip(columns, jaccards, strict=True):
            if column not in self._short:
                highest[column] = max(highest[column], figure)
                highest[row] = max(highest[row], figure)

    def _compared(self, row: int, column: int) -> bool:
        one, other = self._programs[row], self._programs[column]
        return one.owner != other.owner and not (one.earlier and other.earlier)

    def _sort(self) -> None:
        self._best.sort(key=lambda found: (-found[0], -found[1], found[2], found[3]))
        if self._limit is not None:
            del self._best[self._limit :]

    def report(self) -> Report:
        """Everything as it is handed on."""
        self._sort()
        labels = [program.label for program in self._programs]
        short = self._short
        pairs = [
            Pair(
                a=labels[row],
                b=labels[column],
                jaccard=round(jaccard, 6),
                rank=round(figure, 6) if self._rank else None,
                short=row in short or column in short,
                by_tokens=row in self._unparsed or column in self._unparsed,
            )
            for figure, jaccard, row, column in self._best
        ]
        return Report(
            pairs=pairs,
            left_out=self._jaccards.total() - len(pairs),
            distribution=Distribution(spread_of(self._jaccards), spread_of(self._ranks) if self._rank else None),
            programs=len(labels),
            unparsed=[labels[place] for place in sorted(self._unparsed)],
            short=[labels[place] for place in sorted(short)],
            highest={
                label: round(figure, 6) for label, figure in zip(labels, self._highest, strict=True) if figure >= 0
            },
        )


_NUMBERS: Final = range(len(FAMILIES))


def _family(features: Features, number: int) -> set[int]:
    return features.families[number] if features.families is not None else set()


def _weights(programs: int) -> Callable[[int], int]:
    highest = log_weight(programs + 1)
    return lambda count: highest - log_weight(count)
