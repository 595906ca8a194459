"""Runs the benchmarks one after the other and prints their figures together.

    python tests/benchmarks/run.py [NAME …] [--full] [--list] [--json FILE]

Without names all of them, small enough to take a few minutes; `--full` takes the sizes that docs/benchmarks.md quotes.
Every benchmark measures a reference in the same run, so that figures of different machines can be compared by their
ratio. Exit code 1: a benchmark failed, or lost something.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

from examdesk.rehearsal.keeper import end_all

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
LIMIT_S = 900
TOO_LONG = 124


@dataclass(frozen=True)
class Bench:
    """A benchmark: its file, what it measures, and its arguments for a quick and for a full run."""

    file: str
    what: str
    quick: tuple[str, ...] = ()
    full: tuple[str, ...] = ()


KNOWN = {
    "hub": Bench(
        "hub_bench.py",
        "event to durable receipt under load, many joins at once, processor and memory of the hub",
        ("--desks", "200", "--joins", "100", "--seconds", "8"),
    ),
    "command": Bench(
        "command_bench.py",
        "a command to everybody until the last desk has it, previews, the ledger, start of the hub",
        ("--desks", "150", "--rounds", "3"),
    ),
    "keystroke": Bench(
        "keystroke_bench.py",
        "a key to the journal, with a long log behind it",
        ("--keys", "1000", "--events", "10000"),
    ),
    "verify": Bench("verify_bench.py", "checking a long record, time and memory", ("--events", "200000")),
    "export": Bench(
        "export_bench.py",
        "each export of a class, time and memory",
        ("--sessions", "40", "--events", "500"),
        ("--full",),
    ),
    "roster": Bench(
        "roster_bench.py",
        "a class list: its preview, its import at a hub, the same list again",
        ("--students", "1000"),
        ("--students", "5000"),
    ),
    "live-model": Bench(
        "live_model_bench.py", "the live table's rows at the hub", ("--sessions", "200", "--events", "200")
    ),
    "live-table": Bench(
        "live_table_bench.py",
        "the live table on the screen: update cost, frames, start of the window",
        ("--ticks", "40", "--starts", "2"),
    ),
    "exam-editor": Bench(
        "exam_editor_bench.py",
        "the exam editor: a change of a text or a field, checked and shown anew",
        ("--questions", "20", "--changes", "10"),
    ),
    "session-view": Bench(
        "playback_bench.py",
        "a session of 3 hours in the session view: fetched, prepared, dragged through",
        ("--events", "30000", "--seeks", "200"),
    ),
    "hostile-window": Bench(
        "hostile_window_bench.py",
        "the student's window while a program floods, forks, allocates or won't end; how long Stop takes",
        ("--seconds", "2"),
        ("--seconds", "10"),
    ),
    "student-window": Bench(
        "student_window_bench.py",
        "the student's window: a key to the screen and to the disk, its start",
        ("--keys", "200", "--starts", "2"),
    ),
    "long-session": Bench(
        "long_session_bench.py",
        "joining to the first prompt, 50,000 events and 3,000 lines in the window, a second PC, memory",
        ("--events", "10000", "--lines", "1000", "--keys", "100"),
    ),
    "packages": Bench(
        "packages_bench.py",
        "event to receipt while other desks fetch the exam's packages",
        ("--seconds", "5"),
    ),
    "runner": Bench("runner_bench.py", "a run from its start to its first output, in each confinement", ("5",)),
    "start": Bench("start_bench.py", "each program from its start to being of use", ("--rounds", "2")),
    "signals": Bench(
        "signals_bench.py",
        "precision and recall of each signal on a labelled set of simulated sessions",
        ("--variants", "4"),
        ("--variants", "20"),
    ),
    "similarity": Bench("similarity/speed.py", "all pairs of a class, beside copydetect and Dolos", ("100", "300")),
    "similarity-live": Bench(
        "similarity/live.py",
        "one new version against a class of 1,000",
        ("--programs", "300", "--versions", "40"),
        ("--programs", "1000"),
    ),
    "similarity-quality": Bench(
        "similarity/quality.py", "disguised copies found among honest programs", ("--seeds", "1"), ("--seeds", "5")
    ),
    "similarity-rings": Bench(
        "similarity/rings.py",
        "rings of 2, 5 and 16 copies in classes of 5 to 1,000",
        ("5", "30", "100", "--seeds", "1", "--json"),
        ("--json",),
    ),
}


@dataclass(frozen=True)
class Result:
    """What one benchmark gave: its figures where it prints JSON, else its lines."""

    name: str
    code: int
    seconds: float
    figures: dict[str, object]
    lines: list[str]


def benches() -> dict[str, Bench]:
    """Return the benchmarks that are there; one that this file does not know yet is run as it is."""
    found = {name: bench for name, bench in KNOWN.items() if (HERE / bench.file).is_file()}
    files = {bench.file for bench in KNOWN.values()}
    for path in sorted(HERE.glob("*_bench.py")):
        if path.name not in files:
            quick = ("--quick",) if "--quick" in path.read_text("utf-8") else ()
            found[path.stem.removesuffix("_bench").replace("_", "-")] = Bench(path.name, "see its first lines", quick)
    return found


def run(name: str, bench: Bench, *, full: bool) -> Result:
    """Run one benchmark to its end."""
    path = HERE / bench.file
    source = path.read_text("utf-8")
    command = [sys.executable, str(path), *(bench.full if full else _understood(bench.quick, source))]
    if '"--json"' in source:
        command.append("--json")
    search = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    begun = time.perf_counter()
    environment = {"QT_QPA_PLATFORM": "offscreen", **os.environ, "PYTHONPATH": search}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True) as process:
        try:
            printed, _ = process.communicate(timeout=LIMIT_S)
            code = process.returncode
        except subprocess.TimeoutExpired:
            end_all([psutil.Process(process.pid)], 5.0)
            code, printed = TOO_LONG, f"not done within {LIMIT_S} s"
    lines = [line for line in printed.splitlines() if line.strip()]
    figures = _figures(lines)
    return Result(name, code, time.perf_counter() - begun, figures, lines)


def _understood(arguments: tuple[str, ...], source: str) -> tuple[str, ...]:
    """Leave `--quick` out where the benchmark has no such option."""
    return tuple(one for one in arguments if one != "--quick" or '"--quick"' in source)


def _figures(lines: list[str]) -> dict[str, object]:
    """Return the JSON object at the end of what was printed, empty where there is none."""
    starts = [number for number, line in enumerate(lines) if line.startswith("{")]
    try:
        found = json.loads("\n".join(lines[starts[-1] :])) if starts else {}
    except json.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def show(result: Result) -> None:
    """Print a benchmark's figures as a table."""
    state = "" if result.code == 0 else f"  FAILED with {result.code}"
    print(f"\n{result.name} ({result.seconds:.0f} s){state}")
    flat = dict(_flat(result.figures))
    width = max(map(len, flat), default=0)
    for name, value in flat.items():
        print(f"  {name:{width}}  {f'{value:,.3f}'.rstrip('0').rstrip('.') if isinstance(value, float) else value}")
    if not flat:
        print("\n".join(f"  {line}" for line in result.lines))


