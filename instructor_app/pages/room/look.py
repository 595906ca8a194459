"""What wants a look: a quiet list, from which things are put away."""

from dataclasses import dataclass

from PySide6.QtCore import Signal, Slot

from examdesk.staffapi.messages import LiveRow
from instructor_app.indicators import Indicator
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.state import key_of
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.watch import Watch
from instructor_app.widgets.basic import EmptyState, button, column, label, row
from instructor_app.words import NOTHING, clock_time, counted, tr
from shared.look import SPACE


@dataclass(frozen=True, slots=True)
class Look:
    """One thing about one student."""

    row: LiveRow
    mark: Indicator
    seen: bool

    @property
    def key(self) -> str:
        """Which it is."""
        return f"{key_of(self.row)}:{self.mark.kind}"


class LookTab(RoomTab):
    """See the module.

    Attributes:
        student_wanted: (student id) go to this student.
        settings_wanted: the person wants to change what is listed here.
    """

    student_wanted = Signal(str)
    settings_wanted = Signal()

    def __init__(self, kit: Kit, watch: Watch) -> None:
        super().__init__(kit)
        self._watch = watch
        self.summary = label("", wrap=True)
        self.away = button(kit.look, tr("Seen"), "check", then=self.put_away)
        self.away.setToolTip(tr("Count these no more until they come again"))
        self.model: RowsModel[Look] = RowsModel(_columns(), lambda one: one.key, self)
        empty = EmptyState(
            kit.look,
            "check",
            tr("Nothing wants a look"),
            tr("Desks that fall silent or offline, runs that keep failing, hands that wait are listed here, quietly."),
        )
        self.table: TableBox[Look] = TableBox(
            self.model, kit.look, kit.preferences, name="look", title=tr("What wants a look"), empty=empty
        )
        self.table.sort("since")
        self.table.opened.connect(lambda one: self.student_wanted.emit(one.row.student))
        rules = button(kit.look, tr("Change what is listed here"), kind="link", then=self.settings_wanted.emit)
        head = row(self.summary, self.away)
        head.setStretch(0, 1)
        self.setLayout(column(self.banner, head, self.table, row(rules, None), margin=SPACE["s"]))
        watch.changed.connect(self._changed)
        self.refresh()

    @Slot()
    def refresh(self) -> None:
        """Show what wants a look now."""
        found = [Look(one, mark, self._watch.is_seen(key_of(one), mark.kind)) for one, mark in self._watch.everything()]
        self.model.replace(found)
        fresh = sum(not one.seen for one in found)
        self.summary.setText(
            counted(fresh, "{n} thing wants a look.", "{n} things want a look.")
            if fresh
            else tr("Everything was seen.")
        )
        self.summary.setVisible(bool(found))
        self.away.setVisible(bool(fresh))

    @Slot()
    def _changed(self) -> None:
        if self.isVisible():  # out of sight the count on the button is enough
            self.refresh()

    def put_away(self) -> None:
        """Put away what is selected, or everything."""
        chosen = self.table.chosen() or self.model.all_rows()
        self._watch.put_away([(key_of(one.row), one.mark.kind) for one in chosen])

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Be up to date when looked at."""
        self.refresh()


def _columns() -> list[Column[Look]]:
    return [
        Column(
            "what",
            tr("What"),
            lambda one: Cell(one.mark.short, icon=one.mark.icon, tone="muted" if one.seen else "attention"),
            width=128,
            tip=lambda one: one.mark.words,
        ),
        Column(
            "student",
            tr("Student"),
            lambda one: Cell(one.row.name, note=one.row.seat, tone="muted" if one.seen else ""),
            width=130,
            stretch=True,
        ),
        Column(
            "since",
            tr("Since"),
            lambda one: clock_time(one.mark.since_ms),
            lambda one: one.mark.since_ms or 0,
            64,
            number=True,
        ),
        Column("section", tr("Section"), lambda one: one.row.section or NOTHING, width=70, hidden=True),
    ]
