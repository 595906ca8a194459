"""The student's own versions of a file: when each one was, what is different now, and the way back."""

from collections.abc import Callable

from PyQt6.QtCore import QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent
from PyQt6.QtWidgets import QButtonGroup, QComboBox, QListWidget, QListWidgetItem, QRadioButton, QSplitter, QWidget

from shared.text.versions import Mark, Version, Versions
from student_app.editor.differences import difference
from student_app.views import words
from student_app.views.difference_view import DifferenceView
from student_app.views.look import Look
from student_app.views.pieces import ElidedLabel, button, column, label, row

LIST_WIDTH = 260


class VersionsPage(QWidget):
    """Lists the versions of one file, the newest first, and shows the chosen one beside it."""

    closed = pyqtSignal()
    restore = pyqtSignal(str, str)
    """A file and the text that it shall have again."""

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__()
        self._versions = Versions()
        self._now: dict[str, str] = {}
        self._shown: tuple[Version, ...] = ()
        self._locked = False
        self.files = QComboBox()
        self.files.setAccessibleName(self.tr("File whose versions are listed"))
        self.files.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.files.currentIndexChanged.connect(lambda _: self._list())
        self.list = QListWidget()
        self.list.setAccessibleName(self.tr("Versions, the newest first"))
        self.list.setUniformItemSizes(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentRowChanged.connect(lambda _: self._show())
        self.view = DifferenceView(look, copied)
        self.view.setAccessibleName(self.tr("The chosen version"))
        self.changes = QRadioButton(self.tr("What bringing it back would change"))
        self.whole = QRadioButton(self.tr("Whole text"))
        self.changes.setChecked(True)
        both = QButtonGroup(self)
        both.addButton(self.changes)
        both.addButton(self.whole)
        both.buttonToggled.connect(lambda *_: self._show())
        self._said = ElidedLabel("", "muted")
        self.back = button(self.tr("Bring this version back"), self._restore, "primary")
        close = button(self.tr("Back to the editor"), self.closed.emit)
        self._lay_out(row(close, self.back))

    def _lay_out(self, actions: object) -> None:
        title = label(self.tr("Versions"), "subtitle")
        left = QWidget()
        left.setLayout(column(row(title, self.files), self.list, spacing=10))
        choice = row(self.changes, self.whole, 1, spacing=16)
        right = QWidget()
        below = row(self._said, spacing=12)
        below.addLayout(actions)  # type: ignore[arg-type]
        below.setStretch(0, 1)
        beside = column(choice, self.view, below, spacing=8)
        beside.setStretch(1, 1)
        right.setLayout(beside)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(left)
        self.split.addWidget(right)
        self.split.setStretchFactor(1, 1)
        self.split.setChildrenCollapsible(False)
        self.split.setSizes([LIST_WIDTH, 700])
        left.setMinimumWidth(190)
        whole = column(self.split)
        whole.setContentsMargins(16, 12, 12, 12)
        self.setLayout(whole)

    def open(self, versions: Versions, question: str, now: dict[str, str], file: str, *, locked: bool) -> None:
        """Show the versions of `question`'s files; `now` has their texts, `file` is the one to begin with."""
        self._versions, self._now, self._locked = versions, now, locked
        known = [each for each in (*now, *versions.files()) if each.startswith(f"{question}/")]
        names = list(dict.fromkeys(known))
        self.files.blockSignals(True)
        self.files.clear()
        for name in names:
            said = words.file_name(name)
            self.files.addItem(said if name in now else self.tr("{name} (removed)").format(name=said), name)
        self.files.setCurrentIndex(max(0, names.index(file) if file in names else 0))
        self.files.blockSignals(False)
        self._list()
        self.list.setFocus()

    @property
    def file(self) -> str:
        """The file whose versions are listed."""
        return str(self.files.currentData() or "")

    def _list(self) -> None:
        self._shown = tuple(reversed(self._versions.of(self.file)))
        self.list.blockSignals(True)
        self.list.clear()
        for version in self._shown:
            item = QListWidgetItem(described(version))
            item.setToolTip("\n".join(told(version)))
            item.setSizeHint(QSize(100, self.fontMetrics().height() + 14))
            self.list.addItem(item)
        self.list.setCurrentRow(self._first_different())
        self.list.blockSignals(False)
        self._show()

    def _first_different(self) -> int:
        now = self._now.get(self.file)
        for at, version in enumerate(self._shown):
            if version.text != now:
                return at
        return 0 if self._shown else -1

    def _chosen(self) -> Version | None:
        at = self.list.currentRow()
        return self._shown[at] if 0 <= at < len(self._shown) else None

    def _show(self) -> None:
        version = self._chosen()
        now = self._now.get(self.file)
        if version is None:
            self.view.show_text("")
            self._said.setText(self.tr("There is no version yet. Each run and each save keeps one."))
            self.back.setEnabled(False)
            return
        text = version.text
        if self.changes.isChecked() and now is not None and now != text:
            self.view.show_difference(difference(now, text))
        else:
            self.view.show_text(text)
        self.back.setEnabled(now != text and not self._locked)
        self._said.setText(self._sentence(now, text))

    def _sentence(self, now: str | None, text: str) -> str:
        if now is None:
            return self.tr("This file was removed. Bringing a version back makes it again.")
        if now == text:
            return self.tr("This is how the file stands now.")
        return self.tr("Bringing it back is one step that Ctrl+Z undoes.")

    def _restore(self) -> None:
        version = self._chosen()
        if version is not None:
            self.restore.emit(self.file, version.text)

    def keyPressEvent(self, event: QKeyEvent | None) -> None:
        """See Qt: Escape goes back."""
        if event is not None and event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
            return
        super().keyPressEvent(event)


def described(version: Version) -> str:
    """Return when a version was and what happened with it, in one line."""
    newest = version.marks[-1]
    runs = [mark for mark in version.marks if mark.why in {"run", "checks"}]
    strongest = runs[-1] if runs and newest.why == "kept" else newest
    return _told(strongest, elsewhere=version.elsewhere)


def told(version: Version) -> list[str]:
    """Return everything that happened with a version, a line each."""
    return [_told(mark, elsewhere=version.elsewhere) for mark in version.marks]


def _told(mark: Mark, *, elsewhere: bool) -> str:
    said = _what(mark)
    if elsewhere:
        said = words.tr("{what} (other PC)").format(what=said)
    return f"{words.time_with_seconds(mark.at_ms)}   {said}"


def _what(mark: Mark) -> str:
    if mark.why == "run":
        end = words.tr("in error") if mark.error or mark.reason not in {"", "exit"} else ""
        said = words.tr("Run {n}").format(n=mark.run)
        return f"{said}, {end}" if end else said
    return {
        "starter": words.tr("Starter code"),
        "restored": words.tr("From your other PC"),
        "new": words.tr("New file"),
        "checks": words.tr("Checks run"),
        "save": words.tr("Saved by you"),
        "kept": words.tr("Kept by itself"),
        "submit": words.tr("Handed in"),
    }[mark.why]
