"""How the lab's PCs are prepared: the newest check of each, worst first, and what to do about it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QSplitter, QVBoxLayout, QWidget

from examdesk.staffapi.messages import GetPreflights, PreflightList, SeatPreflight, SeatResult
from instructor_app.kit import Kit
from instructor_app.pages.room.tab import RoomTab
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Chip, EmptyState, clear, column, holding, label, row
from instructor_app.widgets.flow import flow
from instructor_app.words import NOTHING, counted, day_and_time, named, tr
from shared.look import SPACE

LEVELS = {
    "blocked": ("Blocked", "warning", "attention"),
    "warning": ("Look at", "info", "info"),
    "untested": ("Not tested", "help", "muted"),
    "ok": ("In order", "check", "positive"),
}
WORST_FIRST = tuple(LEVELS)


class PcsTab(RoomTab):
    """All PCs that reported above, what was found at the chosen one below.

    Attributes:
        student_wanted: (student id) go to who sits there.
    """

    student_wanted = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__(kit)
        self._only: set[str] = set()
        self._wanted = ""
        self.summary = label("", wrap=True)
        self.chips = {level: Chip(kit.look, tr(words), icon) for level, (words, icon, _) in LEVELS.items()}
        for level, chip in self.chips.items():
            chip.clicked.connect(lambda _, level=level: self._toggle(level))
        self.model: RowsModel[SeatPreflight] = RowsModel(_columns(), lambda one: one.device, self)
        empty = EmptyState(
            kit.look,
            "live",
            tr("No PC has reported yet"),
            tr(
                "On each lab PC open ExamDesk and choose Help, “Check this PC”, or let IT run "
                "examdesk-student --\u2060preflight on all of them. It can be done days before, and during the exam."
            ),
        )
        self.table: TableBox[SeatPreflight] = TableBox(
            self.model, kit.look, kit.preferences, name="pcs", title=tr("PCs"), empty=empty
        )
        self.table.sort("level")
        self.table.chosen_changed.connect(self._show_chosen)
        self.table.opened.connect(lambda one: self.student_wanted.emit(one.student) if one.student else None)
        self.found = _Found(kit)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.table)
        split.addWidget(self.found)
        split.setChildrenCollapsible(False)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        chips = flow(*self.chips.values(), spacing=SPACE["xs"])
        layout = column(self.banner, self.summary, chips, split, margin=SPACE["s"])
        layout.setStretch(3, 1)
        self.setLayout(layout)

    def refresh(self) -> None:
        """Ask again how the PCs are prepared."""
        self._kit.bridge.query(GetPreflights(), self._take, self.problem, key="pcs")

    def show_student(self, student: str) -> None:
        """Show the PC of a student, or say that it never reported."""
        self._wanted = student
        self.refresh()

    def _take(self, found: PreflightList) -> None:
        self.model.replace(found.seats)
        counts = {level: sum(seat.level == level for seat in found.seats) for level in LEVELS}
        for level, chip in self.chips.items():
            chip.count(counts[level])
            chip.setVisible(bool(counts[level]) or level in self._only)
        self.summary.setText(" ".join((_said(len(found.seats), counts), self._silent(found))).strip())
        self.summary.setVisible(bool(found.seats))
        if self._wanted:
            self._choose_wanted(found)
        elif found.seats and not self.table.chosen():
            self.table.choose(min(found.seats, key=_order).device)
        self._show_chosen()

    def _silent(self, found: PreflightList) -> str:
        known = {seat.student for seat in found.seats if seat.student}
        silent = [one.name for one in self._kit.state.rows.values() if one.session and one.student not in known]
        if not silent:
            return ""
        return tr("Of the PCs in use, that of {names} never reported.", names=named(silent, 3))

    def _choose_wanted(self, found: PreflightList) -> None:
        student, self._wanted = self._wanted, ""
        seat = next((each for each in found.seats if each.student == student), None)
        if seat is None:
            one = self._kit.state.rows.get(student)
            name = student if one is None else one.name
            todo = tr("On that PC choose Help, “Check this PC”.")
            self.banner.say("info", todo, tr("The PC of {name} never reported a check", name=name))
            return
        self.banner.hide()
        if self._only and seat.level not in self._only:
            self._show_only(set())
        self.table.choose(seat.device)

    def _toggle(self, level: str) -> None:
        self._show_only(self._only ^ {level})

    def _show_only(self, only: set[str]) -> None:
        self._only = only
        for each, chip in self.chips.items():
            chip.setChecked(each in only)
        self.model.set_filter((lambda one: one.level in only) if only else None)

    def _show_chosen(self) -> None:
        chosen = self.table.chosen()
        self.found.show_seat(chosen[0] if chosen else None)


class _Found(QScrollArea):
    """What was found at one PC: first what is in the way, each with what to do, then what is in order."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._shown: SeatPreflight | None = None
        self._lines: QVBoxLayout = column(spacing=SPACE["s"], margin=SPACE["s"])
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMinimumHeight(120)
        self.setWidget(holding(self._lines))
        self.setAccessibleName(tr("What was found at this PC"))
        self.hide()

    def show_seat(self, seat: SeatPreflight | None) -> None:
        """Show a PC, or nothing."""
        self.setVisible(seat is not None)
        if seat == self._shown or seat is None:
            return
        self._shown = seat
        clear(self._lines)
        self._lines.addWidget(label(_name(seat), "subtitle", wrap=True))
        where = (seat.device_name if seat.seat else "", seat.platform, seat.address, day_and_time(seat.at_ms))
        self._lines.addWidget(label(" · ".join(part for part in where if part), "small", wrap=True))
        results = sorted(seat.results, key=lambda one: WORST_FIRST.index(one.level))
        for result in results:
            if result.level in ("blocked", "warning"):
                self._lines.addWidget(self._line(result))
        for level, words in (("untested", tr("Not tested: {names}.")), ("ok", tr("In order: {names}."))):
            names = ", ".join(each.name for each in results if each.level == level)
            if names:
                self._lines.addWidget(label(words.replace("{names}", names), "muted", wrap=True))
        self._lines.addStretch(1)

    def _line(self, result: SeatResult) -> QWidget:
        words, icon, tone = LEVELS[result.level]
        picture = QLabel()
        self._kit.look.dress(picture, icon, tone, 18)
        picture.setAccessibleName(tr(words))
        texts = [label(f"{result.name}: {result.found}", wrap=True)]
        if result.todo:
            texts.append(label(result.todo, "muted", wrap=True))
        line = row(picture, column(*texts, spacing=2), spacing=SPACE["s"])
        line.setStretch(1, 1)
        line.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        return holding(line)


