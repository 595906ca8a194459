"""Pictures of the student's program on their way to the desk: matplotlib's figures, and what a turtle draws.

A picture is a file in the run's own folder for temporary files, and a line `figure FILE NAME` on the report; a newer
state of it replaces the file. `listens WORDS` says whether the program wants the keys and clicks on its picture, which
come as lines on the window's pipe, and `rested MS` how long it waited for them. Nothing is loaded before a program
imports matplotlib or turtle.
"""

from __future__ import annotations

import importlib.machinery
import os
import select
import sys
import time
from collections.abc import Callable, Iterable
from typing import Any

FOLDER = "examdesk-figures"
BACKEND = "examdesk_figures"
HERE = os.path.dirname(os.path.abspath(__file__))  # noqa: PTH100, PTH120  (pathlib costs 5 ms of every run)
MAX_PICTURES = 40
MAX_BYTES = 4 << 20
PAUSE_SECONDS = 0.25
LIVE_PAUSE_SECONDS = 0.05
SECONDS_PER_MEGABYTE = 2.0
TELL_SECONDS = 0.1
MAX_LINE = 200

Say = Callable[[bytes], None]


class Figures:
    """Finds the modules that stand in for a screen, sends what they draw and takes what is done to it."""

    def __init__(
        self, say: Say, folder: str, temporary: str, complain: Callable[[BaseException], bool], pipe: int | None
    ) -> None:
        self.watched = pipe is not None
        self.complain = complain
        self._say = say
        self._folder = folder
        self._place = os.path.join(temporary, FOLDER)  # noqa: PTH118
        self._files: dict[str, str] = {}
        self._next: dict[str, float] = {}
        self._late: dict[str, tuple[str, Callable[[], bytes]]] = {}
        self._live = False
        self._last = b""
        self._rested = 0.0
        self._happened = _Happened(pipe) if pipe is not None else None

    def show(self, name: str, ending: str, draw: Callable[[], bytes], *, now: bool = True) -> None:
        """Send a picture; with `now` False at most every so often, and its last state at the end."""
        if not now and time.monotonic() < self._next.get(name, 0.0):
            self._late[name] = (ending, draw)
            return
        self._late.pop(name, None)
        self._send(name, ending, draw)

    def finish(self) -> None:
        """Send the last state of everything that was not sent."""
        for name in list(self._late):
            ending, draw = self._late.pop(name)
            try:
                self._send(name, ending, draw)
            except Exception as error:  # noqa: BLE001  (the program has ended; what is left is to say so)
                sys.stderr.write("The picture %s could not be drawn: %s\n" % (name, error))  # noqa: UP031

    def _send(self, name: str, ending: str, draw: Callable[[], bytes]) -> None:
        if name not in self._files and len(self._files) >= MAX_PICTURES:
            return
        begun = time.monotonic()
        data = draw()
        if self._live and data == self._last:
            return
        self._last = data if ending == "svg" else b""
        if len(data) > MAX_BYTES:
            sys.stderr.write("The picture %s is too large to be shown.\n" % name)  # noqa: UP031
            return
        file = self._files.setdefault(name, "%d.%s" % (len(self._files) + 1, ending))  # noqa: UP031
        os.makedirs(self._place, mode=0o700, exist_ok=True)  # noqa: PTH103
        path = os.path.join(self._place, file)  # noqa: PTH118
        with open(path + ".part", "wb") as target:  # noqa: PTH123
            target.write(data)
        os.replace(path + ".part", path)  # noqa: PTH105
        line = "figure\t%s %s\n" % (file, name.replace("\n", " ").replace("\t", " ")[:80])  # noqa: UP031
        self._say(line.encode("utf-8", "replace"))
        # a drawing program draws most of its time, and the desk stays awake with large pictures too
        now = time.monotonic()
        pause = LIVE_PAUSE_SECONDS if self._live else PAUSE_SECONDS
        self._next[name] = now + max(pause, 3 * (now - begun), SECONDS_PER_MEGABYTE * len(data) / 1e6)

    # The window

    def listens(self, words: Iterable[str]) -> None:
        """Say what the program wants to hear of: `keys`, `clicks`, `moves`, or nothing."""
        if not self.watched:
            return
        words = sorted(words)
        self._live = self._live or bool(words)
        self._say(b"listens\t" + " ".join(words).encode() + b"\n")

    def happened(self, seconds: float) -> list[str]:
        """Return what was done in the window, after waiting for it so long at most."""
        self._live = True
        until = time.monotonic() + seconds
        while True:
            due = self._send_late()
            rest = until - time.monotonic()
            lines = self._wait(max(0.0, min(rest, due)))
            if lines or rest <= due:
                return lines

    def rest(self, seconds: float) -> None:
        """Let time pass in the window; what is done in it meanwhile waits."""
        begun = time.monotonic()
        time.sleep(max(0.0, seconds))
        self._add_rest(time.monotonic() - begun)

    def _send_late(self) -> float:
        """Send the pictures whose time has come, and return in how many seconds the next one's comes."""
        now = time.monotonic()
        for name in [name for name in self._late if self._next.get(name, 0.0) <= now]:
            ending, draw = self._late.pop(name)
            self._send(name, ending, draw)
        return min((self._next[name] - now for name in self._late), default=1e9)

    def _wait(self, seconds: float) -> list[str]:
        if self._happened is None:
            self.rest(seconds)
            return []
        begun = time.monotonic()
        lines = self._happened.take(seconds)
        self._add_rest(time.monotonic() - begun)
        return lines

    def _add_rest(self, seconds: float) -> None:
        self._rested += seconds
        if self._rested >= TELL_SECONDS:
            self._say(b"rested\t%d\n" % int(self._rested * 1000))
            self._rested = 0.0

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


