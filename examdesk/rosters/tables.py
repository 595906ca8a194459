"""Tables out of files: what is in the cells, whatever the encoding, the separator or the program that wrote it."""

import csv
import io
import re
from collections import Counter
from typing import Final

from examdesk.rosters.archives import is_workbook, read_archive
from examdesk.rosters.lines import Line, Table, add_line
from shared.problems import InputProblem

MAX_FILE_BYTES: Final = 8 * 1024 * 1024
_SEPARATORS: Final = ",;\t|"
_SAMPLE: Final = 200
_WORDS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
)
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
        from examdesk.rosters.workbooks import read_workbook  # noqa: PLC0415 - its library loads in half a second

        return read_workbook(source)
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
            add_line(lines, number, cells, {})
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
