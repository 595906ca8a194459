"""The workspace: questions, prompt, editor, console; everything that a student does for three hours."""

from collections.abc import Callable
from typing import Literal

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QFrame, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from shared.problems import InputProblem, Problem
from student_app.core.content import QuestionView
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.running.events import RunEvent
from student_app.views import words
from student_app.views.banners import Banners
from student_app.views.console import MAX_LINES, Console
from student_app.views.desk_sink import DeskSink
from student_app.views.editors import Editors
from student_app.views.file_dialog import ask_file_name
from student_app.views.look import Look
from student_app.views.panes import InstructionsPane, MessagePane, NotesPane
from student_app.views.pause_page import PausePage
from student_app.views.pieces import ElidedLabel, button, column, label, row
from student_app.views.port import DeskPort, Surroundings
from student_app.views.progress import Progress
from student_app.views.prompt_view import PromptView
from student_app.views.question_rail import QuestionRail
from student_app.views.top_bar import TopBar

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
        self._removed: dict[str, str] = {}
        self._run = 0
        self._notes_loaded = False
        self._progress = Progress(desk, around)
        self.top = TopBar(look)
        self.banners = Banners(look)
        self.rail = QuestionRail(look)
        self.prompt = PromptView(look, desk.copied)
        self.prompt.setAccessibleName(self.tr("Question"))
        self.editors = Editors(DeskSink(desk, around), look)
        self.console = Console(look, desk.copied)
        self.messages = MessagePane(look)
        self.notes = NotesPane(look)
        self.pause = PausePage(look)
        self.instructions = InstructionsPane(look)
        self._make_runbar()
        self._lay_out()
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
        line = row(self.stop_button, self.run_button, spacing=8)
        line.setContentsMargins(8, 4, 0, 4)
        box.setLayout(line)
        self.editors.add_beside_tabs(box)
        self.run_status = ElidedLabel(self.tr("Console"), "small")
        self.place = label(role="small")

    def _lay_out(self) -> None:
        self._heading = label(role="subtitle", wrap=True)
        self._number = label(role="small")
        for each in (self._heading, self._number):
            each.setContentsMargins(4, 0, 0, 0)
        prompt_box = QFrame()
        prompt_box.setBackgroundRole(QPalette.ColorRole.Base)
        prompt_box.setAutoFillBackground(True)
        heading = column(self._number, self._heading, self.prompt, spacing=4)
        heading.setStretch(2, 1)
        heading.setContentsMargins(16, 12, 8, 4)
        prompt_box.setLayout(heading)
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
        prompt_box.setMinimumSize(220, 120)
        editor_box.setMinimumWidth(300)
        self._make_splitters(prompt_box, editor_box, console_box)
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
        self.side_split.addWidget(self._side)
        self.side_split.setStretchFactor(0, 1)
        self.side_split.setChildrenCollapsible(False)
        self.side_split.setSizes([1000, 300])
        whole.addWidget(self.side_split, 1)

    def _make_splitters(self, prompt_box: QWidget, editor_box: QWidget, console_box: QWidget) -> None:
        self.code_split = QSplitter(Qt.Orientation.Vertical)
        self.code_split.addWidget(editor_box)
        self.code_split.addWidget(console_box)
        self.code_split.setStretchFactor(0, 5)
        self.code_split.setStretchFactor(1, 2)
        self.prompt_split = QSplitter(Qt.Orientation.Horizontal)
        self.prompt_split.addWidget(prompt_box)
        self.prompt_split.addWidget(self.code_split)
        self.prompt_split.setStretchFactor(0, 0)
        self.prompt_split.setStretchFactor(1, 1)
        self._side = QStackedWidget()
        self._side.addWidget(self.messages)
        self._side.addWidget(self.notes)
        self._side.addWidget(self.instructions)
        self._side.hide()
        self.rail_split = QSplitter(Qt.Orientation.Horizontal)
        for widget in (self.rail, self.prompt_split):
            self.rail_split.addWidget(widget)
        self.rail_split.setStretchFactor(1, 1)
        for splitter in (self.code_split, self.prompt_split, self.rail_split):
            splitter.setChildrenCollapsible(False)
        self.code_split.setSizes([440, 220])
        self.prompt_split.setSizes([PROMPT_WIDTH, 720])
        self.rail_split.setSizes([188, 1000])
        self.rail_split.setObjectName("rail")
        self.rail_split.setStyleSheet("#rail::handle { width: 4px; background: palette(base); }")
        self.rail_split.setHandleWidth(4)

    def _connect(self) -> None:
        self.rail.chosen.connect(self.turn_to)
        self.editors.turned.connect(self._turned)
        self.editors.refused.connect(self.banners.hint)
        self.editors.new_file.connect(self.new_file)
        self.editors.moved.connect(
            lambda line, column: self.place.setText(self.tr("Line {l}, column {c}").format(l=line, c=column))
        )
        self.console.place.connect(self.editors.go_to)
        self.console.typed.connect(self._type_in)
        self.top.hand.connect(self.raise_hand)
        self.top.messages.connect(self.toggle_messages)
        self.top.submit.connect(self.submit_asked)
        self.messages.closed.connect(self._close_side)
        self.messages.read.connect(self._read)
        self.messages.written.connect(self._write)
        self.notes.closed.connect(self._close_side)
        self.instructions.closed.connect(self._close_side)
        self.notes.written.connect(self._desk.write_notes)
        self.banners.read.connect(self._read)
        self.banners.undo.connect(self._bring_back)

    def prompt_above(self, above: bool) -> None:
        """Put the prompt above the editor, or beside it."""
        self.prompt_split.setOrientation(Qt.Orientation.Vertical if above else Qt.Orientation.Horizontal)
        self.prompt_split.setSizes([220, 600] if above else [PROMPT_WIDTH, 720])

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
        self.editors.lock(state.phase is not Phase.WORKING)
        self.rail.setVisible(self._side.isHidden() or self.width() >= ROOM_FOR_ALL)
        self._show_phase(state)
        self._show_questions(state)
        self._show_run(state)
        if self._side.isVisibleTo(self) and self._side.currentWidget() is self.messages:
            self.messages.refresh(state, self._around.sent())

    def opened(self) -> None:
        """Another journal is open: show what it holds."""
        self._notes_loaded = False
        self.editors.reload()

    def ran(self, run: int, events: tuple[RunEvent, ...]) -> None:
        """Show what happened in a run."""
        if run == self._run:
            self.console.take(events)

    def _show_phase(self, state: DeskState) -> None:
        paused = state.phase is Phase.PAUSED
        self._desk_area.setCurrentIndex(1 if paused else 0)
        if paused:
            self.pause.say(state.note)

    def _show_questions(self, state: DeskState) -> None:
        if not state.questions:
            return
        view = next((one for one in state.questions if one.id == state.question), state.questions[0])
        if (view.id, view.files) != (self._question, self._files):
            first = not self._question
            self._turn(view, state.file)
            if first:
                self._first_look(view, state)
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
        self._question, self._files = view.id, view.files
        self.editors.show_question(view, file)
        if not turned:
            return
        question = self._desk.question(view.id)
        number = (
            next((n for n, one in enumerate(self._state.questions, 1) if one.id == view.id), 1) if self._state else 1
        )
        total = len(self._state.questions) if self._state else 1
        self._number.setText(self.tr("Question {n} of {total}").format(n=number, total=total))
        self._heading.setText(view.title)
        prompt = _without_heading(question.prompt, view.title)
        if question.data:
            names = ", ".join(f"`{each.path}`" for each in question.data)
            prompt += "\n\n" + self.tr("Files beside your program: {names}").format(names=names)
        self.prompt.show_markdown(prompt, question.images)
        self._show_old_run()

    def _show_old_run(self) -> None:
        run = self._state.run if self._state is not None else None
        names = [words.file_name(file) for file in self._files]
        if run is None or not run.file.startswith(f"{self._question}/"):
            self.console.show_old("", "", names)
        elif run.run != self._run or run.reason:
            said = self.tr("This is the end of the last run.") if run.reason else ""
            self.console.show_old(run.output, said, names)

    def _show_run(self, state: DeskState) -> None:
        running = bool(state.running)
        self.run_button.setEnabled(not running and state.phase is Phase.WORKING)
        self.stop_button.setEnabled(running)
        self.console.show_running(running=running, waiting=state.waiting_for_input)
        if running and state.waiting_for_input:
            self.run_status.setText(self.tr("Console · your program waits for input"))
        elif running:
            self.run_status.setText(self.tr("Console · running, stop it with Shift+F5"))
        elif self.console.text.dropped:
            lines = words.number(MAX_LINES)
            self.run_status.setText(self.tr("Console · the last {n} lines are shown").format(n=lines))
        else:
            self.run_status.setText(self.tr("Console"))

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
        editor.check()
        self.run_button.setEnabled(False)
        self.run_status.setText(self.tr("Console · starting…"))
        file = editor.file
        self._around.prepared(lambda: self._run_now(file))

    def _run_now(self, file: str) -> None:
        names = [words.file_name(each) for each in self._files]
        self.console.begin(words.file_name(file), names)
        try:
            self._run = self._desk.run(file)
        except Problem as problem:
            self.console.text.say(problem.sentence, "attention")

    def stop(self) -> None:
        """Stop the program."""
        self._desk.stop_run()

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

    def new_file(self) -> None:
        """Ask for a name and make a file."""
        if self.editors.editor is not None and not self.editors.editor.isReadOnly():
            ask_file_name(self, self.tr("New file"), "", self._taken(), self.make_file)

    def make_file(self, name: str) -> None:
        """Make an empty file in this question."""
        file = f"{self._question}/{name}"
        self._do(lambda: self._desk.new_file(file), file)

    def rename_file(self) -> None:
        """Ask for another name of the file that is shown; the main file keeps its own."""
        file = self._own_file()
        if file is not None:
            name = words.file_name(file)
            ask_file_name(self, self.tr("Rename file"), name, self._taken(), lambda to: self.give_name(file, to))

    def give_name(self, file: str, name: str) -> None:
        """Give a file of this question another name."""
        to = f"{self._question}/{name}"
        if to != file:
            self._do(lambda: self._desk.rename_file(file, to), to, gone=file)

    def remove_file(self) -> None:
        """Remove the file that is shown; it can be brought back."""
        file = self._own_file()
        if file is not None:
            self._removed[file] = self._desk.text(file)
            self._do(lambda: self._desk.remove_file(file), "", gone=file)
            self.banners.removed(file, words.file_name(file))

    def reset_file(self) -> None:
        """Put the starter code back, so that undo brings the own text again."""
        editor = self.editors.editor
        if editor is None or editor.isReadOnly():
            return
        starter = self._progress.starters.get(editor.file)
        if starter is None:
            self.banners.hint(self.tr("This file has no starter code."))
            return
        editor.replace_text(starter)
        self.banners.hint(self.tr("The starter code is back. Ctrl+Z brings your own text again."), "info")

    def raise_hand(self) -> None:
        """Ask for somebody to come, or no longer."""
        if self._state is not None:
            self._desk.raise_hand(not self._state.hand)
            self.refresh(self._desk.state())

    def toggle_messages(self) -> None:
        """Open or close the messages."""
        if self._side.isVisible() and self._side.currentWidget() is self.messages:
            self._close_side()
        else:
            self.open_messages("message")

    def open_messages(self, kind: Literal["message", "problem"]) -> None:
        """Open the messages, to write one or to report a problem with this question."""
        self._side.setCurrentWidget(self.messages)
        self._open_side()
        if self._state is not None:
            self.messages.refresh(self._state, self._around.sent())
        self.messages.begin(kind, self._heading.text())

    def toggle_notes(self) -> None:
        """Open or close the notes."""
        if self._side.isVisible() and self._side.currentWidget() is self.notes:
            self._close_side()
            return
        if not self._notes_loaded and self._state is not None:
            self.notes.load(self._state.notes)
            self._notes_loaded = True
        self._side.setCurrentWidget(self.notes)
        self._open_side()
        self.notes.text.setFocus()

    def toggle_instructions(self) -> None:
        """Open or close the exam's instructions."""
        content = self._desk.content
        if content is None or (self._side.isVisible() and self._side.currentWidget() is self.instructions):
            self._close_side()
            return
        self.instructions.load(content)
        self._side.setCurrentWidget(self.instructions)
        self._open_side()

    def next_pane(self) -> None:
        """Give the keyboard to the next part: questions, prompt, editor, console, input."""
        editor = self.editors.editor
        parts: list[QWidget] = [self.rail, self.prompt]
        if editor is not None:
            parts.append(editor)
        parts.append(self.console.input if self.console.input.isEnabled() else self.console.text)
        focused = self._focused()
        at = next((n for n, part in enumerate(parts) if part is focused or part.isAncestorOf(focused)), -1)
        following = parts[(at + 1) % len(parts)]
        self.rail.focus_current() if following is self.rail else following.setFocus()

    def _focused(self) -> QWidget:
        window = self.window()
        return (window.focusWidget() if window is not None else None) or self

    def _own_file(self) -> str | None:
        editor = self.editors.editor
        if editor is None or editor.isReadOnly():
            return None
        view = next((one for one in self._state.questions if one.id == self._question), None) if self._state else None
        if view is None or editor.file == view.main:
            self.banners.hint(self.tr("This is the file that Run starts; it keeps its name and its place."))
            return None
        return editor.file

    def _taken(self) -> list[str]:
        return [words.file_name(file) for file in self._files]

    def _do(self, change: Callable[[], object], show: str, gone: str = "") -> None:
        try:
            change()
        except Problem as problem:
            self.banners.hint(problem.sentence)
            return
        if gone:
            self.editors.forget(gone)
        if show:
            self._desk.view(self._question, show)
        self.refresh(self._desk.state())

    def _bring_back(self, file: str) -> None:
        text = self._removed.pop(file, None)
        if text is not None:
            self._do(lambda: self._desk.new_file(file, text), file)

    def _turned(self, file: str) -> None:
        self._desk.view(self._question, file)

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

    def _open_side(self) -> None:
        self._side.show()
        self.rail.setVisible(self.width() >= ROOM_FOR_ALL)

    def _close_side(self) -> None:
        self.notes.keep()
        self._side.hide()
        self.rail.show()
        if self.editors.editor is not None:
            self.editors.editor.setFocus()


def _without_heading(prompt: str, title: str) -> str:
    """Return the prompt without a first heading that says the title again."""
    first, _, rest = prompt.lstrip().partition("\n")
    return rest.lstrip() if first.startswith("# ") and first.strip("# \t").casefold() == title.casefold() else prompt
