"""What is a payload: the hub, our verifier and the stand-alone one say the same, however deep in a program they are."""

import importlib.util
import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events import is_line
from shared.events.codec import MAX_DEPTH

ROOT = Path(__file__).parents[3]
SPEC = importlib.util.spec_from_file_location("verify_record", ROOT / "docs" / "verify_record.py")
ALONE = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(ALONE)


def alone(payload):
    try:
        return len(payload) <= 65_536 and b"\n" not in payload and ALONE.is_object(payload.decode())
    except (ALONE.Broken, ValueError, RecursionError):
        return False


def nested(depth, inside=b""):
    return b'{"a":' + b"[" * (depth - 1) + inside + b"]" * (depth - 1) + b"}"


GOOD = [
    b"{}",
    b'{"a":1,"a":2}',
    b' {"a" : [1, 2.5e-3, true, null]}\t',
    b'{"a":' + b"1" * 5_000 + b"}",
    b'{"a":1e400}',
    b'{"a":"\\ud83d\\ude00"}',
    b'{"a":"\\/\\b\\u0000"}',
    '{"a":"\u2028\x7f"}'.encode(),
    b'{"a":"' + b"[{" * 20_000 + b'\\"[["}',
    nested(MAX_DEPTH),
    nested(MAX_DEPTH, b'"' + b"[" * 100 + b'"'),
    b'{"a":[' + b"[],{}," * 5_000 + b"0]}",
]
BAD = [
    b"",
    b"[]",
    b"1",
    b"{",
    b'{"a":NaN}',
    b'{"a":-Infinity}',
    b'{"a":"\\ud83d"}',
    b'{"a":["\\udc00\\ud83d"]}',
    b'{"\\ud800":1}',
    b'{"a":"\x01"}',
    b'{"a":"\t"}',
    b'{"a":01}',
    b'{"a":.5}',
    b'{"a":1.}',
    b'{"a":"\\x41"}',
    b"{'a':1}",
    b'{"a":1,}',
    b'{"a":1}{"b":2}',
    b'\xef\xbb\xbf{"a":1}',
    b'{"a":"\xff"}',
    b'{"a":1}\n',
    b'{"a":"' + b"x" * 65_536 + b'"}',
    b'{"a":"' + b'\\"' * 32_000 + b"[" * 100,
    nested(MAX_DEPTH + 1),
    nested(985),
    nested(30_000),
    b'{"a":' * 12_000 + b"1" + b"}" * 12_000,
]


@pytest.mark.parametrize("payload", GOOD, ids=range(len(GOOD)))
def test_what_is_a_payload_is_one_for_both(payload):
    assert (is_line(payload), alone(payload)) == (True, True)


@pytest.mark.parametrize("payload", BAD, ids=range(len(BAD)))
def test_what_is_none_is_none_for_both(payload):
    assert (is_line(payload), alone(payload)) == (False, False)


def test_how_deep_a_program_is_makes_no_difference():
    def below(frames, payload):
        return below(frames - 1, payload) if frames else (is_line(payload), alone(payload))

    for frames in (0, 300, sys.getrecursionlimit() - 350):
        assert below(frames, nested(MAX_DEPTH)) == (True, True)
        assert below(frames, nested(MAX_DEPTH + 1)) == (False, False)


@given(
    st.recursive(
        st.text() | st.integers() | st.floats() | st.none(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.integers(0, 300),
    st.sampled_from(b'[]{}",\\ue0N'),
    st.booleans(),
)
def test_both_agree_about_any_json_with_one_sign_changed(value, at, sign, ascii_only):
    text = bytearray(json.dumps({"a": value}, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass"))
    text[at % len(text)] = sign
    assert is_line(bytes(text)) == alone(bytes(text))
