import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import SystemChance
from shared.crypto.keys import BadKey, BadSignature, SigningKey, VerifyKey, sha256

KEY = SigningKey.from_bytes(bytes(range(32)))


@given(st.binary(max_size=300))
def test_what_a_key_signs_its_public_half_verifies(message):
    assert KEY.public.verify(KEY.sign(message), message)


@given(st.binary(min_size=1, max_size=60), st.data())
def test_any_changed_bit_in_message_or_signature_is_refused(message, data):
    signature = KEY.sign(message)
    blob = bytearray(signature + message)
    bit = data.draw(st.integers(0, len(blob) * 8 - 1))
    blob[bit // 8] ^= 1 << (bit % 8)
    assert not KEY.public.verify(bytes(blob[:64]), bytes(blob[64:]))


def test_a_key_survives_being_written_and_read():
    key = SigningKey.generate(SystemChance())
    assert SigningKey.from_bytes(key.to_bytes()).public == key.public
    assert VerifyKey(key.public.to_bytes()) == key.public


def test_rfc_8032_vector_one_is_reproduced():
    key = SigningKey(bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"))
    assert key.public.raw.hex() == "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e0652249015")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_is_refused_with_a_sentence(length):
    with pytest.raises(BadKey, match="32 bytes"):
        VerifyKey(bytes(length))
    with pytest.raises(BadKey, match="32 bytes"):
        SigningKey(bytes(length))


def _small_order_encodings():
    """Every encoding, computed from the curve, of a point whose order divides 8."""
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p
    root = pow(2, (p - 1) // 4, p)

    def x_of(y):
        square = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        x = pow(square, (p + 3) // 8, p)
        for candidate in (x, x * root % p):
            if candidate * candidate % p == square:
                return candidate
        return None

    def times_two(point):
        x, y = point
        k = d * x * x * y * y % p
        return (2 * x * y * pow(1 + k, -1, p) % p, (y * y + x * x) * pow(1 - k, -1, p) % p)

    order = 2**252 + 27742317777372353535851937790883648493

    def multiply(point, factor):
        result = (0, 1)
        for bit in f"{factor:b}":
            result = times_two(result)
            if bit == "1":
                (a, b), (x, y) = result, point
                k = d * a * x * b * y % p
                result = ((a * y + b * x) * pow(1 + k, -1, p) % p, (b * y + a * x) * pow(1 - k, -1, p) % p)
        return result

    found = {0, 1, p - 1}
    y = 2
    while len(found) < 5:
        x = x_of(y)
        if x is not None:
            torsion = multiply((x, y), order)
            for _ in range(3):
                found.add(torsion[1])
                found.add(-torsion[1] % p)
                torsion = times_two(torsion)
        y += 1
    found |= {y + p for y in found if y + p < 2**255}
    return [(y | sign << 255).to_bytes(32, "little") for y in found for sign in (0, 1)]


def test_every_key_of_small_order_is_refused():
    encodings = _small_order_encodings()
    assert len(encodings) == 14
    for raw in encodings:
        with pytest.raises(BadKey, match="degenerate"):
            VerifyKey(raw)


def test_a_false_signature_is_refused_by_name():
    with pytest.raises(BadSignature, match=f"The receipt isn't signed by key {KEY.public.key_id}"):
        KEY.public.check(bytes(64), b"x", "The receipt")


def test_a_signature_of_the_wrong_length_is_only_false():
    assert not KEY.public.verify(b"", b"x")


def test_a_private_key_does_not_show_its_secret():
    assert KEY.to_bytes().hex() not in repr(KEY)


def test_sha256_joins_its_parts():
    assert sha256(b"a", b"", b"bc") == hashlib.sha256(b"abc").digest()
