"""The key file on its stick: written again by itself when something was done since, under the same passphrase.

What the passphrase became stays in this process's memory; neither it nor where the file is outlives the window.
"""

import asyncio
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from examdesk.staffapi.key_files import fetch_key_file
from examdesk.staffapi.messages import GetKeyFile, KeyFileMade
from instructor_app.bridge import Bridge, Link, Progress, Work
from instructor_app.port import Hub
from instructor_app.state import ClassState
from instructor_app.words import lasting, tr
from shared.clock import Clock
from shared.exam.readiness import KeyFacts
from shared.exam.whole_file import write_private, write_whole
from shared.problems import Problem

LOOK_MS = 60_000


class KeptKey(QObject):
    """The file of the exam that is open; nothing before it is saved from here.

    Attributes:
        changed: what `sentence` says may be different.
    """

    changed = Signal()

    def __init__(self, bridge: Bridge, state: ClassState, clock: Clock) -> None:
        super().__init__()
        self._bridge, self._state, self._clock = bridge, state, clock
        self._path: Path | None = None
        self._exam = self._stamp = self._problem = ""
        self._again = b""
        self._written_ms = 0
        self._busy = self._away = False
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self.look)

    def keep(self, path: Path, made: KeyFileMade) -> None:
        """The person saved the key: from now on this file is kept up to date."""
        exam = self._state.exam
        self._path, self._exam = path, exam.fingerprint if exam is not None else ""
        self._again, self._stamp, self._written_ms = made.again, made.stamp, self._clock.wall_ms()
        self._away, self._problem = False, ""
        self._timer.start()
        self.changed.emit()

    def look(self) -> None:
        """Write the file again where something was done since; where it is not there, only say so."""
        path = self._path
        if path is None or self._busy:
            return
        self._away = not path.is_file()  # a folder alone may be where a stick was
        if not self._away and self._again and self._mine() and self._bridge.link is Link.UP:
            self._busy = True
            self._bridge.task(_written(path, self._again, self._stamp), self._took, self._failed)
        self.changed.emit()

    def facts(self) -> KeyFacts | None:
        """Return what the list of what is to do says of it; None where another exam is open."""
        if self._path is None:
            return KeyFacts()
        if not self._mine():
            return None
        age = self._clock.wall_ms() - self._written_ms
        return KeyFacts(age_ms=max(0, age), away=self._away, problem=self._problem)

    def sentence(self) -> str:
        """Say how old the file is, or why it is no newer; empty where none was saved from here."""
        path = self._path
        if path is None or not self._mine():
            return ""
        age = _age(self._clock.wall_ms() - self._written_ms)
        if self._away:
            return tr(
                "{file} is not at its place now; the key in it is {time} old. It is brought up to date once it is "
                "back.",
                file=path.name,
                time=age,
            )
        if self._problem:
            why = self._problem
            return tr("{file} is {time} old and can't be written again: {why}", file=path.name, time=age, why=why)
        return tr(
            "{file} is {time} old. While this window is open, it is written again by itself when something "
            "was done since.",
            file=path.name,
            time=age,
        )

    def _mine(self) -> bool:
        exam = self._state.exam
        return exam is not None and exam.fingerprint == self._exam

    def _took(self, made: KeyFileMade) -> None:
        self._busy, self._problem = False, ""
        if made.data:
            self._stamp, self._written_ms = made.stamp, self._clock.wall_ms()
        self.changed.emit()

    def _failed(self, problem: Problem) -> None:
        self._busy = False
        self._away = self._path is not None and not self._path.is_file()
        self._problem = "" if self._away or self._bridge.link is not Link.UP else problem.sentence
        self.changed.emit()


def _age(ms: int) -> str:
    return tr("less than a minute") if ms < LOOK_MS else lasting(ms)


async def save_key(hub: Hub, path: Path) -> KeyFileMade:
    """Take the key out and write it; raises Problem."""
    made = await fetch_key_file(hub, GetKeyFile())
    await asyncio.to_thread(write_private, path, made.data)
    return made


def _written(path: Path, again: bytes, stamp: str) -> Work[KeyFileMade]:
    """Return the work of one look."""

    async def work(hub: Hub, _: Progress) -> KeyFileMade:
        made = await fetch_key_file(hub, GetKeyFile(again=again, stamp=stamp))
        if made.data:
            await asyncio.to_thread(write_whole, path, made.data)
        return made

    return work
