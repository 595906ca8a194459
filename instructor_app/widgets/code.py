"""Code to read: line numbers, simple Python colours, where each stretch came from, marked regions.

Made for texts that change sixty times a second: only lines that differ are replaced, and only lines in sight coloured.
"""

from bisect import bisect_right
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from functools import cache
from typing import NamedTuple

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextLayout,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from instructor_app.theme import Look, alike
from instructor_app.widgets.code_text import (
    CodeText,
    Piece,
    Stretches,
    code_of,
    code_text,
    open_quotes,
    python_colours,
    utf16_columns,
)
from instructor_app.widgets.filling import Filling
from instructor_app.widgets.origins import BAR, TELLING, origin_format, origin_letter, paint_origin_bar
from instructor_app.widgets.provenance import Tints
from instructor_app.words import tr
from shared.look import SPACE
from shared.text.edits import Origin

Region = tuple[int, int]
_RIGHT, _MIDDLE = int(Qt.AlignmentFlag.AlignRight), int(Qt.AlignmentFlag.AlignHCenter)
SHEETS = 12
"""Of so many files, the last ones shown, the documents are kept."""


class RowLook(NamedTuple):
    """How a whole line is shown: the palette's colour behind it, a sign in the margin, its number ("" for none)."""

    fill: str
    sign: str
    number: str
    strong: tuple[Region, ...] = ()
    strong_fill: str = ""


