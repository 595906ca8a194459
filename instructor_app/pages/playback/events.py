"""The events of a tape as a list that goes along with the playhead."""

from bisect import bisect_left

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QSplitter,
    QTableView,
    QWidget,
)

from examdesk.staffapi.playback.confirming import confirmation_of
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.tables.delegate import row_height
from instructor_app.widgets.basic import column, label, row
from instructor_app.widgets.code import ReadText
from instructor_app.words import clock_time, counted, tr
from shared.events import KINDS
from shared.look import SPACE

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
KINDS_OF = {
    "pastes": ("Paste",),
    "runs": ("RunStarted", "RunOutput", "RunInput", "RunEnded"),
    "files": ("FileCreated", "FileRemoved", "FileRenamed", "FileChangedOutside", "Viewed"),
    "desk": (
        "Focus",
        "Contact",
        "ClockJumped",
        "Slept",
        "SurroundingsSeen",
        "DeviceChanged",
        "Started",
        "Stopped",
        "Salvaged",
        "Refused",
    ),
    "exam": ("EditionTaken", "EditionRead", "Drawn"),
    "people": ("HandRaised", "MessageSent", "MessageSeen", "NoteWritten", "Submitted", "Reopened", "StandingApplied"),
}


class EventsModel(QAbstractTableModel):
    """Time and sentence of the events that pass the filter; holds their places on the tape only."""

    def __init__(self) -> None:
        super().__init__()
        self._tape, self._marks = Tape(), Marks()
        self.places: list[int] = []
        self._seen = 0
        self._what, self._words = "", ""

    def show_tape(self, tape: Tape, marks: Marks) -> None:
        """Show another tape from its beginning, or what was added to this one."""
        if tape is not self._tape:
            self._tape, self._marks = tape, marks
            self._rebuild()
            return
        new = [place for place in range(self._seen, len(tape)) if self._passes(place)]
        self._seen = len(tape)
        if new:
            self.beginInsertRows(NOWHERE, len(self.places), len(self.places) + len(new) - 1)
            self.places += new
            self.endInsertRows()

    def set_filter(self, what: str, words: str) -> None:
        """Show only what is of a kind and holds these words."""
        self._what, self._words = what, words.casefold()
        self._rebuild()

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._seen = len(self._tape)
        self.places = [place for place in range(self._seen) if self._passes(place)]
        self.endResetModel()

    def _passes(self, place: int) -> bool:
        event = self._tape.events[place]
        if self._what == "telling":
            wanted = not self._marks.quiet[place]
        elif self._what == "receipts":
            wanted = bool(confirmation_of(event))
        elif self._what:
            kind = KINDS.get(event.kind)
            wanted = kind is not None and kind.__name__ in KINDS_OF[self._what]
        else:
            wanted = True
        return wanted and (not self._words or self._words in self._sentence(place).casefold())

    def _sentence(self, place: int) -> str:
        return self._marks.words_of(self._tape, place)

    def row_of(self, number: int) -> int:
        """Return the row of the last shown event before a moment; -1 before the first."""
        return bisect_left(self.places, number) - 1

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many events are shown."""
        return 0 if parent.isValid() else len(self.places)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return time and sentence."""
        return 0 if parent.isValid() else 2

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """Return a cell."""
        if not index.isValid() or index.row() >= len(self.places):
            return None
        place = self.places[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            if index.column() == 0:
                return clock_time(self._tape.events[place].at_ms, seconds=True)
            return self._sentence(place)
        if role == Qt.ItemDataRole.ToolTipRole:
            return self._sentence(place)
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> object:  # noqa: N802
        """Return the titles."""
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return (tr("When"), tr("What happened"))[section]
        return None


class EventsPane(QWidget):
    """The list, a filter, and the chosen event as it was written.

    Attributes:
        wanted: (moment) show the session just after this event.
    """

    wanted = Signal(int)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._tape, self._marks = Tape(), Marks()
        self._moving = False
        self._number = 0
        self.model = EventsModel()
        self.what = QComboBox()
        self.what.setAccessibleName(tr("Which events"))
        for name, words in (
            ("telling", tr("Without typing and output")),
            ("", tr("All events")),
            ("pastes", tr("Pastes")),
            ("runs", tr("Runs")),
            ("files", tr("Files")),
            ("desk", tr("Window, network, PC")),
            ("exam", tr("Questions and editions of the exam")),
            ("people", tr("Messages, times, hand-ins")),
            ("receipts", tr("Not confirmed by a hub, or late")),
        ):
            self.what.addItem(words, name)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search events"))
        self.search.setAccessibleName(tr("Search events"))
        self.search.setClearButtonEnabled(True)
        self.count = label("", "small")
        self.view = QTableView()
        self.view.setModel(self.model)
        self.view.setAccessibleName(tr("Events"))
        self.view.setShowGrid(False)
        self.view.setWordWrap(False)
        self.view.setTabKeyNavigation(False)
        self.view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.verticalHeader().hide()
        self.view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.view.horizontalHeader().hide()
        self.view.horizontalHeader().setStretchLastSection(True)
        self.raw = ReadText()
        self.raw.setProperty("role", "code")
        self.raw.setAccessibleName(tr("The event as it was written"))
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.view)
        split.addWidget(self.raw)
        split.setSizes([320, 70])
        self.setLayout(column(row(self.what, self.search), self.count, split, spacing=SPACE["xs"], margin=SPACE["s"]))
        self.what.currentIndexChanged.connect(lambda _: self._filter())
        self.search.textChanged.connect(lambda _: self._filter())
        self.view.selectionModel().currentRowChanged.connect(self._current)
        kit.look.changed.connect(self._fit)
        self._fit()
        self._filter()

    def show_tape(self, tape: Tape, marks: Marks) -> None:
        """Show a tape, or what was added to it."""
        self._tape, self._marks = tape, marks
        self.model.show_tape(tape, marks)
        self._say_count()

    def show_moment(self, number: int) -> None:
        """Choose the event that led to a moment, once somebody sees it."""
        self._number = number
        if not self.isVisible():
            return
        place = self.model.row_of(number)
        if place == self.view.currentIndex().row():
            return
        self._moving = True
        index = self.model.index(place, 0)
        self.view.setCurrentIndex(index)
        if place >= 0:
            self.view.scrollTo(index)
        self._moving = False

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Be where the playhead went meanwhile."""
        super().showEvent(event)
        self.show_moment(self._number)

    def _filter(self) -> None:
        self.model.set_filter(str(self.what.currentData() or ""), self.search.text())
        self._say_count()

    def _say_count(self) -> None:
        shown, everything = len(self.model.places), len(self._tape)
        words = counted(everything, "{n} event", "{n} events")
        self.count.setText(tr("{shown} of {all}", shown=shown, all=words) if shown != everything else words)

    def _current(self, index: QModelIndex) -> None:
        if not index.isValid() or index.row() >= len(self.model.places):
            self.raw.setPlainText("")
            return
        place = self.model.places[index.row()]
        self.raw.setPlainText(raw_words(self._tape, self._marks, place))
        if not self._moving:
            self.wanted.emit(place + 1)

    def _fit(self) -> None:
        metrics = self.view.fontMetrics()
        self.view.verticalHeader().setDefaultSectionSize(row_height(metrics) - 6)
        self.view.setColumnWidth(0, metrics.horizontalAdvance("00:00:00") + 3 * SPACE["m"])


def raw_words(tape: Tape, marks: Marks, place: int) -> str:
    """Return an event's sentence, and below it the event as it was written, cut where it is very long."""
    event, words = tape.events[place], marks.words_of(tape, place)
    if event.payload is None:
        return words
    text = event.payload[:4_000].decode(errors="replace")
    left = len(event.payload) - 4_000
    more = f"\n{tr('… {n} more bytes', n=left)}" if left > 0 else ""
    return f"{words}\n\n{text}{more}"
