"""A QR code, drawn."""

from typing import Any

import qrcode
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

QUIET = 4
maker: Any = qrcode  # its types are incomplete


class QrCode(QWidget):
    """Black on white in every theme, so that every phone reads it."""

    def __init__(self, name: str, least: int = 120) -> None:
        super().__init__()
        self._rows: list[list[bool]] = []
        self._text = ""
        self._least = least
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMinimumSize(least, least)

    def show_text(self, text: str) -> None:
        """Show a text as a QR code; an empty one shows nothing."""
        if text == self._text:
            return
        self._text = text
        self._rows = []
        if text:
            code = maker.QRCode(border=0, error_correction=maker.constants.ERROR_CORRECT_M)
            code.add_data(text)
            code.make(fit=True)
            self._rows = [[bool(dot) for dot in line] for line in code.get_matrix()]
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Paint whole squares of pixels."""
        if not self._rows:
            return
        count = len(self._rows) + 2 * QUIET
        side = min(self.width(), self.height())
        dot = max(1, side // count)
        side = dot * count
        left, top = (self.width() - side) // 2, (self.height() - side) // 2
        painter = QPainter(self)
        painter.fillRect(QRectF(left, top, side, side), QColor(Qt.GlobalColor.white))
        for y, line in enumerate(self._rows):
            for x, dark in enumerate(line):
                if dark:
                    painter.fillRect(left + (x + QUIET) * dot, top + (y + QUIET) * dot, dot, dot, Qt.GlobalColor.black)
        painter.end()

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return a size at which a phone reads it from a seat."""
        return QSize(self._least, self._least)

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return a square's height."""
        return width
