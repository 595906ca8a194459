"""How fast the live model loads, follows and answers: `python -m tests.benchmarks.live_model_bench [--sessions N]`.

Makes a database of N sessions with M events each, then prints seconds, events per second and memory.
"""

import argparse
import json
import multiprocessing
import tempfile
import time
from pathlib import Path

import psutil

from examdesk.evidence.rules import Rules
from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.series import series
from examdesk.readmodels.similarity import class_work, compare
from examdesk.store import open_reader
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


def make(url: str, sessions: int, events: int) -> None:
    """Fill a database; in a process of its own, so that it does not count as memory of the model."""
    records = Records(url)
    for number in range(sessions):
        student = busy(f"s{number}", events)
        records.join(student)
        records.hand_over(student)
    records.close()


def memory_mb() -> float:
    """Return the memory that this process has now."""
    return psutil.Process().memory_info().rss / 1024 / 1024


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--sessions", type=int, default=1000)
    parser.add_argument("--events", type=int, default=1000)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(url, args.sessions, args.events))
        maker.start()
        maker.join()
        reader = open_reader(url)
        print(json.dumps(measure(LiveModel(reader, EXAM, Rules())), indent=1))
        reader.close()


def measure(live: LiveModel) -> dict[str, float]:
    """Return seconds of each thing that the hub does, and the memory that all facts take."""
    figures: dict[str, float] = {}
    before = memory_mb()
    late = 2_000_000_000_000
    for name, work in (
        ("load", live.load),
        ("refresh", live.refresh),
        ("rows", lambda: live.rows(late)),
        ("rows again", lambda: live.rows(late)),
        (
            "series",
            lambda: series(live, max(each.last_ms or 0 for facts in live.facts.values() for each in facts.main)),
        ),
        ("similarity", lambda: compare(class_work(live, (), "", 0))),
    ):
        begun = time.perf_counter()
        work()
        figures[f"{name} s"] = round(time.perf_counter() - begun, 3)
        if name == "load":
            figures["memory of facts MB"] = round(memory_mb() - before, 1)
    figures["events"] = sum(facts.events for facts in live.facts.values())
    figures["load events/s"] = round(figures["events"] / figures["load s"])
    return figures


if __name__ == "__main__":
    main()
