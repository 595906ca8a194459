"""`examdesk rebuild`: derive again whatever is derived, from event logs and commands, and say what differs."""

import argparse
import sys

from examdesk.evidence.words import count
from examdesk.hub.records.place import HubLock, Place, place_of
from examdesk.hub.records.rebuilding import rebuild
from examdesk.readmodels import LiveModel, open_exam, rules_of
from examdesk.readmodels.derived import derive, stored
from examdesk.store import Reader, Store, open_reader
from examdesk.store.engine import parse_url
from examdesk.store.migrate import migrate
from examdesk.store.projections import replace_projections
from examdesk.store.store import exams_at
from shared.clock import SystemClock
from shared.ids import ExamId
from shared.problems import InputProblem


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser(
        "rebuild",
        description="Derive again everything that is derived from event logs and commands: standings, journals' ends, "
        "signals. Events, receipts and what staff wrote stay as they are. No hub may run on these records.",
    )
    parser.add_argument("--data", required=True, metavar="DIR", help="folder with the records, or an SQLAlchemy URL")
    return parser


def run(args: argparse.Namespace) -> int:
    """Do it and say per exam what was found."""
    place = place_of(args.data)
    if not _there(place):
        raise InputProblem(f"There are no records in {args.data}. Give the folder of a hub.")
    migrate(place.url)
    reader = open_reader(place.url)
    try:
        with reader.connect() as connection:
            exams = exams_at(connection)
        if not exams:
            raise InputProblem(f"There are no records of an exam in {args.data}.")
        for exam in exams:
            _rebuild(place, reader, exam)
    finally:
        reader.close()
    return 0


def _there(place: Place) -> bool:
    database = parse_url(place.url).database
    return not place.is_sqlite or (database is not None and (place.folder / database).is_file())


def _rebuild(place: Place, reader: Reader, exam: ExamId) -> None:
    lock = HubLock(place, exam)
    lock.take()
    try:
        with reader.connect() as connection:
            before = stored(connection)
        result = rebuild(place.url, exam, SystemClock())
        opened = open_exam(reader, exam)
        live = LiveModel(reader, exam, rules_of(opened.exam, opened.given))
        live.load(_progress if sys.stderr.isatty() else None)
        rows = list(derive(live))
        store = Store(place.url, exam)
        try:
            with store.begin() as tx:
                replace_projections(tx, rows)
        finally:
            store.close()
    finally:
        lock.release()
    kept = [before.get((row.session, row.name)) for row in rows]
    same = sum(old == row for old, row in zip(kept, rows, strict=True))
    new = sum(old is None for old in kept)
    events = sum(facts.events for session in live.facts.values() for facts in session.journals.values())
    read = ", ".join((count(result.sessions, "session"), count(result.journals, "journal"), count(events, "event")))
    sys.stdout.write(
        f"{result.name}: {read} read again.\n"
        f"Standings and journals' ends: {result.changed} were not as their sources say and are now.\n"
        f"Signals: {count(same, 'session')} as before, {len(rows) - same - new} differ, {new} for the first time.\n"
    )


def _progress(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    sys.stderr.write(f"\rReading journal {done} of {of}{end}")
    sys.stderr.flush()
