"""What a person still says about a command before it is sent: a text, a ratio, a reason, a time."""

from PySide6.QtCore import QDateTime, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateTimeEdit, QLineEdit, QPlainTextEdit, QWidget

from examdesk.staffapi.messages import Extend, Open, Redraw, Say
from instructor_app.answers import AnswersMenu
from instructor_app.kit import Kit
from instructor_app.widgets.basic import button, column, label, name_for_readers, roomy, row
from instructor_app.words import clock_time, tr
from shared.look import SPACE

SECOND_MS = 1000


class ReasonForm(QWidget):
    """Why something is done that the audit log has to explain.

    Attributes:
        changed: what it says is another.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.text = QLineEdit()
        self.text.setPlaceholderText(tr("Why? It goes into the audit log"))
        self.text.setAccessibleName(tr("Reason"))
        self.text.textChanged.connect(lambda _: self.changed.emit())
        self.setLayout(column(self.text))

    def take(self, request: Redraw) -> None:
        """Begin with a request."""
        self.text.setText(request.reason)
        self.text.setFocus()

    def ready(self) -> bool:
        """Tell whether it says anything."""
        return bool(self.text.text().strip())

    def fill(self, request: Redraw) -> Redraw:
        """Return the request with what is said here."""
        return Redraw(command="", session=request.session, reason=self.text.text().strip())


class MessageForm(QWidget):
    """What is written, as what, and about which question.

    Attributes:
        changed: what it says is another.
    """

    changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.kind = QComboBox()
        name_for_readers(self.kind, tr("What it is"))
        for kind, words in (
            ("message", tr("Message")),
            ("announcement", tr("Announcement")),
            ("correction", tr("Correction of a question")),
        ):
            self.kind.addItem(words, kind)
        self.question = QComboBox()
        name_for_readers(self.question, tr("Question that is corrected"))
        self.text = QPlainTextEdit()
        self.text.setMaximumHeight(76)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Message"))
        self.answers = button(kit.look, tr("Answers"), "message", "quiet", tip=tr("Ready answers"))
        self.answers.setMenu(AnswersMenu(kit, self, self.write, self.written))
        self.new_prompt = QCheckBox(tr("The question's text reads differently from now on"))
        self.prompt = QPlainTextEdit()
        self.prompt.setProperty("role", "code")
        self.prompt.setMaximumHeight(150)
        self.prompt.setTabChangesFocus(True)
        self.prompt.setAccessibleName(tr("The question's new text"))
        parts = (row(self.kind, self.question, None, self.answers), self.text, self.new_prompt, self.prompt)
        self.setLayout(column(*parts))
        self.text.textChanged.connect(self.changed)
        self.prompt.textChanged.connect(self.changed)
        self.new_prompt.toggled.connect(lambda _: self._fit())
        self.question.currentIndexChanged.connect(lambda _: self._show_prompt())
        self.kind.currentIndexChanged.connect(lambda _: self._fit())
        self.question.currentIndexChanged.connect(lambda _: self.changed.emit())
        self._fit()

    def take(self, request: Say) -> None:
        """Begin with a request."""
        self._fill_questions()
        kind = request.kind or ("message" if request.target.sessions else "announcement")
        self.new_prompt.setChecked(False)
        self._show_prompt()
        self.kind.setCurrentIndex(self.kind.findData(kind))
        self.text.setPlainText(request.text)
        self.text.setFocus()

    def write(self, text: str) -> None:
        """Put a text into the field."""
        self.text.setPlainText(text)
        self.text.setFocus()

    def written(self) -> str:
        """Return what is written."""
        return self.text.toPlainText().strip()

    def ready(self) -> bool:
        """Tell whether it can be sent."""
        if self.kind.currentData() != "correction":
            return bool(self.written())
        changed = not self.new_prompt.isChecked() or self._changed_prompt()
        return bool(self.written()) and bool(self.question.currentData()) and bool(changed)

    def fill(self, request: Say) -> Say:
        """Return the request with what is said here."""
        kind = self.kind.currentData()
        about = self.question.currentData() if kind == "correction" else ""
        return Say(
            command="",
            text=self.written(),
            target=request.target,
            kind=kind,
            question=about or "",
            prompt=self._changed_prompt() if kind == "correction" and self.new_prompt.isChecked() else "",
        )

    def _prompt(self) -> str:
        """Return the text of the chosen question as it is."""
        exam = self._kit.state.exam
        questions = exam.questions if exam is not None else ()
        return next((each.prompt for each in questions if each.id == self.question.currentData()), "")

    def _changed_prompt(self) -> str:
        """Return the new text; empty where it is none or the same."""
        text = self.prompt.toPlainText()
        return text if text.strip() and text.strip() != self._prompt().strip() else ""

    def _show_prompt(self) -> None:
        self.prompt.setPlainText(self._prompt())

    def _fill_questions(self) -> None:
        exam = self._kit.state.exam
        self.question.clear()
        for question in exam.questions if exam is not None else ():
            self.question.addItem(f"{question.id} · {question.title}", question.id)

    def _fit(self) -> None:
        kind = self.kind.currentData()
        self.question.setVisible(kind == "correction")
        self.new_prompt.setVisible(kind == "correction")
        self.prompt.setVisible(kind == "correction" and self.new_prompt.isChecked())
        self.text.setPlaceholderText(
            {
                "message": tr("Your message. Students see it at once, with your name."),
                "announcement": tr("Your announcement. It stays on their screens until they have read it."),
                "correction": tr(
                    "What holds now. Students see it beside the question, and the record keeps who read it."
                ),
            }[kind]
        )
        self.changed.emit()


class ExtendForm(QWidget):
    """Whether each student's own ratio is kept, and why it is done.

    Attributes:
        changed: other end times come of it.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.ratio = QCheckBox(tr("Keep each student's ratio: who has 1.5 times the time gets 1.5 times the minutes"))
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why (students read it; may stay empty)"))
        self.reason.setAccessibleName(tr("Reason for the change of time"))
        self.reason.setMaxLength(300)
        self.setLayout(column(self.ratio, self.reason))
        self.ratio.toggled.connect(lambda _: self.changed.emit())

    def take(self, request: Extend) -> None:
        """Begin with a request."""
        keep = not request.target.sessions if request.keep_ratio is None else request.keep_ratio
        self.ratio.blockSignals(True)
        self.ratio.setChecked(keep)
        self.ratio.blockSignals(False)
        self.reason.setText(request.reason)

    def fill(self, request: Extend) -> Extend:
        """Return the request with what is said here."""
        return Extend(
            command="",
            seconds=request.seconds,
            target=request.target,
            keep_ratio=self.ratio.isChecked(),
            reason=self.reason.text().strip(),
        )


