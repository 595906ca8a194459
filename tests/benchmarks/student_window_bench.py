"""The student's window: a key to the screen and to the disk, beside a plain text field; and the start of the window.

    python tests/benchmarks/student_window_bench.py [--keys 600] [--lines 200] [--starts 5] [--json]

The window stands over the real desk, its journal and its threads, without a hub. Keys come every 25 ms, with an Enter
now and then; times are milliseconds. The same keys go to a plain QPlainTextEdit of the same size with the same text,
and the start is measured beside a bare QApplication with an empty window, all in the same run.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PyQt6.QtCore import QEvent, QObject, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QPlainTextEdit, QWidget

from student_app.bridge import Bridge, Watcher
from student_app.composition import make_engine
from student_app.core.desk import Desk
from student_app.core.session import Phase
from tests.gui.student.window_bench import LaterRunner, WindowBench
from tests.student_app.kit import SilentNet

ROOT = Path(__file__).resolve().parents[2]
EVERY_S = 0.025
PATIENCE_S = 10.0
SIZE = (1280, 800)
LINE = "value = compute(first, second)  # one of many lines\n"
OURS = """
import sys, tempfile, time
begin = time.perf_counter()
from pathlib import Path
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication
from student_app.views.look import Look
from student_app.views.window import StudentProgram
app = QApplication([])
with tempfile.TemporaryDirectory() as folder:
    settings = QSettings(folder + "/window.ini", QSettings.Format.IniFormat)
    program = StudentProgram(Path(folder), Look(app, "light"), settings)
    program.window.show()
    while not program.window.finding.code.isVisible():
        app.processEvents()
    app.processEvents()
    print((time.perf_counter() - begin) * 1000, flush=True)
    program.window.close()
    program.close()
"""
BARE = """
import time
begin = time.perf_counter()
from PyQt6.QtWidgets import QApplication, QWidget
app = QApplication([])
window = QWidget()
window.show()
app.processEvents()
print((time.perf_counter() - begin) * 1000, flush=True)
"""


class RealTime:
    """This PC's clock with the names that the tests' clock has."""

    def __init__(self, clock) -> None:
        self._clock = clock
        self.wall_ms = clock.wall_ms

    @property
    def us(self) -> int:
        return self._clock.mono_us()

    @property
    def wall(self) -> int:
        return self._clock.wall_ms()


class RealThread:
    """The journal's own thread does the steps."""

    def step(self, _ms: int) -> None:
        """Nothing has to be done for it."""


class Durables(Watcher):
    """Remembers when each event became durable."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__(bridge)
        self.at: dict[int, float] = {}
        self.durable = self._durable
        self._tell = bridge.durable
        self._last = -1

    def _durable(self, seq: int) -> None:
        now = time.perf_counter()
        self.at |= dict.fromkeys(range(self._last + 1, seq + 1), now)
        self._last = seq
        self._tell(seq)


class RealWindow(WindowBench):
    """The window over the engine of the program."""

    def new_desk(self) -> Desk:
        self.engine = make_engine(self.folder)
        self.machine, self.clock, self.committer = (
            self.engine.machine,
            RealTime(self.engine.machine.clock),
            RealThread(),
        )
        self.net, self.runner, self.watcher = SilentNet(), LaterRunner(), Durables(self.bridge)
        self.desk = Desk(self.folder, self.machine, self.runner, self.watcher)
        self.desk.connect(self.net)
        return self.desk

    def close(self) -> None:
        super().close()
        self.engine.close()


class Paints(QObject):
    """Counts the times that a widget was painted."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__()
        self.count = 0
        widget.installEventFilter(self)

    def eventFilter(self, _watched, event) -> bool:
        self.count += event.type() == QEvent.Type.Paint
        return False


def until(ready: Callable[[], object]) -> None:
    """Let Qt work until it is so."""
    end = time.perf_counter() + PATIENCE_S
    while not ready():
        QApplication.processEvents()
        if time.perf_counter() > end:
            raise TimeoutError("it did not happen in time")


def type_keys(widget: QWidget, viewport: QWidget, keys: int, pressed: Callable[[float], None]) -> list[float]:
    """Press keys and return how many ms each took until the text was painted again."""
    paints, took = Paints(viewport), []
    for number in range(keys):
        before, begun = paints.count, time.perf_counter()
        QTest.keyClick(widget, Qt.Key.Key_Return) if number % 40 == 39 else QTest.keyClicks(widget, "x")
        pressed(begun)
        until(lambda seen=before: paints.count > seen)
        took.append((time.perf_counter() - begun) * 1000)
        until(lambda start=begun: time.perf_counter() - start > EVERY_S)
    return took


def ours(folder: Path, keys: int, lines: int) -> dict[str, float]:
    """Type into the window of the exam."""
    room = RealWindow(folder)
    window = room.window
    window.resize(*SIZE)
    window.show()
    room.open_exam()
    until(lambda: room.desk.state().phase is Phase.WORKING and room.desk.state().questions)
    room.desk.accept_honor("", "")
    window.refresh()
    editor = window.work.editors.editor
    editor.put_in(LINE * lines, "paste")
    recorder, journal = room.desk.sitting.recorder, room.desk.sitting.journal
    begun: list[tuple[float, int]] = []

    def pressed(at: float) -> None:
        begun.append((at, recorder._burst.seq if recorder._burst else journal.last))

    painted = type_keys(editor, editor.viewport(), keys, pressed)
    recorder.close_burst()
    journal.flush()
    until(lambda: journal.durable >= journal.last)
    text = editor.text()
    kept = room.desk.text(editor.file) == text
    durable = [(room.watcher.at[seq] - at) * 1000 for at, seq in begun if seq in room.watcher.at]
    room.close()
    if not kept or len(durable) != keys:
        raise RuntimeError(f"{keys - len(durable)} keys did not reach the journal, or its text is another one")
    return summary("key_to_screen", painted) | summary("key_to_durable", durable)


def plain(keys: int, lines: int) -> dict[str, float]:
    """Type into a plain text field."""
    field = QPlainTextEdit(LINE * lines)
    field.resize(*SIZE)
    field.show()
    until(field.isVisible)
    painted = type_keys(field, field.viewport(), keys, lambda _: None)
    field.close()
    return summary("plain_key_to_screen", painted)


def summary(name: str, values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and the longest."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return {f"{name}_p50_ms": statistics.median(ordered), f"{name}_p99_ms": p99, f"{name}_most_ms": ordered[-1]}


def start(source: str, times: int) -> float:
    """Return the median ms that a program says of itself."""
    command = [sys.executable, "-c", source]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    said = [
        float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment).stdout)
        for _ in range(times)
    ]
    return statistics.median(said)


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--keys", type=int, default=600)
    parser.add_argument("--lines", type=int, default=200)
    parser.add_argument("--starts", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as folder:
        found = ours(Path(folder), options.keys, options.lines) | plain(options.keys, options.lines)
    found["key_to_screen_p50_ratio"] = found["key_to_screen_p50_ms"] / found["plain_key_to_screen_p50_ms"]
    found["start_ms"], found["bare_start_ms"] = start(OURS, options.starts), start(BARE, options.starts)
    found["start_ratio"] = found["start_ms"] / found["bare_start_ms"]
    app.quit()
    if options.json:
        print(json.dumps({name: round(value, 3) for name, value in found.items()}))
    else:
        for name, value in found.items():
            print(f"{name:28}{value:10.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
