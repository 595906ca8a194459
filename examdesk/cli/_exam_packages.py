"""`examdesk exam packages`: collect the exam's packages as wheels, so that no lab PC needs the internet."""

import argparse
import sys
from pathlib import Path

from examdesk.cli._json_out import INDENT, write_json
from examdesk.importing.wheels import PLATFORMS, Collecting, collect, pip_command, this_platform, wanted_targets
from shared.exam.exam_folder import exam_or_problem
from shared.exam.interpreter import python_fits
from shared.exam.packages import WHEELS, WheelList, check_wheels, read_wheels
from shared.problems import InputProblem


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `packages` to the commands of `exam`."""
    does = "collect the exam's packages as wheels for the lab's PCs"
    command = commands.add_parser(
        "packages",
        help=does,
        description=f"{does[0].upper()}{does[1:]} into the exam's folder wheels/. The hub gives them to the desks "
        "before the start, so that no lab PC needs the internet. Needs pip, and the internet once.",
        allow_abbrev=False,
    )
    command.add_argument("path", type=Path, metavar="FOLDER", help="exam folder")
    command.add_argument(
        "--platform", action="append", default=[], metavar="KIND",
        help=f"kind of lab PC, repeatable: {', '.join(PLATFORMS)} (default: as this computer)",
    )  # fmt: skip
    command.add_argument(
        "--python", action="append", default=[], metavar="X.Y",
        help="Python of the lab PCs, repeatable: 3.12 (default: as this computer's)",
    )  # fmt: skip
    command.add_argument("--with", dest="with_python", type=Path, metavar="PYTHON", help="the Python whose pip is used")
    command.add_argument("--index-url", metavar="URL", help="another package index")
    command.add_argument("--find-links", action="append", default=[], metavar="FOLDER", help="a folder with wheels")
    command.add_argument("--no-index", action="store_true", help="take wheels from --find-links only")
    command.add_argument("--check", action="store_true", help="compare what was collected with its hashes, and end")
    command.add_argument("--json", action="store_true", help="print JSON")


def run(args: argparse.Namespace) -> int:
    """Collect or check, and say what is there; 1 when a check finds nothing."""
    folder: Path = args.path
    if folder.is_file():
        raise InputProblem(f"{folder} is a packed exam. Unpack it first: examdesk exam unpack {folder}")
    exam, _ = exam_or_problem(folder)
    if args.check:
        return _check(args, exam.interpreter.packages)
    if not exam.interpreter.packages:
        raise InputProblem(
            "This exam names no packages. Name them first, such as: "
            f'examdesk exam set {folder} --packages "numpy>=2,matplotlib"'
        )
    pythons = args.python or [f"{sys.version_info.major}.{sys.version_info.minor}"]
    targets = wanted_targets(args.platform or [_own_platform()], pythons)
    for _, version in targets:
        _must_fit(exam.interpreter.python, version)
    wanted = Collecting(exam.interpreter.packages, targets, pip_command(args.with_python), _sources(args))
    found = collect(folder, wanted, _say)
    _tell(args, found)
    return 0


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _own_platform() -> str:
    own = this_platform()
    if not own:
        raise InputProblem(f"Name the kind of lab PC with --platform: {', '.join(PLATFORMS)}.")
    return own


def _must_fit(wanted: str, version: str) -> None:
    major, minor = map(int, version.split("."))
    if not any(python_fits(wanted, (major, minor, micro)) for micro in range(50)):
        raise InputProblem(f"This exam is for Python {wanted}, so packages for Python {version} would be of no use.")


def _sources(args: argparse.Namespace) -> tuple[str, ...]:
    words = ["--index-url", args.index_url] if args.index_url else []
    for place in args.find_links:
        words += ["--find-links", place]
    return (*words, *(["--no-index"] if args.no_index else []))


def _check(args: argparse.Namespace, packages: tuple[str, ...]) -> int:
    found = read_wheels(args.path)
    if found is None:
        raise InputProblem(f"No packages were collected yet: examdesk exam packages {args.path}")
    check_wheels(args.path, found)
    _tell(args, found)
    if found.requirements != packages:
        names = ", ".join(packages) or "none"
        raise InputProblem(f"The exam names other packages by now ({names}): examdesk exam packages {args.path}")
    return 0


def _tell(args: argparse.Namespace, found: WheelList) -> None:
    if args.json:
        write_json(found, indent=INDENT)
        return
    for target in found.targets:
        size = sum(wheel.size for wheel in found.wheels_of(target)) / 1024**2
        names = ", ".join(f"{wheel.name} {wheel.version}" for wheel in found.wheels_of(target))
        sys.stdout.write(f"{target.platform}, Python {target.python}: {names} ({size:.1f} MiB)\n")
    sys.stdout.write(f"They are in {args.path / WHEELS} and go into the .exam file. Other PCs: --platform, --python.\n")