def _said(seats: int, counts: dict[str, int]) -> str:
    parts = [counted(seats, "{n} PC reported.", "{n} PCs reported.")]
    if counts["blocked"]:
        parts.append(counted(counts["blocked"], "At {n} something is in the way.", "At {n} something is in the way."))
    elif counts["warning"]:
        parts.append(counted(counts["warning"], "{n} is to be looked at.", "{n} are to be looked at."))
    else:
        parts.append(tr("Nothing is in the way."))
    return " ".join(parts)


def _order(one: SeatPreflight) -> tuple[int, str]:
    return WORST_FIRST.index(one.level), _name(one).casefold()


def _name(one: SeatPreflight) -> str:
    return one.seat or one.device_name or one.address


def _columns() -> list[Column[SeatPreflight]]:
    def level(one: SeatPreflight) -> Cell:
        words, icon, tone = LEVELS[one.level]
        return Cell(tr(words), icon=icon, tone=tone)

    def first(one: SeatPreflight) -> str:
        worst = [each for each in one.results if each.level == one.level and one.level in ("blocked", "warning")]
        return "\n".join(f"{each.name}: {each.found}" for each in worst)

    return [
        Column(
            "pc",
            tr("PC"),
            lambda one: Cell(_name(one), note=one.device_name if one.seat and one.device_name != one.seat else ""),
            lambda one: _name(one).casefold(),
            120,
            stretch=True,
        ),
        Column("level", tr("Check"), level, _order, 104, tip=first),
        Column("student", tr("Student"), lambda one: one.student or NOTHING, width=84),
        Column("at", tr("Checked"), lambda one: day_and_time(one.at_ms), lambda one: one.at_ms, 120, hidden=True),
    ]
