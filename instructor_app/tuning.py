"""Garbage collection of the window's process: no full collection between two pictures of a table."""

import gc

from PySide6.QtCore import QObject, QTimer

_YOUNG = 20_000
_MIDDLE = 20
_NEVER = 100_000
_EVERY_MS = 60_000


def keep_smooth(parent: QObject) -> None:
    """Take all that is loaded now as there to stay, and collect the rest once a minute; for a window that is built.

    A full collection stops the window for 60 ms with 1,000 rows, nearly all of it for modules and widgets that never
    go; without these it takes 2 ms.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _MIDDLE, _NEVER)
    timer = QTimer(parent)
    timer.setInterval(_EVERY_MS)
    timer.timeout.connect(gc.collect)
    timer.start()


def keep_loaded() -> None:
    """Take what was loaded since as there to stay: the minute's collection skips a session's 30,000 events."""
    gc.freeze()
