"""A turtle's picture drawn part by part, so that the window stays awake while a large one comes."""

import re
import time

from PyQt6.QtCore import QByteArray, QRectF, QSize, Qt
from PyQt6.QtGui import QImage, QPainter
from PyQt6.QtSvg import QSvgRenderer

LARGEST = QSize(2400, 2400)
TOGETHER = 4_000
"""Elements are drawn together up to so many bytes; a longer one comes alone."""
_HEAD = re.compile(rb"<svg\b[^>]*>")
_ELEMENT = re.compile(rb"<(?:rect|polyline|polygon)\b[^>]*/>|<text\b[^>]*>[^<]*</text>")


class Drawing:
    """Draws onto `image` in steps of some milliseconds; what is no element of a turtle's canvas is left out.

    Attributes:
        image: as large as fits into the room that was given; whole when `step` has returned True.
        box: the part of the turtle's plane that it shows.
    """

    def __init__(self, data: bytes, room: QSize) -> None:
        found = _HEAD.search(data)
        self._head = found[0] if found is not None else b"<svg>"
        bare = self._renderer(b"")
        size = bare.defaultSize().scaled(room.boundedTo(LARGEST), Qt.AspectRatioMode.KeepAspectRatio)
        self.box: QRectF = bare.viewBoxF()
        self.image = QImage(size.expandedTo(QSize(1, 1)), QImage.Format.Format_RGB32)
        self.image.fill(Qt.GlobalColor.white)
        self._elements = _ELEMENT.finditer(data)
        self._left: bytes | None = None

    def step(self, seconds: float) -> bool:
        """Draw for about so long, at least something; True when all is drawn."""
        until = time.monotonic() + seconds
        painter = QPainter(self.image)
        try:
            while True:
                part = self._next_part()
                if not part:
                    return True
                self._renderer(part).render(painter)
                if time.monotonic() >= until:
                    return False
        finally:
            painter.end()

    def _next_part(self) -> bytes:
        part, self._left = self._left or b"", None
        for found in self._elements:
            if part and len(part) + len(found[0]) > TOGETHER:
                self._left = found[0]
                return part
            part += found[0] + b"\n"
        return part

    def _renderer(self, part: bytes) -> QSvgRenderer:
        return QSvgRenderer(QByteArray(self._head + part + b"</svg>"))
