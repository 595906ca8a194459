"""How long each program takes from its start to being of use, beside a bare interpreter in the same run.

    python tests/benchmarks/start_bench.py [--rounds 5] [--json]

The hub is of use when it serves, a window when its first page is drawn (offscreen, into a file).
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

ROOT = Path(__file__).parents[2]
OURS = {**os.environ, "PYTHONPATH": str(ROOT), "QT_QPA_PLATFORM": "offscreen"}


def to_its_end(command: list[str]) -> float:
    """Seconds until a command has ended well."""
    begun = time.perf_counter()
    subprocess.run([sys.executable, *command], check=True, capture_output=True, env=OURS)
    return time.perf_counter() - begun


def to_first_line(command: list[str]) -> float:
    """Seconds until a command prints its first line; it is ended then."""
    begun = time.perf_counter()
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, env=OURS) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - begun
        process.terminate()
    assert line, "it ended without a word"
    return took


def measure(rounds: int, folder: Path) -> dict[str, float]:
    """Return the median milliseconds of each program."""
    exam = folder / "exam"
    cli = ["-m", "examdesk.cli.main"]
    to_its_end([*cli, "exam", "new", str(exam)])
    hub = [*cli, "hub", "--exam", str(exam), "--data", str(folder / "data"), "--host", "127.0.0.1", "--no-advertise"]
    picture = ["--screenshot", str(folder / "page.png"), "--page"]
    what: dict[str, Callable[[], float]] = {
        "bare_python_ms": lambda: to_its_end(["-I", "-c", "pass"]),
        "command_line_ms": lambda: to_its_end([*cli, "--version"]),
        "hub_serves_ms": lambda: to_first_line(hub),
        "instructor_window_ms": lambda: to_its_end(["-m", "instructor_app.main", *picture, "exams"]),
        "student_window_ms": lambda: to_its_end(["-m", "student_app.main", *picture, "find"]),
    }
    found = {name: statistics.median(one() for _ in range(rounds)) * 1000 for name, one in what.items()}
    ratios = {
        name.replace("_ms", "_ratio"): value / found["bare_python_ms"]
        for name, value in found.items()
        if name != "bare_python_ms"
    }
    return found | ratios


def main() -> int:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="examdesk-bench-") as folder:
        found = measure(args.rounds, Path(folder))
    if args.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:24}{value:10.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
