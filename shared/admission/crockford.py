"""Crockford base32 as people type it, with a check symbol that stays inside the alphabet.

Crockford's own check symbol (modulo 37) would print one of `* ~ $ = U` in every seventh code, which nobody can read
aloud or find on a foreign keyboard. Here it is a weighted sum over GF(32) instead: with the symbols s₁ … sₙ as numbers,
check = tag ⊕ Σ sᵢ·2ⁿ⁺¹⁻ⁱ, multiplied modulo x⁵+x²+1. Up to 30 symbols it finds every single wrong symbol and
every swap of two. Leading zeros don't change it, and codes of different kinds have different tags, so no code is
ever valid as two kinds.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

from shared.problems import InputProblem

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUE: Final = {symbol: value for value, symbol in enumerate(ALPHABET)}
_MAX_TYPED: Final = 200
# What is typed for a symbol: letters that look like digits, and letters of other alphabets that look like ours.
_LOOKS_LIKE: Final = str.maketrans(
    "OILАВЕКМНРСТХЅЈΑΒΕΗΚΜΝΡΤΧΖО\u0406ΟΙİ",  # noqa: RUF001 - the look-alikes are the point
    "011ABEKMHPCTXSJABEHKMNPTXZ01011",
)
# Pairs that are mistaken for each other on a projector or on paper.
_CONFUSED: Final = (
    *("5S", "8B", "2Z", "6G", "0D", "0Q", "DQ", "17", "4A", "38", "9G", "9P", "3B"),
    *("VY", "VW", "MN", "EF", "CG", "PR", "HN", "KX"),
)
_SHOW_AT_MOST: Final = 2


@dataclass(frozen=True, slots=True)
class Doubt:
    """A symbol that, read as another one, would make the code right. `position` counts from 1."""

    position: int
    typed: str
    meant: str


def encode(value: int, count: int) -> str:
    """Write `value` (below 32**count) as `count` symbols, the most significant first."""
    return "".join(ALPHABET[value >> 5 * place & 31] for place in reversed(range(count)))


def decode(symbols: str) -> int:
    """Return the number that normalized symbols stand for."""
    value = 0
    for symbol in symbols:
        value = value << 5 | _VALUE[symbol]
    return value


def normalize(text: str) -> str:
    """Return the symbols of a typed code: upper case, without spaces and dashes, look-alikes resolved.

    Raises:
        InputProblem: naming the character that can't be part of a code.
    """
    if len(text) > _MAX_TYPED:
        raise InputProblem("This is far too long for a code; type only the code as it is printed.")
    symbols: list[str] = []
    for character in unicodedata.normalize("NFKC", text).upper().translate(_LOOKS_LIKE):
        if _separates(character):
            continue
        symbol = character if character in _VALUE else str(unicodedata.digit(character, ""))
        if symbol not in _VALUE or not symbol:
            raise InputProblem(_foreign_sentence(character, len(symbols) + 1))
        symbols.append(symbol)
    return "".join(symbols)


def check_symbol(symbols: str, tag: int) -> str:
    """Return the check symbol for normalized `symbols` of the kind of code that `tag` (1…31) stands for."""
    total = 0
    for symbol in symbols:
        total = _doubled(total ^ _VALUE[symbol])
    return ALPHABET[total ^ tag]


def is_valid(symbols: str, tag: int) -> bool:
    """Tell whether the last of the normalized `symbols` is the check symbol of the others."""
    return len(symbols) > 1 and check_symbol(symbols[:-1], tag) == symbols[-1]


def doubts(symbols: str, tag: int) -> list[Doubt]:
    """List the single look-alikes that would make the normalized `symbols` valid."""
    found: list[Doubt] = []
    for index, typed in enumerate(symbols):
        for pair in _CONFUSED:
            if typed not in pair:
                continue
            meant = pair.replace(typed, "")
            if is_valid(symbols[:index] + meant + symbols[index + 1 :], tag):
                found.append(Doubt(index + 1, typed, meant))
    return found


def wrong_check_sentence(symbols: str, tag: int) -> str:
    """Say that a symbol must be wrong, and which one is doubtful where that can be said."""
    found = doubts(symbols, tag)
    if not 0 < len(found) <= _SHOW_AT_MOST:
        return "One of its symbols must be wrong; compare it with the printed code, symbol by symbol."
    guesses = " or ".join(f"symbol {doubt.position} ({doubt.typed}) is really {doubt.meant}" for doubt in found)
    return f"One of its symbols must be wrong; perhaps {guesses}."


def _doubled(value: int) -> int:
    doubled = value << 1
    return doubled ^ 0b100101 if doubled & 32 else doubled


def _separates(character: str) -> bool:
    return character in ".,:;_/|\\·−" or unicodedata.category(character) in {"Zs", "Cc", "Cf", "Pd"}  # noqa: RUF001


def _foreign_sentence(character: str, position: int) -> str:
    if character == "U":
        return f"Symbol {position} can't be a U: codes have none. It may be a V."
    shown = f"“{character}”" if character.isprintable() else "this character"
    return f"Symbol {position}, {shown}, doesn't occur in codes, which have only digits and the letters A to Z."
