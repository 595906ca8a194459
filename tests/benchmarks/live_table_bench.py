"""The live page: what 100 changed rows of 1,000 cost per tick, ten ticks a second, and the window's start.

    python tests/benchmarks/live_table_bench.py [--rows 1000] [--changed 100] [--ticks 200]

Prints one JSON line. Times are milliseconds of the window's thread; those named cpu are processor time of that
thread, which says what a quiet machine needs when this one is busy. The ratio compares painting the live table
with painting a QTableView of as many rows without any data, in the same run. An update is all that the page does with
changed rows: the table, what wants a look, the queue of hands; every fifth frame also does what timers do there.
`over_16_ms` counts frames that took longer.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

FRAME_MS = 16
START = """
import time
begin = time.perf_counter()
from PySide6.QtWidgets import QApplication
from instructor_app.app import Program
from instructor_app.preferences import Preferences
app = QApplication([])
program = Program(app, preferences=Preferences(None), theme="light")
program.window.show()
app.processEvents()
print((time.perf_counter() - begin) * 1000)
program.close()
"""


def timed(work: Callable[[], object]) -> float:
    """Return how long something took, in ms."""
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1000


def thread_ms() -> float:
    """Return the processor time of this thread, in ms."""
    return time.thread_time() * 1000


def summary(values: list[float]) -> dict[str, float]:
    """Return median, 99th percentile and the longest."""
    ordered = sorted(values)
    p99 = ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return {"p50": round(statistics.median(ordered), 2), "p99": round(p99, 2), "max": round(ordered[-1], 2)}


def measure(rows: int, changed: int, ticks: int) -> dict[str, object]:
    """Run the live page with a made-up class."""
    import msgspec
    from PySide6.QtCore import QAbstractTableModel
    from PySide6.QtWidgets import QApplication, QTableView

    from instructor_app.app import Program
    from instructor_app.preferences import Preferences
    from instructor_app.sample import SampleHub
    from instructor_app.tuning import keep_smooth

    class Empty(QAbstractTableModel):
        def rowCount(self, parent=None):
            return rows

        def columnCount(self, parent=None):
            return 9

        def data(self, index, role=0):
            return None

    app = QApplication([])
    program = Program(app, preferences=Preferences(None), theme="light")
    program.window.resize(1600, 1000)
    live = program.window.show_page("live")
    program.window.show()
    people = list(SampleHub(rows).rows.values())
    program.state.rows = {row.student: row for row in people}
    first = timed(lambda: program.state.rows_changed.emit(people, True))
    app.processEvents()
    keep_smooth(program.window)
    viewport = live.table.view.viewport()
    updates, paints, sorts, cpu = [], [], [], []
    for tick in range(ticks):
        some = [people[(tick * changed + place) % rows] for place in range(changed)]
        fresh = [msgspec.structs.replace(row, runs=row.runs + tick + 1, last_saved_ms=tick) for row in some]
        program.state.rows.update({row.student: row for row in fresh})
        begun = thread_ms()
        timers = live.watch.look_at_some if tick % 5 == 0 else int
        updates.append(timed(lambda fresh=fresh, do=timers: (do(), program.state.rows_changed.emit(fresh, False))))
        paints.append(timed(viewport.repaint))
        cpu.append(thread_ms() - begun)
    live.table.view.sortByColumn(5, live.table.view.horizontalHeader().sortIndicatorOrder())
    for tick in range(20):
        live.model.update(
            [msgspec.structs.replace(people[place], runs=tick * 7 + place % 50) for place in range(changed)]
        )
        sorts.append(timed(live.model.rearrange))
    empty = QTableView()
    empty.setModel(Empty())
    empty.resize(live.table.view.size())
    empty.show()
    app.processEvents()
    plain = [timed(empty.viewport().repaint) for _ in range(ticks)]
    looks = [timed(live.watch.look_at_some) for _ in range(10)]
    frames = [update + paint for update, paint in zip(updates, paints, strict=True)]
    result = {
        "rows": rows, "changed_per_tick": changed, "first_fill_ms": round(first, 1), "update_ms": summary(updates),
        "paint_ms": summary(paints), "frame_ms": summary(frames),
        "frame_cpu_ms": summary(cpu), "over_16_ms": sum(frame > FRAME_MS for frame in frames),
        "over_16_cpu_ms": sum(frame > FRAME_MS for frame in cpu), "watch_ms": summary(looks),
        "rearrange_ms": summary(sorts),
        "empty_paint_ms": summary(plain),
        "paint_ratio_to_empty": round(statistics.median(paints) / max(0.001, statistics.median(plain)), 1),
    }  # fmt: skip
    program.close()
    return result


def start_times(runs: int) -> list[float]:
    """Return how long imports and the first paint of the window took in fresh processes."""
    return [
        float(subprocess.run([sys.executable, "-c", START], capture_output=True, text=True, check=True).stdout)
        for _ in range(runs)
    ]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the live table.")
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--changed", type=int, default=100)
    parser.add_argument("--ticks", type=int, default=200)
    parser.add_argument("--starts", type=int, default=5)
    args = parser.parse_args()
    result = measure(args.rows, args.changed, args.ticks)
    result["start_to_window_ms"] = summary(start_times(args.starts))
    print(json.dumps(result))


if __name__ == "__main__":
    main()
