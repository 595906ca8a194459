"""The start code, to be read aloud to desks that have no network."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QWidget

from examdesk.staffapi.messages import ShowStartCode, StartCodeShown
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, column, label
from instructor_app.words import tr
from shared.look import SPACE
from shared.problems import Problem

LETTERS_PX = 44


class StartCodeDialog(QDialog):
    """Asks the hub, which writes into the audit log that it was shown, and shows the code large."""

    def __init__(self, kit: Kit, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Start code"))
        self.setMinimumWidth(520)
        self._kit = kit
        self.banner = Banner(kit.look)
        self.code = label("", "code", selectable=True)
        self.code.setStyleSheet(f"font-size: {LETTERS_PX}px; font-weight: 700;")
        self.code.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.code.setAccessibleName(tr("Start code"))
        self.sentence = label(tr("Asking the hub…"), wrap=True)
        words = tr("A desk without a network opens the exam with it. It is in the audit log that you looked.")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        parts = (self.banner, self.code, self.sentence, label(words, "muted", wrap=True), buttons)
        self.setLayout(column(*parts, spacing=SPACE["m"], margin=SPACE["xl"]))
        kit.bridge.query(ShowStartCode(), self._take, self._problem, key="start code")

    def _take(self, shown: StartCodeShown) -> None:
        self.code.setText(shown.code)
        self.sentence.setText(shown.sentence)

    def _problem(self, problem: Problem) -> None:
        self.sentence.setText("")
        self.banner.say("attention", problem.sentence, tr("There is no start code"))
