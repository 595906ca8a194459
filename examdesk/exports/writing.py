"""Files that are there whole or not at all, with names that every system takes."""

import io
import re
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from shared.problems import Problem

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

_NAME_CHARS = 60
_UNSAFE = re.compile(r"[^A-Za-z0-9._\-]+")
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._\-]{0,99}")
_RESERVED = re.compile(r"(con|prn|aux|nul|clock\$|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
_HASHED = re.compile(r".*-[0-9a-f]{16}")


class Cancelled(Problem):
    """Somebody stopped the export; nothing of it is left."""

    def __init__(self) -> None:
        super().__init__("The export was stopped. Nothing was written.")


class Effort:
    """How far an export is, and whether it is to stop.

    Args:
        progress: is told the share done (0 to 1) and what is being made.
        cancelled: is asked often; true stops the export.
    """

    def __init__(self, progress: Callable[[float, str], None], cancelled: Callable[[], bool]) -> None:
        self._progress = progress
        self._cancelled = cancelled
        self._total = 1.0
        self._before = 0.0
        self._part = 0.0
        self._units = 1
        self._done = 0.0
        self._what = ""
        self._beside: Callable[[], float] = lambda: 0.0

    def expect(self, total: float, beside: Callable[[], float] | None = None) -> None:
        """Say how much there is to do in all, in any unit; `beside` says how much of it others have done by now."""
        self._total = max(total, 1.0)
        self._beside = beside or self._beside

    def begin(self, part: float, units: int) -> None:
        """Begin a part of the whole, of which so many units will be done; what came before it is done."""
        self._before += self._part
        self._part, self._units, self._done = part, max(units, 1), 0.0

    def step(self, amount: float, what: str = "") -> None:
        """Say that some of the part is done; raises `Cancelled` when it is to stop."""
        if self._cancelled():
            raise Cancelled
        self._done += amount
        self._what = what or self._what
        done = self._before + self._part * min(self._done / self._units, 1.0) + self._beside()
        self._progress(min(done / self._total, 1.0), self._what)

    def end(self, what: str) -> None:
        """Say that all is done but for what is said."""
        self._before, self._part = self._total, 0.0
        self.step(0, what)


class WatchedFile(io.FileIO):
    """A file whose reading and writing stops when an effort is to stop; each byte is `amount` of its part."""

    def __init__(self, path: Path, mode: Literal["rb", "w+b"], effort: Effort, amount: float = 0.0) -> None:
        super().__init__(path, mode)
        self._effort = effort
        self._each = amount

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read as every file does."""
        count = super().readinto(buffer)
        self._effort.step(count * self._each)
        return count

    def write(self, data: "ReadableBuffer", /) -> int:
        """Write as every file does."""
        self._effort.step(0)
        return super().write(data)


def is_reserved(name: str) -> bool:
    """Whether some system keeps a name for a device."""
    return _RESERVED.fullmatch(name) is not None


def plain(name: str) -> bool:
    """Whether every system takes a file's name as it is."""
    return bool(_PLAIN.fullmatch(name)) and not name.endswith(".") and not is_reserved(name)


def file_name(text: str) -> str:
    """Return a name for a file that stands for `text`: safe on every system, and another one for another text.

    Lower-case letters, digits, dots and dashes stay as they are; everything else is replaced, and then a digest of
    the text tells it from others that look the same.
    """
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    safe = _UNSAFE.sub("_", plain).strip("._-")[:_NAME_CHARS].rstrip("._-").lower()
    if safe and safe == text and not _RESERVED.fullmatch(safe) and not _HASHED.fullmatch(safe):
        return safe
    if not safe or _RESERVED.fullmatch(safe):
        safe = f"student-{safe}".strip("-")
    return f"{safe}-{sha256(text.encode('utf-8', 'surrogatepass')).hexdigest()[:16]}"
