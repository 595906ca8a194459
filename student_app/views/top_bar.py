"""Always in the same place: exam, saving here, safe with the instructor, time left, hand, messages, hand in."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import ElidedLabel, button, column, label, row, set_property

PATIENCE_MS = 3_000
"""How long events may be on their way before it is worth a word: less would flicker at every key."""
SOON_MS = 5 * 60_000


class Saving(QWidget):
    """One of the two states of saving: icon and words."""

    def __init__(self, look: Look, icon: str) -> None:
        super().__init__()
        self._look = look
        self._icon = icon
        self._picture = QLabel()
        self._words = label()
        layout = row(self._picture, self._words, 1, spacing=6)
        self.setLayout(layout)
        self._said = ""
        look.changed.connect(lambda: self.say(self._said, self._tone))
        self._tone = "positive"

    def say(self, text: str, tone: str) -> None:
        """Show this in the colour of a tone."""
        self._said, self._tone = text, tone
        self._look.dress(self._picture, self._icon, tone, 16)
        self._words.setText(text)
        self._words.setStyleSheet(f"color: {self._look.colour(tone)};")
        self.setAccessibleName(text)
        self.setToolTip(text)

    @property
    def text(self) -> str:
        """What it says."""
        return self._said


class TopBar(QFrame):
    """The bar over the workspace."""

    hand = pyqtSignal()
    messages = pyqtSignal()
    submit = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("kind", "topbar")
        self._look = look
        self._behind_since: int | None = None
        self._unsaved_since: int | None = None
        self.title = ElidedLabel(role="subtitle")
        self.who = ElidedLabel(role="muted")
        self.here = Saving(look, "save-local")
        self.away = Saving(look, "save-hub")
        self.left = label(role="figure")
        self.left.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.left_words = label(role="small")
        self.left_words.setAlignment(Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter)
        self.hand_button = self._icon_button("hand", self.tr("Raise hand"), self.hand.emit)
        self.message_button = self._icon_button("message", self.tr("Messages"), self.messages.emit)
        self.submit_button = button(self.tr("Hand in…"), self.submit.emit, "primary")
        self._lay_out()

    def _icon_button(self, icon: str, text: str, action: Callable[[], object]) -> QPushButton:
        made = button(text, action, "quiet")
        self._look.dress(made, icon, "text")
        return made

    def _lay_out(self) -> None:
        names = column(self.title, self.who, spacing=0)
        saving = column(self.here, self.away, spacing=0)
        time = row(self.left_words, self.left, spacing=10)
        layout = row(names, saving, time, self.hand_button, self.message_button, self.submit_button, spacing=16)
        layout.setStretch(0, 1)
        layout.setContentsMargins(16, 6, 16, 6)
        self.setLayout(layout)

    def refresh(self, state: DeskState, mono_ms: int) -> None:
        """Show the desk as it is now."""
        self.title.setText(state.title)
        known = state.name and state.name != state.student
        self.who.setText(f"{state.name} · {state.student}" if known else state.student)
        self._show_saving(state, mono_ms)
        self._show_time(state)
        open_now = state.phase is Phase.WORKING
        self.submit_button.setEnabled(open_now)
        self.hand_button.setText(self.tr("Hand is up") if state.hand else self.tr("Raise hand"))
        self._look.dress(self.hand_button, "hand", "accent_text" if state.hand else "text")
        hint = (
            self.tr("Somebody is coming. Press again to lower it.") if state.hand else self.tr("Ask somebody to come")
        )
        self.hand_button.setToolTip(hint)
        unread = self.tr("Messages ({n})").format(n=state.unread) if state.unread else self.tr("Messages")
        self.message_button.setText(unread)
        self._look.dress(self.message_button, "message", "accent_text" if state.unread else "text")

    def _show_saving(self, state: DeskState, now: int) -> None:
        self._unsaved_since = _since(self._unsaved_since, state.saved < state.last, now)
        self._behind_since = _since(self._behind_since, state.unsent > 0, now)
        if state.trouble is not None:
            self.here.say(self.tr("Not saved on this PC!"), "danger")
        elif self._unsaved_since is not None and now - self._unsaved_since > PATIENCE_MS // 2:
            self.here.say(self.tr("Saving on this PC…"), "attention")
        else:
            self.here.say(self.tr("Saved here"), "positive")
        late = self._behind_since is not None and now - self._behind_since > PATIENCE_MS
        if state.unsent <= 0 or (state.online and not late):
            self.away.say(self.tr("Safe with the instructor"), "positive")
        else:
            self.away.say(words.not_sent(state.unsent), "attention")

    def _show_time(self, state: DeskState) -> None:
        if state.left_ms is None:
            self.left.setText("--:--")
            self.left_words.setText(self.tr("No end set"))
            self.left.setAccessibleName(self.tr("No end set"))
            return
        paused = state.phase is Phase.PAUSED
        self.left.setText(words.countdown(state.left_ms))
        self.left_words.setText(self.tr("Time stands still") if paused else self.tr("Time left"))
        self.left.setAccessibleName(self.tr("{time} left").format(time=words.spoken(state.left_ms)))
        soon = state.left_ms <= SOON_MS and not paused
        self.left.setStyleSheet(f"color: {self._look.colour('attention')};" if soon else "")
        set_property(self.left, "soon", "yes" if soon else "no")


def _since(since: int | None, on: bool, now: int) -> int | None:
    return None if not on else now if since is None else since
