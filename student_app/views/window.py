"""Putting the window together: desk, bridge, look, window; and ending in an orderly way."""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from msgspec import structs
from platformdirs import user_data_path
from PyQt6.QtCore import QSettings, QTimer
from PyQt6.QtGui import QGuiApplication
from PyQt6.QtWidgets import QApplication

from shared.bundle.desk_file import DeskFile
from shared.discovery.joining import parse_destination
from shared.problems import InputProblem, Problem
from shared.text import TextModel
from shared.text.versions import Versions
from shared.wire.messages import Candidate, SeatCheck
from student_app.bridge import SORRY, Bridge, Tasks, Watcher
from student_app.composition import DeskProgram, Engine, RealRunner, make_desk, make_engine
from student_app.core.alone import Myself, open_desk_file, wheels_beside
from student_app.core.desk import Desk
from student_app.core.journal_file import already_open
from student_app.core.keeping import FinalReceipt
from student_app.core.memory import Sent
from student_app.core.ports import HubAddress
from student_app.core.session import Phase
from student_app.core.shelf import OnShelf, busy, journals, to_go_on_with
from student_app.net.browse import Browser
from student_app.running import remove_leftovers
from student_app.views.farewell import Farewell
from student_app.views.look import Look, first_zoom
from student_app.views.main_window import MainWindow
from student_app.views.port import Shelved, Surroundings

if TYPE_CHECKING:
    from student_app.views.pc_check import PcCheck

_log = logging.getLogger(__name__)
SIZE = (1280, 800)
SEND_S = 2.0
CHECK_AFTER_MS = 2_000
FAREWELL_MS = 2_500
WARNING_MS = 60_000


