"""Inputs that behave on a page that is scrolled: the wheel changes none by accident, and leaving one is told."""

from collections.abc import Callable

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtGui import QFocusEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLabel, QPlainTextEdit, QSpinBox, QWidget


class Pressed(QLabel):
    """Words beside a box that wrap; a press on them presses the box."""

    def __init__(self, text: str, box: QCheckBox) -> None:
        super().__init__(text)
        self._box = box
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setMinimumHeight(24)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Press the box."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self._box.setFocus(Qt.FocusReason.MouseFocusReason)
            self._box.click()


class CalmCombo(QComboBox):
    """A choice that the mouse wheel changes only where it was clicked before."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(180)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the page, not the choice."""
        _only_focused(self, event, super().wheelEvent)


class CalmSpin(QSpinBox):
    """A number that the mouse wheel changes only where it was clicked before."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the page, not the number."""
        _only_focused(self, event, super().wheelEvent)


class CalmDouble(QDoubleSpinBox):
    """As `CalmSpin`, with fractions; zeros at the end are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setDecimals(3)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        """Write a number as people do."""
        return QLocale().toString(value, "g", 8)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """Scroll the page, not the number."""
        _only_focused(self, event, super().wheelEvent)


def _only_focused(widget: QWidget, event: QWheelEvent, usual: Callable[[QWheelEvent], None]) -> None:
    if widget.hasFocus():
        usual(event)
    else:
        event.ignore()


class LeavingEdit(QPlainTextEdit):
    """Tells when the person leaves it.

    Attributes:
        left: the focus went elsewhere.
    """

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Tell."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()
