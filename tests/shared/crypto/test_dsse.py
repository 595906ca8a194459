import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto.dsse import (
    BadEnvelopeSignature,
    NotAnEnvelope,
    UnknownSigner,
    WrongPayloadType,
    claimed,
    is_canonical,
    open_envelope,
    pre_authentication_encoding,
    seal,
)
from shared.crypto.keys import SigningKey
from shared.problems import PeerFault

KEY = SigningKey(b"k" * 32)
OTHER = SigningKey(b"o" * 32)
KIND = "application/vnd.examdesk.test+json"


@given(st.text(max_size=40), st.binary(max_size=200))
def test_a_sealed_payload_opens_unchanged(kind, payload):
    assert open_envelope(seal(kind, payload, KEY), kind, [OTHER.public, KEY.public]) == payload


def test_the_signed_bytes_are_those_of_the_dsse_specification():
    encoded = pre_authentication_encoding("http://example.com/HelloWorld", b"hello world")
    assert encoded == b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"


def test_every_flipped_bit_is_refused():
    sealed = seal(KIND, b'{"a":1}', KEY)
    for bit in range(len(sealed) * 8):
        changed = bytearray(sealed)
        changed[bit // 8] ^= 1 << (bit % 8)
        with pytest.raises(PeerFault):
            open_envelope(bytes(changed), KIND, [KEY.public])


@given(st.binary(max_size=80))
def test_d1_bytes_that_are_no_envelope_are_refused(junk):
    with pytest.raises(NotAnEnvelope):
        open_envelope(junk, KIND, [KEY.public])


def test_d1_a_very_deep_document_is_refused():
    with pytest.raises(NotAnEnvelope):
        open_envelope(b'{"x":' + b"[" * 100_000, KIND, [KEY.public])


def test_d1_another_spelling_of_the_same_base64_is_refused():
    parsed = json.loads(seal(KIND, b"ab", KEY))
    assert parsed["payload"] == "YWI="
    parsed["payload"] = "YWJ="
    assert base64.b64decode("YWJ=") == b"ab"
    with pytest.raises(NotAnEnvelope):
        open_envelope(json.dumps(parsed).encode(), KIND, [KEY.public])


def test_d2_another_payload_type_is_refused():
    with pytest.raises(WrongPayloadType):
        open_envelope(seal("other", b"x", KEY), KIND, [KEY.public])


def test_d3_a_stranger_is_refused():
    with pytest.raises(UnknownSigner):
        open_envelope(seal(KIND, b"x", OTHER), KIND, [KEY.public])


def test_d3_an_envelope_without_signatures_is_refused():
    parsed = json.loads(seal(KIND, b"x", KEY))
    parsed["signatures"] = []
    with pytest.raises(UnknownSigner):
        open_envelope(json.dumps(parsed).encode(), KIND, [KEY.public])


def test_d4_a_changed_payload_is_refused():
    parsed = json.loads(seal(KIND, b"x", KEY))
    parsed["payload"] = base64.b64encode(b"y").decode()
    with pytest.raises(BadEnvelopeSignature):
        open_envelope(json.dumps(parsed).encode(), KIND, [KEY.public])


def test_a_second_signature_of_a_stranger_does_no_harm():
    parsed = json.loads(seal(KIND, b"x", KEY))
    parsed["signatures"] += json.loads(seal(KIND, b"x", OTHER))["signatures"]
    parsed["later"] = "kept"
    assert open_envelope(json.dumps(parsed).encode(), KIND, [KEY.public]) == b"x"


def test_only_the_spelling_of_seal_is_canonical():
    sealed = seal(KIND, b'{"a":1}', KEY)
    assert is_canonical(sealed)
    parsed = json.loads(sealed)
    more = {**parsed, "signatures": [{**parsed["signatures"][0], "more": ""}]}
    for other in (parsed, {**parsed, "more": 1}, dict(reversed(parsed.items())), more):
        spelled = json.dumps(other, separators=(",", ":")).encode()
        assert is_canonical(spelled) == (spelled == sealed)
    for junk in (b"", b" " + sealed, sealed + b"\n", b'{"x":' + b"[" * 100_000):
        assert not is_canonical(junk)


def test_what_an_envelope_claims_is_read_whoever_signed_it_and_only_for_its_type():
    sealed = seal(KIND, b'{"a":1}', OTHER)
    assert claimed(sealed, KIND) == b'{"a":1}'
    assert claimed(sealed, KIND + "x") is None
    assert claimed(b'{"x":' + b"[" * 100_000, KIND) is None
