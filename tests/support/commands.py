"""A command for the tests of the command line: it ends in the way that it is told to."""

import argparse
import sys

from shared.problems import Bug, EnvironmentProblem, InputProblem, PeerFault

ENDS = {
    "input": InputProblem("The file x.csv has no column with names. Add one."),
    "environment": EnvironmentProblem("The disk is full. Free 2 GB."),
    "peer": PeerFault("The desk sent a wrong signature; its batch was kept and refused."),
    "bug": Bug("The table could not be derived; the log itself is unharmed."),
    "interrupt": KeyboardInterrupt(),
    "unexpected": KeyError("print('secret of Ada')"),
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Take how to end, and a number for an exit code."""
    parser = subparsers.add_parser("end", help="end in a given way")
    parser.add_argument("how", choices=[*ENDS, "code", "talk"])
    parser.add_argument("--code", type=int, default=0)


def run(args: argparse.Namespace) -> int:
    """End as told."""
    if args.how in ENDS:
        raise ENDS[args.how]
    if args.how == "talk":
        for number in range(200_000):
            sys.stdout.write(f"line {number}\n")
    return args.code
