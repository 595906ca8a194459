"""The review and export page: the queue of sessions to review; records out, students' bundles in."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from examdesk.staffapi.messages import GetReviews, ImportBundle, StartExport
from instructor_app.kit import Kit
from instructor_app.pages.export import ExportTab
from instructor_app.pages.review_queue import ReviewQueue
from instructor_app.widgets.basic import column, holding, row
from instructor_app.words import tr
from shared.look import SPACE


class ReviewPage(QWidget):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session.
        looked: (LiveRow) another session is chosen: one that is shown beside the queue follows.
        looks_wanted: (LiveRow) show who looked at this session.
        pairs_wanted: (LiveRow) show the pairs of this student's program.
        played: (LiveRow) show this session in the session view.
        names_wanted: (bool) hide the names everywhere, or show them.
    """

    opened = Signal(object)
    looked = Signal(object)
    looks_wanted = Signal(object)
    pairs_wanted = Signal(object)
    played = Signal(object)
    names_wanted = Signal(bool)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.queue = ReviewQueue(kit)
        self.queue.opened.connect(self.opened)
        self.queue.looked.connect(self.looked)
        self.queue.looks_wanted.connect(self.looks_wanted)
        self.queue.pairs_wanted.connect(self.pairs_wanted)
        self.queue.played.connect(self.played)
        self.queue.names_wanted.connect(self.names_wanted)
        self.export = ExportTab(kit, self.queue.chosen_sessions)
        self.handing_in = self.export.handing_in
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.queue, tr("Review"))
        self.tabs.addTab(self.export, tr("Export"))
        self.tabs.setCornerWidget(holding(row(self.queue.views, self.queue.names)))
        kit.bridge.rights.guard_tab(self.tabs, self.queue, GetReviews)
        kit.bridge.rights.guard_tab(self.tabs, self.export, StartExport, ImportBundle)
        self.tabs.currentChanged.connect(lambda _: self._tab_changed())
        self.setLayout(column(self.tabs, margin=SPACE["l"]))
        self.setFocusProxy(self.queue.table.view)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        """Ask how the reviews stand."""
        super().showEvent(event)
        self.queue.start()

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.tabs.setCurrentWidget(self.queue)
        self.queue.start_search()

    def _tab_changed(self) -> None:
        self.queue.views.setVisible(self.tabs.currentWidget() is self.queue)
        if self.tabs.currentWidget() is self.export:
            self.export.options.fill()
            self.export.plan()

    def show_session(self, session: str, left_at: str = "") -> None:
        """Show a session in the queue; `left_at` is the time at which its session view was left."""
        self.tabs.setCurrentWidget(self.queue)
        self.queue.show_session(session)
        self.queue.card.offer_way_back(session, left_at)

    def show_export(self) -> None:
        """Show the exports."""
        self.tabs.setCurrentIndex(1)
