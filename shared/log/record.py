"""A journal as text: one JSON object a line, in one canonical spelling (docs/protocol.md, R clauses).

R-1  The first line names the exam, its public key and the journal, and carries the endorsement as it was issued.
R-2  Then events, batches and receipts follow in the order of the journal: a batch right after its last event,
     a receipt after the batch that it covers.
R-3  Bytes are lower-case hexadecimal; an event's payload is a string that holds the payload exactly as written; an
     erased payload is replaced by its digest `d`. `l` is the link after the event, so that a change is found at the
     very event.
R-4  A line is the compact JSON of its fields in the order given here: no other spelling of the same content is a
     record, so that no byte can change unnoticed.
"""

from collections.abc import Iterable, Iterator

import msgspec

from shared.log.batch import SignedBatch
from shared.log.entry import Entry, advance, start_link
from shared.log.receipt import SignedReceipt, unpack_receipt


class Opening(msgspec.Struct, frozen=True):
    """The first line: ids and the exam's Ed25519 public key in hexadecimal, the endorsement as text."""

    exam: str
    exam_key: str
    journal: str
    endorsement: str


class EventLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """One event: header, salt, payload as written (or its digest where it was erased), link after it."""

    h: str
    s: str
    l: str  # noqa: E741 - the name in the record format
    p: str | None = None
    d: str | None = None


class BatchLine(msgspec.Struct, frozen=True):
    """A batch's bytes and the session key's signature."""

    b: str
    g: str


class ReceiptLine(msgspec.Struct, frozen=True):
    """A receipt's bytes and the exam key's signature."""

    r: str
    g: str


Line = Opening | EventLine | BatchLine | ReceiptLine
_encoder = msgspec.json.Encoder()


def opening_line(opening: Opening) -> bytes:
    """Return the first line, without its line end."""
    return _encoder.encode(opening)


def journal_lines(
    opening: Opening,
    entries: Iterable[Entry],
    batches: Iterable[SignedBatch],
    receipts: Iterable[SignedReceipt],
    start: bytes | None = None,
) -> Iterator[bytes]:
    """Yield the record of one journal line by line, from streams in the journal's order; memory stays flat.

    `start` is the link before the first event, where the opening carries another document than the endorsement (A-10).
    """
    yield opening_line(opening) + b"\n"
    link = start_link(opening.endorsement.encode()) if start is None else start
    stream = iter(entries)
    waiting = iter(receipts)
    receipt = next(waiting, None)
    for batch in batches:
        last = int.from_bytes(batch.body[51:59], "big")
        for entry in stream:
            link = advance(link, entry)
            yield event_line(entry, link) + b"\n"
            if entry_seq(entry) >= last:
                break
        yield _encoder.encode(BatchLine(batch.body.hex(), batch.signature.hex())) + b"\n"
        while receipt is not None and unpack_receipt(receipt.body).last <= last:
            yield _encoder.encode(ReceiptLine(receipt.body.hex(), receipt.signature.hex())) + b"\n"
            receipt = next(waiting, None)


def event_line(entry: Entry, link: bytes) -> bytes:
    """Return one event's line, without its line end; `link` is the link after it."""
    payload = None if entry.payload is None else entry.payload.decode()
    digest = None if entry.payload is not None or entry.digest is None else entry.digest.hex()
    return _encoder.encode(EventLine(h=entry.header.hex(), s=entry.salt.hex(), l=link.hex(), p=payload, d=digest))


def entry_seq(entry: Entry) -> int:
    """Return an entry's sequence number."""
    return int.from_bytes(entry.header[4:12], "big")
