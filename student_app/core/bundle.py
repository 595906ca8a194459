"""The file for the stick: everything that this PC holds of a session, sealed for the instructor."""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from shared.bundle.handover import FORMAT, Handover, JournalCopy, seal_handover
from shared.clock import Chance
from shared.crypto.box import BoxPublicKey
from shared.problems import EnvironmentProblem, Problem
from student_app.core.journal_file import JournalFile
from student_app.core.shelf import journals
from student_app.core.sitting import Sitting

SUFFIX = ".examwork"
Done = Callable[[str], None]
"""Called with an empty text, or with the sentence that says what went wrong."""


def copy_of(file: JournalFile) -> JournalCopy:
    """Return what is signed in a journal."""
    return JournalCopy(file.endorsement(), file.load(-1, -1), tuple(file.receipts()))


def write_bundle(sitting: Sitting, folder: Path | None, target: Path, chance: Chance, done: Done) -> None:
    """Write the file for the stick to `target`; `done` is called by another thread.

    Raises:
        EnvironmentProblem: this desk has never heard the exam's box key.
    """
    standing, front = sitting.session.standing, sitting.content.front
    sealed_to = (standing.box if standing is not None else "") or (front.box if front is not None else "")
    if not sealed_to:
        raise EnvironmentProblem("This PC was never connected to the exam after joining, so it can't seal the file.")
    box = BoxPublicKey(bytes.fromhex(sealed_to))
    identity = sitting.journal.identity

    def read(file: JournalFile) -> None:
        newest = copy_of(file)
        threading.Thread(target=write, args=(newest,), name="bundle", daemon=True).start()

    def write(newest: JournalCopy) -> None:
        try:
            copies = (newest, *_older(sitting, folder))
            made_ms = sitting.wall_ms()
            handover = Handover(FORMAT, identity.exam, identity.session, made_ms, copies)
            _save(target, seal_handover(handover, box, chance))
        except Problem as problem:
            done(problem.sentence)
        except OSError as error:
            done(f"The file can't be written to {target}: {error.strerror or error}. Try another stick.")
        else:
            done("")

    sitting.recorder.close_burst()
    sitting.journal.flush()
    sitting.journal.read(read)


def _older(sitting: Sitting, folder: Path | None) -> Iterable[JournalCopy]:
    mine = sitting.journal.identity
    for one in journals(folder) if folder is not None else []:
        if one.identity.session == mine.session and one.identity.journal != mine.journal:
            try:
                file = JournalFile.open(one.path)
            except (EnvironmentProblem, sqlite3.Error):
                continue
            try:
                yield copy_of(file)
            finally:
                file.close()


def _save(target: Path, data: bytes) -> None:
    """Write the whole file or nothing, and have it on the stick before saying so."""
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
