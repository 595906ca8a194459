"""The instructor's window with the sample class behind it."""

import gc
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication

from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.preferences import Preferences
from instructor_app.sample import SampleHub
from tests.support.patience import PATIENCE_MS


@dataclass
class Desk:
    """The program, its hub, and a way to wait."""

    program: Program
    hub: SampleHub
    wait: Callable[[Callable[[], bool]], None]

    def asked(self, kind: type) -> list:
        """Return the requests of a kind that reached the hub."""
        return [request for request in self.hub.asked if isinstance(request, kind)]

    def settle(self) -> None:
        """Wait until nothing is asked any more, what the window put off until its next turn included."""
        turned: list[bool] = []
        QTimer.singleShot(0, lambda: turned.append(True))
        self.wait(lambda: bool(turned) and self.program.bridge.waiting == 0)


@pytest.fixture(autouse=True)
def windows_that_go(qapp: QApplication) -> Iterator[None]:
    """Let go of a test's windows at its end, in this thread: the next program would dress all their widgets too."""
    yield
    qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect(1)


@pytest.fixture
def make_desk(qtbot, qapp: QApplication) -> Iterator[Callable[..., Desk]]:
    made: list[Program] = []

    def make(rows: int = 24, *, opened: bool = True) -> Desk:
        program = Program(qapp, preferences=Preferences(None), theme="light")
        made.append(program)
        hub = SampleHub(rows, opened=opened)

        async def opener() -> SampleHub:
            return hub

        desk = Desk(program, hub, lambda ready: qtbot.waitUntil(ready, timeout=PATIENCE_MS))
        program.bridge.connect_to(opener)
        desk.wait(lambda: program.bridge.link is Link.UP and program.state.exam is not None)
        program.window.resize(1280, 800)
        with qtbot.waitActive(program.window, timeout=PATIENCE_MS):  # shortcuts belong to the active window
            program.window.show()
            program.window.activateWindow()
        desk.settle()
        return desk

    yield make
    for program in made:
        program.close()
        program.window.deleteLater()


@pytest.fixture
def desk(make_desk: Callable[..., Desk]) -> Desk:
    return make_desk()
