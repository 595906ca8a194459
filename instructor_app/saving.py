"""Writing a file whole or not at all."""

from pathlib import Path

from PySide6.QtCore import QSaveFile


def save_whole(path: Path, data: bytes) -> str:
    """Write a file in the place of an earlier one; return why that can't be, empty where it is done."""
    file = QSaveFile(str(path))
    written = file.open(QSaveFile.OpenModeFlag.WriteOnly) and file.write(data) == len(data)
    return "" if written and file.commit() else file.errorString()
