"""Makes the test vectors of docs/protocol.md in this folder: `python -m tests.vectors.make_vectors`.

Everything is drawn from one seed, so that the same version makes the same bytes. Vectors are changed only together
with the clause that they show.
"""

import json
import tempfile
import zlib
from pathlib import Path
from typing import Any

import msgspec

from shared.admission.edition import Edition, content_hash, sign_edition
from shared.admission.pseudonym import issue_pseudonym, under_pseudonym
from shared.events import encode, kinds
from shared.log.batch import unpack_batch
from shared.log.entry import advance, start_link, unpack_header
from shared.log.receipt import unpack_receipt
from shared.log.record import Opening, journal_lines
from shared.wire.messages import resume_proof
from shared.wire.parcel import ParcelHead, ParcelId, seal_parcel
from tests.support.editions import EditionsInMemory, content_of, signed_bundle
from tests.support.journals import ExamInMemory, JournalInMemory, bundle_of, typed_journal

FOLDER = Path(__file__).parent
SEED = 2026


def vectors() -> dict[str, bytes]:
    """Return every vector by the name of its file."""
    exam = ExamInMemory(SEED)
    journals = [typed_journal(exam, "s1", 2), typed_journal(exam, "s2", 1)]
    first = journals[0]
    with tempfile.TemporaryDirectory() as scratch:
        bundle = bundle_of(exam, journals, Path(scratch))
    alone = typed_journal(exam, "s3", 1, alone=True)
    return {
        "header.json": _json(_header(first)),
        "chain.json": _json(_chain(first)),
        "batch.json": _json(_batch(first)),
        "receipt.json": _json(_receipt(exam, first)),
        "resume-proof.json": _json(_proof(first)),
        "runs.json": _json(_runs()),
        "journal.jsonl": b"".join(first.lines()),
        "bundle.examrecord": bundle,
        "statement.json": _json(_statement(alone)),
        "adopted.jsonl": b"".join(alone.lines()),
        "pseudonym.jsonl": _pseudonymous(first),
        "parcel.json": _json(_parcel(exam)),
        "edition.json": _json(_edition(exam)),
        "bundle-editions.examrecord": _edited(),
    }


def _edited() -> bytes:
    """Return the bundle of an exam that was edited twice (B-7), with a file that all editions have."""
    exam = ExamInMemory(SEED + 1)
    editions = EditionsInMemory(exam)
    for prompt in ("Add them.", "Add all of them.", "Add all of them, and print the sum."):
        editions.add(content_of(exam, prompt, prompt_file=bytes(range(256)) * 17))
    journal = typed_journal(exam, "s1", 1)
    for number in (1, 2):
        journal.write(editions.taken(number))
    journal.seal()
    with tempfile.TemporaryDirectory() as scratch:
        return signed_bundle(exam, [journal], editions.members(), Path(scratch))


def _pseudonymous(journal: JournalInMemory) -> bytes:
    """Return the record of a journal whose student stands under a pseudonym (A-10)."""
    start = start_link(journal.endorsement)
    word = issue_pseudonym(under_pseudonym(journal.word, "p3k7q9w2rtm", start), journal.exam.key)
    public = journal.exam.key.public.to_bytes().hex()
    opening = Opening(journal.exam.id.hex(), public, journal.id.hex(), word.decode())
    return b"".join(journal_lines(opening, journal.entries, journal.batches, journal.receipts, start))


def _header(journal: JournalInMemory) -> dict[str, Any]:
    header = unpack_header(journal.entries[1].header)
    return {"clause": "L-1", **header._asdict(), "journal": header.journal.hex(), "bytes": header.pack().hex()}


def _chain(journal: JournalInMemory) -> dict[str, Any]:
    link = start_link(journal.endorsement)
    found: dict[str, Any] = {
        "clauses": ["L-2", "L-3"],
        "endorsement": journal.endorsement.decode(),
        "start_link": link.hex(),
    }
    events = []
    for entry in journal.entries[:3]:
        link = advance(link, entry)
        assert entry.payload is not None
        events.append(
            {
                "header": entry.header.hex(),
                "salt": entry.salt.hex(),
                "payload": entry.payload.decode(),
                "digest": entry.payload_digest().hex(),
                "link": link.hex(),
            }
        )
    return {**found, "events": events}


def _batch(journal: JournalInMemory) -> dict[str, Any]:
    signed = journal.batches[0]
    batch = unpack_batch(signed.body)
    return {
        "clause": "L-4",
        "exam": batch.exam.hex(),
        "journal": batch.journal.hex(),
        "first": batch.first,
        "last": batch.last,
        "link": batch.link.hex(),
        "receipt": batch.receipt.hex(),
        "body": signed.body.hex(),
        "session_key": journal.key.public.to_bytes().hex(),
        "session_seed": journal.key.to_bytes().hex(),
        "signature": signed.signature.hex(),
    }


