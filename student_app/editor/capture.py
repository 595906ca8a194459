"""From Scintilla's notifications to changes of the recorded text: bytes become code points, undo stays undo."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal, Protocol

from shared.problems import PeerFault, Problem
from shared.text import ByteIndex, TextModel
from student_app.core.recorder import How

INSERTED, DELETED, BY_UNDO, BY_REDO = 0x01, 0x02, 0x20, 0x40
"""Bits of `modificationType` in SCN_MODIFIED (SC_MOD_INSERTTEXT, SC_MOD_DELETETEXT, SC_PERFORMED_UNDO and _REDO)."""
PasteHow = Literal["paste", "drop", "selection"]
_log = logging.getLogger(__name__)


class EditSink(Protocol):
    """Where changes go: the desk."""

    def model(self, file: str) -> TextModel:
        """Return the recorded text of a file, which every change below changes at once."""
        ...

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """`removed` characters at `at` became `text`; raises `InputProblem` when nothing may be changed now."""
        ...

    def paste(self, file: str, at: int, removed: int, text: str, how: PasteHow = "paste") -> bool:
        """Record a paste; False: the exam does not let it, and it must not be inserted."""
        ...

    def copied(self, text: str) -> None:
        """The student copied or cut this."""
        ...

    def free(self) -> bool:
        """Whether the exam lets any text be pasted."""
        ...

    def revert(self, file: str, text: str) -> None:
        """The file stands like this now, whatever was recorded."""
        ...


class Capture:
    """Records every change of one document. Nothing here reads the whole text, except `in_step` and `mend`."""

    def __init__(self, sink: EditSink, file: str, refused: Callable[[str], None]) -> None:
        """`refused` is called (with a sentence) when a change could not be recorded: the text must be loaded again."""
        self.file = file
        self._sink = sink
        self._refused = refused
        self._how: How = "type"
        self._silent = False
        self._indexed: tuple[TextModel, ByteIndex] | None = None

    @property
    def index(self) -> ByteIndex:
        """Converts positions in the recorded text."""
        model = self._sink.model(self.file)
        if self._indexed is None or self._indexed[0] is not model:
            self._indexed = model, ByteIndex(model)
        return self._indexed[1]

    @property
    def text(self) -> str:
        """The recorded text."""
        return self._sink.model(self.file).text

    def modified(self, position: int, kind: int, text: bytes, length: int) -> None:
        """Take a notification: `length` bytes at `position` were inserted (`text`) or deleted."""
        if self._silent or not kind & (INSERTED | DELETED):
            return
        how: How = "undo" if kind & BY_UNDO else "redo" if kind & BY_REDO else self._how
        try:
            index = self.index
            if kind & INSERTED:
                at = index.offset_of_byte(position)
                self._sink.replace(self.file, at, 0, text.decode("utf-8", "replace"), how)
            else:
                stretch = index.stretch_of_bytes(position, length)
                self._sink.replace(self.file, stretch.offset, stretch.length, "", how)
        except Problem as problem:
            self._refused(problem.sentence)

    def paste(self, start: int, end: int, text: str, how: PasteHow) -> bool:
        """Record that the bytes `start` to `end` are replaced by a paste; False: it must not be inserted."""
        try:
            stretch = self.index.stretch_of_bytes(start, end - start)
            return self._sink.paste(self.file, stretch.offset, stretch.length, text, how)
        except Problem as problem:
            self._refused(problem.sentence)
            return False

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Change the document without recording: it is loaded, or what is inserted was recorded already."""
        before, self._silent = self._silent, True
        try:
            yield
        finally:
            self._silent = before

    @contextmanager
    def done_by(self, how: How) -> Iterator[None]:
        """Record the changes as made in another way than by typing."""
        before, self._how = self._how, how
        try:
            yield
        finally:
            self._how = before

    def in_step(self, text: str) -> bool:
        """Tell whether the document is what was recorded."""
        return self.text == text

    def mend(self, text: str) -> bool:
        """Record the difference if the document is not what was recorded; True when there was one."""
        try:
            if self.in_step(text):
                return False
        except PeerFault:
            return False  # the file was removed or renamed: its editor is about to go
        _log.error("the editor and the record differ in a file; the difference is recorded now")
        try:
            self._sink.revert(self.file, text)
        except Problem as problem:
            self._refused(problem.sentence)
        return True
