"""The pictures that programs showed, kept beside the journals for a restart; the log has their hashes."""

import contextlib
import os
import threading
from hashlib import sha256
from pathlib import Path

from shared.events import kinds
from student_app.running.events import Figure

MAX_FIGURES = 40
MAX_KEPT = 200
NAME_CHARS = 80


class PictureShelf:
    """Keeps the newest pictures by the hash of their bytes; `folder` None keeps none. Any thread may call it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder / "pictures" if folder is not None else None
        self._lock = threading.Lock()

    def keep(self, data: bytes) -> None:
        """Keep a picture; where the disk does not take it, the next start does not show it, and no more."""
        if self._folder is None:
            return
        with self._lock, contextlib.suppress(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._folder / sha256(data).hexdigest()
            part = path.with_suffix(".part")
            part.write_bytes(data)
            part.replace(path)
            self._make_room()

    def read(self, sha: str) -> bytes | None:
        """Return a picture, None for one that is not here any more."""
        if self._folder is None or len(sha) != 64 or not set(sha) <= set("0123456789abcdef"):
            return None
        try:
            data = (self._folder / sha).read_bytes()
        except OSError:
            return None
        return data if sha256(data).hexdigest() == sha else None

    def _make_room(self) -> None:
        assert self._folder is not None
        with os.scandir(self._folder) as entries:
            files = sorted((entry.stat().st_mtime, entry.path) for entry in entries if entry.is_file())
        for _, path in files[:-MAX_KEPT]:
            Path(path).unlink(missing_ok=True)


class ShownFigures:
    """What one run showed: the newest state of each picture, in the order in which they came first."""

    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def take(self, figure: Figure) -> None:
        """A picture was shown, or shown anew."""
        if figure.name in self._figures or len(self._figures) < MAX_FIGURES:
            self._figures[figure.name] = figure

    def kept(self, shelf: PictureShelf) -> tuple[kinds.FigureState, ...]:
        """Keep the pictures and return what the log says of them."""
        for figure in self._figures.values():
            shelf.keep(figure.data)
        return tuple(
            kinds.FigureState(
                name=name[:NAME_CHARS], kind=one.kind, sha256=sha256(one.data).hexdigest(), size=len(one.data)
            )
            for name, one in self._figures.items()
        )  # fmt: skip
