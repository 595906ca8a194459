"""Positions in code points and in UTF-8 bytes, as Scintilla counts, converted without reading the text."""

import re

import msgspec

from shared.problems import Bug
from shared.text.blocks import Unit, measure
from shared.text.model import TextModel

_SURROGATES = re.compile("[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]")


def safe_text(text: str) -> str:
    """Return text that UTF-8 can carry: paired surrogates become their character, unpaired ones U+FFFD."""
    if text.isascii():
        return text
    return _SURROGATES.sub(_repaired, text)


def _repaired(found: re.Match[str]) -> str:
    units = found.group()
    if len(units) == 1:
        return "\ufffd"
    return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le")


class Stretch(msgspec.Struct, frozen=True):
    """`length` characters at `offset`, in code points."""

    offset: int
    length: int


class ByteIndex:
    """Converts positions in a model's text, in microseconds, by way of the counts kept for small blocks of it.

    Follows the model's edits. A position that is not between two characters or not in the text raises `Bug`: it can
    only come from our own editor.
    """

    __slots__ = ("_blocks",)

    def __init__(self, model: TextModel) -> None:
        self._blocks = model.blocks

    def stretch_of_bytes(self, position: int, length: int) -> Stretch:
        """Return `length` bytes at byte `position` as a stretch of characters."""
        offset = self.offset_of_byte(position)
        return Stretch(offset, self.offset_of_byte(position + length) - offset)

    def offset_of_byte(self, position: int) -> int:
        """Return the code-point offset of a UTF-8 byte position."""
        if not 0 <= position <= self._blocks.size(Unit.BYTE):
            raise _outside(position, self._blocks.size(Unit.BYTE))
        text, before = self._blocks.locate(position, Unit.BYTE)
        inside = position - before[Unit.BYTE]
        if text.isascii():
            return before[Unit.CHAR] + inside
        try:
            return before[Unit.CHAR] + len(text.encode()[:inside].decode())
        except UnicodeDecodeError:
            raise Bug(
                f"The editor named position {position}, which is inside a character. Nothing was lost; "
                "please report this to whoever looks after ExamDesk."
            ) from None

    def byte_of_offset(self, offset: int) -> int:
        """Return the UTF-8 byte position of a code-point offset."""
        if not 0 <= offset <= self._blocks.size(Unit.CHAR):
            raise _outside(offset, self._blocks.size(Unit.CHAR))
        text, before = self._blocks.locate(offset, Unit.CHAR)
        return before[Unit.BYTE] + measure(text[: offset - before[Unit.CHAR]])[Unit.BYTE]


def _outside(position: int, size: int) -> Bug:
    return Bug(
        f"The editor named position {position} in a text of {size}. Nothing was lost; "
        "please report this to whoever looks after ExamDesk."
    )
