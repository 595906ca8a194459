"""A code editor for authors: line numbers, colours by kind of file, spaces for Tab, indentation that goes on."""

import re
from collections.abc import Callable

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from instructor_app.theme import Look
from instructor_app.widgets.code_text import python_colours
from shared.look import SPACE

INDENT = "    "
_LEADING = re.compile(r"[ \t]*")
_TOML_RULES = (
    (re.compile(r"^\s*\[\[?[^\]]*\]\]?"), "definition"),
    (re.compile(r"^\s*[\w.\"'-]+(?=\s*=)"), "keyword"),
    (re.compile(r"\b(?:true|false|\d[\d_:T.-]*)\b"), "number"),
    (re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'"), "string"),
    (re.compile(r"(?:^|\s)#.*"), "comment"),
)
_MARKDOWN_RULES = (
    (re.compile(r"^#{1,6}\s.*"), "definition"),
    (re.compile(r"^\s*(?:[-*+]|\d+\.)\s"), "keyword"),
    (re.compile(r"`[^`]+`"), "string"),
    (re.compile(r"\*\*[^*]+\*\*|(?<!\*)\*[^*\s][^*]*\*"), "builtin"),
    (re.compile(r"!?\[[^\]]*\]\([^)]*\)"), "decorator"),
    (re.compile(r"^\s*\|.*"), "number"),
)


class Colours(QSyntaxHighlighter):
    """Colours of Python, Markdown (with fenced blocks) or TOML; a block's state is what stays open after its line."""

    def __init__(self, document: QTextDocument, look: Look, kind: str) -> None:
        super().__init__(document)
        self._look, self._kind = look, kind
        look.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line."""
        if self._kind == "py":
            pieces, after = python_colours(text, self.previousBlockState())
            for start, end, name in pieces:
                self._colour(start, end, name)
            self.setCurrentBlockState(after)
            return
        inside = self.previousBlockState() == 1
        fence = self._kind == "md" and text.lstrip().startswith("```")
        self.setCurrentBlockState(1 if inside != fence else 0)
        if inside or fence:
            self._colour(0, len(text), "string")
            return
        for pattern, name in _MARKDOWN_RULES if self._kind == "md" else _TOML_RULES:
            for match in pattern.finditer(text):
                self._colour(match.start(), match.end(), name)

    def _colour(self, start: int, end: int, name: str) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(getattr(self._look.colours.syntax, name)))
        if name == "definition":
            look.setFontWeight(QFont.Weight.DemiBold)
        self.setFormat(start, end - start, look)


class CodeEditor(QPlainTextEdit):
    """An editor for one text file.

    Attributes:
        left: the focus went elsewhere.
    """

    left = Signal()

    def __init__(self, look: Look, name: str, path: str) -> None:
        super().__init__()
        self._look = look
        self._kind = path.rpartition(".")[2]
        self._numbers = _Numbers(self)
        self.setProperty("role", "code")
        self.setAccessibleName(name)
        wrapped = self._kind not in ("py", "toml", "csv")
        wrap = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(wrap.WidgetWidth if wrapped else wrap.NoWrap)
        self.colours = Colours(self.document(), look, self._kind) if self._kind in ("py", "md", "toml") else None
        self.blockCountChanged.connect(lambda _: self._fit())
        self.updateRequest.connect(self._scrolled)
        look.changed.connect(self._dress)
        self._dress()

    def number_width(self) -> int:
        """Return the width of the line numbers in pixels."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + 2 * SPACE["s"]

    def paint_numbers(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines in sight."""
        painter = QPainter(self._numbers)
        painter.fillRect(event.rect(), QColor(self._look.colours.sunken))
        painter.setPen(QColor(self._look.colours.syntax.line_number))
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

    def _fit(self) -> None:
        self.setViewportMargins(self.number_width(), 0, 0, 0)

    def _scrolled(self, rect: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def load(self, text: str) -> None:
        """Show a text as it is on the disk; typing can be undone across it."""
        if text == self.toPlainText():
            return
        at, scroll = self.textCursor().position(), self.verticalScrollBar().value()
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        cursor.setPosition(min(at, len(self.toPlainText())))
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scroll)

    def load_first(self, text: str) -> None:
        """Show a text that undo does not go behind."""
        self.setPlainText(text)
        self.document().clearUndoRedoStacks()

    def go_to_line(self, line: int) -> None:
        """Put the cursor into a line, counted from 1."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        self.setTextCursor(QTextCursor(block if block.isValid() else self.document().lastBlock()))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _indent(self) -> None:
        cursor = self.textCursor()
        if not cursor.hasSelection():
            cursor.insertText(" " * (4 - cursor.positionInBlock() % 4))
            return
        self._each_line(lambda line: line.insertText(INDENT))

    def _outdent(self) -> None:
        def take_out(line: QTextCursor) -> None:
            text = line.block().text()
            count = 1 if text.startswith("\t") else len(text) - len(text.lstrip(" "))
            for _ in range(min(4, count)):
                line.deleteChar()

        self._each_line(take_out)

    def _each_line(self, change: Callable[[QTextCursor], None]) -> None:
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart()).blockNumber()
        end = cursor.selectionEnd()
        last_block = self.document().findBlock(end)
        last = last_block.blockNumber() - (1 if cursor.hasSelection() and end == last_block.position() else 0)
        cursor.beginEditBlock()
        for number in range(first, max(first, last) + 1):
            change(QTextCursor(self.document().findBlockByNumber(number)))
        cursor.endEditBlock()

    def _new_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        leading = _LEADING.match(before)
        deeper = INDENT if before.rstrip().endswith(":") and self._kind == "py" else ""
        cursor.insertText("\n" + (leading[0] if leading else "") + deeper)
        self.ensureCursorVisible()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Tab indents, Shift+Tab takes back, Enter goes on as the line began; Ctrl+Tab leaves the editor."""
        held = event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
        if event.key() == Qt.Key.Key_Tab and not held:
            self._indent()
        elif event.key() == Qt.Key.Key_Backtab and not held:
            self._outdent()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self._new_line()
        elif event.key() in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and held == Qt.KeyboardModifier.ControlModifier:
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Tab)
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the numbers beside the text."""
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(inside.left(), inside.top(), self.number_width(), inside.height())

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tell."""
        super().focusOutEvent(event)
        self.left.emit()


class _Numbers(QWidget):
    def __init__(self, editor: CodeEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._editor.number_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        self._editor.paint_numbers(event)
