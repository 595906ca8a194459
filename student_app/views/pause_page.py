"""What covers the work while the exam is paused."""

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QWidget

from student_app.views.look import Look
from student_app.views.pieces import column, label, row


class PausePage(QWidget):
    """One sentence, and that nothing is lost."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        picture = QLabel()
        look.dress(picture, "status-paused", "accent_text", 48)
        picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label(self.tr("The exam is paused"), "title")
        self.text = label(wrap=True)
        for each in (title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.text.setMaximumWidth(520)
        middle = row(1, self.text, 1)
        middle.setStretchFactor(self.text, 10)
        self.setLayout(column(2, picture, title, middle, 3, spacing=16))

    def say(self, note: str) -> None:
        """Show the staff's note above the comfort."""
        text = self.tr("Everything you wrote is kept, and your time stands still. Follow what your instructor says.")
        self.text.setText(f"{note}\n\n{text}" if note else text)
