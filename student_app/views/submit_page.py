"""Before handing in: each question with what was written, how its programs ran, and when it last changed."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from student_app.core.content import QuestionView
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import Banner, ElidedLabel, button, centred, column, empty, foot, frame, label, row
from student_app.views.port import DeskPort, starter_texts

WIDTH = 820
NAMED = 3
"""So many questions without an answer are named."""


class Summary(QWidget):
    """One line per question."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(20)
        self._grid.setVerticalSpacing(10)
        self._grid.setColumnStretch(1, 3)
        self._grid.setColumnStretch(2, 2)
        self._grid.setColumnStretch(3, 2)

    def show_questions(self, desk: DeskPort, state: DeskState) -> list[str]:
        """Show them, and return the titles of those where nothing was written."""
        empty(self._grid)
        starters = starter_texts(desk.content)
        heads = ("", self.tr("Question"), self.tr("Written"), self.tr("Runs"), self.tr("Last change"))
        for at, text in enumerate(heads):
            self._grid.addWidget(label(text, "small"), 0, at)
        without: list[str] = []
        for line, view in enumerate(state.questions, 1):
            texts = {file: desk.text(file) for file in view.files}
            said, blank = self._written(texts, starters)
            if blank:
                without.append(view.title)
            self._grid.addWidget(self._icon(view, blank), line, 0)
            self._grid.addWidget(ElidedLabel(f"{line}  {view.title}"), line, 1)
            self._grid.addWidget(self._cell(said, "muted" if blank else ""), line, 2)
            self._grid.addWidget(self._cell(_runs(view), "" if view.runs else "muted"), line, 3)
            changed = words.time_of_day(view.changed_ms) if view.changed_ms is not None else "-"
            self._grid.addWidget(label(changed, "" if view.changed_ms is not None else "muted"), line, 4)
        return without

    def _written(self, texts: dict[str, str], starters: dict[str, str]) -> tuple[str, bool]:
        if not any(text.strip() for text in texts.values()):
            return self.tr("Empty"), True
        if all(text.strip() == starters.get(file, "").strip() for file, text in texts.items()):
            return self.tr("The starter code, unchanged"), True
        lines = sum(len(text.splitlines()) for text in texts.values())
        return words.lines_in_files(lines, len(texts)), False

    def _icon(self, view: QuestionView, blank: bool) -> QLabel:
        made = QLabel()
        failed = view.last_run == "failed"
        icon, tone = ("info", "attention") if blank else ("info", "muted") if failed else ("check", "positive")
        if not blank and not view.runs:
            icon, tone = "edit", "muted"
        self._look.dress(made, icon, tone, 16)
        return made

    @staticmethod
    def _cell(text: str, role: str) -> QLabel:
        made = label(text, role, wrap=True)
        made.setAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        return made


class SubmitPage(QWidget):
    """What will be handed in, and the one button that does it."""

    submit = pyqtSignal()
    back = pyqtSignal()

    def __init__(self, desk: DeskPort, look: Look) -> None:
        super().__init__()
        self._desk = desk
        self._left = label(role="muted", wrap=True)
        self.summary = Summary(look)
        self._empty = Banner(look, "", "attention", icon="info")
        self._offline = Banner(look, "", icon="offline")
        self._offline.say(
            self.tr(
                "There is no connection to the instructor's computer. You can hand in all the same: it is sealed on "
                "this PC now and goes to the instructor by itself."
            )
        )
        self.go = button(self.tr("Hand in now"), self.submit.emit, "primary")
        self.go.setMinimumHeight(40)
        back = button(self.tr("Go back and work on"), self.back.emit)
        back.setMinimumHeight(40)
        content = QWidget()
        content.setLayout(
            column(
                label(self.tr("Hand in your work?"), "title"),
                self._left,
                self._empty,
                self._offline,
                frame("card", column(self.summary), 20),
                spacing=16,
            )
        )
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(centred(content, WIDTH), 1)
        whole.addWidget(foot(row(1, back, self.go), WIDTH))

    def open(self, state: DeskState) -> None:
        """Show the work as it stands now."""
        without = self.summary.show_questions(self._desk, state)
        self._empty.setVisible(bool(without))
        self._empty.say(_nothing_in(without, len(state.questions)))
        self.refresh(state)
        self.go.setFocus()

    def refresh(self, state: DeskState) -> None:
        """Keep the time up to date."""
        self._offline.setVisible(not state.online)
        said = [self.tr("Everything below is handed in as it stands.")]
        left = words.spoken(state.left_ms) if state.left_ms is not None else ""
        if not state.may_take_back:
            said.append(self.tr("In this exam a hand-in can't be taken back."))
            if left:
                said.append(self.tr("You still have {time}.").format(time=left))
        elif left:
            said.append(self.tr("You still have {time}; you can take it back until then.").format(time=left))
        self._left.setText(" ".join(said))


def _nothing_in(without: list[str], questions: int) -> str:
    """Name the questions where nothing was written; of many say how many, since the table shows which."""
    if len(without) <= NAMED:
        return words.tr("Nothing written yet in: {which}.").format(which=", ".join(without))
    said = words.tr("Nothing written yet in {n} of {all} questions: they are marked below.")
    return said.format(n=words.number(len(without)), all=words.number(questions))


def _runs(view: QuestionView) -> str:
    if not view.runs:
        return words.tr("Never run")
    count = words.tr("1 run") if view.runs == 1 else words.tr("{n} runs").format(n=words.number(view.runs))
    end = {"ran": words.tr("the last without an error"), "failed": words.tr("the last with an error")}
    return f"{count}, {end[view.last_run]}" if view.last_run in end else count
