"""The evidence bundle of an exam, `<exam>.examrecord`: written, then verified twice before anybody gets it."""

import importlib.resources
import importlib.util
import io
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from examdesk.exports.bundle_editions import Documents, edition_files
from examdesk.exports.bundle_lines import KeptEvent, KeptLine, NoticeLine
from examdesk.exports.bundle_names import EXAM_FILE, vouched, without_people
from examdesk.exports.pages import Pages
from examdesk.exports.redaction import Redaction
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, WatchedFile, file_name
from examdesk.store.rows import EvidenceRow, JournalRow, NoticeRow
from shared.bundle.evidence import Checked, Manifest, verify_bundle, write_bundle
from shared.crypto.keys import SigningKey
from shared.exam.packing import read_packed
from shared.log.entry import Entry
from shared.log.record import Opening, ReceiptLine, journal_lines
from shared.problems import Bug, PeerFault, Problem

SUFFIX = ".examrecord"
VERIFIER = "verify_record.py"
_HIDDEN = "/hidden-checks/"
_CHECK_EVERY = 500
_entries = msgspec.msgpack.Decoder(tuple[Entry, ...])

README = """\
{title}
{line}
This file is the record of an exam as ExamDesk kept it, made on {day} ({zone}).

It holds {journals} journals of {sessions} sessions with {events:,} events. Nothing in it is a judgement: it says
what was recorded, and lets anybody check that nothing was changed, left out or put in afterwards.

How to check it, without ExamDesk
  1. Compare the exam's public key below with the one that the institution published.
  2. Unzip this file (any ZIP program does; rename it to .zip if yours insists).
  3. With Python 3.11 or newer and its package `cryptography`:
         python3 verify_record.py RECORD{suffix} {key}
     It names the first event that does not hold, or says that all do. A verifier that came with a record is only as
     trustworthy as who gave it to you; the same program is published with ExamDesk (docs/verify_record.py), and short
     enough to read.
With ExamDesk: examdesk verify RECORD{suffix} --key {key}
A student's copy of the own record (OWN.jsonl) proves that nothing was changed since, not even by whoever has the exam's
key: add it to the line of step 3, or --kept OWN.jsonl to the one with ExamDesk.

The exam's public key (Ed25519): {key}
The exam's id:                   {exam}

What is in it
  manifest.json         names, sizes and SHA-256 of everything else, signed by the exam's key
  journals/ID.jsonl     one device's record of one session: who wrote it, each event as written, signatures, receipts
  endorsements/ID.json  the exam's signed word on who writes which journal
  receipts.jsonl        every receipt that the exam's hub signed, by number
  anchors/SIZE.txt      signed checkpoints of the tree over the receipts
  notices.jsonl         what staff wrote to students, by number
  incidents.jsonl       what staff wrote down about the room, of a session or of the exam, where they did
  editions.jsonl        what the exam's key signed of each edition of the exam's content, as students had it
  editions/SHA256       the parts of these contents, each once; joined in order they are what was signed
  kept/ID-N.jsonl       what a PC showed that did not go together with its journal, and so was kept beside it
  exam/                 the exam's files as they were served, without hidden checks
  verify_record.py      a verifier that shares no code with ExamDesk
"""


REDACTED = """
This record is redacted: payloads of some kinds of events were erased when it was made (redactions.json says which and
how many). Of an erased payload the digest is left that the chain was made with, so that everything else is proved as
before; the salt went with the payload, so that nobody finds a short text again by trying.
"""

PSEUDONYMOUS = """
In this record students stand under pseudonyms. Which of them writes which journal is the exam's word from when this was
made, signed by its key; every event, signature and receipt is as it was signed at the time. What would say who somebody
is (names of PCs and accounts; messages, notes and outputs with a name in them) was erased. What students wrote into
their code stays.
"""


def bundle_name(pages: Pages, *, redacted: bool = False) -> str:
    """Return the bundle's file name."""
    name = file_name(pages.exam.short_name.casefold().replace(" ", "-"))
    return f"{name}{'-redacted' if redacted else ''}{'' if pages.names is None else '-pseudonyms'}{SUFFIX}"


