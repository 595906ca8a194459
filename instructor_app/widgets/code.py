"""Code to read: line numbers, simple Python colours, where each stretch came from, marked regions."""

import keyword
import re
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QTextEdit, QWidget

from instructor_app.theme import Look
from instructor_app.widgets.basic import column, label
from instructor_app.widgets.flow import flow
from instructor_app.words import tr
from shared.look import SPACE
from shared.text.edits import Origin

BUILTINS = "print|input|len|range|open|int|float|str|list|dict|set|tuple|bool|sum|min|max|sorted|enumerate|zip|map|abs"
TRIPLE = ('"""', "'''")
Region = tuple[int, int]


def origin_words(origin: Origin) -> str:
    """Say where characters came from."""
    return {
        Origin.TYPED: tr("typed"),
        Origin.OUTSIDE: tr("from outside"),
        Origin.MOVED: tr("moved"),
        Origin.STARTER: tr("starter"),
        Origin.STATEMENT: tr("prompt"),
        Origin.PROGRAM: tr("restored by the program"),
    }[origin]


class PythonColours(QSyntaxHighlighter):
    """Keywords, names after def and class, strings, numbers, comments: enough to read by."""

    def __init__(self, document: QTextDocument, look: Look) -> None:
        super().__init__(document)
        self._look = look
        words = "|".join(keyword.kwlist)
        self._rules = [
            (re.compile(rf"\b(?:{BUILTINS})\b(?=\()"), "builtin"),
            (re.compile(rf"\b(?:{words})\b"), "keyword"),
            (re.compile(r"(?<=\bdef )\w+|(?<=\bclass )\w+"), "definition"),
            (re.compile(r"^\s*@[\w.]+"), "decorator"),
            (re.compile(r"\b(?:0[xob][\da-fA-F_]+|\d[\d_]*\.?\d*(?:e[+-]?\d+)?)\b"), "number"),
        ]
        self._literal = re.compile(
            r"""(?P<triple>[rbfuRBFU]{0,2}(?:\"{3}|'{3}))|(?P<string>[rbfuRBFU]{0,2}(?:"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?))|(?P<comment>\#.*)"""
        )
        look.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line; the block's state says which triple quote is open."""
        for pattern, name in self._rules:
            for match in pattern.finditer(text):
                self._colour(match.start(), match.end(), name)
        start = 0
        open_quote = self.previousBlockState()
        if open_quote in (0, 1):
            end = text.find(TRIPLE[open_quote])
            if end < 0:
                self._colour(0, len(text), "string")
                self.setCurrentBlockState(open_quote)
                return
            start = end + 3
            self._colour(0, start, "string")
        self.setCurrentBlockState(-1)
        self._literals(text, start)

    def _literals(self, text: str, start: int) -> None:
        while (match := self._literal.search(text, start)) is not None:
            start = max(match.end(), start + 1)
            if match["triple"]:
                which = 0 if match["triple"].endswith('"""') else 1
                end = text.find(TRIPLE[which], match.end())
                if end < 0:
                    self._colour(match.start(), len(text), "string")
                    self.setCurrentBlockState(which)
                    return
                start = end + 3
                self._colour(match.start(), start, "string")
            else:
                self._colour(match.start(), match.end(), "comment" if match["comment"] else "string")

    def _colour(self, start: int, end: int, name: str) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(getattr(self._look.colours.syntax, name)))
        self.setFormat(start, end - start, look)


