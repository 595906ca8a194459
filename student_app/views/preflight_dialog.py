"""Check this PC: what a preflight finds, line by line, with what to do about it."""

from dataclasses import dataclass

from PyQt6 import sip
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QDialog, QGridLayout, QLabel, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from shared.wire.messages import Level, SeatCheck
from student_app.preflight.checks import CHECKS
from student_app.views.look import Look
from student_app.views.pieces import button, column, label, row
from student_app.views.port import CheckPc
from student_app.views.words import tr

_LOOKS: dict[Level, tuple[str, str]] = {
    "ok": ("check", "positive"),
    "warning": ("warning", "attention"),
    "blocked": ("stop", "attention"),
    "untested": ("info", "muted"),
}


def level_word(level: Level) -> str:
    """Return what a level is called, since colour alone says nothing."""
    return {
        "ok": tr("In order"), "warning": tr("Look at this"), "blocked": tr("Blocked"), "untested": tr("Not tested"),
    }[level]  # fmt: skip


def check_title(name: str) -> str:
    """Return what a check is called on the screen."""
    titles = {
        "port": tr("Instructor's computer"),
        "multicast": tr("Exams appear by themselves"),
        "UDP": tr("Broadcasts"),
        "isolation": tr("PCs reach each other"),
        "proxy": tr("Proxy"),
        "clock": tr("Clock"),
        "disk": tr("Disk"),
        "Python": tr("Python"),
        "packages": tr("Packages"),
        "sandbox": tr("Protection around programs"),
        "machine": tr("Machine"),
        "screen": tr("Screen"),
    }
    return titles.get(name, name)


def summary(checks: tuple[SeatCheck, ...]) -> str:
    """Return the whole in one sentence."""
    blocked = sum(check.level == "blocked" for check in checks)
    warned = sum(check.level == "warning" for check in checks)
    if blocked:
        return tr("{n} of {all} checks found something that is blocked. It says below what to do.").format(
            n=blocked, all=len(checks)
        )
    if warned:
        return tr("This PC can be used. {n} of {all} checks found something to look at.").format(
            n=warned, all=len(checks)
        )
    return tr("Everything that could be tested is in order.")


@dataclass(frozen=True, slots=True)
class _Line:
    picture: QLabel
    title: QLabel
    state: QLabel
    found: QLabel
    todo: QLabel


class PreflightDialog(QDialog):
    """Begins a check at once; can be repeated, copied and closed at any time."""

    def __init__(self, parent: QWidget, look: Look, check_pc: CheckPc) -> None:
        super().__init__(parent)
        self._look = look
        self._check_pc = check_pc
        self._checks: tuple[SeatCheck, ...] = ()
        self._lines: dict[str, _Line] = {}
        self._closed = False
        self.setWindowTitle(self.tr("Check this PC"))
        self.setLayoutDirection(parent.layoutDirection())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.summary = label(role="muted", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setFixedHeight(6)
        self._bar.setAccessibleName(self.tr("The check goes on"))
        self._sent = label(role="muted", wrap=True)
        self.again = button(self.tr("Check again"), self.begin)
        self.copy = button(self.tr("Copy"), self._copy)
        self.close_button = button(self.tr("Close"), self.accept, "primary")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 20, 24, 20)
        layout.setSpacing(12)
        layout.addWidget(label(self.tr("Check this PC"), "title"))
        layout.addWidget(self.summary)
        layout.addWidget(self._bar)
        layout.addWidget(self._make_lines(), 1)
        foot = row(self._sent, self.copy, self.again, self.close_button)
        foot.setStretch(0, 1)
        layout.addLayout(foot)
        self.resize(760, 640)
        self.finished.connect(self._end)
        self.begin()

    def _make_lines(self) -> QScrollArea:
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 12, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.setColumnStretch(2, 1)
        for at, name in enumerate(CHECKS):
            picture, title, state = QLabel(), label(check_title(name)), label(role="muted")
            title.setMinimumWidth(190)
            found, todo = label(wrap=True), label(role="muted", wrap=True)
            for text in (found, todo):
                text.setTextInteractionFlags(
                    Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
                )
            words = QWidget()
            words.setLayout(column(found, todo, spacing=2))
            grid.addWidget(picture, at, 0, Qt.AlignmentFlag.AlignTop)
            name_and_state = QWidget()
            name_and_state.setLayout(column(title, state, spacing=2))
            grid.addWidget(name_and_state, at, 1, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, at, 2, Qt.AlignmentFlag.AlignTop)
            self._lines[name] = _Line(picture, title, state, found, todo)
        grid.setRowStretch(len(CHECKS), 1)
        inside = QWidget()
        inside.setLayout(grid)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setAccessibleName(self.tr("Results"))
        return area

    def begin(self) -> None:
        """Check, from the beginning."""
        self.again.setEnabled(False)
        self.copy.setEnabled(False)
        self._sent.setText("")
        self.summary.setText(self.tr("It takes about five seconds. Nothing of your work is touched."))
        self._bar.setVisible(True)
        for name in self._lines:
            self._show(SeatCheck(name, "untested", self.tr("Checking…")), running=True)
        self._check_pc(self._tell, self._finish)

    def _tell(self, checks: tuple[SeatCheck, ...]) -> None:
        if self._closed or sip.isdeleted(self):
            return
        for check in checks:
            self._show(check)

    def _finish(self, checks: tuple[SeatCheck, ...], sentence: str) -> None:
        if self._closed or sip.isdeleted(self):
            return
        self._checks = checks
        self._tell(checks)
        self._bar.setVisible(False)
        self.summary.setText(summary(checks) if checks else sentence)
        self._sent.setText(sentence if checks else "")
        self.again.setEnabled(True)
        self.copy.setEnabled(bool(checks))

    def _show(self, check: SeatCheck, *, running: bool = False) -> None:
        if check.name not in self._lines:
            return
        line = self._lines[check.name]
        icon, tone = ("clock", "muted") if running else _LOOKS[check.level]
        word = "" if running else level_word(check.level)
        self._look.dress(line.picture, icon, tone, 18)
        line.title.setAccessibleName(f"{check_title(check.name)}: {word}" if word else check_title(check.name))
        line.state.setText(word)
        line.state.setVisible(not running and check.level != "ok")
        line.found.setText(check.found)
        line.todo.setText(check.todo)
        line.todo.setVisible(bool(check.todo))

    def _copy(self) -> None:
        clipboard = QGuiApplication.clipboard()
        if clipboard is not None:
            clipboard.setText("\n".join(map(_line, self._checks)))

    def _end(self, _result: int) -> None:
        self._closed = True


def _line(check: SeatCheck) -> str:
    return f"{level_word(check.level)}: {check_title(check.name)}: {check.found} {check.todo}".rstrip()
