"""The live page: everybody in one table, commands above it, the class over time below."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QLineEdit, QMenu, QSplitter, QWidget

from examdesk.staffapi.messages import (
    AddIncident,
    Collect,
    End,
    ExamView,
    Extend,
    GetPlayback,
    GetReviews,
    GetSession,
    LiveRow,
    Lock,
    Pause,
    Reopen,
    Request,
    Say,
    Target,
)
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.pages.action_sheet import ActionSheet
from instructor_app.pages.command_bar import CommandBar
from instructor_app.pages.door import Queue
from instructor_app.pages.live_columns import STATUS_ORDER, live_columns
from instructor_app.pages.room.panel import RoomPanel
from instructor_app.pages.room.tab import RoomTab
from instructor_app.pages.start_code import StartCodeDialog
from instructor_app.pages.views_menu import ViewsButton, packed, unpacked
from instructor_app.preferences import SavedView
from instructor_app.state import key_of
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import RowsModel
from instructor_app.watch import Watch
from instructor_app.widgets.basic import Banner, Chip, EmptyState, button, card, column, holding, row
from instructor_app.widgets.charts import RunsChart, StatusChart, present_statuses
from instructor_app.widgets.flow import flow
from instructor_app.words import counted, tr
from shared.look import SPACE

CHART_HEIGHT = 168
CRAMPED = 640
"""Below this height the table needs the room of the charts when something else stands there too."""


class LivePage(QWidget):
    """See the module.

    Attributes:
        opened, played: (LiveRow) a session is to be shown, beside the page or in the session view.
        review_wanted: (session) its review.
        moment_wanted: (LiveRow, journal, event, ms) a session is to be shown as it was.
        wants_projector, wants_roster, wants_settings: the empty state's offers.
    """

    opened = Signal(object)
    played = Signal(object)
    review_wanted = Signal(str)
    moment_wanted = Signal(object, str, int, object)
    wants_projector = Signal()
    wants_roster = Signal()
    wants_settings = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._statuses: set[str] = set()
        self.watch = Watch(kit.bridge, kit.state, kit.preferences, self)
        self.model: RowsModel[LiveRow] = RowsModel(live_columns(kit.state, self.watch.of), key_of, self)
        self.banner = Banner(kit.look)
        self.alerts = Banner(kit.look)
        self._alerted = ""
        self.sheet = ActionSheet(kit, self.banner)
        self.empty = self._make_empty()
        self.table: TableBox[LiveRow] = TableBox(
            self.model, kit.look, kit.preferences, name="live", title=tr("Students"), empty=self.empty
        )
        self.table.sort("student")
        self.room = RoomPanel(kit, self.watch)
        self.room_button = button(kit.look, tr("Room"), "rosters", tip=tr("What was written, hand-ins, incidents"))
        self.room_button.setCheckable(True)
        self.commands = CommandBar(kit, self.sheet, self.table.chosen, self.room_button)
        self.queue = Queue(kit, self.banner)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id, seat, PC"))
        self.search.setAccessibleName(tr("Search students"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(220)
        self.chips = {status: self._chip(status) for status in STATUS_ORDER}
        self.everyone = Chip(kit.look, tr("All"))
        self.everyone.setChecked(True)
        self.everyone.clicked.connect(lambda _: self._show_everyone())
        self.marked = Chip(kit.look, tr("To look at"), "flag", "attention")
        self.marked.clicked.connect(lambda _: self._apply_filter())
        self.views = ViewsButton(kit, self.current_view, self.show_view)
        self.status_chart, self.runs_chart = StatusChart(kit.look), RunsChart(kit.look)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._second)
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.table.view)

    def _lay_out(self) -> None:
        find = holding(row(self.views, self.search, spacing=SPACE["xs"]))
        chips = flow(self.everyone, *self.chips.values(), self.marked, spacing=SPACE["xs"], last=find)
        charts = row(self.status_chart, self.runs_chart, spacing=SPACE["xl"])
        charts.setStretch(0, 1)
        charts.setStretch(1, 1)
        self.charts = card(charts, margin=SPACE["m"])
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(True)
        upper = holding(column(self.alerts, self.commands, self.sheet, self.banner, self.queue, chips, self.table))
        split.addWidget(upper)
        split.addWidget(self.charts)
        split.setStretchFactor(0, 1)
        split.setCollapsible(0, False)
        self.charts.setMinimumHeight(CHART_HEIGHT // 2)
        self.table.setMinimumHeight(120)
        left = holding(column(split, margin=SPACE["l"]))
        beside = QSplitter(Qt.Orientation.Horizontal)
        beside.setChildrenCollapsible(False)
        beside.addWidget(left)
        beside.addWidget(self.room)
        beside.setStretchFactor(0, 1)
        self.setLayout(column(beside))
        self._split, self._beside = split, beside
        split.setSizes([600, CHART_HEIGHT])
        self.charts.hide()

    def _connect(self) -> None:
        state = self._kit.state
        state.rows_changed.connect(self._take_rows)
        state.counts_changed.connect(self._take_counts)
        state.series_changed.connect(self._take_series)
        state.exam_changed.connect(self._take_exam)
        state.failed.connect(self._not_shown)
        self.watch.changed.connect(self._take_marks)
        self.search.textChanged.connect(lambda _: self._apply_filter())
        self.table.opened.connect(self._open)
        self.table.chosen_changed.connect(self.commands.selection_changed)
        self.table.copied.connect(
            lambda n: self.banner.say("positive", counted(n, "{n} row was copied.", "{n} rows were copied."))
        )
        self.table.add_menu_action(self._fill_menu)
        self.queue.wanted.connect(self._go_to)
        self.commands.start_code_wanted.connect(self.show_start_code)
        self.queue.answered.connect(self.commands.message)
        self.queue.everybody_wanted.connect(self.show_hands)
        self.room_button.clicked.connect(lambda on: self.show_room(on=on))
        self.room.closed.connect(lambda: self.room_button.setChecked(False))
        self.room.closed.connect(self._show_charts)
        self.room.said.write_wanted.connect(self.commands.message)
        self.room.hand_ins.collect_wanted.connect(self.commands.collect)
        self.room.hand_ins.student_wanted.connect(self._go_to)
        self.room.look.student_wanted.connect(self._go_to)
        self.room.look.settings_wanted.connect(self.wants_settings)
        self.room.pcs.student_wanted.connect(self._go_to)
        self.room.lost_time.moment_wanted.connect(self._show_moment)
        self.sheet.opened.connect(self._show_charts)
        self.sheet.finished.connect(self._show_charts)
        self.sheet.done.connect(lambda _: self.room.refresh())
        self.sheet.finished.connect(self.table.view.setFocus)
        self._kit.bridge.rights.changed.connect(self._fit_columns)
        self._fit_columns()
        self.queue.refresh()
        self._take_rows(list(state.rows.values()), True)
        self._take_counts()
        self._take_series()
        self._take_exam()
        self._take_marks()

    def _fit_columns(self) -> None:
        """Have no column of reviews where the hub says nothing of them to this person."""
        self.table.leave_out("review", out=not self._kit.bridge.rights.may(GetReviews))

    def _not_shown(self, sentence: str) -> None:
        if self._kit.bridge.link is Link.UP:  # else the window says above that the hub is gone
            self.banner.say("attention", sentence, tr("The class can't be shown"))

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def show_room(self, tab: str = "", *, on: bool = True) -> None:
        """Show, or put away, the panel about the room; `tab` is the name of one of its tabs."""
        self.room_button.setChecked(on)
        if not on:
            self.room.close_panel()
            return
        chosen = getattr(self.room, tab, None) if tab else self.room.tabs.currentWidget()
        fresh = not self.room.isVisible()
        if isinstance(chosen, RoomTab):
            self.room.show_tab(chosen)
        self._show_charts()
        if fresh:
            width = self._beside.width()
            beside = max(self.room.minimumWidth(), round(width * 0.38))
            self._beside.setSizes([width - beside, beside])

    def show_start_code(self) -> None:
        """Show the code that opens the exam at desks without a network."""
        self.start_code = StartCodeDialog(self._kit, self)
        self.start_code.open()

    def note_incident(self, one: LiveRow) -> None:
        """Begin a note about a student."""
        self.show_room("incidents")
        self.room.incidents.choose_student(one.session)
        self.room.incidents.text.setFocus()

    def show_pc(self, one: LiveRow) -> None:
        """Show the newest check of the PC at which a student sits."""
        self.show_room("pcs")
        self.room.pcs.show_student(one.student)

    def show_status(self, *statuses: str) -> None:
        """Show only these statuses; none shows everybody."""
        self._statuses = set(statuses)
        for status, chip in self.chips.items():
            chip.setChecked(status in self._statuses)
        self.everyone.setChecked(not self._statuses)
        self._apply_filter()

    def show_hands(self) -> None:
        """Show everybody whose hand is up, in the table."""
        self.show_status()
        self.search.clear()
        self.model.set_filter(lambda one: one.hand)
        self.everyone.setChecked(False)

    def current_view(self) -> SavedView:
        """Return what is shown and how, without a name."""
        return SavedView(
            name="",
            statuses=tuple(status for status in STATUS_ORDER if status in self._statuses),
            search=self.search.text(),
            only_marked=self.marked.isChecked(),
            columns=packed(self.table.layout_state()),
        )

    def show_view(self, view: SavedView) -> None:
        """Show what a saved view shows."""
        self.search.setText(view.search)
        self.marked.setChecked(view.only_marked)
        self.table.put_layout(unpacked(view.columns) if view.columns else self.table.first_layout())
        if not view.columns:
            self.table.view.sortByColumn(0, Qt.SortOrder.AscendingOrder)
        self.show_status(*view.statuses)

    def selected(self) -> list[LiveRow]:
        """Return the selected rows."""
        return self.table.chosen()

    def _chip(self, status: str) -> Chip:
        chip = Chip(self._kit.look, status, f"status-{status.lower().replace(' ', '-')}")
        chip.clicked.connect(lambda _: self._toggle(status))
        return chip

    def _toggle(self, status: str) -> None:
        self.show_status(*(self._statuses ^ {status}))

    def _show_everyone(self) -> None:
        self.show_status()

    def _apply_filter(self) -> None:
        words = self.search.text().casefold().split()
        statuses, only_marked = self._statuses, self.marked.isChecked()

        def passes(one: LiveRow) -> bool:
            if (statuses and one.status not in statuses) or (only_marked and not self.watch.of(one)):
                return False
            text = f"{one.name} {one.student} {one.seat} {one.device} {one.section}".casefold()
            return all(word in text for word in words)

        self.model.set_filter(passes if words or statuses or only_marked else None)

    @Slot()
    def _take_marks(self) -> None:
        students = len({one.student for one, _ in self.watch.everything()})
        self.marked.count(students)
        self.marked.setVisible(bool(students) or self.marked.isChecked())
        fresh = len(self.watch.unseen())
        self.room_button.setText(tr("Room · {n}", n=fresh) if fresh else tr("Room"))
        if self.marked.isChecked():
            self.model.rearrange()

    def _take_rows(self, rows: list[LiveRow], everything: bool) -> None:
        if everything:
            self.model.replace(rows)
        else:
            self.model.update(rows)

    def _take_counts(self) -> None:
        counts = self._kit.state.counts
        for status, chip in self.chips.items():
            chip.count(counts.get(status, 0))
            chip.setVisible(bool(counts.get(status)) or status in self._statuses)
        self.everyone.count(sum(counts.values()))

    def _take_series(self) -> None:
        series = self._kit.state.series
        if series is not None:
            self.status_chart.take(series)
            self.runs_chart.take(series)
            self._show_charts()

    def _show_charts(self) -> None:
        """Give the room of charts and queue to the table while a command is being looked at."""
        series = self._kit.state.series
        looking = not self.sheet.isHidden()
        self.queue.step_aside(on=looking)
        cramped = self.height() < CRAMPED and (self.room.isVisible() or not self.queue.isHidden())
        self.charts.setVisible(series is not None and bool(present_statuses(series)) and not (looking or cramped))
        self.table.setMinimumHeight(72 if looking else 120)

    def _alert(self, exam: ExamView) -> None:
        """Say what wants to be done now, or how much of the former laptop's records is here; once closed, not again."""
        said = "\n".join((*exam.alerts, *([exam.taken_over] if exam.taken_over else [])))
        if said == self._alerted:
            return
        self._alerted = said
        if exam.alerts:
            self.alerts.say("attention", said, tr("Something to do now"))
        elif said:
            self.alerts.say("info", said)
        else:
            self.alerts.hide()

    def _take_exam(self) -> None:
        exam = self._kit.state.exam
        if exam is None:
            return
        self._alert(exam)
        address = f"{exam.addresses[0]}:{exam.port}" if exam.addresses else tr("no address yet")
        self.empty.say(
            tr("Nobody is here yet"),
            tr(
                "Students open ExamDesk, choose “{exam}” and type the code {code}. If the exam does not appear by "
                "itself, they type the address {address}.",
                exam=exam.short_name,
                code=exam.room_code,
                address=address,
            ),
        )

    def _make_empty(self) -> EmptyState:
        empty = EmptyState(
            self._kit.look,
            "live",
            tr("No exam is open"),
            tr("Open an exam on the page Exams; its students appear here."),
            tr("Show how to join on the projector"),
        )
        empty.acted.connect(self.wants_projector)
        roster = button(self._kit.look, tr("Import a class list"), kind="link", then=self.wants_roster.emit)
        empty.extra.addLayout(row(None, roster, None))
        return empty

    def _fill_menu(self, menu: QMenu) -> None:
        rows = [one for one in self.selected() if one.session]
        kinds: dict[QAction, type[Request[Any]]] = {}
        if len(rows) == 1:
            shown = menu.addAction(tr("Open session"), QKeySequence(Qt.Key.Key_Return), lambda: self._open(rows[0]))
            kinds[shown] = GetSession
            play = menu.addAction(tr("Play back"), QKeySequence("Ctrl+T"), lambda: self.played.emit(rows[0]))
            kinds[play] = GetPlayback
            session = rows[0].session
            review = menu.addAction(tr("Review"), QKeySequence("Ctrl+R"), lambda: self.review_wanted.emit(session))
            kinds[review] = GetReviews
            menu.addSeparator()
        target = Target(sessions=tuple(one.session for one in rows))
        for minutes in (5, 10):
            words = counted(minutes, "Give {n} minute…", "Give {n} minutes…")
            kinds[menu.addAction(words, partial(self.commands.extend, minutes, target))] = Extend
        commands = self.commands
        kinds[menu.addAction(tr("Message…"), lambda: commands.message(target))] = Say
        kinds[menu.addAction(tr("Pause…"), lambda: commands.pause(target))] = Pause
        kinds[menu.addAction(tr("Go on…"), lambda: commands.resume(target))] = Pause
        kinds[menu.addAction(tr("Lock…"), lambda: commands.lock(target))] = Lock
        kinds[menu.addAction(tr("Unlock…"), lambda: commands.lock(target, locked=False))] = Lock
        kinds[menu.addAction(tr("Reopen…"), lambda: commands.reopen(target))] = Reopen
        kinds[menu.addAction(tr("End…"), lambda: commands.end(target))] = End
        kinds[menu.addAction(tr("Collect the work…"), lambda: commands.collect(target))] = Collect
        menu.addSeparator()
        of_one = (
            menu.addAction(tr("Write down an incident…"), lambda: self.note_incident(rows[0])),
            menu.addAction(tr("Check of this PC…"), lambda: self.show_pc(rows[0])),
        )
        for action in menu.actions():
            action.setEnabled(bool(rows) and (action not in of_one or len(rows) == 1))
        kinds[of_one[0]] = AddIncident
        for action, kind in kinds.items():
            self._kit.bridge.rights.guard_menu(menu, action, kind)

    def _open(self, one: LiveRow) -> None:
        rights = self._kit.bridge.rights
        if one.session and not rights.may(GetSession):
            self.banner.say("info", rights.why_not(), tr("Sessions are not shown"))
        elif one.session:
            self.opened.emit(one)
        else:
            self.banner.say("info", tr("{name} has not joined yet: there is no session to show.", name=one.name))

    def _show_moment(self, session: str, journal: str, seq: int, at_ms: int) -> None:
        one = self._kit.state.by_session(session)
        if one is not None:
            self.moment_wanted.emit(one, journal, seq, at_ms)

    def _go_to(self, student: str) -> None:
        if self.model.place_of(student) < 0:
            self.search.clear()
            self.show_status()
        self.table.choose(student)
        one = self.model.by_key(student)
        if one is not None and self._kit.bridge.rights.may(GetSession):
            self._open(one)

    def _second(self) -> None:
        self.model.touch_live(*self.table.view.visible_places())
        self.queue.count_on()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the table enough rows."""
        super().resizeEvent(event)
        self._show_charts()

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Count time and follow the figures while in sight."""
        self._tick.start()
        self._kit.state.set_watching(True)

    def hideEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Rest while out of sight."""
        self._tick.stop()
        self._kit.state.set_watching(False)
