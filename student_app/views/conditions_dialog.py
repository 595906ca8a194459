"""The honor code and what is recorded, when they change while the student works: what is different now."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from student_app.core.conditions import Conditions
from student_app.views.look import Look
from student_app.views.pieces import button, column, label, row
from student_app.views.prompt_view import PromptView

WIDTH, HEIGHT = 640, 400


class ConditionsDialog(QDialog):
    """Shows what is different between `now` and what was affirmed `before`, where that is known; Escape puts it off."""

    affirmed = pyqtSignal(str, str)
    """SHA-256 of the honor code and of what is recorded, as they were shown."""

    def __init__(self, parent: QWidget, look: Look, now: Conditions, before: Conditions | None) -> None:
        super().__init__(parent)
        self._look = look
        self._now = now
        self.setWindowTitle(self.tr("Changed while you work"))
        self.setLayoutDirection(parent.layoutDirection())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        text = column(spacing=10)
        text.setContentsMargins(0, 0, 12, 0)
        honor_changed = before is None or before.honor != now.honor
        recorded_changed = before is None or before.recorded != now.recorded
        if honor_changed:
            gone = self.tr("This exam has no honor code any more.")
            self._add(text, self.tr("Honor code"), now.honor or gone, before.honor if before is not None else None)
        if recorded_changed:
            was = _bullets(before.recorded) if before is not None else None
            self._add(text, self.tr("What is recorded"), _bullets(now.recorded), was)
        text.addStretch(1)
        inside = QWidget()
        inside.setLayout(text)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setWidget(inside)
        affirming = honor_changed and bool(now.honor.strip())
        self.accept_button = button(
            self.tr("I affirm this") if affirming else self.tr("I have read this"), self._affirm, "primary"
        )
        later = button(self.tr("Later"), self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(12)
        layout.addWidget(label(self.tr("Please read what was changed"), "title"))
        said = self.tr("Your work is untouched and your time goes on. That you read it is recorded.")
        layout.addWidget(label(said, "muted", wrap=True))
        layout.addWidget(area, 1)
        layout.addLayout(row(1, later, self.accept_button, spacing=10))
        self.resize(WIDTH, HEIGHT)
        self.accept_button.setFocus()

    def _add(self, to: QVBoxLayout, title: str, text: str, before: str | None) -> None:
        view = PromptView(self._look)
        view.setAccessibleName(title)
        view.grows()
        if before is None or not before.strip():
            view.show_markdown(text, ())
        else:
            view.show_correction(before, text, ())
        to.addWidget(label(title, "subtitle"))
        to.addWidget(view)

    def _affirm(self) -> None:
        self.affirmed.emit(*self._now.hashes)
        self.accept()


def _bullets(lines: str) -> str:
    return "\n".join(f"- {line}" for line in lines.splitlines())
