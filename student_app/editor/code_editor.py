"""The editor of one file: typing, undo, paste by the exam's rule; nothing that writes code for the student."""

from PyQt6.Qsci import QsciCommand, QsciLexer, QsciScintilla
from PyQt6.QtCore import QMimeData, QPointF, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import (
    QClipboard,
    QColor,
    QContextMenuEvent,
    QDragEnterEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QWheelEvent,
)
from PyQt6.QtWidgets import QMenu, QWidget

from shared.exam.rules import EditorAids
from shared.look import Palette
from student_app.editor import commands
from student_app.editor.capture import Capture, EditSink, PasteHow
from student_app.editor.indent import indentation_after
from student_app.editor.lexer import PythonLexer

TYPED_AT_ONCE = 40
"""Characters that an input method may commit at once as typing: a long phrase of any script."""
SPOKEN_AT_ONCE = 250
"""The same where the exam lets any text be pasted: a sentence that was spoken, whose speed the record tells."""
_MODIFICATIONS = 0x01 | 0x02
_COMMAND = QsciCommand.Command
_NOT_SCINTILLAS = (
    _COMMAND.Paste, _COMMAND.SelectionCopy, _COMMAND.SelectionCut, _COMMAND.LineCut, _COMMAND.LineCopy,
    _COMMAND.LineTranspose, _COMMAND.LineDuplicate, _COMMAND.SelectionDuplicate, _COMMAND.ZoomIn, _COMMAND.ZoomOut,
    _COMMAND.EditToggleOvertype, _COMMAND.SelectionLowerCase, _COMMAND.SelectionUpperCase, _COMMAND.Formfeed,
    _COMMAND.WordPartLeft, _COMMAND.WordPartLeftExtend, _COMMAND.WordPartRight, _COMMAND.WordPartRightExtend,
)  # fmt: skip
"""Commands without keys of their own: they go around the recorder, or their keys are the window's."""


