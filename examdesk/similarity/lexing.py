"""Normalized Python tokens, from one regular expression, of code that need not parse.

Every token becomes one character, its *symbol*, so that a program is a short text and an n-gram a slice of it:

* a name becomes the one symbol for names, whatever it is called; the soft keywords (``match``, ``case``, ``type``,
  ``_``) are names;
* a keyword (``False None True and as … yield``, the list in ``KEYWORDS``) keeps a symbol of its own;
* a literal becomes the symbol of its type: integer, float, imaginary, text (f-strings and docstrings too), bytes;
* an operator or a delimiter keeps a symbol of its own; a character that Python has no use for (``?``, ``$``, ``!``)
  becomes the symbol for errors;
* comments and layout (blanks, line ends, indentation, joined lines) are dropped.

A quote that is never closed ends its text at the end of the line, three quotes at the end of the file. The lists are
written down here, not taken from the running Python, so that every version of Python gives the same figures.
"""

import re
from typing import Final, NamedTuple

__all__ = ["KEYWORDS", "NGRAM", "OPERATORS", "Token", "ngrams", "symbols", "tokens"]

NGRAM: Final = 5
"""Tokens in an n-gram of the plain measure."""

KEYWORDS: Final = (  # noqa: SIM905
    "False None True and as assert async await break class continue def del elif else except finally for from global "
    "if import in is lambda nonlocal not or pass raise return try while with yield"
).split()
OPERATORS: Final = (  # noqa: SIM905
    "**= //= >>= <<= ... -> := ** // >> << <= >= == != += -= *= /= %= &= |= ^= @= "
    "+ - * / % @ & | ^ ~ < > ( ) [ ] { } , : . ; ="
).split()

_NAME, _INTEGER, _FLOAT, _IMAGINARY, _TEXT, _BYTES, _ERROR = "abcdefg"
_FIXED: Final = {word: chr(0xA1 + place) for place, word in enumerate(KEYWORDS)} | {
    word: chr(0x21 + place) for place, word in enumerate(OPERATORS)
}
_PATTERN: Final = re.compile(
    r"""
    \s*+(                                                 # blanks first, so that they cost no failed attempts
    [^\W\d]\w*+(?!['"])                                   # a name or keyword
  | [()\[\]{},] | \.(?![\d.]) | [:=](?!=)
  | 0[xXoObB][\da-fA-F_]+ | (?:\d[\d_]*+(?:\.[\d_]*+)?|\.\d[\d_]*+)(?:[eE][-+]?\d[\d_]*+)?[jJ]?
  | \*\*=? | //=? | <<=? | >>=? | -> | := | \.\.\. | [-+*/%@&|^<>=!]= | [-+*/%@&|^~<>:.;=]
  | (?:[rRbBuUfFtT]{1,2})?(?:
        \"{3}(?:[^"\\]++|\\.|"(?!""))*+(?:\"{3}|\\?\Z)
      | '{3}(?:[^'\\]++|\\.|'(?!''))*+(?:'{3}|\\?\Z)
      | "(?:[^"\\\n]++|\\.)*+"?
      | '(?:[^'\\\n]++|\\.)*+'?)
  | \#[^\n]*
  | [^\W\d]\w*                                            # a name glued to a quote
  | \\\r?\n
  | \S
    )
    """,
    re.VERBOSE | re.DOTALL,
)


class Token(NamedTuple):
    """A normalized token and its place: code-point offsets into the source, the end excluded."""

    symbol: str
    start: int
    end: int


class _SymbolOf(dict[str, str]):
    """The symbol of each text of a token, worked out at its first use; empty for what is dropped."""

    def __missing__(self, text: str) -> str:
        found = _classify(text)
        if len(self) < _REMEMBERED and len(text) <= _REMEMBERED_LENGTH:
            self[text] = found
        return found


_REMEMBERED: Final = 50_000
_REMEMBERED_LENGTH: Final = 30
_symbol_of: Final = _SymbolOf(_FIXED)


def _classify(text: str) -> str:
    first = text[0]
    if first in "#\\":
        return ""
    if text[-1] in "'\"" or "'" in text or '"' in text:
        prefix = text[: min(place for place in (text.find("'"), text.find('"')) if place >= 0)]
        return _BYTES if "b" in prefix.lower() else _TEXT
    if first.isdecimal() or (first == "." and len(text) > 1):
        return _number(text.lower())
    return _NAME if first == "_" or first.isalpha() else _ERROR


def _number(text: str) -> str:
    if text[:2] in ("0x", "0o", "0b"):
        return _INTEGER
    if text.endswith("j"):
        return _IMAGINARY
    return _FLOAT if "." in text or "e" in text else _INTEGER


def symbols(source: str) -> str:
    """The normalized tokens of a source, one character each."""
    return "".join(map(_symbol_of.__getitem__, _PATTERN.findall(source.rstrip())))


def tokens(source: str) -> list[Token]:
    """The normalized tokens of a source with their places; the symbols are those of ``symbols``."""
    return [
        Token(symbol, match.start(1), match.end())
        for match in _PATTERN.finditer(source.rstrip())
        if (symbol := _symbol_of[match[1]])
    ]


def ngrams(stream: str, size: int = NGRAM) -> set[str]:
    """Every run of ``size`` symbols of a stream; none when the stream is shorter."""
    return {stream[place : place + size] for place in range(len(stream) - size + 1)}
