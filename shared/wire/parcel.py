r"""Parcels: the staff's records on their way from a hub to desks, which keep them and can't read them (K clauses).

    parcel = body ‖ Ed25519 signature over the body, by the exam's key (64 bytes)
    body   = head ‖ AES-256-GCM(content), nonce = the last 12 bytes of the head, head authenticated
    head   = "EDP1-PARCEL\0" ‖ exam16 ‖ generation2 ‖ hub8 ‖ line8 ‖ number4 ‖ base4 ‖ at_ms8 ‖ previous32 ‖ nonce12
    key    = HKDF-SHA256(seed of the exam's Ed25519 key, salt = exam16, info = "EDP1-PARCEL-KEY\0")

A *line* is what one hub gives out from one start to the next. It begins with `base` parcels that together say
everything; each one after them says what changed. `generation` counts how often the exam was taken over, `previous` is
SHA-256 of the parcel before in the line, 32 zero bytes for the first. Integers are big-endian and unsigned.
"""

import struct
from typing import Final

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.crypto.keys import SIGNATURE_BYTES, SigningKey, VerifyKey, sha256
from shared.ids import ExamId
from shared.problems import PeerFault

MAGIC: Final = b"EDP1-PARCEL\0"
MAX_PARCEL_BYTES: Final = 128 * 1024
HUB_BYTES: Final = 8
FIRST: Final = bytes(32)
_HEAD: Final = struct.Struct(">12s16sH8sQIIQ32s12s")
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_KEY_INFO: Final = b"EDP1-PARCEL-KEY\0"


class BadParcel(PeerFault):
    """This is no parcel of this exam's hub, or it is damaged; it was refused and nothing was changed."""


class ParcelId(msgspec.Struct, frozen=True, array_like=True, order=True):
    """Which parcel: in this order a later one says more than an earlier one."""

    generation: int
    line: int
    hub: bytes
    number: int

    @property
    def of_line(self) -> tuple[int, int, bytes]:
        """Which line it belongs to, in the order of lines."""
        return self.generation, self.line, self.hub


class ParcelHead(msgspec.Struct, frozen=True, kw_only=True):
    """What stands on a parcel; `at_ms` is when it was made, by its hub's clock."""

    exam: ExamId
    id: ParcelId
    base: int
    at_ms: int
    previous: bytes
    nonce: bytes


def seal_parcel(head: ParcelHead, content: bytes, key: SigningKey) -> bytes:
    """Return the parcel's bytes."""
    packed = _HEAD.pack(
        MAGIC,
        head.exam,
        head.id.generation,
        head.id.hub,
        head.id.line,
        head.id.number,
        head.base,
        head.at_ms,
        head.previous,
        head.nonce,
    )
    body = packed + AESGCM(_key(head.exam, key)).encrypt(head.nonce, content, packed)
    return body + key.sign(body)


def read_parcel(parcel: bytes, exam: ExamId, key: VerifyKey) -> ParcelHead:
    """Return what stands on a parcel, once its signature holds.

    Raises:
        BadParcel: it is none, it is of another exam, or the exam's key did not sign it as it is.
    """
    least = _HEAD.size + _TAG_BYTES + SIGNATURE_BYTES
    if not least <= len(parcel) <= MAX_PARCEL_BYTES or not parcel.startswith(MAGIC):
        raise BadParcel("This is no parcel of staff records; it was refused.")
    if not key.verify(parcel[-SIGNATURE_BYTES:], parcel[:-SIGNATURE_BYTES]):
        raise BadParcel("A parcel of staff records isn't signed by this exam's key; it was refused.")
    _, of, generation, hub, line, number, base, at_ms, previous, nonce = _HEAD.unpack_from(parcel)
    if of != exam:
        raise BadParcel("A parcel of staff records belongs to another exam; it was refused.")
    where = ParcelId(generation, line, hub, number)
    return ParcelHead(exam=ExamId(of), id=where, base=base, at_ms=at_ms, previous=previous, nonce=nonce)


def open_parcel(parcel: bytes, exam: ExamId, key: SigningKey) -> tuple[ParcelHead, bytes]:
    """Return head and content; only who has the exam's private key can.

    Raises:
        BadParcel: see `read_parcel`; or its content is damaged.
    """
    head = read_parcel(parcel, exam, key.public)
    packed, sealed = parcel[: _HEAD.size], parcel[_HEAD.size : -SIGNATURE_BYTES]
    try:
        return head, AESGCM(_key(exam, key)).decrypt(head.nonce, sealed, packed)
    except InvalidTag as error:
        raise BadParcel("A parcel of staff records is damaged inside; it was refused.") from error


def parcel_hash(parcel: bytes) -> bytes:
    """Return what the next parcel of the line names as `previous`."""
    return sha256(parcel)


def _key(exam: ExamId, key: SigningKey) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=exam, info=_KEY_INFO).derive(key.to_bytes())
