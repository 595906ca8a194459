"""The workspace: questions, prompt, editor, console; everything that a student does for three hours."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from shared.exam.content import Content, ContentFile
from shared.ids import QuestionId
from shared.problems import InputProblem, Problem
from student_app.core.conditions import conditions_of
from student_app.core.content import QuestionView, may_check
from student_app.core.session import Phase
from student_app.core.state import DeskState, RunView
from student_app.running.events import RunEvent
from student_app.views import words
from student_app.views.banners import Banners
from student_app.views.carrying import Carrying
from student_app.views.conditions_dialog import ConditionsDialog
from student_app.views.console import MAX_LINES, Console
from student_app.views.desk_sink import DeskSink
from student_app.views.editors import Editors
from student_app.views.figures import Shown
from student_app.views.file_actions import FileActions, FilePlaces
from student_app.views.look import Look
from student_app.views.pause_page import PausePage
from student_app.views.pieces import ElidedLabel, button, column, label, row
from student_app.views.port import DeskPort, Surroundings
from student_app.views.progress import Progress
from student_app.views.question_pane import QuestionPane
from student_app.views.question_rail import QuestionRail
from student_app.views.side_area import SideArea
from student_app.views.top_bar import TopBar
from student_app.views.versions_page import VersionsPage

PROMPT_WIDTH = 350
ROOM_FOR_ALL = 1180
"""From this width on, questions, prompt, editor and a pane at the side fit beside each other."""


class WorkPage(QWidget):
    """Follows the desk; what the student does goes to the desk at once."""

    submit_asked = pyqtSignal()

    def __init__(self, desk: DeskPort, around: Surroundings, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._around = around
        self._look = look
        self._state: DeskState | None = None
        self._question = ""
        self._files: tuple[str, ...] = ()
        self._run = 0
        self._checkable = self._roomy = self._again = False
        self._edition = 0
        self._progress = Progress(desk, around)
        self.top = TopBar(look)
        self.banners = Banners(look)
        self.rail = QuestionRail(look)
        self.question = QuestionPane(look, desk.copied)
        self.prompt = self.question.prompt
        self.editors = Editors(DeskSink(desk, around), look)
        self.console = Console(look, desk.copied)
        self.side = SideArea(desk, around, look)
        self.messages, self.notes = self.side.messages, self.side.notes
        self.pause = PausePage(look)
        self.versions = VersionsPage(look, desk.copied)
        self._make_runbar()
        self._lay_out()
        places = FilePlaces(self, self._middle, self.prompt_split, self.editors, self.versions, self.banners)
        self.carrying = Carrying(self, around.keeping, self.banners.hint)
        self.files = FileActions(desk, around, places, self._progress, self._follow)
        self._connect()

    # Layout

    def _make_runbar(self) -> None:
        self.run_button = button(self.tr("Run"), self.run)
        self.run_button.setToolTip(self.tr("Run this file (F5)"))
        self._look.dress(self.run_button, "run", "positive")
        self.stop_button = button(self.tr("Stop"), self.stop)
        self.stop_button.setToolTip(self.tr("Stop the program (Shift+F5)"))
        self._look.dress(self.stop_button, "stop", "text")
        box = QWidget()
        self.check_button = button(self.tr("Check"), self.run_checks)
        self.check_button.setToolTip(self.tr("Run the checks of this question; there are no points (Ctrl+F5)"))
        self._look.dress(self.check_button, "check", "text")
        line = row(self.stop_button, self.check_button, self.run_button, spacing=6)
        line.setContentsMargins(8, 4, 0, 4)
        box.setLayout(line)
        self.editors.add_beside_tabs(box)
        self.run_status = ElidedLabel(self.tr("Console"), "small")
        self.place = label(role="small")

    def _lay_out(self) -> None:
        console_box = QWidget()
        status = row(self.run_status, self.place)
        status.setStretch(0, 1)
        console = column(status, self.console, spacing=4)
        console.setStretch(1, 1)
        console.setContentsMargins(8, 4, 12, 10)
        console_box.setLayout(console)
        editor_box = QWidget()
        editing = column(self.editors, spacing=0)
        editing.setContentsMargins(8, 2, 12, 0)
        editor_box.setLayout(editing)
        editor_box.setMinimumWidth(400)
        self._make_splitters(editor_box, console_box)
        self._middle = QStackedWidget()
        self._middle.addWidget(self.prompt_split)
        self._middle.addWidget(self.versions)
        self.rail_split.insertWidget(1, self._middle)
        self.rail_split.setStretchFactor(1, 1)
        self.rail_split.setSizes([188, 1000])
        self._desk_area = QStackedWidget()
        self._desk_area.addWidget(self.rail_split)
        self._desk_area.addWidget(self.pause)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        for part in (self.top, self.banners):
            whole.addWidget(part)
        self.side_split = QSplitter(Qt.Orientation.Horizontal)
        self.side_split.addWidget(self._desk_area)
        self.side_split.addWidget(self.side)
        self.side_split.setStretchFactor(0, 1)
        self.side_split.setChildrenCollapsible(False)
        self.side_split.setSizes([1000, 300])
        whole.addWidget(self.side_split, 1)

    def _make_splitters(self, editor_box: QWidget, console_box: QWidget) -> None:
        self.code_split = QSplitter(Qt.Orientation.Vertical)
        self.code_split.addWidget(editor_box)
        self.code_split.addWidget(console_box)
        self.code_split.setStretchFactor(0, 5)
        self.code_split.setStretchFactor(1, 2)
        self.prompt_split = QSplitter(Qt.Orientation.Horizontal)
        self.prompt_split.addWidget(self.question)
        self.prompt_split.addWidget(self.code_split)
        self.prompt_split.setStretchFactor(0, 0)
        self.prompt_split.setStretchFactor(1, 1)
        self.rail_split = QSplitter(Qt.Orientation.Horizontal)
        self.rail_split.addWidget(self.rail)
        for splitter in (self.code_split, self.prompt_split, self.rail_split):
            splitter.setChildrenCollapsible(False)
        self.code_split.setSizes([440, 220])
        self.prompt_split.setSizes([PROMPT_WIDTH, 720])
        self.rail_split.setObjectName("rail")
        self.rail_split.setStyleSheet("#rail::handle { width: 4px; background: palette(base); }")
        self.rail_split.setHandleWidth(4)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.turn_to)
        self.rail.instructions.connect(self.side.toggle_instructions)
        self.rail.files.connect(self.side.toggle_attachments)
        self.rail.notes.connect(self.side.toggle_notes)
        self.editors.turned.connect(self._turned)
        self.editors.refused.connect(self.banners.hint)
        self.editors.moved.connect(
            lambda line, column: self.place.setText(self.tr("Line {l}, column {c}").format(l=line, c=column))
        )
        self.console.place.connect(self.editors.go_to)
        self.console.typed.connect(self._type_in)
        self.console.acted.connect(self._desk.act)
        self.console.left.connect(self._back_to_code)
        self.console.stop_asked.connect(self.stop)
        self.console.pictured.connect(self._make_room)
        self.top.hand.connect(self.raise_hand)
        self.top.messages.connect(self.toggle_messages)
        self.top.submit.connect(self.submit_asked)
        self.side.turned.connect(self._side_turned)
        self.messages.read.connect(self._read)
        self.messages.written.connect(self._write)
        self.banners.read.connect(self._read)
        self.banners.conditions.connect(self.show_conditions)
        self.question.read.connect(self._read)

    def fit(self, width: int) -> None:
        """Share the width out as it fits a window of this size; what the student moves later stays."""
        rail = min(max(width * 17 // 100, 176), 300)
        prompt = min(max(width * 29 // 100, 320), 680)
        self.rail_split.setSizes([rail, width - rail])
        if self.prompt_split.orientation() is Qt.Orientation.Horizontal:
            self.prompt_split.setSizes([prompt, width - rail - prompt])

    def prompt_above(self, above: bool) -> None:
        """Put the prompt above the editor, or beside it."""
        self.prompt_split.setOrientation(Qt.Orientation.Vertical if above else Qt.Orientation.Horizontal)
        self.prompt_split.setSizes([220, 600] if above else [PROMPT_WIDTH, 720])

    def show_conditions(self) -> None:
        """Show what was changed of what the student affirmed."""
        front = self._desk.front
        if front is not None:
            dialog = ConditionsDialog(self, self._look, conditions_of(front), self._desk.affirmed)
            dialog.affirmed.connect(self._desk.accept_honor)
            dialog.open()

    # Following the desk

    def refresh(self, state: DeskState) -> None:
        """Show the desk as it is now."""
        self._state = state
        now = self._around.mono_ms()
        self.top.refresh(state, now)
        self.banners.refresh(state, now)
        content = self._desk.content
        if content is not None:
            self.editors.use(content.desk.editor)
        if state.edition != self._edition:
            self._edition = state.edition
            self.editors.reload()  # starter files that nobody had touched may be new ones
        self.editors.lock(state.phase is not Phase.WORKING)
        self.rail.setVisible(self.side.isHidden() or self.width() >= ROOM_FOR_ALL)
        self._show_phase(state)
        self._show_questions(state)
        if content is not None:
            self._offer(content)
        self._show_run(state)
        self.side.refresh(state)

    def opened(self) -> None:
        """Another journal is open: show what it holds."""
        self.side.opened()
        self.editors.reload()

    def ran(self, run: int, events: tuple[RunEvent, ...]) -> None:
        """Show what happened in a run."""
        if run == self._run:
            self.console.take(events)

    def _show_phase(self, state: DeskState) -> None:
        paused = state.phase is Phase.PAUSED
        self._desk_area.setCurrentIndex(1 if paused else 0)
        if paused:
            self.pause.say(state.note, locked=state.locked)

    def _show_questions(self, state: DeskState) -> None:
        if not state.questions:
            return
        view = next((one for one in state.questions if one.id == state.question), state.questions[0])
        if (view.id, view.files) != (self._question, self._files):
            drawn = {one.id for one in state.questions}
            first = not self._question or state.question not in drawn  # staff may have the questions drawn anew
            self._turn(view, state.file)
            if first:
                self._first_look(view, state)
        self._show_prompt(state)
        self.rail.refresh(state.questions, view.id, self._progress.of(state))

    def _first_look(self, view: QuestionView, state: DeskState) -> None:
        editor = self.editors.editor
        if editor is not None:
            editor.put_cursor(self._desk.cursor(editor.file))
            if state.phase is Phase.WORKING:
                self._desk.view(view.id, editor.file)
            editor.setFocus()

    def _turn(self, view: QuestionView, file: str) -> None:
        turned = view.id != self._question
        self.files.turn(view)
        self._question, self._files = view.id, view.files
        self.editors.show_question(view, file)
        if turned:
            self._show_old_run()

    def _show_prompt(self, state: DeskState) -> None:
        ids = [view.id for view in state.questions]
        if self._question in ids:
            question = self._desk.question(self._question)
            at = ids.index(self._question)
            withdrawn = state.questions[at].withdrawn
            self.question.show_question(question, (at + 1, len(ids)), state.notices, withdrawn=withdrawn)

    def _show_old_run(self) -> None:
        run = self._state.run if self._state is not None else None
        names = [words.file_name(file) for file in self._files]
        if run is None or not run.file.startswith(f"{self._question}/"):
            self.console.show_old("", "", names)
        elif run.run != self._run or run.reason:
            said = self.tr("This is the end of the last run.") if run.reason else ""
            self.console.show_old(run.output, said, names, self._pictures(run))

    def _make_room(self) -> None:
        """Give the first picture of a sitting some room; afterwards the splitter is the student's."""
        code, console = self.code_split.sizes()
        if not self._roomy and console < (code + console) * 2 // 5:
            self.code_split.setSizes([(code + console) * 11 // 20, (code + console) * 9 // 20])
        self._roomy = True

    def _pictures(self, run: RunView) -> list[Shown]:
        found = [(one, self._around.picture(one.sha256)) for one in run.figures]
        return [Shown(one.name, one.kind, data) for one, data in found if data is not None]

    def _show_run(self, state: DeskState) -> None:
        running = bool(state.running)
        self.run_button.setEnabled(not running and state.phase is Phase.WORKING)
        self.check_button.setEnabled(self.run_button.isEnabled())
        self.stop_button.setEnabled(running)
        self.stop_button.setVisible(running)
        self.check_button.setVisible(self._checkable and not running)
        self.console.show_running(running=running, waiting=state.waiting_for_input)
        if self._again and not running:
            self._again = False
            self.run()
            return
        if running and state.waiting_for_input:
            self.run_status.setText(self.tr("Console · your program waits for input"))
        elif running:
            self.run_status.setText(self.tr("Console · running, stop it with Shift+F5"))
        elif self.console.text.dropped:
            lines = words.number(MAX_LINES)
            self.run_status.setText(self.tr("Console · the last {n} lines are shown").format(n=lines))
        else:
            self.run_status.setText(self.tr("Console"))

    def _offer(self, content: Content) -> None:
        self._checkable = bool(self._checks(content))
        self.side.offer(self._readable(content))
        self.rail.offer(files=bool(self.side.files), notes=content.desk.notes)

    def _checks(self, content: Content) -> tuple[ContentFile, ...]:
        question = content.question(QuestionId(self._question))
        return question.checks if question is not None and may_check(content) else ()

    def _readable(self, content: Content) -> tuple[ContentFile, ...]:
        """Return what can be read beside the work: the exam's files, and the question's data and checks."""
        question = content.question(QuestionId(self._question))
        checks = tuple(ContentFile(f"checks/{each.path}", each.data) for each in self._checks(content))
        return (*content.attachments, *(question.data if question is not None else ()), *checks)

    # What the student does

    def turn_to(self, question: str) -> None:
        """Show another question."""
        state = self._state
        view = next((one for one in state.questions if one.id == question), None) if state is not None else None
        if view is not None:
            file = ""
            self._desk.view(question, self.editors.last_file(view))
            self._state = self._desk.state()
            self._turn(view, file)
            self.refresh(self._desk.state())
            if self.editors.editor is not None:
                self.editors.editor.setFocus()

    def turn_by(self, step: int) -> None:
        """Show the next question, or the one before."""
        ids = [view.id for view in self._state.questions] if self._state is not None else []
        if self._question in ids:
            self.turn_to(ids[(ids.index(self._question) + step) % len(ids)])

    def run(self) -> None:
        """Run the file that is shown."""
        editor = self.editors.editor
        if editor is None or not self.run_button.isEnabled():
            return
        file = editor.file
        said = self.tr("Running {file}").format(file=words.file_name(file))
        self._start(lambda: self._desk.run(file), said)

    def run_checks(self) -> None:
        """Run the checks that this question shows."""
        question = self._question
        if self.run_button.isEnabled() and self._checkable:
            self._start(lambda: self._desk.run_checks(question), self.tr("Running the checks of this question"))

    def _start(self, start: Callable[[], int], said: str) -> None:
        self.editors.check()
        self.run_button.setEnabled(False)
        self.check_button.setEnabled(False)
        self.run_status.setText(self.tr("Console · starting…"))
        self._around.prepared(lambda: self._start_now(start, said))

    def _start_now(self, start: Callable[[], int], said: str) -> None:
        self.console.begin(said, [words.file_name(each) for each in self._files])
        try:
            self._run = start()
        except Problem as problem:
            self.console.text.say(problem.sentence, "attention")

    def stop(self) -> None:
        """Stop the program."""
        self._again = False
        self._desk.stop_run()

    def run_again(self) -> None:
        """Stop the program that runs, and run the file that is shown as soon as it has ended."""
        if self._desk.state().running:
            self._again = True
            self._desk.stop_run()
        else:
            self.run()

    def go_to_error(self) -> None:
        """Show the line of the last error."""
        place = self.console.last_error()
        if place is not None:
            self.editors.go_to(*place)

    def save(self) -> None:
        """Write a version down now."""
        try:
            self._desk.save()
            trouble = self._desk.state().trouble
            if trouble is not None:
                self.banners.hint(trouble)
                return
            self.banners.hint(self.tr("Saved. Everything you type is also saved by itself, all the time."), "positive")
        except InputProblem as problem:
            self.banners.hint(problem.sentence)

    def toggle_messages(self) -> None:
        """Open or close the messages."""
        self.side.toggle_messages(self.question.heading.text())

    def report_problem(self) -> None:
        """Write to the staff what is wrong with this question."""
        self.side.open_messages("problem", self.question.heading.text())

    def raise_hand(self) -> None:
        """Ask for somebody to come, or no longer."""
        if self._state is not None:
            self._desk.raise_hand(not self._state.hand)
            self.refresh(self._desk.state())

    def next_pane(self) -> None:
        """Give the keyboard to the next part that is seen: questions, prompt, editor or versions, console, input."""
        console = self.console
        last = console.input if console.input.isEnabled() else console.text
        writing = (self.prompt, self.editors.editor, self.versions.list, self.versions.view)
        picture = console.figures.canvas if console.figures.takes_keys else None
        parts = [
            part for part in (self.rail, *writing, console.tabs, picture, last) if part is not None and part.isVisible()
        ]
        focused = self._focused()
        at = next((n for n, part in enumerate(parts) if part is focused or part.isAncestorOf(focused)), -1)
        following = parts[(at + 1) % len(parts)]
        self.rail.focus_current() if following is self.rail else following.setFocus()

    def _focused(self) -> QWidget:
        window = self.window()
        return (window.focusWidget() if window is not None else None) or self

    def _turned(self, file: str) -> None:
        self._desk.view(self._question, file)

    def _back_to_code(self) -> None:
        if self.editors.editor is not None and self.editors.editor.isVisible():
            self.editors.editor.setFocus()

    def _type_in(self, text: str) -> None:
        try:
            self._desk.type_in(text)
        except InputProblem as problem:
            self.console.text.say(problem.sentence, "attention")

    def _read(self, number: int) -> None:
        self._desk.read_notice(number)
        self.refresh(self._desk.state())

    def _write(self, text: str, kind: str) -> None:
        self._desk.message(text, "problem" if kind == "problem" else "message")
        self.refresh(self._desk.state())

    def _follow(self) -> None:
        self.refresh(self._desk.state())

    def _side_turned(self, open_now: bool) -> None:
        self.rail.setVisible(not open_now or self.width() >= ROOM_FOR_ALL)
        if not open_now and self.editors.editor is not None:
            self.editors.editor.setFocus()
