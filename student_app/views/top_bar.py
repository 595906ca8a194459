"""Always in the same place: exam, saving here, safe with the instructor, time left, hand, messages, hand in."""

from collections.abc import Callable

from PyQt6.QtCore import Qt, QTimer, pyqtSignal
from PyQt6.QtWidgets import QFrame, QLabel, QPushButton, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import ElidedLabel, button, column, label, row, set_property

SAVE_MS = 250
"""How long a commit takes at most when all is well: so long an event may be unsaved under the words "Saved here"."""
SEND_MS = 500
"""The same for an event's way to the instructor and back, under "Safe with the instructor"."""
CALM_MS = 1_500
"""How long "Sending…" stays at least: on a slow line it would change at every key."""
COUNT_MS = 3_000
LATE_MS = 8_000
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


class Stretch:
    """For how long something has been so without a break."""

    def __init__(self) -> None:
        self._since: int | None = None

    def ms(self, on: bool, now: int) -> int | None:
        """Return for how long, None when it is not so."""
        self._since = None if not on else now if self._since is None else self._since
        return None if self._since is None else now - self._since


class TopBar(QFrame):
    """The bar over the workspace."""

    due = pyqtSignal()
    """A claim may have to be taken back now: look at the desk again."""
    hand = pyqtSignal()
    messages = pyqtSignal()
    submit = pyqtSignal()
    back = pyqtSignal()
    """The student has read the own work after the end."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("kind", "topbar")
        self._look = look
        self._unsaved = Stretch()
        self._behind = Stretch()
        self._calm_until = 0
        self._due = QTimer(self)
        self._due.setSingleShot(True)
        self._due.timeout.connect(self.due)
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
        self.back_button = button(self.tr("Back to the receipt"), self.back.emit, "primary")
        self._lay_out()

    def _icon_button(self, icon: str, text: str, action: Callable[[], object]) -> QPushButton:
        made = button(text, action, "quiet")
        self._look.dress(made, icon, "text")
        return made

    def _lay_out(self) -> None:
        names = column(self.title, self.who, spacing=0)
        saving = column(self.here, self.away, spacing=0)
        time = row(self.left_words, self.left, spacing=10)
        ends = row(self.submit_button, self.back_button, spacing=0)
        layout = row(names, saving, time, self.hand_button, self.message_button, ends, spacing=16)
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
        over = state.phase is Phase.ENDED
        self.submit_button.setEnabled(open_now)
        self.submit_button.setVisible(not over)
        self.back_button.setVisible(over)
        self.hand_button.setVisible(not over)
        self.hand_button.setText(self.tr("Hand is up") if state.hand else self.tr("Raise hand"))
        self._look.dress(self.hand_button, "hand", "accent_text" if state.hand else "text")
        hint = (
            self.tr("Your instructor sees it as soon as it has arrived. Press again to lower it.")
            if state.hand
            else self.tr("Ask somebody to come")
        )
        self.hand_button.setToolTip(hint)
        unread = self.tr("Messages ({n})").format(n=state.unread) if state.unread else self.tr("Messages")
        self.message_button.setText(unread)
        self._look.dress(self.message_button, "message", "accent_text" if state.unread else "text")

    def _show_saving(self, state: DeskState, now: int) -> None:
        """Claim that all is saved, or safe, only where it is so but for the time that a commit or a send takes."""
        unsaved = self._unsaved.ms(state.saved < state.last, now)
        behind = self._behind.ms(state.unsent > 0, now)
        saving = unsaved is not None and unsaved >= SAVE_MS
        if state.trouble is not None:
            self.here.say(self.tr("Not saved on this PC!"), "danger")
        elif saving:
            self.here.say(self.tr("Saving on this PC…"), "muted")
        else:
            self.here.say(self.tr("Saved here"), "positive")
        self._show_away(state, behind, now, sending=saving or state.trouble is not None)
        waits = [limit - age for limit, age in ((SAVE_MS, unsaved), (SEND_MS, behind)) if age is not None]
        following = min((wait for wait in waits if wait > 0), default=0)
        self._due.start(following) if following else self._due.stop()

    def _show_away(self, state: DeskState, behind: int | None, now: int, *, sending: bool) -> None:
        if state.alone and not state.online:
            waits = self.tr("Waits to be let in; go on working") if state.note else ""
            self.away.say(waits or self.tr("No network: you hand in on a stick"), "muted")
            return
        if behind is not None and (not state.online or behind >= LATE_MS):
            self.away.say(words.not_sent(state.unsent), "attention")
            return
        if behind is not None and behind >= COUNT_MS:
            self._calm_until = now + CALM_MS
            self.away.say(words.on_their_way(state.unsent), "muted")
            return
        if behind is not None and (sending or behind >= SEND_MS):
            self._calm_until = now + CALM_MS
        if now < self._calm_until:
            self.away.say(self.tr("Sending to the instructor…"), "muted")
        else:
            self.away.say(self.tr("Safe with the instructor"), "positive")

    def _show_time(self, state: DeskState) -> None:
        if state.phase is Phase.ENDED:
            self.left.setText("")
            self.left_words.setText(self.tr("The exam is over: you can read, not write"))
            return
        if state.left_ms is None:
            self.left.setText("--:--")
            self.left_words.setText(self.tr("No end set"))
            self.left.setAccessibleName(self.tr("No end set"))
            return
        paused = state.phase is Phase.PAUSED and not state.locked
        self.left.setText(words.countdown(state.left_ms))
        self.left_words.setText(self.tr("Time stands still") if paused else self.tr("Time left"))
        self.left.setAccessibleName(self.tr("{time} left").format(time=words.spoken(state.left_ms)))
        soon = state.left_ms <= SOON_MS and not paused
        self.left.setStyleSheet(f"color: {self._look.colour('attention')};" if soon else "")
        set_property(self.left, "soon", "yes" if soon else "no")
