"""`examdesk verify FILE`: check whatever is signed, and name the first thing that does not hold.

A bundle, a journal's record, a hub's records, a folder of submissions, or a folder with any of these in it. What is
made from records has no signature: that is said, with what to verify instead.
"""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from examdesk.cli._json_out import write_json
from examdesk.cli._verifiable import RECORDS, SQLITE, refuse_unsigned
from examdesk.exports.cells import safe
from shared.bundle.editions import Held
from shared.bundle.evidence import open_bundle, verify_bundle
from shared.crypto.keys import VerifyKey
from shared.log.kept import Kept
from shared.log.verify import Broken, ReceiptChain, Verified, none_missing, verify_journal
from shared.problems import InputProblem, PeerFault

if TYPE_CHECKING:
    from examdesk.store import Reader
    from shared.ids import ExamId


_UNDER_PSEUDONYMS = (
    ".\nStudents stand under pseudonyms: which of them wrote which journal is the exam's word from when this was made"
)


class Verdict(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What `--json` prints."""

    holds: bool
    file: str
    exam_key: str = ""
    title: str = ""
    journals: int = 0
    events: int = 0
    receipts: int = 0
    erased: int = 0
    editions: int = 0
    contents: int = 0
    lost: tuple[int, ...] = ()
    doubted: tuple[str, ...] = ()
    pseudonyms: bool = False
    kept: int = 0
    audit: int = 0
    files: int | None = None
    check: str = ""
    journal: str = ""
    seq: int | None = None
    sentence: str = ""


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Declare the command."""
    parser = subparsers.add_parser(
        "verify",
        help="check a bundle, a journal's record, a hub's records or a folder of exports",
        description="Exit code 0: everything holds; 1: the first thing that does not is named; 2: this can't be "
        "verified, and why.",
    )
    parser.add_argument(
        "file",
        type=Path,
        help="a bundle (*.examrecord), a journal's record (*.jsonl), the folder of a hub's records, a folder of "
        "submissions, or a folder with any of these",
    )
    parser.add_argument(
        "--key", metavar="HEX", help="the exam's public key to trust; without it the file's own is shown"
    )
    parser.add_argument(
        "--kept",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="a copy of the own record that a student kept (*.jsonl), any number of times: what the exam's key "
        "receipted to the student has to be there as it was, whoever has that key now",
    )
    parser.add_argument("--json", action="store_true", help="print a JSON object for each thing that was checked")


def run(args: argparse.Namespace) -> int:
    """Check, say it, return the exit code."""
    holds = True
    key = _key(args.key)
    kept = _kept(args.kept, key) if args.kept else None
    for verdict in verify_any(args.file, key, kept):
        holds = holds and verdict.holds
        if args.json:
            write_json(verdict)
        else:
            name = f"{verdict.file}: " if args.file.is_dir() else ""
            said = (name + _said(verdict, trusted=bool(args.key))).splitlines()
            sys.stdout.write("".join(f"{safe(line)}\n" for line in said))
        sys.stdout.flush()
    return 0 if holds else 1


def _said(verdict: Verdict, *, trusted: bool) -> str:
    if not verdict.holds:
        return f"Does not hold: {verdict.sentence}\n"
    if verdict.files is not None:
        said = "1 file is as its" if verdict.files == 1 else f"{verdict.files:,} files are as their"
        return (
            f"Holds: {said} list says. The list has no signature; whether it is the work "
            "that was handed in, the evidence bundle says.\n"
        )
    return (
        f"Holds: {_count(verdict.journals, 'journal')}, {_count(verdict.events, 'event')}, "
        + _count(verdict.receipts, "receipt")
        + (f", {_count(verdict.erased, 'erased payload')}" if verdict.erased else "")
        + (f", {_count(verdict.audit, 'entry', 'entries')} of the audit log" if verdict.audit else "")
        + (f", the exam up to edition {verdict.editions}" if verdict.editions else "")
        + (f".\n{_as_kept(verdict.kept)}" if verdict.kept else "")
        + _texts(verdict)
        + (_UNDER_PSEUDONYMS if verdict.pseudonyms else "")
        + "".join(f".\n{sentence}" for sentence in verdict.doubted)
        + f".\nSigned by exam key {verdict.exam_key}"
        + ("" if trusted else "; compare it with the one that the institution published")
        + ".\n"
    )


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _as_kept(journals: int) -> str:
    verb = "goes" if journals == 1 else "go"
    return f"{_count(journals, 'journal')} {verb} with what the exam's key receipted to students, as they kept it"


def _texts(verdict: Verdict) -> str:
    """Say which contents of the exam are proved, and which are not there."""
    if verdict.contents:
        lost = [f"edition {number}" if number else "the first content" for number in verdict.lost]
        return f".\nThe exam's texts: {verdict.contents} as signed" + (
            f"; not with the records when this was made: {', '.join(lost)}" if lost else ""
        )
    if verdict.title and verdict.editions:
        return ".\nThis bundle was made before bundles carried the exam's editions: which texts they were is not in it"
    return ""


def _kept(files: list[Path], key: VerifyKey | None) -> Kept:
    """Return what students kept, from copies of their own records."""
    kept = Kept()
    for path in files:
        refuse_unsigned(path)
        try:
            with open_bundle(path) as file:
                record = verify_journal(file, key)
        except OSError as error:
            raise InputProblem(f"{path} can't be read: {error.strerror}.") from error
        except PeerFault as fault:
            raise InputProblem(
                f"{path} does not hold itself, so nothing was compared with it. --kept takes a copy of the own record "
                f"as a student's desk saved it (*.jsonl). {fault.sentence}"
            ) from fault
        if not record.head:
            raise InputProblem(f"{path} has no receipt, so there is nothing that a record would have to go with.")
        kept.add(record.endorsement.journal_id, record.receipted, record.head)
    return kept


def verify_any(path: Path, key: VerifyKey | None = None, kept: Kept | None = None) -> Iterator[Verdict]:
    """Check whatever can be checked at `path`, and yield a verdict for each of it.

    Args:
        path: a file or a folder.
        key: the exam's key to trust.
        kept: what students keep of the exam, which one thing at `path` has to go with.

    Raises:
        InputProblem: nothing there is signed, or it can't be read.
    """
    if path.is_dir():
        yield from _folder(path, key, kept)
    elif _is_database(path):
        yield from _records(path, key, kept)
    else:
        refuse_unsigned(path)
        yield verify_file(path, key, kept)


def _folder(folder: Path, key: VerifyKey | None, kept: Kept | None) -> Iterator[Verdict]:
    from examdesk.cli.export import DATABASE  # noqa: PLC0415 - a bundle is checked without the database's library
    from examdesk.exports.submissions import MANIFEST  # noqa: PLC0415 - the same

    if (folder / DATABASE).is_file():
        yield from _records(folder / DATABASE, key, kept)
        return
    if kept is not None:
        raise InputProblem(
            f"{folder} is not the folder of a hub's records. With --kept name one bundle, one record or such a folder."
        )
    lists = [folder / MANIFEST] if (folder / MANIFEST).is_file() else sorted(folder.rglob(MANIFEST))
    files = sorted(path for path in folder.rglob("*") if path.suffix.lower() in RECORDS and path.is_file())
    if not lists and not files:
        raise InputProblem(
            f"There is nothing to verify in {folder}: no bundle (*.examrecord), no journal's record (*.jsonl), no "
            "hub's records and no folder of submissions."
        )
    for file in files:
        yield verify_file(file, key)
    for each in lists:
        yield _submissions(each.parent)


def _is_database(path: Path) -> bool:
    try:
        with open_bundle(path) as file:
            return file.read(len(SQLITE)) == SQLITE
    except OSError as error:
        raise InputProblem(f"{path} can't be read: {error.strerror}.") from error


def _records(database: Path, key: VerifyKey | None, kept: Kept | None) -> Iterator[Verdict]:
    """Check every exam of a hub's records."""
    from examdesk.cli.export import DATABASE, open_records  # noqa: PLC0415 - see `_folder`
    from examdesk.exports.checking import verify_records  # noqa: PLC0415 - see `_folder`

    reader = open_records(str(database.parent if database.name == DATABASE else database))
    try:
        exams = _exams(reader, database)
        for exam in exams:
            try:
                found = verify_records(reader, exam, key, kept)
            except Broken as broken:
                yield _broken(str(database), broken)
            else:
                holds = _holds(str(database), found.title, found.journals, found.receipts)
                signed_by = found.key.to_bytes().hex()
                compared = kept.journals if kept else 0
                yield msgspec.structs.replace(holds, audit=found.audit, exam_key=signed_by, kept=compared)
    finally:
        reader.close()


def _exams(reader: "Reader", database: Path) -> "list[ExamId]":
    import sqlalchemy as sa  # noqa: PLC0415 - see `_folder`

    from examdesk.store.store import exams_at  # noqa: PLC0415 - see `_folder`

    with reader.connect() as sql:
        if sa.inspect(sql).has_table("exams"):
            return list(exams_at(sql))
    raise InputProblem(
        f"{database} is a database, but not a hub's records. A journal of a student's PC is checked by the hub: hand "
        "in the file that the desk saves for a stick, with `examdesk import`."
    )


def _submissions(folder: Path) -> Verdict:
    from examdesk.exports.checking import verify_submissions  # noqa: PLC0415 - see `_folder`

    try:
        return Verdict(holds=True, file=str(folder), files=verify_submissions(folder))
    except Broken as broken:
        return _broken(str(folder), broken)


def _broken(name: str, broken: Broken) -> Verdict:
    return Verdict(
        holds=False, file=name, check=broken.check, journal=broken.journal, seq=broken.seq, sentence=broken.sentence
    )


def verify_file(path: Path, key: VerifyKey | None = None, kept: Kept | None = None) -> Verdict:
    """Check a bundle or a journal's record; `kept` is what students keep, and it has to go with.

    Raises:
        InputProblem: the file can't be read at all.
    """
    name = str(path)
    try:
        held: Held | None = None
        signed_by = ""
        with open_bundle(path) as file:
            zipped = file.read(2) == b"PK"
            file.seek(0)
            if zipped:
                checked = verify_bundle(file, key, kept)
                journals, title, receipts = checked.journals, checked.manifest.title, checked.receipts
                held, signed_by = checked.editions, checked.manifest.exam_key
            else:
                chain = ReceiptChain()
                journals, title = (verify_journal(file, key, chain, kept),), ""
                none_missing(kept)
                receipts = chain.finish()
    except Broken as broken:
        return _broken(name, broken)
    except PeerFault as fault:
        return Verdict(holds=False, file=name, sentence=fault.sentence)
    except OSError as error:
        raise InputProblem(f"{path} can't be read to its end: {error.strerror}.") from error
    holds = _holds(name, title, journals, receipts)
    holds = msgspec.structs.replace(
        holds, exam_key=signed_by or holds.exam_key, kept=kept.journals if kept is not None else 0
    )
    if held is None:
        return holds
    return msgspec.structs.replace(holds, contents=held.there, lost=held.lost)


def _holds(name: str, title: str, journals: tuple[Verified, ...], receipts: int) -> Verdict:
    return Verdict(
        holds=True,
        file=name,
        title=title,
        exam_key=journals[0].exam_key.to_bytes().hex() if journals else "",
        journals=len(journals),
        events=sum(journal.events for journal in journals),
        erased=sum(journal.erased for journal in journals),
        editions=max((journal.edition for journal in journals), default=0),
        doubted=tuple(
            f"Event {seq} of journal {journal.endorsement.journal[:8]} names an edition of the exam that its key did "
            "not sign, or not there: that is the desk's word alone (V11)"
            for journal in journals
            for seq in journal.doubted
        ),
        pseudonyms=any(journal.pseudonymous for journal in journals),
        receipts=receipts,
    )


def _key(text: str | None) -> VerifyKey | None:
    if text is None:
        return None
    try:
        return VerifyKey(bytes.fromhex(text))
    except (ValueError, PeerFault) as error:
        raise InputProblem("--key takes the exam's public key: 64 hexadecimal digits.") from error
