"""`examdesk rebuild`: throw derived tables away and derive them again from the event logs."""

import argparse
import sys

from examdesk.hub.place import HubLock, place_of
from examdesk.hub.rebuilding import rebuild
from examdesk.store import open_reader
from examdesk.store.migrate import migrate
from examdesk.store.store import exams_at
from shared.clock import SystemClock
from shared.problems import InputProblem


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser(
        "rebuild", description="Derive every table again from event logs and commands; no hub may run on these records."
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with the records, or an SQLAlchemy URL")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it and say per exam what was found."""
    place = place_of(args.data)
    migrate(place.url)
    reader = open_reader(place.url)
    with reader.connect() as connection:
        exams = exams_at(connection)
    reader.close()
    if not exams:
        raise InputProblem(f"There are no records of an exam in {args.data}.")
    for exam in exams:
        lock = HubLock(place, exam)
        lock.take()
        try:
            result = rebuild(place.url, exam, SystemClock())
        finally:
            lock.release()
        sys.stdout.write(f"{result.name}: {result.sessions} sessions, {result.journals} journals read again, ")
        sys.stdout.write(f"{result.changed} were not as their events say and are now.\n")
    return 0
