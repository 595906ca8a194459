"""What is still to do before the day, each line with the way to do it."""

import shutil
from collections.abc import Callable

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QLabel, QProgressBar, QPushButton, QScrollArea, QSpinBox

from examdesk.staffapi.messages import GetPreflights, GetRoster, PreflightList, RosterView
from examdesk.staffapi.readiness import clock_skews, pc_facts, room_facts
from instructor_app.engine import EngineCommand, data_folder, sentence_of
from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.widgets.basic import Banner, button, card, clear, column, holding, label, roomy, row, shortcut
from instructor_app.words import tr
from shared.exam.packages import WheelList, read_wheels
from shared.exam.readiness import ClockFacts, Facts, Item, PcFacts, RoomFacts, State, checklist
from shared.exam.rehearsal_note import last_rehearsal
from shared.look import SPACE
from shared.problems import Problem

WIDEST = 860
REHEARSAL_SECONDS = 20


def titles() -> dict[str, str]:
    """Return what each line is called."""
    return {
        "exam": tr("Exam"),
        "packages": tr("Packages"),
        "schedule": tr("Schedule"),
        "roster": tr("Roster"),
        "codes": tr("Codes"),
        "pcs": tr("Lab PCs"),
        "rehearsal": tr("Rehearsal"),
        "key": tr("Exam's key"),
        "clock": tr("Clock"),
        "disk": tr("Disk"),
    }


def looks() -> dict[State, tuple[str, str, str]]:
    """Return icon, colour and word of each state."""
    return {
        "ready": ("check", "positive", tr("ready")),
        "attention": ("info", "info", tr("look at")),
        "missing": ("warning", "attention", tr("to do")),
        "unknown": ("help", "muted", tr("not known")),
    }


class _Rehearsal(msgspec.Struct, frozen=True):
    """What the window reads of `examdesk rehearse --json`."""

    desks: int
    holds: bool
    recommendation: str


