"""Reading a journal back: the fold of its events and where it stands, checked event by event."""

from shared.crypto.keys import SigningKey, VerifyKey
from shared.events import decode
from shared.log.batch import NO_RECEIPT, Batch, SignedBatch, batch_holds, sign_batch, unpack_batch
from shared.log.entry import Entry, start_link, unpack_header
from shared.log.receipt import SignedReceipt, receipt_holds, unpack_receipt
from shared.problems import PeerFault
from student_app.core.journal import Head
from student_app.core.journal_file import BrokenChain, Identity, JournalFile, Write, put_batch
from student_app.core.memory import Memory


def replay(file: JournalFile) -> tuple[Memory, Head]:
    """Fold the whole log.

    Raises:
        BrokenChain: names the first event that does not hold; everything before it does.
        PeerFault: the journal does not say what it is for.
    """
    identity = file.identity()
    memory, start = Memory(), start_link(identity.endorsement)
    last, link, sealed = -1, start, (-1, start)
    ends = file.batch_ends()
    loose: list[tuple[int, Entry, bytes]] = []
    for seq, entry, after in file.events(identity):
        header = unpack_header(entry.header)
        try:
            memory.apply(seq, decode(header.kind, entry.payload or b""), header.wall_ms)
        except PeerFault as error:
            raise BrokenChain(seq, "it does not fit the files") from error
        last, link = seq, after
        loose.append((seq, entry, after))
        if seq in ends:
            sealed = (seq, after)
            loose.clear()
    if ends and max(ends) > sealed[0]:
        raise BrokenChain(last + 1, "events are missing at the end")
    return memory, Head(last, link, *sealed, newest_receipt(file, identity, ends), tuple(loose), ends)


def newest_receipt(file: JournalFile, identity: Identity, ends: dict[int, bytes]) -> tuple[int, SignedReceipt] | None:
    """Return the receipt that covers most, of those that hold: signed by the exam, for a batch of this journal."""
    key = VerifyKey(identity.exam_key)
    for signed in reversed(file.receipts()):
        try:
            receipt = unpack_receipt(signed.body)
        except PeerFault:
            continue
        if (
            receipt.journal == identity.journal
            and ends.get(receipt.last) == receipt.link
            and receipt_holds(signed, key)
        ):
            return receipt.last, signed
    return None


def mend_batches(file: JournalFile, identity: Identity, key: SigningKey) -> None:
    """Sign again what of the batches is damaged and may still have to be sent, with the same first and last event.

    From a batch on that does not follow the one before, all are dropped: their events are sealed anew.
    """
    ends = file.batch_ends()
    newest = newest_receipt(file, identity, ends)
    writes: list[Write] = []
    expected: int | None = None
    for first, last, signed in file.batches_after(newest[0] if newest is not None else -1):
        expected = first if expected is None and newest is not None else expected or 0
        if first != expected or last < first:
            writes.append(("DELETE FROM batches WHERE last >= ?", (last,)))
            break
        batch = Batch(identity.exam, identity.journal, first, last, ends[last], NO_RECEIPT)
        if not _holds(signed, batch, key.public) and ends[last]:
            writes.append(put_batch(first, last, sign_batch(batch, key)))
        expected = last + 1
    if writes:
        file.write(writes)


def _holds(signed: SignedBatch, expected: Batch, key: VerifyKey) -> bool:
    try:
        batch = unpack_batch(signed.body)
    except PeerFault:
        return False
    same = (batch.exam, batch.journal, batch.first, batch.last, batch.link) == (
        expected.exam,
        expected.journal,
        expected.first,
        expected.last,
        expected.link,
    )
    return same and batch_holds(signed, key)