def write_exam_bundle(
    pages: Pages, folder: Path, when: tuple[int, Zone], effort: Effort, redact: Collection[str] = ()
) -> Path:
    """Write the bundle into `folder` and verify it; return its path. `redact` names what is erased from it.

    Raises:
        Bug: the bundle does not verify; it is not kept.
    """
    parts = folder / "parts"
    parts.mkdir()
    made_ms, zone = when
    key = SigningKey.from_bytes(pages.keys.signing)
    redaction = Redaction(redact, pages.names)
    readme = _readme(pages, key, made_ms, zone) + (REDACTED if redaction.erases else "")
    readme += "" if pages.names is None else PSEUDONYMOUS
    files = list(_files(pages, parts, readme, effort, redaction))
    manifest = Manifest(
        exam=pages.exam_id.hex(), title=pages.exam.long_name, exam_key="", created_ms=made_ms, members=()
    )
    path = folder / bundle_name(pages, redacted=bool(redact))
    with io.BufferedRandom(WatchedFile(path, "w+b", effort)) as out:
        write_bundle(out, files, manifest, key)
        out.flush()
        os.fsync(out.fileno())
    effort.step(0, "verifying the bundle")
    checked = _verify(path, parts / VERIFIER, key, effort, pages.events)
    if (len(checked.journals), checked.events) != (len(pages.journals), pages.events):
        raise Bug("The bundle does not hold all that the records hold; it was not kept. The records are unharmed.")
    for _, file in files:
        file.unlink()
    for below in sorted(parts.rglob("*"), reverse=True):
        below.rmdir()
    parts.rmdir()
    return path


def _verify(path: Path, verifier: Path, key: SigningKey, effort: Effort, work: int) -> Checked:
    """Check with both verifiers, the second one as an outsider gets it; each is so much work, and reads twice."""
    each = work / 2 / path.stat().st_size
    try:
        with io.BufferedReader(WatchedFile(path, "rb", effort, each)) as file:
            checked = verify_bundle(file, key.public)
        alone: Any = stand_alone(verifier)
        with io.BufferedReader(WatchedFile(path, "rb", effort, each)) as file:
            alone.bundle(file, key.public.to_bytes())
    except PeerFault as fault:
        raise Bug(f"The bundle that was just written does not verify: {fault.sentence} It was not kept.") from fault
    return checked