class CodeView(QPlainTextEdit):
    """A read-only editor."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._spans: Sequence[tuple[int, int]] = ()
        self._regions: Sequence[Region] = ()
        self._current = -1
        self._with_origins = False
        self._numbers = _Numbers(self)
        self.setReadOnly(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setProperty("role", "code")
        self.setAccessibleName(name)
        self._colours = PythonColours(self.document(), look)
        self.blockCountChanged.connect(lambda _: self._fit())
        self.updateRequest.connect(self._scrolled)
        look.changed.connect(self._dress)
        self._dress()

    def show_code(self, text: str, spans: Sequence[tuple[int, int]] = ()) -> None:
        """Show a text; `spans` are (length, origin) in order. The place that is read stays."""
        if text != self.toPlainText():
            at = self.verticalScrollBar().value(), self.horizontalScrollBar().value()
            self.setPlainText(text)
            self.verticalScrollBar().setValue(at[0])
            self.horizontalScrollBar().setValue(at[1])
        self._spans = spans
        self._mark()

    def show_origins(self, on: bool) -> None:
        """Tint stretches by where they came from."""
        self._with_origins = on
        self._mark()

    def show_regions(self, regions: Sequence[Region], current: int = -1) -> None:
        """Mark matching regions (start, end in code points); `current` more strongly."""
        self._regions, self._current = regions, current
        self._mark()

    def go_to(self, offset: int) -> None:
        """Scroll to a character, counted in code points."""
        cursor = self.textCursor()
        cursor.setPosition(self._utf16(offset))
        self.setTextCursor(cursor)
        self.centerCursor()

    def number_width(self) -> int:
        """Return the width of the line numbers in pixels."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 2 * SPACE["s"]

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines in sight."""
        painter = QPainter(self._numbers)
        colours = self._look.colours
        painter.fillRect(event.rect(), QColor(colours.sunken))
        painter.setPen(QColor(colours.syntax.line_number))
        painter.setFont(self.font())
        block = self.firstVisibleBlock()
        top = self.blockBoundingGeometry(block).translated(self.contentOffset()).top()
        width = self._numbers.width() - SPACE["s"]
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            room = QRect(0, round(top), width, round(height))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignRight), str(block.blockNumber() + 1))
            top += height
            block = block.next()
        painter.end()

    def _dress(self) -> None:
        self.setFont(self._look.code_font())
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * 4)
        self._fit()
        self._mark()

    def _mark(self) -> None:
        marks = self._origin_marks() if self._with_origins else []
        colours = self._look.colours
        for place, (start, end) in enumerate(self._regions):
            strong = place == self._current
            marks.append(self._selection(start, end, colours.selection if strong else colours.attention_soft))
        self.setExtraSelections(marks)

    def _origin_marks(self) -> list[QTextEdit.ExtraSelection]:
        marks, at = [], 0
        for length, number in self._spans:
            origin = Origin(number)
            if origin is not Origin.TYPED and length:
                look = self._look.colours.provenance[origin]
                mark = self._selection(at, at + length, look.tint)
                mark.format.setUnderlineColor(QColor(look.mark))
                if origin is Origin.OUTSIDE:
                    mark.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
                marks.append(mark)
            at += length
        return marks

    def _selection(self, start: int, end: int, colour: str) -> QTextEdit.ExtraSelection:
        mark = QTextEdit.ExtraSelection()
        cursor = QTextCursor(self.document())
        cursor.setPosition(self._utf16(start))
        cursor.setPosition(self._utf16(end), QTextCursor.MoveMode.KeepAnchor)
        look = QTextCharFormat()
        look.setBackground(QColor(colour))
        look.setProperty(QTextFormat.Property.FullWidthSelection, False)
        mark.cursor, mark.format = cursor, look
        return mark

    def _utf16(self, offset: int) -> int:
        text = self.toPlainText()
        if text.isascii():
            return min(offset, len(text))
        return len(text[:offset].encode("utf-16-le")) // 2

    def _fit(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the numbers beside the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.number_width(), inside.height())

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the font's size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit()


class _Numbers(QWidget):
    def __init__(self, view: CodeView) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._view.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._view.paint_numbers(event)


class OriginLegend(QWidget):
    """What the tints mean."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._swatches: list[tuple[QLabel, Origin]] = []
        for origin in (Origin.TYPED, Origin.OUTSIDE, Origin.MOVED, Origin.STARTER, Origin.STATEMENT):
            swatch = label(origin_words(origin))
            self._swatches.append((swatch, origin))
        self.setLayout(column(flow(*(swatch for swatch, _ in self._swatches))))
        look.changed.connect(self._dress)
        self._dress()

    def _dress(self) -> None:
        for swatch, origin in self._swatches:
            colours, text = self._look.colours.provenance[origin], self._look.colours.text
            swatch.setStyleSheet(
                f"background: {colours.tint}; color: {text}; border-bottom: 2px solid {colours.mark};"
                f" padding: 1px 6px; font-size: {self._look.points * 0.9:g}pt;"
            )
