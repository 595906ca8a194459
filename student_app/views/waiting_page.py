"""The waiting room: what the exam is, what the student affirms, what is recorded, and when it begins."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QCheckBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shared.exam.front import FrontPage
from shared.exam.recorded import what_is_recorded
from student_app.core.conditions import conditions_of
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.packages_line import PackagesLine
from student_app.views.pieces import Banner, button, centred, column, empty, foot, frame, label, row
from student_app.views.port import DeskPort, Surroundings
from student_app.views.prompt_view import PromptView
from student_app.views.rules import rules_in_words
from student_app.views.start_code import StartCodeBox


class WaitingPage(QWidget):
    """Before the start with a countdown and all that can be read by then; from the start on with a button to begin."""

    begun = pyqtSignal()

    def __init__(self, desk: DeskPort, around: Surroundings, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._around = around
        self._look = look
        self._page: FrontPage | None = None
        self._title = label(role="title", wrap=True)
        self._who = label(role="muted", wrap=True)
        self._clock = label(role="figure")
        self._clock_words = label(role="muted", wrap=True)
        self._offline = Banner(look, "", "attention", icon="offline")
        self._offline.hide()
        self._conditions = self._make_conditions()
        self._begin = button(self.tr("Begin"), self._accept, "primary")
        self._begin.setMinimumHeight(40)
        self._begin.setMinimumWidth(160)
        self._begin_hint = label(role="muted")
        self._ready_picture = QLabel()
        self._ready = label(role="muted", wrap=True)
        ready = row(self._ready_picture, self._ready)
        ready.setStretch(1, 1)
        self.start_code = StartCodeBox(look, around.start_with)
        self._packages = PackagesLine(look)
        parts = (self._clock_words, self._clock, ready, self._packages, self.start_code)
        clock = frame("card", column(*parts, spacing=4), 20)
        top = column(self._title, self._who, spacing=4)
        content = QWidget()
        content.setLayout(column(top, self._offline, clock, self._conditions, spacing=16))
        self._show_conditions(None)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(centred(content, 760), 1)
        whole.addWidget(self._make_foot())

    def _make_foot(self) -> QWidget:
        self._foot = foot(row(self._agree, self._affirmed, 1, self._begin_hint, self._begin, spacing=16), 760)
        return self._foot

    def _make_conditions(self) -> QWidget:
        self._anew = Banner(self._look, "", "attention")
        self._anew.say(
            self.tr("The honor code, or what is recorded, was changed after you affirmed it. Please read it once more.")
        )
        self._anew.hide()
        self._honor = PromptView(self._look)
        self._honor.setAccessibleName(self.tr("Honor code"))
        self._honor.grows()
        self._agree = QCheckBox(self.tr("I affirm this, and I have read what is recorded."))
        self._agree.toggled.connect(lambda _: self._check())
        self._affirmed = label(role="muted")
        self._recorded = QVBoxLayout()
        self._recorded.setSpacing(6)
        self._instructions = PromptView(self._look)
        self._instructions.setAccessibleName(self.tr("Instructions"))
        self._instructions.grows()
        self._rules = QVBoxLayout()
        self._rules.setSpacing(6)
        self._rules_title = label(self.tr("Rules of this exam"), "subtitle")
        self._honor_title = label(self.tr("Honor code"), "subtitle")
        self._recorded_title = label(self.tr("What is recorded"), "subtitle")
        for title in (self._honor_title, self._rules_title, self._recorded_title):
            title.setContentsMargins(0, 8, 0, 0)
        self._later = label(role="muted", wrap=True)
        parts = column(
            self._anew,
            self._instructions,
            self._honor_title,
            self._honor,
            self._rules_title,
            self._rules,
            self._recorded_title,
            self._recorded,
            self._later,
            spacing=10,
        )
        return frame("card", parts, 20)

    def refresh(self, state: DeskState) -> None:
        """Show the desk as it is now."""
        page = self._desk.front
        self._title.setText((page.long_name if page is not None else "") or state.title)
        who = (
            self.tr("You said that you are {who}. Whoever takes in your work on the stick confirms it.")
            if state.alone
            else self.tr("You are signed in as {who}.")
        )
        self._who.setText(who.format(who=_who(state)))
        self._show_clock(state)
        self._show_ready(state)
        self._packages.refresh(state.packages)
        self._show_line(state)
        self.start_code.refresh(state)
        came = False
        if page != self._page:
            if page is None or self._page is None or conditions_of(page) != conditions_of(self._page):
                self._agree.setChecked(False)
            came, self._page = self._page is None, page
            self._show_conditions(page)
        self._anew.setVisible(state.affirms_anew)
        self._show_foot(state, page)
        if came and self.isVisible() and not self.start_code.code.hasFocus():
            self.take_focus()  # there was nothing to begin with before

    def _show_foot(self, state: DeskState, page: FrontPage | None) -> None:
        known = page is not None
        self._agree.setVisible(known and not state.honor)
        opened = self._desk.content is not None and state.phase in {Phase.WORKING, Phase.PAUSED}
        self._begin.setVisible(opened or (known and not state.honor))
        self._begin.setText(self.tr("Begin") if opened else self.tr("I'm ready"))
        self._affirmed.setVisible(known and state.honor and not opened)
        self._affirmed.setText(
            self.tr("✓ You are ready. Type the start code above as soon as you hear it.")
            if state.needs_code
            else self.tr("✓ You are ready. The exam opens here by itself.")
        )
        self._check()

    def _show_clock(self, state: DeskState) -> None:
        if state.phase is Phase.WAITING and state.starts_in_ms is not None and state.starts_in_ms > 0:
            self._clock_words.setText(self.tr("The exam begins in"))
            self._clock.setText(words.countdown(state.starts_in_ms))
        elif state.phase is Phase.WAITING and state.needs_code:
            self._clock_words.setText(self.tr("The exam begins when your instructor reads out the start code."))
            self._clock.setText(self.tr("Waiting"))
        elif state.phase is Phase.WAITING:
            self._clock_words.setText(
                self.tr("The exam begins when your instructor opens it. You are in the right place.")
            )
            self._clock.setText(self.tr("Waiting"))
        elif state.left_ms is None:
            self._clock_words.setText(self.tr("The exam is open"))
            self._clock.setText(self.tr("Ready"))
        else:
            self._clock_words.setText(self.tr("The exam is open. Time left"))
            self._clock.setText(words.countdown(state.left_ms))

    def _show_ready(self, state: DeskState) -> None:
        waiting = state.phase is Phase.WAITING or self._desk.content is None
        for widget in (self._ready_picture, self._ready):
            widget.setVisible(waiting)
        if waiting and self._around.content_here():
            self._look.dress(self._ready_picture, "check", "positive", 16)
            self._ready.setText(self.tr("The exam is already on this PC, sealed until the start."))
        elif waiting:
            self._look.dress(self._ready_picture, "import", "muted", 16)
            self._ready.setText(self.tr("The exam is being brought to this PC, sealed until the start…"))

    def _show_line(self, state: DeskState) -> None:
        offline = not state.online and not state.needs_code
        self._offline.setVisible(offline or bool(state.note))
        if offline:
            self._offline.say(
                self.tr(
                    "No connection to the instructor's computer at the moment. Stay here; it comes back by itself, and "
                    "the countdown goes on."
                )
            )
        elif state.note:
            self._offline.say(state.note)

    def _show_conditions(self, page: FrontPage | None) -> None:
        empty(self._recorded)
        empty(self._rules)
        honor = page is not None and bool(page.honor_code.strip())
        for widget in (self._honor, self._honor_title):
            widget.setVisible(honor)
        self._rules_title.setVisible(page is not None)
        self._instructions.setVisible(page is not None and bool(page.instructions.strip()))
        self._agree.setText(
            self.tr("I affirm this, and I have read what is recorded.")
            if honor
            else self.tr("I have read what is recorded.")
        )
        self._later.setVisible(page is None or page.cut)
        if page is None:
            self._later.setText(
                self.tr(
                    "What is recorded and the honor code appear here in a moment. Until then only your joining and the "
                    "connection of this PC are recorded."
                )
            )
            return
        self._later.setText(self.tr("The instructions are long; you read them when the exam opens."))
        self._instructions.show_markdown(page.instructions, ())
        for rule in rules_in_words(page):
            self._rules.addLayout(_bullet(rule))
        before = self._desk.affirmed
        if before is not None and before.honor.strip() and before.honor != page.honor_code:
            self._honor.show_correction(before.honor, page.honor_code, ())
        else:
            self._honor.show_markdown(page.honor_code, ())
        for sentence in what_is_recorded(page.recording):
            self._recorded.addLayout(_bullet(sentence))

    def _check(self) -> None:
        state_honor = not self._agree.isVisibleTo(self._foot)
        self._begin.setEnabled(state_honor or self._agree.isChecked())
        self._begin_hint.setText("" if self._begin.isEnabled() else self.tr("Tick the box first."))
        self._begin_hint.setVisible(self._begin.isVisibleTo(self._foot))
        self._foot.setVisible(self._begin.isVisibleTo(self._foot) or self._affirmed.isVisibleTo(self._foot))

    def _accept(self) -> None:
        if self._page is not None:
            self._desk.accept_honor(*conditions_of(self._page).hashes)
        self.begun.emit()
        if self.start_code.isVisible():
            self.start_code.code.setFocus()

    def take_focus(self) -> None:
        """Let the keyboard begin where there is something to do."""
        if self._agree.isVisibleTo(self):
            self._agree.setFocus()


def _bullet(sentence: str) -> QHBoxLayout:
    dot = label("•", "muted")
    line = row(dot, label(sentence, wrap=True), spacing=8)
    line.setAlignment(dot, Qt.AlignmentFlag.AlignTop)
    line.setStretch(1, 1)
    return line


def _who(state: DeskState) -> str:
    return f"{state.name} ({state.student})" if state.name and state.name != state.student else state.student
