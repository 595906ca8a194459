"""`examdesk sheet`: the workbook with all tables of an exam."""

import argparse

from examdesk.cli.export import add_records_arguments, write


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "sheet",
        help="write the workbook with all tables",
        description="Write the workbook (records.xlsx): roster, sessions, runs, versions, signals, similarity, "
        "reviews and questions.",
        allow_abbrev=False,
    )
    add_records_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Write the file and name it; return 0."""
    return write(args, ["workbook"])
