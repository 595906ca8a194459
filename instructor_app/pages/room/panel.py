"""The room panel: tabs, the open one follows what happens."""

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QTabWidget

from examdesk.staffapi.messages import (
    Changed,
    GetIncidents,
    GetLedger,
    GetNotices,
)
from instructor_app.kit import Kit
from instructor_app.pages.room.hand_ins import HandInsTab
from instructor_app.pages.room.incidents import IncidentsTab
from instructor_app.pages.room.look import LookTab
from instructor_app.pages.room.lost_time import LostTimeTab
from instructor_app.pages.room.pcs import PcsTab
from instructor_app.pages.room.said import SaidTab
from instructor_app.pages.room.tab import RoomTab
from instructor_app.watch import Watch
from instructor_app.widgets.basic import button, column, label, row, shortcut
from instructor_app.words import tr
from shared.look import SPACE

FOLLOW_MS = 1500
WIDTH = 328


class RoomPanel(QFrame):
    """See the module.

    Attributes:
        closed: the person closed it.
    """

    closed = Signal()

    def __init__(self, kit: Kit, watch: Watch) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "panel")
        self.setMinimumWidth(WIDTH)
        self.said, self.hand_ins, self.incidents = SaidTab(kit), HandInsTab(kit), IncidentsTab(kit)
        self.lost_time, self.look, self.pcs = LostTimeTab(kit), LookTab(kit, watch), PcsTab(kit)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.setUsesScrollButtons(True)
        for tab, title in (
            (self.look, tr("To look at")),
            (self.said, tr("Messages")),
            (self.hand_ins, tr("Hand-ins")),
            (self.lost_time, tr("Lost time")),
            (self.incidents, tr("Incidents")),
            (self.pcs, tr("PCs")),
        ):
            self.tabs.addTab(tab, title)
        for tab, kind in ((self.said, GetNotices), (self.lost_time, GetLedger), (self.incidents, GetIncidents)):
            kit.bridge.rights.guard_tab(self.tabs, tab, kind)
        self.tabs.currentChanged.connect(lambda _: self.refresh())
        close = button(kit.look, "", "close", "quiet", tip=tr("Close (Esc)"), then=self.close_panel)
        head = row(label(tr("The room"), "title"), None, close)
        head.setContentsMargins(SPACE["l"], SPACE["m"], SPACE["m"], SPACE["xs"])
        self.setLayout(column(head, self.tabs, spacing=SPACE["xs"]))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FOLLOW_MS)
        self._later.timeout.connect(self.refresh)
        kit.bridge.changed.connect(self._changed)
        self._renamed = False
        kit.state.names_changed.connect(self._names_changed)
        kit.state.rows_changed.connect(self._rows_changed)
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_panel, within)
        self.hide()

    def show_tab(self, tab: RoomTab) -> None:
        """Show the panel with this tab."""
        self.tabs.setCurrentWidget(tab)
        self.show()
        self.refresh()

    def refresh(self) -> None:
        """Ask for what the open tab shows."""
        tab = self.tabs.currentWidget()
        if isinstance(tab, RoomTab) and not self.isHidden():
            tab.refresh()

    def _names_changed(self) -> None:
        self._renamed = True
        self._ask_all()

    def _rows_changed(self, _rows: object, whole: bool) -> None:  # a signal's
        if whole and self._renamed:  # what is said of the rows comes with them
            self._renamed = False
            self._ask_all()

    def _ask_all(self) -> None:
        """Let every tab ask again, seen or not: it may hold names that are hidden now."""
        for place in range(self.tabs.count()):
            tab = self.tabs.widget(place)
            if isinstance(tab, RoomTab):
                tab.refresh()

    def close_panel(self) -> None:
        """Go away."""
        self.hide()
        self.closed.emit()

    @Slot(object)
    def _changed(self, _: Changed) -> None:
        if self.isVisible() and not self._later.isActive():
            self._later.start()
