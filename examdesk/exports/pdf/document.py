"""Pages with headings, prose, tables and code, in the apps' own colours, on which every name can be read."""

from collections.abc import Sequence
from pathlib import Path

from fpdf.enums import WrapMode
from fpdf.fonts import TTFFont

from examdesk.exports.cells import visible
from examdesk.exports.pdf.fonts import BOLD, SANS, WHOLE, Face, Faces, printable
from examdesk.exports.pdf.grid import Field, Grid
from examdesk.exports.pdf.page import COLOURS, HAIR, SMALL, Page, rgb
from examdesk.staffapi.messages import Paper

MARGIN = 16.0
WIDTH = 210.0 - 2 * MARGIN
LINE = 4.6
_BODY = 9.0
_CODE_LINE = 3.8
_CODE_CHARS = 100
_OTHERS = "whole"


class Document(Page):
    """One PDF file. `title` and `foot` stand on every page; text is taken as it comes and made printable here."""

    def __init__(self, title: str, foot: str, faces: Faces = WHOLE, paper: Paper = "a4") -> None:
        super().__init__(format=paper)
        self._foot = foot
        self._own = faces
        self._faces: list[Face] = []
        self._has_others = False
        self.set_margins(MARGIN, 15, self.w - MARGIN - WIDTH)  # text is as wide on both
        self.set_auto_page_break(auto=True, margin=18)
        self.add_font("sans", "", faces.sans)
        self.add_font("sans", "B", faces.bold)
        self.add_font("mono", "", faces.mono)
        self.set_fallback_fonts(["sans"], exact_match=False)
        self.set_title(title)
        self.set_creator("ExamDesk")
        self.set_lang("en")
        self.alias_nb_pages()
        self.add_page()

    def footer(self) -> None:
        """Write the foot of a page."""
        self.set_y(-13)
        self.style_as(SMALL, COLOURS.muted)
        self.cell(WIDTH - 24, 5, self.cut_to(self.shown(self._foot), WIDTH - 26))
        self.cell(24, 5, f"{self.page_no()} / {{nb}}", align="R")

    # -- text

    def shown(self, text: str) -> str:
        """Return a text that can be printed, after loading the fonts that it needs."""
        ready, needed = printable(visible(text).replace("_x005F_", "_").replace("\t", "    "))
        if ready.isascii():
            self.set_shaping(ready)
            return ready
        new = sorted((face for face in needed if face not in self._faces), key=lambda face: face.name)
        for face in new:
            self.add_font(face.name, "", face.path)
            self._faces.append(face)
        others = not self._has_others and not self._own.has(ready)
        if others:
            self.add_font(_OTHERS, "", SANS.path)
            self.add_font(_OTHERS, "B", BOLD.path)
            self._has_others = True
        if new or others:
            whole = [_OTHERS] if self._has_others else []
            self.set_fallback_fonts(["sans", *whole, *(face.name for face in self._faces)], exact_match=False)
        self.set_shaping(ready)
        return ready

    def kicker(self, text: str) -> None:
        """Write the small line over a title."""
        self.style_as(SMALL, COLOURS.muted, "B")
        self.cell(0, 5, self.shown(text.upper()), new_x="LMARGIN", new_y="NEXT")

    def head(self, text: str, below: str) -> None:
        """Write the title and what stands below it."""
        self.style_as(17, COLOURS.text, "B")
        self.multi_cell(0, 8, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")
        self.prose(below, muted=True)
        self.ln(2)

    def section(self, text: str, room: float = 30, *, level: int = 0) -> None:
        """Write a heading, which the outline has too; a new page begins where less than `room` mm are left for it."""
        if self.will_page_break(room):
            self.add_page()
        self.start_section(self.shown(text), level)
        self.ln(3)
        self.style_as(11.5, COLOURS.text, "B")
        self.multi_cell(0, 7, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def prose(self, text: str, *, muted: bool = False, small: bool = False) -> None:
        """Write a paragraph."""
        self.style_as(SMALL if small else _BODY, COLOURS.muted if muted else COLOURS.text)
        height = 3.9 if small else LINE
        self.multi_cell(0, height, self.shown(text), new_x="LMARGIN", new_y="NEXT", align="L")

    def note(self, text: str) -> None:
        """Write a paragraph in a quiet box."""
        self.style_as(_BODY, COLOURS.text)
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
        self.set_line_width(HAIR)
        self.rect(x, top, width, 13)
        self.set_xy(x, top + 1.3)
        self.style_as(11 if len(pair[0]) < 14 else 8, COLOURS.text, "B")
        self.cell(width, 6, self.shown(pair[0]), align="C")
        self.set_xy(x, top + 7.3)
        self.style_as(SMALL - 0.5, COLOURS.muted)
        self.cell(width, 4, self.shown(pair[1]), align="C")

    def listing(self, text: str, most: int) -> None:
        """Write code with numbers of its lines, at most so many of them."""
        lines = text.split("\n")
        if lines and not lines[-1]:
            lines.pop()
        self.set_fill_color(*rgb(COLOURS.sunken))
        for number, line in enumerate(lines[:most], 1):
            if self.will_page_break(_CODE_LINE):
                self.add_page()
            self.style_as(7.5, COLOURS.muted, family="mono")
            self.text(MARGIN + 9 - self.width_of(str(number)), self._code_base, str(number))
            self.set_x(MARGIN + 11)
            self.style_as(7.5, COLOURS.text, family="mono")
            self._code(self.shown(line))
        if len(lines) > most:
            self.prose(f"{len(lines) - most} more lines are in the submissions and in the session's JSON.", muted=True)

    @property
    def _code_base(self) -> float:
        """Where the letters of this line of code stand."""
        return self.get_y() + _CODE_LINE / 2 + 0.3 * self.font_size

    def _code(self, line: str) -> None:
        """Write one line of code, wrapped only if it must be."""
        width = WIDTH - 11
        if len(line) < _CODE_CHARS and line.isascii():
            self.text(self.get_x() + self.c_margin, self._code_base, line)
            self.set_xy(MARGIN, self.get_y() + _CODE_LINE)
        else:
            self.multi_cell(width, _CODE_LINE, line, new_x="LMARGIN", new_y="NEXT", align="L", wrapmode=WrapMode.CHAR)

    def grid(self, fields: Sequence[Field], rows: Sequence[Sequence[str]]) -> "Table":
        """Write a table whose heading comes again on every page."""
        self.ln(1)
        self.for_cells()
        grid = Grid(self, fields, MARGIN, WIDTH)
        places = grid.draw([[self.shown(cell) for cell in row] for row in rows])
        self.ln(1)
        return Table(self, grid, places)

    def begin_on(self, page: int) -> None:
        """Set font and colours for cells on an earlier page: each page has to be told by itself."""
        here = self.page
        self.page = page
        self.set_font("sans", "B", SMALL + 1)
        self.for_cells()
        self.page = here

    def save(self, path: Path) -> Path:
        """Write the file."""
        path.write_bytes(bytes(self.output()))
        return path

    def close(self) -> None:
        """Let go of the fonts' files, also where the document was never finished."""
        for font in self.fonts.values():
            if isinstance(font, TTFFont):
                font.close()


class Table:
    """A table that was written, of which cells that were left empty can be filled in later."""

    def __init__(self, document: Document, grid: Grid, places: Sequence[tuple[int, float]]) -> None:
        self._document, self._grid, self._places = document, grid, places

    def fill_in(self, field: int, texts: Sequence[str]) -> None:
        """Write one cell of each row."""
        page = 0
        for place, text in zip(self._places, texts, strict=True):
            if place[0] != page:
                page = place[0]
                self._document.begin_on(page)
            self._grid.fill_in(place, field, text)
