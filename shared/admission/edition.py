"""An edition of an exam's content: the exam key's word on which sealed content follows which, and with what number.

What was sealed first has no document and counts as edition 0. Each later one is signed (DSSE), numbered and names the
hash of the one before, so that a record that carries it proves which text its student saw from then on.
"""

from hashlib import sha256
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from shared.crypto.dsse import open_envelope, seal
from shared.crypto.keys import SigningKey, VerifyKey
from shared.ids import ExamId
from shared.problems import PeerFault

PAYLOAD_TYPE: Final = "application/vnd.examdesk.edition+json"
MAX_ENVELOPE_BYTES: Final = 32 * 1024
MAX_EDITION: Final = 1_000_000
Hex32 = Annotated[str, Meta(pattern=r"\A[0-9a-f]{64}\Z")]


class NotAnEdition(PeerFault):
    """E1: this signed document is not an edition of this exam's content; it was refused."""


class Edition(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam key signs about a further content.

    Attributes:
        exam: the exam's id, hexadecimal.
        number: counts from 1; the first content is 0.
        issued_ms: when, by the hub's clock.
        former: SHA-256 of the manifest of the content before.
        content: SHA-256 of the manifest of this content.
        prompts: by question, the newest notice at the time when an edition last changed its text: corrections up to
            that number are in it.
    """

    format: Literal[1] = 1
    exam: Annotated[str, Meta(pattern=r"\A[0-9a-f]{32}\Z")]
    number: Annotated[int, Meta(ge=1, le=MAX_EDITION)]
    issued_ms: Annotated[int, Meta(ge=0, le=1 << 45)]
    former: Hex32
    content: Hex32
    prompts: Annotated[dict[str, Annotated[int, Meta(ge=0, le=1 << 31)]], Meta(max_length=500)] = {}


def content_hash(manifest: bytes) -> str:
    """The hash under which editions name a sealed content: SHA-256 of its manifest, hexadecimal."""
    return sha256(manifest).hexdigest()


def sign_edition(edition: Edition, key: SigningKey) -> bytes:
    """The signed envelope."""
    return seal(PAYLOAD_TYPE, msgspec.json.encode(edition), key)


def read_edition(envelope: bytes, key: VerifyKey, exam: ExamId) -> Edition:
    """Open an envelope.

    Raises:
        PeerFault: the exam's key did not sign it, or it is no edition of this exam.
    """
    if len(envelope) > MAX_ENVELOPE_BYTES:
        raise NotAnEdition("E1: an edition of the exam is larger than one can be; it was refused.")
    try:
        read = msgspec.json.decode(open_envelope(envelope, PAYLOAD_TYPE, [key]), type=Edition)
    except msgspec.DecodeError as problem:
        raise NotAnEdition(f"E1: an edition of the exam can't be read ({problem}); it was refused.") from problem
    if read.exam != exam.hex():
        raise NotAnEdition("E1: this edition belongs to another exam; it was refused.")
    return read