class StudentProgram:
    """The window with everything behind it; `close` ends all of it."""

    def __init__(
        self, folder: Path, look: Look, settings: QSettings, browser: Browser | None = None, pin: bytes | None = None
    ) -> None:
        """`browser` looks for exams; None: one that listens on the network. `pin` is the fingerprint set on this PC."""
        self.folder = folder
        self.bridge = Bridge()
        self.tasks = Tasks()
        self.engine: Engine = make_engine(folder)
        self._runner = RealRunner()
        self.program: DeskProgram = make_desk(
            self.engine,
            folder,
            Watcher(self.bridge),
            runner=self._runner,
            browser=browser,
            with_packages=True,
            pin=pin,
        )
        self._closed = self._program_closed = self._safe = self._ready = False
        self._farewell: Farewell | None = None
        self._wheels: Path | None = None
        self._when_ready: list[Callable[[], None]] = []
        self._looked_at = False
        self._pc_check: PcCheck | None = None
        self.window = MainWindow(self.program.desk, self._around(), self.bridge, look, settings)
        if busy(folder):
            self.window.finding.complain(already_open().sentence)
        self.bridge.changed.connect(self._look_at_pc)
        self.program.desk.look()
        self.tasks.run(self._prepare, self._prepared, self._not_prepared)

    def _around(self) -> Surroundings:
        clock = self.engine.machine.clock
        return Surroundings(
            model=self._model,
            lookup=self._lookup,
            read_exam_file=self._read_exam_file,
            begin_alone=self._begin_alone,
            start_with=self._start_with,
            prepared=self._when_prepared,
            shelf=self._shelf,
            keeping=_Keeping(self.program.desk, self.tasks),
            versions=self._versions,
            picture=self.program.desk.pictures.read,
            sent=self._sent,
            content_here=self._content_here,
            mono_ms=lambda: clock.mono_us() // 1000,
            wall_ms=clock.wall_ms,
            check_pc=self._check_pc,
        )

    def go_on(self, path: Path) -> None:
        """Go on with an exam of this PC, off the window's thread."""
        desk, bridge = self.program.desk, self.bridge
        self.tasks.run(lambda: desk.go_on(path), lambda _: bridge.look_again(), self._cannot_go_on)

    def close(self) -> bool:
        """End everything, and return whether the hub has all of it."""
        if self._closed:
            return self._safe
        self._closed = True
        if not self._program_closed:
            self._safe = self.program.close(SEND_S)
        self.tasks.close()
        if self._pc_check is not None:
            self._pc_check.close()
        self.engine.close()
        self.bridge.close()
        return self._safe

    def leave(self, look: Look) -> None:
        """The window was closed: say that everything is kept, end in an orderly way, and quit."""
        state = self.program.desk.state()
        if self.program.desk.sitting is None:
            QApplication.quit()
            return
        self._farewell = Farewell(look, state)
        self._farewell.show()
        self.tasks.run(lambda: self.program.close(SEND_S), self._left, lambda _: self._left(False))

    def _left(self, safe: bool) -> None:
        self._program_closed, self._safe = True, safe
        if self._farewell is not None:
            state = self.program.desk.state()
            saved = state.trouble is None and state.saved >= state.last
            self._farewell.sent(safe, saved)
            if not saved and not safe:
                QTimer.singleShot(WARNING_MS, QApplication.quit)
                return
        QTimer.singleShot(FAREWELL_MS, QApplication.quit)

    def _check_pc(
        self, told: Callable[[tuple[SeatCheck, ...]], None], finished: Callable[[tuple[SeatCheck, ...], str], None]
    ) -> None:
        if self._pc_check is None:
            from student_app.views.pc_check import PcCheck  # noqa: PLC0415 - a quick start for students

            self._pc_check = PcCheck(self.program, self.folder, self._typed)
        self._pc_check(told, finished)

    def _look_at_pc(self) -> None:
        """Who waits for the start has a PC that staff may still mend: it is checked once, and they read the results."""
        if not self._looked_at and self.program.desk.state().phase is Phase.WAITING:
            self._looked_at = True
            QTimer.singleShot(CHECK_AFTER_MS, self._check_quietly)

    def _check_quietly(self) -> None:
        state = self.program.desk.state()
        if self._closed or state.phase is not Phase.WAITING:
            return
        if state.packages.phase in {"fetching", "installing"}:
            QTimer.singleShot(CHECK_AFTER_MS, self._check_quietly)  # what staff read is how it ended
        else:
            self._check_pc(lambda _checks: None, lambda _checks, _sentence: None)

    def _typed(self) -> tuple[str, tuple[HubAddress, ...], str]:
        return self.window.finding.typed()

    def _model(self, file: str) -> TextModel:
        sitting = self.program.desk.sitting
        assert sitting is not None, "there are no files before joining"
        return sitting.memory.workspace.model(file)

    def _versions(self) -> Versions:
        sitting = self.program.desk.sitting
        return sitting.memory.versions if sitting is not None else Versions()

    def _sent(self) -> tuple[Sent, ...]:
        sitting = self.program.desk.sitting
        return tuple(sitting.memory.sent) if sitting is not None else ()

    def _content_here(self) -> bool:
        sitting = self.program.desk.sitting
        return sitting is not None and sitting.content.here

    def _shelf(self) -> list[Shelved]:
        return [self._shelved(one) for one in journals(self.folder) if one.open]

    def _shelved(self, one: OnShelf) -> Shelved:
        identity = one.identity
        return Shelved(
            identity.title, identity.student, identity.name, identity.created_ms, lambda: self.go_on(one.path)
        )

    def _lookup(
        self, code: str, text: str, hubs: tuple[HubAddress, ...], then: Callable[[tuple[Candidate, ...], bool], None]
    ) -> None:
        self.program.client.lookup(code, text, hubs, lambda found, exact: self.tasks.run(
            lambda: None, lambda _: then(found, exact), _ignore
        ))  # fmt: skip

    def _read_exam_file(self, path: Path, then: Callable[[DeskFile], None], failed: Callable[[str], None]) -> None:
        self._wheels = wheels_beside(path)
        self.tasks.run(lambda: open_desk_file(path), then, failed)

    def _begin_alone(self, file: DeskFile, who: Myself, then: Callable[[str], None]) -> None:
        desk = self.program.desk
        self.tasks.run(lambda: desk.begin_alone(file, who, self._wheels), lambda _: then(""), then)

    def _start_with(self, code: str, then: Callable[[str], None]) -> None:
        desk = self.program.desk
        self.tasks.run(lambda: desk.start_with(code), lambda _: then(""), then)

    def _prepare(self) -> None:
        remove_leftovers()
        self._runner.setup()

    def _prepared(self, _done: None) -> None:
        self._ready = True
        waiting, self._when_ready = self._when_ready, []
        for each in waiting:
            each()

    def _not_prepared(self, sentence: str) -> None:
        self.window.work.banners.hint(sentence)
        self._prepared(None)

    def _when_prepared(self, then: Callable[[], None]) -> None:
        if self._ready:
            then()
        else:
            self._when_ready.append(then)

    def _cannot_go_on(self, sentence: str) -> None:
        self.window.finding.complain(sentence)


