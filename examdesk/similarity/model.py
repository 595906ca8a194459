"""What goes into a comparison and what comes out of it."""

from collections.abc import Iterator, Mapping
from typing import Final

import msgspec

__all__ = ["ENGINE", "SHORT_LINES", "Distribution", "Pair", "Program", "Region", "Report", "Spread"]

ENGINE: Final = "examdesk similarity 3"
"""Raised whenever the same programs and starter code would give other figures."""
SHORT_LINES: Final = 20
"""Below this many lines of the author's own code no figure tells copies from chance."""


class Program(msgspec.Struct, frozen=True):
    """One piece of work to compare.

    Attributes:
        owner: who wrote it; two programs with the same owner are never compared.
        files: source text by file name; compared together, but nothing matches across the end of a file.
        name: what reports call it; the owner when empty. Names are unique within a comparison.
        earlier: from an earlier class or another source: compared with the class, not with other earlier ones.
        given: where a record knows it, the stretches (start, end) of each file whose characters came as starter code
            and still stand; in order, code points.
    """

    owner: str
    files: Mapping[str, str]
    name: str = ""
    earlier: bool = False
    given: Mapping[str, tuple[tuple[int, int], ...]] = {}

    @property
    def label(self) -> str:
        """The name, or the owner where there is none."""
        return self.name or self.owner


class Pair(msgspec.Struct, frozen=True):
    """How alike two programs are.

    Attributes:
        a: name of the one that came first in the input.
        b: name of the other.
        jaccard: the plain measure, 0 to 1.
        rank: the ranking measure, 0 to 1; none when it was not asked for.
        short: one of them has fewer than ``SHORT_LINES`` lines of its own, so the figures say little.
        by_tokens: the rank comes from tokens because one of them does not parse.
    """

    a: str
    b: str
    jaccard: float
    rank: float | None = None
    short: bool = False
    by_tokens: bool = False


class Region(msgspec.Struct, frozen=True):
    """A passage of one program that matches a passage of another.

    Attributes:
        start_a: code-point offset of the first character in ``file_a``; ``end_a`` is the offset after the last.
        start_b: the same for the other program.
        tokens: how many tokens match.
    """

    start_a: int
    end_a: int
    start_b: int
    end_b: int
    tokens: int
    file_a: str
    file_b: str


class Spread(msgspec.Struct, frozen=True):
    """How one figure is distributed over all pairs of the class.

    Attributes:
        pairs: how many pairs there are.
        quantiles: figure by share of the pairs that do not exceed it (0.5, 0.9, 0.95, 0.99, 0.999, 1), to 0.001.
        histogram: number of pairs in each hundredth from 0 up, 101 of them; a figure of 1 is in the last.
    """

    pairs: int
    quantiles: dict[str, float]
    histogram: list[int]

    def share_below(self, figure: float) -> float:
        """The share of pairs in lower hundredths than this figure, 0 to 1."""
        return sum(self.histogram[: int(figure * 100)]) / self.pairs if self.pairs else 0.0


class Distribution(msgspec.Struct, frozen=True):
    """The spread of both measures."""

    jaccard: Spread
    rank: Spread | None = None


class Report(msgspec.Struct, frozen=True):
    """A comparison of everything with everything.

    Attributes:
        pairs: highest rank first (highest plain figure where there is no rank); equal ones in the order of the input.
        left_out: how many pairs there are below those.
        distribution: of all pairs, also of those left out.
        programs: how many programs were compared.
        unparsed: names of programs that do not parse.
        short: names of programs under ``SHORT_LINES`` lines of their own.
        highest: for each program the highest plain figure among all its pairs, of which neither is short; programs
            without such a pair are left out.
    """

    pairs: list[Pair]
    left_out: int
    distribution: Distribution
    programs: int
    unparsed: list[str]
    short: list[str]
    highest: dict[str, float]

    def of(self, name: str) -> Iterator[Pair]:
        """The pairs that one program is in, in the order of ``pairs``."""
        return (pair for pair in self.pairs if name in {pair.a, pair.b})
