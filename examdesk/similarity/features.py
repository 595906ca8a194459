"""What is compared of a program: its token 5-grams and its structure, the starter code's taken away."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from examdesk.similarity.lexing import ngrams, symbols
from examdesk.similarity.structure import FAMILIES, structure

__all__ = ["Extractor", "Features"]


class Features(NamedTuple):
    """What one program brings to a comparison.

    Attributes:
        grams: normalized token 5-grams.
        families: the sets of structural features in the order of ``FAMILIES``; none when it does not parse
            or was not asked for.
        lines: lines with code of its own (not blank, not only a comment, not a line of the starter code).
    """

    grams: set[str]
    families: tuple[set[int], ...] | None
    lines: int


class Extractor:
    """Features of programs, without those that the starter code has as well."""

    def __init__(self, starters: Iterable[str] = (), *, structural: bool = True) -> None:
        self._structural = structural
        given = list(starters)
        self._grams = _all_grams(given)
        self._families = _all_families(given) or tuple(set[int]() for _ in FAMILIES) if structural else ()
        self._lines = frozenset(line.strip() for source in given for line in source.splitlines())

    def __call__(self, files: Sequence[str]) -> Features:
        """The features of a program's files together."""
        grams = _all_grams(files) - self._grams
        families = None
        if self._structural and (found := _all_families(files)) is not None:
            families = tuple(own - given for own, given in zip(found, self._families, strict=True))
        return Features(grams, families, sum(map(self._own_lines, files)))

    def _own_lines(self, source: str) -> int:
        lines = map(str.strip, source.splitlines())
        return sum([1 for line in lines if line and line[0] != "#" and line not in self._lines])


def _all_grams(files: Iterable[str]) -> set[str]:
    grams: set[str] = set()
    for source in files:
        grams |= ngrams(symbols(source))
    return grams


def _all_families(files: Iterable[str]) -> tuple[set[int], ...] | None:
    """The structure of all files together, or nothing when one of them does not parse."""
    together: tuple[set[int], ...] = tuple(set() for _ in FAMILIES)
    for source in files:
        found = structure(source)
        if found is None:
            return None
        for whole, part in zip(together, found, strict=True):
            whole.update(part)
    return together
