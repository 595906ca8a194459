import hashlib
import hmac
import json

import msgspec
import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.admission.codes import StartCode
from shared.crypto.keys import SigningKey
from shared.exam import sealing
from shared.exam.sealing import (
    PIECE_BYTES,
    SealBroken,
    Sealed,
    WrongStartCode,
    check_manifest,
    open_sealed,
    seal,
    unwrap_key,
    wrap_key,
)
from shared.problems import PeerFault

EXAM = bytes(range(16))
KEY = bytes(range(32))
SIGNER = SigningKey(b"s" * 32)
VERIFY = SIGNER.public.verify
BIG = b"x" * (2 * PIECE_BYTES) + b"tail"
SEALED_BIG = seal(BIG, EXAM, KEY, SIGNER.sign)
CODE = StartCode("7K3QF9C2XM")


@given(st.binary(max_size=3000))
def test_what_was_sealed_opens_again(content):
    sealed = seal(content, EXAM, KEY, SIGNER.sign)
    assert open_sealed(sealed, EXAM, KEY, VERIFY) == content
    assert seal(content, EXAM, KEY, SIGNER.sign) == sealed


@pytest.mark.parametrize("size", [0, 1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 2 * PIECE_BYTES])
def test_sizes_around_a_piece_open_again(size):
    sealed = seal(bytes(size), EXAM, KEY, SIGNER.sign)
    assert len(sealed.pieces) == max(1, -(-size // PIECE_BYTES))
    assert open_sealed(sealed, EXAM, KEY, VERIFY) == bytes(size)


@settings(max_examples=60)
@given(st.data())
def test_any_changed_byte_is_refused(data):
    sealed = seal(b"Write a function.", EXAM, KEY, SIGNER.sign)
    part = data.draw(st.sampled_from(["manifest", "signature", "piece"]))
    old = {"manifest": sealed.manifest, "signature": sealed.signature, "piece": sealed.pieces[0]}[part]
    at, flip = data.draw(st.integers(0, len(old) - 1)), data.draw(st.integers(1, 255))
    new = old[:at] + bytes([old[at] ^ flip]) + old[at + 1 :]
    changed = Sealed(
        new if part == "manifest" else sealed.manifest,
        new if part == "signature" else sealed.signature,
        (new,) if part == "piece" else sealed.pieces,
    )
    with pytest.raises(SealBroken):
        open_sealed(changed, EXAM, KEY, VERIFY)


A, B, C = SEALED_BIG.pieces


@pytest.mark.parametrize(
    ("pieces", "sentence"),
    [
        ((A, B), "Piece 3 of 3 of the exam content is missing"),
        ((B, C), "Piece 1 of 3 of the exam content is missing"),
        ((A, C), "Piece 2 of 3 of the exam content is missing"),
        ((), "Piece 1 of 3 of the exam content is missing"),
        ((B, A, C), "Piece 2 of the exam content stands where piece 1 of 3 belongs"),
        ((A, A, C), "Piece 1 of the exam content stands where piece 2 of 3 belongs"),
        ((A, B[:-1], C), "Piece 2 of 3 of the exam content was changed"),
        ((A, B, C, C), "has 4 pieces, but only 3"),
    ],
)
def test_pieces_that_are_missing_moved_or_changed_are_named(pieces, sentence):
    with pytest.raises(SealBroken, match=sentence):
        open_sealed(Sealed(SEALED_BIG.manifest, SEALED_BIG.signature, pieces), EXAM, KEY, VERIFY)


def test_pieces_of_another_content_with_the_same_key_do_not_fit():
    other = seal(b"y" * len(BIG), EXAM, KEY, SIGNER.sign)
    with pytest.raises(SealBroken, match="Piece 2 of 3"):
        open_sealed(Sealed(SEALED_BIG.manifest, SEALED_BIG.signature, (A, other.pieces[1], C)), EXAM, KEY, VERIFY)


def test_two_contents_with_one_key_never_share_a_key_stream():
    one = seal(b"a" * 100, EXAM, KEY, SIGNER.sign).pieces[0]
    two = seal(b"b" * 100, EXAM, KEY, SIGNER.sign).pieces[0]
    mixed = bytes(x ^ y for x, y in zip(one[:100], two[:100], strict=True))
    assert mixed != bytes([ord("a") ^ ord("b")]) * 100


def test_the_sealed_bytes_are_the_documented_ones():
    content = b"z" * (PIECE_BYTES + 5)
    sealed = seal(content, EXAM, KEY, SIGNER.sign)
    check = hmac.digest(KEY, b"EDP1-SEAL\x00" + EXAM + content, "sha256")
    piece_key = HKDF(SHA256(), 32, check, b"EDP1-PIECES\x00" + EXAM).derive(KEY)
    second = AESGCM(piece_key).decrypt(
        bytes(11) + b"\x01", sealed.pieces[1], EXAM + (1).to_bytes(8, "big") + (2).to_bytes(8, "big")
    )
    assert second == b"zzzzz"
    manifest = json.loads(sealed.manifest)
    assert manifest["check"] == check.hex()
    assert manifest["pieces"] == [hashlib.sha256(piece).hexdigest() for piece in sealed.pieces]
    assert VERIFY(sealed.signature, b"EDP1-SEALED\x00" + sealed.manifest)


def test_another_key_does_not_open_it():
    with pytest.raises(SealBroken, match="does not open with this key"):
        open_sealed(SEALED_BIG, EXAM, bytes(32), VERIFY)


def test_another_exams_content_is_refused_even_with_its_signature():
    with pytest.raises(SealBroken, match="another exam"):
        open_sealed(SEALED_BIG, bytes(16), KEY, VERIFY)


def test_a_manifest_signed_by_someone_else_is_refused():
    forged = seal(BIG, EXAM, KEY, SigningKey(b"t" * 32).sign)
    with pytest.raises(SealBroken, match="not signed"):
        open_sealed(forged, EXAM, KEY, VERIFY)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"size": PIECE_BYTES * 7}, "does not fit its size"),
        ({"size": -1}, "can't be read"),
        ({"pieces": []}, "can't be read"),
        ({"pieces": ["zz"]}, "can't be read"),
        ({"format": 2}, "can't be read"),
    ],
)
def test_a_signed_manifest_that_makes_no_sense_is_refused(change, sentence):
    fields = msgspec.json.decode(SEALED_BIG.manifest) | change
    manifest = msgspec.json.encode(fields)
    with pytest.raises(SealBroken, match=sentence):
        check_manifest(manifest, SIGNER.sign(b"EDP1-SEALED\0" + manifest), EXAM, VERIFY)


