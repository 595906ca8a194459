"""What stands on a page is measured, shaped and coloured here: the ground of documents and their tables."""

from collections.abc import Mapping

from fpdf import FPDF
from fpdf.fonts import TTFFont

from examdesk.exports.pdf.fonts import is_plain
from shared.look.tokens import Theme, palette

COLOURS = palette(Theme.LIGHT)
SMALL = 7.5
HAIR = 0.15
Rgb = tuple[int, int, int]


def rgb(colour: str) -> Rgb:
    """Return `#rrggbb` as three numbers."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


class Page(FPDF):
    """Fonts, colours and measures; the fonts `sans` and `mono` have to be added before they are used."""

    def style_as(self, size: float, colour: str, style: str = "", family: str = "sans") -> None:
        """Set font and colour of the text that comes next."""
        self.set_font(family, style, size)
        self.set_text_color(*rgb(colour))

    def for_cells(self) -> None:
        """Set font and colours for the cells of a table."""
        self.style_as(SMALL, COLOURS.text)
        self.set_draw_color(*rgb(COLOURS.line))
        self.set_line_width(HAIR)

    def for_headings(self) -> None:
        """Set font and colours for the headings of a table."""
        self.style_as(SMALL, COLOURS.muted, "B")

    def set_shaping(self, text: str) -> None:
        """Say whether the letters of what comes next change with their neighbours or run from right to left."""
        self.set_text_shaping(use_shaping_engine=not is_plain(text), direction="ltr")

    def cut_to(self, text: str, width: float) -> str:
        """Return a text, or its beginning where it is wider than so many millimetres."""
        if self.get_string_width(text) <= width:
            return text
        while text and self.get_string_width(text + "…") > width:
            text = text[:-1]
        return text.rstrip() + "…"

    @property
    def letter_widths(self) -> Mapping[int, float]:
        """How wide letters are by code point, in thousandths of the font's size."""
        assert isinstance(self.current_font, TTFFont)
        return self.current_font.cw

    def letters_within(self, width: float) -> float:
        """Return millimetres in the unit of `letter_widths`."""
        return width * 1000 / self.font_size

    def width_of(self, text: str) -> float:
        """Return the width of a plain text in millimetres."""
        widths = self.letter_widths
        return sum(widths[ord(letter)] for letter in text) * self.font_size / 1000
