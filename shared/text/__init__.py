"""Text as a record: edits, the origin of each character, and files.

Offsets and lengths are counted in Unicode code points everywhere; `offsets` converts from and to the
bytes that Scintilla counts.
"""

from shared.text.edits import (
    Change,
    Edit,
    EditMismatch,
    EditOutsideText,
    FileCopied,
    FileCreated,
    FileDeleted,
    FileEdited,
    FileFault,
    FileRenamed,
    MovedFrom,
    Origin,
    Span,
    UnsafeText,
)
from shared.text.model import TextModel
from shared.text.offsets import ByteIndex, safe_text
from shared.text.workspace import Workspace

__all__ = [
    "ByteIndex",
    "Change",
    "Edit",
    "EditMismatch",
    "EditOutsideText",
    "FileCopied",
    "FileCreated",
    "FileDeleted",
    "FileEdited",
    "FileFault",
    "FileRenamed",
    "MovedFrom",
    "Origin",
    "Span",
    "TextModel",
    "UnsafeText",
    "Workspace",
    "safe_text",
]