def test_the_start_code_opens_the_key_and_a_wrong_one_does_not():
    wrapped = wrap_key(CODE, KEY, EXAM, b"s" * 16)
    assert KEY not in msgspec.msgpack.encode(wrapped)
    again = msgspec.msgpack.decode(msgspec.msgpack.encode(wrapped), type=sealing.WrappedKey)
    assert unwrap_key(CODE, again, EXAM) == KEY
    with pytest.raises(WrongStartCode):
        unwrap_key(StartCode("7K3QF9C2XN"), wrapped, EXAM)
    with pytest.raises(WrongStartCode):
        unwrap_key(CODE, wrapped, bytes(16))


def test_the_agreed_strength_is_what_a_wrap_carries():
    wrapped = wrap_key(CODE, KEY, EXAM, b"s" * 16)
    assert (wrapped.time_cost, wrapped.memory_kib) == (3, 64 * 1024)


@pytest.mark.parametrize(
    "change",
    [
        {"memory_kib": 2**22},
        {"time_cost": 1000},
        {"lanes": 0},
        {"nonce": b""},
        {"wrapped": b"x" * 31},
        {"salt": b""},
    ],
)
def test_a_wrap_that_asks_for_the_impossible_is_refused_before_any_work(change):
    wrapped = sealing.WrappedKey(salt=b"s" * 16, nonce=b"n" * 12, wrapped=b"w" * 48)
    with pytest.raises(PeerFault):
        unwrap_key(CODE, msgspec.structs.replace(wrapped, **change), EXAM)
