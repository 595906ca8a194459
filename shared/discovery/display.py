"""Text from strangers, made safe to show and to put into records of limited size."""

import unicodedata
from typing import Final

_MAX_MARKS: Final = 3
_JOINERS: Final = {"\u200c", "\u200d"}  # Persian, Indic scripts and emoji need them


def shown(text: str, max_bytes: int) -> str:
    """Return `text` on one line without controls, direction overrides or piles of accents, within `max_bytes` UTF-8."""
    kept: list[str] = []
    marks = 0
    for character in text[: 4 * max_bytes]:
        category = unicodedata.category(character)
        marks = marks + 1 if category == "Mn" else 0
        if category in {"Cc", "Zl", "Zp"}:
            kept.append(" ")
        elif (category[0] != "C" or character in _JOINERS) and marks <= _MAX_MARKS:
            kept.append(character)
    return cut(" ".join("".join(kept).split()), max_bytes)


def cut(text: str, max_bytes: int) -> str:
    """Return as much of `text` as fits into `max_bytes` of UTF-8, without half a character at the end."""
    return text.encode("utf-8", "ignore")[:max_bytes].decode("utf-8", "ignore").rstrip()
