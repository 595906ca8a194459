"""What staff wrote, and how far each of it got, student by student."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QSplitter

from examdesk.staffapi.messages import (
    Delivery,
    DeliveryRow,
    GetDelivery,
    GetNotices,
    NoticeList,
    NoticeView,
    Say,
    Target,
)
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, button, column, holding, label, row
from instructor_app.words import NOTHING, clock_time, counted, tr
from shared.look import SPACE

KINDS = {
    "message": ("message", "Message"),
    "announcement": ("announce", "Announcement"),
    "correction": ("edit", "Correction"),
    "extension": ("clock", "Time"),
}


class SaidTab(RoomTab):
    """A list of notices; the chosen one shows whom it reached.

    Attributes:
        write_wanted: (Target, text) the person wants to write.
    """

    write_wanted = Signal(object, str)

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self.delivery: Delivery | None = None
        self.model: RowsModel[NoticeView] = RowsModel(_notice_columns(), lambda one: str(one.number), self)
        empty = EmptyState(
            kit.look,
            "message",
            tr("Nothing was written yet"),
            tr("What you write to students is listed here, with who has received and read it."),
            tr("Write to everybody"),
        )
        empty.acted.connect(lambda: self.write_wanted.emit(Target(), ""))
        self.table: TableBox[NoticeView] = TableBox(
            self.model, kit.look, kit.preferences, name="said", title=tr("What was written"), empty=empty
        )
        self.table.sort("at", Qt.SortOrder.DescendingOrder)
        self.text = label("", wrap=True, selectable=True)
        self.reached = label("", "muted", wrap=True)
        self.again = button(kit.look, tr("Write to who has not read it"), then=self._write_again)
        kit.bridge.rights.guard(self.again, Say)
        self.again.hide()
        self.who: RowsModel[DeliveryRow] = RowsModel(_delivery_columns(), lambda one: one.session, self)
        nobody = EmptyState(kit.look, "user", tr("Choose a message"), tr("Whom it reached is shown here."))
        self.who_table: TableBox[DeliveryRow] = TableBox(
            self.who, kit.look, kit.preferences, name="delivery", title=tr("Whom it reached"), empty=nobody
        )
        self.who_table.sort("read")
        reached = row(self.reached, self.again)
        reached.setStretch(0, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(holding(column(self.text, reached, self.who_table)))
        split.setSizes([220, 420])
        self.setLayout(column(self.banner, split, margin=SPACE["s"]))
        self.table.chosen_changed.connect(self._chosen)

    def refresh(self) -> None:
        """Ask again for the list and for whom the chosen one reached."""
        self._kit.bridge.query(GetNotices(), self._take, self.problem, key="notices")
        self._ask_delivery()

    def _take(self, found: NoticeList) -> None:
        self.model.replace(found.notices)
        if found.notices and not self.table.chosen():
            self.table.choose(str(found.notices[-1].number))

    def _chosen(self) -> None:
        if self.table.chosen():
            self._ask_delivery()

    def _ask_delivery(self) -> None:
        for notice in self.table.chosen()[:1]:
            self._kit.bridge.query(GetDelivery(number=notice.number), self._take_delivery, self.problem, key="delivery")

    def _take_delivery(self, found: Delivery) -> None:
        self.delivery, notice = found, found.notice
        self.text.setText(notice.text)
        self.reached.setText(
            tr(
                "For {students}: {delivered} received it, {read} read it.",
                students=counted(notice.students, "{n} student", "{n} students"),
                delivered=notice.delivered,
                read=notice.read,
            )
        )
        unread = sum(one.read_ms is None for one in found.rows)
        self.again.setVisible(bool(unread))
        self.who.replace(found.rows)

    def _write_again(self) -> None:
        if self.delivery is not None:
            unread = tuple(one.session for one in self.delivery.rows if one.read_ms is None)
            self.write_wanted.emit(Target(sessions=unread), self.delivery.notice.text)


def _notice_columns() -> list[Column[NoticeView]]:
    return [
        Column("at", tr("When"), lambda one: clock_time(one.at_ms), lambda one: one.at_ms, 62),
        Column(
            "text",
            tr("What was written"),
            lambda one: Cell(" ".join(one.text.split()), icon=KINDS.get(one.kind, ("message", ""))[0]),
            width=150,
            stretch=True,
            tip=lambda one: one.text,
        ),
        Column(
            "read",
            tr("Read"),
            lambda one: Cell(
                tr("{read} of {n}", read=one.read, n=one.students), share=one.read / one.students if one.students else 0
            ),
            lambda one: one.read / one.students if one.students else 0,
            88,
            number=True,
            tip=lambda one: tr("{n} received it, {read} read it", n=one.delivered, read=one.read),
        ),
        Column("who", tr("By"), lambda one: one.sender, width=80, hidden=True),
        Column("kind", tr("Kind"), lambda one: tr(KINDS.get(one.kind, ("", one.kind))[1]), width=100, hidden=True),
    ]


def _delivery_columns() -> list[Column[DeliveryRow]]:
    def seen(at_ms: int | None, *, online: bool) -> Cell:
        if at_ms is None:
            return Cell(tr("not yet") if online else tr("offline"), tone="muted")
        return Cell(clock_time(at_ms, seconds=True), icon="check", tone="positive")

    return [
        Column("student", tr("Student"), lambda one: student_cell(one.name, one.student), width=150, stretch=True),
        Column(
            "delivered",
            tr("Received"),
            lambda one: seen(one.delivered_ms, online=one.online),
            lambda one: one.delivered_ms or 0,
            96,
        ),
        Column("read", tr("Read"), lambda one: seen(one.read_ms, online=one.online), lambda one: one.read_ms or 0, 96),
        Column("section", tr("Section"), lambda one: one.section or NOTHING, width=70, hidden=True),
    ]
