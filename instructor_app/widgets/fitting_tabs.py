"""Tabs that all stay in sight: where words have no room, icons stand for the tabs that are not chosen."""

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from instructor_app.theme import Look
from instructor_app.widgets.basic import restyle

ICON = 16


@dataclass(frozen=True, slots=True)
class _Fit:
    """How tabs are shown: with less space around words, and those not chosen as icons or without counts."""

    tight: bool = False
    icons: bool = False
    counts: bool = True


@dataclass(slots=True)
class _Tab:
    title: str
    icon: str
    count: int = 0

    def words(self) -> str:
        return f"{self.title} {self.count}" if self.count else self.title

    def text(self, fit: _Fit) -> str:
        """Return what stands on the tab while another one is chosen."""
        count = str(self.count) if self.count and fit.counts else ""
        return count if fit.icons else f"{self.title} {count}".rstrip()


_FITS = (
    _Fit(),
    _Fit(tight=True),
    _Fit(tight=True, counts=False),
    _Fit(tight=True, icons=True),
    _Fit(tight=True, icons=True, counts=False),
)


class FittingTabs(QTabWidget):
    """See the module. Titles can have a count; screen readers and tool tips have the whole title always."""

    def __init__(self, look: Look, name: str) -> None:
        super().__init__()
        self._look = look
        self._tabs: list[_Tab] = []
        self._fitted: tuple[object, ...] = ()
        self.setDocumentMode(True)
        self.setIconSize(QSize(ICON, ICON))
        self.setAccessibleName(name)
        self.tabBar().setAccessibleName(name)
        self.currentChanged.connect(lambda _: self._fit())
        look.changed.connect(self._fit_anew)

    def add(self, part: QWidget, title: str, icon: str) -> None:
        """Add a tab at the end."""
        self._tabs.append(_Tab(title, icon))
        self.addTab(part, title)
        self._fit()

    def count_at(self, part: QWidget, many: int) -> None:
        """Say how many there are of what a tab shows; none is not said."""
        self._tabs[self.indexOf(part)].count = many
        self._fit()

    def _fit_anew(self) -> None:
        self._fitted = ()
        self._fit()

    def _fit(self) -> None:
        """Show as much of every tab as there is room for."""
        wanted = (self.width(), self.currentIndex(), *(each.words() for each in self._tabs))
        if wanted == self._fitted or len(self._tabs) != self.count():
            return
        self._fitted = wanted
        for fit in _FITS:
            self._show(fit)
            if self.tabBar().sizeHint().width() <= self.width():
                break

    def _show(self, fit: _Fit) -> None:
        bar = self.tabBar()
        if bar.property("room") != ("tight" if fit.tight else ""):
            restyle(bar, room="tight" if fit.tight else "")
        for place, tab in enumerate(self._tabs):
            alone = fit.icons and place != self.currentIndex()
            text = tab.words() if place == self.currentIndex() else tab.text(fit)
            self.setTabIcon(place, self._look.icon(tab.icon, "muted", ICON) if alone else QIcon())
            self.setTabText(place, text)
            self.setTabToolTip(place, "" if text == tab.words() else tab.words())
            bar.setAccessibleTabName(place, tab.words())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fit into the new width."""
        super().resizeEvent(event)
        self._fit()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Fit with another size of letters."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_anew()
