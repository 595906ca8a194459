"""Lines and tables as they come out of files."""

from dataclasses import dataclass, field
from typing import Final

from shared.problems import InputProblem

MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 500
MAX_CELL: Final = 1_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a table; `number` is its place in the file as a person would count it, from 1."""

    number: int
    cells: tuple[str, ...]
    doubts: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """The lines that aren't empty, the sheet's name (empty for text) and what was remarkable about reading them."""

    lines: tuple[Line, ...]
    sheet: str = ""
    warnings: tuple[str, ...] = ()


def add_line(lines: list[Line], number: int, cells: list[str], doubts: dict[int, str]) -> None:
    """Add a line unless it is empty; raises InputProblem where there are too many."""
    cleaned = tuple(cell.strip()[:MAX_CELL] for cell in cells[:MAX_COLUMNS])
    if any(cleaned):
        lines.append(Line(number, cleaned, doubts))
    if len(lines) > MAX_ROWS:
        raise InputProblem(f"This file has more than {MAX_ROWS:,} lines, too many for a class list.")
