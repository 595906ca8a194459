"""The row below the timeline: play, step, speed, where the playhead is."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLineEdit, QMenu, QPushButton, QToolButton, QWidget

from examdesk.staffapi.messages import GetReviews, ReviewStatus
from examdesk.staffapi.playback.player import SPEEDS, Player
from instructor_app.kit import Kit
from instructor_app.pages.live_columns import REVIEW_LOOK
from instructor_app.widgets.basic import Elided, Still, button, column, holding, label, row
from instructor_app.words import clock_time, countdown, tr
from shared.look import SPACE


class Controls(QWidget):
    """See the module.

    Attributes:
        acted: (name) `toggle`, `start`, `end`, `back`, `on`, `mark-back`, `mark-on`, `compare`, `live`,
            `review`, `legend`, and what the menu offers. `review`, `compare`, `live`, `more`, `legend` stand where the
            page puts them.
        gone_to: (text) the person wrote, or pasted, a moment.
        speed_chosen: (speed).
        skip_chosen: (bool).
    """

    acted = Signal(str)
    speed_chosen = Signal(int)
    skip_chosen = Signal(bool)
    gone_to = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._look = kit.look
        self._playing = False

        def made(icon: str, tip: str, act: str, text: str = "", kind: str = "quiet") -> QPushButton:
            return button(kit.look, text, icon, kind, tip=tip, then=lambda: self.acted.emit(act))

        self.play = made("play", tr("Play or stop (Space)"), "toggle", tr("Play"), "primary")
        self.play.setFixedWidth(88)
        self.back = made("chevron-left", tr("One event back (Left)"), "back")
        self.on = made("chevron-right", tr("One event on (Right)"), "on")
        self.version_back = made("previous", tr("Back to the version or run before (Ctrl+Left)"), "mark-back")
        self.version_on = made("next", tr("On to the next version or run (Ctrl+Right)"), "mark-on")
        self.speed = QComboBox()
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.setToolTip(tr("Speed (1 to 7)"))
        for speed in SPEEDS:
            self.speed.addItem(tr("{n}×", n=speed), speed)  # noqa: RUF001
        self.speed.setFixedWidth(86)
        self.speed.currentIndexChanged.connect(lambda _: self.speed_chosen.emit(int(self.speed.currentData())))
        self.skip = QCheckBox(tr("Skip idle"))
        self.skip.setToolTip(tr("Skip stretches in which nothing happens (I)"))
        self.skip.setChecked(True)
        self.skip.toggled.connect(self.skip_chosen)
        self.time = label("", "subtitle")
        self.exam_time = Elided("", "muted")
        self.place = Elided("", "small")
        self.compare = made("similarity", tr("Compare two versions (D)"), "compare", tr("Compare"), "")
        self.review = made("review", tr("To its review (V)"), "review", tr("Review"), "")
        kit.bridge.rights.guard(self.review, GetReviews)
        self.live = made("live", tr("Follow the session as it goes on (End)"), "live", tr("Go to live"), "")
        self.legend = made("help", tr("Signs and keys"), "legend")
        self.more = QToolButton()
        self.more.setToolTip(tr("More to do here"))
        self.more.setAccessibleName(tr("More to do here"))
        self.more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.more.setMenu(self._menu())
        kit.look.dress(self.more, "more")
        self.go = QLineEdit()
        self.go.setPlaceholderText(tr("Event number, 10:04:30, run 3, version 2, or a copied moment"))
        self.go.setAccessibleName(tr("Moment to go to"))
        self.go.returnPressed.connect(lambda: self.gone_to.emit(self.go.text()))
        self.go.installEventFilter(self)
        self.go.hide()
        times = row(self.time, self.exam_time, spacing=SPACE["m"])
        times.setStretch(1, 1)
        self._told = Still(self.place)
        words = column(Still(holding(times)), self._told, self.go, spacing=0)
        line = row(
            self.play, self.version_back, self.back, self.on, self.version_on, self.speed, self.skip, SPACE["s"],
            spacing=SPACE["xs"],
        )  # fmt: skip
        line.addLayout(words, 1)
        self.setLayout(line)

    def _menu(self) -> QMenu:
        menu = QMenu(self)
        for name, words, keys in menu_entries():
            if not name:
                menu.addSeparator()
                continue
            menu.addAction(f"{words}\t{keys}", partial(self.acted.emit, name))
        return menu

    def ask_moment(self) -> None:
        """Let the person write a moment."""
        self._told.hide()
        self.go.show()
        self.go.clear()
        self.go.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def end_asking(self) -> None:
        """Show again where the playhead is."""
        self.go.hide()
        self._told.show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Leave the field with Esc, or with the focus."""
        if watched is self.go and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            self.end_asking()
            self.acted.emit("halt")
            return True
        if watched is self.go and event.type() == QEvent.Type.FocusOut:
            self.end_asking()
        return super().eventFilter(watched, event)

    def say(self, words: str) -> None:
        """Say something where the playhead's place is told, until it moves."""
        self.place.setText(words)

    def show_comparing(self, *, on: bool) -> None:
        """Let the button that compares lead back."""
        self.compare.setText(tr("Back to the code") if on else tr("Compare"))
        self._look.dress(self.compare, "code" if on else "similarity")

    def show_review(self, status: ReviewStatus | None) -> None:
        """Let the button that leads to the review say how it stands; None where this person may not know."""
        self._look.dress(self.review, REVIEW_LOOK[status][0] or "review" if status is not None else "review")
        if status is not None:
            self.review.setToolTip(tr("{status}. To its review (V)", status=tr(status)))

    def show_player(self, player: Player, times: "ExamTimes", words: str) -> None:
        """Show where the playhead is."""
        if player.playing != self._playing:
            self._playing = player.playing
            self.play.setText(tr("Stop") if player.playing else tr("Play"))
            self._look.dress(self.play, "pause" if player.playing else "play", "on_accent")
        place = self.speed.findData(player.speed)
        if place != self.speed.currentIndex():
            self.speed.setCurrentIndex(place)
        if self.skip.isChecked() != player.skip_idle:
            self.skip.setChecked(player.skip_idle)
        self.time.setText(clock_time(player.at_ms, seconds=True) if len(player.tape) else "")
        self.exam_time.setText(times.words())
        self.place.setText(words)
        for step in (self.back, self.version_back):
            step.setEnabled(player.number > 0)
        for step in (self.on, self.version_on):
            step.setEnabled(player.number < len(player.tape))
        self.play.setEnabled(len(player.tape) > 0)


