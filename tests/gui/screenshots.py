"""Draws pages of both programs into PNG files: `screenshots.py [--all] [--out DIR] [--only TEXT] [--program NAME]`.

The pictures of the documentation by default, so that docs/images stays small; with `--all` every page there is.

Each picture is taken by the program itself (`--screenshot`), in a process of its own: two Qt bindings can't share one.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PROGRAMS = ("instructor", "student")
AT_ONCE = 2
PATIENCE_S = 60
HARMLESS = ("propagateSizeHints", "Fontconfig")


@dataclass(frozen=True)
class StudentPicture:
    """A picture of the student's window."""

    page: str
    theme: str

    @property
    def name(self) -> str:
        """File name without its ending."""
        return f"student-{self.page}" + ("" if self.theme == "light" else f"-{self.theme}")

    def arguments(self, file: str) -> list[str]:
        """Return the command line of the program."""
        return ["-m", "student_app.main", "--screenshot", file, "--page", self.page, "--theme", self.theme]


def pictures(program: str, *, everything: bool) -> list:
    """Return the pictures that a program's list asks for."""
    module = load(HERE / f"{program}_shots.py")
    if program == "instructor":
        return list(module.PICTURES if everything else module.DOCUMENTED)
    if not everything:
        return [StudentPicture(page, "light") for page in module.DOCUMENTED]
    light = [StudentPicture(page, "light") for page in module.PAGES]
    return light + [StudentPicture(page, "dark") for page in module.DOCUMENTED]


def load(file: Path) -> ModuleType:
    """Import a file by its path."""
    spec = importlib.util.spec_from_file_location(file.stem, file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    spec.loader.exec_module(module)
    return module


def draw(picture, out: Path) -> str:
    """Draw one picture and return what went wrong."""
    file = out / f"{picture.name}.png"
    file.unlink(missing_ok=True)
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(ROOT), "TZ": "UTC"}
    try:
        done = subprocess.run(
            [sys.executable, *picture.arguments(str(file))],
            cwd=ROOT, env=environment, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return f"{picture.name}: took longer than {PATIENCE_S} s"
    said = [line for line in done.stderr.splitlines() if not any(word in line for word in HARMLESS)]
    if done.returncode or not file.exists() or said:
        return f"{picture.name}: exit code {done.returncode} {' '.join(said[-3:])}"
    return ""


def main() -> int:
    """Draw them; exit code 1 when one failed."""
    parser = argparse.ArgumentParser(description="Draw pages of both programs.")
    parser.add_argument("--all", action="store_true", help="every page, not only those of the documentation")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "images", help="folder (default: docs/images)")
    parser.add_argument("--only", default="", help="only pictures whose name holds this")
    parser.add_argument("--program", choices=PROGRAMS, help="only this program's pages")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    programs = [args.program] if args.program else PROGRAMS
    wanted = [one for program in programs for one in pictures(program, everything=args.all) if args.only in one.name]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        problems = [problem for problem in pool.map(lambda one: draw(one, args.out), wanted) if problem]
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(wanted) - len(problems)} of {len(wanted)} pictures are in {args.out}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
