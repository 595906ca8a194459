"""A question as the student reads it: number, title, what was corrected, and the prompt."""

from collections.abc import Callable
from functools import partial

from PyQt6.QtCore import pyqtSignal
from PyQt6.QtGui import QPalette
from PyQt6.QtWidgets import QFrame, QLabel, QWidget

from shared.exam.content import QuestionContent
from student_app.core.state import NoticeView
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import Banner, button, column, empty, label, row
from student_app.views.prompt_view import PromptView


class QuestionPane(QFrame):
    """Shows one question. A corrected prompt shows what is different until the student has read it, then at will."""

    read = pyqtSignal(int)

    def __init__(self, look: Look, copied: Callable[[str], None]) -> None:
        super().__init__()
        self._look = look
        self._shown: tuple[object, ...] = ()
        self._question: QuestionContent | None = None
        self._corrections: tuple[NoticeView, ...] = ()
        self.number = label(role="small")
        self.heading = label(role="subtitle", wrap=True)
        for each in (self.number, self.heading):
            each.setContentsMargins(4, 0, 0, 0)
        self.prompt = PromptView(look, copied)
        self.prompt.setAccessibleName(self.tr("Question"))
        self._notes = column(spacing=4)
        self.changes = button(self.tr("Show what was corrected"), self._turn)
        self.changes.setCheckable(True)
        self._line = QWidget()
        self._line.setLayout(row(self.changes, 1))
        layout = column(self.number, self.heading, self._notes, self._line, self.prompt, spacing=4)
        layout.setStretch(4, 1)
        layout.setContentsMargins(16, 12, 8, 4)
        self.setLayout(layout)
        self.setBackgroundRole(QPalette.ColorRole.Base)
        self.setAutoFillBackground(True)
        self.setMinimumSize(220, 120)

    def show_question(
        self,
        question: QuestionContent,
        place: tuple[int, int],
        notices: tuple[NoticeView, ...],
        *,
        withdrawn: bool = False,
    ) -> None:
        """Show a question, which stands at this place of so many, with what the staff corrected of it."""
        number, total = place
        mine = tuple(one for one in notices if one.question == question.id and one.kind == "correction")
        key = (question, place, mine, withdrawn)
        if key == self._shown:
            return
        turned = self._question is None or self._question.id != question.id
        known = {one.number for one in self._corrections if one.prompt}
        fresh = any(one.prompt and (not one.read or one.number not in known) for one in mine)
        self._shown, self._question, self._corrections = key, question, mine
        said = self.tr("Question {n} of {total} · withdrawn") if withdrawn else self.tr("Question {n} of {total}")
        self.number.setText(said.format(n=number, total=total))
        self.heading.setText(question.title)
        if turned or fresh:
            self.changes.setChecked(any(one.prompt and not one.read for one in mine))
        self._show_notes()
        self._show_prompt()

    def _show_notes(self) -> None:
        empty(self._notes)
        for one in self._corrections:
            said = f"{self.tr('Correction')} · {words.time_of_day(one.issued_ms)}"
            if one.read:
                line: QLabel | Banner = label(f"{said}: {one.text}", "muted", wrap=True)
                line.setContentsMargins(4, 0, 4, 0)
            else:
                line = Banner(self._look, one.text, "", said, "edit")
                line.add(self.tr("Understood"), partial(self.read.emit, one.number))
            self._notes.addWidget(line)
        self._line.setVisible(any(one.prompt for one in self._corrections))

    def _show_prompt(self) -> None:
        question = self._question
        if question is None:
            return
        texts = [question.prompt, *(one.prompt for one in self._corrections if one.prompt)]
        texts = [_without_heading(text, question.title) for text in texts]
        below = ""
        if question.data:
            names = ", ".join(f"`{each.path}`" for each in question.data)
            below = "\n\n" + self.tr("Files beside your program: {names}").format(names=names)
        newest = next((one for one in reversed(self._corrections) if one.prompt), None)
        if newest is not None and self.changes.isChecked():
            before = _without_heading(newest.before, question.title) if newest.before else texts[-2]
            self.changes.setText(self.tr("Show it without marks"))
            self.prompt.show_correction(before + below, texts[-1] + below, question.images)
        else:
            self.changes.setText(self.tr("Show what was corrected"))
            self.prompt.show_markdown(texts[-1] + below, question.images)

    def _turn(self) -> None:
        self._show_prompt()


def _without_heading(prompt: str, title: str) -> str:
    """Return the prompt without a first heading that says the title again."""
    first, _, rest = prompt.lstrip().partition("\n")
    return rest.lstrip() if first.startswith("# ") and first.strip("# \t").casefold() == title.casefold() else prompt
