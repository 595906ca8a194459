"""Tables on a page: each cell's text wrapped to its column, the heading again on every page.

The library's own tables lay out every cell letter by letter several times; a class has a hundred thousand cells. Here
plain text is measured once by the font's widths, and only what must be shaped goes the library's long way.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import msgspec
from fpdf.enums import MethodReturnValue, WrapMode

from examdesk.exports.pdf.page import Page

Align = Literal["L", "R"]
LINE = 3.9
_ACROSS, _DOWN = 1.2, 0.9
"""Millimetres between a cell's edge and its text, on each side."""
_BASE = 0.3
"""How far below the middle of a line its letters stand, of the size of the font."""
_A_PAGE = 200


class Field(msgspec.Struct, frozen=True):
    """A column of a table: heading, share of the width, side on which its cells stand."""

    title: str
    share: float
    align: Align = "L"


def wrapped(pdf: Page, text: str, width: float) -> list[str]:
    """Return the lines of a printable text in the current font, none wider than `width` millimetres."""
    if not text.isascii():
        pdf.set_shaping(text)
        found = pdf.multi_cell(width, LINE, text, dry_run=True, output=MethodReturnValue.LINES, wrapmode=WrapMode.WORD)
        assert isinstance(found, list)
        return found or [""]
    return [line for part in text.split("\n") for line in _broken(part, pdf.letters_within(width), pdf)]


def _broken(text: str, most: float, pdf: Page) -> Iterator[str]:
    """Yield the lines of one paragraph of ASCII: between words where that does, within a word where it must be."""
    widths = pdf.letter_widths
    line, used, space = "", 0.0, widths[32]
    for word in text.split(" "):
        rest, size = word, sum(widths[ord(letter)] for letter in word)
        if line and used + space + size > most:
            yield line
            line, used = "", 0.0
        while size > most and len(rest) > 1:
            taken, used = 0, 0.0
            while taken < len(rest) and (not taken or used + widths[ord(rest[taken])] <= most):
                used += widths[ord(rest[taken])]
                taken += 1
            yield rest[:taken]
            rest, size, used = rest[taken:], size - used, 0.0
        line, used = (f"{line} {rest}", used + space + size) if line else (rest, size)
    yield line


class Grid:
    """Draws one table at the document's place, from its left margin over its whole width."""

    def __init__(self, pdf: Page, fields: Sequence[Field], left: float, width: float) -> None:
        self._pdf = pdf
        self._fields = fields
        whole = sum(field.share for field in fields)
        self._widths = [width * field.share / whole for field in fields]
        self._places = [left + sum(self._widths[:place]) for place in range(len(fields))]
        self._left, self._right = left, left + width
        self._top = 0.0

    def draw(self, rows: Sequence[Sequence[str]]) -> list[tuple[int, float]]:
        """Draw the heading and these rows of printable texts; return the page and height at which each row begins."""
        self._heading()
        places = []
        for row in rows:
            cells = [
                wrapped(self._pdf, cell, width - 2 * _ACROSS) for cell, width in zip(row, self._widths, strict=True)
            ]
            begun = False
            while any(cells):
                cells = self._part(cells)
                if not begun:
                    places.append((self._pdf.page, self._top))
                    begun = True
        return places

    def fill_in(self, place: tuple[int, float], field: int, text: str) -> None:
        """Write a cell that was left empty where a row begins, also on an earlier page; font and colours are set."""
        here = self._pdf.page
        self._pdf.page = place[0]
        self._line(
            text,
            self._places[field] + _ACROSS,
            place[1] + _DOWN,
            self._widths[field] - 2 * _ACROSS,
            self._fields[field].align,
        )
        self._pdf.page = here

    def _heading(self) -> None:
        pdf = self._pdf
        pdf.for_headings()
        cells = [
            wrapped(pdf, field.title, width - 2 * _ACROSS)
            for field, width in zip(self._fields, self._widths, strict=True)
        ]
        if pdf.will_page_break(LINE * (max(map(len, cells)) + 1) + 4 * _DOWN):
            pdf.add_page()
        self._lines(cells)
        pdf.for_cells()

    def _part(self, cells: list[list[str]]) -> list[list[str]]:
        """Draw of a row what goes on this page; return what is left, nothing for nearly every row."""
        pdf, tall = self._pdf, max(map(len, cells))
        if pdf.will_page_break(min(tall * LINE + 2 * _DOWN, _A_PAGE)):
            pdf.add_page()
            self._heading()
        fit = max(int((pdf.page_break_trigger - pdf.get_y() - 2 * _DOWN) / LINE), 1)
        top = self._top = pdf.get_y()
        pdf.line(self._left, top, self._right, top)
        self._lines([lines[:fit] for lines in cells])
        return [lines[fit:] for lines in cells]

    def _lines(self, cells: list[list[str]]) -> None:
        pdf, top = self._pdf, self._pdf.get_y() + _DOWN
        for lines, field, x, width in zip(cells, self._fields, self._places, self._widths, strict=True):
            for number, line in enumerate(lines):
                self._line(line, x + _ACROSS, top + number * LINE, width - 2 * _ACROSS, field.align)
        pdf.set_xy(self._left, top + max(map(len, cells)) * LINE + _DOWN)

    def _line(self, text: str, x: float, y: float, width: float, align: Align) -> None:
        pdf = self._pdf
        if text.isascii():
            start = x if align == "L" else x + width - pdf.width_of(text)
            pdf.text(start, y + LINE / 2 + _BASE * pdf.font_size, text)
            return
        pdf.set_shaping(text)
        pdf.set_xy(x, y)
        margin, pdf.c_margin = pdf.c_margin, 0
        pdf.cell(width, LINE, text, align=align)
        pdf.c_margin = margin
