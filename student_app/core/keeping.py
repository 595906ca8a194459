"""What a student may carry away: the final receipt with both signatures, and a copy of the own record."""

import contextlib
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from shared.admission.endorsement import read as read_endorsement
from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import VerifyKey
from shared.events import decode, kinds
from shared.log.entry import unpack_header
from shared.log.receipt import SignedReceipt, unpack_receipt
from shared.log.record import Opening, journal_lines
from shared.problems import EnvironmentProblem, PeerFault, Problem
from student_app.core.journal_file import JournalFile
from student_app.core.shelf import journals
from student_app.core.sitting import Sitting

SUFFIX = ".jsonl"
BATCHES_AT_ONCE = 64


class HandedIn(msgspec.Struct, frozen=True):
    """A file as it was handed in: `question/name`, SHA-256 of its UTF-8 text, length in code points."""

    file: str
    sha256: str
    length: int


class FinalReceipt(msgspec.Struct, frozen=True, kw_only=True):
    """What proves a hand-in. Bytes are hexadecimal, times ms.

    Attributes:
        why: `student`, `time` or `collected`.
        wall_ms: this PC's clock at the hand-in; `hub_ms` the hub's when it confirmed, None before.
        seq: the hand-in's event; `link` the chain's link after it, of which `code` is the beginning.
        batch: what this PC signed about the events up to it, `signature` with which `key`.
        receipt: what the hub signed (empty before), `exam_signature` with the exam's key `exam_key`.
    """

    title: str
    student: str
    name: str
    exam: str
    session: str
    journal: str
    code: str
    why: str
    wall_ms: int
    hub_ms: int | None
    seq: int
    link: str
    files: tuple[HandedIn, ...]
    batch: str
    signature: str
    key: str
    receipt: str
    exam_signature: str
    exam_key: str


Told = Callable[[FinalReceipt | None], None]
Done = Callable[[str, tuple[Path, ...]], None]
"""Called with an empty text and what was written, or with the sentence that says what went wrong."""


def final_receipt(sitting: Sitting, told: Told) -> None:
    """Read the receipt of the newest hand-in; `told` is called by another thread, with None where there is none."""
    sitting.journal.read(lambda file: told(_receipt(file, sitting.memory.handed_in, sitting.code)))


def write_record(sitting: Sitting, folder: Path | None, target: Path, done: Done) -> None:
    """Write the own record, one file a journal, to `target` and beside it; `done` is called by another thread.

    Each file is the record of one journal as everybody verifies it (R clauses of the protocol).
    """

    def begin(file: JournalFile) -> None:
        lines = list(_lines(file))
        threading.Thread(target=write, args=(lines,), name="record", daemon=True).start()

    def write(newest: list[bytes]) -> None:
        written: list[Path] = []
        try:
            for number, lines in enumerate(_all(newest, sitting, folder), 1):
                path = target if number == 1 else target.with_stem(f"{target.stem}-{number}")
                _save(path, lines)
                written.append(path)
        except Problem as problem:
            done(problem.sentence, tuple(written))
        except OSError as error:
            done(f"The record can't be written to {target}: {error.strerror or error}. Try another place.", ())
        else:
            done("", tuple(written))

    sitting.recorder.close_burst()
    sitting.journal.flush()
    sitting.journal.read(begin)


def _all(newest: list[bytes], sitting: Sitting, folder: Path | None) -> Iterator[Iterator[bytes]]:
    """Yield the records of all journals of the session on this PC, the newest first."""
    yield iter(newest)
    mine = sitting.journal.identity
    for one in journals(folder) if folder is not None else []:
        if one.identity.session != mine.session or one.identity.journal == mine.journal:
            continue
        with contextlib.suppress(EnvironmentProblem, sqlite3.Error):
            file = JournalFile.open(one.path)
            try:
                yield _lines(file)
            finally:
                file.close()


def _lines(file: JournalFile) -> Iterator[bytes]:
    identity = file.identity()
    opening = Opening(
        exam=identity.exam.hex(),
        exam_key=identity.exam_key.hex(),
        journal=identity.journal.hex(),
        endorsement=file.endorsement().decode(),
    )
    batches = [signed for _, _, signed in file.batches_after(-1)]
    entries = (entry for after in _ends(file) for _, part in file.load(after, BATCHES_AT_ONCE) for entry in part)
    return journal_lines(opening, entries, batches, file.receipts())


def _ends(file: JournalFile) -> Iterator[int]:
    """Yield -1 and then the last event of every so many batches: where the next stretch begins."""
    ends = list(file.batch_ends())
    yield -1
    yield from ends[BATCHES_AT_ONCE - 1 : -1 : BATCHES_AT_ONCE]


def _receipt(file: JournalFile, seq: int, code: str) -> FinalReceipt | None:
    found = file.event(seq) if seq >= 0 else None
    if found is None:
        return None
    entry, link = found
    header = unpack_header(entry.header)
    payload = decode(header.kind, entry.payload or b"")
    covering = next(iter(file.batches_after(seq - 1)), None)
    if not isinstance(payload, kinds.Submitted) or covering is None or receipt_code(link) != code:
        return None
    identity = file.identity()
    exam_key = VerifyKey(identity.exam_key)
    confirmed = _confirmation(file, seq)
    body = unpack_receipt(confirmed.body) if confirmed is not None else None
    return FinalReceipt(
        title=identity.title,
        student=identity.student,
        name=identity.name,
        exam=identity.exam.hex(),
        session=identity.session.hex(),
        journal=identity.journal.hex(),
        code=code,
        why=payload.why,
        wall_ms=header.wall_ms,
        hub_ms=body.hub_ms if body is not None else None,
        seq=seq,
        link=link.hex(),
        files=tuple(HandedIn(name, one.sha256, one.length) for name, one in sorted(payload.files.items())),
        batch=covering[2].body.hex(),
        signature=covering[2].signature.hex(),
        key=read_endorsement(identity.endorsement, exam_key).journal_key,
        receipt=confirmed.body.hex() if confirmed is not None else "",
        exam_signature=confirmed.signature.hex() if confirmed is not None else "",
        exam_key=identity.exam_key.hex(),
    )


def _confirmation(file: JournalFile, seq: int) -> SignedReceipt | None:
    for signed in file.receipts():
        with contextlib.suppress(PeerFault):
            if unpack_receipt(signed.body).last >= seq:
                return signed
    return None


def _save(target: Path, lines: Iterator[bytes]) -> None:
    """Write the whole file or nothing."""
    part = target.with_name(target.name + ".part")
    with part.open("wb") as file:
        for line in lines:
            file.write(line)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
