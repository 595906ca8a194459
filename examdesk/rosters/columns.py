"""Which column is what: headings in several languages, written in any way, and with small slips."""

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Final

from rapidfuzz import fuzz, process

_SLIP: Final = 88
_LONG_ENOUGH: Final = 6
_WITHOUT_STROKE: Final = str.maketrans("øłđ", "old")


class Field(StrEnum):
    """What a column can hold."""

    STUDENT = "student"
    NAME = "name"
    FIRST = "first name"
    LAST = "last name"
    SECTION = "section"
    EMAIL = "email"
    TIME = "extra time"
    MINUTES = "extra minutes"
    FACTOR = "time factor"
    ROOM = "room"
    SEAT = "seat"
    TAGS = "tags"


def heading_key(text: str) -> str:
    """Return a heading without case, accents, spaces, signs and remarks in brackets."""
    bare = re.sub(r"\(.*?\)|\[.*?\]", "", text) or text
    letters = unicodedata.normalize("NFKD", bare.casefold()).translate(_WITHOUT_STROKE)
    plain = "".join(character for character in letters if unicodedata.category(character) != "Mn")
    return "".join(character for character in unicodedata.normalize("NFC", plain) if character.isalnum())


def _headings() -> dict[Field, tuple[str, ...]]:
    source = resources.files("examdesk.rosters").joinpath("headings.toml").read_text(encoding="utf-8")
    words = tomllib.loads(source)
    return {field: tuple(heading_key(word) for word in words[field.value.replace(" ", "-")].split()) for field in Field}


HEADINGS: Final[Mapping[Field, tuple[str, ...]]] = _headings()
_FIELD_OF: Final = {heading: field for field, headings in HEADINGS.items() for heading in headings}
_SLIPPABLE: Final = [heading for heading in _FIELD_OF if len(heading) >= _LONG_ENOUGH]


_ID_WORDS: Final = ("studentid", "studentnumber", "studentno", "matrikel", "matricul")


def known_field(key: str) -> Field | None:
    """Return what a column with this heading key holds, or None."""
    return _FIELD_OF.get(key)


def near_field(key: str) -> Field | None:
    """Return what a column holds whose heading has a slip of the pen or more words in it, or None."""
    if len(key) < _LONG_ENOUGH or key in _FIELD_OF:
        return None
    if any(word in key for word in _ID_WORDS):
        return Field.STUDENT
    found = process.extractOne(key, _SLIPPABLE, scorer=fuzz.ratio, score_cutoff=_SLIP)
    return _FIELD_OF[found[0]] if found else None


def settle_names(columns: dict[Field, int]) -> dict[Field, int]:
    """Give a lone "Nom" or "Nombre" its meaning, and the "Name" beside a "Vorname" its own."""
    settled = dict(columns)
    if Field.NAME in settled and Field.FIRST in settled and Field.LAST not in settled:
        settled[Field.LAST] = settled.pop(Field.NAME)
    if Field.NAME not in settled:
        only = [part for part in (Field.FIRST, Field.LAST) if part in settled]
        if len(only) == 1:
            settled[Field.NAME] = settled.pop(only[0])
    return settled
