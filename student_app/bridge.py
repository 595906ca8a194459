"""Where threads meet Qt: the engine tells the window by one queued, coalesced signal; slow work leaves by `Tasks`."""

import logging
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from PyQt6.QtCore import QObject, Qt, pyqtSignal

from shared.problems import Problem
from student_app.core.sitting import Sitting
from student_app.running.events import RunEvent

T = TypeVar("T")
_log = logging.getLogger(__name__)
SORRY = "Something went wrong in ExamDesk. Your work is saved; go on, and tell your instructor if it happens again."


class Bridge(QObject):
    """A desk's watcher. Its methods may be called by any thread; its signals come in the window's thread.

    However much happens, the window is woken once and then looks for itself.
    """

    changed = pyqtSignal()
    ran = pyqtSignal(int, tuple)
    """A run's number, and what happened in it since the last time, in order."""
    said = pyqtSignal(str)
    handed_in = pyqtSignal(str)
    opened = pyqtSignal()
    """Another journal is open."""
    _woken = pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._lock = Lock()
        self._awake = False
        self._closed = False
        self._runs: deque[tuple[int, RunEvent]] = deque()
        self._news: deque[tuple[str, str]] = deque()
        self._woken.connect(self._deliver, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def joined(self, sitting: Sitting) -> None:
        """See `DeskWatcher.joined`."""
        del sitting
        self._tell("opened")

    def durable(self, seq: int) -> None:
        """See `DeskWatcher.durable`."""
        del seq
        self._wake()

    def sealed(self, last: int) -> None:
        """See `DeskWatcher.sealed`."""
        del last

    def safe(self, last: int) -> None:
        """See `DeskWatcher.safe`."""
        del last
        self._wake()

    def submitted(self, code: str) -> None:
        """See `DeskWatcher.submitted`."""
        self._tell("handed_in", code)

    def run_event(self, run: int, event: RunEvent) -> None:
        """See `DeskWatcher.run_event`."""
        with self._lock:
            self._runs.append((run, event))
        self._wake()

    def problem(self, sentence: str) -> None:
        """See `DeskWatcher.problem`."""
        self._tell("said", sentence)

    def look_again(self) -> None:
        """See `DeskWatcher.changed`, which is this program's name for it; the signal has that name here."""
        self._wake()

    def close(self) -> None:
        """Tell nothing any more."""
        with self._lock:
            self._closed = True

    def _tell(self, what: str, text: str = "") -> None:
        with self._lock:
            self._news.append((what, text))
        self._wake()

    def _wake(self) -> None:
        with self._lock:
            if self._awake or self._closed:
                return
            self._awake = True
        self._woken.emit()

    def _deliver(self) -> None:
        with self._lock:
            self._awake = False
            runs, self._runs = self._runs, deque()
            news, self._news = self._news, deque()
        for what, text in news:
            if what == "opened":
                self.opened.emit()
            else:
                (self.said if what == "said" else self.handed_in).emit(text)
        for number in dict.fromkeys(run for run, _ in runs):
            self.ran.emit(number, tuple(event for run, event in runs if run == number))
        self.changed.emit()


class Watcher:
    """The face of a bridge that a `Desk` calls (`changed` is a signal's name in Qt)."""

    def __init__(self, bridge: Bridge) -> None:
        self.changed = bridge.look_again
        self.joined = bridge.joined
        self.durable = bridge.durable
        self.sealed = bridge.sealed
        self.safe = bridge.safe
        self.submitted = bridge.submitted
        self.run_event = bridge.run_event
        self.problem = bridge.problem


class Tasks(QObject):
    """One worker for what waits for the disk; answers come in the window's thread."""

    _done = pyqtSignal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pool = ThreadPoolExecutor(1, "desk-task")
        self._done.connect(self._answer, Qt.ConnectionType.QueuedConnection)  # type: ignore[call-arg]

    def run(self, work: Callable[[], T], then: Callable[[T], None], failed: Callable[[str], None]) -> None:
        """Do `work` on the worker, then call `then` with its result, or `failed` with a sentence, here."""

        def finished(future: "Future[T]") -> None:
            self._done.emit(lambda: _settle(future, then, failed))

        self._pool.submit(work).add_done_callback(finished)

    def tell(self, what: Callable[[], None]) -> None:
        """Call `what` in the window's thread; for work that says how far it is."""
        self._done.emit(what)

    def close(self) -> None:
        """Wait for what was begun and end the worker."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    @staticmethod
    def _answer(settle: Callable[[], None]) -> None:
        settle()


def _settle(future: "Future[T]", then: Callable[[T], None], failed: Callable[[str], None]) -> None:
    if future.cancelled():
        return
    error = future.exception()
    if error is None:
        then(future.result())
    elif isinstance(error, Problem):
        failed(error.sentence)
    else:
        _log.error("a task failed", exc_info=error)
        failed(SORRY)
