"""Tables out of Excel's workbooks: each cell as a person sees it."""

import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections.abc import Callable
from datetime import date, time
from typing import Any, Final

from openpyxl.reader import excel
from openpyxl.utils.exceptions import InvalidFileException

from examdesk.rosters.archives import MAX_UNPACKED_BYTES
from examdesk.rosters.lines import MAX_COLUMNS, Line, Table, add_line
from shared.problems import InputProblem

_EXACT_DIGITS: Final = 15  # a spreadsheet keeps no more of a number
# openpyxl lets whatever its parsing meets come through.
_BROKEN: Final = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError, RuntimeError),
    *(struct.error, lzma.LZMAError),
)
_load: Final[Callable[..., Any]] = excel.load_workbook  # openpyxl has no types


def read_workbook(source: bytes) -> list[Table]:
    """Return every sheet; raises InputProblem for what is damaged or far too large."""
    damaged = "This workbook can't be read; it may be damaged. Open it, save it again as .xlsx or CSV, and choose that."
    try:
        with zipfile.ZipFile(io.BytesIO(source)) as archive:
            unpacked = sum(entry.file_size for entry in archive.infolist())
    except (zipfile.BadZipFile, *_BROKEN) as error:
        raise InputProblem(damaged) from error
    if unpacked > MAX_UNPACKED_BYTES:
        raise InputProblem("This workbook is far too large for a class list. Save only the list as CSV.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about decoration that openpyxl doesn't keep
            book = _load(io.BytesIO(source), read_only=True, data_only=True)
            try:
                return [_read_sheet(sheet) for sheet in book.worksheets]
            finally:
                book.close()
    except InputProblem:
        raise
    except (InvalidFileException, zipfile.BadZipFile, zlib.error, *_BROKEN) as error:
        raise InputProblem(damaged) from error


def _read_sheet(sheet: Any) -> Table:
    sheet.reset_dimensions()
    lines: list[Line] = []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        pairs = [_cell_text(cell) for cell in row[:MAX_COLUMNS]]
        doubts = {index: doubt for index, (_, doubt) in enumerate(pairs) if doubt}
        add_line(lines, number, [text for text, _ in pairs], doubts)
    return Table(tuple(lines), sheet=sheet.title)


def _cell_text(cell: Any) -> tuple[str, str]:
    """Return the cell as a person sees it, and why it can't be trusted as an id, if so."""
    value = cell.value
    if value is None:
        return "", ""
    if isinstance(value, bool):
        return str(value).lower(), ""
    if isinstance(value, (int, float)):
        return _number_text(value, str(getattr(cell, "number_format", "") or ""))
    if isinstance(value, (date, time)):
        return value.isoformat(), "the spreadsheet made a date of it"
    return str(value), ""


def _number_text(value: float, number_format: str) -> tuple[str, str]:
    whole = int(value) if value == value and abs(value) < 1e300 and value == int(value) else None  # noqa: PLR0124 - NaN
    if whole is None:
        return repr(value), ""
    text = str(whole)
    if re.fullmatch(r"0+", number_format):
        text = text.zfill(len(number_format))
    return text, "the spreadsheet rounded it" if len(text) > _EXACT_DIGITS else ""
