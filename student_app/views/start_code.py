"""The field for the start code, shown where only that opens the exam: there is no connection to send the key."""

from collections.abc import Callable

from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFrame, QLineEdit

from shared.admission.codes import START_SYMBOLS, StartCode, parse_code
from shared.problems import InputProblem
from student_app.core.state import DeskState
from student_app.views.look import Look
from student_app.views.pieces import button, column, label, row, set_property

Open = Callable[[str, Callable[[str], None]], None]


class StartCodeBox(QFrame):
    """One field, one button, one sentence."""

    def __init__(self, look: Look, open_exam: Open) -> None:
        super().__init__()
        self._look = look
        self._open = open_exam
        self._asking = False
        title = label(self.tr("Start code"), "subtitle")
        self._why = label(
            self.tr(
                "This PC has no connection, so it can't be told that the exam begins. Your instructor reads out a "
                "start code: type it here, and the exam opens."
            ),
            "muted",
            wrap=True,
        )
        self.code = QLineEdit()
        self.code.setPlaceholderText("ABCD-EFGH-JKM")
        self.code.setProperty("role", "code")
        self.code.setMaxLength(40)
        self.code.setMinimumWidth(220)
        self.code.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.code.setAccessibleName(self.tr("Start code"))
        self.code.textChanged.connect(self._typed)
        self.code.returnPressed.connect(self._press)
        self.button = button(self.tr("Open the exam"), self._press, "primary")
        self.hint = label(role="small", wrap=True)
        across = row(self.code, self.button, spacing=12)
        across.setStretch(0, 1)
        layout = column(title, self._why, across, self.hint, spacing=8)
        layout.setContentsMargins(0, 8, 0, 0)
        self.setLayout(layout)
        self.hide()
        self._typed()

    def refresh(self, state: DeskState) -> None:
        """Show it where it is needed; who has read everything can type at once."""
        came = state.needs_code and self.isHidden()
        self.setVisible(state.needs_code)
        if came and state.honor:
            self.code.setFocus()

    def _typed(self) -> None:
        text = self.code.text().strip()
        right = False
        if not text:
            self._say(self.tr("11 symbols. Capitals, dashes and spaces don't matter."))
        else:
            try:
                code = parse_code(text)
                right = isinstance(code, StartCode)
                self._say(
                    self.tr("✓ {code}").format(code=str(code))
                    if right
                    else self.tr("This is the access code, with which you joined. The start code is a longer one."),
                    wrong=not right,
                )
            except InputProblem as problem:
                typed = sum(each.isalnum() for each in text)
                short = typed < START_SYMBOLS + 1
                so_far = self.tr("{n} of {all} symbols").format(n=typed, all=START_SYMBOLS + 1)
                self._say(so_far if short else problem.sentence, wrong=not short)
        self.button.setEnabled(right and not self._asking)

    def _press(self) -> None:
        if not self.button.isEnabled():
            return
        self._asking = True
        self.button.setEnabled(False)
        self._say(self.tr("Trying the code…"))
        self._open(self.code.text(), self._tried)

    def _tried(self, sentence: str) -> None:
        self._asking = False
        self._typed()
        if sentence:
            self._say(sentence, wrong=True)
            self.code.setFocus()
            self.code.selectAll()

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self.hint.setText(text)
        set_property(self.code, "state", "wrong" if wrong else "")
