"""What a student affirms before the start: the honor code, what is recorded; and whether it changed."""

from hashlib import sha256

import msgspec

from shared.exam.front import FrontPage
from shared.exam.recorded import what_is_recorded

AFFIRMED = "affirmed"
"""The name in a journal's `meta` of the texts that were affirmed last."""


class Conditions(msgspec.Struct, frozen=True):
    """The honor code (empty for none), and the sentences on what is recorded, a line each."""

    honor: str
    recorded: str

    @property
    def hashes(self) -> tuple[str, str]:
        """What the log says of both when they are affirmed."""
        return sha256(self.honor.encode()).hexdigest(), sha256(self.recorded.encode()).hexdigest()

    def affirmed_as(self, hashes: tuple[str, str]) -> bool:
        """Whether a student who affirmed texts with these hashes has affirmed these; nobody knows of empty ones."""
        return all(said in {"", now} for said, now in zip(hashes, self.hashes, strict=True))


def conditions_of(front: FrontPage) -> Conditions:
    """Return what a front page asks to affirm."""
    return Conditions(front.honor_code, "\n".join(what_is_recorded(front.recording)))


def pack(conditions: Conditions) -> bytes:
    """Return what is kept in the journal."""
    return msgspec.msgpack.encode(conditions)


def unpack(data: bytes | None) -> Conditions | None:
    """Return what an earlier start kept; None where there is nothing that can be read."""
    try:
        return None if data is None else msgspec.msgpack.decode(data, type=Conditions)
    except msgspec.DecodeError:
        return None
