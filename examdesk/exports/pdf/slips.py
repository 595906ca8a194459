"""Slips with the students' personal codes, to print and cut apart: ten of 90 by 52 mm on an A4 page."""

from typing import Any

import qrcode
from PIL import Image

from examdesk.exports.pdf.document import Document
from examdesk.exports.pdf.page import COLOURS, rgb
from examdesk.exports.slips import Sheet, Slip, in_order

_LEFT, _TOP, _WIDTH, _HEIGHT = 15.0, 14.0, 90.0, 52.0
_ACROSS, _DOWN = 2, 5
_PAD, _QR, _DOT = 5.0, 22.0, 8
_CUT, _GAP = 1.2, 1.6
_NARROWEST = 0.27
"""Millimetres per point of size that a letter of our fonts takes at most on average."""
_maker: Any = qrcode  # its types are incomplete


def slips_pdf(sheet: Sheet) -> bytes:
    """Return the PDF file; slips in the order in which they are handed out: section, room, seat, name."""
    document = Document(f"{sheet.exam}: personal codes", f"{sheet.exam}: personal codes. Keep this sheet to yourself.")
    document.set_auto_page_break(auto=False)
    document.c_margin = 0
    qr = _picture(sheet.link)
    for number, slip in enumerate(in_order(sheet.slips)):
        place = number % (_ACROSS * _DOWN)
        if place == 0 and number:
            document.add_page()
        row, column = divmod(place, _ACROSS)
        _draw(document, sheet, slip, qr, (_LEFT + column * _WIDTH, _TOP + row * _HEIGHT))
    return bytes(document.output())


def _picture(link: str) -> Image.Image | None:
    """Return the QR code as a picture, one for all slips of the file."""
    if not link:
        return None
    code = _maker.QRCode(border=0, error_correction=_maker.constants.ERROR_CORRECT_L)
    code.add_data(link)
    code.make(fit=True)
    dots = code.get_matrix()
    picture = Image.new("1", (len(dots), len(dots)))
    picture.putdata([not dot for line in dots for dot in line])
    return picture.resize((len(dots) * _DOT, len(dots) * _DOT), Image.Resampling.NEAREST)


def _draw(document: Document, sheet: Sheet, slip: Slip, qr: Image.Image | None, corner: tuple[float, float]) -> None:
    left, top = corner
    document.set_draw_color(*rgb(COLOURS.line))
    document.set_line_width(0.2)
    document.set_dash_pattern(dash=_CUT, gap=_GAP)
    document.rect(left, top, _WIDTH, _HEIGHT)
    document.set_dash_pattern()
    wide, narrow = _WIDTH - 2 * _PAD, _WIDTH - 2 * _PAD - (_QR + 3 if qr is not None else 0)
    about = "  ·  ".join(filter(None, (slip.student, slip.section, slip.room, slip.seat and f"seat {slip.seat}")))
    _line(document, (left + _PAD, top + 4), wide, sheet.exam, 7.5, COLOURS.muted)
    _line(document, (left + _PAD, top + 8), wide, slip.name, 12, COLOURS.text, "B")
    _line(document, (left + _PAD, top + 14.5), wide, about, 8, COLOURS.muted)
    _line(document, (left + _PAD, top + 22), narrow, slip.code, 19, COLOURS.text, family="mono")
    for number, text in enumerate(_how(sheet)):
        _line(document, (left + _PAD, top + 33 + number * 3.3), narrow, text, 7, COLOURS.muted)
    if qr is not None:
        document.image(qr, left + _WIDTH - _PAD - _QR, top + _HEIGHT - _PAD - _QR, _QR, _QR)


def _how(sheet: Sheet) -> list[str]:
    """Return what to do, in lines that fit beside the QR code."""
    lines = ["Open ExamDesk, choose this exam and", "type the code. It is only yours:", "show it to nobody."]
    if sheet.address:
        lines += ["Not in the list? Type the address", f"{sheet.address}."]
    return lines


def _line(  # noqa: PLR0917 - one line of a slip is just this
    document: Document,
    at: tuple[float, float],
    width: float,
    text: str,
    size: float,
    colour: str,
    style: str = "",
    family: str = "sans",
) -> None:
    document.set_xy(*at)
    document.set_font(family, style, size)
    document.set_text_color(*rgb(colour))
    shown = document.shown(text)
    if len(shown) * size * _NARROWEST < width and shown.isascii():
        document.text(at[0], at[1] + size * 0.35, shown)  # far quicker than a cell, and all that most lines need
        return
    document.cell(width, size * 0.45, document.cut_to(shown, width))