class _Happened:
    """The lines of the window's pipe, read without ever blocking the program for longer than it wishes."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe
        self._rest = b""
        self._ended = False
        self._queue: Any = None

    def take(self, seconds: float) -> list[str]:
        """Return the whole lines that are there, after waiting for one so long at most."""
        if self._ended:
            time.sleep(seconds)
            return []
        data = self._read_queued(seconds) if sys.platform == "win32" else self._read(seconds)
        if data is None:
            return []
        self._ended = not data
        *lines, self._rest = (self._rest + data).split(b"\n")
        return [line.decode("utf-8", "replace") for line in lines if len(line) <= MAX_LINE]

    def _read(self, seconds: float) -> bytes | None:
        try:
            return os.read(self._pipe, 1 << 14) if select.select([self._pipe], [], [], seconds)[0] else None
        except OSError:
            return b""

    def _read_queued(self, seconds: float) -> bytes | None:
        """The pipes of Windows can't be waited for: a thread reads this one, from the first time on."""
        import queue  # noqa: PLC0415

        if self._queue is None:
            import threading  # noqa: PLC0415

            self._queue = queue.SimpleQueue()
            threading.Thread(target=self._fill, daemon=True).start()
        try:
            return self._queue.get(timeout=max(seconds, 0.0005))  # type: ignore[no-any-return]
        except queue.Empty:
            return None

    def _fill(self) -> None:
        data = b" "
        while data:
            try:
                data = os.read(self._pipe, 1 << 14)
            except OSError:
                data = b""
            self._queue.put(data)


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

        names = ("examdesk_window", "tkinter", "tkinter.simpledialog")
        before = {name: sys.modules.get(name) for name in names}
        try:
            for name, path in ((names[0], os.path.join(HERE, "window.py")), (names[1], self._canvas)):  # noqa: PTH118
                spec = _spec(name, path, self._figures, None)
                sys.modules[name] = importlib.util.module_from_spec(spec)
                spec.loader.exec_module(sys.modules[name])
            sys.modules[names[2]] = sys.modules["tkinter"].simpledialog
            super().exec_module(module)
        finally:
            for name, value in before.items():
                if value is None:
                    sys.modules.pop(name, None)
                else:
                    sys.modules[name] = value


def _spec(name: str, path: str, figures: Figures, canvas: str | None) -> Any:
    import importlib.util  # noqa: PLC0415  (paid only by a program that draws)

    return importlib.util.spec_from_file_location(name, path, loader=_Loader(name, path, figures, canvas))
