r"""The proof by personal code: SPAKE2, bound to the exam, the slot, the try and the hub's certificate.

The desk begins, and it also confirms first, so that whoever guesses at a hub learns nothing without a failure that the
hub counts, and whoever plays the hub gets one guess per try and no more:

    desk → hub   slot (plain), X                     X, Y: 33 bytes each
    hub  → desk  Y
    desk → hub   HMAC-SHA256(K, "EDP1-PAKE desk\0" ‖ transcript)      32 bytes
    hub  → desk  HMAC-SHA256(K, "EDP1-PAKE hub\0" ‖ transcript)       32 bytes

    idA = "EDP1-PAKE\0" ‖ exam16 ‖ slot4 ‖ nonce16    idB = SHA-256(certificate DER), as each side sees it
    transcript = SHA-256(idA ‖ idB ‖ X ‖ Y)           nonce: chosen by the hub for this connection

Neither end uses a socket; the hub runs its end in a process pool (about 8 ms, not constant-time) on a fixed time grid.
"""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from spake2.ed25519_basic import NotOnCurve
from spake2.spake2 import SPAKE2_A, SPAKE2_B, SPAKEError

from shared.admission.codes import PersonalCode
from shared.clock import Chance
from shared.crypto.keys import DIGEST_BYTES, sha256
from shared.ids import ID_BYTES, ExamId
from shared.problems import Bug, PeerFault

MESSAGE_BYTES: Final = 33
NONCE_BYTES: Final = 16
_DESK_LABEL: Final = b"EDP1-PAKE desk\0"
_HUB_LABEL: Final = b"EDP1-PAKE hub\0"


class _Spake(Protocol):
    def start(self) -> bytes: ...

    def finish(self, message: bytes, /) -> bytes: ...


_DESK_SIDE: Final[Callable[..., _Spake]] = SPAKE2_A
_HUB_SIDE: Final[Callable[..., _Spake]] = SPAKE2_B


class MalformedProof(PeerFault):
    """P1: the other side sent something that can't be part of the proof; nothing was revealed to it."""


class DeskNotProven(PeerFault):
    """P2: the personal code isn't the right one for this slot."""


class HubNotProven(PeerFault):
    """P3: this code doesn't belong to the computer at this address; nothing was revealed to it.

    Either a symbol of the code is wrong, or this isn't your instructor's computer. Compare the code with your
    slip, and call the proctor if it is right.
    """


@dataclass(frozen=True, slots=True)
class ProofContext:
    """What both ends must agree on: the exam, this try's nonce, and the certificate as this end sees it."""

    exam_id: ExamId
    nonce: bytes
    certificate_hash: bytes

    def __post_init__(self) -> None:
        sizes = (len(self.exam_id), len(self.nonce), len(self.certificate_hash))
        if sizes != (ID_BYTES, NONCE_BYTES, DIGEST_BYTES):
            raise MalformedProof("P1: the proof's exam, nonce or certificate hash has a wrong length.")

    def desk_identity(self, slot: int) -> bytes:
        """Return idA."""
        return b"EDP1-PAKE\0" + self.exam_id + slot.to_bytes(4) + self.nonce


class DeskProof:
    """The desk's end: `hello`, then `confirm(hub's message)`, then `finish(hub's confirmation)`; one try."""

    def __init__(self, code: PersonalCode, context: ProofContext, chance: Chance) -> None:
        self._identity = context.desk_identity(code.slot)
        self._certificate = context.certificate_hash
        self._spake = _DESK_SIDE(
            code.secret.encode(), idA=self._identity, idB=self._certificate, entropy_f=chance.bytes
        )
        self._hello = self._spake.start()
        self._expected: bytes | None = None

    @property
    def hello(self) -> bytes:
        """The message (33 bytes) with which the desk begins."""
        return self._hello

    def confirm(self, hub_message: bytes) -> bytes:
        """Return the desk's confirmation (32 bytes); raises `MalformedProof` (P1)."""
        if self._expected is not None:
            raise Bug("A proof answers one message only.")
        key = _finish(self._spake, hub_message)
        transcript = sha256(self._identity, self._certificate, self._hello, hub_message)
        self._expected = hmac.digest(key, _HUB_LABEL + transcript, "sha256")
        return hmac.digest(key, _DESK_LABEL + transcript, "sha256")

    def finish(self, hub_confirmation: bytes) -> None:
        """Return when the hub has proven that it knows the code and holds the certificate.

        Raises:
            HubNotProven: P3.
        """
        if self._expected is None:
            raise Bug("A hub is checked after the desk has confirmed.")
        if not hmac.compare_digest(self._expected, hub_confirmation):
            raise HubNotProven(
                "P3: this code doesn't belong to the computer at this address, and nothing was revealed to it. "
                "Compare the code with your slip; if it is right, call the proctor."
            )


class HubProof:
    """The hub's end: `answer(desk's hello)`, then `check(desk's confirmation)`; one try.

    For a slot that doesn't exist the hub runs it with a freshly drawn code, so that slots can't be told apart.
    """

    def __init__(self, code: PersonalCode, context: ProofContext, chance: Chance) -> None:
        self._identity = context.desk_identity(code.slot)
        self._certificate = context.certificate_hash
        self._spake = _HUB_SIDE(code.secret.encode(), self._identity, self._certificate, entropy_f=chance.bytes)
        self._expected: bytes | None = None
        self._confirmation = b""

    def answer(self, desk_hello: bytes) -> bytes:
        """Return the hub's message (33 bytes); raises `MalformedProof` (P1)."""
        if self._expected is not None:
            raise Bug("A proof answers one message only.")
        message = self._spake.start()
        key = _finish(self._spake, desk_hello)
        transcript = sha256(self._identity, self._certificate, desk_hello, message)
        self._expected = hmac.digest(key, _DESK_LABEL + transcript, "sha256")
        self._confirmation = hmac.digest(key, _HUB_LABEL + transcript, "sha256")
        return message

    def check(self, desk_confirmation: bytes) -> bytes:
        """Return the hub's confirmation (32 bytes) once the desk has proven that it knows the code.

        Raises:
            DeskNotProven: P2; the caller counts a failure for the slot and answers with no more than that.
        """
        if self._expected is None:
            raise Bug("A desk is checked after the hub has answered.")
        if not hmac.compare_digest(self._expected, desk_confirmation):
            raise DeskNotProven(
                "P2: this personal code isn't right. Compare it with the slip; "
                "after a few tries the proctor can let you in without it."
            )
        return self._confirmation


def _finish(spake: _Spake, message: bytes) -> bytes:
    """Return the shared key; P1 for anything that isn't a point of the group sent by the other side."""
    if len(message) != MESSAGE_BYTES:
        raise MalformedProof("P1: the other computer's part of the proof has a wrong length; nothing was revealed.")
    try:
        return spake.finish(message)
    except (SPAKEError, NotOnCurve, ValueError, AssertionError) as error:
        raise MalformedProof("P1: the other computer's part of the proof is malformed; it learned nothing.") from error
