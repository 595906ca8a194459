"""What the window knows of the running exam: asked once, then only for what the hub says has changed."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from examdesk.staffapi.messages import (
    Changed,
    Done,
    ExamView,
    GetExam,
    GetLive,
    GetSeries,
    HeldJoin,
    HideNames,
    LiveRow,
    LiveTable,
    Series,
)
from instructor_app.bridge import Bridge, Link
from shared.clock import Clock
from shared.problems import Problem

SERIES_EVERY_MS = 5000
MOST_BY_ID = 400


def key_of(row: LiveRow) -> str:
    """Return the id of a row: the student's, which stays when the session starts."""
    return row.student


class ClassState(QObject):
    """The exam, everybody's row, who waits at the door, figures over time.

    Attributes:
        exam_changed: the exam, its phase or how to reach it changed.
        rows_changed: (list of LiveRow, whether these are all).
        counts_changed: counts by status or the held joins changed.
        series_changed: new figures over time.
        session_changed: (session id) something happened in it.
        failed: (sentence) the class could not be read.
        names_changed: names are hidden now, or shown again; whatever shows a student has to ask again.
        names_hidden: whether the hub shows students under pseudonyms.
    """

    exam_changed = Signal()
    rows_changed = Signal(object, bool)
    counts_changed = Signal()
    series_changed = Signal()
    session_changed = Signal(str)
    roster_changed = Signal()
    failed = Signal(str)
    names_changed = Signal()

    def __init__(self, bridge: Bridge, clock: Clock, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge, self._clock = bridge, clock
        self.exam: ExamView | None = None
        self.names_hidden = False
        self.rows: dict[str, LiveRow] = {}
        self.counts: dict[str, int] = {}
        self.held: tuple[HeldJoin, ...] = ()
        self.series: Series | None = None
        self._students: dict[str, str] = {}
        self._offset_ms: int | None = None
        bridge.changed.connect(self._changed)
        bridge.link_changed.connect(self._link_changed)
        self._series_timer = QTimer(self)
        self._series_timer.setInterval(SERIES_EVERY_MS)
        self._series_timer.timeout.connect(self.ask_series)

    def now_ms(self) -> int:
        """Return the time on the hub's clock."""
        return self._clock.wall_ms() if self._offset_ms is None else self._clock.mono_us() // 1000 + self._offset_ms

    def left_ms(self, row: LiveRow) -> int | None:
        """Return how long a student still has, counted on by the hub's clock."""
        if row.ends_ms is None or row.status in ("Paused", "Submitted", "Ended", "Not joined"):
            return row.left_ms
        return max(0, row.ends_ms - self.now_ms())

    def by_session(self, session: str) -> LiveRow | None:
        """Return the row of a session."""
        return self.rows.get(self._students.get(session, ""))

    def refresh(self) -> None:
        """Ask for everything."""
        self._bridge.query(GetExam(), self._take_exam, self._problem, key="exam")
        self._bridge.query(GetLive(), self._take_all, self._problem, key="live")
        self.ask_series()

    def hide_names(self, hidden: bool) -> None:
        """Show students under pseudonyms everywhere in the window, or by name again, which the hub writes down.

        A hub that is not reached now is asked as the first thing when it is.
        """
        request = HideNames(hidden=hidden)

        def done(_: Done) -> None:
            self._bridge.first_asks = (request,) if hidden else ()
            self._set_hidden(hidden)
            self.refresh()

        if hidden:
            self._bridge.first_asks = (request,)
        self._bridge.query(request, done, self._problem)

    def _set_hidden(self, hidden: bool) -> None:
        if hidden != self.names_hidden:
            self.names_hidden = hidden
            self.names_changed.emit()

    @Slot()
    def ask_series(self) -> None:
        """Ask for the figures over time."""
        self._bridge.query(GetSeries(), self._take_series, key="series")

    def set_watching(self, on: bool) -> None:
        """Ask for figures over time only while somebody looks."""
        if on:
            self._series_timer.start()
        else:
            self._series_timer.stop()

    @Slot(object, str)
    def _link_changed(self, link: Link, _: str) -> None:
        if link is Link.UP:
            self._set_hidden(bool(self._bridge.first_asks))
            self.refresh()

    @Slot(object)
    def _changed(self, change: Changed) -> None:
        topics = set(change.topics)
        if "exam" in topics:
            self._bridge.query(GetExam(), self._take_exam, self._problem, key="exam")
        if topics & {"roster", "exam"} or len(change.sessions) > MOST_BY_ID:
            self._bridge.query(GetLive(), self._take_all, self._problem, key="live")
        elif change.sessions or "held" in topics:
            self._bridge.query(GetLive(sessions=change.sessions), self._take_some, self._problem)
        if "roster" in topics:
            self.roster_changed.emit()
        for session in change.sessions:
            self.session_changed.emit(session)

    def _take_exam(self, exam: ExamView) -> None:
        self._set_clock(exam.hub_ms)
        self.exam = exam
        self.exam_changed.emit()

    def _take_all(self, table: LiveTable) -> None:
        self.rows = {key_of(row): row for row in table.rows}
        self._take_rest(table)
        self.rows_changed.emit(list(table.rows), True)

    def take_rows(self, table: LiveTable) -> None:
        """Take rows that somebody asked for."""
        self._take_some(table)

    def _take_some(self, table: LiveTable) -> None:
        self.rows.update({key_of(row): row for row in table.rows})
        self._take_rest(table)
        self.rows_changed.emit(list(table.rows), False)

    def _take_rest(self, table: LiveTable) -> None:
        self._set_clock(table.hub_ms)
        self._students.update({row.session: key_of(row) for row in table.rows if row.session})
        if (self.counts, self.held) != (table.counts, table.held):
            self.counts, self.held = dict(table.counts), table.held
            self.counts_changed.emit()

    def _take_series(self, series: Series) -> None:
        if series != self.series:
            self.series = series
            self.series_changed.emit()

    def _set_clock(self, hub_ms: int) -> None:
        self._offset_ms = hub_ms - self._clock.mono_us() // 1000

    def _problem(self, problem: Problem) -> None:
        self.failed.emit(problem.sentence)
