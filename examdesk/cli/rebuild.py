"""`examdesk rebuild`: derive again from the event logs whatever is derived, and say what differs from before."""

import argparse
import sys

from examdesk.evidence.words import count
from examdesk.hub.place import HubLock, Place, place_of
from examdesk.readmodels import LiveModel, given_of, open_exam, rules_of
from examdesk.readmodels.derived import derive, stored
from examdesk.store import Reader, Store, open_reader
from examdesk.store.engine import parse_url
from examdesk.store.migrate import migrate
from examdesk.store.projections import Projection, replace_projections
from shared.exam.document import Exam
from shared.problems import EnvironmentProblem


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Add the command's own parser."""
    parser = subparsers.add_parser(
        "rebuild",
        description="Derive every signal again from the event logs. Events, receipts and what staff wrote stay as they "
        "are. The hub must not be running.",
    )
    parser.add_argument("--data", metavar="DIR", required=True, help="the hub's folder, or its SQLAlchemy URL")
    return parser


def run(args: argparse.Namespace) -> int:
    """Rebuild and say what came of it."""
    place = place_of(args.data)
    if place.is_sqlite and not _database_is_there(place):
        raise EnvironmentProblem(f"There are no records in {place.folder}. Give the folder of a hub.")
    migrate(place.url)
    reader = open_reader(place.url)
    try:
        sentence = _rebuild(place, reader)
    finally:
        reader.close()
    sys.stdout.write(f"{sentence}\n")
    return 0


def _rebuild(place: Place, reader: Reader) -> str:
    opened = open_exam(reader)
    lock = HubLock(place, opened.exam.id)
    lock.take()
    try:
        live = LiveModel(reader, opened.exam.id, rules_of(opened.exam, given_of(opened.content)))
        live.load(_progress if sys.stderr.isatty() else None)
        rows = list(derive(live))
        with reader.connect() as connection:
            before = stored(connection)
        _keep(place, opened.exam, rows)
    finally:
        lock.release()
    same = sum(before.get((row.session, row.name)) == row for row in rows)
    events = sum(facts.events for session in live.facts.values() for facts in session.journals.values())
    new = sum((row.session, row.name) not in before for row in rows)
    return (
        f"{count(events, 'event')} of {count(len(rows), 'session')} read. "
        f"Signals: {count(same, 'session')} as before, {len(rows) - same - new:,} differ, {new:,} for the first time."
    )


def _keep(place: Place, exam: Exam, rows: list[Projection]) -> None:
    store = Store(place.url, exam.id)
    try:
        with store.begin() as tx:
            replace_projections(tx, rows)
    finally:
        store.close()


def _database_is_there(place: Place) -> bool:
    database = parse_url(place.url).database
    return database is not None and (place.folder / database).is_file()


def _progress(done: int, of: int) -> None:
    end = "\n" if done == of else ""
    sys.stderr.write(f"\rReading journal {done} of {of}{end}")
    sys.stderr.flush()
