"""`examdesk exam copy`: a new exam with the questions and rules of an earlier one."""

import argparse
import sys
from pathlib import Path
from uuid import UUID

from shared.clock import Chance
from shared.exam.copying import copy_exam
from shared.exam.packing import exam_folder
from shared.problems import EnvironmentProblem, InputProblem


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add `copy` to the commands of `exam`."""
    does = "make a new exam of an earlier one: its questions and rules, another identity, no dates and no records"
    command = commands.add_parser("copy", help=does, description=f"{does[:1].upper()}{does[1:]}.", allow_abbrev=False)
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder or .exam file")
    command.add_argument("-o", "--output", type=Path, required=True, metavar="FOLDER", help="new folder for the exam")
    command.add_argument("--title", default="", help="title of the new exam")
    command.add_argument("--number", default="", help="its number within the set")
    command.add_argument("--keep-dates", action="store_true", help="keep start, end and access rules as they are")


def run(args: argparse.Namespace, chance: Chance) -> int:
    """Make it; 0."""
    target: Path = args.output
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputProblem(f"{target} already exists and is not empty; nothing was changed. Name a new folder.")
    uuid = UUID(bytes=chance.bytes(16), version=4)
    with exam_folder(args.path) as folder:
        if target.resolve().is_relative_to(folder.resolve()):
            raise InputProblem(f"{target} lies in the exam folder itself. Name a folder outside of it.")
        files = copy_exam(folder, uuid, title=args.title, number=args.number, keep_dates=args.keep_dates)
    try:
        for path, data in files.items():
            where = target / path
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(data)
    except OSError as problem:
        raise EnvironmentProblem(f"The exam can't be written to {target}: {problem.strerror}.") from problem
    sys.stdout.write(f"Made {target} of {args.path}: {len(files)} files, a new identity, no records.\n")
    return 0
