"""What goes over the wire: requests, answers and pushes.

A message takes part by being declared in a module of this package: `__init__` imports this one last.
"""

import functools
import operator
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import msgspec

from examdesk.staffapi.messages.base import Answer, Request


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A request on the wire."""

    number: int
    request: "AnyRequest"


class Told(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An answer on the wire."""

    number: int
    answer: "AnyAnswer"


class Changed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A push: what changed since the last one. Ask again for just these; topics: exam, roster, held, audit, review."""

    sessions: tuple[str, ...]
    topics: tuple[str, ...] = ()


def _messages(of: type[msgspec.Struct]) -> Iterator[type[msgspec.Struct]]:
    """Yield what is declared of this kind in the modules beside this one; what others are made of is no message."""
    for kind in of.__subclasses__():
        if kind.__subclasses__():
            yield from _messages(kind)
        elif kind.__module__.rpartition(".")[0] == __package__:
            yield kind


def _any(of: type[msgspec.Struct]) -> Any:
    """Return the union of all messages of a kind, which tells them apart by their names."""
    return functools.reduce(operator.or_, sorted(_messages(of), key=lambda kind: kind.__name__))


if TYPE_CHECKING:
    AnyRequest = Request[Any]
    AnyAnswer = Answer
else:
    AnyRequest, AnyAnswer = _any(Request), _any(Answer)
FromHub = Told | Changed

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_encoder = msgspec.msgpack.Encoder()
_asks: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)
_answers: msgspec.msgpack.Decoder[AnyAnswer] = msgspec.msgpack.Decoder(AnyAnswer)
_tolds: msgspec.msgpack.Decoder[FromHub] = msgspec.msgpack.Decoder(FromHub)


def encode(message: Ask | FromHub) -> bytes:
    """Return a message's bytes."""
    return _encoder.encode(message)


def decode_ask(data: bytes) -> Ask:
    """Read a request; raises msgspec.DecodeError."""
    return _asks.decode(data)


def decode_answer(data: bytes | msgspec.Raw) -> AnyAnswer:
    """Read an answer alone; raises msgspec.DecodeError."""
    return _answers.decode(data)


def decode_from_hub(data: bytes) -> FromHub:
    """Read an answer or a push; raises msgspec.DecodeError."""
    return _tolds.decode(data)