def _flat(figures: dict[str, object], before: str = "") -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = []
    for name, value in figures.items():
        rows += _flat(value, f"{before}{name} ") if isinstance(value, dict) else [(f"{before}{name}", value)]
    return rows


def machine() -> dict[str, object]:
    """Say what kind of computer this is, as far as figures depend on it."""
    return {
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "python": platform.python_version(),
    }


def main() -> int:
    """Do what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="which ones (all)")
    parser.add_argument("--full", action="store_true", help="the sizes of docs/benchmarks.md instead of quick ones")
    parser.add_argument("--list", action="store_true", help="name them and what they measure")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all figures there as well")
    args = parser.parse_args()
    there = benches()
    if args.list:
        for name, bench in there.items():
            print(f"{name:20}{bench.what}")
        return 0
    unknown = [name for name in args.names if name not in there]
    if unknown:
        parser.error(f"there is no benchmark {', '.join(unknown)}; there are: {', '.join(there)}")
    print(", ".join(f"{name} {value}" for name, value in machine().items()))
    results = []
    for name in args.names or there:
        results.append(run(name, there[name], full=args.full))
        show(results[-1])
        sys.stdout.flush()
    if args.json:
        found = {one.name: {"code": one.code, "seconds": one.seconds, "figures": one.figures} for one in results}
        args.json.write_text(json.dumps({"machine": machine(), "full": args.full, "results": found}, indent=2) + "\n")
    return 1 if any(result.code for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
