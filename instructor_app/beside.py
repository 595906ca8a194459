"""The pages, and a session's panel beside the one in sight: in its place where there is no room for both."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QStackedWidget, QWidget

SHARE = 0.44
"""So much of the width the panel gets when it is opened."""


class Pages(QStackedWidget):
    """Pages of which one is in sight; it needs the room of that one, not of the widest."""

    def __init__(self) -> None:
        super().__init__()
        self.currentChanged.connect(lambda _: self.updateGeometry())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """Return what the page in sight needs."""
        page = self.currentWidget()
        return super().minimumSizeHint() if page is None else page.minimumSizeHint().expandedTo(page.minimumSize())


class PagesAndPanel(QSplitter):
    """See the module: opening the panel never makes the window wider than it is."""

    def __init__(self, panel: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.pages, self._panel = Pages(), panel
        self._both = False
        self.addWidget(self.pages)
        self.addWidget(panel)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.setChildrenCollapsible(False)
        panel.installEventFilter(self)
        self.pages.currentChanged.connect(lambda _: self._fit())

    def covered(self) -> bool:
        """Whether the panel stands in the place of the page."""
        return self.pages.isHidden()

    def _fit(self) -> None:
        opened = not self._panel.isHidden()
        least = self.pages.minimumSizeHint().width() + self._panel.minimumWidth() + self.handleWidth()
        room = self.width() >= least
        both = opened and room
        self._cover(opened and not room)
        if both and not self._both:
            beside = max(self._panel.minimumWidth(), round(self.width() * SHARE))
            self.setSizes([self.width() - beside, beside])
        self._both = both

    def _cover(self, covered: bool) -> None:
        """Hide the page, or show it again; the keyboard goes along."""
        if covered == self.covered():
            return
        self.pages.setVisible(not covered)
        page = self._panel if covered else self.pages.currentWidget()
        if page is not None:
            page.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow the panel as it is opened and closed."""
        if watched is self._panel and event.type() in (QEvent.Type.ShowToParent, QEvent.Type.HideToParent):
            self._fit()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Show both again where there is room now."""
        super().resizeEvent(event)
        self._fit()
