"""The evidence page: signals of the class, and how alike programs are, with the words that belong to it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QTabWidget, QWidget

from examdesk.staffapi.messages import MomentView, PairView
from instructor_app.kit import Kit
from instructor_app.pages.class_signals import ClassSignals
from instructor_app.pages.pairs import PairsView
from instructor_app.pages.side_by_side import SideBySideView
from instructor_app.widgets.basic import column, holding
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
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(column(self.tabs, margin=SPACE["l"])))
        self._stack.addWidget(self.side)
        self.setLayout(column(self._stack))
        self.setFocusProxy(self.signals.table.view)

    def show_similarity(self) -> None:
        """Show the pairs."""
        self.tabs.setCurrentWidget(self.pairs)

    def show_begun(self, otherwise: str) -> bool:
        """Show a pair about which a note is begun and not kept, and say what leaves it behind; false for none."""
        begun = self.side.note.drafts.sessions()
        if not begun:
            return False
        pair = next((one for one in self.pairs.model.all_rows() if {one.a, one.b} <= begun), None)
        self.show_similarity()
        if pair is not None:
            self._compare(pair)
        self.side.banner.say("attention", otherwise, tr("A note about a pair is begun and not kept"))
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
