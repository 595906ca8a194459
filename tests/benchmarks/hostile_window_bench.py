"""The student's window while a hostile program runs: how long an interaction takes, and whether Stop always works.

    python tests/benchmarks/hostile_window_bench.py [--seconds 4] [--only NAME …] [--json]

The window stands over the real desk, its journal and the real runner, without a hub. While each program runs, keys go
into the editor, questions are turned, a pane is opened and closed and the console is scrolled, one every 40 ms; what is
measured is the time until the window has done it and painted it. The same without any program is the reference of the
same run. The budget is 50 ms per interaction; on a busy machine the ratio to the reference says more.
"""

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from itertools import cycle
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from shared.exam.rules import RunLimits
from student_app.composition import RealRunner
from student_app.core.desk import Desk
from student_app.core.session import Phase
from tests.benchmarks.student_window_bench import LINE, SIZE, RealWindow, until
from tests.student_app.kit import content

BUDGET_MS = 50.0
EVERY_S = 0.04
PROGRAMS = {
    "none": "",
    "endless loop": "while True:\n    pass\n",
    "10 MB/s of output": (
        "import sys, time\nline = 'x' * 99 + '\\n'\n"
        "while True:\n    sys.stdout.write(line * 5_000)\n    time.sleep(0.05)\n"
    ),
    "one endless line": "import sys\nwhile True:\n    sys.stdout.write('x' * 4096)\n",
    "a million short lines": "for n in range(10**6):\n    print(n)\nwhile True:\n    pass\n",
    "errors without end": "import sys\nwhile True:\n    print('File \"main.py\", line 1, in f', file=sys.stderr)\n",
    "fork bomb": "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass\n",
    "10 GB at once": "data = bytearray(10 * 1024**3)\nprint('got it')\nwhile True:\n    pass\n",
    "memory step by step": "kept = []\nwhile True:\n    kept.append(bytearray(1 << 20))\n",
    "deleted working directory": (
        "import os, shutil\nshutil.rmtree(os.getcwd(), ignore_errors=True)\nwhile True:\n    pass\n"
    ),
    "ignores SIGTERM": (
        "import signal\nfor number in range(1, 32):\n    try:\n        signal.signal(number, signal.SIG_IGN)\n"
        "    except (OSError, ValueError):\n        pass\nwhile True:\n    pass\n"
    ),
    "pictures without end": "import turtle\nwhile True:\n    turtle.forward(1)\n    turtle.left(1)\n",
    "a game": (
        "import turtle\nscreen = turtle.Screen()\nscreen.tracer(0)\n"
        "balls = [turtle.Turtle('circle') for _ in range(40)]\n"
        "for n, ball in enumerate(balls):\n    ball.penup()\n    ball.goto(n * 14 - 280, n)\n"
        "screen.onkeypress(lambda: balls[0].forward(5), 'Up')\nscreen.onclick(lambda x, y: balls[1].goto(x, y))\n"
        "screen.listen()\nstep = 0\nwhile True:\n    step += 1\n"
        "    for n, ball in enumerate(balls):\n        ball.sety((step * 3 + n * 9) % 500 - 250)\n    screen.update()\n"
    ),
    "thousands of files": ("for n in range(4000):\n    open(f'f{n}', 'w').write('x' * 1000)\nwhile True:\n    pass\n"),
}


class HostileRoom(RealWindow):
    """The window over the real runner."""

    def new_desk(self) -> Desk:
        super().new_desk()
        self.desk = Desk(self.folder, self.machine, RealRunner(), self.watcher)
        self.desk.connect(self.net)
        return self.desk


def open_room(folder: Path, output_kb: int) -> HostileRoom:
    """Open the window with an exam that lets a run work for long."""
    room = HostileRoom(folder)
    room.window.resize(*SIZE)
    room.window.show()
    room.open_exam(content(run=RunLimits(seconds=600, output_kb=output_kb)))
    until(lambda: room.desk.state().phase is Phase.WORKING and room.desk.state().questions)
    room.desk.accept_honor("", "")
    room.window.refresh()
    return room


def interactions(room: HostileRoom) -> list[tuple[str, Callable[[], object]]]:
    """Return what a student does again and again."""
    work = room.window.work

    def key() -> None:
        QTest.keyClicks(work.editors.editor, "x")

    def enter() -> None:
        QTest.keyClick(work.editors.editor, Qt.Key.Key_Return)

    def scroll() -> None:
        bar = work.console.text.verticalScrollBar()
        bar.setValue(0 if bar.value() else bar.maximum())

    return [
        ("key", key), ("key", key), ("key", key), ("enter", enter), ("scroll", scroll),
        ("question", lambda: work.turn_by(1)), ("pane", work.toggle_messages), ("question", lambda: work.turn_by(1)),
        ("pane", work.toggle_messages), ("refresh", room.window.refresh),
    ]  # fmt: skip


def under(folder: Path, text: str, seconds: float, output_kb: int) -> dict[str, float]:
    """Return how long interactions took while the program ran, and how long Stop took."""
    room = open_room(folder, output_kb)
    work = room.window.work
    work.editors.editor.put_in(text + "\n" + LINE * 100, "paste")
    if text:
        work.run()
        until(lambda: room.desk.state().running)
    took: list[float] = []
    worst = ("", 0.0)
    begun = time.perf_counter()
    for name, action in cycle(interactions(room)):
        start = time.perf_counter()
        action()
        QApplication.processEvents()
        took.append((time.perf_counter() - start) * 1000)
        worst = max(worst, (name, took[-1]), key=lambda one: one[1])
        while time.perf_counter() - start < EVERY_S:
            before = time.perf_counter()
            QApplication.processEvents()
            took.append((time.perf_counter() - before) * 1000)
            worst = max(worst, ("events", took[-1]), key=lambda one: one[1])
            time.sleep(0.002)
        if start - begun > seconds:
            break
    stop = time.perf_counter()
    work.stop()
    until(lambda: not room.desk.state().running)
    stopped = (time.perf_counter() - stop) * 1000
    room.close()
    took.sort()
    return {
        "median_ms": statistics.median(took), "p99_ms": took[int(len(took) * 0.99)], "worst_ms": took[-1],
        "worst_in": worst[0], "over_budget": sum(one > BUDGET_MS for one in took), "stop_ms": stopped if text else 0.0,
    }  # fmt: skip


def main() -> int:
    """Measure, print, return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--output-kb", type=int, default=1024, help="what one run may print, as the exam says")
    parser.add_argument("--only", action="append", default=[], choices=list(PROGRAMS))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = QApplication([])
    figures: dict[str, dict[str, float]] = {}
    for name, text in PROGRAMS.items():
        if options.only and name not in {*options.only, "none"}:
            continue
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            figures[name] = under(Path(folder), text, options.seconds, options.output_kb)
    reference = figures["none"]["p99_ms"]
    for name, found in figures.items():
        found["ratio"] = found["p99_ms"] / reference
        if not options.json:
            times = "  ".join(f"{part} {found[f'{part}_ms']:6.1f}" for part in ("median", "p99", "worst"))
            print(
                f"{name:28} {times} ms ({found['worst_in']})  over {BUDGET_MS:.0f} ms: {found['over_budget']}  "
                f"stop {found['stop_ms']:5.0f} ms  p99 to reference {found['ratio']:.1f}"
            )
    if options.json:
        print(json.dumps(figures))
    del app
    return 0


if __name__ == "__main__":
    sys.exit(main())
