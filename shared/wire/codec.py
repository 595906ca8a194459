"""Frames to bytes and back, with the limits that both ends keep (docs/protocol.md, W clauses)."""

from typing import TypeVar

import msgspec

from shared.problems import PeerFault
from shared.wire.messages import Frame, FromDesk, FromHub

T = TypeVar("T")

MAX_FRAME_BYTES = 256 * 1024

_encoder = msgspec.msgpack.Encoder()
_from_desk: msgspec.msgpack.Decoder[FromDesk] = msgspec.msgpack.Decoder(FromDesk)
_from_hub: msgspec.msgpack.Decoder[FromHub] = msgspec.msgpack.Decoder(FromHub)


def encode_frame(frame: Frame) -> bytes:
    """Return a frame's bytes.

    Raises:
        ValueError: it is over `MAX_FRAME_BYTES`; whoever builds it cuts it before.
    """
    data = _encoder.encode(frame)
    if len(data) > MAX_FRAME_BYTES:
        raise ValueError(f"{type(frame).__name__} of {len(data)} bytes is over the limit of a frame")
    return data


def decode_from_desk(data: bytes) -> FromDesk:
    """Read what a desk sent.

    Raises:
        PeerFault: it is no frame that a desk sends, or over the limit.
    """
    return _decode(_from_desk, data)


def decode_from_hub(data: bytes) -> FromHub:
    """Read what a hub sent.

    Raises:
        PeerFault: it is no frame that a hub sends, or over the limit.
    """
    return _decode(_from_hub, data)


def _decode(decoder: "msgspec.msgpack.Decoder[T]", data: bytes) -> T:
    if len(data) > MAX_FRAME_BYTES:
        raise PeerFault(f"A frame of {len(data)} bytes is over the limit of {MAX_FRAME_BYTES}.")
    try:
        return decoder.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError, OverflowError) as error:
        raise PeerFault(f"A frame can't be read: {error}.") from error
