"""A session's files as plain text, fast enough for a thousand sessions at once, and the text that was taken out.

Of each character it is known whether it came as starter code: for similarity, which is of what a student wrote.
"""

import re
from array import array
from collections import deque
from collections.abc import Iterator
from hashlib import sha256
from typing import NamedTuple

from shared.events import kinds
from shared.text.edits import EditOutsideText, FileFault

REMOVED_LEAST = 12
REMOVED_PIECES = 128
REMOVED_CHARS = 48_000
LOST_PIECES = 64
_SEARCHED_LEAST = 4
_PUT_BACK = frozenset({"undo", "redo", "revert"})
_GIVEN = frozenset({"starter", "data"})
_CODE = ".py"
_PLACE_BYTES = array("I").itemsize
_STRETCHES = re.compile(rb"\x01+")


def stretches(marks: bytes) -> tuple[tuple[int, int], ...]:
    """Return where the ones of a row of marks begin and end, in order."""
    return tuple(found.span() for found in _STRETCHES.finditer(marks))


class Kept(NamedTuple):
    """A file that came from the PC before: its name and text then, and for each character of now its place in that.

    Places count from 1; 0 is a character that was written here.
    """

    file: str
    text: str
    places: "array[int]"


class PlainFiles:
    """Texts by file, with what is starter code (`shared.text.Workspace` has all provenance); offsets are code points.

    Every change that does not fit raises a `PeerFault` and changes nothing. Removed stretches are remembered,
    neighbouring ones as one, so that text which was cut or erased letter by letter is known again when it comes back.
    """

    __slots__ = (
        "_erased",
        "_erased_at",
        "_erased_file",
        "_given",
        "_kept",
        "_lost",
        "_removed",
        "_removed_chars",
        "changed_ms",
        "texts",
    )

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}
        self.changed_ms: dict[str, int] = {}
        self._removed: deque[str] = deque()
        self._removed_chars = 0
        self._given: dict[str, bytearray] = {}
        self._kept: dict[str, Kept] = {}
        self._lost: deque[tuple[str, bytes]] = deque(maxlen=LOST_PIECES)
        self._erased: list[str] = []
        self._erased_at = -1
        self._erased_file = ""

    def replace(self, file: str, at: int, removed: int, text: str, *, moved: bool = False, given: bool = False) -> None:
        """Replace `removed` characters at `at`; text that was `moved` within the session stays what it was."""
        try:
            have = self.texts[file]
        except KeyError:
            raise FileFault(file, "does not exist") from None
        end = at + removed
        if at < 0 or removed < 0 or end > len(have):
            raise EditOutsideText(at, removed, len(have))
        marks = self._given.get(file)
        if removed:
            self._erase(file, at, have[at:end])
            if marks is not None and 1 in marks[at:end]:
                self._lost.append((have[at:end], bytes(marks[at:end])))
        self.texts[file] = have[:at] + text + have[end:]
        own = b"\1" * len(text) if given else self._marks_of(text) if moved else bytes(len(text))
        kept = self._kept.get(file)
        if kept is not None:
            kept.places[at:end] = array("I", bytes(_PLACE_BYTES * len(text)))
        if marks is not None:
            marks[at:end] = own
        elif any(own):
            self._given[file] = bytearray(at) + own + bytes(len(have) - end)

    def edit(self, payload: kinds.Edit) -> None:
        """Make the changes of a burst, as far as they fit."""
        moved = payload.how in _PUT_BACK
        for change in payload.changes:
            self.replace(payload.file, change.at, change.removed, change.text, moved=moved)

    def paste(self, payload: kinds.Paste) -> None:
        """Put in what was pasted or dropped."""
        self.replace(payload.file, payload.at, payload.removed, payload.text, moved=payload.clip == "own")

    def create(self, payload: kinds.FileCreated) -> None:
        """Make a file, or append a later part of its first text."""
        given = payload.origin in _GIVEN and payload.file.endswith(_CODE)
        if payload.part > 1:
            self.replace(payload.file, len(self.texts.get(payload.file, "")), 0, payload.text, given=given)
            self._keep(payload)
            return
        if payload.file in self.texts:
            raise FileFault(payload.file, "exists already")
        self.texts[payload.file] = payload.text
        if given and payload.text:
            self._given[payload.file] = bytearray(b"\1" * len(payload.text))
        self._keep(payload)

    def remove(self, file: str) -> None:
        """Take a file away; its text is remembered."""
        if file not in self.texts:
            raise FileFault(file, "does not exist")
        self._keep_erased()
        text = self.texts.pop(file)
        self._remember(text)
        self._kept.pop(file, None)
        if marks := self._given.pop(file, None):
            self._lost.append((text, bytes(marks)))
        self.changed_ms.pop(file, None)

    def rename(self, file: str, to: str) -> None:
        """Give a file another name."""
        if file not in self.texts:
            raise FileFault(file, "does not exist")
        if to != file and to in self.texts:
            raise FileFault(to, "exists already")
        self.texts = {to if name == file else name: text for name, text in self.texts.items()}
        if file in self.changed_ms:
            self.changed_ms[to] = self.changed_ms.pop(file)
        if file in self._given:
            self._given[to] = self._given.pop(file)
        if file in self._kept:
            self._kept[to] = self._kept.pop(file)

    def given(self, file: str) -> bytes:
        """Return a 1 for each character of a file that came as starter code; as long as the file, or empty for none."""
        return bytes(self._given.get(file, b""))

    def kept(self, file: str) -> Kept | None:
        """Return what of a file came from the PC that the session was at before."""
        return self._kept.get(file)

    def removed(self) -> Iterator[str]:
        """Yield what was taken out, the newest first."""
        if self._erased:
            yield "".join(self._erased)
        yield from reversed(self._removed)

    def forget_removed(self) -> None:
        """Forget what was taken out."""
        self._removed.clear()
        self._removed_chars = 0
        self._erased = []
        self._lost.clear()

    def differing(self, stated: dict[str, kinds.FileState]) -> list[str]:
        """Return the files that do not stand as stated."""
        return [
            file
            for file, state in stated.items()
            if file not in self.texts
            or len(self.texts[file]) != state.length
            or sha256(self.texts[file].encode("utf-8", "surrogatepass")).hexdigest() != state.sha256
        ]

    def _keep(self, payload: kinds.FileCreated) -> None:
        """Note which characters came from the PC before."""
        if payload.origin != "restored" or not payload.file.endswith(_CODE):
            return
        whole = self.texts[payload.file]
        self._kept[payload.file] = Kept(payload.file, whole, array("I", range(1, len(whole) + 1)))

    def _marks_of(self, text: str) -> bytes:
        """Return what of moved text is starter code, from where it was taken out or still stands."""
        for piece, marks in reversed(self._lost):
            if text and (piece == text or (len(text) >= _SEARCHED_LEAST and text in piece)):
                at = piece.index(text)
                return marks[at : at + len(text)]
        if len(text) >= REMOVED_LEAST:
            for file, given in self._given.items():
                at = self.texts[file].find(text)
                if at >= 0 and 1 in given[at : at + len(text)]:
                    return bytes(given[at : at + len(text)])
        return bytes(len(text))

    def _erase(self, file: str, at: int, text: str) -> None:
        if self._erased and file == self._erased_file and at == self._erased_at:
            self._erased.append(text)
        elif self._erased and file == self._erased_file and at + len(text) == self._erased_at:
            self._erased.insert(0, text)
        else:
            self._keep_erased()
            self._erased = [text]
            self._erased_file = file
        self._erased_at = at

    def _keep_erased(self) -> None:
        if self._erased:
            self._remember("".join(self._erased))
            self._erased = []

    def _remember(self, text: str) -> None:
        if len(text) < REMOVED_LEAST:
            return
        self._removed.append(text[-REMOVED_CHARS:])
        self._removed_chars += len(self._removed[-1])
        while len(self._removed) > REMOVED_PIECES or self._removed_chars > REMOVED_CHARS:
            self._removed_chars -= len(self._removed.popleft())
