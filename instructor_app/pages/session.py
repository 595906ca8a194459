"""The session panel: one student, beside the table, following live."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame

from examdesk.staffapi.messages import (
    Done,
    Extend,
    GetPlayback,
    GetReviews,
    GetSession,
    LiveRow,
    Say,
    SessionView,
    Target,
)
from instructor_app.kit import Kit
from instructor_app.pages.session_tabs import CodeTab, DevicesTab, EventsTab, MessagesTab, RunsTab, SignalsTab
from instructor_app.widgets.basic import Banner, button, column, label, pill, restyle, row, shortcut
from instructor_app.widgets.fitting_tabs import FittingTabs
from instructor_app.words import ago, countdown, tr
from shared.look import SPACE
from shared.problems import Problem

FOLLOW_MS = 1000
TABS = ("code", "runs", "events", "signals", "messages", "devices")


class SessionPanel(QFrame):
    """Header and tabs; asks again at most once per `FOLLOW_MS` while its session changes.

    Attributes:
        closed: the person closed it.
        extend_wanted: (LiveRow) more time for this student.
        pc_wanted: (LiveRow) how this student's PC is prepared.
        playback_wanted: (journal, event, file) the session view, at an event if a journal is given.
        review_wanted: (session) its review.
    """

    closed = Signal()
    extend_wanted = Signal(object)
    pc_wanted = Signal(object)
    playback_wanted = Signal(str, int, str)
    review_wanted = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.session = ""
        self.view: SessionView | None = None
        self.setProperty("kind", "panel")
        self.setMinimumWidth(430)
        self.name = label("", "title", wrap=True)
        self.facts = label("", "muted", wrap=True)
        self.status = pill("")
        self.left = label("", "subtitle")
        self.saved = label("", "muted")
        self.banner, self.incomplete = Banner(kit.look), Banner(kit.look, narrow=True)
        look = kit.look
        self._extend = button(look, tr("More time"), "clock", then=self._want_time)
        self._play = button(
            look, tr("Play back"), "play", tip=tr("Timeline, versions, runs and differences (Enter once more)")
        )
        self._play.clicked.connect(lambda _: self.playback_wanted.emit("", 0, ""))
        self._close = button(look, "", "close", "quiet", tip=tr("Close (Esc)"), then=self.close_panel)
        self._review = button(look, "", "review", "quiet", tip=tr("To its review (Ctrl+R)"))
        self._review.clicked.connect(lambda _: self.review_wanted.emit(self.session))
        for control, kind in ((self._extend, Extend), (self._play, GetPlayback), (self._review, GetReviews)):
            kit.bridge.rights.guard(control, kind)
        self.code, self.runs, self.events = CodeTab(kit), RunsTab(kit), EventsTab(kit)
        self.signals, self.messages = SignalsTab(kit), MessagesTab(kit, self._say)
        self.devices = DevicesTab(kit)
        self.tabs = FittingTabs(look, tr("About this session"))
        self.tabs.add(self.code, tr("Code"), "code")
        self.tabs.add(self.runs, tr("Runs"), "run")
        self.tabs.add(self.events, tr("Events"), "sort")
        self.tabs.add(self.signals, tr("Signals"), "flag")
        self.tabs.add(self.messages, tr("Messages"), "message")
        self.tabs.add(self.devices, tr("Devices"), "device")
        self.tabs.currentChanged.connect(lambda _: self._ask_tab())
        head = column(
            row(self.name, self._review, self._play, self._close),
            self.facts,
            row(self.status, self.left, self.saved, None, self._extend, spacing=SPACE["s"]),
            self.banner,
            self.incomplete,
        )
        head.itemAt(0).layout().setStretch(0, 1)  # type: ignore[union-attr]
        head.setContentsMargins(SPACE["l"], SPACE["m"], SPACE["m"], SPACE["xs"])
        self.setLayout(column(head, self.tabs, spacing=SPACE["xs"]))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FOLLOW_MS)
        self._later.timeout.connect(self.refresh)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._show_time)
        for tab in (self.runs, self.events, self.signals):
            tab.moment.connect(self.show_moment)
        self.devices.pc_wanted.connect(self._want_pc)
        kit.state.session_changed.connect(self._changed)
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_panel, _WITHIN)

    def open_session(self, one: LiveRow, tab: str = "code") -> None:
        """Show a student's session."""
        if one.session != self.session:
            self.banner.hide()
            self.view = None
        self.session = one.session
        self._show_row(one)
        self.tabs.setCurrentIndex(TABS.index(tab))
        self._second.start()
        self.show()
        self.refresh()

    def refresh(self) -> None:
        """Ask for the session and for what the open tab shows."""
        if not self.session:
            return
        self._kit.bridge.query(GetSession(session=self.session), self._take, self._problem, key="session")
        self._ask_tab()

    def show_moment(self, journal: str, seq: int, at_ms: int, file: str) -> None:
        """Show the code as it stood at an event."""
        self.tabs.setCurrentIndex(TABS.index("code"))
        self.code.show_moment(journal, seq, at_ms, file)

    def close_panel(self) -> None:
        """Go away; the session goes on."""
        self.session = ""
        self._second.stop()
        self.name.setText("")
        self.signals.take(())
        self.messages.take(())
        self.hide()
        self.closed.emit()

    def _ask_tab(self) -> None:
        if not self.session:
            return
        if self.tabs.currentWidget() is self.runs:
            self.runs.ask(self.session)
        elif self.tabs.currentWidget() is self.events:
            self.events.ask(self.session)

    def _take(self, view: SessionView) -> None:
        if view.row.session != self.session:
            return
        self.view = view
        self._show_row(view.row)
        self.code.show_session(view)
        self.signals.take(view.signals)
        self.messages.take(view.messages)
        self.devices.take(view)
        self.tabs.count_at(self.runs, view.row.runs)
        self.tabs.count_at(self.signals, len(view.signals))
        self.tabs.count_at(self.messages, len(view.messages))
        self.tabs.count_at(self.devices, len(view.journals) if len(view.journals) > 1 else 0)

    def _show_row(self, one: LiveRow) -> None:
        self.name.setText(one.name)
        section = tr("section {name}", name=one.section) if one.section else ""
        parts = [one.student, section, one.seat, one.device, tr("not on the roster") if one.provisional else ""]
        self.facts.setText(" · ".join(part for part in parts if part))
        self.status.setText(one.status)
        restyle(self.status, status=one.status)
        if one.problem:
            self.incomplete.say("attention", one.problem, tr("This session is not complete"))
        else:
            self.incomplete.hide()
        self._show_time()

    def _show_time(self) -> None:
        one = self._kit.state.by_session(self.session) or (self.view.row if self.view is not None else None)
        if one is None:
            return
        left = self._kit.state.left_ms(one)
        running = one.status in ("Working", "Idle", "Offline") and left is not None
        self.left.setText(tr("{time} left", time=countdown(left)) if running else "")
        self.left.setVisible(running)
        self.saved.setText(tr("saved {time}", time=ago(one.last_saved_ms, self._kit.state.now_ms())))
        self.saved.setVisible(one.last_saved_ms is not None)

    def _say(self, text: str) -> None:
        def done(_: Done) -> None:
            self.refresh()

        request = Say(command="", text=text, target=Target(sessions=(self.session,)))
        self._kit.bridge.command(request, done, self._problem)

    def _want_time(self) -> None:
        one = self._kit.state.by_session(self.session)
        if one is not None:
            self.extend_wanted.emit(one)

    def _want_pc(self) -> None:
        one = self._kit.state.by_session(self.session)
        if one is not None:
            self.pc_wanted.emit(one)

    def _changed(self, session: str) -> None:
        if session == self.session and self.isVisible() and not self._later.isActive():
            self._later.start()

    def _problem(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence, act=tr("Try again"), then=self.refresh)


_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
