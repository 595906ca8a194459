"""Several sections in one cell: as Canvas writes them (`A and B`; `A, B, and C`), or with commas between."""

import re
from collections.abc import Iterable
from typing import Literal

Joined = Literal["", "list", "sentence"]
"""How a kind of class list joins the sections of a student; empty: a cell is one section."""
_COMMA = re.compile(r"\s*,\s*(?:and\s+)?")
_LIST_COMMA = re.compile(r"\s*,\s*")
_AND = re.compile(r"\s+and\s+")
_ALIKE = 3


class Sections:
    """Takes cells apart, knowing all cells of their column.

    `Data and Algorithms` may be one section or two. It is two where one of them stands alone in another line, or where
    both begin alike (`CS101-A and CS101-Lab`).
    """

    def __init__(self, joined: Joined, cells: Iterable[str]) -> None:
        self._joined = joined
        self._alone = {cell.strip() for cell in cells}

    def of(self, cell: str) -> list[str]:
        """Return the sections of a cell, the first of which is the student's."""
        if self._joined == "list":
            return _filled(_LIST_COMMA.split(cell))
        if self._joined == "sentence":
            return _filled(_COMMA.split(cell)) if "," in cell else self._by_and(cell)
        return [cell]

    def _by_and(self, cell: str) -> list[str]:
        parts = _filled(_AND.split(cell))
        alike = len({part[:_ALIKE] for part in parts}) == 1
        return parts if alike or self._alone.intersection(parts) else [cell]


def _filled(parts: Iterable[str]) -> list[str]:
    return [part.strip() for part in parts if part.strip()] or [""]
