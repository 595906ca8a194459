"""The evidence page: signals of the class, and how alike programs are, with the words that belong to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from examdesk.staffapi.messages import MomentView, PairView
from instructor_app.kit import Kit
from instructor_app.pages.class_signals import ClassSignals
from instructor_app.pages.pairs import PairsView
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
        self.pairs = PairsView(kit)
        self.side = SideBySideView(kit)
        self.pairs.opened.connect(self._compare)
        self.pairs.note_wanted.connect(self._note)
        self.pairs.review_wanted.connect(self.review_wanted)
        self.side.closed.connect(self._back)
        self.side.stepped.connect(self.pairs.step)
        self.side.opened.connect(self._open_session)
        self.side.moment_wanted.connect(self._open_moment)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.signals, tr("Signals"))
        self.tabs.addTab(self.pairs, tr("Code similarity"))
        self.tabs.currentChanged.connect(self._tab_changed)
        self.waiting = Banner(kit.look)
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(column(self.waiting, self.tabs, margin=SPACE["l"])))
        self._stack.addWidget(self.side)
        self.setLayout(column(self._stack))
        self.setFocusProxy(self.signals.table.view)
        self.side.note.drafts.loaded.connect(self._say_waiting)
        self._say_waiting()

    def show_similarity(self) -> None:
        """Show the pairs."""
        self.tabs.setCurrentWidget(self.pairs)

    def _say_waiting(self) -> None:
        """Say that a note about a pair waits since an earlier time."""
        if self.side.note.drafts.sessions():
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
            for session in sorted(self.side.note.drafts.sessions())[:1]:
                one = self._kit.state.by_session(session)
                self.pairs.show_program(session, one.name if one is not None else session)

    def _show_pair_of_note(self) -> bool:
        begun = self.side.note.drafts.sessions()
        pair = next((one for one in self.pairs.model.all_rows() if {one.a, one.b} <= begun), None)
        self.show_similarity()
        if pair is not None:
            self._compare(pair)
        return pair is not None

    def show_begun(self) -> bool:
        """Show a pair about which a note is begun and not kept, before the window closes; false for none."""
        if not self.side.note.drafts.sessions():
            return False
        self._show_pair_of_note()
        words = tr("Keep the note, or close the window once more: it waits for you on this computer.")
        self.side.banner.say("attention", words, tr("A note about a pair is begun and not kept"))
        return True

    def _tab_changed(self) -> None:
        if self.tabs.currentWidget() is self.pairs:
            self.pairs.ask()

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
