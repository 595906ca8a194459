"""`records.xlsx`: the class as a spreadsheet, with real numbers and dates, and no cell that runs."""

import contextlib
from datetime import datetime
from pathlib import Path
from typing import Any

from openpyxl.cell.cell import WriteOnlyCell as _WriteOnlyCell
from openpyxl.styles.alignment import Alignment as _Alignment
from openpyxl.styles.fills import PatternFill as _PatternFill
from openpyxl.styles.fonts import Font as _Font
from openpyxl.utils.cell import get_column_letter
from openpyxl.workbook.workbook import Workbook as _Workbook
from openpyxl.worksheet._writer import WorksheetWriter

from examdesk.exports.alike import Comparison
from examdesk.exports.cells import Value, visible
from examdesk.exports.gathering import Gathering
from examdesk.exports.sheets import DATE, Column, Sheet, all_sheets
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort

NAME = "records.xlsx"
Workbook: Any = _Workbook
WriteOnlyCell: Any = _WriteOnlyCell
Alignment: Any = _Alignment
Font: Any = _Font
PatternFill: Any = _PatternFill
_HEAD = PatternFill("solid", start_color="FF22384F")
_LEFT = Alignment(horizontal="left", vertical="top")
_NUMBER = Alignment(horizontal="right", vertical="top", indent=1)
_WRAP = Alignment(vertical="top", wrap_text=True)
_WRAPPED = frozenset({"Explanation", "Note", "Error"})


class _SheetFile(WorksheetWriter):
    """Writes a sheet's rows to a file where we say: the library's own choice outlasts a program that is killed."""

    def cleanup(self) -> None:
        """Remove the file."""
        Path(self.out).unlink()


SheetFile: Any = _SheetFile


def write_workbook(gathering: Gathering, alike: list[Comparison], folder: Path, zone: Zone, effort: Effort) -> Path:
    """Write the file into `folder`."""
    book = Workbook(write_only=True)
    book.properties.title = visible(gathering.pages.exam.long_name)
    book.properties.creator = "ExamDesk"
    book.properties.created = book.properties.modified = zone.cell(gathering.made_ms)
    path = folder / NAME
    parts = folder / "sheets"
    parts.mkdir()
    try:
        for sheet in all_sheets(gathering, alike, zone):
            effort.step(0, "writing the workbook")
            _write(book, sheet, parts, effort)
        book.save(path)
    except BaseException:
        _let_go(book)
        raise
    parts.rmdir()
    return path


def _let_go(book: Any) -> None:
    """End the sheets of a book that is not kept; their files go with the folder."""
    for sheet in book.worksheets:
        with contextlib.suppress(Exception):  # the disk may be full; what counts was raised before
            if not sheet.closed:
                sheet.close()


def _write(book: Any, sheet: Sheet, parts: Path, effort: Effort) -> None:
    target = book.create_sheet(sheet.title)
    target.freeze_panes = "A3"
    for number, column in enumerate(sheet.columns, 1):
        target.column_dimensions[get_column_letter(number)].width = column.width
    target.sheet_properties.pageSetUpPr.fitToPage = True
    target.page_setup.orientation = "landscape"
    target.page_setup.fitToHeight = 0
    target.print_title_rows = "2:2"
    target._writer = SheetFile(target, str(parts / f"{len(book.worksheets)}.xml"))  # noqa: SLF001 - no other way
    target._writer.write_top()  # noqa: SLF001 - the same
    target.append([_about(target, sheet.about)])
    target.append([_heading(target, column.title) for column in sheet.columns])
    count = 2
    for row in sheet.rows:
        cells = zip(row, sheet.columns, strict=True)
        target.append([_cell(target, value, column) for value, column in cells])
        count += 1
        if count % 500 == 0:
            effort.step(0)
    target.auto_filter.ref = f"A2:{get_column_letter(len(sheet.columns))}{max(count, 3)}"


def _about(target: Any, text: str) -> Any:
    cell = _text(target, text)
    cell.font = Font(name="Calibri", size=11, italic=True, color="FF475569")
    return cell


def _heading(target: Any, text: str) -> Any:
    cell = _text(target, text)
    cell.font = Font(name="Calibri", size=11, bold=True, color="FFFFFFFF")
    cell.fill = _HEAD
    cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _text(target: Any, text: str) -> Any:
    """Return a cell that is text even when it begins with an equals sign."""
    cell = WriteOnlyCell(target, value=visible(text))
    cell.data_type = "s"
    return cell


def _cell(target: Any, value: Value, column: Column) -> Any:
    if isinstance(value, str):
        cell = _text(target, value)
        if column.title in _WRAPPED:
            cell.alignment = _WRAP
        return cell
    if isinstance(value, bool):
        return _text(target, "yes" if value else "no")
    cell = WriteOnlyCell(target, value=value)
    if isinstance(value, datetime):
        cell.number_format = DATE
        cell.alignment = _LEFT
    elif column.style and value is not None:
        cell.number_format = column.style
        cell.alignment = _NUMBER
    return cell