class ReadyPage(QScrollArea):
    """See the module.

    Attributes:
        closed: the person goes back.
        go_wanted: (where) a line of the outline, `rosters`, `pcs`, or `open`.
    """

    closed = Signal()
    go_wanted = Signal(str)

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self._room: RoomFacts | None = None
        self._pcs: PcFacts | None = None
        self._clock = ClockFacts()
        self._asking: EngineCommand | None = None
        self._command: EngineCommand | None = None
        self.items: tuple[Item, ...] = ()
        self.banner = Banner(kit.look)
        self.title = label(tr("Ready for the day?"), "title")
        self.summary = label("", "muted", wrap=True)
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(SPACE["m"])
        self.grid.setVerticalSpacing(SPACE["m"])
        self.grid.setColumnStretch(2, 1)
        self.desks = roomy(QSpinBox())
        self.desks.setRange(1, 300)
        self.desks.setValue(30)
        self.desks.setAccessibleName(tr("Simulated students"))
        self.rehearse = button(kit.look, tr("Rehearse"), "run", then=self._rehearse)
        self.stop = button(kit.look, tr("Stop"), "stop", then=self._stop)
        self.stop.hide()
        self.working = QProgressBar()
        self.working.setRange(0, 0)
        self.working.hide()
        self.progress = label("", "small", wrap=True)
        self.progress.hide()
        back = button(kit.look, "", "chevron-left", "quiet", tip=tr("Back to the editor"), then=self.closed.emit)
        back.setFixedWidth(34)
        again = button(kit.look, tr("Check again"), "restart", then=self.refresh)
        rehearsal = row(
            label(tr("Rehearse this laptop with simulated students:")), self.desks, self.rehearse, self.stop, None
        )
        inside = holding(
            column(
                row(back, self.title, None, again),
                self.summary,
                self.banner,
                card(self.grid, margin=SPACE["l"]),
                card(column(rehearsal, self.working, self.progress), margin=SPACE["l"]),
                None,
                spacing=SPACE["m"],
            )
        )
        inside.setMaximumWidth(WIDEST)
        self.setWidgetResizable(True)
        body = row(inside, margin=SPACE["m"])
        body.setStretch(0, 1)
        self.setWidget(holding(body))
        kit.state.roster_changed.connect(self._ask)
        kit.state.exam_changed.connect(self._ask)
        kit.key.changed.connect(self._show)
        author.read.connect(self._show)
        shortcut(QKeySequence("Esc"), self, self.closed.emit, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.refresh()

    def refresh(self) -> None:
        """Look at everything anew."""
        self._author.look()
        self._ask()
        self._ask_clock()
        self._show()

    def state_of(self, name: str) -> str:
        """Return how one line stands."""
        return next(item.state for item in self.items if item.name == name)

    def _served(self) -> bool:
        exam, mine = self._kit.state.exam, self._author.now.exam
        return exam is not None and mine is not None and exam.exam == mine.uuid.hex

    def _ask(self) -> None:
        if self._served():
            self._kit.bridge.query(GetRoster(), self._take, key="author-ready")
            self._kit.bridge.query(GetPreflights(), self._take_pcs, key="author-ready-pcs")
        elif self._room is not None or self._pcs is not None:
            self._room = self._pcs = None
            self._show()

    def _ask_clock(self) -> None:
        """Let the engine ask the system about its clock: that may take a second."""
        if self._asking is not None:
            return
        self._asking = EngineCommand(["exam", "ready", str(self._author.folder), "--clock"], self)

        def done(_: int, output: bytes, _errors: bytes) -> None:
            self._asking = None
            try:
                self._clock = msgspec.json.decode(output, type=ClockFacts)
            except msgspec.DecodeError:
                self._clock = ClockFacts()
            self._show()

        self._asking.start(done)

    def _take_pcs(self, found: PreflightList) -> None:
        self._pcs = pc_facts(found)
        self._show()

    def _skews(self) -> tuple[int, ...]:
        if not self._served():
            return ()
        return clock_skews(self._kit.state.rows.values())

    def _take(self, roster: RosterView) -> None:
        self._room = room_facts(roster)
        if self._room.students:
            self.desks.setValue(min(300, self._room.students))
        self._show()

    def _facts(self) -> Facts:
        wheels, problem = self._wheels()
        times = [
            where.stat().st_mtime_ns // 1_000_000 for where in self._author.now.scan.files.values() if where.exists()
        ]
        return Facts(
            exam=self._author.now.exam,
            findings=self._author.now.findings,
            wheels=wheels,
            wheels_problem=problem,
            now_ms=self._kit.clock.wall_ms(),
            newest_ms=max(times, default=None),
            free_bytes=self._free(),
            room=self._room,
            rehearsed=last_rehearsal(self._author.folder),
            key=self._kit.key.facts() if self._served() else None,
            pcs=self._pcs,
            clock=msgspec.structs.replace(self._clock, skews_ms=self._skews()),
        )

    def _wheels(self) -> tuple[WheelList | None, str]:
        try:
            return read_wheels(self._author.folder), ""
        except Problem as problem:
            return None, problem.sentence

    def _free(self) -> int | None:
        where = data_folder(self._author.folder)
        while not where.exists() and where != where.parent:
            where = where.parent
        try:
            return shutil.disk_usage(where).free
        except OSError:
            return None

    def _show(self) -> None:
        self.items = checklist(self._facts())
        todo = sum(item.state == "missing" for item in self.items)
        look = sum(item.state in ("attention", "unknown") for item in self.items)
        if todo:
            words = tr("Not yet: {n} to do, {m} to look at.", n=todo, m=look)
        elif look:
            words = tr("Nothing is missing; {m} to look at.", m=look)
        else:
            words = tr("Everything is ready.")
        self.summary.setText(words)
        clear(self.grid)
        for at, item in enumerate(self.items):
            self._line(at, item)

    def _line(self, at: int, item: Item) -> None:
        icon, tone, word = looks()[item.state]
        picture = QLabel()
        self._kit.look.dress(picture, icon, tone, 20)
        picture.setAccessibleName(word)
        title = titles()[item.name]
        name = label(title)
        font = name.font()
        font.setBold(True)
        name.setFont(font)
        state = label(word, "small")
        words = [label(item.said, wrap=True)]
        if item.todo:
            words.append(label(item.todo, "muted", wrap=True))
        self.grid.addWidget(picture, at, 0)
        self.grid.addWidget(holding(column(name, state, None, spacing=0)), at, 1)
        self.grid.addWidget(holding(column(*words, spacing=2)), at, 2)
        act = self._act(item)
        if act is not None:
            act.setAccessibleName(f"{act.text()}: {title}")
            self.grid.addWidget(act, at, 3)

    def _act(self, item: Item) -> QPushButton | None:
        if item.state == "ready":
            return None
        look = self._kit.look
        to: dict[str, tuple[str, Callable[[], None]]] = {
            "exam": (tr("Go there"), lambda: self.go_wanted.emit("exam:()")),
            "packages": (tr("Go there"), lambda: self.go_wanted.emit("interpreter:()")),
            "schedule": (tr("Go there"), lambda: self.go_wanted.emit("schedule:()")),
            "roster": (tr("Rosters"), lambda: self.go_wanted.emit("rosters")),
            "codes": (tr("Rosters"), lambda: self.go_wanted.emit("rosters")),
            "pcs": (tr("Show them"), lambda: self.go_wanted.emit("pcs")),
            "rehearsal": (tr("Rehearse"), self._rehearse),
            "clock": (tr("Check again"), self.refresh),
        }
        found = to.get(item.name)
        if found is None:
            return None
        if item.name in ("roster", "codes", "pcs") and not self._served():
            found = (tr("Open exam"), lambda: self.go_wanted.emit("open"))
        return button(look, found[0], then=found[1])

    def _rehearse(self) -> None:
        if self._command is not None:
            return
        desks = self.desks.value()
        seconds = str(REHEARSAL_SECONDS)
        which = ["--exam", str(self._author.folder), "--desks", str(desks), "--seconds", seconds]
        self._command = EngineCommand(["rehearse", "--json", *which], self)
        self._command.said.connect(self.progress.setText)
        self._running(True)
        self.progress.setText(tr("{n} simulated students join, write and hand in…", n=desks))

        def done(_: int, output: bytes, errors: bytes) -> None:
            stopped = self._command is None
            self._command = None
            self._running(False)
            if not stopped:
                self._rehearsed(output, errors)

        self._command.start(done)

    def _rehearsed(self, output: bytes, errors: bytes) -> None:
        try:
            report = msgspec.json.decode(output, type=_Rehearsal)
        except msgspec.DecodeError:
            self.banner.say("attention", sentence_of(errors), tr("The rehearsal did not come to its end"))
            return
        self.banner.say("positive" if report.holds else "attention", report.recommendation, tr("Rehearsed"))
        self._show()

    def _stop(self) -> None:
        command, self._command = self._command, None
        if command is not None:
            command.stop()

    def _running(self, on: bool) -> None:
        self.rehearse.setEnabled(not on)
        for part in (self.stop, self.working, self.progress):
            part.setVisible(on)
