"""While the hub is asked, and while a person has to let the student in."""

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views.look import Look
from student_app.views.pieces import Banner, button, centred, column, frame, label


class JoiningPage(QWidget):
    """One sentence on what goes on, and a way back."""

    back = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._picture = QLabel()
        self._picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = label(role="title")
        self._text = label(wrap=True)
        for each in (self._title, self._text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setAccessibleName(self.tr("Joining"))
        self._problem = Banner(look, "", "attention", self.tr("Not yet"), "warning")
        self._problem.hide()
        self._back = button(self.tr("Change what I typed"), self.back.emit)
        card = frame("card", column(
            self._picture, self._title, self._text, self._bar, self._problem, self._back, spacing=16
        ), 32)  # fmt: skip
        whole = QHBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(centred(card, 560))

    def refresh(self, state: DeskState) -> None:
        """Show the desk as it is now."""
        held = state.phase is Phase.HELD
        self._look.dress(self._picture, "hand" if held else "network", "accent_text", 40)
        if held:
            self._title.setText(self.tr("Please wait for your proctor"))
            asked = state.problem or self.tr("Somebody has to let you in.")
            self._text.setText(
                self.tr("{why} You don't have to do anything; this page goes on by itself.").format(why=asked)
            )
        else:
            self._title.setText(self.tr("Joining…"))
            self._text.setText(
                self.tr("Checking that this is really your exam, then signing you in. This takes a few seconds.")
            )
        self._problem.setVisible(bool(state.problem) and not held)
        self._problem.say(self.tr("{why} It is tried again by itself.").format(why=state.problem))
