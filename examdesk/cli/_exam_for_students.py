"""`examdesk exam for-students`: the sealed exam for PCs without a network, before any hub runs."""

import argparse
import getpass
import sys
from pathlib import Path

from examdesk.hub.exam.sticks import ForSticks, make_for_sticks
from examdesk.hub.records.place import place_of
from shared.bundle.desk_file import SUFFIX, WHEELS_SUFFIX
from shared.clock import SystemChance, SystemClock


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    command = commands.add_parser(
        "for-students",
        help=f"write the sealed exam to a file for PCs that never have a network (*{SUFFIX})",
        description=f"Write the sealed exam to a file for PCs that never have a network (*{SUFFIX}). The start code "
        "opens it, nothing else. Keys are those of the records, made there if need be: serve the exam with the same "
        "--data, and it takes in what students hand in. While a hub runs, use: examdesk control desk-file.",
        allow_abbrev=False,
    )
    command.add_argument("path", type=Path, metavar="PATH", help="exam folder or .exam file")
    command.add_argument("--data", required=True, metavar="DIR", help="folder for the records, or an SQLAlchemy URL")
    command.add_argument("-o", "--output", type=Path, metavar="FILE", help=f"default: the folder's name with {SUFFIX}")
    command.add_argument(
        "--start-code", action="store_true", help="show the start code too; that it was shown is in the audit log"
    )


def run(args: argparse.Namespace) -> int:
    """Write it and say what students need."""
    to = args.output or args.path.absolute().with_suffix(SUFFIX)
    show = getpass.getuser() if args.start_code else ""
    made = make_for_sticks(args.path, place_of(args.data), to, show, (SystemClock(), SystemChance()))
    sys.stdout.write("\n".join([*_lines(made), ""]))
    return 0


def _lines(made: ForSticks) -> list[str]:
    lines = [f"{made.file}: {made.size:,} bytes. Students open it in ExamDesk, and begin with the start code."]
    if made.wheels:
        beside = made.file.with_suffix(WHEELS_SUFFIX)
        lines.append(f"{beside}: the exam's {made.wheels} packages. Keep the folder beside the file.")
    if made.start_code:
        lines += [f"Start code: {made.start_code}", "Read it out when the exam begins, not before."]
    return lines
