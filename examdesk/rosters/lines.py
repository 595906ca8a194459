"""Lines and tables as they come out of files."""

from dataclasses import dataclass, field


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
