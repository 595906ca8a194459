"""Positions in code points, UTF-8 bytes (Scintilla) and UTF-16 code units (Qt), converted without reading the text."""

import re

import msgspec

from shared.problems import Bug
from shared.text.blocks import Unit, blocks_from, measure, runs_from
from shared.text.edits import Origin
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
    """Converts positions in a document that changes, in microseconds, by way of counts kept for small blocks of it.

    Either holds its own text (`ByteIndex(text)`, told of changes by `replace` or `replace_bytes`), or follows a model's
    (`ByteIndex.over(model)`, and then the model alone is changed). A position that is not between two characters or not
    in the text raises `Bug`: it can only come from our own editor.
    """

    __slots__ = ("_blocks",)

    def __init__(self, text: str = "") -> None:
        self._blocks = blocks_from(text, runs_from(text, Origin.PROGRAM, 0))

    @classmethod
    def over(cls, model: TextModel) -> "ByteIndex":
        """Return an index of the model's text that follows its edits."""
        index = cls()
        index._blocks = model.blocks
        return index

    @property
    def text(self) -> str:
        """The whole text."""
        return self._blocks.text()

    @property
    def byte_length(self) -> int:
        """The text's size in UTF-8."""
        return self._blocks.size(Unit.BYTE)

    def replace(self, offset: int, removed: int, inserted: str) -> None:
        """Follow a change given in code points; `inserted` must be safe text."""
        if offset < 0 or removed < 0 or offset + removed > self._blocks.size(Unit.CHAR):
            raise _outside(offset + max(removed, 0), self._blocks.size(Unit.CHAR))
        self._blocks.splice(offset, removed, inserted, runs_from(inserted, Origin.PROGRAM, 0))

    def replace_bytes(self, position: int, removed: int, inserted: str) -> Stretch:
        """Follow a change as Scintilla tells it, in UTF-8 bytes; return the stretch that was replaced."""
        stretch = self.stretch_of_bytes(position, removed)
        self.replace(stretch.offset, stretch.length, inserted)
        return stretch

    def stretch_of_bytes(self, position: int, length: int) -> Stretch:
        """Return `length` bytes at byte `position` as a stretch of characters."""
        offset = self.offset_of_byte(position)
        return Stretch(offset, self.offset_of_byte(position + length) - offset)

    def offset_of_byte(self, position: int) -> int:
        """Return the code-point offset of a UTF-8 byte position."""
        return self._offset(position, Unit.BYTE, "utf-8")

    def offset_of_utf16(self, position: int) -> int:
        """Return the code-point offset of a UTF-16 position, as QString and QTextCursor count."""
        return self._offset(position, Unit.UTF16, "utf-16-le")

    def byte_of_offset(self, offset: int) -> int:
        """Return the UTF-8 byte position of a code-point offset."""
        return self._position(offset, Unit.BYTE)

    def utf16_of_offset(self, offset: int) -> int:
        """Return the UTF-16 position of a code-point offset."""
        return self._position(offset, Unit.UTF16)

    def _offset(self, position: int, unit: Unit, encoding: str) -> int:
        if not 0 <= position <= self._blocks.size(unit):
            raise _outside(position, self._blocks.size(unit))
        text, before = self._blocks.locate(position, unit)
        inside = position - before[unit]
        if text.isascii():
            return before[Unit.CHAR] + inside
        width = 2 if unit is Unit.UTF16 else 1
        try:
            return before[Unit.CHAR] + len(text.encode(encoding)[: inside * width].decode(encoding))
        except UnicodeDecodeError:
            raise Bug(
                f"The editor named position {position}, which is inside a character. Nothing was lost; "
                "please report this to whoever looks after ExamDesk."
            ) from None

    def _position(self, offset: int, unit: Unit) -> int:
        if not 0 <= offset <= self._blocks.size(Unit.CHAR):
            raise _outside(offset, self._blocks.size(Unit.CHAR))
        text, before = self._blocks.locate(offset, Unit.CHAR)
        return before[unit] + measure(text[: offset - before[Unit.CHAR]])[unit]


def _outside(position: int, size: int) -> Bug:
    return Bug(
        f"The editor named position {position} in a text of {size}. Nothing was lost; "
        "please report this to whoever looks after ExamDesk."
    )
