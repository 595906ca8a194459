"""How long a run takes from its start to the first output, per grade, compared with a bare interpreter.

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


if __name__ == "__main__":
    main()
