"""A code editor for authors: line numbers, colours by kind of file, spaces for Tab, indentation that goes on."""

import re
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
)
from PySide6.QtWidgets import QPlainTextEdit

from instructor_app.theme import Look
from instructor_app.widgets.code import CodeView

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


class PatternColours(QSyntaxHighlighter):
    """Colours by patterns within a line; in Markdown also fenced blocks of code."""

    def __init__(self, document: QTextDocument, look: Look, *, markdown: bool) -> None:
        super().__init__(document)
        self._look, self._markdown = look, markdown
        look.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:  # noqa: N802
        """Colour one line; state 1 is inside a fenced block."""
        inside = self.previousBlockState() == 1
        fence = self._markdown and text.lstrip().startswith("```")
        self.setCurrentBlockState(1 if inside != fence else 0)
        if self._markdown and (inside or fence):
            self._colour(0, len(text), "string")
            return
        for pattern, name in _MARKDOWN_RULES if self._markdown else _TOML_RULES:
            for match in pattern.finditer(text):
                self._colour(match.start(), match.end(), name)

    def _colour(self, start: int, end: int, name: str) -> None:
        look = QTextCharFormat()
        look.setForeground(QColor(getattr(self._look.colours.syntax, name)))
        if name == "definition":
            look.setFontWeight(QFont.Weight.DemiBold)
        self.setFormat(start, end - start, look)


class CodeEditor(CodeView):
    """An editor for one text file.

    Attributes:
        left: the focus went elsewhere.
    """

    left = Signal()

    def __init__(self, look: Look, name: str, path: str) -> None:
        super().__init__(look, name)
        self.setReadOnly(False)
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction)
        self.setUndoRedoEnabled(True)
        self.highlighter: QSyntaxHighlighter = self._colours
        if not path.endswith(".py"):
            self._colours.setDocument(None)
            markdown = path.endswith(".md")
            plain = not markdown and not path.endswith(".toml")
            if not plain:
                self.highlighter = PatternColours(self.document(), look, markdown=markdown)
            if markdown:
                self.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)

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
        deeper = INDENT if before.rstrip().endswith(":") and self.highlighter is self._colours else ""
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
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tell."""
        super().focusOutEvent(event)
        self.left.emit()
