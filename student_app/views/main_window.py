"""The one window: it shows the page that fits the desk's phase, and holds menus and shortcuts."""

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import QSettings, Qt, QTimer, pyqtSignal
from PyQt6.QtGui import QAction, QActionGroup, QCloseEvent, QGuiApplication, QKeySequence, QShowEvent
from PyQt6.QtWidgets import QDialog, QInputDialog, QMainWindow, QMenu, QSplitter, QStackedWidget, QWidget

from shared.problems import InputProblem
from student_app.bridge import Bridge
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views.banners import Banners
from student_app.views.cheat_sheet import CheatSheet
from student_app.views.done_page import DonePage
from student_app.views.find_page import FindPage
from student_app.views.joining_page import JoiningPage
from student_app.views.look import Look
from student_app.views.pieces import OF_THE_EXAM, column
from student_app.views.port import DeskPort, Surroundings
from student_app.views.submit_page import SubmitPage
from student_app.views.waiting_page import WaitingPage
from student_app.views.work_page import WorkPage

TICK_MS = 250
CHECK_MS = 10_000


class MainWindow(QMainWindow):
    """Follows the desk through its phases."""

    closed = pyqtSignal()

    def __init__(self, desk: DeskPort, around: Surroundings, bridge: Bridge, look: Look, settings: QSettings) -> None:
        super().__init__()
        self._desk = desk
        self._around = around
        self.look = look
        self._settings = settings
        self._submitting = self._reading = self._fitted = False
        self._away_since: int | None = None
        self.setWindowTitle(self.tr("ExamDesk"))
        self.setMinimumSize(900, 600)
        self.setLayoutDirection(look.direction)
        self.finding = FindPage(desk, around, look)
        self.joining = JoiningPage(look)
        self.waiting = WaitingPage(desk, around, look)
        self.work = WorkPage(desk, around, look)
        self.submitting = SubmitPage(desk, look)
        self.done = DonePage(around, look)
        self._pages = QStackedWidget()
        for page in (self.finding, self.joining, self.waiting, self.work, self.submitting, self.done):
            self._pages.addWidget(page)
        self.banners = Banners(look)
        centre = QWidget()
        layout = column(self.banners, self._pages, spacing=0)
        layout.setStretch(1, 1)
        centre.setLayout(layout)
        self.setCentralWidget(centre)
        self._work_actions: list[QAction] = []
        self._work_menus: list[QMenu] = []
        self._make_menus()
        self._connect(bridge)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.applicationStateChanged.connect(self._state_changed)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.refresh)
        self._tick.start()
        self._check = QTimer(self)
        self._check.setInterval(CHECK_MS)
        self._check.timeout.connect(self.work.editors.check)
        self._check.start()
        self._recall_layout()
        self.finding.show_shelf(around.shelf())
        self.refresh()

    def _connect(self, bridge: Bridge) -> None:
        bridge.changed.connect(self.refresh)
        bridge.ran.connect(self.work.ran)
        bridge.opened.connect(self.work.opened)
        self.work.top.due.connect(self.refresh)
        self.joining.back.connect(self._retype)
        self.waiting.begun.connect(self.refresh)
        self.work.submit_asked.connect(self.ask_submit)
        self.submitting.submit.connect(self._submit)
        self.submitting.back.connect(self._work_on)
        self.done.take_back.connect(self._take_back)
        self.done.read_work.connect(self._read_work)
        self.work.top.back.connect(self._stop_reading)
        self.banners.read.connect(self._read)

    # Which page

    def refresh(self) -> None:
        """Look at the desk and show what it is."""
        state = self._desk.state()
        page = self._page_for(state)
        if page is not self._pages.currentWidget():
            self._pages.setCurrentWidget(page)
            self._turned(state, page)
        self._show(state, page)
        self._menu_bar_for(page)
        self.setWindowTitle(
            self.tr("{exam} - ExamDesk").format(exam=state.title) if state.title else self.tr("ExamDesk")
        )

    def _page_for(self, state: DeskState) -> QWidget:
        phase = state.phase
        if phase is Phase.FINDING:
            return self.finding
        if phase in {Phase.JOINING, Phase.HELD}:
            return self.joining
        if phase is Phase.WAITING:
            return self.waiting
        if phase in {Phase.SUBMITTED, Phase.ENDED}:
            self._submitting = False
            return self.work if self._reading and state.review and state.questions else self.done
        self._reading = False
        if not state.honor or not state.questions:
            return self.waiting
        return self.submitting if self._submitting and phase is Phase.WORKING else self.work

    def _turned(self, state: DeskState, page: QWidget) -> None:
        if page is self.finding:
            self.finding.show_shelf(self._around.shelf())
        elif page is self.submitting:
            self.submitting.open(state)
        elif page is self.waiting:
            self.waiting.refresh(state)
            self.waiting.take_focus()
        elif page is self.work and self.work.editors.editor is not None:
            self.work.editors.editor.setFocus()

    def _show(self, state: DeskState, page: QWidget) -> None:
        self._close_windows(state)
        if page is self.finding:
            self.finding.refresh(state)
        elif page is self.joining:
            self.joining.refresh(state)
        elif page is self.waiting:
            self.waiting.refresh(state)
        elif page is self.submitting:
            self.submitting.refresh(state)
        elif page is self.done:
            self.done.refresh(state)
        if page in {self.work, self.submitting}:
            self.work.refresh(state)
        elsewhere = page in {self.waiting, self.submitting, self.done}
        self.banners.setVisible(elsewhere)
        if elsewhere:
            self.banners.refresh_messages(state)

    def _close_windows(self, state: DeskState) -> None:
        """Let no window show something of the exam while it is paused or over."""
        if state.phase is not Phase.WORKING and not self._reading:
            for window in self.findChildren(QDialog):
                if window.property(OF_THE_EXAM):
                    window.close()

    def _retype(self) -> None:
        self._desk.cancel()
        self.refresh()

    def ask_submit(self) -> None:
        """Show what would be handed in."""
        self.work.editors.check()
        self.work.notes.keep()
        self._submitting = True
        self.refresh()

    def _work_on(self) -> None:
        self._submitting = False
        self.refresh()

    def _submit(self) -> None:
        self._do(self._desk.submit)

    def _take_back(self) -> None:
        self._submitting = False
        self._do(self._desk.take_back)

    def _read_work(self) -> None:
        self._reading = True
        self.refresh()

    def _stop_reading(self) -> None:
        self._reading = False
        self.refresh()

    def _read(self, number: int) -> None:
        self._desk.read_notice(number)
        self.refresh()

    def _do(self, action: Callable[[], None]) -> None:
        try:
            action()
        except InputProblem as problem:
            self.work.banners.hint(problem.sentence)
        self.refresh()

    # Menus

    def _make_menus(self) -> None:
        work = self.work
        self._menu(self.tr("&File"), (
            (self.tr("&New file…"), "Ctrl+N", work.files.new),
            (self.tr("&Rename file…"), "F2", work.files.rename),
            (self.tr("Re&move file"), "", work.files.remove),
            (self.tr("Reset to &starter code"), "", work.files.reset),
            (self.tr("Sa&ve a version"), "Ctrl+S", work.save),
            (self.tr("Versions of &this file"), "Ctrl+Shift+S", work.files.toggle_versions),
        ))  # fmt: skip
        self._menu(self.tr("&Edit"), (
            (self.tr("&Find…"), "Ctrl+F", lambda: work.editors.open_find(replace=False)),
            (self.tr("&Replace…"), "Ctrl+H", lambda: work.editors.open_find(replace=True)),
            (self.tr("&Go to line…"), "Ctrl+G", self._go_to_line),
            (self.tr("Toggle &comment"), "Ctrl+/", self._toggle_comment),
        ))  # fmt: skip
        self._menu(self.tr("&Run"), (
            (self.tr("&Run this file"), "F5", work.run),
            (self.tr("Stop and run a&gain"), "Ctrl+Shift+F5", work.run_again),
            (self.tr("Run the &checks of this question"), "Ctrl+F5", work.run_checks),
            (self.tr("&Stop"), "Shift+F5", work.stop),
            (self.tr("Go to the last &error"), "F8", work.go_to_error),
        ))  # fmt: skip
        self._menu(self.tr("E&xam"), (
            (self.tr("&Next question"), "Ctrl+PgDown", lambda: work.turn_by(1)),
            (self.tr("&Previous question"), "Ctrl+PgUp", lambda: work.turn_by(-1)),
            (self.tr("Raise or lower your &hand"), "Ctrl+Shift+H", work.raise_hand),
            (self.tr("&Messages"), "Ctrl+M", work.toggle_messages),
            (self.tr("Report a pro&blem with this question…"), "Ctrl+Shift+B", work.report_problem),
            (self.tr("&Instructions"), "Ctrl+I", work.side.toggle_instructions),
            (self.tr("&Files to read"), "Ctrl+Shift+F", work.side.toggle_attachments),
            (self.tr("N&otes"), "Ctrl+Shift+N", work.side.toggle_notes),
            (self.tr("Save my work to a &stick…"), "", self._save_to_stick),
            (self.tr("Keep a copy of my re&cord…"), "", self._keep_record),
            (self.tr("Hand &in…"), "Ctrl+Shift+Return", self.ask_submit),
        ))  # fmt: skip
        self._report = next(each for each in self._work_actions if each.shortcut() == QKeySequence("Ctrl+Shift+B"))
        self._make_view_menu()
        help_menu = self._add_menu(self.tr("&Help"))
        self._action(help_menu, self.tr("&Keyboard shortcuts"), "F1", self.show_cheat_sheet)
        if self._around.check_pc is not None:
            self._action(help_menu, self.tr("&Check this PC…"), "Ctrl+Shift+K", self.check_pc)

    def _make_view_menu(self) -> None:
        menu = self._view_menu = self._add_menu(self.tr("&View"))
        themes = QActionGroup(self)
        for text, choice in (
            (self.tr("As the system"), ""), (self.tr("Light"), "light"), (self.tr("Dark"), "dark"),
            (self.tr("High contrast"), "contrast"),
        ):  # fmt: skip
            action = self._action(menu, text, "", partial(self._choose_theme, choice))
            action.setCheckable(True)
            action.setChecked(self.look.choice == choice)
            themes.addAction(action)
        menu.addSeparator()
        self._action(menu, self.tr("Larger text"), "Ctrl++", lambda: self._grow(1), "Ctrl+=")
        self._action(menu, self.tr("Smaller text"), "Ctrl+-", lambda: self._grow(-1))
        self._action(menu, self.tr("Text as the system has it"), "Ctrl+0", lambda: self._grow(0))
        menu.addSeparator()
        self._above = self._action(menu, self.tr("Question above the editor"), "Ctrl+Shift+P", self._move_prompt)
        self._above.setCheckable(True)
        self._work_actions.append(self._above)
        self._work_actions.append(self._action(menu, self.tr("Next part of the window"), "F6", self.work.next_pane))

    def _menu(self, title: str, entries: tuple[tuple[str, str, Callable[[], object]], ...]) -> None:
        menu = self._add_menu(title)
        self._work_menus.append(menu)
        for text, keys, action in entries:
            self._work_actions.append(self._action(menu, text, keys, action))

    def _add_menu(self, title: str) -> QMenu:
        bar = self.menuBar()
        assert bar is not None
        menu = bar.addMenu(title)
        assert menu is not None
        return menu

    def _action(self, menu: QMenu, text: str, keys: str, action: Callable[[], object], also: str = "") -> QAction:
        made = QAction(text, self)
        made.setShortcuts([QKeySequence(each) for each in (keys, also) if each])
        made.triggered.connect(lambda _=False: action())
        menu.addAction(made)
        return made

    def _menu_bar_for(self, page: QWidget) -> None:
        at_work = page is self.work
        for menu in self._work_menus:
            entry = menu.menuAction()
            if entry is not None:
                entry.setVisible(at_work)
        for action in self._work_actions:
            action.setEnabled(at_work)
        state = self._desk.state()
        self._report.setVisible(state.may_report)
        self._report.setEnabled(at_work and state.may_report)

    def _save_to_stick(self) -> None:
        self.work.editors.check()
        self.work.carrying.ask_bundle(self._desk.state())

    def _keep_record(self) -> None:
        self.work.carrying.ask_record(self._desk.state())

    def show_cheat_sheet(self) -> None:
        """Show all shortcuts."""
        CheatSheet(self, [*self._work_menus, self._view_menu]).open()

    def check_pc(self) -> None:
        """Show what works on this PC and in its network."""
        from student_app.views.preflight_dialog import PreflightDialog  # noqa: PLC0415 - a quick start for students

        if self._around.check_pc is not None:
            PreflightDialog(self, self.look, self._around.check_pc).open()

    def _go_to_line(self) -> None:
        editor = self.work.editors.editor
        if editor is None:
            return
        line, _ = editor.getCursorPosition()
        dialog = QInputDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Go to line"))
        dialog.setLabelText(self.tr("Line (1 to {n})").format(n=editor.lines()))
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(1, max(1, editor.lines()))
        dialog.setIntValue(line + 1)
        dialog.intValueSelected.connect(editor.go_to)
        dialog.open()

    def _toggle_comment(self) -> None:
        if self.work.editors.editor is not None:
            self.work.editors.editor.toggle_comment()

    def _choose_theme(self, choice: str) -> None:
        self.look.choose(choice)
        self._settings.setValue("theme", choice)

    def _grow(self, points: int) -> None:
        self.look.grow(points)
        self._settings.setValue("zoom", self.look.zoom)

    def _move_prompt(self) -> None:
        self.work.prompt_above(self._above.isChecked())

    # Layout

    def _recall_layout(self) -> None:
        above = bool(self._settings.value("prompt-above", False, bool))
        self._above.setChecked(above)
        if above:
            self.work.prompt_above(True)
        geometry = self._settings.value("geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        else:
            self.resize(1280, 800)
        for name, splitter in self._splitters().items():
            kept = self._settings.value(f"split-{name}")
            if kept is not None:
                splitter.restoreState(kept)

    def _keep_layout(self) -> None:
        self._settings.setValue("prompt-above", self._above.isChecked())
        self._settings.setValue("geometry", self.saveGeometry())
        for name, splitter in self._splitters().items():
            self._settings.setValue(f"split-{name}", splitter.saveState())

    def _splitters(self) -> dict[str, QSplitter]:
        work = self.work
        return {"rail": work.rail_split, "prompt": work.prompt_split, "side": work.side_split, "code": work.code_split}

    # Qt

    def _state_changed(self, state: Qt.ApplicationState) -> None:
        """Own dialogs don't count as leaving: the whole program has the keyboard, or it has not."""
        self.focus_is(state is Qt.ApplicationState.ApplicationActive)

    def showEvent(self, event: QShowEvent | None) -> None:
        """See Qt: the first time, before anybody has moved anything, the parts are as wide as fits the window."""
        super().showEvent(event)
        if not self._fitted and self._settings.value("split-rail") is None:
            self.work.fit(self.width())
        self._fitted = True

    def focus_is(self, here: bool) -> None:
        """Record that the student left this window or came back, while the exam is open."""
        if self._desk.state().phase is not Phase.WORKING:
            self._away_since = None
            return
        now = self._around.mono_ms()
        if not here and self._away_since is None and self.isVisible():
            self._away_since = now
            self._desk.focus(False)
        elif here and self._away_since is not None:
            away, self._away_since = now - self._away_since, None
            self._desk.focus(True, away)

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """See Qt: nothing is asked, since nothing is lost."""
        self._tick.stop()
        self._check.stop()
        self.work.editors.check()
        self.work.notes.keep()
        self._keep_layout()
        super().closeEvent(event)
        self.closed.emit()
