r"""Exam content sealed before the start: pieces, a signed manifest, and the start code that opens them offline.

    content key  = 32 random bytes per exam, released at the start
    check        = HMAC-SHA256(content key, "EDP1-SEAL\0" ‖ exam id ‖ content)
    piece key    = HKDF-SHA256(content key, salt = check, info = "EDP1-PIECES\0" ‖ exam id); one per content
    piece i of n = AES-256-GCM(piece key, nonce = i as 12 bytes, 1 MiB of content,
                               AAD = exam id ‖ i as 8 bytes ‖ n as 8 bytes)
    manifest     = one line of JSON: format, exam, size, pieces (SHA-256 of each), check
    signature    = exam key over "EDP1-SEALED\0" ‖ manifest
    wrap         = AES-256-GCM(first half of the stretched code, the content key, AAD = "EDP1-WRAP\0" ‖ exam id),
                   nonce = the first 12 bytes of HMAC-SHA256(second half, exam id ‖ content key)
    stretched    = 64 bytes of Argon2id(the code's 10 symbols, salt = SHA-256("EDP1-START-CODE\0" ‖ exam id ‖ salt))
    code, salt   = 8 and 16 bytes of HKDF-SHA256(content key, salt = exam id, info = "EDP1-START\0"); the code is the
                   first 8 modulo 32^10

Numbers are big-endian. Pieces are compared with the manifest before the key is known, so a desk can say before the exam
whether it has all of them.
"""

import hashlib
import hmac
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from msgspec import Meta

from shared.admission import crockford
from shared.admission.codes import START_SYMBOLS, StartCode
from shared.exam.content import MAX_CONTENT_BYTES
from shared.problems import InputProblem, PeerFault

PIECE_BYTES = 1024 * 1024
KEY_BYTES = 32
EXAM_ID_BYTES = 16
SALT_BYTES = 16
TAG_BYTES = 16
MAX_PIECES = MAX_CONTENT_BYTES // PIECE_BYTES + 1

Sign = Callable[[bytes], bytes]
Verify = Callable[[bytes, bytes], bool]
"""(signature, message) -> whether it holds."""
Hex32 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam key signs about sealed content."""

    format: Literal[1]
    exam: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    size: Annotated[int, Meta(ge=0, le=MAX_CONTENT_BYTES)]
    pieces: Annotated[tuple[Hex32, ...], Meta(min_length=1, max_length=MAX_PIECES)]
    check: Hex32


class Sealed(msgspec.Struct, frozen=True):
    """Sealed content: the manifest's bytes as signed, the signature and the pieces in order."""

    manifest: bytes
    signature: bytes
    pieces: tuple[bytes, ...]


class WrappedKey(msgspec.Struct, frozen=True, kw_only=True):
    """The content key, wrapped with a start code: safe to give away before the start."""

    salt: bytes
    nonce: bytes
    wrapped: bytes
    time_cost: Annotated[int, Meta(ge=1, le=10)] = 3
    memory_kib: Annotated[int, Meta(ge=8, le=262_144)] = 65_536
    lanes: Annotated[int, Meta(ge=1, le=8)] = 1


class SealBroken(PeerFault):
    """Sealed content is not what the exam key signed; nothing of it was used."""


class WrongStartCode(InputProblem):
    """The start code does not open this exam; it can be typed again."""


