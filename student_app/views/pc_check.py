"""The preflight behind the window: with what is typed there, or with the exam that the student is in."""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from pathlib import Path

from PyQt6.QtGui import QGuiApplication

from shared.admission.codes import AccessCode, parse_code
from shared.problems import InputProblem
from shared.wire import messages as m
from student_app.bridge import Tasks
from student_app.composition import DeskProgram
from student_app.core.ports import HubAddress
from student_app.net.knowing import by_pin
from student_app.preflight.facts import Packages, Screen
from student_app.preflight.probing import Outcome, Seat, preflight, reported
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
        self._going_on: tuple[asyncio.AbstractEventLoop, asyncio.Task[Outcome]] | None = None
        self._closing = False

    def __call__(self, told: Told, finished: Finished) -> None:
        """See `CheckPc`."""
        seat = self._seat()
        clock = self._program.engine.machine.clock

        def tell(checks: tuple[m.SeatCheck, ...]) -> None:
            self._tasks.tell(lambda: told(checks))

        def work() -> Outcome:
            return asyncio.run(self._stoppable(preflight(seat, clock, tell)))

        self._tasks.run(work, lambda outcome: self._done(seat, outcome, finished), lambda text: finished((), text))

    async def _stoppable(self, work: Coroutine[None, None, Outcome]) -> Outcome:
        task = asyncio.ensure_future(work)
        self._going_on = asyncio.get_running_loop(), task
        if self._closing:
            task.cancel()
        try:
            return await task
        except asyncio.CancelledError:
            return Outcome((), sent=False)
        finally:
            self._going_on = None

    def close(self) -> None:
        """Stop the check that goes on, and end the worker."""
        self._closing = True
        going_on = self._going_on
        if going_on is not None:
            loop, task = going_on
            with contextlib.suppress(RuntimeError):  # it ended in this moment
                loop.call_soon_threadsafe(task.cancel)
        self._tasks.close()

    def _done(self, seat: Seat, outcome: Outcome, finished: Finished) -> None:
        sentence = outcome.sentence
        if self._program.desk.sitting is not None and outcome.checks:
            checks = reported(outcome.checks, seat)
            sent = self._program.client.report(
                m.PreflightReport("", seat.seat, seat.device, seat.device_name, seat.platform, checks)
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
        check, named = None, sitting is None or sitting.recorder.policy.device
        if sitting is not None:
            hubs, code = self._program.client.known, None
            check = by_pin(sitting.journal.identity.exam, sitting.exam_key)
        view = self._program.desk.state().packages
        return Seat(
            folder=self._folder,
            hubs=hubs,
            code=code,
            check=check,
            seat=seat,
            device=machine.device,
            device_name=machine.device_name if named else "",
            platform=machine.platform if named else "",
            packages=Packages(view.phase, view.sentence, sitting is not None),
            surroundings=sitting is not None and sitting.recorder.policy.surroundings,
            screen=_screen(),
        )


def _screen() -> Screen | None:
    screen = QGuiApplication.primaryScreen()
    return None if screen is None else Screen(screen.geometry().width(), screen.geometry().height())
