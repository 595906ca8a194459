"""How far the line after a line of Python is indented."""

import re

_ENDS_BLOCK = re.compile(r"\s*(return|pass|break|continue|raise)\b")


def indentation_after(line: str, width: int) -> int:
    """Return the columns for the line that follows `line` (what stands before the cursor)."""
    columns = len(line.expandtabs(width)) - len(line.expandtabs(width).lstrip())
    code = _without_comment(line).rstrip()
    if code.endswith(":"):
        return columns + width
    if _ENDS_BLOCK.match(code) and _balance(code) == 0:
        return max(0, columns - width)
    return columns + width if _balance(code) > 0 else columns


def _balance(code: str) -> int:
    return sum(code.count(each) for each in "([{") - sum(code.count(each) for each in ")]}")


def _without_comment(line: str) -> str:
    quote = ""
    for at, letter in enumerate(line):
        if quote:
            quote = "" if letter == quote else quote
        elif letter in "\"'":
            quote = letter
        elif letter == "#":
            return line[:at]
    return line
