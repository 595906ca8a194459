"""Tables out of files: what is in the cells, whatever the encoding, the separator or the program that wrote it."""

import csv
import io
import lzma
import re
import struct
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable
from datetime import date, time
from typing import Any, Final

from openpyxl.reader import excel
from openpyxl.utils.exceptions import InvalidFileException

from examdesk.rosters.archives import MAX_UNPACKED_BYTES, is_workbook, read_archive
from examdesk.rosters.lines import Line, Table
from shared.problems import InputProblem

MAX_FILE_BYTES: Final = 8 * 1024 * 1024
MAX_ROWS: Final = 20_000
MAX_COLUMNS: Final = 500
MAX_CELL: Final = 1_000
_SEPARATORS: Final = ",;\t|"
_SAMPLE: Final = 200
_EXACT_DIGITS: Final = 15  # a spreadsheet keeps no more of a number
_WORDS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
# openpyxl lets whatever its parsing meets come through.
_BROKEN: Final = (
    *(KeyError, ValueError, TypeError, AttributeError, IndexError, SyntaxError, OSError, EOFError, RuntimeError),
    *(struct.error, lzma.LZMAError),
)
_load: Final[Callable[..., Any]] = excel.load_workbook  # openpyxl has no types
_FOREIGN: Final = (
    (b"\xd0\xcf\x11\xe0", "an old Excel file (.xls) or one with a password"),
    (b"%PDF", "a PDF"),
    (b"{\\rtf", "an RTF document"),
)


def read_tables(source: bytes) -> list[Table]:
    """Return every table in the file, recognised by its content.

    Raises:
        InputProblem: when it isn't a table at all, is empty, or is too large.
    """
    if len(source) > MAX_FILE_BYTES:
        raise InputProblem(f"This file is larger than {MAX_FILE_BYTES >> 20} MiB, too large for a class list.")
    for beginning, kind in _FOREIGN:
        if source.startswith(beginning):
            raise InputProblem(f"This is {kind}. Open it, save it as .xlsx or CSV, and choose that file.")
    tables = _read_zip(source) if source.startswith(b"PK\x03\x04") else [_read_text(source)]
    tables = [_split_single_column(table) for table in tables if table.lines]
    if not tables:
        raise InputProblem("This file is empty. Choose the file with the class list.")
    return tables


def _read_zip(source: bytes) -> list[Table]:
    if is_workbook(source):
        return _read_workbook(source)
    return [Table(tuple(read_archive(source, lambda data: _read_text(data).lines)))]


def _read_text(source: bytes) -> Table:
    text, notes = _decode(source)
    if re.match(r"\s*<(!doctype|html|\?xml|table)", text, re.IGNORECASE):
        raise InputProblem("This is a web page, whatever its name. Open it, save it as .xlsx or CSV, and choose that.")
    if "\0" in text:
        raise InputProblem("This isn't a text file or a workbook. Save the class list as .xlsx or CSV.")
    hint = re.match(r"sep=(.)\r?\n", text, re.IGNORECASE)
    separator = hint[1] if hint else _separator(text)
    lines, odd = _careful_lines(text, separator)
    return Table(tuple(lines[1:] if hint else lines), warnings=(*notes, *odd))


def _decode(source: bytes) -> tuple[str, list[str]]:
    for mark, encoding in _BOMS:
        if source.startswith(mark):
            try:
                return source.decode(encoding).lstrip("\ufeff"), []
            except UnicodeDecodeError as error:
                raise InputProblem("This file is damaged: it ends or breaks off inside a character.") from error
    beginning = source[:400]
    for encoding, zeros in (("utf-16-le", beginning[1::2]), ("utf-16-be", beginning[::2])):
        if len(source) % 2 == 0 and zeros.count(0) * 2 > len(zeros) > 0:
            return source.decode(encoding, "replace"), []
    try:
        return source.decode("utf-8"), []
    except UnicodeDecodeError:
        note = "The file isn't in UTF-8 and was read as Western European. Look at the names with accents."
        return source.decode("cp1252", "replace") if not _has_latin1_only(source) else source.decode("latin-1"), [note]


