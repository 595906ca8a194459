"""Find and replace below the editor, and going to a line."""

import re
from collections.abc import Callable

from PyQt6.QtCore import QEvent, QObject, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QCheckBox, QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QWidget

from student_app.editor.code_editor import TYPED_AT_ONCE, CodeEditor

MANY = 9_999


class FindBar(QFrame):
    """Looks in the editor that it is given; hidden until it is asked for."""

    closed = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._editor: CodeEditor | None = None
        self._typed_by = True
        self._length = 0
        self._composing = False
        self.setProperty("kind", "topbar")
        self.needle = QLineEdit()
        self.needle.setPlaceholderText(self.tr("Find"))
        self.needle.setAccessibleName(self.tr("Text to find"))
        self.by = QLineEdit()
        self.by.setPlaceholderText(self.tr("Replace with"))
        self.by.setAccessibleName(self.tr("Text to replace it with"))
        self.case = QCheckBox(self.tr("Match case"))
        self.count = QLabel()
        self.count.setProperty("role", "muted")
        self._before = self._button(self.tr("Previous"), lambda: self.find_on(forward=False))
        self._next = self._button(self.tr("Next"), self.find_on)
        self._one = self._button(self.tr("Replace"), self.replace)
        self._all = self._button(self.tr("Replace all"), self.replace_all)
        self._close = self._button(self.tr("Close"), self.leave)
        self._lay_out()
        self.needle.textChanged.connect(self._typed)
        self.by.textEdited.connect(self._filled)
        self.by.textChanged.connect(self._emptied)
        self.case.toggled.connect(self._typed)
        for field in (self.needle, self.by):
            field.installEventFilter(self)
        self.hide()

    def open(self, editor: CodeEditor, *, replace: bool) -> None:
        """Show the bar for an editor, with what is selected there."""
        self._editor = editor
        selected = editor.selected()
        if selected and "\n" not in selected:
            self.needle.setText(selected)
        self._replacing(replace and not editor.isReadOnly())
        self.show()
        self._count()
        self.needle.setFocus()
        self.needle.selectAll()

    def follow(self, editor: CodeEditor) -> None:
        """Look in another editor from now on."""
        self._editor = editor
        if self.isVisible():
            self._count()

    def find_on(self, *, forward: bool = True) -> bool:
        """Select the next occurrence, or the one before; False when there is none."""
        editor, needle = self._editor, self.needle.text()
        if editor is None or not needle:
            return False
        line, column = -1, -1
        if not forward and editor.selected():
            line, column = editor.lineIndexFromPosition(editor.selected_bytes()[0])
        found = editor.findFirst(needle, False, self.case.isChecked(), False, True, forward, line, column)
        self._count()
        return bool(found)

    def replace(self) -> None:
        """Replace what is selected if it was found, and find the next one."""
        editor = self._editor
        if editor is None or editor.isReadOnly():
            return
        if self._same(editor.selected(), self.needle.text()):
            if not self._typed_by and not editor.put_in(self.by.text(), "paste"):
                return
            if self._typed_by:
                with editor.capture.done_by("tool"):
                    editor.replace_selected(self.by.text())
        self.find_on()

    def replace_all(self) -> None:
        """Replace everywhere, and say how often."""
        if self._editor is not None:
            number = self._editor.replace_all(
                self.needle.text(), self.by.text(), case=self.case.isChecked(), typed=self._typed_by
            )
            self.count.setText(self.tr("{n} replaced").format(n=number))

    def leave(self) -> None:
        """Hide the bar and give the keyboard back to the editor."""
        self.hide()
        if self._editor is not None:
            self._editor.setFocus()
        self.closed.emit()

    def _same(self, one: str, other: str) -> bool:
        return one == other if self.case.isChecked() else one.casefold() == other.casefold()

    def _typed(self) -> None:
        editor = self._editor
        if editor is not None and self.needle.text():
            line, column = editor.lineIndexFromPosition(editor.selected_bytes()[0])
            editor.findFirst(self.needle.text(), False, self.case.isChecked(), False, True, True, line, column)
        self._count()

    def _filled(self, text: str) -> None:
        """Remember whether more came at once than a key or an input method gives."""
        grown = len(text) - self._length
        at_once = TYPED_AT_ONCE if self._composing else 1
        self._length, self._composing = len(text), False
        self._typed_by = self._typed_by and grown <= at_once

    def _emptied(self, text: str) -> None:
        if not text:
            self._typed_by, self._length = True, 0

    def _count(self) -> None:
        editor, needle = self._editor, self.needle.text()
        if editor is None or not needle:
            self.count.setText("")
            return
        places = re.finditer(re.escape(needle), editor.text(), 0 if self.case.isChecked() else re.IGNORECASE)
        number = sum(1 for _ in zip(range(MANY), places, strict=False))
        self.count.setText(self.tr("{n} found").format(n=number) if number else self.tr("Not found"))

    def _button(self, text: str, action: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.clicked.connect(lambda _=False: action())
        return button

    def _replacing(self, on: bool) -> None:
        for widget in (self.by, self._one, self._all):
            widget.setVisible(on)

    def _lay_out(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(8, 6, 8, 6)
        grid.setHorizontalSpacing(6)
        grid.setVerticalSpacing(6)
        for at, widget in enumerate((self.needle, self._before, self._next, self._close)):
            grid.addWidget(widget, 0, at)
        grid.addWidget(self.by, 1, 0)
        grid.addWidget(self._one, 1, 1)
        grid.addWidget(self._all, 1, 2, 1, 2)
        last = QHBoxLayout()
        last.addWidget(self.case)
        last.addStretch()
        last.addWidget(self.count)
        grid.addLayout(last, 2, 0, 1, 4)
        grid.setColumnStretch(0, 1)

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """See Qt: Enter finds on, Shift+Enter back, Escape closes."""
        if watched is self.by and event is not None and event.type() == QEvent.Type.InputMethod:
            self._composing = True
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.leave()
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                if watched is self.by:
                    self.replace()
                else:
                    self.find_on(forward=not event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
                return True
        return super().eventFilter(watched, event)
