"""The main window: rail, top bar, one page, the session panel beside it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMainWindow,
    QMenu,
    QPushButton,
    QWidget,
)

from examdesk.staffapi.messages import (
    Collect,
    End,
    Extend,
    GetAudit,
    GetIncidents,
    GetLedger,
    GetNotices,
    GetPlayback,
    GetReviews,
    GetRoster,
    GetSession,
    GetSignals,
    GetSimilarity,
    ImportBundle,
    LiveRow,
    Lock,
    Open,
    Pause,
    Request,
    Say,
    StartExport,
    Target,
)
from instructor_app.beside import PagesAndPanel
from instructor_app.bridge import Link
from instructor_app.cheat_sheet import CheatSheet
from instructor_app.kit import Kit
from instructor_app.opening import Opening
from instructor_app.pages.audit import AuditPage
from instructor_app.pages.authoring.page import AuthoringPage
from instructor_app.pages.evidence import EvidencePage
from instructor_app.pages.exams import ExamsPage
from instructor_app.pages.live import LivePage
from instructor_app.pages.playback.page import PlaybackPage, Where
from instructor_app.pages.review import ReviewPage
from instructor_app.pages.rooms import RoomsPage
from instructor_app.pages.rosters import RostersPage
from instructor_app.pages.session import SessionPanel
from instructor_app.pages.settings import SettingsPage
from instructor_app.projector import Projector
from instructor_app.rooms import Rooms
from instructor_app.topbar import TopBar
from instructor_app.widgets.basic import Banner, card, column, holding, label
from instructor_app.words import tr
from shared.look import SPACE

RAIL_WIDTH = 176
PAGES = ("exams", "rosters", "live", "rooms", "evidence", "review", "audit", "settings")
KEYS = {
    "exams": "Alt+1",
    "rosters": "Alt+2",
    "live": "Alt+3",
    "evidence": "Alt+4",
    "review": "Alt+5",
    "settings": "Alt+6",
    "rooms": "Alt+7",
    "audit": "Alt+8",
}
NEEDED: dict[str, tuple[type[Request[Any]], ...]] = {
    "rosters": (GetRoster,),
    "evidence": (GetSignals, GetSimilarity),
    "review": (GetReviews, StartExport, ImportBundle),
    "audit": (GetAudit,),
}
"""What a page asks the hub for: without one of these it would be empty."""
BESIDE_A_SESSION = ("live", "rooms", "evidence", "review")
"""Pages that a session may stand beside."""
ICONS = {"rooms": "network", "audit": "institution"}


def page_title(page: str) -> str:
    """Return what a page is called on the rail."""
    return {
        "exams": tr("Exams"),
        "rosters": tr("Rosters"),
        "live": tr("Live"),
        "rooms": tr("All rooms"),
        "evidence": tr("Evidence"),
        "review": tr("Review && export"),
        "audit": tr("Audit log"),
        "settings": tr("Settings"),
    }[page]


class MainWindow(QMainWindow):
    """See the module; pages are made when they are first shown."""

    def __init__(self, kit: Kit, opening: Opening, rooms: Rooms) -> None:
        super().__init__()
        self.kit, self.opening, self.rooms = kit, opening, rooms
        self.setWindowTitle("ExamDesk")
        self._pages: dict[str, QWidget] = {}
        self._rail: dict[str, QPushButton] = {}
        self._makers: dict[str, Callable[[], QWidget]] = {
            "exams": self._make_exams,
            "rosters": lambda: RostersPage(kit),
            "live": self._make_live,
            "rooms": self._make_rooms,
            "evidence": self._make_evidence,
            "review": self._make_review,
            "audit": lambda: AuditPage(kit),
            "settings": lambda: SettingsPage(kit),
        }
        self.top = TopBar(kit)
        self.link_banner = Banner(kit.look)
        self.link_banner.setProperty("place", "top")
        self.authoring: AuthoringPage | None = None
        self.panel = SessionPanel(kit)
        self.panel.hide()
        self._split = PagesAndPanel(self.panel)
        self.stack = self._split.pages
        self.panel.extend_wanted.connect(self._extend_one)
        self.panel.pc_wanted.connect(self._show_pc)
        self.panel.closed.connect(self._panel_closed)
        self.panel.playback_wanted.connect(self._play_back)
        self.panel.review_wanted.connect(self._show_review)
        self.playback: PlaybackPage | None = None
        self._came_from: tuple[str, bool] = ("live", False)
        self._left_for_review = ""
        self._warned = False
        self.projector: Projector | None = None
        self._lay_out()
        self._make_menus()
        self.top.projector_wanted.connect(self.show_projector)
        kit.bridge.link_changed.connect(self._link_changed)
        kit.bridge.rights.changed.connect(self._rights_changed)
        kit.state.names_changed.connect(self._names_changed)
        opening.ready.connect(self._hub_ready)
        opening.failed.connect(self._hub_failed)
        self.restoreGeometry(kit.preferences.remembered("window", "main"))
        self.show_page("exams")

    # ------------------------------------------------------------------------------------- pages

    def show_page(self, name: str) -> QWidget:
        """Show a page, making it if it was never shown."""
        page = self.page(name)
        self.stack.setCurrentWidget(page)
        self._rail[name].setChecked(True)
        page.setFocus()
        if self._split.covered() or (name not in BESIDE_A_SESSION and self.panel.isVisible()):
            self.panel.close_panel()
        return page

    def page(self, name: str) -> QWidget:
        """Return a page."""
        if name not in self._pages:
            self._pages[name] = self._makers[name]()
            self.stack.addWidget(self._pages[name])
            if self.kit.state.exam is not None:
                QTimer.singleShot(0, self.kit.state.refresh)
        return self._pages[name]

    def edit_exam(self, folder: Path) -> AuthoringPage:
        """Show the editor of an exam folder."""
        if self.authoring is None or self.authoring.author.folder != folder:
            old, self.authoring = self.authoring, AuthoringPage(self.kit, folder)
            self.authoring.closed.connect(lambda: self.show_page("exams"))
            self.authoring.open_wanted.connect(lambda path: self._exams().check_and_open(path))
            self.authoring.copy_wanted.connect(lambda path: self._exams().copy(path))
            self.authoring.rosters_wanted.connect(lambda: self.show_page("rosters"))
            self.authoring.pcs_wanted.connect(self._show_pcs)
            self.stack.addWidget(self.authoring)
            if old is not None:
                old.flush()
                self.stack.removeWidget(old)
                old.deleteLater()
        self.stack.setCurrentWidget(self.authoring)
        self._rail["exams"].setChecked(True)
        self.authoring.setFocus()
        if self.panel.isVisible():
            self.panel.close_panel()
        return self.authoring

    def _edit_latest(self) -> None:
        """Show the editor that is open, or that of the running exam, or of the one that was open last."""
        running, recent = self.kit.state.exam, self.kit.preferences.recent()
        if self.authoring is not None:
            self.edit_exam(self.authoring.author.folder)
        elif running is not None and running.folder:
            self._exams().edit(Path(running.folder))
        elif recent:
            self._exams().edit(Path(recent[0].path))
        else:
            self._exams().show_new()

    def live(self) -> LivePage:
        """Return the live page."""
        page = self.page("live")
        assert isinstance(page, LivePage)
        return page

    def open_playback(self, one: LiveRow, where: Where | None = None, file: str = "", *, as_left: bool = False) -> None:
        """Show a session's timeline in place of the page, at an event of a journal if one is given, or as it was left.

        Back from a detour to its review it still leads to where it was opened.
        """
        if self.playback is None:
            self.playback = PlaybackPage(self.kit)
            self.playback.closed.connect(self.close_playback)
            self.playback.review_wanted.connect(self._review_played)
            self.stack.addWidget(self.playback)
        name = self._page_name()
        if name and not as_left:
            self._came_from = (name, self.panel.isVisible())
        self.panel.hide()
        self.stack.setCurrentWidget(self.playback)
        self.playback.open(one, where, file, page_title(self._came_from[0]).replace("&&", "&"), stay=as_left)
        self.playback.setFocus()

    def _review_played(self, one: LiveRow) -> None:
        """Show the review of the session in the session view, with the way back to the same moment."""
        assert self.playback is not None
        self._left_for_review = one.session
        self._show_review(one.session, self.playback.time_words())

    def _play_reviewed(self, one: LiveRow) -> None:
        self.open_playback(one, as_left=one.session == self._left_for_review)

    def _review_chosen(self) -> None:
        """Show the review of the session in sight, or of the row that is chosen."""
        if self.playback is not None and self.stack.currentWidget() is self.playback and self.playback.one is not None:
            self._review_played(self.playback.one)
        elif self.panel.isVisible():
            self._show_review(self.panel.session)
        else:
            for one in self._chosen_rows()[:1]:
                self._show_review(one.session)

    def close_playback(self) -> None:
        """Go back to the page, and the panel, from which the timeline was opened."""
        name, with_panel = self._came_from
        self.show_page(name)
        if with_panel and self.panel.session:
            self.panel.show()

    def _page_name(self) -> str:
        current = self.stack.currentWidget()
        return next((name for name, page in self._pages.items() if page is current), "")

    def _play_chosen(self) -> None:
        """Show the session view of the row that is chosen, or of the session beside the page."""
        rows = self._chosen_rows()
        if rows:
            self.open_playback(rows[0])
        elif self.panel.isVisible():
            self._play_back("", 0, "")

    def _chosen_rows(self) -> list[LiveRow]:
        """Return the sessions that are chosen in the page's table."""
        table = getattr(self.stack.currentWidget(), "table", None)
        chosen = table.chosen() if table is not None else []
        return [one for one in chosen if isinstance(one, LiveRow) and one.session]

    def _play_back(self, journal: str, seq: int, file: str) -> None:
        one = self.kit.state.by_session(self.panel.session)
        one = one or (self.panel.view.row if self.panel.view is not None else None)
        if one is not None:
            self.open_playback(one, (journal, seq) if journal else None, file)

    def open_session(self, one: LiveRow, tab: str = "code") -> None:
        """Show a session beside the page; once more, in place of it."""
        if self.panel.isVisible() and self.panel.session == one.session:
            self.open_playback(one)
            return
        self.panel.open_session(one, tab)

    def show_projector(self) -> None:
        """Show, or close, the projector view on the other screen if there is one."""
        if self.projector is None:
            self.projector = Projector(self.kit)
        if self.projector.isVisible():
            self.projector.close()
            return
        others = [screen for screen in self.screen().virtualSiblings() if screen is not self.screen()]
        if others:
            self.projector.setGeometry(others[0].geometry())
        else:
            self.projector.resize(self.size())
        self.projector.showFullScreen()

    def show_cheat_sheet(self) -> None:
        """Show all shortcuts."""
        CheatSheet(self, self.menuBar()).show()

    # ------------------------------------------------------------------------------------- making

    def _lay_out(self) -> None:
        main = column(self.top, self._link_area(), self._split, spacing=0)
        main.setStretch(2, 1)
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addWidget(self._make_rail())
        body.addLayout(main, 1)
        self.setCentralWidget(holding(body))

    def _link_area(self) -> QWidget:
        area = column(self.link_banner)
        area.setContentsMargins(SPACE["l"], 0, SPACE["l"], 0)
        return holding(area)

    def _make_rail(self) -> QFrame:
        layout = column(spacing=SPACE["xs"])
        name = label("ExamDesk", "subtitle")
        name.setContentsMargins(SPACE["m"], SPACE["s"], 0, SPACE["m"])
        layout.addWidget(name)
        group = QButtonGroup(self)
        for page in PAGES:
            if page == "settings":
                layout.addStretch(1)
            button = QPushButton(page_title(page))
            button.setProperty("kind", "rail")
            button.setCheckable(True)
            button.setAccessibleName(page_title(page).replace("&&", "&"))
            self.kit.look.dress(button, ICONS.get(page, page), "muted")
            button.clicked.connect(lambda _, page=page: self.show_page(page))
            if page in NEEDED:
                self.kit.bridge.rights.guard(button, *NEEDED[page])
            group.addButton(button)
            layout.addWidget(button)
            self._rail[page] = button
        rail = card(layout, kind="railbar", margin=SPACE["s"])
        rail.setFixedWidth(RAIL_WIDTH)
        return rail

    def _make_exams(self) -> QWidget:
        page = ExamsPage(self.kit)
        page.open_wanted.connect(self.open_exam)
        page.take_over_wanted.connect(self.take_over)
        page.edit_wanted.connect(self.edit_exam)
        page.projector_wanted.connect(self.show_projector)
        page.live_wanted.connect(lambda: self.show_page("live"))
        page.roster_wanted.connect(lambda: self.show_page("rosters"))
        return page

    def _make_live(self) -> QWidget:
        page = LivePage(self.kit)
        page.opened.connect(self.open_session)
        page.played.connect(self.open_playback)
        page.review_wanted.connect(self._show_review)
        page.moment_wanted.connect(lambda one, journal, seq, _at: self.open_playback(one, (journal, seq)))
        page.wants_settings.connect(lambda: self.show_page("settings"))
        page.wants_projector.connect(self.show_projector)
        page.wants_roster.connect(lambda: self.show_page("rosters"))
        return page

    def _make_rooms(self) -> QWidget:
        page = RoomsPage(self.kit, self.rooms)
        page.went.connect(self._went)
        page.opened.connect(self.open_session)
        return page

    def _went(self) -> None:
        """Another hub is the window's own now: nothing of the former one stays on the screen."""
        self.panel.close_panel()
        self.show_page("live")

    def _make_evidence(self) -> QWidget:
        page = EvidencePage(self.kit)
        page.opened.connect(lambda one: self.open_session(one, "signals"))
        page.moment_wanted.connect(lambda one, journal, seq, _at, file: self.open_playback(one, (journal, seq), file))
        page.review_wanted.connect(self._show_review)
        return page

    def _make_review(self) -> QWidget:
        page = ReviewPage(self.kit)
        page.opened.connect(self.open_session)
        page.looked.connect(self._follow_queue)
        page.looks_wanted.connect(self._show_looks)
        page.pairs_wanted.connect(self._show_pairs)
        page.played.connect(self._play_reviewed)
        page.names_wanted.connect(self.kit.state.hide_names)
        return page

    def _show_looks(self, one: LiveRow) -> None:
        page = self.show_page("audit")
        assert isinstance(page, AuditPage)
        page.show_looks_at(one)

    def _show_pairs(self, one: LiveRow) -> None:
        page = self.show_page("evidence")
        assert isinstance(page, EvidencePage)
        page.show_similarity()
        page.pairs.show_program(one.session, one.name)

    def _show_review(self, session: str, left_at: str = "") -> None:
        page = self.show_page("review")
        assert isinstance(page, ReviewPage)
        page.show_session(session, left_at)

    def _follow_queue(self, one: LiveRow) -> None:
        """Show the session that was chosen in the queue, where one is shown beside it."""
        if self.panel.isVisible() and self.panel.session != one.session:
            self.open_session(one)

    def _rights_changed(self) -> None:
        """Leave a page that this person's hub would leave empty."""
        needed = NEEDED.get(self._page_name())
        if needed is not None and not self.kit.bridge.rights.may(*needed):
            self.show_page("live")
        if not self.kit.bridge.rights.may(GetSession):
            self.panel.close_panel()

    def _names_changed(self) -> None:
        """Let go of what shows students as they were called before."""
        self.panel.close_panel()
        if self.playback is not None:
            if self.stack.currentWidget() is self.playback:
                self.close_playback()
            self.playback.close_session()
        for name in ("evidence", "rosters", "audit"):
            page = self._pages.pop(name, None)
            if page is not None:
                self.stack.removeWidget(page)
                page.deleteLater()

    def _make_menus(self) -> None:
        exam = self.menuBar().addMenu(tr("&Exam"))
        self._add(exam, tr("&New exam…"), "Ctrl+N", lambda: self._exams().show_new())
        self._add(exam, tr("&Open exam folder…"), "Ctrl+O", lambda: self._exams().choose_folder())
        self._add(exam, tr("Open .exam &file…"), "Ctrl+Shift+O", lambda: self._exams().choose_file())
        self._add(exam, tr("Import from &PrairieLearn…"), "Ctrl+Shift+N", lambda: self._exams().show_import())
        self._add(exam, tr("&Edit the exam"), "Ctrl+E", self._edit_latest)
        exam.addSeparator()
        self._add(exam, tr("&Quit; the exam goes on"), "Ctrl+Q", self.close)
        students = self.menuBar().addMenu(tr("&Students"))
        self._add(students, tr("&Search"), "Ctrl+F", self._find)
        self._add_commands(students)
        view = self.menuBar().addMenu(tr("&View"))
        for page in PAGES:
            self._add(
                view,
                page_title(page),
                KEYS[page],
                partial(self.show_page, page),
                *NEEDED.get(page, ()),
            )
        view.addSeparator()
        self._add(view, tr("&Projector view"), "F11", self.show_projector)
        self._add(view, tr("Session view of the chosen student"), "Ctrl+T", self._play_chosen, GetPlayback)
        self._add(view, tr("Review of the chosen student"), "Ctrl+R", self._review_chosen, GetReviews)
        self._add(view, tr("Close the session panel"), "Ctrl+W", self.panel.close_panel)
        self._add(view, tr("&Refresh"), "F5", self.kit.state.refresh)
        helping = self.menuBar().addMenu(tr("&Help"))
        self._add(helping, tr("&Keyboard"), "F1", self.show_cheat_sheet)

    def _add_commands(self, menu: QMenu) -> None:
        def command(text: str, keys: str, plan: Callable[[LivePage], None], *needs: type[Request[Any]]) -> None:
            self._add(menu, text, keys, lambda: self._command(plan), *needs)

        command(tr("Give &5 minutes…"), "Ctrl+5", lambda c: c.commands.extend(5), Extend)
        command(tr("Give &10 minutes…"), "Ctrl+0", lambda c: c.commands.extend(10), Extend)
        command(tr("&Message…"), "Ctrl+M", lambda c: c.commands.message(), Say)
        command(tr("&Pause…"), "Ctrl+P", lambda c: c.commands.pause(), Pause)
        command(tr("&Go on…"), "Ctrl+Shift+P", lambda c: c.commands.resume(), Pause)
        command(tr("Open the e&xam…"), "Ctrl+Shift+S", lambda c: c.commands.open_exam(), Open)
        command(tr("&End…"), "Ctrl+Shift+E", lambda c: c.commands.end(), End)
        command(tr("&Lock…"), "Ctrl+L", lambda c: c.commands.lock(), Lock)
        command(tr("&Collect all work…"), "Ctrl+Shift+C", lambda c: c.commands.collect(), Collect)
        menu.addSeparator()
        command(tr("What &wants a look"), "Ctrl+K", lambda c: c.show_room("look"))
        command(tr("What was &written"), "Ctrl+Shift+M", lambda c: c.show_room("said"), GetNotices)
        command(tr("Hand-&ins"), "Ctrl+H", lambda c: c.show_room("hand_ins"))
        command(tr("Lost &time"), "Ctrl+Shift+L", lambda c: c.show_room("lost_time"), GetLedger)
        command(tr("Inci&dents"), "Ctrl+Shift+I", lambda c: c.show_room("incidents"), GetIncidents)

    def _add(self, menu: QMenu, text: str, keys: str, then: Callable[[], object], *needs: type[Request[Any]]) -> None:
        action = QAction(text, self)
        action.setShortcut(QKeySequence(keys))
        action.triggered.connect(lambda _: then())
        menu.addAction(action)
        if needs:
            self.kit.bridge.rights.guard_menu(menu, action, *needs)

    # ------------------------------------------------------------------------------------- doing

    def open_exam(self, path: Path) -> None:
        """Start the hub of an exam, or find the one that runs, and connect."""
        exams = self._exams()
        exams.show_working(tr("Starting the hub of {name}…", name=path.name))
        self.opening.open_exam(path)

    def take_over(self, key: Path, passphrase: str) -> None:
        """Become the hub of the exam in a key file, and connect."""
        self._exams().show_working(tr("Taking over with {name}…", name=key.name))
        self.opening.take_over(key, passphrase)

    def say_no_hub(self, sentence: str) -> None:
        """Say on the first page why no exam is open."""
        self._exams().banner.say("info", sentence, tr("No exam is running"))

    def _hub_ready(self) -> None:
        self._exams().hide_working()
        self.link_banner.hide()

    def _hub_failed(self, sentence: str) -> None:
        exams = self._exams()
        exams.hide_working()
        exams.banner.say("attention", sentence, tr("The hub did not start"))

    def _exams(self) -> ExamsPage:
        page = self.show_page("exams")
        assert isinstance(page, ExamsPage)
        return page

    def _find(self) -> None:
        page = self.stack.currentWidget()
        search = getattr(page, "start_search", None)
        if search is None:
            self.show_page("live")
            search = self.live().start_search
        search()

    def _command(self, plan: Callable[[LivePage], None]) -> None:
        self.show_page("live")
        plan(self.live())

    def _extend_one(self, one: LiveRow) -> None:
        self.show_page("live")
        self.live().commands.extend(5, Target(sessions=(one.session,)))

    def _show_pcs(self) -> None:
        self.show_page("live")
        self.live().show_room("pcs")

    def _show_pc(self, one: LiveRow) -> None:
        self.panel.close_panel()
        self.show_page("live")
        self.live().show_pc(one)

    def _panel_closed(self) -> None:
        page = self.stack.currentWidget()
        if isinstance(page, LivePage):
            page.table.view.setFocus()

    def _begun_notes(self) -> bool:
        """Show where notes about students are begun and not kept; tell whether there are any."""
        review = self._pages.get("review")
        if isinstance(review, ReviewPage) and review.queue.card.drafts.sessions():
            self.show_page("review")
            review.queue.show_begun()
            return True
        evidence = self._pages.get("evidence")
        if not isinstance(evidence, EvidencePage) or not evidence.show_begun():
            return False
        self.show_page("evidence")
        return True

    def _link_changed(self, link: Link, why: str) -> None:
        if link is Link.LOST:
            self.link_banner.say(
                "attention",
                why,
                tr("The hub is not reached"),
                tr("Start its hub again") if self.opening.can_restart() else "",
                self.opening.restart,
            )
        elif link is Link.UP:
            self.link_banner.hide()

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Leave; the hub and the exam go on. Notes that are begun are pointed out once before."""
        if not self._warned and self._begun_notes():
            self._warned = True
            event.ignore()
            return
        if self.authoring is not None:
            self.authoring.flush()
        self.kit.preferences.remember("window", "main", self.saveGeometry())
        if self.projector is not None:
            self.projector.close()
        super().closeEvent(event)
