"""The sheet of keys: every shortcut, read from the menus, so that it can't be wrong."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QDialog, QGridLayout, QMenu, QMenuBar, QScrollArea, QWidget

from instructor_app.widgets.basic import column, holding, label, row
from instructor_app.words import tr
from shared.look import SPACE


class CheatSheet(QDialog):
    """A small window that stays beside the work."""

    def __init__(self, parent: QWidget, menus: QMenuBar) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        parts = []
        for action in menus.actions():
            menu = action.menu()
            listed = menu.actions() if isinstance(menu, QMenu) else []
            entries = [(entry.text(), entry.shortcut()) for entry in listed if not entry.shortcut().isEmpty()]
            if entries:
                parts.append((action.text(), entries))
        elsewhere = [
            (tr("Open the chosen row"), QKeySequence("Return")),
            (tr("Copy rows as text"), QKeySequence("Ctrl+C")),
            (tr("Select all rows"), QKeySequence("Ctrl+A")),
            (tr("Do what is shown"), QKeySequence("Ctrl+Return")),
            (tr("Close a panel, cancel"), QKeySequence("Esc")),
        ]
        parts.append((tr("In tables and panels"), elsewhere))
        authoring = [
            (tr("New question"), QKeySequence("Ctrl+Shift+Q")),
            (tr("Move up or down"), QKeySequence("Alt+Up")),
            (tr("Copy a question"), QKeySequence("Ctrl+D")),
            (tr("Rename a question"), QKeySequence("F2")),
            (tr("Take out; undo brings it back"), QKeySequence("Del")),
            (tr("Undo a step"), QKeySequence("Ctrl+Z")),
            (tr("Next mistake"), QKeySequence("F8")),
            (tr("Leave a text by keyboard"), QKeySequence("Ctrl+Tab")),
        ]
        parts.append((tr("In the exam editor"), authoring))
        session_view = [
            (tr("Play, stop"), QKeySequence("Space")),
            (tr("Play back, play on, again: faster"), QKeySequence("J, L")),
            (tr("Speed, 1 to 64 times"), QKeySequence("1, 7")),
            (tr("One event on"), QKeySequence("Right")),
            (tr("To the next version or run"), QKeySequence("Ctrl+Right")),
            (tr("Ten seconds on"), QKeySequence("Shift+Right")),
            (tr("To the beginning"), QKeySequence("Home")),
            (tr("A closer look"), QKeySequence("+")),
            (tr("All of it"), QKeySequence("0")),
            (tr("Skip idle time"), QKeySequence("I")),
            (tr("Compare two versions"), QKeySequence("D")),
            (tr("To the end, follow live"), QKeySequence("End")),
            (tr("Next paste"), QKeySequence("P")),
            (tr("Next run"), QKeySequence("R")),
            (tr("Next signal"), QKeySequence("S")),
            (tr("Look for a text at every moment"), QKeySequence("F")),
            (tr("Where a line came from"), QKeySequence("H")),
            (tr("A note about this moment"), QKeySequence("N")),
            (tr("Copy this moment"), QKeySequence("C")),
            (tr("Go to a moment"), QKeySequence("G")),
            (tr("To its review"), QKeySequence("V")),
        ]
        parts.append((tr("In the session view"), session_view))
        reviewing = [
            (tr("Set a status"), QKeySequence("1, 5")),
            (tr("Next that is not reviewed"), QKeySequence("U")),
            (tr("Next, previous"), QKeySequence("J, K")),
            (tr("Write a note"), QKeySequence("N")),
            (tr("Keep the note"), QKeySequence("Ctrl+Return")),
            (tr("Choose a reviewer"), QKeySequence("A")),
            (tr("All pairs of the program"), QKeySequence("P")),
            (tr("To the session view, where it was left"), QKeySequence("V")),
            (tr("Take the last step back"), QKeySequence("Ctrl+Z")),
        ]
        parts.append((tr("In the review queue"), reviewing))
        signals = [(tr("Play back from there"), QKeySequence("Return")), (tr("To its review"), QKeySequence("R"))]
        parts.append((tr("In the signals of the class"), signals))
        comparing = [
            (tr("Next passage"), QKeySequence("F3")),
            (tr("Next pair"), QKeySequence("Alt+Down")),
            (tr("A note about the pair"), QKeySequence("N")),
            (tr("Save the pair as a page"), QKeySequence("Ctrl+S")),
        ]
        parts.append((tr("Two programs side by side"), comparing))
        left, right = column(spacing=SPACE["l"]), column(spacing=SPACE["l"])
        for place, (title, entries) in enumerate(parts):
            (left if place % 2 == 0 else right).addLayout(self._group(title, entries))
        left.addStretch(1)
        right.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setWidget(holding(row(left, right, spacing=SPACE["xxl"], margin=SPACE["l"])))
        self.setLayout(column(label(tr("Keyboard"), "title"), scroll, margin=SPACE["l"]))
        self.resize(720, 560)

    def _group(self, title: str, entries: list[tuple[str, QKeySequence]]) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(SPACE["l"])
        grid.setVerticalSpacing(SPACE["xs"])
        grid.addWidget(label(without_mnemonic(title), "subtitle"), 0, 0, 1, 2)
        for line, (name, keys) in enumerate(entries, start=1):
            grid.addWidget(label(without_mnemonic(name)), line, 0)
            shown = label(keys.toString(QKeySequence.SequenceFormat.NativeText), "code")
            grid.addWidget(shown, line, 1, Qt.AlignmentFlag.AlignRight)
        grid.setColumnStretch(0, 1)
        return grid


def without_mnemonic(text: str) -> str:
    """Return a menu's text as people see it."""
    return "&".join(part.replace("&", "") for part in text.split("&&"))
