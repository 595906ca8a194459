"""What opens at the side of the workspace: messages and notes."""

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QPlainTextEdit, QScrollArea, QVBoxLayout, QWidget

from shared.exam.content import Content
from student_app.core.memory import Sent
from student_app.core.state import DeskState, NoticeView
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import Pane, button, column, empty, frame, label, row
from student_app.views.prompt_view import PromptView
from student_app.views.rules import rules_in_words

NOTES_MS = 1_500


def notice_title(notice: NoticeView) -> str:
    """Return what kind of message this is, and when it came."""
    kind = {
        "announcement": words.tr("Announcement"),
        "extension": words.tr("Your time has changed"),
        "correction": words.tr("Correction"),
    }.get(notice.kind, words.tr("Message"))
    parts = [kind, notice.sender, words.time_of_day(notice.issued_ms)]
    return " · ".join(part for part in parts if part)


class MessagePane(Pane):
    """Messages of the staff, the student's own, and a field to write one."""

    read = pyqtSignal(int)
    written = pyqtSignal(str, str)
    """Text, and `message` or `problem`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, words.tr("Messages"))
        self._look = look
        self._shown: tuple[object, ...] = ()
        self._list = QVBoxLayout()
        self._list.setSpacing(10)
        inside = QWidget()
        inside.setLayout(column(self._list, 1))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        self._about = label(self.tr("Write to your instructor"), "muted", wrap=True)
        self.report = button(self.tr("Report a problem"), self._turn, "link")
        self.report.setToolTip(self.tr("Tell what is wrong with the question that you are at (Ctrl+Shift+B)"))
        self.text = QPlainTextEdit()
        self.text.setMaximumHeight(92)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(self.tr("Message to your instructor"))
        self._kind, self._question = "message", ""
        self._send = button(self.tr("Send"), self._write, "primary")
        self.text.textChanged.connect(self._check)
        self._sent_hint = label("", "small", wrap=True)
        self.body.addWidget(area, 1)
        about = row(self._about, self.report)
        about.setStretch(0, 1)
        self.body.addLayout(about)
        self.body.addWidget(self.text)
        send_row = row(self._sent_hint, self._send)
        send_row.setStretch(0, 1)
        self.body.addLayout(send_row)
        self._check()

    def begin(self, kind: str, question: str = "") -> None:
        """Write a `message`, or report a `problem` with a question."""
        self._kind, self._question = kind, question
        if kind == "problem":
            self._about.setText(self.tr("What is wrong with “{title}”?").format(title=question))
            self.report.setText(self.tr("Write a message"))
        else:
            self._about.setText(self.tr("Write to your instructor"))
            self.report.setText(self.tr("Report a problem"))
        self.text.setFocus()

    def _turn(self) -> None:
        """Write the other kind; what is typed already stays."""
        self.begin("message" if self._kind == "problem" else "problem", self._question)

    def refresh(self, state: DeskState, sent: tuple[Sent, ...]) -> None:
        """Show what was said by both sides, the newest first, and what of it has not arrived yet."""
        arrived = tuple(one.seq <= state.safe for one in sent)
        shown = (state.notices, sent, arrived, state.may_report, self._look.theme)
        if shown == self._shown:
            return
        self._shown = shown
        self.report.setVisible(state.may_report)
        empty(self._list)
        if not state.notices and not sent:
            self._list.addWidget(
                label(self.tr("No messages yet. What your instructor writes appears here."), "muted", wrap=True)
            )
        cards = [(one.issued_ms, self._card(one)) for one in state.notices]
        cards += [(one.at_ms, self._own(one, there)) for one, there in zip(sent, arrived, strict=True)]
        for _, card in sorted(cards, key=lambda card: card[0], reverse=True):
            self._list.addWidget(card)

    def _card(self, notice: NoticeView) -> QWidget:
        layout = column(label(notice_title(notice), "small", wrap=True), label(notice.text, wrap=True), spacing=4)
        if not notice.read:
            understood = button(self.tr("Understood"), lambda: self.read.emit(notice.number))
            layout.addLayout(row(1, understood))
        return frame("card", layout, 12)

    def _own(self, sent: Sent, arrived: bool) -> QWidget:
        """Return what the student wrote, set in a little, with how far it has come."""
        kind = self.tr("You report a problem") if sent.problem else self.tr("You")
        there = self.tr("with your instructor") if arrived else self.tr("not yet with your instructor")
        title = f"{kind} · {words.time_of_day(sent.at_ms)} · {there}"
        layout = column(label(title, "small", wrap=True), label(sent.text, "muted", wrap=True), spacing=4)
        inset = QWidget()
        inside = column(frame("card", layout, 12))
        inside.setContentsMargins(24, 0, 0, 0)
        inset.setLayout(inside)
        return inset

    def _check(self) -> None:
        text = self.text.toPlainText().strip()
        self._send.setEnabled(bool(text))
        if text:
            self._sent_hint.setText("")

    def _write(self) -> None:
        self.written.emit(self.text.toPlainText().strip(), self._kind)
        self.text.clear()
        self._sent_hint.setText(self.tr("Written down. It is on its way to your instructor."))
        self.begin("message", self._question)


class NotesPane(Pane):
    """A page for the student's own notes; they are part of the record."""

    written = pyqtSignal(str)

    def __init__(self, look: Look) -> None:
        super().__init__(look, words.tr("Notes"))
        self.text = QPlainTextEdit()
        self.text.setAccessibleName(self.tr("Your notes"))
        self.text.setPlaceholderText(self.tr("Scratch paper: only you and your instructor can read it."))
        self.text.setTabChangesFocus(True)
        self._last = ""
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(NOTES_MS)
        self._timer.timeout.connect(self.keep)
        self.text.textChanged.connect(self._timer.start)
        self.body.addWidget(self.text)
        self.body.addWidget(
            label(self.tr("Notes are saved with your work but not handed in as an answer."), "small", wrap=True)
        )

    def load(self, text: str) -> None:
        """Show what was written before."""
        if text != self._last:
            self._last = text
            self.text.setPlainText(text)
            self._timer.stop()

    def keep(self) -> None:
        """Write down what stands here."""
        text = self.text.toPlainText()
        if text != self._last:
            self._last = text
            self.written.emit(text)


class InstructionsPane(Pane):
    """The exam's instructions, and the rules that hold."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, words.tr("Instructions"))
        self._text = PromptView(look)
        self._text.setAccessibleName(self.tr("Instructions"))
        self.body.addWidget(self._text)

    def load(self, content: Content) -> None:
        """Show the instructions of this exam."""
        rules = "\n".join(f"- {rule}" for rule in rules_in_words(content))
        title = self.tr("Rules of this exam")
        self._text.show_markdown(f"{content.instructions}\n\n### {title}\n\n{rules}\n", ())
