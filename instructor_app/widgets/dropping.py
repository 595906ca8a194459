"""Files that are dragged from elsewhere onto a widget."""

from pathlib import Path

from PySide6.QtGui import QDropEvent


def offers_files(event: QDropEvent) -> bool:
    """Tell whether files of this computer are dragged, folders among them."""
    return any(url.isLocalFile() for url in event.mimeData().urls())


def dropped_files(event: QDropEvent) -> list[Path]:
    """Return the files that were dropped; folders are left out."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in paths if path.is_file()]
