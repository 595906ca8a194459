"""What a headless desk tells its caller: one JSON object a line, written out at once."""

import sys
import threading
from collections.abc import Callable
from typing import TextIO

import msgspec

from student_app.core.sitting import Sitting
from student_app.running.events import Ended, RunEvent

_encoder = msgspec.json.Encoder()


class Lines:
    """Writes lines; may be used by several threads. A reader that is gone is not a reason to stop."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self._lock = threading.Lock()

    def say(self, **facts: object) -> None:
        """Write one line with these facts."""
        line = _encoder.encode(facts).decode()
        with self._lock:
            try:
                self._out.write(line + "\n")
                self._out.flush()
            except (BrokenPipeError, ValueError):
                return


class Reporter:
    """A desk's watcher that reports what is confirmed, and wakes whoever waits for the desk.

    Attributes:
        lines: where the confirmations go.
    """

    def __init__(self, lines: Lines, problems: Lines) -> None:
        self.awake = threading.Condition()
        self.lines = lines
        self._problems = problems
        self._journal = ""
        self._last_problem = ""
        self._sitting: Sitting | None = None
        self._trouble: str | None = None

    def wait_until(self, ready: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until `ready()`, looked at after every change and every 0.1 s; False when the time is over."""
        with self.awake:
            left = seconds
            while not ready():
                if left is not None and left <= 0:
                    return False
                self.awake.wait(0.1 if left is None else min(0.1, left))
                left = None if left is None else left - 0.1
            return True

    def changed(self) -> None:
        """See `DeskWatcher.changed`; a disk that refuses is told when that begins."""
        trouble = self._sitting.trouble if self._sitting is not None else None
        with self.awake:
            told, self._trouble = self._trouble, trouble
            self.awake.notify_all()
        if trouble is not None and trouble != told:
            self.problem(trouble)

    def joined(self, sitting: Sitting) -> None:
        """See `DeskWatcher.joined`."""
        identity = sitting.journal.identity
        self._sitting = sitting
        self._journal = identity.journal.hex()
        self._last_problem = ""
        self.lines.say(
            confirmed="joined",
            session=identity.session.hex(),
            student=identity.student,
            journal=self._journal,
            events=sitting.journal.last + 1,
        )

    def durable(self, seq: int) -> None:
        """See `DeskWatcher.durable`."""
        self.lines.say(confirmed="journal", journal=self._journal, up_to=seq)

    def sealed(self, last: int) -> None:
        """See `DeskWatcher.sealed`."""

    def safe(self, last: int) -> None:
        """See `DeskWatcher.safe`."""
        self.lines.say(confirmed="receipt", journal=self._journal, up_to=last)

    def submitted(self, code: str) -> None:
        """See `DeskWatcher.submitted`."""
        self.lines.say(confirmed="submitted", journal=self._journal, code=code)

    def run_event(self, run: int, event: RunEvent) -> None:
        """See `DeskWatcher.run_event`."""
        if isinstance(event, Ended):
            self.lines.say(confirmed="run-ended", run=run, reason=event.reason, exit_code=event.exit_code)

    def problem(self, sentence: str) -> None:
        """See `DeskWatcher.problem`; the same sentence twice in a row is told once."""
        if sentence != self._last_problem:
            self._last_problem = sentence
            self._problems.say(problem=sentence)
