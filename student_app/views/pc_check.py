"""The preflight behind the window: with what is typed there, or with the exam that the student is in."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from PyQt6.QtGui import QGuiApplication

from shared.admission.codes import AccessCode, parse_code
from shared.problems import InputProblem
from shared.wire import messages as m
from student_app.bridge import Tasks
from student_app.composition import DeskProgram
from student_app.core.ports import HubAddress
from student_app.core.shelf import addresses_of
from student_app.net.knowing import by_pin
from student_app.preflight.facts import Packages, Screen
from student_app.preflight.probing import Outcome, Seat, preflight
from student_app.views.words import tr

Typed = Callable[[], tuple[str, tuple[HubAddress, ...], str]]
"""Access code, addresses and seat as they stand in the form; raises `InputProblem` for an address that is none."""
Told = Callable[[tuple[m.SeatCheck, ...]], None]
Finished = Callable[[tuple[m.SeatCheck, ...], str], None]


class PcCheck:
    """Runs preflights off the window's thread."""

    def __init__(self, program: DeskProgram, folder: Path, typed: Typed) -> None:
        self._program = program
        self._folder = folder
        self._typed = typed
        self._tasks = Tasks()

    def __call__(self, told: Told, finished: Finished) -> None:
        """See `CheckPc`."""
        seat = self._seat()
        clock = self._program.engine.machine.clock

        def tell(checks: tuple[m.SeatCheck, ...]) -> None:
            self._tasks.tell(lambda: told(checks))

        def work() -> Outcome:
            return asyncio.run(preflight(seat, clock, tell))

        self._tasks.run(work, lambda outcome: self._done(seat, outcome, finished), lambda text: finished((), text))

    def close(self) -> None:
        """Wait for the check that goes on."""
        self._tasks.close()

    def _done(self, seat: Seat, outcome: Outcome, finished: Finished) -> None:
        sentence = outcome.sentence
        if self._program.desk.sitting is not None:
            sent = self._program.client.report(
                m.PreflightReport("", seat.seat, seat.device, seat.device_name, seat.platform, outcome.checks)
            )
            sentence = tr("These results were sent to the instructor.") if sent else ""
        finished(outcome.checks, sentence)

    def _seat(self) -> Seat:
        machine, sitting = self._program.engine.machine, self._program.desk.sitting
        code: AccessCode | None = None
        hubs: tuple[HubAddress, ...] = ()
        seat = ""
        try:
            text, hubs, seat = self._typed()
            code = parse_code(text) if text.strip() else None
        except InputProblem:
            pass  # half typed: the check goes on without it
        check = None
        if sitting is not None:
            hubs, code = addresses_of(sitting), None
            check = by_pin(sitting.journal.identity.exam, sitting.exam_key)
        view = self._program.desk.state().packages
        return Seat(
            folder=self._folder,
            hubs=hubs,
            code=code,
            check=check,
            seat=seat,
            device=machine.device,
            device_name=machine.device_name,
            platform=machine.platform,
            packages=Packages(view.phase, view.sentence, sitting is not None),
            screen=_screen(),
        )


def _screen() -> Screen | None:
    screen = QGuiApplication.primaryScreen()
    return None if screen is None else Screen(screen.geometry().width(), screen.geometry().height())
