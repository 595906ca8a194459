"""The commands of the live page: whom they are for, what they would do, and only then the doing."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QFrame, QLabel, QMenu, QPlainTextEdit, QSpinBox, QWidget

from examdesk.staffapi.messages import Done, LiveRow, Target
from instructor_app.kit import Kit
from instructor_app.plans import (
    Plan,
    plan_end,
    plan_extend,
    plan_message,
    plan_open,
    plan_pause,
    plan_reopen,
    with_text,
)
from instructor_app.widgets.basic import (
    Banner,
    button,
    card,
    clear,
    column,
    holding,
    label,
    name_for_readers,
    roomy,
    row,
)
from instructor_app.widgets.flow import flow
from instructor_app.words import counted, tr
from shared.look import SPACE
from shared.problems import Problem

MINUTES = (5, 10, 15, 20, 30)


class ActionSheet(QFrame):
    """Shows a plan under the command bar; nothing happens before its button is pressed.

    Attributes:
        finished: the sheet was closed, done or not.
    """

    finished = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._plan: Plan | None = None
        self._icon = QLabel()
        self._title = label("", "subtitle")
        self._sentences = column(spacing=2)
        self._text = QPlainTextEdit()
        self._text.setMaximumHeight(76)
        self._text.setTabChangesFocus(True)
        self._text.setPlaceholderText(tr("Your message. Students see it at once, with your name."))
        self._text.setAccessibleName(tr("Message"))
        self._act = button(kit.look, tr("Do it"), kind="primary", then=self.do)
        self._cancel = button(kit.look, tr("Cancel"), then=self.close_sheet)
        self._cancel.setToolTip(tr("Cancel (Esc)"))
        self._text.textChanged.connect(self._fit)
        self.setProperty("kind", "card")
        self.setLayout(
            column(
                row(self._icon, self._title, None),
                self._sentences,
                self._text,
                row(self._act, self._cancel, None),
                margin=SPACE["m"],
            )
        )
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.do, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape),
            self,
            self.close_sheet,
            context=Qt.ShortcutContext.WidgetWithChildrenShortcut,
        )
        self.hide()

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown."""
        return self._plan

    def sentences(self) -> list[str]:
        """Return what it says will happen."""
        return list(self._plan.sentences) if self._plan is not None else []

    def show_plan(self, plan: Plan) -> None:
        """Show what a command would do."""
        self._plan = plan
        self._kit.look.dress(self._icon, plan.icon, "accent_text")
        self._title.setText(plan.title)
        clear(self._sentences)
        for place, sentence in enumerate(plan.sentences):
            self._sentences.addWidget(label(sentence, "" if place == 0 else "muted", wrap=True))
        self._text.setVisible(plan.wants_text)
        self._text.clear()
        self._act.setText(plan.act)
        self._fit()
        self.show()
        if plan.wants_text:
            self._text.setFocus()
        else:
            (self._cancel if plan.useless else self._act).setFocus()

    def write(self, text: str) -> None:
        """Put a text into the message field."""
        self._text.setPlainText(text)

    def do(self) -> None:
        """Send the command; the sheet closes when the hub has done it."""
        plan = self._plan
        if plan is None or not self._act.isEnabled():
            return
        self._act.setEnabled(False)
        self._act.setText(tr("Working…"))

        def done(answer: Done) -> None:
            self.close_sheet()
            self._say_done(plan, answer)

        def failed(problem: Problem) -> None:
            self._act.setText(plan.act)
            self._fit()
            self._banner.say("attention", problem.sentence, tr("Not done"))

        self._kit.bridge.command(with_text(plan, self._text.toPlainText().strip()), done, failed)

    def close_sheet(self) -> None:
        """Do nothing and go away."""
        self._plan = None
        self.hide()
        self.finished.emit()

    def _say_done(self, plan: Plan, answer: Done) -> None:
        undo = plan.undo
        if undo is None:
            self._banner.say("positive", answer.sentence, plan.title)
            return

        def take_back() -> None:
            self._kit.bridge.command(
                undo,
                lambda back: self._banner.say("positive", back.sentence, tr("Taken back")),
                lambda problem: self._banner.say("attention", problem.sentence, tr("Not taken back")),
            )

        self._banner.say("positive", answer.sentence, plan.title, tr("Undo"), take_back)

    def _fit(self) -> None:
        if self._plan is not None:
            written = bool(self._text.toPlainText().strip()) or not self._plan.wants_text
            self._act.setEnabled(written and not self._plan.useless)


class CommandBar(QWidget):
    """Whom the commands are for, and the commands."""

    def __init__(self, kit: Kit, sheet: ActionSheet, selected: Callable[[], list[LiveRow]]) -> None:
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
        self.message_button = button(look, tr("Message"), "message", then=self.message)
        self.end_button = button(look, tr("End…"), "stop", then=self.end)
        self.more_button = button(look, "", "more", tip=tr("More commands"))
        menu = QMenu(self.more_button)
        menu.addAction(tr("Reopen what was handed in…"), self.reopen)
        menu.addAction(tr("Open the exam for these students…"), self.open_exam)
        self.more_button.setMenu(menu)
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
                )
            )
        )
        kit.state.exam_changed.connect(self.refresh)
        kit.state.counts_changed.connect(self.refresh)
        self.refresh()

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
            self.target_box.addItem(counted(len(selected), "{n} selected student", "{n} selected students"), "selected")
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

    def message(self, target: Target | None = None) -> None:
        """Plan a message."""
        self._show(plan_message(self._rows(), target or self.target()))

    def open_exam(self) -> None:
        """Plan the start."""
        exam = self._kit.state.exam
        minutes = exam.minutes if exam is not None else None
        self._show(plan_open(self._rows(), self.target(), self._kit.state.now_ms(), minutes))

    def end(self, target: Target | None = None) -> None:
        """Plan the end."""
        self._show(plan_end(self._rows(), target or self.target()))

    def reopen(self, target: Target | None = None) -> None:
        """Plan to let students go on."""
        self._show(plan_reopen(self._rows(), target or self.target()))

    def _rows(self) -> list[LiveRow]:
        return list(self._kit.state.rows.values())

    def _show(self, plan: Plan) -> None:
        self._sheet.show_plan(plan)

    def _fit_buttons(self, phase: str) -> None:
        before = phase in ("waiting", "none")
        counts = self._kit.state.counts
        self.open_button.setVisible(before)
        self.open_button.setEnabled(phase != "none")
        for widget in (self.five, self.ten, self.more, self.end_button):
            widget.setVisible(not before and phase != "ended")
        self.pause_button.setVisible(phase in ("active", "mixed"))
        self.resume_button.setVisible(phase == "paused" or bool(counts.get("Paused")))
        self.message_button.setEnabled(phase != "none")

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
