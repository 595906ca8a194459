"""The bar on top: which exam, how it stands, what time it is, how the hub is."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel

from examdesk.staffapi.messages import ExamView
from instructor_app.bridge import Link
from instructor_app.joining import addresses, reach_words
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Elided, button, column, label, pill, restyle, row
from instructor_app.words import clock_time, countdown, counted, tr
from shared.look import SPACE

PHASES = {
    "waiting": ("Not open yet", "info"),
    "active": ("Running", "positive"),
    "paused": ("Paused", "attention"),
    "ended": ("Ended", ""),
    "mixed": ("Running for some", "positive"),
}


class TopBar(QFrame):
    """See the module.

    Attributes:
        projector_wanted: the person wants the projector view.
    """

    projector_wanted = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._link, self._why = Link.NONE, ""
        self.setProperty("kind", "topbar")
        self.title = Elided(tr("No exam open"), "subtitle")
        self.phase = pill("")
        self.left = label("", "subtitle")
        self.until = label("", "muted")
        self.clock = label("", "subtitle")
        self._hub_icon = QLabel()
        self.hub = label("")
        self.reach = Elided("", "small")
        self.code = label("", "code", selectable=True)
        self._code_title = label(tr("Room code"), "small")
        self.busy = label("", "small")
        self.projector = button(kit.look, tr("Projector"), "projector", tip=tr("Show how to join to the room (F11)"))
        self.projector.clicked.connect(lambda _: self.projector_wanted.emit())
        hub = column(row(self._hub_icon, self.hub, None, spacing=SPACE["s"]), self.reach, spacing=0)
        code = column(self._code_title, self.code, spacing=0)
        layout = row(
            column(row(self.title, self.phase, spacing=SPACE["m"]), row(self.left, self.until, None), spacing=2),
            None,
            self.busy,
            hub,
            code,
            column(label(tr("Time"), "small"), self.clock, spacing=0),
            self.projector,
            spacing=SPACE["xl"],
        )
        layout.setContentsMargins(SPACE["l"], SPACE["s"], SPACE["l"], SPACE["s"])
        self.setLayout(layout)
        kit.state.exam_changed.connect(self.refresh)
        kit.state.counts_changed.connect(self.refresh)
        kit.bridge.link_changed.connect(self._take_link)
        self._second = QTimer(self)
        self._second.setInterval(1000)
        self._second.timeout.connect(self._show_time)
        self._second.start()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(200)
        self._wait.timeout.connect(lambda: self.busy.setText(tr("Asking the hub…")))
        kit.bridge.busy_changed.connect(self._show_busy)
        kit.look.changed.connect(self.refresh)
        self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Leave the exam's name more room than the way to the hub."""
        super().resizeEvent(event)
        self.reach.setMaximumWidth(self.width() // 4)

    def refresh(self) -> None:
        """Show how everything stands."""
        exam = self._kit.state.exam
        for widget in (self.phase, self.code, self._code_title, self.projector, self.left, self.until):
            widget.setVisible(exam is not None)
        if exam is not None:
            name = exam.short_name if exam.long_name.startswith(exam.short_name) else exam.long_name
            rest = exam.long_name.removeprefix(exam.short_name).lstrip(": ")
            self.title.setText(" · ".join(part for part in (exam.course, name, rest) if part))
            word, tone = PHASES[exam.phase]
            self.phase.setText(tr(word))
            restyle(self.phase, tone=tone)
            self.code.setText(exam.room_code)
        self._show_hub()
        self._show_time()

    def _take_link(self, link: Link, why: str) -> None:
        self._link, self._why = link, why
        self._show_hub()

    def _show_hub(self) -> None:
        exam = self._kit.state.exam
        icon, role, words, reach = "offline", "muted", tr("No hub"), ""
        if self._link is Link.OPENING:
            words = tr("Looking for the hub…")
        elif self._link is Link.LOST:
            icon, role, words, reach = "offline", "attention", tr("Hub not reached"), tr("students go on; trying again")
        elif self._link is Link.UP and exam is not None:
            online = sum(one.online for one in self._kit.state.rows.values())
            icon, role = "network", "positive"
            words = counted(online, "{n} desk connected", "{n} desks connected")
            first = addresses(exam)[:1]
            reach = " · ".join([*first, reach_words(exam)]) if first else reach_words(exam)
        person = self._kit.bridge.rights.role
        if person and self._link is Link.UP:
            words = tr("{words} · as {role}", words=words, role=person)
        self._kit.look.dress(self._hub_icon, icon, role, 16)
        self.hub.setText(words)
        self.reach.setText(reach)
        self.reach.setVisible(bool(reach))
        self.hub.setToolTip(self._why or reach)

    def _show_time(self) -> None:
        state = self._kit.state
        self.clock.setText(clock_time(state.now_ms(), seconds=False))
        exam = state.exam
        if exam is None:
            return
        left, until = when_words(exam, state.now_ms())
        self.left.setText(left)
        self.left.setVisible(bool(left))
        self.until.setText(until)

    def _show_busy(self, busy: bool) -> None:
        if busy:
            self._wait.start()
        else:
            self._wait.stop()
            self.busy.setText("")


def when_words(exam: ExamView, now_ms: int) -> tuple[str, str]:
    """Return what counts down, and until when or since when it is so; both may be empty."""
    if exam.phase == "ended":
        return "", tr("ended at {time}", time=clock_time(exam.ends_ms)) if exam.ends_ms is not None else ""
    minutes = counted(exam.minutes, "{n} minute", "{n} minutes") if exam.minutes else ""
    if exam.phase == "waiting":
        if exam.starts_ms is not None and exam.starts_ms > now_ms:
            in_words = tr("opens in {time}", time=countdown(exam.starts_ms - now_ms))
            return in_words, tr("at {time}", time=clock_time(exam.starts_ms))
        return "", tr("opened by hand · {minutes}", minutes=minutes or tr("no fixed length"))
    if exam.phase == "paused":
        return "", tr("clocks stand still")
    if exam.ends_ms is None:
        return "", tr("{minutes} from joining on", minutes=minutes) if minutes else tr("no end is set")
    until = tr("until {time}", time=clock_time(exam.ends_ms))
    return tr("{time} left", time=countdown(exam.ends_ms - now_ms)), until
