"""Ed25519 keys and SHA-256, typed so that a key is never mistaken for a digest or a message."""

import hashlib
from dataclasses import dataclass, field
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from shared.clock import Chance
from shared.problems import PeerFault

KEY_BYTES: Final = 32
SIGNATURE_BYTES: Final = 64
DIGEST_BYTES: Final = 32
KEY_ID_BYTES: Final = 8

# The y coordinates of the curve's points of order 1, 2, 4 and 8, and the two of them that also fit unreduced.
# Under such a key one signature holds for many messages, so whoever presents one could deny what was signed.
_SMALL_ORDER_Y: Final = frozenset(
    bytes.fromhex(text)
    for text in (
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
        "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    )
)


class BadKey(PeerFault):
    """The key that came with this isn't one that ExamDesk can rely on; nothing was accepted."""


class BadSignature(PeerFault):
    """This isn't signed by the key that it should be signed with; it was refused and kept as evidence."""


def sha256(*parts: bytes) -> bytes:
    """Return the SHA-256 digest (32 bytes) of the parts joined; callers fix the parts' lengths or order."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.digest()


@dataclass(frozen=True, slots=True)
class VerifyKey:
    """A public Ed25519 key of 32 bytes; raises `BadKey` for another length or a point of small order."""

    raw: bytes
    _key: Ed25519PublicKey = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != KEY_BYTES:
            raise BadKey(f"A public key must have {KEY_BYTES} bytes, but this one has {len(self.raw)}.")
        if self.raw[:31] + bytes([self.raw[31] & 0x7F]) in _SMALL_ORDER_Y:
            raise BadKey("This public key is a degenerate one under which signatures prove nothing; it was refused.")
        object.__setattr__(self, "_key", Ed25519PublicKey.from_public_bytes(self.raw))

    @property
    def key_id(self) -> str:
        """The short name of the key: the first 8 bytes of its SHA-256 in hexadecimal."""
        return sha256(self.raw)[:KEY_ID_BYTES].hex()

    def to_bytes(self) -> bytes:
        """Return the 32 bytes of the key."""
        return self.raw

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether `signature` (64 bytes) over exactly `message` was made with this key."""
        try:
            self._key.verify(signature, message)
        except InvalidSignature:
            return False
        return True

    def check(self, signature: bytes, message: bytes, what: str = "This message") -> None:
        """Raise `BadSignature`, naming `what`, unless `verify` holds."""
        if not self.verify(signature, message):
            raise BadSignature(f"{what} isn't signed by key {self.key_id}; it was refused and kept as evidence.")


class SigningKey:
    """A private Ed25519 key; never printed, compared only by its public half."""

    __slots__ = ("_key", "_public", "_seed")

    def __init__(self, seed: bytes) -> None:
        if len(seed) != KEY_BYTES:
            raise BadKey(f"A private key must have {KEY_BYTES} bytes, but this one has {len(seed)}.")
        self._seed = seed
        self._key = Ed25519PrivateKey.from_private_bytes(seed)
        self._public = VerifyKey(self._key.public_key().public_bytes_raw())

    @classmethod
    def generate(cls, chance: Chance) -> "SigningKey":
        """Make a new key from 32 bytes of `chance`."""
        return cls(chance.bytes(KEY_BYTES))

    @classmethod
    def from_bytes(cls, seed: bytes) -> "SigningKey":
        """Load the key that `to_bytes` gave; raises `BadKey` unless there are 32 bytes."""
        return cls(seed)

    @property
    def public(self) -> VerifyKey:
        """The key that verifies what this one signs."""
        return self._public

    def to_bytes(self) -> bytes:
        """Return the 32 secret bytes (the seed of RFC 8032)."""
        return self._seed

    def sign(self, message: bytes) -> bytes:
        """Return the signature (64 bytes) over `message`."""
        return self._key.sign(message)

    def __repr__(self) -> str:
        return f"SigningKey(public={self._public.key_id})"
