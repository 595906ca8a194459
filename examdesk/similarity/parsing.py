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

    Lines and columns are those of the source. Raises SyntaxError when less than 70 % of the text would be left.
    """
    try:
        return ast.parse(source)
    except SyntaxError:
        tree = _of_right_pieces(source)
        if tree is None:
            raise
        return tree


def _of_right_pieces(source: str) -> ast.Module | None:
    """The tree of the pieces that parse by themselves; nothing when they are too little of the source."""
    pieces = _pieces(source.split("\n"), "")
    if len(pieces) > _MOST_PIECES:
        return None
    tree = ast.Module([], [])
    line = left = 0
    for piece in pieces:
        text, statements = _right(piece, line)
        tree.body += statements
        left += len("".join(text.split()))
        line += len(piece)
    return tree if left >= _LEAST_LEFT * len("".join(source.split())) else None


def _right(piece: list[str], line: int) -> tuple[str, list[ast.stmt]]:
    """What parses of a piece that begins after so many lines: all of it, the methods of a class that do, or nothing."""
    text = "\n".join(piece)
    statements = _statements(text, line)
    if statements is None and piece[0].startswith("class "):
        text = "\n".join(_right_methods(piece))
        statements = _statements(text, line)
    return ("", []) if statements is None else (text, statements)


def _right_methods(piece: list[str]) -> list[str]:
    """A class with blank lines in the place of each part of its body that does not parse by itself."""
    inside = next((line for line in piece[1:] if line.strip()), "")
    margin = inside[: len(inside) - len(inside.lstrip())]
    kept = [piece[0]]
    for part in _pieces(piece[1:], margin):
        alone = "\n".join(["class _:", *part, margin + "pass"])
        kept += [""] * len(part) if _statements(alone, 0) is None else part
    return kept


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


def _statements(text: str, line: int) -> list[ast.stmt] | None:
    """The statements of a text that begins after so many lines, nothing when it does not parse."""
    try:
        return ast.parse("\n" * line + text).body
    except SyntaxError:
        return None
