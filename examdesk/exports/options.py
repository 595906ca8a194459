"""What an export shows and leaves out, beside what kinds of files it makes."""

import msgspec

from examdesk.exports.pseudonyms import Pseudonyms


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """`names`: makes pseudonyms; `redact`: what is erased (`redaction.ERASABLE`); `outside_text`: ProgSnap2 has it."""

    names: Pseudonyms | None = None
    redact: frozenset[str] = frozenset()
    outside_text: bool = False
