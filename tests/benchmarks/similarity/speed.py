"""All pairs of 100, 300 and 1,000 programs: ExamDesk, copydetect and Dolos in one run, each a whole process.

    python tests/benchmarks/similarity/speed.py [100 300 1000] [--copydetect PYTHON] [--dolos NODE_MODULES]

PYTHON is an interpreter that can import copydetect, NODE_MODULES a folder with @dodona/dolos-lib. A peer that is
not there is named and left out.
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

sys.path.insert(0, str(Path(__file__).parent))
from class_of_programs import write_class

ROOT = Path(__file__).parents[3]
EXAMDESK = "import sys; from examdesk.cli.main import main; sys.exit(main())"
COPYDETECT = (
    "import sys, copydetect\n"
    "d = copydetect.CopyDetector(test_dirs=[sys.argv[1]], extensions=['py'], display_t=0.0, silent=True, "
    "autoopen=False)\n"
    "d.run()"
)


def timed(command: list[str], repeats: int) -> float:
    """The best wall-clock seconds of a whole process; ends the benchmark when it fails."""
    best = float("inf")
    for _ in range(repeats):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
        best = min(best, time.perf_counter() - start)
        if done.returncode:
            raise SystemExit(f"{command[0]} failed: {done.stderr[-2000:]}")
    return best


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
                seconds = timed([*command, place, *extra], 3 if name.startswith("ExamDesk") else 1)
                figures[f"{name} {size}"] = seconds
                ratio = seconds / figures[f"ExamDesk with rank {size}"] if name in {"copydetect", "Dolos"} else None
                print(f"  {name:20}{seconds:8.2f} s" + (f"   {ratio:.0f} times ours with rank" if ratio else ""))
    if args.json:
        print(json.dumps(figures))


if __name__ == "__main__":
    main()