class CodeEditor(QsciScintilla):
    """One file. The document is always what was recorded; `load` brings it there without recording."""

    zoomed = pyqtSignal(int)
    refused = pyqtSignal(str)
    """A paste, a drop or a change that was not let in, as a sentence."""
    moved = pyqtSignal(int, int)
    """Line and column of the cursor, from 1."""

    def __init__(self, sink: EditSink, file: str, aids: EditorAids, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.capture = Capture(sink, file, self._out_of_step)
        self._sink = sink
        self._aids = aids
        self._lexer = PythonLexer() if aids.highlighting and file.endswith(".py") else None
        self._behave()
        self._clear_keys()
        self.SCN_MODIFIED.connect(self._modified)
        self.SCN_CHARADDED.connect(self._char_added)
        self.cursorPositionChanged.connect(lambda line, column: self.moved.emit(line + 1, column + 1))
        self.linesChanged.connect(self._widen_margin)
        self.load()

    @property
    def file(self) -> str:
        """The file's name as `question/name`."""
        return self.capture.file

    def use(self, aids: EditorAids) -> None:
        """Go by other rules from now on; colours are those with which the file was opened."""
        self._aids = aids
        self.setIndentationWidth(aids.tab_width)
        self.setTabWidth(aids.tab_width)
        matching = self.BraceMatch.SloppyBraceMatch if aids.brace_match else self.BraceMatch.NoBraceMatch
        self.setBraceMatching(matching)
        self.setMarginWidth(0, 0)
        self._widen_margin()

    def load(self) -> None:
        """Show what is recorded; the history of undo begins anew."""
        text = self.capture.text
        line, column = self.getCursorPosition()
        with self.capture.silent():
            locked = self.isReadOnly()
            self.setReadOnly(False)
            self.setText(text)
            self.SendScintilla(self.SCI_EMPTYUNDOBUFFER)
            self.setReadOnly(locked)
        self.setEolMode(self.EolMode.EolWindows if "\r\n" in text else self.EolMode.EolUnix)
        self.setCursorPosition(line, column)
        self._widen_margin()

    def check(self) -> bool:
        """Compare with what is recorded and record a difference; True when all was well."""
        return not self.capture.mend(self.text())

    def dress(self, colours: Palette, font: QFont) -> None:
        """Take over a theme's colours and the code font."""
        if self._lexer is not None:
            self._lexer.dress(colours, font)
            if self.lexer() is None:
                self.setLexer(self._lexer)
        else:
            self.setFont(font)
            self.setColor(QColor(colours.syntax.text))
            self.setPaper(QColor(colours.surface))
        self.setMarginsFont(font)
        self.setMarginsBackgroundColor(QColor(colours.surface))
        self.setMarginsForegroundColor(QColor(colours.syntax.line_number))
        self.setCaretForegroundColor(QColor(colours.text))
        self.setCaretLineBackgroundColor(QColor(colours.alternate))
        self.setSelectionBackgroundColor(QColor(colours.selection))
        self.setSelectionForegroundColor(QColor(colours.on_selection))
        self.setMatchedBraceBackgroundColor(QColor(colours.accent_soft))
        self.setMatchedBraceForegroundColor(QColor(colours.accent_text))
        self.setUnmatchedBraceBackgroundColor(QColor(colours.attention_soft))
        self.setUnmatchedBraceForegroundColor(QColor(colours.attention))
        self.setIndentationGuidesForegroundColor(QColor(colours.line))
        self.setIndentationGuidesBackgroundColor(QColor(colours.surface))
        self._widen_margin()

    def go_to(self, line: int, column: int = 1) -> None:
        """Put the cursor on a line (from 1), with some lines around it, and take the keyboard."""
        self.setCursorPosition(max(0, min(line, self.lines()) - 1), column - 1)
        self.SendScintilla(self.SCI_VERTICALCENTRECARET)
        self.setFocus()

    def put_cursor(self, offset: int) -> None:
        """Put the cursor at a code-point offset."""
        offset = min(offset, self.capture.index.offset_of_byte(self.length()))
        self.SendScintilla(self.SCI_GOTOPOS, self.capture.index.byte_of_offset(offset))

    # Clipboard and drops: the only ways in are here, so that the exam's rule holds for all of them

    def copy(self) -> None:
        """Copy the selection, and remember it as the student's own."""
        text = self.selected()
        if text:
            self._sink.copied(text)
            _clipboard().setText(text)

    def cut(self) -> None:
        """Copy the selection and remove it."""
        if self.selected() and not self.isReadOnly():
            self.copy()
            self.SendScintilla(self.SCI_CLEAR)

    def paste(self) -> None:
        """Insert the clipboard's text, if the exam's rule lets it."""
        self.put_in(_clipboard().text(), "paste")

    def put_in(self, text: str, how: PasteHow) -> bool:
        """Replace the selection by text that was not typed; False when that may not be."""
        text = self._fitting(text)
        if not text or self.isReadOnly():
            return False
        if self.SendScintilla(self.SCI_SELECTIONISRECTANGLE):
            self.SendScintilla(self.SCI_CLEAR)
            self.SendScintilla(self.SCI_SETEMPTYSELECTION, self.SendScintilla(self.SCI_GETCURRENTPOS))
        start, end = self.selected_bytes()
        if not self.capture.paste(start, end, text, how):
            self.refused.emit(self.tr("Pasting this is not allowed in this exam. Your text is unchanged."))
            return False
        with self.capture.silent():
            self.SendScintilla(self.SCI_BEGINUNDOACTION)
            if start != end:
                self.SendScintilla(self.SCI_CLEAR)
            self._insert(text)
            self.SendScintilla(self.SCI_ENDUNDOACTION)
        self.ensureCursorVisible()
        return True

    def selected_bytes(self) -> tuple[int, int]:
        """Return start and end of the selection in bytes."""
        return commands.selected_bytes(self)

    def selected(self) -> str:
        """Return the selected text."""
        start, end = self.selected_bytes()
        return self.bytes(start, end).data().rstrip(b"\0").decode("utf-8", "replace") if end > start else ""

    def replace_selected(self, text: str) -> None:
        """Replace the selection as typing does; insert where nothing is selected."""
        self.SendScintilla(self.SCI_BEGINUNDOACTION)
        if self.selected():
            self.SendScintilla(self.SCI_CLEAR)
        self._insert(self._fitting(text))
        self.SendScintilla(self.SCI_ENDUNDOACTION)

    def toggle_comment(self) -> None:
        """Comment the selected lines, or take the comment away."""
        if not self.isReadOnly():
            with self.capture.done_by("tool"):
                commands.toggle_comment(self)

    def replace_all(self, needle: str, by: str, *, case: bool, typed: bool = True) -> int:
        """Replace every occurrence, as one step of undo, and return how many there were.

        Text that was not `typed` into its field is a paste at each place, by the exam's rule.
        """
        if self.isReadOnly() or not needle:
            return 0
        if not typed:
            return self._paste_over(commands.occurrences(self.text(), needle, case=case), by)
        with self.capture.done_by("tool"):
            return commands.replace_all(self, needle, self._fitting(by), case=case)

    def _paste_over(self, places: list[tuple[int, int]], text: str) -> int:
        number = 0
        self.SendScintilla(self.SCI_BEGINUNDOACTION)
        for start, end in reversed(places):
            index = self.capture.index
            self.SendScintilla(self.SCI_SETSEL, index.byte_of_offset(start), index.byte_of_offset(end))
            if not self.put_in(text, "paste"):
                break
            number += 1
        self.SendScintilla(self.SCI_ENDUNDOACTION)
        return number

    def replace_text(self, text: str) -> None:
        """Make the text into this one, line by line: what stays keeps its origin, and undo brings the rest back."""
        now = self.text()
        if self.isReadOnly() or now == text:
            return
        line, _ = self.getCursorPosition()
        with self.capture.done_by("revert"):
            commands.replace_lines(self, now, text)
        self.setCursorPosition(min(line, self.lines() - 1), 0)
        self.ensureCursorVisible()

    def _insert(self, text: str) -> None:
        data = text.encode()
        self.SendScintilla(self.SCI_ADDTEXT, len(data), data)

    def _fitting(self, text: str) -> str:
        """Return text with this document's line ends and without what a file can't hold."""
        plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").replace("\u2029", "\n")
        plain = plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return plain.replace("\n", "\r\n") if self.eolMode() == self.EolMode.EolWindows else plain

    def _modified(self, position: int, kind: int, text: bytes, length: int, *_rest: int) -> None:
        if kind & 0x01 and (text is None or len(text) < length):
            text = self.bytes(position, position + length).data()[:length]
        self.capture.modified(position, kind, bytes(text or b"")[:length], length)

    def _out_of_step(self, sentence: str) -> None:
        """Load again what is recorded, as soon as Scintilla has ended its change."""
        QTimer.singleShot(0, self.load)
        self.refused.emit(sentence)

    def _char_added(self, letter: int) -> None:
        if letter != ord("\n") or not self._aids.auto_indent:
            return
        line, _ = self.getCursorPosition()
        before = self.text(line - 1).rstrip("\r\n")
        columns = indentation_after(before, self._aids.tab_width)
        if columns and not self.text(line).strip("\r\n")[:1].isspace():
            with self.capture.done_by("tool"):
                self._insert(" " * columns)

    # How it behaves

    def _behave(self) -> None:
        aids = self._aids
        self.setUtf8(True)
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)  # code is, in every language
        self.setAutoCompletionSource(self.AutoCompletionSource.AcsNone)
        self.setAutoCompletionThreshold(-1)
        self.setCallTipsStyle(self.CallTipsStyle.CallTipsNone)
        self.setAutoIndent(False)
        self.setIndentationsUseTabs(False)
        self.setIndentationWidth(aids.tab_width)
        self.setTabWidth(aids.tab_width)
        self.setTabIndents(True)
        self.setBackspaceUnindents(True)
        self.setIndentationGuides(True)
        self.setFolding(self.FoldStyle.NoFoldStyle)
        matching = self.BraceMatch.SloppyBraceMatch if aids.brace_match else self.BraceMatch.NoBraceMatch
        self.setBraceMatching(matching)
        self.setCaretLineVisible(True)
        self.setCaretWidth(2)
        for margin in range(5):
            self.setMarginWidth(margin, 0)
        self.setMarginType(0, self.MarginType.NumberMargin)
        self.SendScintilla(self.SCI_SETMODEVENTMASK, _MODIFICATIONS)
        self.SendScintilla(self.SCI_SETMULTIPLESELECTION, 0)
        self.SendScintilla(self.SCI_SETSCROLLWIDTH, 1)
        self.SendScintilla(self.SCI_SETSCROLLWIDTHTRACKING, 1)
        self.SendScintilla(self.SCI_SETEXTRAASCENT, 2)
        self.SendScintilla(self.SCI_SETEXTRADESCENT, 1)
        self.SendScintilla(self.SCI_SETMARGINLEFT, 0, 8)
        self.setFrameShape(self.Shape.NoFrame)
        self.setAccessibleName(self.tr("Code of {file}").format(file=self.file.partition("/")[2]))

    def _clear_keys(self) -> None:
        for each in self.standardCommands().commands():
            if each.command() in _NOT_SCINTILLAS:
                each.setKey(0)
                each.setAlternateKey(0)

    def _widen_margin(self) -> None:
        if self._aids.line_numbers:
            self.setMarginWidth(0, "0" * (max(2, len(str(self.lines()))) + 1))

    # Qt

    def setLexer(self, lexer: QsciLexer | None = None) -> None:
        """See `QsciScintilla`; keeps the widths that a lexer would reset."""
        super().setLexer(lexer)
        self.setBraceMatching(self.braceMatching())

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """See Qt: the clipboard's keys come here, all others go to Scintilla."""
        assert event is not None
        keys = QKeySequence.StandardKey
        for key, action in (
            (keys.Paste, self.paste), (keys.Copy, self.copy), (keys.Cut, self.cut), (keys.Redo, self.redo),
        ):  # fmt: skip
            if event.matches(key):
                action()
                return
        super().keyPressEvent(event)

    def inputMethodEvent(self, event: QInputMethodEvent | None) -> None:
        """See Qt: what an input method hands over at once and nobody types at once is a paste, by the exam's rule."""
        assert event is not None
        text = event.commitString()
        most = SPOKEN_AT_ONCE if self._sink.free() else TYPED_AT_ONCE
        typed = len(text) <= most and "\n" not in text and "\r" not in text
        if typed and len(text) <= TYPED_AT_ONCE:
            super().inputMethodEvent(event)
            return
        super().inputMethodEvent(QInputMethodEvent())  # ends what was being composed
        if not typed:
            self.put_in(text, "paste")
        elif not self.isReadOnly():
            self.replace_selected(text)
        event.accept()

    def mousePressEvent(self, event: QMouseEvent | None) -> None:
        """See Qt: the middle button pastes the selection, by the exam's rule."""
        assert event is not None
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mousePressEvent(event)
            return
        if _clipboard().supportsSelection():
            self.SendScintilla(self.SCI_SETEMPTYSELECTION, self._place(event.position()))
            self.put_in(_clipboard().text(QClipboard.Mode.Selection), "selection")

    def mouseReleaseEvent(self, event: QMouseEvent | None) -> None:
        """See Qt."""
        assert event is not None
        if event.button() is not Qt.MouseButton.MiddleButton:
            super().mouseReleaseEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent | None) -> None:
        """See Qt: only text may be dropped, and only where the exam's rule lets it."""
        assert event is not None
        event.setAccepted(_has_text(event.mimeData()) and not self.isReadOnly())

    def dragMoveEvent(self, event: QDragMoveEvent | None) -> None:
        """See Qt."""
        assert event is not None
        event.setAccepted(_has_text(event.mimeData()) and not self.isReadOnly())

    def dropEvent(self, event: QDropEvent | None) -> None:
        """See Qt: text of this editor is moved, other text is a paste."""
        assert event is not None
        mime = event.mimeData()
        if self.isReadOnly() or mime is None or not _has_text(mime):
            event.ignore()
            return
        place = self._place(event.position())
        if event.source() in {self, self.viewport()}:
            self._move_selection(place)
        else:
            self.SendScintilla(self.SCI_SETEMPTYSELECTION, place)
            self.put_in(mime.text(), "drop")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent | None) -> None:
        """See Qt."""
        assert event is not None
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        writable = not self.isReadOnly()
        for text, action, enabled in (
            (self.tr("Undo"), self.undo, writable and self.isUndoAvailable()),
            (self.tr("Redo"), self.redo, writable and self.isRedoAvailable()),
            (self.tr("Cut"), self.cut, writable and bool(self.selected())),
            (self.tr("Copy"), self.copy, bool(self.selected())),
            (self.tr("Paste"), self.paste, writable),
            (self.tr("Select all"), self.selectAll, True),
        ):
            entry = menu.addAction(text)
            assert entry is not None
            entry.triggered.connect(lambda _=False, action=action: action())
            entry.setEnabled(enabled)
        menu.popup(event.globalPos())

    def focusOutEvent(self, event: QFocusEvent | None) -> None:
        """See Qt: a good moment to compare with what is recorded."""
        assert event is not None
        super().focusOutEvent(event)
        if not self.isReadOnly():
            self.check()

    def wheelEvent(self, event: QWheelEvent | None) -> None:
        """See Qt: with Ctrl the size of all text changes, not only of this one."""
        assert event is not None
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoomed.emit(1 if event.angleDelta().y() > 0 else -1)
            event.accept()
        else:
            super().wheelEvent(event)

    def _place(self, at: QPointF) -> int:
        point = at.toPoint()
        return int(self.SendScintilla(self.SCI_POSITIONFROMPOINT, point.x(), point.y()))

    def _move_selection(self, place: int) -> None:
        start, end = self.selected_bytes()
        if start <= place <= end:
            return
        text = self.selected()
        self._sink.copied(text)
        self.SendScintilla(self.SCI_BEGINUNDOACTION)
        self.SendScintilla(self.SCI_CLEAR)
        self.SendScintilla(self.SCI_SETEMPTYSELECTION, place - (end - start if place > end else 0))
        if not self.put_in(text, "drop"):
            self.SendScintilla(self.SCI_SETEMPTYSELECTION, start)
            with self.capture.done_by("revert"):
                self._insert(text)
        self.SendScintilla(self.SCI_ENDUNDOACTION)


def _clipboard() -> QClipboard:
    clipboard = QGuiApplication.clipboard()
    assert clipboard is not None
    return clipboard


def _has_text(mime: QMimeData | None) -> bool:
    return mime is not None and mime.hasText() and not mime.hasUrls()
