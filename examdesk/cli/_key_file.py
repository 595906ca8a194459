"""Taking an exam over with its key file: before a hub starts, its records get what is in the file."""

import contextlib
import getpass
import sys
from collections.abc import Iterator
from pathlib import Path

from examdesk.hub.records.former import Former
from examdesk.hub.records.keyfile import MAX_BYTES, KeyFile, exam_of, open_keys, put_back
from examdesk.hub.records.place import HubLock, Place
from examdesk.hub.sessions.registry import APPROVAL
from examdesk.store import Store
from examdesk.store.migrate import migrate
from shared.clock import SystemChance, SystemClock
from shared.crypto.keys import SigningKey
from shared.exam.whole_file import write_private
from shared.ids import ExamId
from shared.problems import InputProblem

EXAM = "taken-over.exam"


def passphrase_of(file: Path | None, ask: str) -> str:
    """Return the first line of a file, or what the person types.

    Raises:
        InputProblem: the file can't be read, or nobody is there to be asked.
    """
    if file is not None:
        try:
            return file.read_text(encoding="utf-8").splitlines()[0].strip()
        except (OSError, UnicodeDecodeError, IndexError) as error:
            raise InputProblem(f"{file} holds no passphrase in its first line.") from error
    if not sys.stdin.isatty():
        raise InputProblem("Nobody is there to be asked for the passphrase. Give it in a file: --passphrase-file FILE.")
    return getpass.getpass(f"{ask}: ")


def take_over(file: Path, passphrase_file: Path | None, place: Place) -> Path:
    """Put what is in a key file into the records and return the exam that is in it.

    Raises:
        InputProblem: the file is none, the passphrase another one, or the records belong to another hub.
        EnvironmentProblem: a hub serves these records, or they can't be written.
    """
    held = open_keys(_read(file), passphrase_of(passphrase_file, f"Passphrase of {file.name}"))
    with _locked(place, held.exam.exam):
        migrate(place.url)
        store = Store(place.url, held.exam.exam)
        try:
            new = _put(store, held, place)
        finally:
            store.close()
        exam = place.folder / EXAM
        if new or not exam.exists():  # else it may be a newer edition than the file's
            write_private(exam, exam_of(held))
    return exam


def _put(store: Store, held: KeyFile, place: Place) -> bool:
    with store.begin() as tx:
        if not put_back(tx, held, now_ms=SystemClock().wall_ms(), chance=SystemChance()):
            return False
        if held.approval:
            tx.put_meta(APPROVAL, held.approval)
        Former(place.folder, held.exam.exam, SigningKey.from_bytes(held.keys.signing)).inherit(held.staff)
    return True


@contextlib.contextmanager
def _locked(place: Place, exam: ExamId) -> Iterator[None]:
    lock = HubLock(place, exam)
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            return source.read(MAX_BYTES)
    except OSError as error:
        raise InputProblem(f"{file} can't be read ({error.strerror}).") from error
