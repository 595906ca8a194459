"""All pairs of 100, 300 and 1,000 programs: ExamDesk, copydetect and Dolos in one run, each a whole process.

    python tests/benchmarks/similarity/speed.py [100 300 1000] [--copydetect PYTHON] [--dolos NODE_MODULES] [--alone]

PYTHON is an interpreter that can import copydetect, NODE_MODULES a folder with @dodona/dolos-lib. A peer that is
not there is named and left out; --alone leaves both out, and then `speed.py 10000` takes some minutes.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parent))
from class_of_programs import write_class

ROOT = Path(__file__).parents[3]
TIRING = 1000
PEERS = {"copydetect", "Dolos"}
EXAMDESK = "import sys; from examdesk.cli.main import main; sys.exit(main())"
COPYDETECT = (
    "import sys, copydetect\n"
    "d = copydetect.CopyDetector(test_dirs=[sys.argv[1]], extensions=['py'], display_t=0.0, silent=True, "
    "autoopen=False)\n"
    "d.run()"
)


class Cost(NamedTuple):
    """What a whole process took: seconds by the clock and of processor time, and megabytes at its largest."""

    seconds: float
    processor: float | None
    megabytes: float | None

    def __str__(self) -> str:
        more = "" if self.processor is None else f"{self.processor:8.2f} s of processor time{self.megabytes:8.0f} MB"
        return f"{self.seconds:8.2f} s{more}"


def timed(command: list[str], repeats: int) -> Cost:
    """The best of some runs; ends the benchmark when one fails."""
    return min(_once(command) for _ in range(repeats))


def _once(command: list[str]) -> Cost:
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=said)
        processor = megabytes = None
        if hasattr(os, "wait4"):
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
            processor = usage.ru_utime + usage.ru_stime
            megabytes = usage.ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)
        else:
            process.wait()
        cost = Cost(time.perf_counter() - start, processor, megabytes)
        if process.returncode:
            said.seek(0)
            raise SystemExit(f"{command[0]} failed: {said.read().decode(errors='replace')[-2000:]}")
    return cost


def has(command: list[str]) -> bool:
    """Whether a command runs and ends well."""
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def contenders(args: argparse.Namespace) -> dict[str, list[str]]:
    """Command of each tool that is there; the folder comes last."""
    ours = [sys.executable, "-c", EXAMDESK, "similarity"]
    found = {"ExamDesk plain": [*ours, "--no-rank"], "ExamDesk with rank": ours}
    if args.alone:
        return found
    if has([args.copydetect, "-c", "import copydetect"]):
        found["copydetect"] = [args.copydetect, "-c", COPYDETECT]
    else:
        print("copydetect is not installed (pip install copydetect in an environment of its own): left out")
    modules = Path(args.dolos)
    if shutil.which("node") and (modules / "@dodona" / "dolos-lib").is_dir():
        found["Dolos"] = ["node", str(Path(__file__).parent / "dolos.mjs")]
    else:
        print("Dolos is not installed (npm install @dodona/dolos-lib): left out")
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sizes", nargs="*", type=int, default=[100, 300, 1000])
    parser.add_argument("--copydetect", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--dolos", default=str(Path(__file__).parent / "node_modules"), metavar="NODE_MODULES")
    parser.add_argument("--alone", action="store_true", help="leave the peers out")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON as well")
    args = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
        print("on one core; seconds of whole processes, start-up and reading included")
    tools = contenders(args)
    figures = {}
    for size in args.sizes:
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            write_class(size, folder)
            lines = sum(len(path.read_text("utf-8").splitlines()) for path in folder.iterdir())
            print(f"\n{size} programs, {lines} lines, {size * (size - 1) // 2} pairs")
            for name, command in tools.items():
                extra = [args.dolos] if name == "Dolos" else []
                cost = timed([*command, place, *extra], 3 if name.startswith("ExamDesk") and size <= TIRING else 1)
                figures[f"{name} {size}"] = cost.seconds
                ratio = cost.seconds / figures[f"ExamDesk with rank {size}"] if name in PEERS else None
                print(f"  {name:20}{cost}" + (f"   {ratio:.0f} times ours with rank" if ratio else ""))
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
