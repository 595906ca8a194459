"""`examdesk completion SHELL`: print the script by which a shell completes commands, options and names of files."""

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

SHELLS = ("bash", "zsh", "tcsh")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "completion",
        help="print the script by which a shell completes what is typed",
        description="Print the script by which a shell completes commands, options and names of files; the "
        "documentation says where to put it.",
        allow_abbrev=False,
    )
    parser.add_argument("shell", choices=SHELLS)


def run(args: argparse.Namespace) -> int:
    """Print the script; return 0."""
    from examdesk.cli.main import COMMANDS  # noqa: PLC0415 - main finds this module by its name

    shtab: Any = importlib.import_module("shtab")
    parser = argparse.ArgumentParser(prog="examdesk", allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for command in COMMANDS.values():
        importlib.import_module(command.module).add_parser(commands)
    _complete_files(parser, shtab)
    sys.stdout.write(shtab.complete(parser, shell=args.shell))
    return 0


def _complete_files(parser: argparse.ArgumentParser, shtab: Any) -> None:
    """Say of each argument that is a file or a folder that it is one."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to what it was given
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - the same
            for each in action.choices.values():
                _complete_files(each, shtab)
        elif action.metavar in ("DIR", "FOLDER"):
            action.complete = shtab.DIRECTORY  # type: ignore[attr-defined]
        elif action.type is Path:
            action.complete = shtab.FILE  # type: ignore[attr-defined]
