"""What can happen to text, and what is refused: the vocabulary of the text model."""

import enum
from typing import Literal

import msgspec

from shared.problems import PeerFault


class Origin(enum.IntEnum):
    """Where a character first came from. The numbers are part of the record format and never change."""

    TYPED = 1
    OUTSIDE = 2  # pasted or dropped from outside the session
    MOVED = 3  # own text pasted back whose source is no longer known
    STARTER = 4
    STATEMENT = 5  # copied from the question's prompt
    PROGRAM = 6  # put there by the program, such as a restored file


class Span(msgspec.Struct, frozen=True):
    """The characters `start` (included) to `end` (excluded) share one origin and came with event `seq`."""

    start: int
    end: int
    origin: Origin
    seq: int


Back = Literal["", "undo", "redo"]
"""Whether an edit takes an earlier one back, or makes it again."""


class MovedFrom(msgspec.Struct, frozen=True):
    """Where the pasted text stood, in code points, just before the paste."""

    file: str
    offset: int


class Edit(msgspec.Struct, frozen=True):
    """Replace `removed` characters at `offset` by `inserted`; `seq` is the event that did it.

    `removed_text` is checked when given. With `Origin.MOVED` the inserted characters keep the provenance
    that they had where they came from (see `Workspace`); `moved_from` says where that was, when known.
    Undo and redo (`back`) are `Origin.MOVED` too, so that provenance comes back with the text.
    """

    offset: int
    removed: int
    inserted: str
    origin: Origin
    seq: int
    removed_text: str | None = None
    moved_from: MovedFrom | None = None
    back: Back = ""


class FileCreated(msgspec.Struct, frozen=True, tag="created"):
    """A new file with its first text."""

    file: str
    seq: int
    text: str = ""
    origin: Origin = Origin.STARTER


class FileEdited(msgspec.Struct, frozen=True, tag="edited"):
    """One edit in one file."""

    file: str
    edit: Edit

    @property
    def seq(self) -> int:
        """The event that did it."""
        return self.edit.seq


class FileRenamed(msgspec.Struct, frozen=True, tag="renamed"):
    """A file goes on under another name, with its provenance."""

    file: str
    seq: int
    to: str


class FileDeleted(msgspec.Struct, frozen=True, tag="deleted"):
    """A file is gone; its text pasted back keeps its provenance."""

    file: str
    seq: int


class FileCopied(msgspec.Struct, frozen=True, tag="copied"):
    """`length` characters at `offset` went to the clipboard; the text does not change."""

    file: str
    seq: int
    offset: int
    length: int


Change = FileCreated | FileEdited | FileRenamed | FileDeleted | FileCopied


class EditOutsideText(PeerFault):
    """An edit refers to characters that the text does not have."""

    def __init__(self, offset: int, removed: int, length: int) -> None:
        super().__init__(
            f"An edit at offset {offset} that removes {removed} characters does not fit a text of {length}. "
            "It was not applied; everything before it is kept. Look at the record with 'examdesk verify'."
        )
        self.offset = offset
        self.removed = removed
        self.length = length


class EditMismatch(PeerFault):
    """The text that an edit says it removed is not what stood there."""

    def __init__(self, offset: int, removed: int) -> None:
        super().__init__(
            f"An edit at offset {offset} names other text than the {removed} characters that stand there. "
            "It was not applied; everything before it is kept. Look at the record with 'examdesk verify'."
        )
        self.offset = offset
        self.removed = removed


class UnsafeText(PeerFault):
    """Inserted text holds unpaired surrogates, which no file can carry."""

    def __init__(self, offset: int) -> None:
        super().__init__(
            f"An edit at offset {offset} inserts text with half characters (unpaired surrogates). "
            "It was not applied; everything before it is kept."
        )
        self.offset = offset


class FileFault(PeerFault):
    """A change names a file that is not there, or creates one that is."""

    def __init__(self, file: str, what: str) -> None:
        super().__init__(f"File {file!r} {what}. The change was not applied; everything before it is kept.")
        self.file = file
