"""How fast the live model loads, follows and answers: `python -m tests.benchmarks.live_model_bench [--sessions N]`.

Makes a database of N sessions with M events each, then prints seconds, events per second and memory.
"""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

from examdesk.evidence.fold import Rules
from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.series import series
from examdesk.readmodels.similarity import class_work, compare
from tests.support.scripted import EXAM, Records, Student

LINES = (
    "def step_{n}(values, limit):\n    total_{n} = {n}\n    for value in values:\n        if value > limit:\n"
    "            total_{n} += value * {n}\n    return total_{n}\n\n"
)


def busy(name: str, events: int) -> Student:
    """Make a student who types, runs, pastes now and then, and looks away."""
    student = Student(name).begin("# start\n")
    number = 0
    while len(student.entries) < events:
        number += 1
        student.type(LINES.format(n=number), per_second=7)
        student.run(f"{number}\n")
        if number % 3 == 0:
            student.paste(f"data_{number} = load('outside-{number}.csv', sep=';')\n" * 3)
            student.look_away(20_000)
    return student


def memory_mb() -> float:
    """Return the most memory that this process had."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1000)
    args = parser.parse_args()
    figures: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        records = Records(f"sqlite:///{Path(folder) / 'bench.sqlite'}")
        total = 0
        last = None
        for number in range(args.sessions):
            student = busy(f"s{number}", args.events)
            records.join(student)
            records.hand_over(student)
            total += len(student.entries)
            last = student
        assert last is not None
        before = memory_mb()
        live = LiveModel(records.reader(), EXAM, Rules())
        for name, work in (
            ("load", live.load),
            ("refresh", live.refresh),
            ("rows", lambda: live.rows(last.clock.wall_ms())),
            ("rows again", lambda: live.rows(last.clock.wall_ms())),
            ("series", lambda: series(live, last.clock.wall_ms())),
            ("similarity", lambda: compare(class_work(live, (), "", 0))),
        ):
            begun = time.perf_counter()
            work()
            figures[f"{name} s"] = round(time.perf_counter() - begun, 3)
            if name == "load":
                figures["memory of facts MB"] = round(memory_mb() - before, 1)
                figures["load events/s"] = round(total / figures["load s"])
        figures["events"] = total
        records.close()
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
