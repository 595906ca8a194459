"""Where characters came from, as it is shown: words, letters, tints, and lines that differ in their pattern too."""

from functools import cache

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QTextCharFormat
from PySide6.QtWidgets import QWidget

from instructor_app.theme import Look
from instructor_app.widgets.basic import column
from instructor_app.widgets.flow import flow
from instructor_app.words import tr
from shared.look import SPACE
from shared.text.edits import Origin

TELLING = (Origin.OUTSIDE, Origin.STATEMENT, Origin.PROGRAM, Origin.MOVED, Origin.STARTER)
"""Origins that are marked, the one that is shown where a line has several first."""
BAR = 4
_PENS = {
    Origin.OUTSIDE: Qt.PenStyle.SolidLine,
    Origin.MOVED: Qt.PenStyle.DashLine,
    Origin.STATEMENT: Qt.PenStyle.DotLine,
    Origin.PROGRAM: Qt.PenStyle.DashDotLine,
    Origin.STARTER: Qt.PenStyle.NoPen,
}
_UNDERLINES = {
    Origin.OUTSIDE: QTextCharFormat.UnderlineStyle.SingleUnderline,
    Origin.MOVED: QTextCharFormat.UnderlineStyle.DashUnderline,
    Origin.STATEMENT: QTextCharFormat.UnderlineStyle.DotLine,
    Origin.PROGRAM: QTextCharFormat.UnderlineStyle.DashDotLine,
}


def origin_words(origin: Origin) -> str:
    """Say where characters came from."""
    return {
        Origin.TYPED: tr("typed"),
        Origin.OUTSIDE: tr("from outside"),
        Origin.MOVED: tr("moved"),
        Origin.STARTER: tr("starter"),
        Origin.STATEMENT: tr("prompt"),
        Origin.PROGRAM: tr("restored"),
    }[origin]


def origin_letter(origin: Origin) -> str:
    """Return the letter that stands in the margin."""
    return {
        Origin.TYPED: "",
        Origin.OUTSIDE: tr("O"),
        Origin.MOVED: tr("M"),
        Origin.STARTER: tr("S"),
        Origin.STATEMENT: tr("P"),
        Origin.PROGRAM: tr("R"),
    }[origin]


class OriginLegend(QWidget):
    """What the tints, underlines, letters and bars mean."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        swatches = (Origin.TYPED, Origin.OUTSIDE, Origin.MOVED, Origin.STARTER, Origin.STATEMENT, Origin.PROGRAM)
        self.setLayout(column(flow(*(_Swatch(look, origin) for origin in swatches), spacing=SPACE["s"])))


class _Swatch(QWidget):
    """A word dressed as the code is."""

    def __init__(self, look: Look, origin: Origin) -> None:
        super().__init__()
        self._look, self._origin = look, origin
        letter = origin_letter(origin)
        self._words = f"{letter}  {origin_words(origin)}" if letter else origin_words(origin)
        self.setAccessibleName(origin_words(origin))
        look.changed.connect(self.updateGeometry)
        look.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        size = self.fontMetrics().size(0, self._words)
        return QSize(size.width() + BAR + 2 * SPACE["s"], size.height() + 4)

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        colours = self._look.colours.provenance[self._origin]
        room = QRectF(self.rect()).adjusted(0, 0, 0, -2)
        painter.fillRect(room, QColor(colours.tint))
        paint_origin_bar(painter, QRectF(1, 1, BAR, room.height() - 2), self._origin, QColor(colours.mark))
        painter.setPen(self._look.colour("text"))
        painter.drawText(room.adjusted(BAR + SPACE["xs"], 0, 0, 0), int(Qt.AlignmentFlag.AlignVCenter), self._words)
        style = _PENS.get(self._origin, Qt.PenStyle.NoPen)
        if style is not Qt.PenStyle.NoPen:
            painter.setPen(QPen(QColor(colours.mark), 1.5, style))
            low = room.bottom() - 2
            painter.drawLine(QPointF(BAR + SPACE["xs"], low), QPointF(room.right() - SPACE["xs"], low))
        painter.end()


def paint_origin_bar(painter: QPainter, room: QRectF, origin: Origin, colour: QColor) -> None:
    """Paint the bar of an origin, which differs in its pattern as well as its colour."""
    if origin is Origin.TYPED:
        return
    style = _PENS[origin]
    wide = 1.5 if style is Qt.PenStyle.NoPen else room.width()
    pen = QPen(colour, wide, Qt.PenStyle.SolidLine if style is Qt.PenStyle.NoPen else style)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    middle = room.center().x()
    painter.drawLine(QPointF(middle, room.top()), QPointF(middle, room.bottom()))


@cache
def origin_format(tint: str, mark: str, origin: Origin) -> QTextCharFormat:
    """Return how characters of an origin are shown."""
    look = QTextCharFormat()
    look.setBackground(QColor(tint))
    if origin in _UNDERLINES:
        look.setUnderlineColor(QColor(mark))
        look.setUnderlineStyle(_UNDERLINES[origin])
    return look
