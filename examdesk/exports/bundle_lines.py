"""The lines of a bundle's members beside journals: what writes a bundle and what reads one share them."""

import msgspec


class KeptLine(msgspec.Struct, frozen=True):
    """The first line of what was kept: why, when by the hub's clock, and what each side had last."""

    why: str
    at_ms: int
    hub_last: int
    desk_last: int
    b: str
    g: str


class KeptEvent(msgspec.Struct, frozen=True):
    """One event that was shown: header, salt, payload as written or the digest that stands for it."""

    h: str
    s: str
    p: str | None
    d: str | None


class NoticeLine(msgspec.Struct, frozen=True):
    """What staff wrote to students; `sections` and `sessions` say to whom, as JSON lists."""

    number: int
    at_ms: int
    kind: str
    text: str
    sender: str
    question: str
    sections: msgspec.Raw
    sessions: msgspec.Raw
