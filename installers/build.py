"""Builds what IT staff install: `python3 installers/build.py student|instructor [--out DIR]`.

Makes a self-contained folder with PyInstaller, tries it out, and on Debian and Ubuntu packs it as a .deb. Run it on
the oldest system that the result has to run on. The build happens in a virtual environment of its own inside DIR.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import venv
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from installers.bundles import BUNDLES, ROOT, Bundle
from installers.debian import BuildProblem, make_package

OLDEST = (3, 11)
LOST_MODULE = re.compile(r"Hidden import '((?:shared|examdesk|student_app|instructor_app)[\w.]*)' not found")
NOT_FOR_STUDENTS = ("site-packages", "test", "tests", "idlelib", "ensurepip", "__pycache__", "Doc", "include", "libs")
"""Folders of a Python for Windows that programs in an exam have no use for."""


def main(argv: Sequence[str] | None = None) -> int:
    """Build and return the exit code."""
    options = _parser().parse_args(argv)
    out: Path = options.out.resolve()
    try:
        made = build(BUNDLES[options.app], out, options.environment)
        if not options.no_package and shutil.which("dpkg-deb"):
            print("packing")
            made.append(make_package(BUNDLES[options.app], made[0], out))
    except BuildProblem as problem:
        print(f"build.py: {problem}", file=sys.stderr)
        return 2
    for path in made:
        print(f"made {path}")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="installers/build.py", description="Build an installable ExamDesk.")
    parser.add_argument("app", choices=sorted(BUNDLES))
    parser.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR", help="where it goes (default: dist)")
    parser.add_argument("--environment", type=Path, metavar="VENV", help="use this one, which has all that is needed")
    parser.add_argument("--no-package", action="store_true", help="make the folder only")
    return parser


def build(bundle: Bundle, out: Path, environment: Path | None) -> list[Path]:
    """Make the self-contained folder, try its programs, and return where it is.

    Raises:
        BuildProblem: a step failed, or the bundle would lack a module of ours.
    """
    if sys.version_info < OLDEST:
        raise BuildProblem("Building needs Python 3.11 or newer.")
    work = out / f"work-{bundle.app}"
    work.mkdir(parents=True, exist_ok=True)
    python = _python_of(environment) if environment else _make_environment(bundle, work / "venv")
    log = work / "pyinstaller.log"
    print(f"building {bundle.name}; the log is {log}")
    command = [python, "-m", "PyInstaller", "--noconfirm", "--distpath", str(out), "--workpath", str(work)]
    with log.open("w", encoding="utf-8") as lines:
        _run([*command, str(ROOT / "installers" / f"{bundle.app}.spec")], stdout=lines, stderr=subprocess.STDOUT)
    lost = LOST_MODULE.findall(log.read_text(encoding="utf-8"))
    if lost:
        raise BuildProblem(f"These modules could not be imported while building: {', '.join(lost)}.")
    folder = out / bundle.name
    if sys.platform == "win32" and bundle.app == "student":
        carry_python(Path(sys.base_prefix), folder / "python")
    try_out(bundle, folder, work)
    return [folder]


def try_out(bundle: Bundle, folder: Path, work: Path) -> None:
    """Start each program of the finished folder as a new PC would, without a screen."""
    ending = ".exe" if sys.platform == "win32" else ""
    for program in bundle.programs:
        print(f"trying {program.name}")
        started = str(folder / f"{program.name}{ending}")
        if not program.window:
            _run([started, "--version"])
            continue
        picture = work / f"{program.name}.png"
        picture.unlink(missing_ok=True)
        _run([started, "--screenshot", str(picture)], env={**_clean_environment(), "QT_QPA_PLATFORM": "offscreen"})
        if not picture.is_file():
            raise BuildProblem(f"{program.name} started but drew no picture.")


def carry_python(base: Path, target: Path) -> None:
    """Copy a Python for students' programs beside the app, without packages and without what an exam has no use for."""
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(base, target, ignore=shutil.ignore_patterns(*NOT_FOR_STUDENTS))


def _make_environment(bundle: Bundle, place: Path) -> str:
    print(f"installing what {bundle.name} needs")
    venv.create(place, with_pip=True, clear=True)
    python = _python_of(place)
    _run([python, "-m", "pip", "install", "--quiet", "--editable", f"{ROOT}[{bundle.app},build]"])
    return python


def _python_of(environment: Path) -> str:
    return str(environment / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python"))


def _clean_environment() -> dict[str, str]:
    """Return our environment without what would let a bundle borrow from this computer's Python."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV", "QT_"))}


def _run(command: Sequence[str], **more: object) -> None:
    arguments: dict[str, object] = {"cwd": str(ROOT), "env": _clean_environment(), **more}
    try:
        subprocess.run(command, check=True, **arguments)  # type: ignore[call-overload]
    except OSError as error:
        raise BuildProblem(f"{command[0]} can't be started ({error.strerror}).") from error
    except subprocess.CalledProcessError as error:
        raise BuildProblem(
            f"{' '.join(command[:4])} … ended with {error.returncode}; its messages are above or in the log."
        ) from error


if __name__ == "__main__":
    sys.exit(main())