def seal(content: bytes, exam_id: bytes, key: bytes, sign: Sign) -> Sealed:
    """Seal content for one exam; the same content and key give the same bytes."""
    _check_sizes(exam_id, key)
    if len(content) > MAX_CONTENT_BYTES:
        raise InputProblem(f"The exam content has {len(content)} bytes; at most {MAX_CONTENT_BYTES} can be sealed.")
    check = _check_value(content, exam_id, key)
    cipher = AESGCM(_piece_key(key, check, exam_id))
    total = max(1, -(-len(content) // PIECE_BYTES))
    pieces = tuple(
        cipher.encrypt(_nonce(at), content[at * PIECE_BYTES : (at + 1) * PIECE_BYTES], _aad(exam_id, at, total))
        for at in range(total)
    )
    manifest = msgspec.json.encode(
        Manifest(
            format=1,
            exam=exam_id.hex(),
            size=len(content),
            pieces=tuple(hashlib.sha256(piece).hexdigest() for piece in pieces),
            check=check.hex(),
        )
    )
    return Sealed(manifest, sign(_signed(manifest)), pieces)


def check_manifest(manifest: bytes, signature: bytes, exam_id: bytes, verify: Verify) -> Manifest:
    """The manifest, once it is known to be the exam's.

    Checks: V1 signature, V2 shape, V3 exam, V4 number of pieces.

    Raises:
        SealBroken: a check does not hold.
    """
    if not verify(signature, _signed(manifest)):
        raise SealBroken("The exam content's list of pieces is not signed by this exam's key. Fetch it again.")  # V1
    try:
        read = msgspec.json.decode(manifest, type=Manifest)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise SealBroken(f"The exam content's list of pieces can't be read: {problem}.") from problem  # V2
    if read.exam != exam_id.hex():
        raise SealBroken("This sealed content belongs to another exam.")  # V3
    if len(read.pieces) != max(1, -(-read.size // PIECE_BYTES)):
        raise SealBroken("The exam content's list of pieces does not fit its size.")  # V4
    return read


def check_pieces(manifest: Manifest, pieces: tuple[bytes, ...]) -> None:
    """Whether all pieces are there, unchanged and in order; works before the key is known.

    Raises:
        SealBroken: names the first piece that is missing, too many, in another's place or changed.
    """
    total = len(manifest.pieces)
    found = [hashlib.sha256(piece).hexdigest() for piece in pieces]
    for at, wanted in enumerate(manifest.pieces):
        if at < len(found) and found[at] == wanted:
            continue
        if at >= len(found) or (len(found) < total and found[at] in manifest.pieces[at + 1 :]):
            raise SealBroken(f"Piece {at + 1} of {total} of the exam content is missing. Fetch it again.")
        if found[at] in manifest.pieces:
            other = manifest.pieces.index(found[at]) + 1
            raise SealBroken(f"Piece {other} of the exam content stands where piece {at + 1} of {total} belongs.")
        raise SealBroken(f"Piece {at + 1} of {total} of the exam content was changed. Fetch it again.")
    if len(found) > total:
        raise SealBroken(f"The exam content has {len(found)} pieces, but only {total} belong to it.")


def open_sealed(sealed: Sealed, exam_id: bytes, key: bytes, verify: Verify) -> bytes:
    """The content, after every check of `check_manifest` and `check_pieces`, and that the key is the right one.

    Raises:
        SealBroken: something was changed, is missing or stands in the wrong place; it is named.
    """
    _check_sizes(exam_id, key)
    manifest = check_manifest(sealed.manifest, sealed.signature, exam_id, verify)
    check_pieces(manifest, sealed.pieces)
    check = bytes.fromhex(manifest.check)
    cipher = AESGCM(_piece_key(key, check, exam_id))
    opened = []
    total = len(sealed.pieces)
    for at, piece in enumerate(sealed.pieces):
        try:
            opened.append(cipher.decrypt(_nonce(at), piece, _aad(exam_id, at, total)))
        except InvalidTag:
            raise SealBroken(f"Piece {at + 1} of {total} does not open with this key: it is not this exam's.") from None
    content = b"".join(opened)
    if len(content) != manifest.size or not hmac.compare_digest(_check_value(content, exam_id, key), check):
        raise SealBroken("The opened exam content is not the one that was sealed.")
    return content


def wrap_key(code: StartCode, key: bytes, exam_id: bytes, salt: bytes) -> WrappedKey:
    """Wrap the content key with a start code; `salt` is 16 fresh random bytes."""
    _check_sizes(exam_id, key)
    if len(salt) != SALT_BYTES:
        raise ValueError(f"a salt has {SALT_BYTES} bytes, not {len(salt)}")
    outline = WrappedKey(salt=salt, nonce=b"", wrapped=b"")
    secret = _stretch(code, outline, exam_id)
    nonce = hmac.digest(secret[KEY_BYTES:], exam_id + key, "sha256")[:12]
    wrapped = AESGCM(secret[:KEY_BYTES]).encrypt(nonce, key, _wrap_aad(exam_id))
    return msgspec.structs.replace(outline, nonce=nonce, wrapped=wrapped)


def start_code_of(key: bytes, exam_id: bytes) -> tuple[StartCode, bytes]:
    """The start code of an exam, and the salt to wrap its key with.

    Both follow from the content key by HKDF, so that nothing more has to be kept or carried to another laptop, and an
    exam has one start code for ever: what was wrapped once and given away opens by it.
    """
    _check_sizes(exam_id, key)
    drawn = HKDF(algorithm=SHA256(), length=8 + SALT_BYTES, salt=exam_id, info=b"EDP1-START\0").derive(key)
    secret = crockford.encode(int.from_bytes(drawn[:8]) % 32**START_SYMBOLS, START_SYMBOLS)
    return StartCode(secret), drawn[8:]


def unwrap_key(code: StartCode, wrapped: WrappedKey, exam_id: bytes) -> bytes:
    """The content key that this start code opens; takes a tenth of a second or more on purpose.

    Raises:
        WrongStartCode: the code is not this exam's.
        PeerFault: the wrapped key is damaged.
    """
    _check_wrap(wrapped)
    secret = _stretch(code, wrapped, exam_id)
    try:
        return AESGCM(secret[:KEY_BYTES]).decrypt(wrapped.nonce, wrapped.wrapped, _wrap_aad(exam_id))
    except InvalidTag:
        raise WrongStartCode(
            "This start code does not open the exam. Compare it symbol by symbol with what was read out."
        ) from None


def _check_wrap(wrapped: WrappedKey) -> None:
    """Refuse a wrap from elsewhere that would take all memory or is no wrap at all."""
    try:
        msgspec.convert(msgspec.to_builtins(wrapped), WrappedKey)
    except msgspec.ValidationError as problem:
        raise PeerFault(f"The exam's wrapped key asks for something impossible: {problem}.") from problem
    sizes = (len(wrapped.salt), len(wrapped.nonce), len(wrapped.wrapped))
    if sizes != (SALT_BYTES, 12, KEY_BYTES + TAG_BYTES):
        raise PeerFault("The exam's wrapped key is damaged. Fetch the exam again.")


def _stretch(code: StartCode, how: WrappedKey, exam_id: bytes) -> bytes:
    return hash_secret_raw(
        secret=code.secret.encode(),
        salt=hashlib.sha256(b"EDP1-START-CODE\0" + exam_id + how.salt).digest(),
        time_cost=how.time_cost,
        memory_cost=how.memory_kib,
        parallelism=how.lanes,
        hash_len=2 * KEY_BYTES,
        type=Type.ID,
    )


def _check_sizes(exam_id: bytes, key: bytes) -> None:
    if len(exam_id) != EXAM_ID_BYTES or len(key) != KEY_BYTES:
        raise ValueError(f"an exam id has {EXAM_ID_BYTES} bytes and a content key {KEY_BYTES}")


def _signed(manifest: bytes) -> bytes:
    return b"EDP1-SEALED\0" + manifest


def digest_of(exam_id: bytes, key: bytes) -> hmac.HMAC:
    """The keyed digest that a manifest has of its content; `update` it with the content, in pieces or whole."""
    return hmac.new(key, b"EDP1-SEAL\0" + exam_id, "sha256")


def _check_value(content: bytes, exam_id: bytes, key: bytes) -> bytes:
    keyed = digest_of(exam_id, key)
    keyed.update(content)
    return keyed.digest()


def _piece_key(key: bytes, check: bytes, exam_id: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=check, info=b"EDP1-PIECES\0" + exam_id).derive(key)


def _nonce(at: int) -> bytes:
    return at.to_bytes(12, "big")


def _aad(exam_id: bytes, at: int, total: int) -> bytes:
    return exam_id + at.to_bytes(8, "big") + total.to_bytes(8, "big")


def _wrap_aad(exam_id: bytes) -> bytes:
    return b"EDP1-WRAP\0" + exam_id
