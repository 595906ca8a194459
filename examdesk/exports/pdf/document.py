"""A page of A4 with headings, prose, tables and code, in the apps' own colours, on which every name can be read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec
from fpdf import FPDF, FontFace
from fpdf.enums import TableBordersLayout, WrapMode

from examdesk.exports.cells import visible
from examdesk.exports.pdf.fonts import BOLD, SANS, Face, is_plain, mono, printable
from shared.look.tokens import Theme, palette

COLOURS = palette(Theme.LIGHT)
MARGIN = 16.0
WIDTH = 210.0 - 2 * MARGIN
LINE = 4.6
_SMALL = 7.5
_BODY = 9.0
_HAIR = 0.15
_CODE_LINE = 3.8
_CODE_CHARS = 100
Align = Literal["L", "R"]
Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """Return `#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


class Field(msgspec.Struct, frozen=True):
    """A column of a table: heading, share of the width, side on which its cells stand."""

    title: str
    share: float
    align: Align = "L"


class Document(FPDF):
    """One PDF file. `title` and `foot` stand on every page; text is taken as it comes and made printable here."""

    def __init__(self, title: str, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self._faces: list[Face] = []
        self.set_margins(MARGIN, 15, MARGIN)
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font("sans", "", SANS.path)
        self.add_font("sans", "B", BOLD.path)
        self.add_font("mono", "", mono())
        self.set_title(title)
        self.set_creator("ExamDesk")
        self.set_lang("en")
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-13)
        self._style(_SMALL, COLOURS.muted)
        self.cell(WIDTH - 24, 5, self.shown(self._foot))
        self.cell(24, 5, f"{self.page_no()} / {{nb}}", align="R")

    # -- text

    def shown(self, text: str) -> str:
        """Return a text that can be printed, after loading the fonts that it needs."""
        ready, needed = printable(visible(text).replace("_x005F_", "_").replace("\t", "    "))
        self.set_text_shaping(use_shaping_engine=not is_plain(ready), direction="ltr")
        new = [face for face in needed if face not in self._faces]
        for face in sorted(new, key=lambda face: face.name):
            self.add_font(face.name, "", face.path)
            self._faces.append(face)
        if new:
            self.set_fallback_fonts(["sans", *(face.name for face in self._faces)], exact_match=False)
        return ready

    def _style(self, size: float, colour: str, style: str = "", family: str = "sans") -> None:
        self.set_font(family, style, size)
        self.set_text_color(*rgb(colour))

    def kicker(self, text: str) -> None:
        """Write the small line over a title."""
        self._style(_SMALL, COLOURS.muted, "B")
        self.cell(0, 5, self.shown(text.upper()), new_x="LMARGIN", new_y="NEXT")

    def head(self, text: str, below: str) -> None:
        """Write the title and what stands below it."""
        self._style(17, COLOURS.text, "B")
        self.multi_cell(0, 8, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.prose(below, muted=True)
        self.ln(2)

    def section(self, text: str, room: float = 30) -> None:
        """Write a heading; a new page begins where less than `room` mm are left for what follows."""
        if self.will_page_break(room):
            self.add_page()
        self.ln(3)
        self._style(11.5, COLOURS.text, "B")
        self.multi_cell(0, 7, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def prose(self, text: str, *, muted: bool = False, small: bool = False) -> None:
        """Write a paragraph."""
        self._style(_SMALL if small else _BODY, COLOURS.muted if muted else COLOURS.text)
        height = 3.9 if small else LINE
        self.multi_cell(0, height, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def note(self, text: str) -> None:
        """Write a paragraph in a quiet box."""
        self._style(_BODY, COLOURS.text)
        self.set_fill_color(*rgb(COLOURS.info_soft))
        self.ln(1)
        self.multi_cell(
            0, LINE, self.shown(text), new_x="LMARGIN", new_y="NEXT", fill=True, padding=(2, 3, 2, 3), align="L"
        )
        self.ln(2)

    def figures(self, pairs: Sequence[tuple[str, str]], columns: int) -> None:
        """Write figures in boxes, so many in a row: the number large, what it counts below it."""
        width = WIDTH / columns
        self.ln(1)
        for start in range(0, len(pairs), columns):
            if self.will_page_break(14):
                self.add_page()
            top = self.get_y()
            for place, (value, words) in enumerate(pairs[start : start + columns]):
                self._figure(MARGIN + place * width, top, width, (value, words))
            self.set_xy(MARGIN, top + 14)
        self.ln(1)

    def _figure(self, x: float, top: float, width: float, pair: tuple[str, str]) -> None:
        self.set_draw_color(*rgb(COLOURS.line))
        self.set_line_width(_HAIR)
        self.rect(x, top, width, 13)
        self.set_xy(x, top + 1.3)
        self._style(11 if len(pair[0]) < 14 else 8, COLOURS.text, "B")
        self.cell(width, 6, self.shown(pair[0]), align="C")
        self.set_xy(x, top + 7.3)
        self._style(_SMALL - 0.5, COLOURS.muted)
        self.cell(width, 4, self.shown(pair[1]), align="C")

    def listing(self, text: str, most: int) -> None:
        """Write code with numbers of its lines, at most so many of them."""
        lines = text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        self.set_fill_color(*rgb(COLOURS.sunken))
        for number, line in enumerate(lines[:most], 1):
            self._style(7.5, COLOURS.muted, family="mono")
            top, page = self.get_y(), self.page
            self.cell(9, _CODE_LINE, str(number), align="R")
            if self.page != page:
                top = self.get_y()
            self.set_xy(MARGIN + 11, top)
            self._style(7.5, COLOURS.text, family="mono")
            self._code(self.shown(line))
        if len(lines) > most:
            self.prose(f"{len(lines) - most} more lines are in the submissions and in the session's JSON.", muted=True)

    def _code(self, line: str) -> None:
        """Write one line of code, wrapped only if it must be."""
        width = WIDTH - 11
        if len(line) < _CODE_CHARS and line.isascii():
            self.cell(width, _CODE_LINE, line, new_x="LMARGIN", new_y="NEXT")
        else:
            self.multi_cell(width, _CODE_LINE, line, new_x="LMARGIN", new_y="NEXT", align="L", wrapmode=WrapMode.CHAR)

    def grid(self, fields: Sequence[Field], rows: Sequence[Sequence[str]]) -> None:
        """Write a table whose heading comes again on every page."""
        self._style(_SMALL, COLOURS.text)
        self.set_draw_color(*rgb(COLOURS.line))
        self.set_fill_color(*rgb(COLOURS.surface))
        self.set_line_width(_HAIR)
        self.ln(1)
        with self.table(
            col_widths=tuple(field.share for field in fields),
            text_align=tuple(field.align for field in fields),
            borders_layout=TableBordersLayout.HORIZONTAL_LINES,
            headings_style=FontFace(emphasis="BOLD", color=rgb(COLOURS.muted)),
            line_height=3.9,
            padding=(0.9, 1.2),
            width=WIDTH,
        ) as table:
            table.row([field.title for field in fields])
            shown = [[self.shown(cell) for cell in row] for row in rows]
            for row in shown:
                table.row(row)
            self.set_text_shaping(
                use_shaping_engine=not all(is_plain(cell) for row in shown for cell in row), direction="ltr"
            )
        self.ln(1)

    def save(self, path: Path) -> Path:
        """Write the file."""
        path.write_bytes(bytes(self.output()))
        return path