def _has_latin1_only(source: bytes) -> bool:
    """Tell whether there are bytes that Windows-1252 leaves undefined."""
    return any(byte in source for byte in b"\x81\x8d\x8f\x90\x9d")


def _lines(text: str, separator: str, *, strict: bool = False) -> list[Line]:
    """Return the lines; raises csv.Error, if `strict`, where quotation marks don't fit together."""
    csv.field_size_limit(MAX_FILE_BYTES)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=strict)
    lines: list[Line] = []
    start = 1
    try:
        for cells in reader:
            number, start = start, reader.line_num + 1
            _add(lines, number, cells, {})
    except csv.Error as error:
        raise _BadQuotes(start, open_to_the_end="end of data" in str(error)) from error
    return lines


class _BadQuotes(Exception):
    def __init__(self, line: int, *, open_to_the_end: bool) -> None:
        super().__init__(line)
        self.line = line
        self.open_to_the_end = open_to_the_end


def _careful_lines(text: str, separator: str) -> tuple[list[Line], list[str]]:
    """Return the lines and a note on odd quotation marks; one that swallows the rest of the file is refused."""
    try:
        return _lines(text, separator, strict=True), []
    except _BadQuotes as bad:
        if bad.open_to_the_end:
            raise InputProblem(
                f"A quotation mark that opens on line {bad.line} is never closed, so the lines after it can't be told "
                "apart. Close it, or take it out. Nothing was imported."
            ) from bad
        note = f"The quotation marks on line {bad.line} don't fit together; look at what was made of it."
    try:
        return _lines(text, separator), [note]
    except _BadQuotes as bad:
        raise InputProblem(f"Line {bad.line} can't be read as a table; look at its quotation marks.") from bad


def _add(lines: list[Line], number: int, cells: list[str], doubts: dict[int, str]) -> None:
    cleaned = tuple(cell.strip()[:MAX_CELL] for cell in cells[:MAX_COLUMNS])
    if any(cleaned):
        lines.append(Line(number, cleaned, doubts))
    if len(lines) > MAX_ROWS:
        raise InputProblem(f"This file has more than {MAX_ROWS:,} lines, too many for a class list.")


def _separator(text: str) -> str:
    """Return the separator with which most lines of the beginning have the same number of cells, and many."""
    sample = "\n".join(text.splitlines()[:_SAMPLE])

    def agreement(separator: str) -> tuple[float, int]:
        try:
            widths = Counter(len(line.cells) for line in _lines(sample, separator))
        except (InputProblem, _BadQuotes):
            return (0.0, 0)
        wide = [(count, width) for width, count in widths.items() if width > 1]
        if not wide:
            return (0.0, 0)
        count, width = max(wide)
        return (round(count / sum(widths.values()), 1), width)

    return max(_SEPARATORS, key=agreement)


def _read_workbook(source: bytes) -> list[Table]:
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
        _add(lines, number, [text for text, _ in pairs], doubts)
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


def _split_single_column(table: Table) -> Table:
    """Split lines that are all in one column although they hold separators, as after a wrong opening in Excel."""
    if len(table.lines) < 2 or any(sum(map(bool, line.cells)) > 1 for line in table.lines):
        return table
    whole = [next(cell for cell in line.cells if cell) for line in table.lines]
    separator = _separator("\n".join(whole))
    split = [next(csv.reader([text], delimiter=separator), []) for text in whole]
    if sum(len(cells) > 1 for cells in split) * 2 <= len(split):
        return table
    note = f"Every line was in one single column. It was split at its {_WORDS[separator]}; look at the columns closely."
    lines = tuple(
        Line(line.number, tuple(cell.strip() for cell in cells)) for line, cells in zip(table.lines, split, strict=True)
    )
    return Table(lines, table.sheet, (*table.warnings, note))