class OpenForm(QWidget):
    """When to open.

    Attributes:
        changed: another time was chosen.
    """

    changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.at = roomy(QDateTimeEdit())
        self.at.setCalendarPopup(True)
        self.at.setDisplayFormat("yyyy-MM-dd HH:mm")
        self.at.setAccessibleName(tr("When the exam opens"))
        self.note = label("", "muted", wrap=True)
        self.at.dateTimeChanged.connect(self._changed_time)
        line = row(label(tr("Opens at"), "muted"), self.at, None)
        self.setLayout(column(line, self.note, spacing=SPACE["xs"]))

    def take(self, request: Open) -> None:
        """Begin with a request."""
        self.at.blockSignals(True)
        self.at.setDateTime(QDateTime.fromMSecsSinceEpoch(request.at_ms or self._kit.state.now_ms()))
        self.at.blockSignals(False)
        self._say()
        self.at.setFocus()

    def fill(self, request: Open) -> Open:
        """Return the request with the time chosen here."""
        at_ms = self.at.dateTime().toMSecsSinceEpoch() // SECOND_MS * SECOND_MS
        return Open(command="", target=request.target, at_ms=at_ms)

    def _changed_time(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        """Say what end comes of the time, or why it can't be taken."""
        exam = self._kit.state.exam
        minutes = exam.minutes if exam is not None else None
        if not self.ready():
            self.note.setText(tr("This time has passed. Choose a later one, or open the exam now."))
        elif minutes:
            end = clock_time(self.at.dateTime().toMSecsSinceEpoch() + minutes * 60_000)
            words = tr("{minutes} minutes: most end at {end}; longer times of single students are kept.")
            self.note.setText(words.format(minutes=minutes, end=end))
        else:
            self.note.setText(tr("It has no fixed length: it runs until you end it."))

    def ready(self) -> bool:
        """Tell whether the time is still to come."""
        return self.at.dateTime().toMSecsSinceEpoch() > self._kit.state.now_ms()
