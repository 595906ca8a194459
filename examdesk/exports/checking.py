"""Records that were not bundled, checked where they are: a hub's database, and the folder of submissions."""

import csv
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import msgspec
import sqlalchemy as sa

from examdesk.exports.bundle import record_of
from examdesk.exports.pages import Pages
from examdesk.exports.submissions import MANIFEST
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.audit import START, TOOK_OVER, Deed, audit_chain
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId
from shared.log.kept import Kept
from shared.log.verify import Broken, ReceiptChain, Verified, none_missing, verify_journal
from shared.problems import InputProblem


class CheckedRecords(msgspec.Struct, frozen=True):
    """An exam's records in a database that hold: each journal, how many receipts and entries of the audit log."""

    title: str
    key: VerifyKey
    journals: tuple[Verified, ...]
    receipts: int
    audit: int


def verify_records(
    reader: Reader, exam: ExamId, key: VerifyKey | None = None, kept: Kept | None = None
) -> CheckedRecords:
    """Check every journal, the chain of receipts and the audit log of an exam where the hub keeps them.

    `kept` is what students keep, and the journals have to go with.

    Raises:
        Broken: the first thing that does not hold; the audit log's check is called A1.
    """
    pages = Pages(reader, exam)
    own = SigningKey.from_bytes(pages.keys.signing).public
    if key is not None and key.to_bytes() != own.to_bytes():
        raise Broken("V2", "the records are of an exam with another key than the one you trust.")
    chain = ReceiptChain()
    journals = tuple(verify_journal(record_of(pages, row), own, chain, kept) for row in pages.journals)
    none_missing(kept)
    return CheckedRecords(pages.exam.long_name, own, journals, chain.finish(), _audit(reader, exam))


def _audit(reader: Reader, exam: ExamId) -> int:
    columns = s.audit.c
    link, expected, entries = START, 0, 0
    with reader.connect() as connection:
        for row in connection.execute(sa.select(s.audit).where(columns.exam == exam).order_by(columns.number)):
            deed = Deed(who=row.who, role=row.role, address=row.address, what=row.what, detail=row.detail)
            if row.what == TOOK_OVER and row.number > expected:  # the log of the hub that took over begins here
                link, expected = START, row.number
            link = audit_chain(link, exam, row.number, row.at_ms, deed)
            if row.number != expected or link != row.chain:
                raise Broken("A1", f"entry {expected} of the audit log is not as it was written, or one is missing.")
            expected += 1
            entries += 1
    return entries


def verify_submissions(folder: Path) -> int:
    """Check that the files of a submissions folder are those of its list; return how many there are.

    The list has no signature: this finds what changed by accident, not what somebody changed together with the list.

    Raises:
        Broken: a file is missing, differs, or stands in no list.
        InputProblem: the list can't be read.
    """
    try:
        with (folder / MANIFEST).open(encoding="utf-8-sig", newline="") as file:
            listed = _listed(file)
    except (OSError, UnicodeDecodeError, KeyError, csv.Error) as error:
        raise InputProblem(f"The list {folder / MANIFEST} can't be read; export the submissions again.") from error
    for place, digest in sorted(listed.items()):
        path = folder / place
        if "\0" in place or not path.resolve().is_relative_to(folder.resolve()):
            raise Broken("S1", f"the list names {place}, which is not in this folder.")
        if not path.is_file():
            raise Broken("S1", f"the file {place} is missing.")
        if sha256(path.read_bytes()).hexdigest() != digest:
            raise Broken("S1", f"the file {place} is not the one that was exported.")
    for path in sorted(folder.rglob("*")):
        place = path.relative_to(folder).as_posix()
        if path.is_file() and place not in listed and place != MANIFEST:
            raise Broken("S1", f"the file {place} is in no list.")
    return len(listed)


def _listed(file: Iterable[str]) -> dict[str, str]:
    """Return the SHA-256 of each path in a list; raises KeyError where it has no such columns."""
    rows = csv.DictReader(file)
    if not {"path", "sha256"} <= set(rows.fieldnames or ()):
        raise KeyError("path")
    return {row["path"]: row["sha256"] for row in rows}
