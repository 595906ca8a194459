"""Whom of the exam's list the typed text means, asked a moment after the last key."""

from collections.abc import Callable

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget

from shared.admission.codes import RoomCode, parse_code
from shared.problems import InputProblem
from shared.wire.messages import Candidate
from student_app.core.ports import HubAddress
from student_app.views.pieces import button, column, empty, label
from student_app.views.port import Lookup

LOOKUP_MS = 600


class WhoIsMeant(QWidget):
    """Stands below the field of the student number. `chosen` is called when a suggestion was taken."""

    def __init__(
        self,
        fields: tuple[QLineEdit, QLineEdit],
        lookup: Lookup,
        addresses: Callable[[], tuple[HubAddress, ...]],
        chosen: Callable[[], None],
    ) -> None:
        """`fields` are the access code and the student; `addresses` raises `InputProblem` for one that is none."""
        super().__init__()
        self._code, self._student = fields
        self._lookup = lookup
        self._addresses = addresses
        self._chosen = chosen
        self._asked = ("", "")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(LOOKUP_MS)
        self._timer.timeout.connect(self._look_up)
        for field in fields:
            field.textChanged.connect(self._timer.start)
        self.hint = label(role="small", wrap=True)
        self.suggestions = QVBoxLayout()
        self.suggestions.setSpacing(2)
        whole = column(self.hint, self.suggestions, spacing=4)
        whole.setContentsMargins(0, 0, 0, 0)
        self.setLayout(whole)
        self._say("")

    def stop(self) -> None:
        """Ask nobody any more."""
        self._timer.stop()

    def _look_up(self) -> None:
        code, text = self._code.text().strip(), self._student.text().strip()
        try:
            room = isinstance(parse_code(code), RoomCode)
            hubs = self._addresses()
        except InputProblem:
            return
        if not self._student.isVisible() or not room or len(text) < 2 or (code, text) == self._asked or not hubs:
            return
        self._asked = (code, text)
        self._lookup(code, text, hubs, lambda found, exact: self.answered(text, found, exact))

    def answered(self, text: str, found: tuple[Candidate, ...], exact: bool) -> None:
        """Show what the hub answered for this text, if it still stands there."""
        if self._student.text().strip() != text:
            return
        empty(self.suggestions)
        if exact and found:
            who = found[0]
            section = f" · {who.section}" if who.section else ""
            self._say(self.tr("✓ {name}{section}").format(name=who.name or who.student, section=section))
        elif not found:
            self._say(self.tr("Not on the list of this exam. You can join all the same; give your name below."))
        else:
            self._say(self.tr("Did you mean"))
            for who in found:
                self.suggestions.addWidget(self._suggestion(who))

    def _suggestion(self, who: Candidate) -> QPushButton:
        made = button(" · ".join(part for part in (who.name, str(who.student), who.section) if part), kind="link")
        made.clicked.connect(lambda: self._take(who))
        return made

    def _take(self, who: Candidate) -> None:
        self._student.setText(str(who.student))
        empty(self.suggestions)
        self._chosen()

    def _say(self, text: str) -> None:
        self.hint.setText(text)
        self.setVisible(bool(text))
