r"""Boxes that only the holder of the exam's box key can open, for bundles that travel on a stick.

    box = "EDP1-BOX\0" ‖ ephemeral X25519 key (32) ‖ AES-256-GCM(plaintext) with tag
    key = HKDF-SHA256(X25519(ephemeral, exam), salt = ephemeral key ‖ exam box key, info = "EDP1-BOX\0" ‖ context)

Each key is used once, so the nonce is twelve zero bytes. The context says what the box is for (exam, session);
a box opened with another context is refused.
"""

from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from shared.clock import Chance
from shared.crypto.keys import KEY_BYTES, BadKey
from shared.problems import PeerFault

_MAGIC: Final = b"EDP1-BOX\0"
_TAG_BYTES: Final = 16
_NONCE: Final = bytes(12)
OVERHEAD: Final = len(_MAGIC) + KEY_BYTES + _TAG_BYTES


class NotABox(PeerFault):
    """B1: this file isn't a sealed box of ExamDesk, or its beginning is damaged; nothing was imported."""


class BoxForAnother(PeerFault):
    """B2: this box is sealed for another exam or purpose, or it is damaged; nothing was imported."""


@dataclass(frozen=True, slots=True)
class BoxPublicKey:
    """The X25519 key (32 bytes) to which anyone may seal."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise BadKey(f"A box key must have {KEY_BYTES} bytes, but this one has {len(self.raw)}.")


class BoxPrivateKey:
    """The X25519 key that opens boxes; never printed."""

    __slots__ = ("_public", "_secret")

    def __init__(self, secret: bytes) -> None:
        if len(secret) != KEY_BYTES:
            raise BadKey(f"A box key must have {KEY_BYTES} bytes, but this one has {len(secret)}.")
        self._secret = secret
        self._public = BoxPublicKey(X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw())

    @classmethod
    def generate(cls, chance: Chance) -> "BoxPrivateKey":
        """Make a new key from 32 bytes of `chance`."""
        return cls(chance.bytes(KEY_BYTES))

    @property
    def public(self) -> BoxPublicKey:
        """The key to which boxes for this one are sealed."""
        return self._public

    def to_bytes(self) -> bytes:
        """Return the 32 secret bytes."""
        return self._secret

    def __repr__(self) -> str:
        return f"BoxPrivateKey(public={self._public.raw.hex()})"


def seal_to(public: BoxPublicKey, plaintext: bytes, context: bytes, chance: Chance) -> bytes:
    """Return a box (`OVERHEAD` bytes longer than `plaintext`) for the holder of `public`'s private half.

    Raises:
        BadKey: `public` is a degenerate key to which nothing can be sealed safely.
    """
    ephemeral = BoxPrivateKey.generate(chance)
    try:
        key = _derive(ephemeral, public, ephemeral.public, public, context)
    except ValueError as error:
        raise BadKey("This box key is a degenerate one; nothing was sealed to it.") from error
    return _MAGIC + ephemeral.public.raw + AESGCM(key).encrypt(_NONCE, plaintext, context)


def open_box(private: BoxPrivateKey, box: bytes, context: bytes) -> bytes:
    """Return what was sealed.

    Checks, each with its own error:
        B1 the bytes begin like a box and are long enough (`NotABox`);
        B2 the box was sealed to this key, for this context, and nothing in it changed (`BoxForAnother`).
    """
    # B1
    if len(box) < OVERHEAD or not box.startswith(_MAGIC):
        raise NotABox("B1: this isn't a sealed file of ExamDesk, or its beginning is damaged; nothing was imported.")
    # B2
    body = len(_MAGIC) + KEY_BYTES
    ephemeral = BoxPublicKey(box[len(_MAGIC) : body])
    try:
        key = _derive(private, ephemeral, ephemeral, private.public, context)
        return AESGCM(key).decrypt(_NONCE, box[body:], context)
    except (InvalidTag, ValueError) as error:
        raise BoxForAnother(
            "B2: this file is sealed for another exam or purpose, or it is damaged; nothing was imported."
        ) from error


def _derive(
    mine: BoxPrivateKey, theirs: BoxPublicKey, ephemeral: BoxPublicKey, recipient: BoxPublicKey, context: bytes
) -> bytes:
    """Return the AES key; ValueError when `theirs` is a point of small order."""
    agreed = X25519PrivateKey.from_private_bytes(mine.to_bytes()).exchange(
        X25519PublicKey.from_public_bytes(theirs.raw)
    )
    return HKDF(SHA256(), KEY_BYTES, salt=ephemeral.raw + recipient.raw, info=_MAGIC + context).derive(agreed)
