"""The commands of the live page: whom they are for, and which there are."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QMenu, QSpinBox, QWidget

from examdesk.staffapi.messages import (
    Collect,
    End,
    Extend,
    LiveRow,
    Lock,
    Open,
    OpeningView,
    Pause,
    Redraw,
    Reopen,
    Say,
    ShowStartCode,
    TakeBackOpening,
    Target,
)
from instructor_app.kit import Kit
from instructor_app.pages.action_sheet import ActionSheet
from instructor_app.plans import (
    Plan,
    plan_collect,
    plan_end,
    plan_extend,
    plan_lock,
    plan_message,
    plan_open,
    plan_pause,
    plan_redraw,
    plan_reopen,
    plan_take_back,
)
from instructor_app.widgets.basic import button, card, column, holding, label, name_for_readers, roomy, row
from instructor_app.widgets.flow import flow
from instructor_app.words import clock_time, counted, tr
from shared.look import SPACE

MINUTES = (5, 10, 15, 20, 30)
IN_A_WHILE_MS = 10 * 60_000
FULL_MINUTES_MS = 5 * 60_000


class CommandBar(QWidget):
    """Whom the commands are for, and the commands.

    Attributes:
        start_code_wanted: the person wants to read the start code aloud.
    """

    start_code_wanted = Signal()

    def __init__(
        self, kit: Kit, sheet: ActionSheet, selected: Callable[[], list[LiveRow]], last: QWidget | None = None
    ) -> None:
        super().__init__()
        self._kit, self._sheet, self._selected = kit, sheet, selected
        self.target_box = QComboBox()
        name_for_readers(self.target_box, tr("Whom the commands are for"))
        self.target_box.setMinimumWidth(136)
        look = kit.look
        self.open_button = button(look, tr("Open exam"), "play", "primary", then=self.open_exam)
        self.five = button(look, tr("+5 min"), "clock", then=lambda: self.extend(5))
        self.ten = button(look, tr("+10 min"), then=lambda: self.extend(10))
        self.more = button(look, tr("More time"))
        self.more.setMenu(self._more_menu())
        self.pause_button = button(look, tr("Pause"), "pause", then=self.pause)
        self.resume_button = button(look, tr("Go on"), "play", then=self.resume)
        self.message_button = button(look, tr("Write"), "message", then=self.message)
        self.message_button.setToolTip(tr("Message, announcement or correction (Ctrl+M)"))
        self.end_button = button(look, tr("End…"), "stop", then=self.end)
        self.more_button = button(look, "", "more", tip=tr("More commands"))
        self.menu = self._rest_menu()
        self.more_button.setMenu(self.menu)
        self.setLayout(
            column(
                flow(
                    holding(row(label(tr("For"), "muted"), self.target_box)),
                    self.open_button,
                    self.five,
                    self.ten,
                    self.more,
                    self.pause_button,
                    self.resume_button,
                    self.message_button,
                    self.end_button,
                    self.more_button,
                    last=last,
                )
            )
        )
        self._guard()
        kit.state.exam_changed.connect(self.refresh)
        kit.state.counts_changed.connect(self.refresh)
        self.refresh()

    def _guard(self) -> None:
        rights = self._kit.bridge.rights
        for control, kind in (
            (self.open_button, Open),
            (self.five, Extend),
            (self.ten, Extend),
            (self.more, Extend),
            (self.pause_button, Pause),
            (self.resume_button, Pause),
            (self.message_button, Say),
            (self.end_button, End),
        ):
            rights.guard(control, kind)

    def target(self) -> Target:
        """Return whom the commands are for."""
        chosen = self.target_box.currentData()
        if chosen == "selected":
            return Target(sessions=tuple(row.session for row in self._selected() if row.session))
        return Target(sections=(chosen[1:],)) if chosen else Target()

    def refresh(self) -> None:
        """Follow the sections, the selection and the phase."""
        kept = self.target_box.currentData()
        exam = self._kit.state.exam
        self.target_box.blockSignals(True)
        self.target_box.clear()
        self.target_box.addItem(tr("Everybody"), "")
        for section in exam.sections if exam is not None else ():
            self.target_box.addItem(tr("Section {name}", name=section.name), "=" + section.name)
        selected = [one for one in self._selected() if one.session]
        if selected:
            self.target_box.addItem(counted(len(selected), "{n} selected", "{n} selected"), "selected")
        place = self.target_box.findData(kept)
        self.target_box.setCurrentIndex(max(0, place))
        self.target_box.blockSignals(False)
        self._fit_buttons(exam.phase if exam is not None else "none")

    def selection_changed(self) -> None:
        """Offer the selection, and use it when several students are selected."""
        several = len(self._selected()) > 1
        self.refresh()
        place = self.target_box.findData("selected")
        if several and place >= 0:
            self.target_box.setCurrentIndex(place)
        elif not several and self.target_box.currentData() == "selected" and place < 0:
            self.target_box.setCurrentIndex(0)

    def extend(self, minutes: int, target: Target | None = None) -> None:
        """Plan more time."""
        self._show(plan_extend(self._rows(), target or self.target(), minutes * 60))

    def pause(self, target: Target | None = None) -> None:
        """Plan a pause."""
        self._show(plan_pause(self._rows(), target or self.target(), paused=True))

    def resume(self, target: Target | None = None) -> None:
        """Plan to go on."""
        self._show(plan_pause(self._rows(), target or self.target(), paused=False))

    def lock(self, target: Target | None = None, *, locked: bool = True) -> None:
        """Plan to keep students from working, or no longer."""
        self._show(plan_lock(self._rows(), target or self.target(), locked=locked))

    def message(self, target: Target | None = None, text: str = "") -> None:
        """Plan a message."""
        self._show(plan_message(self._rows(), target or self.target(), text))

    def open_exam(self, *, later: bool = False) -> None:
        """Plan the start, now or at a time."""
        exam = self._kit.state.exam
        minutes = exam.minutes if exam is not None else None
        now = self._kit.state.now_ms()
        soon = -(-(now + IN_A_WHILE_MS) // FULL_MINUTES_MS) * FULL_MINUTES_MS
        self._show(plan_open(self._rows(), self.target(), now, minutes, soon if later else None))

    def take_back(self, opening: OpeningView) -> None:
        """Plan to take an opening by hand back."""
        self._show(plan_take_back(opening))

    def end(self, target: Target | None = None) -> None:
        """Plan the end."""
        self._show(plan_end(self._rows(), target or self.target()))

    def collect(self, target: Target | None = None) -> None:
        """Plan to take every work."""
        self._show(plan_collect(self._rows(), target or self.target()))

    def reopen(self, target: Target | None = None) -> None:
        """Plan to let students go on."""
        self._show(plan_reopen(self._rows(), target or self.target()))

    def redraw(self, target: Target | None = None) -> None:
        """Plan to draw one student's questions anew."""
        self._show(plan_redraw(self._rows(), target or self.target()))

    def _rows(self) -> list[LiveRow]:
        return list(self._kit.state.rows.values())

    def _show(self, plan: Plan) -> None:
        self._sheet.show_plan(plan)

    def _fit_buttons(self, phase: str) -> None:
        before = phase in ("waiting", "none")
        counts = self._kit.state.counts
        self.open_button.setVisible(before or (phase == "mixed" and bool(counts.get("Waiting"))))
        self.open_button.setEnabled(phase != "none")
        for widget in (self.five, self.ten, self.more, self.end_button):
            widget.setVisible(not before and phase != "ended")
        self.pause_button.setVisible(phase in ("active", "mixed"))
        self.resume_button.setVisible(phase == "paused" or bool(counts.get("Paused")))
        self.message_button.setEnabled(phase != "none")
        self.more_button.setEnabled(phase != "none")

    def _rest_menu(self) -> QMenu:
        menu = QMenu(self)
        guard = partial(self._kit.bridge.rights.guard_menu, menu)
        guard(menu.addAction(tr("Open for these students now…"), self.open_exam), Open)
        guard(menu.addAction(tr("Open for these students at a time…"), lambda: self.open_exam(later=True)), Open)
        self.back_menu = menu.addMenu(tr("Take an opening back"))
        self.back_menu.aboutToShow.connect(self._fill_back_menu)
        menu.aboutToShow.connect(lambda: self.back_menu.menuAction().setEnabled(bool(self._openings())))
        guard(self.back_menu.menuAction(), TakeBackOpening)
        menu.addSeparator()
        guard(menu.addAction(tr("Lock…"), self.lock), Lock)
        guard(menu.addAction(tr("Unlock…"), lambda: self.lock(locked=False)), Lock)
        menu.addSeparator()
        guard(menu.addAction(tr("Reopen what was handed in…"), self.reopen), Reopen)
        guard(menu.addAction(tr("Collect all work…"), self.collect), Collect)
        guard(menu.addAction(tr("Draw the questions anew…"), self.redraw), Redraw)
        menu.addSeparator()
        code = menu.addAction(tr("Show the start code for desks without a network…"), self.start_code_wanted.emit)
        guard(code, ShowStartCode)
        return menu

    def _openings(self) -> tuple[OpeningView, ...]:
        exam = self._kit.state.exam
        return exam.openings if exam is not None else ()

    def _fill_back_menu(self) -> None:
        self.back_menu.clear()
        for opening in self._openings():
            self.back_menu.addAction(opening_words(opening), partial(self.take_back, opening))

    def _more_menu(self) -> QMenu:
        menu = QMenu(self)
        for minutes in MINUTES:
            menu.addAction(counted(minutes, "Give {n} minute", "Give {n} minutes"), partial(self.extend, minutes))
        menu.addSeparator()
        menu.addAction(tr("Take 5 minutes away"), lambda: self.extend(-5))
        menu.addAction(tr("Another number of minutes…"), self._ask_minutes)
        return menu

    def _ask_minutes(self) -> None:
        box = roomy(QSpinBox())
        box.setRange(-240, 480)
        box.setValue(10)
        box.setSuffix(tr(" min"))
        box.setAccessibleName(tr("Minutes to add; negative takes time away"))
        inside = column(label(tr("Minutes to add")), box)
        popup = card(inside, margin=SPACE["m"])
        popup.setParent(self, Qt.WindowType.Popup)
        popup.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)

        def take() -> None:
            popup.close()
            if box.value():
                self.extend(box.value())

        inside.addWidget(button(self._kit.look, tr("Show what it does"), kind="primary", then=take))
        popup.move(self.more.mapToGlobal(self.more.rect().bottomLeft()))
        popup.show()
        box.setFocus()
        box.selectAll()


def opening_words(opening: OpeningView) -> str:
    """Name an opening by hand: whom it is for, when, by whom."""
    students = counted(opening.students, "{n} student", "{n} students") if opening.students else tr("Everybody")
    who = tr("Section {names}", names=", ".join(opening.sections)) if opening.sections else students
    return tr("{who} at {time}, by {person}…", who=who, time=clock_time(opening.opens_ms), person=opening.by)