class _Keeping:
    """Brings the answers of other threads into the window's."""

    def __init__(self, desk: Desk, tasks: Tasks) -> None:
        self._desk = desk
        self._tasks = tasks

    def receipt(self, then: Callable[[FinalReceipt | None], None]) -> None:
        """See `Keeping`."""
        self._desk.final_receipt(lambda receipt: self._here(lambda: then(receipt)))

    def record(self, target: Path, then: Callable[[str, tuple[Path, ...]], None]) -> None:
        """See `Keeping`."""
        self._desk.write_record(target, lambda sentence, files: self._here(lambda: then(sentence, files)))

    def bundle(self, target: Path, then: Callable[[str], None]) -> None:
        """See `Keeping`."""
        try:
            self._desk.write_bundle(target, lambda sentence: self._here(lambda: then(sentence)))
        except Problem as problem:
            then(problem.sentence)

    def _here(self, answer: Callable[[], None]) -> None:
        with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
            self._tasks.run(lambda: None, lambda _: answer(), _ignore)


def run_window(options: argparse.Namespace) -> int:
    """Open the window, or draw a page into a file, and return the exit code."""
    if options.screenshot is not None:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication(sys.argv[:1])
    app.setApplicationName("ExamDesk")
    app.setOrganizationName("ExamDesk")
    app.setDesktopFileName("examdesk-student")
    if options.screenshot is not None:
        from student_app.views.screenshots import render  # noqa: PLC0415 - a quick start for students

        look = Look(app, options.theme or "light")
        render(options.page or "work", options.screenshot, look, _size(options.size))
        return 0
    folder: Path = options.journal or user_data_path("examdesk") / "journals"
    settings = QSettings(str(folder / "window.ini"), QSettings.Format.IniFormat)
    zoom = settings.value("zoom", _first_zoom(), int)
    theme = options.theme or str(settings.value("theme", options.lab.theme) or "")
    look = Look(app, theme, zoom if isinstance(zoom, int) else 0)
    program = StudentProgram(folder, look, settings, pin=options.lab.fingerprint)
    _catch_mistakes(program)
    program.window.finding.prefill(
        code=options.join,
        hub=options.typed_hub,
        student=options.student,
        name=options.name,
        seat=options.seat,
    )
    app.setQuitOnLastWindowClosed(False)
    program.window.closed.connect(lambda: program.leave(look))
    program.window.finding.preset(options.lab if options.by_lab else structs.replace(options.lab, addresses=()))
    if options.exam_file is not None:
        program.window.finding.open_file(options.exam_file)
    program.window.show()
    if options.join and options.student:
        _join_at_once(program, options)
    code = app.exec()
    program.close()
    return code


def _join_at_once(program: StudentProgram, options: argparse.Namespace) -> None:
    """Join with what the command line gave, or go on where this student was; what is wrong appears in the form."""
    hubs: tuple[HubAddress, ...] = ()
    try:
        begun = to_go_on_with(program.folder, options.student)
        if begun is not None:
            program.go_on(begun)
            return
        if options.hub:
            found = parse_destination(options.hub)
            hubs = tuple(HubAddress(one.host, one.port, found.fingerprint) for one in found.addresses)
        program.program.desk.join(options.join, options.student, options.name, options.seat, hubs)
    except Problem as problem:
        program.window.finding.complain(problem.sentence)


def _catch_mistakes(program: StudentProgram) -> None:
    """Keep the window alive whatever goes wrong in it, and say so."""

    def caught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _log.error("a mistake of ours in the window", exc_info=(kind, error, trace))
        program.window.work.banners.hint(error.sentence if isinstance(error, Problem) else SORRY)

    sys.excepthook = caught


def _first_zoom() -> int:
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return 0
    return first_zoom(screen.geometry().width(), screen.devicePixelRatio(), screen.physicalDotsPerInch())


def _size(text: str) -> tuple[int, int]:
    if not text:
        return SIZE
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise InputProblem(f"The size is written as 1280x800, not {text!r}.")
    return int(width), int(height)


def _ignore(_sentence: str) -> None:
    """Nobody waits for it."""
