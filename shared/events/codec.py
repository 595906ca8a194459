"""Payloads to bytes and back. The bytes are the truth: what was read is never encoded again."""

import re
from collections.abc import Iterator

import msgspec

from shared.events.kinds import KINDS, Payload
from shared.problems import PeerFault

MAX_PAYLOAD_BYTES = 64 * 1024
MAX_DEPTH = 64
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
PIECE_CHARS = 10_000
"""Code points per part of a long text: at most 6 bytes each as JSON, so a payload stays under its limit."""

_encoder = msgspec.json.Encoder()
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])
_decoders = {number: msgspec.json.Decoder(kind) for number, kind in KINDS.items()}


class Unknown(msgspec.Struct, frozen=True):
    """A kind of event that this version does not know: kept and shown as it was written."""

    kind: int
    payload: bytes


def encode(payload: Payload) -> bytes:
    """Return the payload as one line of UTF-8 JSON.

    Raises:
        ValueError: the payload is larger than `MAX_PAYLOAD_BYTES`; the recorder splits texts before.
    """
    line = _encoder.encode(payload)
    if len(line) > MAX_PAYLOAD_BYTES:
        raise ValueError(f"{type(payload).__name__} of {len(line)} bytes: split its text with pieces()")
    return line


def decode(kind: int, payload: bytes) -> Payload | Unknown:
    """Read a payload; kinds that are not known come back as `Unknown`.

    Raises:
        PeerFault: the kind is known and the bytes are not such a payload.
    """
    decoder = _decoders.get(kind)
    if decoder is None:
        return Unknown(kind, payload)
    try:
        return decoder.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise PeerFault(f"An event of kind {kind} can't be read: {error}. It is kept as it came.") from error


def is_line(payload: bytes) -> bool:
    """Tell whether these bytes have the form of a payload (L-2): one line of UTF-8 JSON, an object, within limits."""
    if len(payload) > MAX_PAYLOAD_BYTES or b"\n" in payload:
        return False
    try:
        payload.decode()
        _object.decode(payload)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        return False
    return not _deep(payload)


def _deep(payload: bytes) -> bool:
    """Whether arrays and objects of valid JSON are nested deeper than a payload's may be.

    Parsers stop at a depth of their own, which depends on who calls them: one of them would hold what another refuses.
    """
    if payload.count(b"[") + payload.count(b"{") <= MAX_DEPTH:
        return False
    depth = 0
    for sign in _BRACKET.findall(_STRING.sub(b"", payload)):
        depth += 1 if sign in b"[{" else -1
        if depth > MAX_DEPTH:
            return True
    return False


def pieces(text: str) -> Iterator[str]:
    """Cut a long text into parts that fit a payload each; an empty text is one empty part."""
    for start in range(0, max(len(text), 1), PIECE_CHARS):
        yield text[start : start + PIECE_CHARS]
