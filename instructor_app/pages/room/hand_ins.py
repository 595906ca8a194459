"""Who has handed in, and from whom nothing came."""

from collections.abc import Callable

from PySide6.QtCore import Signal

from examdesk.staffapi.messages import (
    Collect,
    GetHandIns,
    HandInRow,
    HandIns,
    Target,
)
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Chip, EmptyState, button, column, label, row
from instructor_app.widgets.flow import flow
from instructor_app.words import NOTHING, clock_time, counted, tr
from shared.look import SPACE

STATES = {
    "not handed in": ("Not handed in", "warning", "attention"),
    "as it stands": ("As it stands", "info", "info"),
    "not joined": ("Not joined", "status-not-joined", "muted"),
    "handed in": ("Handed in", "check", "positive"),
    "collected": ("Collected", "check", "positive"),
    "at time-up": ("At time-up", "check", "positive"),
}
MISSING = ("not handed in", "as it stands", "not joined")


class HandInsTab(RoomTab):
    """The list, first of those from whom something is missing.

    Attributes:
        collect_wanted: (Target) end it for these and take their work.
        student_wanted: (student id) go to this student.
    """

    collect_wanted = Signal(object)
    student_wanted = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._only: set[str] = set()
        self.summary = label("", wrap=True)
        self.chips = {state: Chip(kit.look, tr(STATES[state][0]), STATES[state][1]) for state in STATES}
        for state, chip in self.chips.items():
            chip.clicked.connect(lambda _, state=state: self._toggle(state))
        self.collect = button(kit.look, tr("Collect all work…"), "submit", then=self._collect)
        kit.bridge.rights.guard(self.collect, Collect)
        self.model: RowsModel[HandInRow] = RowsModel(_columns(self._over), lambda one: one.student, self)
        empty = EmptyState(kit.look, "submit", tr("Nobody is on the list"), tr("Students appear here when they join."))
        self.table: TableBox[HandInRow] = TableBox(
            self.model, kit.look, kit.preferences, name="hand-ins", title=tr("Hand-ins"), empty=empty
        )
        self.table.sort("state")
        self.table.opened.connect(lambda one: self.student_wanted.emit(one.student))
        head = row(self.summary, self.collect)
        head.setStretch(0, 1)
        chips = flow(*self.chips.values(), spacing=SPACE["xs"])
        self.setLayout(column(self.banner, head, chips, self.table, margin=SPACE["s"]))

    def refresh(self) -> None:
        """Ask again who handed in."""
        self._kit.bridge.query(GetHandIns(), self._take, self.problem, key="hand-ins")

    def _take(self, found: HandIns) -> None:
        self.model.replace(found.rows)
        missing = found.counts.get("not handed in", 0)
        done = sum(number for state, number in found.counts.items() if state not in MISSING)
        of = len(found.rows)
        words = tr("{done} of {n} handed in.", done=done, n=of)
        rest = counted(missing, "{n} has not.", "{n} have not.") if missing else ""
        self.summary.setText(f"{words} {rest}".strip())
        self.collect.setEnabled(bool(missing))
        for state, chip in self.chips.items():
            chip.count(found.counts.get(state, 0))
            chip.setVisible(bool(found.counts.get(state)) or state in self._only)

    def _over(self) -> bool:
        exam = self._kit.state.exam
        return exam is not None and exam.phase == "ended"

    def _toggle(self, state: str) -> None:
        self._only ^= {state}
        only = set(self._only)
        for each, chip in self.chips.items():
            chip.setChecked(each in only)
        self.model.set_filter((lambda one: one.state in only) if only else None)

    def _collect(self) -> None:
        chosen = tuple(one.session for one in self.table.chosen() if one.session)
        self.collect_wanted.emit(Target(sessions=chosen) if len(chosen) > 1 else Target())


def _columns(over: Callable[[], bool]) -> list[Column[HandInRow]]:
    order = list(STATES)

    def state(one: HandInRow) -> Cell:
        words, icon, tone = STATES[one.state]
        if one.state == "not handed in" and not over():
            return Cell(tr(words), tone="muted")  # still at work: nothing to worry about
        return Cell(tr(words), icon=icon, tone=tone)

    return [
        Column("student", tr("Student"), lambda one: student_cell(one.name, one.student), width=120, stretch=True),
        Column("state", tr("State"), state, lambda one: order.index(one.state), 118),
        Column("at", tr("When"), lambda one: clock_time(one.at_ms), lambda one: one.at_ms or 0, 60, number=True),
        Column(
            "saved",
            tr("Last saved"),
            lambda one: clock_time(one.last_saved_ms),
            lambda one: one.last_saved_ms or 0,
            90,
            number=True,
            tip=lambda one: tr("{n} events are with the hub", n=one.events),
        ),
        Column("code", tr("Receipt code"), lambda one: one.code or NOTHING, width=120, hidden=True, code=True),
        Column("section", tr("Section"), lambda one: one.section or NOTHING, width=70, hidden=True),
    ]
