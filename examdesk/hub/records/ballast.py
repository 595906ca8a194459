"""64 MiB kept aside on the hub's disk, given up when the disk is full so that the exam goes on."""

import os
import shutil
from pathlib import Path

BALLAST_BYTES = 64 * 1024 * 1024
_CHUNK = bytes(1024 * 1024)


class Ballast:
    """The file that keeps the space; `path` None where the records are not on this disk."""

    def __init__(self, path: Path | None, size: int = BALLAST_BYTES) -> None:
        self._path = path
        self._size = size
        self.released = False

    def prepare(self) -> str:
        """Make the file; return what to tell the person when there is not enough space, else an empty text."""
        if self._path is None or (self._path.exists() and self._path.stat().st_size == self._size):
            return ""
        free = shutil.disk_usage(self._path.parent).free
        if free < 3 * self._size:
            return (
                f"There are only {free // 1024**2} MiB free on the disk of {self._path.parent}. "
                "The exam can run, but free some space before it starts."
            )
        try:
            with self._path.open("wb") as out:
                for _ in range(self._size // len(_CHUNK)):
                    out.write(_CHUNK)  # written, and not only reserved: some file systems promise more than they have
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            self._path.unlink(missing_ok=True)
            return f"No reserve could be made on the disk of {self._path.parent} ({error.strerror}); free some space."
        return ""

    def release(self) -> bool:
        """Give the space up; tell whether there was any."""
        if self._path is None or not self._path.exists():
            return False
        self._path.unlink()
        self.released = True
        return True
