"""Draws every kind of widget in one theme: `gallery.py --binding pyqt6|pyside6 --theme dark --out FILE`."""

import argparse
import importlib
import os
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from shared.look import (
    Status,
    Theme,
    code_font_files,
    icon_svg,
    palette,
    palette_roles,
    status_icon,
    stylesheet,
)
from shared.text import Origin

BINDINGS = {"pyqt6": "PyQt6", "pyside6": "PySide6"}
RAIL = ["exams", "rosters", "live", "evidence", "review", "institution", "settings"]
PEOPLE = ["Amara Okafor", "Ben Lindqvist", "Chen Wei", "Dana Petrova", "Élif Yilmaz", "Farid Haddad", "Grace Kim"]
CODE = """def area(points):
    total = 0
    for x, y in points:
        if x != 0 and y >= 1:
            total += x * y
"""


class Gallery:
    """One page of widgets, made with either binding."""

    def __init__(self, binding: str, theme: Theme) -> None:
        package = BINDINGS[binding]
        self.core = importlib.import_module(f"{package}.QtCore")
        self.gui = importlib.import_module(f"{package}.QtGui")
        self.w = importlib.import_module(f"{package}.QtWidgets")
        self.svg = importlib.import_module(f"{package}.QtSvg")
        self.theme = theme
        self.colours = palette(theme)
        self.app = self.w.QApplication.instance() or self.w.QApplication([])
        self.dress()

    def dress(self) -> None:
        """Give the application the look: style, font, palette, sheet."""
        self.app.setStyle("Fusion")
        for file in code_font_files():
            self.gui.QFontDatabase.addApplicationFont(str(file))
        font = self.gui.QFont("Noto Sans", 10)
        self.app.setFont(font)
        colours = self.gui.QPalette()
        for name, colour in palette_roles(self.theme).items():
            group, _, role = name.rpartition(".")
            which = getattr(self.gui.QPalette.ColorRole, role, None)
            if which is None:
                continue
            if group:
                colours.setColor(getattr(self.gui.QPalette.ColorGroup, group), which, self.gui.QColor(colour))
            else:
                colours.setColor(which, self.gui.QColor(colour))
        self.app.setPalette(colours)
        self.app.setStyleSheet(stylesheet(self.theme, 10))

    def icon(self, name: str, colour: str, size: int = 18) -> Any:
        picture = self.gui.QPixmap(size * 2, size * 2)
        picture.fill(self.gui.QColor(0, 0, 0, 0))
        painter = self.gui.QPainter(picture)
        self.svg.QSvgRenderer(self.core.QByteArray(icon_svg(name, colour))).render(painter)
        painter.end()
        picture.setDevicePixelRatio(2)
        return self.gui.QIcon(picture)

    def label(self, text: str, **properties: str) -> Any:
        return self.with_properties(self.w.QLabel(text), properties)

    def button(self, text: str, icon: str = "", colour: str = "", **properties: str) -> Any:
        button = self.w.QPushButton(text)
        if icon:
            button.setIcon(self.icon(icon, colour or self.colours.text))
            button.setIconSize(self.core.QSize(18, 18))
        return self.with_properties(button, properties)

    def with_properties(self, widget: Any, properties: dict[str, str]) -> Any:
        for name, value in properties.items():
            widget.setProperty(name, value)
        return widget

    def frame(self, kind: str, layout: Any, margin: int = 16, **properties: str) -> Any:
        frame = self.with_properties(self.w.QFrame(), {"kind": kind, **properties})
        layout.setContentsMargins(margin, margin, margin, margin)
        frame.setLayout(layout)
        return frame

    def row(self, *widgets: Any, stretch: bool = True) -> Any:
        layout = self.w.QHBoxLayout()
        layout.setSpacing(8)
        for widget in widgets:
            layout.addWidget(widget)
        if stretch:
            layout.addStretch()
        return layout

    def column(self, *parts: Any, spacing: int = 12) -> Any:
        layout = self.w.QVBoxLayout()
        layout.setSpacing(spacing)
        for part in parts:
            if isinstance(part, self.w.QLayout):
                layout.addLayout(part)
            else:
                layout.addWidget(part)
        return layout

    def rail(self) -> Any:
        layout = self.column(spacing=4)
        for at, name in enumerate(RAIL):
            colour = self.colours.accent_text if at == 2 else self.colours.muted
            text = "Review && export" if name == "review" else name.capitalize()
            button = self.button(text, name, colour, kind="rail")
            button.setCheckable(True)
            button.setChecked(at == 2)
            layout.addWidget(button)
        layout.addStretch()
        frame = self.frame("railbar", layout, 12)
        frame.setFixedWidth(190)
        return frame

    def top(self) -> Any:
        layout = self.row(
            self.label("Quiz 2: Coordinates and Vectors", role="subtitle"),
            self.label("Active", kind="pill", tone="positive"),
            self.label("42 min left", role="subtitle"),
        )
        layout.addWidget(self.label("Reachable at 10.0.4.17 · 24 desks", role="muted"))
        layout.addWidget(self.button("Announce", "announce"))
        layout.addWidget(self.button("Extend", "clock", self.colours.on_accent, kind="primary"))
        return self.frame("topbar", layout, 12)

    def table(self) -> Any:
        table = self.w.QTableWidget(len(PEOPLE) + 1, 5)
        table.setHorizontalHeaderLabels(["Student", "Status", "Time left", "Last saved", "Runs"])
        names = [*PEOPLE, "Hugo Marchetti"]
        for at, (name, status) in enumerate(zip(names, Status, strict=True)):
            looks = self.colours.status[status]
            chosen = at == 1
            ink = self.colours.on_selection if chosen else looks.text
            cells = [name, status.value, f"{42 + at} min", f"{at * 3} s ago", str(at * 4)]
            for column, text in enumerate(cells):
                item = self.w.QTableWidgetItem(text)
                if column == 1:
                    item.setIcon(self.icon(status_icon(status), ink, 16))
                    item.setForeground(self.gui.QColor(ink))
                if column > 1:
                    item.setTextAlignment(
                        self.core.Qt.AlignmentFlag.AlignRight | self.core.Qt.AlignmentFlag.AlignVCenter
                    )
                table.setItem(at, column, item)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(30)
        table.horizontalHeader().setStretchLastSection(True)
        for column in range(5):
            side = self.core.Qt.AlignmentFlag.AlignRight if column > 1 else self.core.Qt.AlignmentFlag.AlignLeft
            table.horizontalHeaderItem(column).setTextAlignment(side | self.core.Qt.AlignmentFlag.AlignVCenter)
        table.setSortingEnabled(True)
        table.sortByColumn(0, self.core.Qt.SortOrder.AscendingOrder)
        table.setSelectionBehavior(self.w.QAbstractItemView.SelectionBehavior.SelectRows)
        table.setColumnWidth(0, 150)
        table.setColumnWidth(1, 120)
        table.selectRow(1)
        table.setFixedHeight(240)
        return table

    def pills(self) -> Any:
        return self.row(*(self.label(status.value, kind="pill", status=status.value) for status in Status))

    def banners(self) -> list[Any]:
        words = {
            "info": ("The prompt of question 2 changed", "“Round to two decimals” was added. You find it marked."),
            "positive": ("Handed in", "Your receipt is 7KQ-3F9. Everything is safe with the instructor."),
            "attention": ("5 minutes left", "Finish your last run. Your work is handed in by itself."),
            "danger": ("This PC's disk is full", "Your last 14 changes are only in memory. Call the proctor now."),
        }
        return [
            self.frame(
                "banner",
                self.column(self.label(title, role="subtitle"), self.label(text), spacing=2),
                8,
                level=level,
            )
            for level, (title, text) in words.items()
        ]

    def buttons(self) -> Any:
        off = self.button("Disabled")
        off.setEnabled(False)
        off_primary = self.button("Disabled", kind="primary")
        off_primary.setEnabled(False)
        focused = self.button("Focused")
        focused.setObjectName("focused")
        return self.column(
            self.row(
                self.button("Run", "run", self.colours.on_accent, kind="primary"),
                self.button("Stop", "stop"),
                focused,
                self.button("Quiet", "filter", kind="quiet"),
                self.button("Delete", "trash", self.colours.danger, kind="danger"),
            ),
            self.row(self.button("Details", kind="link"), off, off_primary),
        )

    def fields(self) -> Any:
        line, wrong, off = self.w.QLineEdit("17-K3QF9C"), self.w.QLineEdit("17-K3QF0X"), self.w.QLineEdit("Room 2.14")
        search = self.w.QLineEdit()
        search.setPlaceholderText("Search students")
        search.addAction(self.icon("search", self.colours.muted), self.w.QLineEdit.ActionPosition.LeadingPosition)
        wrong.setProperty("state", "wrong")
        off.setEnabled(False)
        combo = self.w.QComboBox()
        combo.addItems(["Section A · 09:00", "Section B · 11:00"])
        spin = self.w.QSpinBox()
        spin.setValue(10)
        spin.setSuffix(" min")
        grid = self.w.QGridLayout()
        grid.setSpacing(8)
        for at, (name, field) in enumerate(
            [
                ("Code", line),
                ("Wrong code", wrong),
                ("Room", off),
                ("Search", search),
                ("Section", combo),
                ("Extend", spin),
            ]
        ):
            grid.addWidget(self.label(name, role="muted"), at // 2, at % 2 * 2)
            grid.addWidget(field, at // 2, at % 2 * 2 + 1)
        return grid

    def choices(self) -> Any:
        boxes = [self.w.QCheckBox("Line numbers"), self.w.QCheckBox("Some"), self.w.QCheckBox("Highlighting")]
        boxes[0].setChecked(True)
        boxes[1].setTristate(True)
        boxes[1].setCheckState(self.core.Qt.CheckState.PartiallyChecked)
        radios = [self.w.QRadioButton("Allow own text"), self.w.QRadioButton("Block")]
        radios[0].setChecked(True)
        off = self.w.QCheckBox("Never")
        off.setChecked(True)
        off.setEnabled(False)
        return self.row(*boxes, *radios, off)

    def progress(self) -> Any:
        bar = self.w.QProgressBar()
        bar.setValue(62)
        slider = self.w.QSlider(self.core.Qt.Orientation.Horizontal)
        slider.setValue(35)
        return self.row(bar, slider, stretch=False)

    def tree(self) -> Any:
        tree = self.w.QTreeWidget()
        tree.ensurePolished()
        tree.setHeaderLabels(["Question", "Points"])
        for zone in ("Warm-up", "Vectors"):
            parent = self.w.QTreeWidgetItem(tree, [zone, "10"])
            for name in ("distance", "midpoint"):
                self.w.QTreeWidgetItem(parent, [name, "5"])
        tree.setColumnWidth(0, 220)
        tree.expandItem(tree.topLevelItem(0))
        tree.setCurrentItem(tree.topLevelItem(0).child(1))
        tree.setFixedHeight(180)
        return tree

    def code(self) -> Any:
        tabs = self.w.QTabWidget()
        edit = self.with_properties(self.w.QPlainTextEdit(CODE), {"role": "code"})
        self.paint_origins(edit)
        tabs.addTab(edit, "main.py")
        tabs.addTab(self.w.QWidget(), "vectors.py")
        tabs.addTab(self.w.QWidget(), "Notes")
        tabs.setTabsClosable(True)
        tabs.setDocumentMode(True)
        console = self.with_properties(
            self.w.QPlainTextEdit(">>> running main.py\n14\nfinished in 0.2 s, exit code 0"), {"role": "console"}
        )
        splitter = self.w.QSplitter(self.core.Qt.Orientation.Vertical)
        splitter.addWidget(tabs)
        splitter.addWidget(console)
        splitter.setSizes([230, 90])
        splitter.setFixedHeight(330)
        return splitter

    def paint_origins(self, edit: Any) -> None:
        cursor = edit.textCursor()
        edit.appendPlainText("\n".join(f"# {origin.name.lower()}: print('a') # 1" for origin in Origin))
        start = CODE.count("\n")
        for origin in Origin:
            block = edit.document().findBlockByNumber(start + origin.value)
            cursor.setPosition(block.position())
            cursor.setPosition(block.position() + block.length() - 1, self.gui.QTextCursor.MoveMode.KeepAnchor)
            form = self.gui.QTextCharFormat()
            form.setBackground(self.gui.QColor(self.colours.provenance[origin].tint))
            form.setForeground(self.gui.QColor(self.colours.syntax.string))
            form.setUnderlineStyle(self.gui.QTextCharFormat.UnderlineStyle.SingleUnderline)
            form.setUnderlineColor(self.gui.QColor(self.colours.provenance[origin].mark))
            cursor.setCharFormat(form)

    def menu(self) -> Any:
        menu = self.w.QMenu()
        menu.addAction(self.icon("hand", self.colours.text), "Answer the hand\tCtrl+H")
        menu.addAction(self.icon("clock", self.colours.text), "Extend by 10 minutes\tCtrl+E")
        menu.addSeparator()
        menu.addAction("Pause this desk").setEnabled(False)
        menu.addAction("Open the session")
        return menu

    def page(self) -> Any:
        figures = self.row(
            self.figure("21", "working"),
            self.figure("2", "offline, saved on their PCs"),
            self.figure("0", "events lost"),
        )
        left = self.column(
            self.label("Live", role="title"),
            self.frame("card", figures),
            self.table(),
            self.pills(),
            self.code(),
        )
        left.addStretch()
        right = self.column(
            *self.banners(),
            self.frame("card", self.column(self.buttons(), self.fields(), self.choices(), self.progress())),
            self.tree(),
            self.group(),
        )
        right.addStretch()
        body = self.w.QHBoxLayout()
        body.setSpacing(16)
        body.setContentsMargins(16, 12, 16, 12)
        body.addLayout(left, 1)
        body.addLayout(right, 1)
        main = self.column(self.top(), body, spacing=0)
        main.setContentsMargins(0, 0, 0, 0)
        whole = self.row(self.rail(), stretch=False)
        whole.setSpacing(0)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addLayout(main, 1)
        window = self.w.QMainWindow()
        centre = self.w.QWidget()
        centre.setLayout(whole)
        window.setCentralWidget(centre)
        window.statusBar().showMessage("Saved here · 0 events not yet with the instructor")
        window.resize(1360, 900)
        return window

    def figure(self, number: str, words: str) -> Any:
        box = self.w.QWidget()
        layout = self.column(self.label(number, role="figure"), self.label(words, role="muted"), spacing=0)
        layout.setContentsMargins(0, 0, 24, 0)
        box.setLayout(layout)
        return box

    def group(self) -> Any:
        group = self.w.QGroupBox("Rules of the desk")
        group.setLayout(self.row(self.label("Paste"), self.label("allow own text", role="code")))
        return group

    def save(self, out: Path) -> None:
        """Draw the page, with a menu open over it, into a PNG file."""
        window = self.page()
        window.show()
        window.findChild(self.w.QPushButton, "focused").setFocus()
        self.app.processEvents()
        picture = window.grab()
        menu = self.menu()
        menu.ensurePolished()
        menu.resize(menu.sizeHint())
        painter = self.gui.QPainter(picture)
        painter.drawPixmap(window.width() - menu.width() - 24, window.height() - menu.height() - 40, menu.grab())
        painter.end()
        if not picture.save(str(out)):
            raise SystemExit(f"The picture could not be written to {out}.")


def main() -> None:
    """Read the command line and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binding", choices=sorted(BINDINGS), required=True)
    parser.add_argument("--theme", choices=[theme.value for theme in Theme], required=True)
    parser.add_argument("--out", type=Path, required=True)
    wanted = parser.parse_args()
    Gallery(wanted.binding, Theme(wanted.theme)).save(wanted.out)


if __name__ == "__main__":
    main()
