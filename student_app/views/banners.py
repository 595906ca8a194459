"""The sentences over the workspace: messages, time, connection, disk, and hints that go by themselves."""

from functools import partial

from PyQt6.QtCore import QTimer, pyqtSignal
from PyQt6.QtWidgets import QVBoxLayout, QWidget

from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.views.look import Look
from student_app.views.panes import notice_title
from student_app.views.pieces import Banner

HINT_MS = 8_000
NOTICES = 2
"""Unread messages shown as banners at once; the others wait in the messages."""
OFFLINE_MS = 8_000
WARNINGS = (10, 5, 1)
"""Minutes before the end at which the student is told, once each."""


class Banners(QWidget):
    """One banner per matter, most urgent on top."""

    read = pyqtSignal(int)
    undo = pyqtSignal(str)
    conditions = pyqtSignal()
    """The student wants to read what was changed of the honor code or of what is recorded."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._shown: dict[str, Banner] = {}
        self._warned = 0
        self._left_before: int | None = None
        self._offline_since: int | None = None
        self._packages_phase = "none"
        self._read_news = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._drop("hint"))
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(1)

    def refresh(self, state: DeskState, now: int) -> None:
        """Show what there is to know now."""
        self._disk(state)
        self._time(state)
        self._line(state, now)
        self._problem(state)
        self._packages(state)
        self._conditions(state)
        self._news(state)
        self._notices(state, at_work=state.phase is Phase.WORKING)

    def refresh_messages(self, state: DeskState) -> None:
        """Show only what cannot wait on a page that says the rest by itself."""
        self._disk(state)
        self._notices(state)

    def hint(self, text: str, level: str = "attention") -> None:
        """Say something about what was just done; it goes by itself."""
        self._drop("hint")
        icon = {"attention": "info", "positive": "check"}.get(level, "info")
        banner = self._put("hint", Banner(self._look, text, level if level != "info" else "", icon=icon))
        banner.add(self.tr("Close"), lambda: self._drop("hint"), "quiet")
        self._timer.start(HINT_MS)

    def removed(self, file: str, name: str) -> None:
        """Say that a file was removed, with a way back."""
        self._drop("removed")
        text = self.tr("{name} was removed.").format(name=name)
        banner = self._put("removed", Banner(self._look, text, icon="trash"))
        banner.add(self.tr("Bring it back"), lambda: self._undo(file))
        banner.add(self.tr("Close"), lambda: self._drop("removed"), "quiet")

    def _undo(self, file: str) -> None:
        self._drop("removed")
        self.undo.emit(file)

    def _disk(self, state: DeskState) -> None:
        if state.trouble is None:
            self._drop("disk")
        elif "disk" not in self._shown:
            self._put(
                "disk", Banner(self._look, state.trouble, "danger", self.tr("Please call your proctor now"), "warning")
            )
        else:
            self._shown["disk"].say(state.trouble)

    def _time(self, state: DeskState) -> None:
        left = state.left_ms
        before, self._left_before = self._left_before, left
        if left is None or state.phase is not Phase.WORKING:
            return
        minutes = left / 60_000
        due = min((each for each in WARNINGS if minutes <= each), default=0)
        if not due:
            self._warned = 0
            self._drop("time")
            return
        if self._warned and due >= self._warned:
            return
        self._warned = due
        if before is None and minutes < due - 0.5:
            return  # the window was opened in between: no old news
        self._drop("time")
        text = (
            self.tr("One minute left. What you have written is handed in by itself at the end.")
            if due == 1
            else self.tr("{n} minutes left. Bring your program into a state that runs.").format(n=due)
        )
        banner = self._put("time", Banner(self._look, text, "attention", icon="clock"))
        banner.add(self.tr("Understood"), lambda: self._drop("time"))

    def _line(self, state: DeskState, now: int) -> None:
        if state.online:
            self._offline_since = None
            self._drop("line")
            return
        if self._offline_since is None:
            self._offline_since = now
        if now - self._offline_since < OFFLINE_MS:
            return
        text = (
            self.tr(
                "No connection to the instructor's computer. Just go on: everything is saved on this PC and is handed "
                "over by itself later."
            )
            if state.trouble is None
            else self.tr("No connection to the instructor's computer either. Tell your proctor now.")
        )
        if "line" not in self._shown:
            self._put("line", Banner(self._look, text, icon="offline"))
        self._shown["line"].say(text)

    def _problem(self, state: DeskState) -> None:
        if not state.problem or state.online:
            self._drop("problem")
        elif "problem" in self._shown:
            self._shown["problem"].say(state.problem)
        else:
            self._put("problem", Banner(self._look, state.problem, icon="info"))

    def _news(self, state: DeskState) -> None:
        """What happened to this PC stays until it was read; the same thing again is said again."""
        fresh, self._read_news = state.news[self._read_news :], len(state.news)
        for text in fresh[-NOTICES:]:
            key = f"news {text}"
            self._drop(key)
            banner = self._put(key, Banner(self._look, text, "attention", icon="restart"))
            banner.add(self.tr("Understood"), partial(self._drop, key))

    def _conditions(self, state: DeskState) -> None:
        """What was affirmed and reads otherwise by now is said until it was read."""
        if not state.affirms_anew:
            self._drop("conditions")
        elif "conditions" not in self._shown:
            text = self.tr("Read it when you come to a good place to stop. Your work and your time are not touched.")
            title = self.tr("The honor code, or what is recorded, was changed")
            banner = self._put("conditions", Banner(self._look, text, "attention", title, "info"))
            banner.add(self.tr("Read it"), self.conditions.emit)

    def _packages(self, state: DeskState) -> None:
        """The student works without packages that are late or can't be had, and reads it once."""
        phase = state.packages.phase
        if phase == self._packages_phase:
            return
        self._packages_phase = phase
        if phase == "ready" and "packages" in self._shown:
            self.hint(self.tr("The exam's packages are ready on this PC now."), "positive")
        self._drop("packages")
        if phase in {"fetching", "installing", "missing"}:
            coming = self.tr("The exam's packages are still coming to this PC. Programs run without them so far.")
            text = state.packages.sentence if phase == "missing" else coming
            banner = self._put("packages", Banner(self._look, text, "attention", icon="import"))
            banner.add(self.tr("Understood"), lambda: self._drop("packages"))

    def _notices(self, state: DeskState, *, at_work: bool = False) -> None:
        asked = state.question if at_work else ""
        here = {one.number for one in state.notices if asked and one.kind == "correction" and one.question == asked}
        newest = [one for one in state.notices if not one.read and one.number not in here][-NOTICES:]
        unread = {f"notice{one.number}": one for one in newest}
        for key in [key for key in self._shown if key.startswith("notice") and key not in unread]:
            self._drop(key)
        for key, one in unread.items():
            if key not in self._shown:
                icon = "announce" if one.kind == "announcement" else "message"
                banner = self._put(key, Banner(self._look, one.text, "", notice_title(one), icon))
                banner.add(self.tr("Understood"), partial(self.read.emit, one.number))

    def _put(self, key: str, banner: Banner) -> Banner:
        self._shown[key] = banner
        self._layout.insertWidget(0, banner)
        return banner

    def _drop(self, key: str) -> None:
        banner = self._shown.pop(key, None)
        if banner is not None:
            self._layout.removeWidget(banner)
            banner.hide()
            banner.deleteLater()
