"""What the student reads after closing the window: everything is kept, and how to go on."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QProgressBar, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import column, label, row


class Farewell(QWidget):
    """A small window while the last events are written down and sent."""

    def __init__(self, look: Look, state: DeskState) -> None:
        super().__init__(None, Qt.WindowType.Dialog)
        self.setWindowTitle(self.tr("ExamDesk"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setStyleSheet(f"Farewell {{ background: {look.colour('surface')}; }}")
        self._look = look
        self._picture = QLabel()
        look.dress(self._picture, "save-local", "muted", 28)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(self.tr("Sending the last changes"))
        self.title = label(self.tr("Saving your work…"), "subtitle", wrap=True)
        self.text = label(self._sentence(state), wrap=True)
        head = row(self._picture, self.title, spacing=12)
        head.setStretch(1, 1)
        layout = column(head, self.text, self._bar, spacing=12)
        layout.setContentsMargins(24, 20, 24, 20)
        self.setLayout(layout)
        self.setFixedWidth(440)

    def sent(self, safe: bool, saved: bool) -> None:
        """Say whether the instructor has everything, and whether this PC has."""
        self._bar.setRange(0, 1)
        self._bar.setValue(1)
        if not saved and not safe:
            self._look.dress(self._picture, "warning", "danger", 28)
            self.title.setText(self.tr("Not everything could be saved on this PC"))
            self.text.setText(self.tr("Tell your proctor now, before somebody switches this PC off."))
            return
        self._look.dress(self._picture, "save-local", "positive", 28)
        self.title.setText(self.tr("Everything is saved on this PC") if saved else self.tr("Your work has arrived"))
        text = (
            self.tr("Your instructor has all of it.")
            if safe
            else self.tr("What your instructor does not have yet is sent when you open ExamDesk again.")
        )
        self.text.setText(f"{self.text.text()}\n\n{text}")

    def _sentence(self, state: DeskState) -> str:
        if state.phase in {Phase.SUBMITTED, Phase.ENDED}:
            return self.tr("Your work is handed in. Your receipt code is {code}.").format(code=state.code)
        going = self.tr("Open ExamDesk again to go on exactly where you were.")
        if state.left_ms is None or state.phase is Phase.WAITING:
            return going
        left = words.spoken(state.left_ms)
        return f"{going} " + self.tr("The exam goes on meanwhile: {time} left.").format(time=left)
