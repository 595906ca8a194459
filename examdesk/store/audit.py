"""The audit log's chain: an entry can't be changed or taken out without it showing."""

from collections.abc import Iterable
from hashlib import sha256

import msgspec

START = bytes(32)
TOOK_OVER = "took over"
"""The first entry of a hub that took an exam over: its number leaves room for the former log, its chain is new."""
CHANGE = "± "
"""Begins each line of a detail that says what a deed changed: before → after."""

EXPORTED = "exported"
TOOK_PAIR = "took a pair out as a page"


class Deed(msgspec.Struct, frozen=True, kw_only=True):
    """Something that somebody did; `detail` never holds students' code, keys or access codes."""

    who: str
    role: str
    address: str
    what: str
    detail: str = ""


def audit_chain(previous: bytes, exam: bytes, number: int, at_ms: int, deed: Deed) -> bytes:
    r"""Return an entry's link: SHA-256("EDP1-AUDIT\0" ‖ link before ‖ exam ‖ JSON list of the entry's fields)."""
    line = msgspec.json.encode([number, at_ms, deed.who, deed.role, deed.address, deed.what, deed.detail])
    return sha256(b"EDP1-AUDIT\0" + previous + exam + line).digest()


def export_in_words(
    what: Iterable[str],
    *,
    sections: Iterable[str] = (),
    students: Iterable[str] = (),
    pseudonyms: bool = False,
    redact: Iterable[str] = (),
) -> str:
    """Return what an export took, as the detail of its entry."""
    named = (
        ("", ", ".join(what)),
        ("sections ", ", ".join(sections)),
        ("students ", ", ".join(students)),
        ("", "with pseudonyms" if pseudonyms else ""),
        ("without ", ", ".join(redact)),
    )
    return "; ".join(f"{before}{words}" for before, words in named if words)
