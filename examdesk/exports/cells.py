"""Cells of a spreadsheet that say what was recorded, whatever a student wrote: text stays text."""

import re
from datetime import datetime

Value = str | int | float | bool | datetime | None

MAX_CELL = 32_767
_CUT = " … (cut here; the session's JSON has all of it)"
_ESCAPED = re.compile(r"_(x[0-9A-Fa-f]{4}_)")
_BAD = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")

FORMATTING = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u0080-\u009f]")
"""Signs that nobody sees and that turn the direction of text, join letters or command a terminal."""


def visible(text: str) -> str:
    """Return a text that XML can carry: control characters as their pictures (U+2400…), line ends as line feeds.

    What looks like a spreadsheet's own escape (`_x0041_`) is escaped, so that it is shown as it was written.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\u240d")
    text = _ESCAPED.sub(r"_x005F_\1", _BAD.sub(_picture, text))
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - len(_CUT)] + _CUT


def safe(text: str) -> str:
    """Return a text that changes nothing about a terminal or a page: what would command one is made visible."""
    return FORMATTING.sub("\ufffd", visible(text).replace("_x005F_", "_"))


def _picture(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code == 0x7F:
        return "\u2421"
    return chr(0x2400 + code) if code < 0x20 else "\ufffd"
