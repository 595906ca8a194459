"""The syntax tree of a program, also of one in which something is missing, as while somebody types."""

import ast
import re
from typing import Final

__all__ = ["parsed"]

_INSIDE: Final = re.compile(r"[\s#)\]}]|(?:else|elif|except|finally)\b")
"""How a line begins that belongs to what stands before it."""
_MOST_PIECES: Final = 2_000
_LEAST_LEFT: Final = 0.7


def parsed(source: str) -> ast.Module:
    """The syntax tree of a source; what is wrong in it costs the function, class or statement in which it stands.

    Lines and columns are those of the source. Raises SyntaxError when less than half of the text would be left.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        rest = _without_wrong_pieces(source)
        if rest is None:
            raise
        return ast.parse(rest)


def _without_wrong_pieces(source: str) -> str | None:
    """A source with blank lines in the place of each piece that does not parse by itself."""
    pieces = _pieces(source.split("\n"), "")
    if len(pieces) > _MOST_PIECES:
        return None
    rest = "\n".join("\n".join(_right(piece)) for piece in pieces)
    return rest if len("".join(rest.split())) >= _LEAST_LEFT * len("".join(source.split())) else None


def _right(piece: list[str]) -> list[str]:
    """What parses of a piece: all of it, the methods of a class that do, or blank lines."""
    if _parses("\n".join(piece)):
        return piece
    inside = next((line for line in piece[1:] if line.strip()), "")
    margin = inside[: len(inside) - len(inside.lstrip())]
    if not piece[0].startswith("class ") or not margin:
        return [""] * len(piece)
    kept = [piece[0]]
    for part in _pieces(piece[1:], margin):
        kept += part if _parses("\n".join(["class _:", *part, margin + "pass"])) else [""] * len(part)
    return kept if _parses("\n".join(kept)) else [""] * len(piece)


def _pieces(lines: list[str], margin: str) -> list[list[str]]:
    """Lines put together to what begins at a margin; a decorator belongs to what it decorates."""
    pieces: list[list[str]] = []
    for line in lines:
        begins = line.startswith(margin) and len(line) > len(margin) and not _INSIDE.match(line, len(margin))
        if pieces and (not begins or pieces[-1][-1].startswith(margin + "@")):
            pieces[-1].append(line)
        else:
            pieces.append([line])
    return pieces


def _parses(piece: str) -> bool:
    try:
        ast.parse(piece)
    except SyntaxError:
        return False
    return True
