"""The exam that was opened from a file, for a PC without a network: what it is, and how it is begun."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QLabel, QWidget

from shared.bundle.desk_file import DeskFile
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import button, column, label, row


class ExamFileCard(QWidget):
    """Stands where the exams on the network are listed."""

    closed = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.file: DeskFile | None = None
        picture = QLabel()
        look.dress(picture, "import", "accent_text", 32)
        self._title = label(role="subtitle", wrap=True)
        self._detail = label(role="muted", wrap=True)
        self._how = label(
            self.tr(
                "This exam comes from a file, so it needs no network. It is sealed: you wait here until your "
                "instructor reads out the start code. At the end you hand in with a file on a stick."
            ),
            wrap=True,
        )
        self.close_file = button(self.tr("Use the network instead"), self.closed.emit)
        top = row(picture, column(self._title, self._detail, spacing=2), spacing=12)
        top.setAlignment(picture, Qt.AlignmentFlag.AlignTop)
        top.setStretch(1, 1)
        layout = column(top, self._how, 1, row(self.close_file, 1), spacing=12)
        layout.setContentsMargins(4, 8, 4, 4)
        self.setLayout(layout)

    def show_file(self, file: DeskFile | None) -> None:
        """Show an exam file, or none."""
        self.file = file
        if file is None:
            return
        page = file.page
        self._title.setText(file.title)
        minutes = words.spoken(page.minutes * 60_000) if page.minutes is not None else ""
        self._detail.setText(" · ".join(part for part in (page.course, page.instructor, minutes) if part))
