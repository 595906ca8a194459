"""How a figure is distributed over all pairs, from how many pairs there are in each thousandth."""

from collections import Counter
from typing import Final

from examdesk.similarity.model import Spread

__all__ = ["QUANTILES", "spread_of", "thousandth"]

QUANTILES: Final = (0.5, 0.9, 0.95, 0.99, 0.999, 1.0)


def thousandth(figure: float) -> int:
    """The thousandth that a figure from 0 to 1 lies in."""
    return int(figure * 1000)


def spread_of(thousandths: Counter[int]) -> Spread:
    """The spread of the pairs counted by thousandth."""
    pairs = thousandths.total()
    histogram = [0] * 101
    quantiles: dict[str, float] = {}
    waiting = list(QUANTILES) if pairs else []
    seen = 0
    for figure in sorted(thousandths):
        histogram[figure // 10] += thousandths[figure]
        seen += thousandths[figure]
        while waiting and seen >= waiting[0] * pairs:
            quantiles[f"{waiting.pop(0):g}"] = figure / 1000
    return Spread(pairs=pairs, quantiles=quantiles, histogram=histogram)
