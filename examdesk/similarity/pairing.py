"""One pair within its class, without working out all the others; and how common a passage is."""

from collections import Counter
from collections.abc import Collection, Hashable, Sequence
from itertools import chain
from statistics import median

from examdesk.similarity.features import Features
from examdesk.similarity.lexing import NGRAM, ngrams, symbols
from examdesk.similarity.model import SHORT_LINES, Pair, Program
from examdesk.similarity.overlaps import log_weight
from examdesk.similarity.structure import FAMILIES

__all__ = ["commonness", "pair_within", "without_common"]


def pair_within(programs: Sequence[Program], features: Sequence[Features], a: int, b: int) -> Pair:
    """The figures of the programs at places `a` and `b`, the same as `compare_all` gives for the whole class."""
    one, other = features[a], features[b]
    shared = len(one.grams & other.grams)
    together = len(one.grams | other.grams)
    parsed = [each.families for each in features if each.families is not None]
    if one.families is None or other.families is None:
        rank = _weighted(one.grams, other.grams, [each.grams for each in features])
    else:
        rank = sum(
            _weighted(one.families[number], other.families[number], [each[number] for each in parsed])
            for number in range(len(FAMILIES))
        ) / len(FAMILIES)
    return Pair(
        a=programs[a].label,
        b=programs[b].label,
        jaccard=round(shared / together, 6) if shared else 0.0,
        rank=round(rank, 6),
        short=min(one.lines, other.lines) < SHORT_LINES,
        by_tokens=one.families is None or other.families is None,
    )


def _weighted(one: Collection[Hashable], other: Collection[Hashable], sets: Sequence[Collection[Hashable]]) -> float:
    wanted = {*one, *other}
    counts = Counter(feature for feature in chain.from_iterable(sets) if feature in wanted)
    highest = log_weight(len(sets) + 1)
    weights = {feature: highest - log_weight(counts[feature]) for feature in wanted}
    mine = set(other)
    common = sum(weights[feature] for feature in one if feature in mine)
    return common / (sum(weights.values())) if common else 0.0


def commonness(passages: Sequence[str], features: Sequence[Features]) -> list[int]:
    """How many programs have each passage, by the median over its token 5-grams; at least 1 for any that has one."""
    grams = [ngrams(symbols(text), NGRAM) for text in passages]
    wanted = set(chain.from_iterable(grams))
    counts = Counter(gram for each in features for gram in each.grams & wanted)
    return [round(median(counts[gram] for gram in own)) if own else 0 for own in grams]


def without_common(pairs: Sequence[tuple[int, int]], features: Sequence[Features], most: float) -> list[float]:
    """The plain measure of pairs of places without the n-grams that more than a share `most` of the programs have.

    What two programs have is never common, so that in a small class the filter leaves something to compare.
    """
    counts = Counter(chain.from_iterable(each.grams for each in features))
    limit = max(most * len(features), 2)
    kept: dict[int, set[str]] = {}
    figures = []
    for pair in pairs:
        for place in pair:
            if place not in kept:
                kept[place] = {gram for gram in features[place].grams if counts[gram] <= limit}
        one, other = kept[pair[0]], kept[pair[1]]
        shared = len(one & other)
        figures.append(round(shared / len(one | other), 6) if shared else 0.0)
    return figures
