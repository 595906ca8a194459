"""A plan under the command bar: what it would do, what is still to say, and only then the doing."""

import uuid
from typing import get_args

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QFrame, QLabel

from examdesk.staffapi.messages import AnyTiming, Command, Done, Extend, Open, Redraw, Reopen, Say, TakeBackOpening
from instructor_app.kit import Kit
from instructor_app.pages.command_forms import ExtendForm, MessageForm, OpenForm, ReasonForm
from instructor_app.pages.times_preview import TimesPreview
from instructor_app.plans import Plan, undo_of
from instructor_app.widgets.basic import Banner, button, clear, column, holding, label, row, shortcut
from instructor_app.words import tr
from shared.look import SPACE
from shared.problems import Problem

ASK_AGAIN_MS = 150
_SHOWS_TIMES = (Extend, Open, Reopen, TakeBackOpening)


class ActionSheet(QFrame):
    """Shows a plan; nothing happens before its button is pressed.

    Attributes:
        opened: a plan is shown.
        finished: the sheet was closed, done or not.
        done: (Plan) it was done.
    """

    opened = Signal()
    finished = Signal()
    done = Signal(object)

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._plan: Plan | None = None
        self._working = False
        self._icon = QLabel()
        self._title = label("", "subtitle")
        self._sentences = column(spacing=2)
        self.message, self.extension, self.opening = MessageForm(kit), ExtendForm(), OpenForm(kit)
        self.reason = ReasonForm()
        self.preview = TimesPreview(kit)
        self._act = button(kit.look, tr("Do it"), kind="primary", then=self.do)
        self._cancel = button(kit.look, tr("Cancel"), then=self.close_sheet)
        self._cancel.setToolTip(tr("Cancel (Esc)"))
        self._ask_later = QTimer(self)
        self._ask_later.setSingleShot(True)
        self._ask_later.setInterval(ASK_AGAIN_MS)
        self._ask_later.timeout.connect(self._ask_times)
        self.message.changed.connect(self._fit)
        self.reason.changed.connect(self._fit)
        self.extension.changed.connect(self._plan_ask)
        self.opening.changed.connect(self._plan_ask)
        self.setProperty("kind", "card")
        parts = (self.message, self.reason, self.opening, self.extension, self.preview)
        head = row(self._icon, self._title, None)
        buttons = row(self._act, self._cancel, None)
        self.setLayout(column(head, holding(self._sentences), *parts, buttons, margin=SPACE["m"]))
        within = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(QKeySequence(keys), self, self.do, within)
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self.close_sheet, within)
        self.hide()

    @property
    def plan(self) -> Plan | None:
        """The plan that is shown."""
        return self._plan

    def sentences(self) -> list[str]:
        """Return what it says will happen."""
        if self._plan is None:
            return []
        return [*self._plan.sentences, *(self.preview.sentences() if self.preview.isVisibleTo(self) else [])]

    def show_plan(self, plan: Plan) -> None:
        """Show what a command would do."""
        self._plan, self._working = plan, False
        self._kit.look.dress(self._icon, plan.icon, "accent_text")
        self._title.setText(plan.title)
        clear(self._sentences)
        for place, sentence in enumerate(plan.sentences):
            self._sentences.addWidget(label(sentence, "" if place == 0 else "muted", wrap=True))
        for form, kind in (
            (self.message, "message"),
            (self.extension, "extend"),
            (self.opening, "open"),
            (self.reason, "reason"),
        ):
            form.setVisible(plan.form == kind)
        self._act.setText(plan.act)
        self.preview.setVisible(isinstance(plan.request, _SHOWS_TIMES) and not plan.useless)
        self.show()
        self.opened.emit()
        self._act.setEnabled(False)
        self._cancel.setFocus()
        self._take_form(plan.request)
        self._ask_times()

    def write(self, text: str) -> None:
        """Put a text into the message field."""
        self.message.write(text)

    def request(self) -> Command | None:
        """Return the command with everything that was said about it."""
        if self._plan is None:
            return None
        match self._plan.request:
            case Say() as say:
                return self.message.fill(say)
            case Extend() as extend:
                return self.extension.fill(extend)
            case Redraw() as redraw:
                return self.reason.fill(redraw)
            case Open(at_ms=int()) as opening:
                return self.opening.fill(opening)
            case other:
                return other

    def do(self) -> None:
        """Send the command; the sheet closes when the hub has done it."""
        plan, request = self._plan, self.request()
        if plan is None or request is None or not self._act.isEnabled():
            return
        request = msgspec.structs.replace(request, command=uuid.uuid4().hex)  # what takes it back names it
        self._working = True
        self._act.setEnabled(False)
        self._act.setText(tr("Working…"))

        def done(answer: Done) -> None:
            if self._plan is plan:
                self.close_sheet()
            self._say_done(plan, request, answer)

        def failed(problem: Problem) -> None:
            self._working = False
            self._act.setText(plan.act)
            self._fit()
            self._banner.say("attention", problem.sentence, tr("Not done"))

        self._kit.bridge.command(request, done, failed)

    def close_sheet(self) -> None:
        """Do nothing and go away."""
        self._plan = None
        self._ask_later.stop()
        self.hide()
        self.finished.emit()

    def _take_form(self, request: Command) -> None:
        if isinstance(request, Say):
            self.message.take(request)
        elif isinstance(request, Extend):
            self.extension.take(request)
        elif isinstance(request, Redraw):
            self.reason.take(request)
        elif isinstance(request, Open) and request.at_ms is not None:
            self.opening.take(request)

    def _say_done(self, plan: Plan, request: Command, answer: Done) -> None:
        self.done.emit(plan)
        undo = undo_of(plan, request)
        if undo is None:
            self._banner.say("positive", answer.sentence, plan.title)
            return

        def take_back() -> None:
            self._kit.bridge.command(
                undo,
                lambda back: self._banner.say("positive", back.sentence, tr("Taken back")),
                lambda problem: self._banner.say(
                    "attention", problem.sentence, tr("Not taken back"), tr("Try again"), take_back
                ),
            )

        self._banner.say("positive", answer.sentence, plan.title, tr("Undo"), take_back)

    def _plan_ask(self) -> None:
        self.preview.known = False
        self._fit()
        self._ask_later.start()

    def _ask_times(self) -> None:
        request = self.request()
        if not self.preview.isVisibleTo(self):
            self.preview.known = True
        elif isinstance(request, get_args(AnyTiming)):
            self.preview.ask(request, self._fit)
        self._fit()

    def _fit(self) -> None:
        plan = self._plan
        if plan is None or self._working:
            return
        written = {"message": self.message.ready, "reason": self.reason.ready}.get(plan.form, lambda: True)()
        in_time = plan.form != "open" or self.opening.ready()
        ready = written and in_time and self.preview.known and not plan.useless
        self._act.setEnabled(ready)
        if ready and self._cancel.hasFocus():
            self._act.setFocus()