def _receipt(exam: ExamInMemory, journal: JournalInMemory) -> dict[str, Any]:
    signed = journal.receipts[1]
    receipt = unpack_receipt(signed.body)
    return {
        "clause": "L-5",
        "exam": receipt.exam.hex(),
        "journal": receipt.journal.hex(),
        "last": receipt.last,
        "link": receipt.link.hex(),
        "hub_ms": receipt.hub_ms,
        "number": receipt.number,
        "previous": receipt.previous.hex(),
        "body": signed.body.hex(),
        "exam_key": exam.key.public.to_bytes().hex(),
        "signature": signed.signature.hex(),
    }


def _proof(journal: JournalInMemory) -> dict[str, Any]:
    nonce, fingerprint = bytes(range(16)), bytes(range(32))
    batch = unpack_batch(journal.batches[0].body)
    message = resume_proof(nonce, fingerprint, journal.id, batch.last, batch.link)
    return {
        "clause": "W-5",
        "nonce": nonce.hex(),
        "certificate_sha256": fingerprint.hex(),
        "journal": journal.id.hex(),
        "last": batch.last,
        "link": batch.link.hex(),
        "message": message.hex(),
        "signature": journal.key.sign(message).hex(),
    }


def _runs() -> dict[str, Any]:
    files = {"q1/main.py": kinds.FileState(sha256="ab" * 32, length=12)}
    started = {"question": "q1", "file": "q1/main.py", "files": files, "grade": "A"}
    payloads = (
        kinds.RunStarted(run=1, **started),  # type: ignore[arg-type]
        kinds.RunStarted(run=2, checks=True, **started),  # type: ignore[arg-type]
        kinds.RunInput(run=1, text="Ada\n"),
        kinds.RunInput(run=1, text="press Up\nrelease Up\ndown 1 -20 35.5\n", how="window"),
    )
    events = [{"kind": payload.KIND, "payload": encode(payload).decode()} for payload in payloads]
    return {"clause": "L-8", "events": events}


def _edition(exam: ExamInMemory) -> dict[str, Any]:
    manifests = [b'{"the":"first manifest"}', b'{"the":"second manifest"}']
    edition = Edition(
        exam=exam.id.hex(),
        number=1,
        issued_ms=1_790_000_000_000,
        former=content_hash(manifests[0]),
        content=content_hash(manifests[1]),
        prompts={"q1": 3},
    )
    envelope = sign_edition(edition, exam.key)
    event = kinds.EditionTaken(number=1, envelope=envelope.decode(), changed=("q1",), kept=("q2/main.py",))
    return {
        "clauses": ["W-7c", "P-17"],
        "exam_key": exam.key.public.to_bytes().hex(),
        "manifests": [manifest.decode() for manifest in manifests],
        "edition": msgspec.to_builtins(edition),
        "envelope": envelope.decode(),
        "event": encode(event).decode(),
    }


def _statement(journal: JournalInMemory) -> dict[str, Any]:
    return {
        "clauses": ["L-3", "A-9"],
        "exam": journal.exam.id.hex(),
        "journal": journal.id.hex(),
        "session_key": journal.key.public.to_bytes().hex(),
        "session": journal.word.session,
        "statement": journal.statement.decode(),
        "endorsement": journal.endorsement.decode(),
        "start_link": start_link(journal.endorsement).hex(),
    }


def _parcel(exam: ExamInMemory) -> dict[str, Any]:
    row = msgspec.msgpack.encode({"key": "approval", "value": "unlisted"})
    change = msgspec.msgpack.encode([[["meta", "approval", row]], [["roster", "s9"]]])
    content = zlib.compress(change, 0)
    where = ParcelId(1, 1_790_000_000_000, bytes(range(8)), 0)
    nonce = bytes(range(12))
    head = ParcelHead(exam=exam.id, id=where, base=1, at_ms=1_790_000_000_250, previous=bytes(32), nonce=nonce)
    return {
        "clause": "K-1",
        "exam": exam.id.hex(),
        "exam_key_seed": exam.key.to_bytes().hex(),
        "exam_key": exam.key.public.to_bytes().hex(),
        **{name: getattr(where, name) for name in ("generation", "line", "number")},
        "hub": where.hub.hex(),
        "base": head.base,
        "at_ms": head.at_ms,
        "put": [["meta", "approval", {"key": "approval", "value": "unlisted"}]],
        "gone": [["roster", "s9"]],
        "content": content.hex(),
        "parcel": seal_parcel(head, content, exam.key).hex(),
    }


def _json(value: dict[str, Any]) -> bytes:
    return (json.dumps(value, indent=1, ensure_ascii=False) + "\n").encode()


def main() -> None:
    """Write them."""
    for name, data in vectors().items():
        (FOLDER / name).write_bytes(data)


if __name__ == "__main__":
    main()
