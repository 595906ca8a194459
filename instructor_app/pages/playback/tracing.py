"""A text looked for at every moment of the session, or one line followed back to where it came from."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtWidgets import QAbstractItemView, QCheckBox, QHeaderView, QLineEdit, QTableView, QWidget

from examdesk.staffapi.playback.finding import Finder, Found
from examdesk.staffapi.playback.line_history import Form, forms, together
from examdesk.staffapi.playback.marks import Mark
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.tables.delegate import row_height
from instructor_app.widgets.basic import button, column, label, row
from instructor_app.words import clock_time, counted, tr
from shared.look import SPACE

SLICE_US = 6_000
STEP = 16
LONGEST = 300
"""Characters of a line that are shown in the list."""
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class Row(NamedTuple):
    """A moment, and what is to be said of it."""

    number: int
    at_ms: int
    file: str
    words: str


class RowsModel(QAbstractTableModel):
    """When, and what."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Row] = ()

    def show(self, rows: Sequence[Row]) -> None:
        """Show these."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many there are."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return two."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid() or index.row() >= len(self.rows):
            return None
        one = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return clock_time(one.at_ms, seconds=True) if index.column() == 0 else one.words
        return one.words if role == Qt.ItemDataRole.ToolTipRole else None


class TracePane(QWidget):
    """Works a few milliseconds at a time while the window goes on.

    Attributes:
        wanted: (moment, file) show this.
        traced: what is to be marked changed: see `needle` and `marks`.
        needle: the text that is marked in the code, and whether its case counts; empty for none.
        marks: when it was there, for the timeline.
    """

    wanted = Signal(int, str)
    traced = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit, self._tape = kit, Tape()
        self._finder: Finder | None = None
        self._forms: Iterator[Form | None] | None = None
        self._found: list[Form] = []
        self._looked = 0
        self.needle, self.marks = ("", True), list[Mark]()
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Text to look for at every moment"))
        self.text.setAccessibleName(self.text.placeholderText())
        self.text.setToolTip(tr("When did this text first stand there, when did it go? (F)"))
        self.text.setClearButtonEnabled(True)
        self.exact = QCheckBox(tr("Match case"))
        self.exact.setChecked(True)
        self.look = button(kit.look, "", "search", tip=tr("Look through the whole session (Enter)"), then=self.search)
        self.words = label("", "small", wrap=True)
        self.words.setText(tr("Or choose a line of the code and press H: it is followed back to where it came from."))
        self.model = RowsModel()
        self.view = QTableView()
        self._lay_out()
        self._work = QTimer(self)
        self._work.setInterval(0)
        self._work.timeout.connect(self._go_on)
        self._line: tuple[str, str] = ("", "")

    def _lay_out(self) -> None:
        view = self.view
        view.setModel(self.model)
        view.setAccessibleName(tr("When it was there"))
        view.setShowGrid(False)
        view.setWordWrap(False)
        view.setTabKeyNavigation(False)
        view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        view.verticalHeader().hide()
        view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        view.horizontalHeader().hide()
        view.horizontalHeader().setStretchLastSection(True)
        view.selectionModel().currentRowChanged.connect(self._chosen)
        view.clicked.connect(self._chosen)
        ask = row(self.text, self.look)
        ask.setStretch(0, 1)
        self.setLayout(column(ask, self.exact, self.words, view, spacing=SPACE["xs"], margin=SPACE["s"]))
        self.text.returnPressed.connect(self.search)
        self.text.textChanged.connect(lambda text: None if text else self.clear())
        self._kit.look.changed.connect(self._fit)
        self._fit()

    # ------------------------------------------------------------------------------------- asking

    def show_tape(self, tape: Tape) -> None:
        """Be about a tape; what was found on another one goes, and on one that grew it is looked for again."""
        if tape is not self._tape:
            self._tape = tape
            self._line = ("", "")
            self.text.clear()
            self.clear()
        elif self._finder is not None and len(tape) > self._looked and not self._work.isActive():
            self._begin_search()

    def start(self, text: str = "") -> None:
        """Put the cursor where a text is asked for; with one, look for it."""
        if text:
            self.text.setText(text)
            self.search()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.selectAll()

    def search(self) -> None:
        """Look for the text."""
        if not self.text.text().strip():
            self.clear()
            return
        self.model.show(())
        self._begin_search()

    def _begin_search(self) -> None:
        self._forms = None
        self._looked = len(self._tape)
        self.needle = (self.text.text(), self.exact.isChecked())
        self._finder = Finder(self._tape, self.needle[0], exact=self.needle[1])
        self._work.start()

    def follow_line(self, number: int, file: str, offset: int, line: str) -> None:
        """Follow a line back from a moment."""
        self.clear()
        self._line = (file, line)
        self._found = []
        self._forms = forms(self._tape, number, file, offset)
        self._work.start()

    def clear(self) -> None:
        """Mark nothing any more."""
        self._work.stop()
        self._finder = self._forms = None
        self.needle, self.marks = ("", True), []
        self.model.show(())
        self.words.setText(tr("Or choose a line of the code and press H: it is followed back to where it came from."))
        self.traced.emit()

    # ------------------------------------------------------------------------------------- working

    def _go_on(self) -> None:
        clock = self._kit.clock
        until = clock.mono_us() + SLICE_US
        over = False
        while not over and clock.mono_us() < until:
            over = self._step()
        if self._finder is not None and not over:
            self.words.setText(tr("Looking: {n} % …", n=round(self._finder.share * 100)))
        if over:
            self._work.stop()
            self._show()

    def _step(self) -> bool:
        if self._finder is not None:
            return self._finder.work(STEP)
        if self._forms is None:
            return True
        form = next(self._forms, self)
        if isinstance(form, Form):
            self._found.append(form)
        return form is self

    def _show(self) -> None:
        if self._finder is not None:
            self._show_found(self._finder)
        else:
            self._show_line(together(self._found))
        self.traced.emit()

    def _show_found(self, finder: Finder) -> None:
        stretches = finder.stretches()
        self.marks = [
            Mark("found", a.number, a.at_ms, None if b is None else b.at_ms, "found", self._stretch_words(b))
            for a, b in stretches
        ]
        self.model.show([Row(each.number, each.at_ms, each.file, found_words(each)) for each in finder.found])
        if not stretches:
            self.words.setText(tr("It stood in no file at any moment."))
            return
        first, last = stretches[0][0], stretches[-1][1]
        there = tr("First there at {time}.", time=clock_time(first.at_ms, seconds=True))
        gone = (
            tr("It still stands at the end.")
            if last is None
            else tr("Last there until {time}.", time=clock_time(last.at_ms, seconds=True))
        )
        more = tr("Only the first {n} changes are listed.", n=f"{len(finder.found):,}") if finder.more else ""
        self.words.setText(" ".join(filter(None, (there, gone, more))))

    def _stretch_words(self, end: Found | None) -> str:
        what = self.needle[0].strip()[:40]
        return tr("“{what}” stood there", what=what) if end else tr("“{what}” stands there", what=what)

    def _show_line(self, found: list[Form]) -> None:
        file, line = self._line
        self.model.show([Row(form.number, form.since_ms, form.file, form_words(form, file)) for form in found])
        what = tr("“{line}”, followed back, the newest first.", line=line.strip()[:60] or tr("(an empty line)"))
        self.words.setText(" ".join((what, counted(len(found), "{n} form.", "{n} forms."))))

    # ------------------------------------------------------------------------------------- the list

    def _chosen(self, index: QModelIndex) -> None:
        if index.isValid() and index.row() < len(self.model.rows):
            one = self.model.rows[index.row()]
            self.wanted.emit(one.number, one.file)

    def _fit(self) -> None:
        metrics = self.view.fontMetrics()
        self.view.verticalHeader().setDefaultSectionSize(row_height(metrics) - 6)
        self.view.setColumnWidth(0, metrics.horizontalAdvance("00:00:00") + 3 * SPACE["m"])


def found_words(found: Found) -> str:
    """Say what changed about a text."""
    if not found.before and found.now == 1:
        return tr("there, in {file}", file=found.file)
    if not found.now:
        return tr("no longer in {file}", file=found.file)
    return tr("{n} times in {file}, {before} before", n=found.now, file=found.file, before=found.before)


def form_words(form: Form, file: str) -> str:
    """Say how a form of a line came, and what it was."""
    how = {
        "typed": tr("typed"),
        "undone": tr("undo or redo"),
        "outside": tr("pasted, from outside"),
        "own": tr("pasted, own text"),
        "program": tr("put there by the program"),
        "starter": tr("given with the exam"),
        "restored": tr("restored on this PC"),
        "student": tr("came with its file"),
    }[form.how]
    where = "" if form.file == file else f" ({form.file})"
    text = form.text.strip()[:LONGEST] or tr("(an empty line)")
    return f"{text}  ·  {how}{where}"


def line_at(text: str, offset: int) -> str:
    """Return the line that holds a character."""
    end = text.find("\n", offset)
    return text[text.rfind("\n", 0, offset) + 1 : len(text) if end < 0 else end]
