"""The exams on the network, three lines each: title; who, where and for whom; whether it can be reached."""

from PyQt6.QtCore import QModelIndex, QRect, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QColor, QFont, QPainter
from PyQt6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from shared.look import plain_tip
from student_app.core.ports import FoundHub
from student_app.views.look import Look
from student_app.views.reach import Reach

HUB, DETAIL, ICON, TONE, WHERE = (Qt.ItemDataRole.UserRole + n for n in range(5))


BARE = 3
"""Names of sections of so few characters are said to be sections."""


class HubList(QListWidget):
    """Keeps the choice while exams come and go."""

    chosen = pyqtSignal()

    def __init__(self, look: Look, reach: Reach) -> None:
        super().__init__()
        self._reach = reach
        self._hubs: tuple[FoundHub, ...] = ()
        self._room = ""
        self.setItemDelegate(_ThreeLines(look, self))
        self.setAccessibleName(self.tr("Exams on this network"))
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(lambda *_: self.chosen.emit())

    @property
    def hub(self) -> FoundHub | None:
        """The chosen exam."""
        item = self.currentItem()
        hub = item.data(HUB) if item is not None else None
        return hub if isinstance(hub, FoundHub) else None

    def prefer(self, room: str) -> None:
        """Of several exams, list that of this room first and choose it by itself."""
        self._room = room
        hubs, self._hubs = self._hubs, ()
        self.show_hubs(hubs)

    def show_hubs(self, hubs: tuple[FoundHub, ...]) -> None:
        """Show these, and choose the only one."""
        kept = self.hub.name if self.hub is not None else ""
        if hubs != self._hubs:
            self._hubs = hubs
            self.blockSignals(True)
            self.clear()
            for hub in sorted(hubs, key=lambda hub: not same_room(hub.room, self._room)):
                item = QListWidgetItem(hub.title or self.tr("Exam without a title"))
                item.setData(HUB, hub)
                self.addItem(item)
                mine = not kept and same_room(hub.room, self._room)
                if hub.name == kept or len(hubs) == 1 or mine:
                    self.setCurrentItem(item)
            self.blockSignals(False)
            self.chosen.emit()
        for at in range(self.count()):
            shown = self.item(at)
            if shown is not None:
                self._describe(shown)

    def _sections(self, sections: str) -> str:
        return self.tr("Section {sections}").format(sections=sections) if _is_bare(sections) else sections

    def _describe(self, item: QListWidgetItem) -> None:
        hub: FoundHub = item.data(HUB)
        reached = self._reach.of(hub)
        parts: list[str] = []
        if hub.state in {"lobby", "run", "end"}:
            parts.append({
                "lobby": self.tr("not started yet"), "run": self.tr("running"), "end": self.tr("over"),
            }[hub.state])  # fmt: skip
        said = {
            "asking": (self.tr("seen"), "network", "muted"),
            "reachable": (self.tr("reachable"), "online", "positive"),
            "unreachable": (self.tr("this PC can't reach it: tell your proctor"), "offline", "attention"),
        }[reached]
        item.setData(DETAIL, " · ".join([said[0], *parts]))
        item.setData(ICON, said[1])
        item.setData(TONE, said[2])
        where = " · ".join(part for part in (hub.instructor, hub.room, self._sections(hub.sections)) if part)
        item.setData(WHERE, where or self.tr("room not given"))
        said_all = [item.text(), where, item.data(DETAIL)]
        item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(part for part in said_all if part))
        item.setToolTip(plain_tip("\n".join(part for part in said_all if part)))


def _is_bare(sections: str) -> bool:
    """Tell whether sections are only called A or 12, which says nothing by itself."""
    return bool(sections) and all(len(each.strip()) <= BARE for each in sections.split(","))


def same_room(one: str, other: str) -> bool:
    """Tell whether both mean one room, however it is spaced and capitalised; nothing is no room."""
    return bool(_plain(one)) and _plain(one) == _plain(other)


def _plain(room: str) -> str:
    return "".join(letter for letter in room.casefold() if letter.isalnum())


class _ThreeLines(QStyledItemDelegate):
    def __init__(self, look: Look, parent: QWidget) -> None:
        super().__init__(parent)
        self._look = look

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        del index
        return QSize(200, option.fontMetrics.height() * 3 + 26)

    def paint(self, painter: QPainter | None, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        assert painter is not None
        colours = self._look.colours
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hover = bool(option.state & QStyle.StateFlag.State_MouseOver)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = option.rect.adjusted(4, 2, -4, -2)
        if selected or hover:
            painter.setPen(QColor(colours.accent if selected else colours.line))
            painter.setBrush(QColor(colours.accent_soft if selected else colours.hover))
            painter.drawRoundedRect(box, 6, 6)
        tone = str(index.data(TONE) or "muted")
        place = QRect(box.left() + 10, box.center().y() - 10, 20, 20)
        place = QStyle.visualRect(option.direction, box, place)
        painter.drawPixmap(place, self._look.pixmap(str(index.data(ICON)), tone, 20))
        words = QStyle.visualRect(option.direction, box, box.adjusted(42, 7, -10, -7))
        font = QFont(option.font)
        font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(colours.accent_text if selected else colours.text))
        self._line(painter, words, str(index.data()), Qt.AlignmentFlag.AlignTop)
        painter.setFont(option.font)
        painter.setPen(QColor(colours.muted))
        self._line(painter, words, str(index.data(WHERE) or ""), Qt.AlignmentFlag.AlignVCenter)
        painter.setPen(QColor(colours.muted if tone != "attention" else colours.attention))
        self._line(painter, words, str(index.data(DETAIL) or ""), Qt.AlignmentFlag.AlignBottom)
        painter.restore()

    @staticmethod
    def _line(painter: QPainter, box: QRect, text: str, where: Qt.AlignmentFlag) -> None:
        short = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, box.width())
        painter.drawText(box, int(where | Qt.AlignmentFlag.AlignLeading), short)