class ExamTimes:
    """Time since the start and time left, as the desk showed them at a moment."""

    def __init__(self, at_ms: int, starts_ms: int | None, ends_ms: int | None, *, paused: bool) -> None:
        self.since_ms = None if starts_ms is None else at_ms - starts_ms
        self.left_ms = None if ends_ms is None else ends_ms - at_ms
        self.paused = paused

    def words(self) -> str:
        """Say both."""
        parts = []
        if self.since_ms is not None:
            before = self.since_ms < 0
            words = tr("starts in {time}") if before else tr("{time} since the start")
            parts.append(words.format(time=countdown(abs(self.since_ms))))
        if self.paused:
            parts.append(tr("paused"))
        elif self.left_ms is not None and (self.since_ms is None or self.since_ms >= 0):
            parts.append(tr("{time} left", time=countdown(self.left_ms)) if self.left_ms > 0 else tr("time is up"))
        return " · ".join(parts)


def menu_entries() -> list[tuple[str, str, str]]:
    """Return act, words and keys of what the menu offers; an empty act is a line between."""
    return [
        ("note", tr("Write a note about this moment"), "N"),
        ("copy", tr("Copy this moment, to cite it"), "C"),
        ("go-to", tr("Go to a moment …"), "G"),
        ("review", tr("To the review of this session"), "V"),
        ("", "", ""),
        ("find", tr("Look for a text at every moment"), "F"),
        ("line", tr("Follow the line back to where it came from"), "H"),
        ("", "", ""),
        ("shuttle-back", tr("Play backwards"), "J"),
        ("loop-from", tr("Play again and again from here"), "["),
        ("loop-to", tr("Play again and again up to here"), "]"),
        ("loop-off", tr("Play on as usual"), "\\"),
        ("", "", ""),
        ("next pastes", tr("Next paste"), "P"),
        ("next runs", tr("Next run"), "R"),
        ("next signals", tr("Next signal"), "S"),
        ("next notes", tr("Next note of a reviewer"), "B"),
        ("next messages", tr("Next message"), "M"),
        ("next focus", tr("Next time that another window was in front"), "A"),
    ]
