"""The evidence page: signals of the class, and how alike programs are, with the words that belong to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from examdesk.staffapi.messages import MomentView, PairView
from instructor_app.kit import Kit
from instructor_app.pages.class_signals import ClassSignals
from instructor_app.pages.pairs import PairsView
from instructor_app.pages.review_acts import Drafts
from instructor_app.pages.side_by_side import SideBySideView
from instructor_app.widgets.basic import Banner, column, holding
from instructor_app.words import tr
from shared.look import SPACE


class EvidencePage(QWidget):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session's signals.
        review_wanted: (session) show the review of this session.
        moment_wanted: (LiveRow, journal, seq, at_ms, file) show this session at this moment.
    """

    opened = Signal(object)
    review_wanted = Signal(str)
    moment_wanted = Signal(object, str, int, object, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.signals = ClassSignals(kit)
        self.signals.moment_wanted.connect(self.moment_wanted)
        self.signals.review_wanted.connect(self.review_wanted)
        self._drafts = Drafts(kit, "pair", self)
        self._pairs: PairsView | None = None
        self._side: SideBySideView | None = None
        self._place_of_pairs = holding(column())
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.signals, tr("Signals"))
        self.tabs.addTab(self._place_of_pairs, tr("Code similarity"))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.waiting = Banner(kit.look)
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(column(self.waiting, self.tabs, margin=SPACE["l"])))
        self.setLayout(column(self._stack))
        self.setFocusProxy(self.signals.table.view)
        self._drafts.loaded.connect(self._say_waiting)
        self._say_waiting()

    @property
    def pairs(self) -> PairsView:
        """The pairs, made when they are first looked at."""
        if self._pairs is None:
            self._pairs = made = PairsView(self._kit)
            made.opened.connect(self._compare)
            made.note_wanted.connect(self._note)
            made.review_wanted.connect(self.review_wanted)
            layout = self._place_of_pairs.layout()
            assert layout is not None
            layout.addWidget(made)
        return self._pairs

    @property
    def side(self) -> SideBySideView:
        """Two programs side by side, made when a pair is first looked at."""
        if self._side is None:
            self._side = made = SideBySideView(self._kit, self._drafts)
            made.closed.connect(self._back)
            made.stepped.connect(self.pairs.step)
            made.opened.connect(self._open_session)
            made.moment_wanted.connect(self._open_moment)
            self._stack.addWidget(made)
        return self._side

    def show_similarity(self) -> None:
        """Show the pairs."""
        self.tabs.setCurrentWidget(self._place_of_pairs)

    def _say_waiting(self) -> None:
        """Say that a note about a pair waits since an earlier time."""
        if self._drafts.sessions():
            self.waiting.say(
                "info",
                tr("Begun earlier and not kept yet."),
                tr("A note about a pair waits"),
                tr("Show"),
                self._show_waiting,
            )

    def _show_waiting(self) -> None:
        """Open the pair, or all pairs of one of its two where it is not in the list yet."""
        self.waiting.hide()
        if not self._show_pair_of_note():
            for session in sorted(self._drafts.sessions())[:1]:
                one = self._kit.state.by_session(session)
                self.pairs.show_program(session, one.name if one is not None else session)

    def _show_pair_of_note(self) -> bool:
        begun = self._drafts.sessions()
        pair = next((one for one in self.pairs.model.all_rows() if {one.a, one.b} <= begun), None)
        self.show_similarity()
        if pair is not None:
            self._compare(pair)
        return pair is not None

    def show_begun(self) -> bool:
        """Show a pair about which a note is begun and not kept, before the window closes; false for none."""
        if not self._drafts.sessions():
            return False
        self._show_pair_of_note()
        words = tr("Keep the note, or close the window once more: it waits for you on this computer.")
        self.side.banner.say("attention", words, tr("A note about a pair is begun and not kept"))
        return True

    def _tab_changed(self) -> None:
        similarity = self.tabs.currentWidget() is self._place_of_pairs
        if similarity:
            self.pairs.ask()
        if self.isVisible() and not self.tabs.tabBar().hasFocus():  # who walks along the tabs by keyboard stays there
            (self.pairs if similarity else self.signals).table.view.setFocus()

    def _open_session(self, session: str) -> None:
        one = self._kit.state.by_session(session)
        if one is not None:
            self.opened.emit(one)

    def _open_moment(self, session: str, moment: MomentView, file: str) -> None:
        one = self._kit.state.by_session(session)
        if one is not None:
            self.moment_wanted.emit(one, moment.journal, moment.seq, moment.at_ms, file)

    def _compare(self, pair: PairView) -> None:
        self.side.show_pair(pair, self.pairs.question())
        self.side.show_place(*self.pairs.choose(pair))
        self._stack.setCurrentWidget(self.side)

    def _note(self, pair: PairView) -> None:
        self._compare(pair)
        self.side.start_note_when_there()

    def _back(self) -> None:
        self._stack.setCurrentIndex(0)
        self.pairs.table.view.setFocus()
