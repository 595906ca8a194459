"""What a student affirms before the start: the honor code, what is recorded; and whether it changed."""

import contextlib
import threading
from collections.abc import Callable
from hashlib import sha256

import msgspec

from shared.events import kinds
from shared.exam.front import FrontPage
from shared.exam.recorded import what_is_recorded
from student_app.core.journal_file import JournalFile, Write, put_meta
from student_app.core.recorder import Recorder

_AFFIRMED = "affirmed"
"""The name in a journal's `meta` of the texts that were affirmed last."""


class Conditions(msgspec.Struct, frozen=True):
    """The honor code (empty for none), and the sentences on what is recorded, a line each."""

    honor: str
    recorded: str

    @property
    def hashes(self) -> tuple[str, str]:
        """What the log says of both when they are affirmed."""
        return sha256(self.honor.encode()).hexdigest(), sha256(self.recorded.encode()).hexdigest()

    def affirmed_as(self, hashes: tuple[str, str]) -> bool:
        """Whether a student who affirmed texts with these hashes has affirmed these; nobody knows of empty ones."""
        return all(said in {"", now} for said, now in zip(hashes, self.hashes, strict=True))


def conditions_of(front: FrontPage) -> Conditions:
    """Return what a front page asks to affirm."""
    return Conditions(front.honor_code, "\n".join(what_is_recorded(front.recording)))


class Affirmation:
    """What the student affirmed in one journal.

    Attributes:
        texts: the texts that were affirmed last, None where they are not known.
    """

    def __init__(
        self, recorder: Recorder, front: Callable[[], FrontPage | None], keep: Callable[[Write], None]
    ) -> None:
        """`front` is the page as it reads now; `keep` makes a write durable."""
        self.texts: Conditions | None = None
        self._recorder = recorder
        self._front = front
        self._keep = keep
        self._lock = threading.Lock()

    def recall(self, file: JournalFile) -> None:
        """Take what an earlier start kept, as far as it can be read."""
        data = file.meta(_AFFIRMED)
        with contextlib.suppress(msgspec.DecodeError):
            self.texts = None if data is None else msgspec.msgpack.decode(data, type=Conditions)

    @property
    def anew(self) -> bool:
        """Whether what the student affirmed reads otherwise by now."""
        memory, front = self._recorder.memory, self._front()
        return memory.honor and front is not None and not conditions_of(front).affirmed_as(memory.affirmed)

    def affirm(self, honor_sha256: str, recorded_sha256: str) -> bool:
        """Record that the student affirmed texts with these hashes, once; tell whether it is news."""
        said, front = (honor_sha256, recorded_sha256), self._front()
        with self._lock:
            if self._recorder.memory.honor and self._recorder.memory.affirmed == said:
                return False
            now = None if front is None else conditions_of(front)
            if now is not None and now.hashes == said:
                self.texts = now
                self._keep(put_meta(_AFFIRMED, msgspec.msgpack.encode(now)))
            self._recorder.record(kinds.HonorAccepted(honor_sha256=honor_sha256, recorded_sha256=recorded_sha256))
            return now is not None and now.hashes == said
