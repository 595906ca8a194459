"""What is in the cells of a class list: ids, names and extra time, as people and spreadsheets write them."""

import re
from dataclasses import dataclass
from typing import Final

from shared.discovery.display import shown

MAX_ID_BYTES: Final = 100
MAX_TEXT_BYTES: Final = 200
MAX_EXTRA_MINUTES: Final = 600
MAX_FACTOR: Final = 5.0
NO_EXTRA_TIME: Final = frozenset({"no", "none", "non", "nein", "nee", "nej", "nie", "nem", "não", "нет"})
_NUMBER: Final = r"(\d{1,4}(?:[.,]\d{1,3})?)"
_SUFFIXES: Final = {"jr", "sr", "ii", "iii", "iv", "phd", "md"}
_NOTHING: Final = {"-", "–", "—", "n/a", "#n/a"}  # noqa: RUF001 - people type them


_PLAIN_SIGNS: Final = str.maketrans({" ": "", "\u00d7": "x", "\u2032": "'"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A cell's value with what is doubtful about it, or why it can't be taken (empty texts where there is nothing)."""

    text: str
    doubt: str = ""
    refusal: str = ""


def read_text(cell: str) -> str:
    """Return a cell's text on one line, without what can't be shown; empty for "n/a" and the like."""
    text = shown(cell, MAX_TEXT_BYTES)
    return "" if text.casefold() in _NOTHING else text


def read_id(cell: str, spreadsheet_doubt: str = "") -> Reading:
    """Return a student's id, mended where a spreadsheet added `.0` or an apostrophe."""
    text = read_text(cell)
    refusal = _unusable_id(text, spreadsheet_doubt)
    if refusal:
        return Reading(text, refusal=refusal)
    if re.fullmatch(r"\d+\.0+", text):
        whole = text.partition(".")[0]
        return Reading(whole, doubt=f"its id was {text}, as a spreadsheet writes a number; {whole} is taken")
    if re.fullmatch(r"'\d+", text):
        return Reading(text[1:])
    if " " in text and not any(character.isdigit() for character in text):
        return Reading(text, doubt=f"its id “{text}” looks like a name")
    return Reading(text)


def _unusable_id(text: str, spreadsheet_doubt: str) -> str:
    if not text:
        return "it has no student id"
    if len(text.encode()) > MAX_ID_BYTES:
        return "its student id is far too long"
    if spreadsheet_doubt:
        return f"its id {text} isn't the one that was typed: {spreadsheet_doubt}"
    if re.fullmatch(r"\d([.,]\d+)?[eE]\+\d+", text):
        return f"a spreadsheet shortened its id to {text}; make the column text and type it again"
    return f"its id {text} is a formula" if looks_like_formula(text) else ""


def read_name(name: str) -> Reading:
    """Return a person's name in reading order, "Last, First" turned round."""
    text = read_text(name)
    if not text:
        return Reading("", doubt="it has no name")
    if looks_like_formula(text):
        return Reading(text, refusal="its name is a formula")
    last, comma, first = (part.strip() for part in text.partition(","))
    if comma and last and first and "," not in first and first.rstrip(".").casefold() not in _SUFFIXES:
        text = f"{first} {last}"
    if not any(character.isalpha() for character in text):
        return Reading(text, doubt=f"“{text}” doesn't look like a name")
    return Reading(text)


def looks_like_formula(text: str) -> bool:
    """Tell whether a spreadsheet would calculate this text instead of showing it."""
    return text.startswith("=") or re.match(r"[+\-@][A-Za-z(@=+]", text) is not None or "=cmd|" in text.casefold()


def read_email(cell: str) -> Reading:
    """Return an e-mail address, doubtful when it can't be one."""
    text = read_text(cell)
    if text and not re.fullmatch(r"[^@\s,;<>]+@[^@\s,;<>]+", text):
        return Reading(text, doubt=f"“{text}” isn't an e-mail address")
    return Reading(text)


def read_factor(cell: str) -> float | None:
    """Return a factor of the working time (`1.5`, `1,5`, `x1.5`, `150 %`), or None if it can't be one."""
    text = _squeezed(cell)
    percent = re.fullmatch(_NUMBER + "%", text)
    plain = re.fullmatch(r"[x*]?" + _NUMBER + r"x?", text)
    if percent:
        number = _number(percent[1]) / 100
        factor = number if number >= 1 else 1 + number
    elif plain:
        factor = _number(plain[1])
    else:
        return None
    return round(factor, 4) if 1 <= factor <= MAX_FACTOR else None


def read_minutes(cell: str) -> int | None:
    """Return extra minutes (`30`, `+30`, `30 min`), or None if they can't be."""
    match = re.fullmatch(r"\+?(\d{1,4})(?:[.,]0+)?(?:min|mins|minutes|minuten|')?", _squeezed(cell))
    return int(match[1]) if match and int(match[1]) <= MAX_EXTRA_MINUTES else None


def read_time(cell: str) -> tuple[float | None, int | None]:
    """Return (factor, None) or (None, minutes) for a column that may hold either, or (None, None).

    A percentage, an `x`, or a fraction below 5 is a factor; any other number is minutes.
    """
    text = _squeezed(cell)
    if re.search(r"[%x*]", text) or re.fullmatch(r"[1-4][.,]\d+", text):
        return read_factor(cell), None
    return None, read_minutes(cell)


def read_tags(cell: str) -> tuple[str, ...]:
    """Return the tags in a cell, which may be separated by commas, semicolons or bars."""
    tags = (read_text(part) for part in re.split(r"[,;|]", cell))
    return tuple(dict.fromkeys(tag for tag in tags if tag))


def _squeezed(cell: str) -> str:
    return read_text(cell).casefold().translate(_PLAIN_SIGNS)


def _number(text: str) -> float:
    return float(text.replace(",", "."))
