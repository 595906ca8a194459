"""A difference or a whole text to read, with a sign before each line that goes or comes."""

from collections.abc import Callable, Iterable

from PyQt6.QtGui import QBrush, QColor, QTextBlockFormat, QTextCharFormat, QTextCursor
from PyQt6.QtWidgets import QPlainTextEdit

from student_app.editor.differences import Line
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import GivenText

_SIGN = {"same": "  ", "gone": "- ", "new": "+ "}


class DifferenceView(GivenText):
    """Read-only; what is copied from it is the student's own text, without the signs."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__(copied)
        self._look = look
        self._lines: tuple[Line, ...] = ()
        self._signs = True
        self.setProperty("role", "code")
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        look.changed.connect(self._draw)

    def show_difference(self, lines: Iterable[Line]) -> None:
        """Show these lines with their signs."""
        self._show(tuple(lines), signs=True)

    def show_text(self, text: str) -> None:
        """Show a whole text."""
        self._show(tuple(Line("same", line) for line in text.splitlines()), signs=False)

    def _show(self, lines: tuple[Line, ...], *, signs: bool) -> None:
        if (lines, signs) == (self._lines, self._signs):
            return
        self._lines, self._signs = lines, signs
        self._draw()
        bar = self.verticalScrollBar()
        if bar is not None:
            bar.setValue(0)

    def _draw(self) -> None:
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        for number, line in enumerate(self._lines):
            block, letters = self._formats(line.kind)
            if number:
                cursor.insertBlock(block, letters)
            else:
                cursor.setBlockFormat(block)
            cursor.insertText(self._said(line), letters)
        cursor.endEditBlock()

    def _said(self, line: Line) -> str:
        if line.kind == "gap":
            return words.equal_lines(line.skipped)
        return (_SIGN[line.kind] if self._signs else "") + line.text

    def _formats(self, kind: str) -> tuple[QTextBlockFormat, QTextCharFormat]:
        colours = self._look.colours
        paper, ink = {
            "same": ("", colours.syntax.text),
            "gone": (colours.attention_soft, colours.attention),
            "new": (colours.positive_soft, colours.positive),
            "gap": (colours.sunken, colours.muted),
        }[kind]
        block, letters = QTextBlockFormat(), QTextCharFormat()
        if paper:
            block.setBackground(QBrush(QColor(paper)))
        letters.setForeground(QColor(ink))
        return block, letters

    def plain(self, selected: str) -> str:
        """See `GivenText`: without the signs."""
        if not self._signs:
            return selected
        return "\n".join(line[2:] if line[:2] in _SIGN.values() else line for line in selected.split("\n"))
