"""The codes that people type into the one field "access code"; its form and check symbol tell the kind.

    room      XXXX-XXXX-C     40 bits that commit to the hub's key and certificate; may hang on the wall
    personal  17-XXXXXC       a student's slot and 25 secret bits; both sides prove that they know them
    start     XXXX-XXXX-XXC   50 secret bits, read aloud, that unlock the exam's content offline

C is the check symbol of everything before it (`shared.admission.crockford`), so a code of one kind is never valid as
another. The room code is the first 40 bits of a 32-byte Argon2id (version 1.3, 64 MiB, 3 passes, 1 lane) over
SHA-256("EDP1 room" ‖ exam key ‖ SHA-256 of the certificate), salt = exam id.
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from argon2.low_level import Type, hash_secret_raw

from shared.admission import crockford
from shared.clock import Chance
from shared.crypto.certificate import HubIdentity
from shared.crypto.keys import VerifyKey, sha256
from shared.ids import ExamId
from shared.problems import Bug, InputProblem

MAX_SLOT: Final = 9999
ROOM_SYMBOLS: Final = 8
PERSONAL_SYMBOLS: Final = 5
START_SYMBOLS: Final = 10
_ROOM_TAG: Final = 1
_PERSONAL_TAG: Final = 9
_START_TAG: Final = 3
_ROOM_MEMORY_KIB: Final = 64 * 1024
_ROOM_PASSES: Final = 3


@dataclass(frozen=True, slots=True)
class RoomCode:
    """A commitment to a hub: no secret, and no proof of who the student is."""

    symbols: str

    def __str__(self) -> str:
        code = self.symbols + crockford.check_symbol(self.symbols, _ROOM_TAG)
        return f"{code[:4]}-{code[4:8]}-{code[8:]}"


@dataclass(frozen=True, slots=True)
class PersonalCode:
    """One student's slot (1…9999) and secret; `str` gives it as printed on the slip."""

    slot: int
    secret: str = field(repr=False)

    def __str__(self) -> str:
        return f"{self.slot}-{self.secret}{crockford.check_symbol(f'{self.slot}{self.secret}', _PERSONAL_TAG)}"


@dataclass(frozen=True, slots=True)
class StartCode:
    """The secret that unlocks the content of an exam without a network; `str` gives it as read aloud."""

    secret: str = field(repr=False)

    def __str__(self) -> str:
        code = self.secret + crockford.check_symbol(self.secret, _START_TAG)
        return f"{code[:4]}-{code[4:8]}-{code[8:]}"


AccessCode = RoomCode | PersonalCode | StartCode


def parse_code(text: str) -> AccessCode:
    """Return the code that somebody typed, forgiving about case, look-alikes, spaces and dashes.

    Raises:
        InputProblem: with a sentence that says what is missing or which symbol is doubtful.
    """
    symbols = crockford.normalize(text)
    if not symbols:
        raise InputProblem("Type the access code: the one on your slip, or the one shown in the room.")
    for reader in (_read_room, _read_start, _read_personal):
        code = reader(symbols)
        if code is not None:
            return code
    raise InputProblem(_refusal(symbols, text))


def new_personal_code(slot: int, chance: Chance) -> PersonalCode:
    """Draw a new secret for `slot` (1…9999)."""
    if not 1 <= slot <= MAX_SLOT:
        raise Bug(f"A slot is between 1 and {MAX_SLOT}, not {slot}.")
    secret = int.from_bytes(chance.bytes(8)) % 32**PERSONAL_SYMBOLS
    return PersonalCode(slot, crockford.encode(secret, PERSONAL_SYMBOLS))


def room_code(exam_key: VerifyKey, cert_hash: bytes, exam_id: ExamId) -> str:
    """Return the printed room code of a hub; takes about 0.2 s and 64 MiB, on purpose."""
    return str(RoomCode(_commitment(exam_key, cert_hash, exam_id)))


def matches_room_code(code: RoomCode, identity: HubIdentity) -> bool:
    """Tell whether the hub with this identity is the one to which the code commits; as slow as `room_code`."""
    expected = _commitment(identity.exam_key, identity.fingerprint, identity.exam_id)
    return hmac.compare_digest(expected, code.symbols)


def _commitment(exam_key: VerifyKey, cert_hash: bytes, exam_id: ExamId) -> str:
    digest = hash_secret_raw(
        secret=sha256(b"EDP1 room", exam_key.raw, cert_hash),
        salt=exam_id,
        time_cost=_ROOM_PASSES,
        memory_cost=_ROOM_MEMORY_KIB,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )
    return crockford.encode(int.from_bytes(digest[:5]), ROOM_SYMBOLS)


def _read_room(symbols: str) -> RoomCode | None:
    if len(symbols) == ROOM_SYMBOLS + 1 and crockford.is_valid(symbols, _ROOM_TAG):
        return RoomCode(symbols[:-1])
    return None


def _read_start(symbols: str) -> StartCode | None:
    if len(symbols) == START_SYMBOLS + 1 and crockford.is_valid(symbols, _START_TAG):
        return StartCode(symbols[:-1])
    return None


def _read_personal(symbols: str) -> PersonalCode | None:
    slot, secret = symbols[: -PERSONAL_SYMBOLS - 1], symbols[-PERSONAL_SYMBOLS - 1 : -1]
    if re.fullmatch(r"[0-9]{1,8}", slot) and 1 <= int(slot) <= MAX_SLOT and crockford.is_valid(symbols, _PERSONAL_TAG):
        return PersonalCode(int(slot), secret)
    return None


def _refusal(symbols: str, text: str) -> str:
    """Say what is wrong with a code that is valid as no kind."""
    wrong: dict[int, Callable[[], str]] = {
        ROOM_SYMBOLS + 1: lambda: f"This room code isn't right. {crockford.wrong_check_sentence(symbols, _ROOM_TAG)}",
        START_SYMBOLS + 1: lambda: (
            f"This start code isn't right. {crockford.wrong_check_sentence(symbols, _START_TAG)}"
        ),
    }
    slot = re.match(r"\s*([0-9OoIiLl]{1,4})[\s\-‐‑‒–—._/]+(?=\S)", text)  # noqa: RUF001
    if slot is not None:
        given = len(symbols) - len(slot[1])
        if given == PERSONAL_SYMBOLS + 1:
            hint = crockford.wrong_check_sentence(symbols, _PERSONAL_TAG)
            return f"This personal code isn't right. {hint}"
        if len(symbols) not in wrong or len(slot[1]) < len(str(MAX_SLOT)):
            return f"A personal code has {PERSONAL_SYMBOLS + 1} symbols after its number; this one has {given}."
    if len(symbols) in wrong:
        return wrong[len(symbols)]()
    return (
        f"This code has {len(symbols)} symbols. A room code has {ROOM_SYMBOLS + 1}, a start code {START_SYMBOLS + 1}, "
        f"and a personal code is a number and {PERSONAL_SYMBOLS + 1} symbols, such as 17-K3QF9C."
    )
