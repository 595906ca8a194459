"""What covers the work while the exam is paused, or goes on at another PC."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QWidget

from student_app.views.look import Look
from student_app.views.pieces import column, label, row


class PausePage(QWidget):
    """One sentence, and that nothing is lost."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.title = label(self.tr("The exam is paused"), "title")
        self.text = label(wrap=True)
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(520)
        middle = row(1, self.text, 1)
        middle.setStretchFactor(self.text, 10)
        self.say("")
        self.setLayout(column(2, self._picture, self.title, middle, 3, spacing=16))

    def say(self, note: str, *, locked: bool = False) -> None:
        """Show the staff's note above the comfort; `locked`: the exam goes on, only not here."""
        self._look.dress(self._picture, "lock" if locked else "status-paused", "accent_text", 48)
        self.title.setText(self.tr("Writing is locked on this PC") if locked else self.tr("The exam is paused"))
        text = (
            self.tr("Everything you wrote is kept. Your time goes on: raise your hand if this is a surprise.")
            if locked
            else self.tr("Everything you wrote is kept, and your time stands still. Follow what your instructor says.")
        )
        self.text.setText(f"{note}\n\n{text}" if note else text)
