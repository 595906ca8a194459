"""A layout that fills rows from the start and wraps when the width is used up."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

from shared.look import SPACE


class FlowLayout(QLayout):
    """Items in reading order; the ones after `push` stand at the far end while there is room."""

    def __init__(self, spacing: int = SPACE["s"]) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self._push_from: int | None = None
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def push(self) -> None:
        """Let the items that are added from now on stand at the far end of their row."""
        self._push_from = len(self._items)

    def addItem(self, item: QLayoutItem) -> None:  # noqa: N802
        """Take an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return how many items there are."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Return an item; None past the end."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: N802
        """Remove an item and return it."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:  # noqa: N802
        """Take no more than needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: N802
        """Wrap."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802
        """Return the height at a width."""
        return self._arrange(QRect(0, 0, width, 0), place=False)

    def sizeHint(self) -> QSize:  # noqa: N802
        """Return the size of everything in one row."""
        shown = [item for item in self._items if not item.isEmpty()]
        width = sum(item.sizeHint().width() + self.spacing() for item in shown)
        return QSize(width, max((item.sizeHint().height() for item in shown), default=0))

    def minimumSize(self) -> QSize:  # noqa: N802
        """Return the size of the largest item."""
        size = QSize()
        for item in self._items:
            if not item.isEmpty():
                size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QRect) -> None:  # noqa: N802
        """Place the items."""
        super().setGeometry(rect)
        self._arrange(rect, place=True)

    def _arrange(self, rect: QRect, *, place: bool) -> int:
        top, used = rect.top(), 0
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for _, item in line)
            if place:
                self._place(line, QRect(rect.left(), top, rect.width(), height))
            top += height + self.spacing()
            used = top - self.spacing() - rect.top()
        return used

    def _lines(self, width: int) -> list[list[tuple[int, QLayoutItem]]]:
        lines: list[list[tuple[int, QLayoutItem]]] = []
        left = 0
        for number, item in enumerate(self._items):
            if item.isEmpty():
                continue
            wide = item.sizeHint().width()
            if not lines or left + wide > width:
                lines.append([])
                left = 0
            lines[-1].append((number, item))
            left += wide + self.spacing()
        return lines

    def _place(self, line: list[tuple[int, QLayoutItem]], room: QRect) -> None:
        used = sum(item.sizeHint().width() for _, item in line) + self.spacing() * (len(line) - 1)
        spare = max(0, room.width() - used)
        left = room.left()
        for number, item in line:
            if self._push_from is not None and number >= self._push_from and spare:
                left, spare = left + spare, 0
            size = item.sizeHint()
            at = QPoint(left, room.top() + (room.height() - size.height()) // 2)
            item.setGeometry(QRect(at, QSize(min(size.width(), room.width()), size.height())))
            left += size.width() + self.spacing()


def flow(*widgets: QWidget, spacing: int = SPACE["s"], last: QWidget | None = None) -> QWidget:
    """Return widgets in rows that wrap; `last` stands at the far end."""
    layout = FlowLayout(spacing)
    for widget in widgets:
        layout.addWidget(widget)
    if last is not None:
        layout.push()
        layout.addWidget(last)
    holder = QWidget()
    policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    policy.setHeightForWidth(True)
    holder.setSizePolicy(policy)
    holder.setLayout(layout)
    return holder
