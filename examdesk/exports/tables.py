"""CSV files that others read: every file UTF-8, in the columns that their readers ask for."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula; the last four are the full-width signs."""


def defused(text: str) -> str:
    """Return a text that no spreadsheet takes for a formula: an apostrophe in front where it looks like one."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def armed(text: str) -> str:
    """Return the text that `defused` made this of, where it was one that looked like a formula."""
    return text[1:] if text.startswith("'") and text[1:].startswith(_FORMULA) else text


def write_table(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]], *, excel: bool = True) -> Path:
    """Write a table; `excel` begins it with the byte-order mark by which Excel knows UTF-8."""
    with path.open("w", encoding="utf-8-sig" if excel else "utf-8", newline="", errors="replace") as out:
        table = csv.writer(out)
        table.writerow(columns)
        table.writerows(rows)
    return path
