"""Looks at records that go past the hub: `--data` on the computer that holds them. They come into the audit log too.

Where no hub runs, the look is written at once. Where one does, it alone writes to the database, so the look is put
into a file of its own beside the records, and whoever writes next takes it from there: the hub once a minute, or the
next look.
"""

import logging
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

import msgspec
import sqlalchemy as sa

from examdesk.hub.records.place import HubLock, Place
from examdesk.store import Store
from examdesk.store.audit import Deed
from examdesk.store.store import Tx
from shared.ids import ExamId
from shared.problems import EnvironmentProblem

log = logging.getLogger(__name__)

WAITING = "looks-waiting"
ROLE = "command line"
NOT_NOTED = (
    "This look is not in the audit log: the records can't be written ({reason}). Say so yourself where your rules ask "
    "for it."
)


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """A look that waits to be written down; `exam` in hexadecimal."""

    exam: str
    at_ms: int
    deed: Deed


def note_look(place: Place, exam: ExamId, at_ms: int, deed: Deed) -> str:
    """Write down who looked at what; return why that could not be, in a sentence, empty where it was."""
    look = Look(exam=exam.hex(), at_ms=at_ms, deed=deed)
    try:
        lock = HubLock(place, exam)
        try:
            lock.take()
        except EnvironmentProblem:
            _wait(place.folder, look)
            return ""
        try:
            _write(place, exam, look)
        finally:
            lock.release()
    except OSError as error:
        return NOT_NOTED.format(reason=error.strerror or error)
    except sa.exc.DatabaseError as error:
        return NOT_NOTED.format(reason=error.orig)
    return ""


def waiting(folder: Path) -> list[Path]:
    """Return the files of the looks that wait, oldest first."""
    return sorted((folder / WAITING).glob("*.json"))


def take_in(files: Iterable[Path], exam: ExamId, tx: Tx) -> list[Path]:
    """Write looks that wait into the audit log; return the files that are to be removed once that is durable."""
    done = []
    for file in files:
        try:
            look = msgspec.json.decode(file.read_bytes(), type=Look)
        except (OSError, msgspec.DecodeError):
            log.warning("a look that waited to be written down can't be read; it stays where it is")
            continue
        if look.exam == exam.hex():
            tx.control.audit(look.at_ms, look.deed)
            done.append(file)
    return done


def remove(files: Iterable[Path]) -> None:
    """Remove the files of what `take_in` wrote."""
    for file in files:
        file.unlink(missing_ok=True)


def _write(place: Place, exam: ExamId, look: Look) -> None:
    store = Store(place.url, exam)
    try:
        with store.begin() as tx:
            done = take_in(waiting(place.folder), exam, tx)
            tx.control.audit(look.at_ms, look.deed)
        remove(done)
    finally:
        store.close()


def _wait(folder: Path, look: Look) -> None:
    (folder / WAITING).mkdir(mode=0o700, exist_ok=True)
    name = f"{look.at_ms:015}-{secrets.token_hex(8)}"
    scratch = folder / WAITING / f"{name}.new"
    with os.fdopen(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(msgspec.json.encode(look))
        file.flush()
        os.fsync(file.fileno())
    scratch.replace(scratch.with_suffix(".json"))
