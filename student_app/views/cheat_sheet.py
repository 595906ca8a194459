"""All shortcuts on one sheet, read from the menus themselves."""

from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QDialog, QGridLayout, QMenu, QVBoxLayout, QWidget

from student_app.views.pieces import button, column, frame, label, row

COLUMNS = 2


class CheatSheet(QDialog):
    """Opens with F1, closes with Escape."""

    def __init__(self, parent: QWidget, menus: list[QMenu]) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.setLayoutDirection(parent.layoutDirection())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        grid = QGridLayout()
        grid.setSpacing(12)
        groups = [(menu.title(), self._of(menu)) for menu in menus]
        groups.append((self.tr("In the editor"), [
            (self.tr("Undo, redo"), f"{_keys('Ctrl+Z')}, {_keys('Ctrl+Y')}"),
            (self.tr("Indent, unindent"), f"{_keys('Tab')}, {_keys('Shift+Tab')}"),
            (self.tr("Delete the line"), _keys("Ctrl+Shift+L")),
            (self.tr("Leave the editor"), _keys("F6")),
        ]))  # fmt: skip
        filled = [(title, lines) for title, lines in groups if lines]
        for at, (title, lines) in enumerate(filled):
            grid.addWidget(self._group(title, lines), at // COLUMNS, at % COLUMNS)
        close = button(self.tr("Close"), self.accept, "primary")
        layout = QVBoxLayout(self)
        layout.setSpacing(12)
        layout.addWidget(label(self.tr("Keyboard shortcuts"), "title"))
        layout.addLayout(grid)
        layout.addLayout(row(1, close))
        self.setMinimumWidth(720)

    @staticmethod
    def _of(menu: QMenu) -> list[tuple[str, str]]:
        return [
            (action.text().replace("&", "").rstrip("…"), action.shortcut().toString(_NATIVE))
            for action in menu.actions()
            if not action.shortcut().isEmpty()
        ]

    @staticmethod
    def _group(title: str, lines: list[tuple[str, str]]) -> QWidget:
        rows = [row(label(text), 1, label(keys, "code"), spacing=16) for text, keys in lines]
        return frame("card", column(label(title.replace("&", ""), "subtitle"), *rows, 1, spacing=4), 14)


_NATIVE = QKeySequence.SequenceFormat.NativeText


def _keys(text: str) -> str:
    return QKeySequence(text).toString(_NATIVE)
