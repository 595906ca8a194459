"""What this window's person may do at the hub, as the hub said at sign-in; controls whose request it would refuse rest.

Which request needs which permission stands in the staff API alone, and which role has it at the hub.
"""

from typing import Any, Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QTabWidget, QWidget

from examdesk.staffapi.messages import Request, SignedIn
from instructor_app.words import tr

Kind = type[Request[Any]]
INSTRUCTOR: Final = "instructor"


class Rights(QObject):
    """Follows the connection; before the first one, nothing is held back.

    Attributes:
        changed: another person's rights hold, at this hub or another.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._me: SignedIn | None = None

    def take(self, me: SignedIn | None) -> None:
        """Hold to what a hub said at sign-in."""
        before, self._me = self._me, me
        if (before and (before.role, before.permissions)) != (me and (me.role, me.permissions)):
            self.changed.emit()

    @property
    def role(self) -> str:
        """What this person is at the hub; empty for the instructor, and before signing in."""
        return "" if self._me is None or self._me.role == INSTRUCTOR else self._me.role.value

    def may(self, *kinds: Kind) -> bool:
        """Whether the hub would take one of these requests at least."""
        me = self._me
        return me is None or any(kind.NEEDS is None or kind.NEEDS in me.permissions for kind in kinds)

    def why_not(self) -> str:
        """The sentence for what this person may not do."""
        return tr("As {role} you may not do this. Ask the instructor.", role=self.role)

    def guard(self, control: QWidget | QAction, *kinds: Kind) -> None:
        """Let a control rest, with the reason in its tool tip, while the hub would refuse all of these requests."""
        _Guard(control, self, kinds)

    def guard_menu(self, menu: QMenu, control: QAction, *kinds: Kind) -> None:
        """Do so with an entry of a menu, which shows tool tips then."""
        menu.setToolTipsVisible(True)
        self.guard(control, *kinds)

    def guard_tab(self, tabs: QTabWidget, tab: QWidget, *kinds: Kind) -> None:
        """Do so with a tab."""
        _TabGuard(tabs, tab, self, kinds)


class _Guard(QObject):
    """Lives as long as its control; whoever else switches the control on is overruled, not forgotten."""

    def __init__(self, control: QWidget | QAction, rights: Rights, kinds: tuple[Kind, ...]) -> None:
        super().__init__(control)
        self._control, self._rights, self._kinds = control, rights, kinds
        self._tip = ""
        self._wanted = self._resting = False
        if isinstance(control, QAction):
            control.changed.connect(self._fit)
        else:
            control.installEventFilter(self)
        rights.changed.connect(self._fit)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Follow a widget that is switched on."""
        if event.type() == QEvent.Type.EnabledChange:
            self._fit()
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        control = self._control
        if not self._rights.may(*self._kinds):
            if not self._resting:
                self._resting, self._tip, self._wanted = True, control.toolTip(), False
                control.setToolTip(self._rights.why_not())
            if control.isEnabled():
                self._wanted = True
                control.setEnabled(False)
        elif self._resting:
            self._resting = False
            control.setToolTip(self._tip)
            if self._wanted:
                control.setEnabled(True)


class _TabGuard(QObject):
    def __init__(self, tabs: QTabWidget, tab: QWidget, rights: Rights, kinds: tuple[Kind, ...]) -> None:
        super().__init__(tab)
        self._tabs, self._tab, self._rights, self._kinds = tabs, tab, rights, kinds
        rights.changed.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        place, may = self._tabs.indexOf(self._tab), self._rights.may(*self._kinds)
        self._tabs.setTabEnabled(place, may)
        self._tabs.setTabToolTip(place, "" if may else self._rights.why_not())
