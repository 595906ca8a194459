"""Paints cells and does nothing else."""

from PySide6.QtCore import QObject, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from instructor_app.tables.model import Cell, Index, RowsModel
from instructor_app.theme import Look, alike
from shared.look import RADIUS, Status

PAD = 10
ICON = 15
GAP = 5
NOTE_GAP = 8
LEAST_HEIGHT = 30


class CellDelegate(QStyledItemDelegate):
    """Background, pill, icon, text and note of a `Cell`."""

    def __init__(self, look: Look, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._look = look
        look.changed.connect(self._forget)
        self._forget()

    def _forget(self) -> None:
        """Take fonts and colours of a new theme."""
        colours = self._look.colours
        named = {name: getattr(colours, name) for name in colours.__struct_fields__}
        self._colours = {name: QColor(value) for name, value in named.items() if isinstance(value, str)}
        self._status = {
            status.value: (QColor(pair.text), QColor(pair.fill), pair.text) for status, pair in colours.status.items()
        }
        self._bold: QFont | None = None
        self._plain: QFont | None = None
        self._code = self._look.code_font()

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint one cell."""
        model = index.model()
        if not isinstance(model, RowsModel):
            return
        cell = model.cell(index.row(), index.column())
        column = model.columns[index.column()]
        rect: QRect = option.rect
        state: int = option.state.value
        selected = bool(state & _SELECTED)
        painter.save()
        self._background(painter, rect, state, odd=bool(index.row() % 2))
        if cell.share >= 0:
            self._bar(painter, rect, cell.share)
        painter.setFont(self._font(option, cell, code=column.code))
        text_colour = self._colours["on_selection" if selected else "text"]
        inner = rect.adjusted(PAD, 0, -PAD, -1)
        if cell.status or cell.fill:
            self._pill(painter, inner, cell)
        else:
            self._words(painter, inner, cell, text_colour, right=column.number)
        painter.restore()

    def _background(self, painter: QPainter, rect: QRect, state: int, *, odd: bool) -> None:
        colours = self._colours
        if state & _SELECTED:
            painter.fillRect(rect, colours["selection"])
        elif state & _UNDER_MOUSE:
            painter.fillRect(rect, colours["hover"])
        elif odd:
            painter.fillRect(rect, colours["alternate"])
        painter.setPen(colours["line"])
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if state & _FOCUSED:
            painter.setPen(QPen(colours["focus"], 2))
            painter.drawRect(rect.adjusted(1, 1, -1, -2))

    def _bar(self, painter: QPainter, rect: QRect, share: float) -> None:
        room = rect.adjusted(PAD, rect.height() - 6, -PAD, -3)
        painter.fillRect(room, self._colours["pressed"])
        painter.fillRect(
            QRect(room.left(), room.top(), round(room.width() * share), room.height()), self._colours["accent"]
        )

    def _pill(self, painter: QPainter, room: QRect, cell: Cell) -> None:
        text, fill, name = self._status.get(cell.status) or self._tones(cell)
        metrics = painter.fontMetrics()
        words = metrics.elidedText(
            cell.text, Qt.TextElideMode.ElideRight, room.width() - 12 - (ICON + GAP if cell.icon else 0)
        )
        width = metrics.horizontalAdvance(words) + 16 + (ICON + GAP if cell.icon else 0)
        height = min(room.height() - 4, metrics.height() + 4)
        pill = QRect(room.left() - 4, room.center().y() - height // 2, width, height)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(fill)
        painter.drawRoundedRect(pill, RADIUS["pill"], RADIUS["pill"])
        left = pill.left() + 8
        if cell.icon:
            painter.drawPixmap(left, pill.center().y() - ICON // 2, self._look.pixmap(cell.icon, name, ICON))
            left += ICON + GAP
        painter.setPen(text)
        painter.drawText(QRect(left, pill.top(), pill.right() - left, height), _LEFT, words)
        if cell.note:
            painter.setPen(self._colours["muted"])
            rest = QRect(pill.right() + 8, room.top(), room.right() - pill.right() - 8, room.height())
            painter.drawText(rest, _LEFT, metrics.elidedText(cell.note, Qt.TextElideMode.ElideRight, rest.width()))

    def _note_colour(self, text_colour: QColor) -> QColor:
        """Return the muted colour, or the row's own where a selected row's text has another than all others."""
        return self._colours["muted"] if alike(text_colour.name(), self._look.colours.text) else text_colour

    def _tones(self, cell: Cell) -> tuple[QColor, QColor, str]:
        tone = cell.tone or "muted"
        return self._colours[tone], self._colours[cell.fill or "sunken"], self._colours[tone].name()

    def _words(self, painter: QPainter, room: QRect, cell: Cell, text_colour: QColor, *, right: bool) -> None:
        quiet = text_colour is self._colours["on_selection"] and (
            cell.tone in _QUIET or self._note_colour(text_colour) is text_colour
        )
        colour = self._colours[cell.tone] if cell.tone and not quiet else text_colour
        metrics: QFontMetrics = painter.fontMetrics()
        if cell.icon:
            left = room.left()
            if right:
                left = max(room.left(), room.right() - metrics.horizontalAdvance(cell.text) - ICON - GAP)
            painter.drawPixmap(left, room.center().y() - ICON // 2, self._look.pixmap(cell.icon, colour.name(), ICON))
            room = room.adjusted(0 if right else ICON + GAP, 0, 0, 0)
        painter.setPen(colour)
        words = metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, _room_beside(cell.note, room, metrics))
        painter.drawText(room, _RIGHT if right else _LEFT, words)
        if cell.note:
            used = metrics.horizontalAdvance(words) + NOTE_GAP
            painter.setFont(self._plain or painter.font())
            painter.setPen(self._note_colour(text_colour))
            rest = room.adjusted(used, 0, 0, 0)
            painter.drawText(
                rest, _LEFT, metrics.elidedText(cell.note, Qt.TextElideMode.ElideRight, max(0, rest.width()))
            )

    def _font(self, option: QStyleOptionViewItem, cell: Cell, *, code: bool) -> QFont:
        if code:
            return self._code
        font: QFont = option.font
        if not cell.bold:
            return font
        self._plain = QFont(font)
        if self._bold is None:
            self._bold = QFont(font)
            self._bold.setWeight(QFont.Weight.DemiBold)
        return self._bold

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """Return the room that a cell wants, so that a column can be fitted."""
        model = index.model()
        metrics: QFontMetrics = option.fontMetrics
        if not isinstance(model, RowsModel):
            return QSize(0, LEAST_HEIGHT)
        cell = model.cell(index.row(), index.column())
        width = metrics.horizontalAdvance(cell.text + cell.note) + 2 * PAD + (ICON + GAP + 8 if cell.icon else 8)
        return QSize(width, row_height(metrics))


def _room_beside(note: str, room: QRect, metrics: QFontMetrics) -> int:
    """Return the width that a text may take: its note stays whole beside it, up to half of the cell.

    The note is often what tells two alike texts apart: the ids of students of the same name.
    """
    if not note:
        return room.width()
    return room.width() - min(metrics.horizontalAdvance(note) + NOTE_GAP + 2, room.width() // 2)


def row_height(metrics: QFontMetrics) -> int:
    """Return the height of a row for a font."""
    return max(LEAST_HEIGHT, metrics.height() + 12)


def student_cell(name: str, student: str) -> Cell:
    """Return a student by name, the id beside it where it is another word: under a pseudonym both are the same."""
    return Cell(name, note=student if student != name else "")


def status_cell(status: str) -> Cell:
    """Return the pill of a status: icon, word and colour."""
    return Cell(status, icon=f"status-{status.lower().replace(' ', '-')}", status=Status(status).value)


_QUIET = ("disabled", "muted")
"""Tones that can't be read on the colour of a selected row."""
# As plain numbers: a table of 30 rows asks 1,000 times per picture, and Python's flags are slow.
_SELECTED = QStyle.StateFlag.State_Selected.value
_UNDER_MOUSE = QStyle.StateFlag.State_MouseOver.value
_FOCUSED = QStyle.StateFlag.State_HasFocus.value
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