def stand_alone(path: Path) -> ModuleType:
    """Load the stand-alone verifier from a file."""
    spec = importlib.util.spec_from_file_location("verify_record", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def verifier_source() -> bytes:
    """Return the stand-alone verifier, docs/verify_record.py, as this installation carries it."""
    return (importlib.resources.files("examdesk.exports") / "verify_record.txt").read_bytes()


def _files(pages: Pages, parts: Path, readme: str, effort: Effort, redaction: Redaction) -> Iterator[tuple[str, Path]]:
    def put(name: str, data: bytes) -> tuple[str, Path]:
        path = parts / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        return name, path

    yield put("README.txt", readme.encode())
    yield put(VERIFIER, verifier_source())
    documents = Documents(pages)
    for row in pages.journals:
        name = f"journals/{row.journal.hex()}.jsonl"
        effort.step(0, "writing the journals")
        lines = record_of(pages, row, lambda entries: redaction.along(documents.along(entries)))
        yield _write_lines(parts, name, lines, effort)
    for row in pages.journals:
        yield put(f"endorsements/{row.journal.hex()}.json", vouched(pages, row)[0])
    yield _write_lines(parts, "receipts.jsonl", _receipt_lines(pages), None)
    for anchor in pages.anchors:
        yield put(f"anchors/{anchor.size}.txt", anchor.note)
    yield put("notices.jsonl", b"".join(_line(_notice(row)) for row in pages.notices))
    if pages.incidents:
        yield put("incidents.jsonl", b"".join(_line(each) for each in pages.incidents))
    for row in pages.journals:
        for number, kept in enumerate(pages.kept(row.journal)):
            yield put(f"kept/{row.journal.hex()}-{number}.jsonl", kept_lines(kept, redaction))
    yield from edition_files(pages, documents, parts)
    for name, data in exam_files(pages.exam.packed, people=pages.names is None).items():
        yield put(name, data)
    if redaction.erases:
        yield put("redactions.json", msgspec.json.format(msgspec.json.encode(redaction.report()), indent=1) + b"\n")


def record_of(
    pages: Pages, row: JournalRow, along: Callable[[Iterable[Entry]], Iterable[Entry]] = iter
) -> Iterator[bytes]:
    """Yield a journal's record line by line; `along` is what its events go through."""
    key = SigningKey.from_bytes(pages.keys.signing).public
    word, start = vouched(pages, row)
    opening = Opening(pages.exam_id.hex(), key.to_bytes().hex(), row.journal.hex(), word.decode())
    receipts = pages.signed_receipts(row.journal)
    return journal_lines(opening, along(pages.entries(row)), pages.batches(row), receipts, start)


def _write_lines(parts: Path, name: str, lines: Iterator[bytes], effort: Effort | None) -> tuple[str, Path]:
    path = parts / name
    path.parent.mkdir(parents=True, exist_ok=True)
    waiting = 0
    with path.open("wb") as out:
        for line in lines:
            out.write(line)
            waiting += line.startswith(b'{"h"')
            if effort is not None and waiting == _CHECK_EVERY:
                effort.step(waiting)
                waiting = 0
    if effort is not None:
        effort.step(waiting)
    return name, path


def _receipt_lines(pages: Pages) -> Iterator[bytes]:
    for row in pages.receipts():
        yield _line(ReceiptLine(row.body.hex(), row.signature.hex()))


def kept_lines(kept: EvidenceRow, redaction: Redaction) -> bytes:
    """Return what a desk showed beside its journal as lines of JSON: why first, then the events as they came."""
    first = KeptLine(
        kept.why,
        kept.at_ms,
        kept.hub_last,
        kept.desk_last,
        "" if kept.body is None else kept.body.hex(),
        "" if kept.signature is None else kept.signature.hex(),
    )
    entries = () if kept.entries is None else _entries.decode(kept.entries)
    return _line(first) + b"".join(_line(_kept_event(entry)) for entry in redaction.along(entries))


def _kept_event(entry: Entry) -> KeptEvent:
    digest = None if entry.digest is None else entry.digest.hex()
    payload = None if entry.payload is None else entry.payload.decode(errors="replace")
    return KeptEvent(entry.header.hex(), entry.salt.hex(), payload, digest)


def _notice(row: NoticeRow) -> NoticeLine:
    return NoticeLine(
        row.number,
        row.at_ms,
        row.kind,
        row.text,
        row.sender,
        row.question,
        msgspec.Raw(row.sections.encode()),
        msgspec.Raw(row.sessions.encode()),
    )


def _line(value: msgspec.Struct) -> bytes:
    return msgspec.json.encode(value) + b"\n"


def exam_files(packed: bytes, *, people: bool = True) -> dict[str, bytes]:
    """Return the exam's files by their names in a bundle, without hidden checks; empty when they can't be read.

    Without `people` its rules for single students are left out.
    """
    try:
        files = read_packed(packed)
    except Problem:
        return {}
    named = {}
    for path, data in files.items():
        if _HIDDEN not in f"/{path}":
            name = "exam/" + "/".join(_member_name(part) for part in path.split("/"))
            named[name] = data if people or path != EXAM_FILE else without_people(data)
    return named


def _member_name(part: str) -> str:
    plain = part.isascii() and part[:1].isalnum() and all(each.isalnum() or each in "._-" for each in part)
    return part if plain else file_name(part)


def _readme(pages: Pages, key: SigningKey, made_ms: int, zone: Zone) -> str:
    title = pages.exam.long_name
    return README.format(
        title=title,
        line="=" * len(title),
        day=zone.day(made_ms),
        zone=zone.name(made_ms),
        journals=len(pages.journals),
        sessions=len(pages.sessions),
        events=pages.events,
        suffix=SUFFIX,
        key=key.public.to_bytes().hex(),
        exam=pages.exam_id.hex(),
    )
