"""Pictures of the student's program on their way to the desk: matplotlib's figures, and what a turtle draws.

A picture is a file in the run's own folder for temporary files, and a line `figure FILE NAME` on the report. Nothing
is loaded before a program imports matplotlib or turtle.
"""

from __future__ import annotations

import importlib.machinery
import os
import sys
import time
from collections.abc import Callable
from typing import Any

FOLDER = "examdesk-figures"
BACKEND = "examdesk_figures"
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  (pathlib costs 5 ms of every run)
MAX_SENT = 400
MAX_BYTES = 4 << 20
PAUSE_SECONDS = 0.25

Say = Callable[[bytes], None]


class Figures:
    """Finds the modules that stand in for a screen, and sends what they draw."""

    def __init__(self, say: Say, folder: str, temporary: str) -> None:
        self._say = say
        self._folder = folder
        self._place = os.path.join(temporary, FOLDER)  # noqa: PTH118
        self._sent = 0
        self._at: dict[str, float] = {}
        self._late: dict[str, Callable[[], bytes]] = {}

    def show(self, name: str, ending: str, draw: Callable[[], bytes], *, now: bool = True) -> None:
        """Send a picture; with `now` False at most every so often, and its last state at the end."""
        moment = time.monotonic()
        if not now and moment < self._at.get(name, 0.0) + PAUSE_SECONDS:
            self._late[name + "\0" + ending] = draw
            return
        self._late.pop(name + "\0" + ending, None)
        self._at[name] = moment
        self._send(name, ending, draw)

    def finish(self) -> None:
        """Send the last state of everything that was not sent."""
        late, self._late = self._late, {}
        for key, draw in late.items():
            name, _, ending = key.partition("\0")
            try:
                self._send(name, ending, draw)
            except Exception as error:  # noqa: BLE001  (the program has ended; what is left is to say so)
                sys.stderr.write("The picture %s could not be drawn: %s\n" % (name, error))  # noqa: UP031

    def _send(self, name: str, ending: str, draw: Callable[[], bytes]) -> None:
        if self._sent >= MAX_SENT:
            return
        data = draw()
        if len(data) > MAX_BYTES:
            sys.stderr.write("The picture %s is too large to be shown.\n" % name)  # noqa: UP031
            return
        self._sent += 1
        file = "%d.%s" % (self._sent, ending)  # noqa: UP031
        os.makedirs(self._place, mode=0o700, exist_ok=True)  # noqa: PTH103
        path = os.path.join(self._place, file)  # noqa: PTH118
        with open(path + ".part", "wb") as target:  # noqa: PTH123
            target.write(data)
        os.replace(path + ".part", path)  # noqa: PTH105
        line = "figure\t%s %s\n" % (file, name.replace("\n", " ").replace("\t", " ")[:80])  # noqa: UP031
        self._say(line.encode("utf-8", "replace"))

    # The import system

    def find_spec(self, name: str, _path: Any = None, _target: Any = None) -> Any:
        """Return where our backend of matplotlib is, and Python's own turtle with a canvas that needs no screen."""
        if name == BACKEND:
            return _spec(name, os.path.join(HERE, "plots.py"), self, None)  # noqa: PTH118
        if name == "turtle" and not self._is_own(name):
            others = [entry for entry in sys.path if entry != self._folder]
            found = importlib.machinery.PathFinder.find_spec(name, others)
            if found is not None and found.origin:
                return _spec(name, found.origin, self, os.path.join(HERE, "canvas.py"))  # noqa: PTH118
        return None

    def _is_own(self, name: str) -> bool:
        base = os.path.join(self._folder, name)  # noqa: PTH118
        return os.path.exists(base + ".py") or os.path.isdir(base)  # noqa: PTH110, PTH112


class _Loader(importlib.machinery.SourceFileLoader):
    """Loads a module that calls `examdesk.show`; with a canvas, `tkinter` is that one while it loads."""

    def __init__(self, name: str, path: str, figures: Figures, canvas: str | None) -> None:
        super().__init__(name, path)
        self._figures = figures
        self._canvas = canvas

    def exec_module(self, module: Any) -> None:
        """See importlib."""
        if self._canvas is None:
            super().exec_module(module)
            module.examdesk = self._figures
            return
        import importlib.util  # noqa: PLC0415

        spec = _spec("tkinter", self._canvas, self._figures, None)
        tkinter = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(tkinter)
        names = {"tkinter": tkinter, "tkinter.simpledialog": tkinter.simpledialog}
        before = {name: sys.modules.get(name) for name in names}
        sys.modules.update(names)
        try:
            super().exec_module(module)
        finally:
            for name, value in before.items():
                if value is None:
                    del sys.modules[name]
                else:
                    sys.modules[name] = value


def _spec(name: str, path: str, figures: Figures, canvas: str | None) -> Any:
    import importlib.util  # noqa: PLC0415  (paid only by a program that draws)

    return importlib.util.spec_from_file_location(name, path, loader=_Loader(name, path, figures, canvas))