class ReadText(QPlainTextEdit):
    """A text to read, which leaves keys to the page around it where that takes them first."""

    def __init__(self) -> None:
        super().__init__()
        self._taker: Callable[[QKeyEvent], bool] | None = None
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)

    def leave_keys_to(self, taker: Callable[[QKeyEvent], bool]) -> None:
        """Ask `taker` first for every key; it returns whether it took it."""
        self._taker = taker

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Scroll and select, where nobody else takes the key."""
        if self._taker is None or not self._taker(event):
            super().keyPressEvent(event)


class _Wear(NamedTuple):
    """What a line is dressed in: stretches of it, from and to, and what each is."""

    colours: Sequence[Piece]
    came: Sequence[Piece]
    marked: Sequence[Piece]
    strong: Sequence[Piece]


class _Sheet(NamedTuple):
    """A document, and what its lines are dressed in; by name a view has one for each file that it showed."""

    lines: Filling
    worn: dict[int, _Wear]


class CodeView(ReadText):
    """A read-only editor.

    Attributes:
        pointed: (offset or None) the mouse is over a character, once `tell_where_pointed` asked for it.
    """

    pointed = Signal(object)

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._code = code_text("")
        self._tints: Tints = Stretches()
        self._regions: Sequence[Region] = ()
        self._sought: Sequence[Region] = ()
        self._faint: Container[int] = ()
        self._current = -1
        self._with_origins = False
        self._rows: Mapping[int, RowLook] = {}
        self._place: tuple[int, int] | None = None
        self._dressed: set[int] = set()
        self._wide = 0
        self._origins: dict[int, list[Origin]] = {}
        self._filling = False
        self._name = ""
        self._sheet = self._new_sheet()
        self._sheets = {self._name: self._sheet}
        self.setDocument(self._sheet.lines.document)
        self._numbers = _Numbers(self)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setProperty("role", "code")
        self.setAccessibleName(name)
        self.blockCountChanged.connect(lambda _: self._fit())
        self.updateRequest.connect(self._scrolled)
        look.changed.connect(self._dress)
        self._dress()

    # ------------------------------------------------------------------------------------- what is shown

    def show_code(self, text: str, spans: Sequence[tuple[int, int]] = ()) -> None:
        """Show a text; `spans` are (length, origin) in order. The place that is read stays."""
        self.show_tinted(text, Stretches(spans))

    def turn_to(self, name: str) -> None:
        """Let what is shown from now on be a text of this name, a small change of the one before it.

        A view that goes to and fro between files has less to do so.
        """
        self._name = name

    def show_tinted(self, text: str, tints: Tints, sought: Sequence[Region] = (), near: int | None = None) -> None:
        """Show a text with what knows where its characters came from; `sought` is what was looked for in it.

        With `near` that character is kept in sight.
        """
        self._replace_lines(code_text(text), None if near is None else lambda: self.keep_in_sight(near))
        self._sought = sought
        self._rows, self._place = {}, None
        self._tints = tints
        self._undress()

    def show_rows(
        self, lines: Sequence[str], rows: Mapping[int, RowLook], tints: Tints | None = None, top: int | None = None
    ) -> None:
        """Show lines each with a look of its own, as a difference has them; scrolled to `top` where that is given."""
        self._replace_lines(code_of(lines), None if top is None else lambda: self.verticalScrollBar().setValue(top))
        self._sought, self._place = (), None
        self._tints = tints or Stretches()
        self._rows = rows
        self._fit()
        self._undress()

    def regions(self) -> Sequence[Region]:
        """Return what is marked."""
        return self._regions

    def show_origins(self, on: bool) -> None:
        """Tint stretches by where they came from."""
        self._with_origins = on
        self._fit()
        self._undress()

    def show_regions(self, regions: Sequence[Region], current: int = -1, faint: Container[int] = ()) -> None:
        """Mark matching regions (start, end in code points): `current` more strongly, those at `faint` places less."""
        self._regions, self._current, self._faint = regions, current, faint
        self._undress()

    def show_place(self, offset: int | None) -> None:
        """Show a caret where the student's last change ended; None shows none."""
        self._place = None if offset is None else self._code.column_of(offset)
        self.viewport().update()
        self._numbers.update()

    def windows_ends(self) -> bool:
        """Tell whether lines end as on Windows, which is not shown otherwise."""
        return self._code.windows_ends

    def hidden(self) -> int:
        """Return how many characters of too long lines are not shown."""
        return sum(self._code.hidden.values())

    def offset_at(self, at: QPoint) -> int | None:
        """Return which character is at a place of the viewport, in code points; None beside the text."""
        cursor = self.cursorForPosition(at)
        line, column = cursor.blockNumber(), cursor.positionInBlock()
        if line >= len(self._code.lines) or not self.cursorRect(cursor).adjusted(-20, 0, 20, 0).contains(at):
            return None
        columns = utf16_columns(self._code.lines[line])
        if columns is not None:
            column = max(bisect_right(columns, column) - 1, 0)
        return self._code.starts[line] + column

    def caret_offset(self) -> int:
        """Return which character the cursor of the keyboard, or the last click, is at, in code points."""
        cursor = self.textCursor()
        line = min(cursor.blockNumber(), len(self._code.lines) - 1)
        return self._code.starts[line]

    def go_to(self, offset: int) -> None:
        """Scroll to a character, counted in code points."""
        self._sheet.lines.settle()
        line, column = self._code.column_of(offset)
        self.setTextCursor(self._cursor(line, column))
        self.centerCursor()

    def keep_in_sight(self, offset: int) -> None:
        """Scroll only as far as needed for a line to be in sight, a third from the top."""
        line = self._code.line_of(offset)
        bar = self.verticalScrollBar()
        first, many = bar.value(), max(bar.pageStep(), 1)
        if not first + 1 <= line < first + many - 2:
            bar.setValue(max(line - many // 3, 0))

    # ------------------------------------------------------------------------------------- lines

    def _replace_lines(self, new: CodeText, scroll: Callable[[], None] | None) -> None:
        """Change only lines that differ; those out of sight later, unless somebody is about to use them."""
        self._code = new
        whole = self.hasFocus() or self.textCursor().hasSelection()
        at = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
        self._filling = True
        self._take_sheet()
        replaced = self._sheet.lines.want(new.lines, whole=whole)
        if replaced is not None:
            self._strip(*replaced)
            self._make_wide()
        self.verticalScrollBar().setValue(at[0])
        self.horizontalScrollBar().setValue(at[1])
        if scroll is not None:
            scroll()
        self._filling = False

    def _take_sheet(self) -> None:
        if self._sheets.get(self._name) is self._sheet:
            return
        self._sheet.lines.leave()
        self._sheet = self._sheets.pop(self._name) if self._name in self._sheets else self._new_sheet()
        self._sheets[self._name] = self._sheet
        while len(self._sheets) > SHEETS:
            self._sheets.pop(next(iter(self._sheets))).lines.document.deleteLater()
        self.setDocument(self._sheet.lines.document)
        self._fit()

    def _new_sheet(self) -> _Sheet:
        sheet = _Sheet(Filling(self, self._replaced), {})
        sheet.lines.write_in(self.font(), self.fontMetrics().horizontalAdvance(" ") * 4)
        return sheet

    def _make_wide(self) -> None:
        """Let the longest line be known to the scroll bar, which else learns of it once it comes in sight."""
        line = self._code.longest
        filled = self._sheet.lines.fill(line, line + 1)
        if filled is not None:
            self._strip(*filled)
        self.document().documentLayout().blockBoundingRect(self.document().findBlockByNumber(line))

    def _replaced(self, first: int, last: int) -> None:
        """Dress lines that were put in while the view rested."""
        self._strip(first, last)
        self._dress_in_sight()

    def _strip(self, first: int, last: int) -> None:
        """Take note that lines of the document are new and wear nothing."""
        for line in [line for line in self._sheet.worn if first <= line < last]:
            del self._sheet.worn[line]
        self._dressed.difference_update(range(first, last))

    def _cursor(self, line: int, column: int) -> QTextCursor:
        block = self.document().findBlockByNumber(line)
        columns = utf16_columns(self._code.lines[line])
        cursor = QTextCursor(self.document())
        cursor.setPosition(block.position() + (column if columns is None else columns[column]))
        return cursor

    # ------------------------------------------------------------------------------------- colours

    def _undress(self) -> None:
        self._dressed.clear()
        self._origins.clear()
        self._dress_in_sight()
        self.viewport().update()
        self._numbers.update()

    def _dress_in_sight(self) -> None:
        """Have the lines in sight say what they should, in the colours that they should have."""
        if self._filling:
            return
        lines = self._code.lines
        place = self.firstVisibleBlock().blockNumber()
        stop = min(place + self.viewport().height() // max(self.fontMetrics().height(), 1) + 2, len(lines))
        self._filling = True
        filled = self._sheet.lines.fill(place, stop)
        self._filling = False
        if filled is not None:
            self._strip(*filled)
        if all(each in self._dressed for each in range(place, stop)):
            return
        state = open_quotes(lines, place) if self._code.triple else -1
        block = self.document().findBlockByNumber(place)
        begin, end = -1, 0
        for each in range(place, stop):
            pieces, after = python_colours(lines[each], state)
            if each not in self._dressed:
                self._dressed.add(each)
                if self._dress_block(block, each, pieces):
                    begin = block.position() if begin < 0 else begin
                    end = block.position() + block.length()
            state = after
            block = block.next()
        if begin >= 0:
            self.document().markContentsDirty(begin, max(end - begin - 1, 1))

    def _dress_block(self, block: QTextBlock, line: int, colours: Sequence[Piece]) -> bool:
        """Dress a line; False where it wears the same already."""
        text = self._code.lines[line]
        begin = self._code.starts[line]
        came = self._tints.in_line(line, begin, begin + len(text)) if self._with_origins else ()
        look = self._rows.get(line)
        strong = (
            ()
            if look is None
            else tuple(
                (min(start, len(text)), min(end, len(text)), getattr(self._look.colours, look.strong_fill))
                for start, end in look.strong
            )
        )
        wear = _Wear(colours, came, tuple(self._marked(begin, len(text))), strong)
        if self._sheet.worn.get(line) == wear:
            return False
        self._sheet.worn[line] = wear
        block.layout().setFormats(self._ranges(text, wear))
        return True

    def _ranges(self, text: str, wear: "_Wear") -> list[QTextLayout.FormatRange]:
        columns = utf16_columns(text)
        ranges: list[QTextLayout.FormatRange] = []

        def add(start: int, end: int, look: QTextCharFormat) -> None:
            made = QTextLayout.FormatRange()
            made.start = start if columns is None else columns[start]
            made.length = (end if columns is None else columns[end]) - made.start
            made.format = look
            ranges.append(made)

        syntax = self._look.colours.syntax
        for start, end, name in wear.colours:
            add(start, end, _coloured(getattr(syntax, name)))
        for start, end, number in wear.came:
            origin = Origin(int(number))
            if origin is not Origin.TYPED:
                colours = self._look.colours.provenance[origin]
                add(start, end, origin_format(colours.tint, colours.mark, origin))
        for start, end, fill in (*wear.marked, *wear.strong):
            add(start, end, _filled(fill))
        return ranges

    def _marked(self, begin: int, length: int) -> Iterator[tuple[int, int, str]]:
        """Yield what is marked of a line: from, to, and the colour behind it."""
        for place, (first, last) in enumerate((*self._regions, *self._sought)):
            if first < begin + length and last > begin:
                pale = self._look.colours.hover if place in self._faint else self._look.colours.attention_soft
                strong = place == self._current or place >= len(self._regions)
                fill = _current_fill(self._look) if strong else pale
                yield max(first - begin, 0), min(last - begin, length), fill

    def _origins_of(self, line: int) -> list[Origin]:
        known = self._origins.get(line)
        if known is None:
            begin = self._code.starts[line]
            pieces = self._tints.in_line(line, begin, begin + max(len(self._code.lines[line]), 1))
            found = {Origin(int(number)) for _, _, number in pieces}
            known = self._origins[line] = [origin for origin in TELLING if origin in found]
        return known

    # ------------------------------------------------------------------------------------- margin

    def number_width(self) -> int:
        """Return the width of the margin in pixels."""
        digits = max(2, len(str(self.blockCount())))
        wide = self.fontMetrics().horizontalAdvance("9")
        return (
            wide * digits
            + 2 * SPACE["s"]
            + (wide + BAR + SPACE["xs"] if self._with_origins else 0)
            + (wide if self._rows else 0)
        )

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the margin of the lines in sight: numbers, and letters and bars of where lines came from."""
        painter = QPainter(self._numbers)
        colours = self._look.colours
        painter.fillRect(event.rect(), QColor(colours.sunken))
        painter.setFont(self.font())
        self._wide = self.fontMetrics().horizontalAdvance("9")
        block, wide = self.firstVisibleBlock(), self._numbers.width()
        line = block.blockNumber()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            self._paint_number(painter, line, QRectF(0, top, wide, height))
            top += height
            line += 1
            block = block.next()
        painter.end()

    def _paint_number(self, painter: QPainter, line: int, room: QRectF) -> None:
        colours, wide, top, high = self._look.colours, self._wide, room.top(), room.height()
        row = self._rows.get(line)
        right = room.width() - SPACE["s"]
        if row is not None and row.fill:
            painter.fillRect(room, _colour(getattr(colours, row.fill)))
        if self._with_origins:
            right -= wide + BAR + SPACE["xs"]
            if line < len(self._code.lines) and (row is None or row.number):
                self._paint_origin(painter, line, QRectF(right + SPACE["xs"], top, wide, high))
        if row is not None and row.sign:
            painter.setPen(_colour(colours.text))
            painter.drawText(QRectF(0, top, wide + SPACE["s"], high), _RIGHT, row.sign)
        number = row.number if row is not None else ("" if self._rows else str(line + 1))
        if number:
            here = self._place is not None and self._place[0] == line
            painter.setPen(_colour(colours.accent_text if here else colours.syntax.line_number))
            painter.drawText(QRectF(0, top, right, high), _RIGHT, number)

    def _paint_origin(self, painter: QPainter, line: int, room: QRectF) -> None:
        origins = self._origins_of(line)
        if not origins:
            return
        colours = self._look.colours
        painter.setPen(_colour(colours.text))
        painter.drawText(room, _MIDDLE, origin_letter(origins[0]))
        for place, origin in enumerate(origins[:2]):
            bar = QRectF(room.right() + 2 + place * (BAR + 1), room.top(), BAR, room.height())
            paint_origin_bar(painter, bar, origin, _colour(colours.provenance[origin].mark))

    # ------------------------------------------------------------------------------------- Qt

    def _dress(self) -> None:
        self.setFont(self._look.code_font())
        self._write()
        self._fit()
        self._undress()

    def _write(self) -> None:
        """Have the view's font in all documents, and its colours again."""
        for sheet in self._sheets.values():
            sheet.lines.write_in(self.font(), self.fontMetrics().horizontalAdvance(" ") * 4)
            sheet.worn.clear()

    def _fit(self) -> None:
        if self.viewportMargins().left() != self.number_width():
            self.setViewportMargins(self.number_width(), 0, 0, 0)
        self._lay_numbers()

    def _lay_numbers(self) -> None:
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.number_width(), inside.height())

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())
        self._dress_in_sight()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Paint what is behind whole lines, the text, and what is not shown of too long lines."""
        self._paint_fills()
        super().paintEvent(event)
        if self._code.hidden or self._place is not None:
            self._paint_over()

    def _paint_fills(self) -> None:
        if not self._rows:
            return
        painter = QPainter(self.viewport())
        wide, high = self.viewport().width(), self.viewport().height()
        block = self.firstVisibleBlock()
        line = block.blockNumber()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        while block.isValid() and top <= high:
            height = self.blockBoundingRect(block).height()
            row = self._rows.get(line)
            if row is not None and row.fill:
                painter.fillRect(QRectF(0, top, wide, height), _colour(getattr(self._look.colours, row.fill)))
            top += height
            line += 1
            block = block.next()
        painter.end()

    def _paint_over(self) -> None:
        painter = QPainter(self.viewport())
        first = self.firstVisibleBlock().blockNumber()
        in_sight = range(first, first + self.viewport().height() // max(self.fontMetrics().height(), 1) + 2)
        if self._place is not None and self._place[0] in in_sight:
            caret = self.cursorRect(self._cursor(*self._place))
            painter.fillRect(QRectF(caret.left(), caret.top(), 2, caret.height()), self._look.colour("accent"))
        for line, many in self._code.hidden.items():
            if line not in in_sight:
                continue
            room = self.cursorRect(self._cursor(line, 0))
            words = tr("… {n} more characters on this line are not shown", n=many)
            wide = self.fontMetrics().horizontalAdvance(words) + 2 * SPACE["s"]
            pill = QRectF(self.viewport().width() - wide - SPACE["s"], room.top(), wide, room.height())
            painter.fillRect(pill, self._look.colour("info_soft"))
            painter.setPen(self._look.colour("info"))
            painter.drawText(pill, int(Qt.AlignmentFlag.AlignCenter), words)
        painter.end()

    def tell_where_pointed(self) -> None:
        """Begin to tell which character the mouse is over."""
        self.viewport().setMouseTracking(True)

    def toPlainText(self) -> str:  # noqa: N802
        """Return what is shown."""
        self._sheet.lines.settle()
        return super().toPlainText()

    def selectAll(self) -> None:  # noqa: N802
        """Select what is shown."""
        self._sheet.lines.settle()
        super().selectAll()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Let a selection begin in a text that is whole."""
        self._sheet.lines.settle()
        super().mousePressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Let keys go through a text that is whole."""
        self._sheet.lines.settle()
        super().focusInEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Select, and tell where the mouse is."""
        super().mouseMoveEvent(event)
        if self.viewport().hasMouseTracking() and event.buttons() == Qt.MouseButton.NoButton:
            self.pointed.emit(self.offset_at(event.position().toPoint()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the margin beside the text."""
        super().resizeEvent(event)
        self._lay_numbers()
        self._dress_in_sight()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the font's size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._write()
            self._fit()
            self._undress()


def _current_fill(look: Look) -> str:
    """Return what stands behind the chosen passage: where selected text has a colour of its own, code keeps its own."""
    colours = look.colours
    return colours.selection if alike(colours.on_selection, colours.text) else colours.pressed


class _Numbers(QWidget):
    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._view.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._view.paint_numbers(event)


@cache
def _colour(name: str) -> QColor:
    return QColor(name)


@cache
def _coloured(colour: str) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setForeground(QColor(colour))
    return look


@cache
def _filled(colour: str) -> QTextCharFormat:
    look = QTextCharFormat()
    look.setBackground(QColor(colour))
    return look
