"""The other process for comparisons: what the view collected comes encoded, and so do the answers go."""

from collections.abc import Iterable

import msgspec

from examdesk.readmodels.similar_pair import Lines, in_time, show_pair
from examdesk.readmodels.similarity import ClassWork, OutsideProgram, compare, with_outside
from examdesk.staffapi import messages as api
from examdesk.store import open_reader

_class: msgspec.msgpack.Decoder[ClassWork] = msgspec.msgpack.Decoder(ClassWork)
_pair: msgspec.msgpack.Decoder[tuple[ClassWork, Lines]] = msgspec.msgpack.Decoder(tuple[ClassWork, Lines])


def compare_class(collected: bytes, outside: Iterable[OutsideProgram], request: api.GetSimilarity) -> bytes:
    """Compare the class, or one session with it; raises `NotThere`."""
    work = with_outside(_class.decode(collected), outside) if outside else _class.decode(collected)
    most_common = min(max(request.most_common, 0.0), 1.0)
    return msgspec.msgpack.encode(compare(work, request.limit, most_common, request.session))


def compare_pair(url: str, collected: bytes, outside: Iterable[OutsideProgram], request: api.GetSideBySide) -> bytes:
    """Show one pair, and when its passages appeared, from the records at `url`; raises `NotThere`."""
    work, lines = _pair.decode(collected)
    shown = show_pair(with_outside(work, outside), (request.a, request.b))
    reader = open_reader(url)
    try:
        return msgspec.msgpack.encode(in_time(reader, lines, shown))
    finally:
        reader.close()
