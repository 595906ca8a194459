"""What is compared of a program: its token 5-grams and its structure, the starter code's taken away."""

from collections.abc import Iterable
from typing import NamedTuple

from examdesk.similarity.lexing import ngrams, symbols
from examdesk.similarity.model import Program
from examdesk.similarity.provenance import Given, own_lines, own_ngrams
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
    """Features of programs, without those that the starter code has as well, wherever and however it came.

    Where a program says which of its characters were given, what mostly consists of them does not count either, though
    no starter code has it: what is left of starter code in which the student deleted or replaced something.
    """

    def __init__(self, starters: Iterable[str] = (), *, structural: bool = True) -> None:
        self._structural = structural
        given: list[tuple[str, Given | None]] = [(source, None) for source in starters]
        self._grams = _all_grams(given)
        self._families = _all_families(given) or tuple(set[int]() for _ in FAMILIES) if structural else ()
        self._lines = frozenset(line.strip() for source, _ in given for line in source.splitlines())

    def __call__(self, program: Program) -> Features:
        """The features of a program's files together."""
        sources: list[tuple[str, Given | None]] = []
        for file, text in program.files.items():
            stretches = program.given.get(file)
            sources.append((text, Given(text, stretches) if stretches else None))
        grams = _all_grams(sources) - self._grams
        families = None
        if self._structural and (found := _all_families(sources)) is not None:
            families = tuple(own - given for own, given in zip(found, self._families, strict=True))
        return Features(grams, families, sum([self._own_lines(*each) for each in sources]))

    def _own_lines(self, source: str, given: Given | None) -> int:
        if given is not None:
            return own_lines(given, self._lines)
        lines = map(str.strip, source.splitlines())
        return sum([1 for line in lines if line and line[0] != "#" and line not in self._lines])


def _all_grams(sources: Iterable[tuple[str, Given | None]]) -> set[str]:
    grams: set[str] = set()
    for source, given in sources:
        grams |= ngrams(symbols(source)) if given is None else own_ngrams(given)
    return grams


def _all_families(sources: Iterable[tuple[str, Given | None]]) -> tuple[set[int], ...] | None:
    """The structure of all files together, or nothing when one of them does not parse."""
    together: tuple[set[int], ...] = tuple(set() for _ in FAMILIES)
    for source, given in sources:
        found = structure(source, given)
        if found is None:
            return None
        for whole, part in zip(together, found, strict=True):
            whole.update(part)
    return together
