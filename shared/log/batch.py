"""What a desk signs: the head of a run of events (L-4)."""

import struct
from hashlib import sha256

import msgspec

from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId, JournalId
from shared.problems import PeerFault

_LABEL = b"EDP1-BATCH\0"
_LAYOUT = struct.Struct(">11s16s16sQQ32s32s")
NO_RECEIPT = bytes(32)


class Batch(msgspec.Struct, frozen=True):
    """A desk's statement that events `first`…`last` of its journal end in `link`.

    `receipt` is the SHA-256 of the last receipt that the desk held, or 32 zero bytes: it bounds when the
    events can have been written (threat 8).
    """

    exam: ExamId
    journal: JournalId
    first: int
    last: int
    link: bytes
    receipt: bytes = NO_RECEIPT

    def pack(self) -> bytes:
        """Return the bytes that are signed."""
        return _LAYOUT.pack(_LABEL, self.exam, self.journal, self.first, self.last, self.link, self.receipt)


class SignedBatch(msgspec.Struct, frozen=True, array_like=True):
    """A batch's bytes and the session key's Ed25519 signature over them."""

    body: bytes
    signature: bytes


def unpack_batch(body: bytes) -> Batch:
    """Read a batch's bytes.

    Raises:
        PeerFault: they are not a batch.
    """
    if len(body) != _LAYOUT.size:
        raise PeerFault(f"A batch has {len(body)} bytes instead of {_LAYOUT.size}.")
    label, exam, journal, first, last, link, receipt = _LAYOUT.unpack(body)
    if label != _LABEL or last < first:
        raise PeerFault("A batch is not in the form of EDP/1.")
    return Batch(ExamId(exam), JournalId(journal), first, last, link, receipt)


def sign_batch(batch: Batch, key: SigningKey) -> SignedBatch:
    """Sign with the journal's session key."""
    body = batch.pack()
    return SignedBatch(body, key.sign(body))


def batch_holds(signed: SignedBatch, key: VerifyKey) -> bool:
    """Tell whether the session key signed these bytes."""
    return key.verify(signed.signature, signed.body)


def receipt_hash(body: bytes | None) -> bytes:
    """Return what a batch names as its last receipt, and a receipt as the one before it."""
    return NO_RECEIPT if body is None else sha256(body).digest()
