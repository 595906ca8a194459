"""How long a run takes from its start to the first output, per grade, compared with a bare interpreter.

And how late a thread of the desk wakes while a program does its worst: what a person would feel in the editor.

Run it by hand: `python tests/benchmarks/runner_bench.py [ROUNDS]`.
"""

import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from student_app.running import Means, Output, Program, Run, RunLimits, RunSetup, base_interpreter, probe_sandbox

PROGRAM = Program({"main.py": "print('first')"}, {})
LADDER = (frozenset(Means), frozenset(Means) - {Means.BUBBLEWRAP}, frozenset[Means]())


def bare_ms(rounds: int) -> float:
    """Median of starting a Python that does nothing, in ms."""
    command = [str(base_interpreter().path), "-I", "-c", "pass"]
    times = []
    for _ in range(rounds):
        begun = time.perf_counter()
        subprocess.run(command, check=True)
        times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(times)


def first_output_ms(setup: RunSetup) -> tuple[float, float]:
    """Times from the start to the first output and to the end, in ms."""
    first: list[float] = []

    def deliver(events) -> None:
        if any(isinstance(event, Output) for event in events):
            first.append(time.perf_counter())

    begun = time.perf_counter()
    Run(PROGRAM, RunLimits(), deliver, setup).wait()
    return (first[0] - begun) * 1000, (time.perf_counter() - begun) * 1000


ATTACKS = (
    "flood_lines",
    "flood_errors",
    "flood_short_lines",
    "fork_bomb",
    "thread_bomb",
    "memory_bit_by_bit",
    "many_files",
)


def lateness_ms(name: str, setup: RunSetup) -> tuple[float, float]:
    """How late a 5 ms timer of this process was while the attack ran: 99th percentile and most, in ms."""
    source = (Path(__file__).parents[1] / "data" / "attacks" / f"{name}.py").read_text("utf-8")
    limits = RunLimits(seconds=2, memory_mb=256, output_kb=8192, processes=32)
    run = Run(Program({"main.py": source}, {}), limits, lambda _: None, setup)
    late: list[float] = []
    while True:
        begun = time.perf_counter()
        if run.wait(0.005) is not None:
            break
        late.append((time.perf_counter() - begun) * 1000 - 5)
    late.sort()
    return late[int(len(late) * 0.99)], late[-1]


def main() -> None:
    """Print one line per grade."""
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 15
    bare = bare_ms(rounds)
    print(f"python -I -c pass: {bare:.1f} ms")
    for allow in LADDER:
        report = probe_sandbox(allow=allow)
        times = [first_output_ms(RunSetup(base_interpreter(), report)) for _ in range(rounds)]
        first, end = (statistics.median(column) for column in zip(*times, strict=True))
        print(
            f"grade {report.grade}: first output {first:.1f} ms ({first / bare:.1f} x), end {end:.1f} ms, "
            f"probe {report.probe_ms:.0f} ms"
        )
        for name in ATTACKS:
            usual, most = lateness_ms(name, RunSetup(base_interpreter(), report))
            print(f"    {name}: desk late by {usual:.1f} ms (99 %), {most:.1f} ms (most)")


if __name__ == "__main__":
    main()
