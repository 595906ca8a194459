"""What the hub signs after the commit: a journal is durable up to an event (L-5)."""

import struct

import msgspec

from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId, JournalId
from shared.problems import PeerFault

_LABEL = b"EDP1-RCPT\0"
_LAYOUT = struct.Struct(">10s16s16sQ32sQQ32s")


class Receipt(msgspec.Struct, frozen=True):
    """The hub's statement that events 0…`last` of a journal, ending in `link`, are on its disk.

    `hub_ms` is the hub's wall clock, `number` counts all receipts of the exam, `previous` is the SHA-256 of the
    receipt before it (32 zero bytes for the first), so that receipts can't be exchanged afterwards.
    """

    exam: ExamId
    journal: JournalId
    last: int
    link: bytes
    hub_ms: int
    number: int
    previous: bytes

    def pack(self) -> bytes:
        """Return the bytes that are signed."""
        return _LAYOUT.pack(
            _LABEL, self.exam, self.journal, self.last, self.link, self.hub_ms, self.number, self.previous
        )


class SignedReceipt(msgspec.Struct, frozen=True, array_like=True):
    """A receipt's bytes and the exam key's Ed25519 signature over them."""

    body: bytes
    signature: bytes


def unpack_receipt(body: bytes) -> Receipt:
    """Read a receipt's bytes.

    Raises:
        PeerFault: they are not a receipt.
    """
    if len(body) != _LAYOUT.size:
        raise PeerFault(f"A receipt has {len(body)} bytes instead of {_LAYOUT.size}.")
    label, exam, journal, last, link, hub_ms, number, previous = _LAYOUT.unpack(body)
    if label != _LABEL:
        raise PeerFault("A receipt is not in the form of EDP/1.")
    return Receipt(ExamId(exam), JournalId(journal), last, link, hub_ms, number, previous)


def sign_receipt(receipt: Receipt, key: SigningKey) -> SignedReceipt:
    """Sign with the exam key."""
    body = receipt.pack()
    return SignedReceipt(body, key.sign(body))


def receipt_holds(signed: SignedReceipt, key: VerifyKey) -> bool:
    """Tell whether the exam key signed these bytes."""
    return key.verify(signed.signature, signed.body)
