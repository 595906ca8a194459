"""Text as a record: edits, the origin of each character, files, and any moment of a session.

Offsets and lengths are counted in Unicode code points everywhere; `offsets` converts from and to the
units that editors use.
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
from shared.text.history import History
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
    "History",
    "MovedFrom",
    "Origin",
    "Span",
    "TextModel",
    "UnsafeText",
    "Workspace",
    "safe_text",
]
