"""Garbage collection of the window's process: in its own thread, and no full one between two pictures of a table."""

import gc
from itertools import count

from PySide6.QtCore import QObject, QTimer

_YOUNG = 20_000
_MIDDLE = 20
_LOOK_EVERY_MS = 250
_EVERY_MS = 60_000


def collect_here(parent: QObject) -> None:
    """Collect garbage in this thread alone from now on, the window's, as long as `parent` is there.

    PySide deletes a widget in whichever thread finds it to be garbage, and Qt does not survive that.
    """
    gc.disable()
    rounds = count(1)

    def look() -> None:
        if gc.get_count()[0] >= _YOUNG:
            gc.collect(0 if next(rounds) % _MIDDLE else 1)

    timer = QTimer(parent)
    timer.setInterval(_LOOK_EVERY_MS)
    timer.timeout.connect(look)
    timer.start()


def keep_smooth(parent: QObject) -> None:
    """Take all that is loaded now as there to stay, and collect the rest once a minute; for a window that is built.

    A full collection stops the window for 60 ms with 1,000 rows, nearly all of it for modules and widgets that never
    go; without these it takes 2 ms.
    """
    gc.collect()
    gc.freeze()
    timer = QTimer(parent)
    timer.setInterval(_EVERY_MS)
    timer.timeout.connect(gc.collect)
    timer.start()


def keep_loaded() -> None:
    """Take what was loaded since as there to stay: the minute's collection skips a session's 30,000 events."""
    gc.freeze()
