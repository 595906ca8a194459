"""The messages of the staff in one journal: each kept once, and noted in the log when it came and when it was read."""

from collections.abc import Callable
from hashlib import sha256
from typing import Literal

from shared.events import kinds
from shared.wire.standing import Notice
from student_app.core.journal_file import Write, put_notice
from student_app.core.recorder import Recorder


class Notices:
    """Used under the sitting's lock.

    Attributes:
        by_number: what came so far.
        newest: the signed envelope of the one with the highest number; empty before the first.
    """

    def __init__(self, recorder: Recorder, keep: Callable[[Write], None]) -> None:
        """`keep` makes a write durable."""
        self.by_number: dict[int, Notice] = {}
        self.newest = b""
        self._recorder = recorder
        self._keep = keep

    @property
    def last(self) -> int:
        """The highest number, 0 before the first."""
        return max(self.by_number, default=0)

    def take(self, notice: Notice, envelope: bytes) -> None:
        """Take a notice that was checked, once."""
        self.remember(notice, envelope)
        if notice.number not in self._recorder.memory.delivered:
            self._keep(put_notice(notice.number, envelope))
            self._recorder.record(_seen(notice, "delivered"))

    def remember(self, notice: Notice, envelope: bytes) -> None:
        """Know a notice again that was checked, now or by an earlier start."""
        if notice.number >= self.last:
            self.newest = envelope
        self.by_number[notice.number] = notice
        if notice.prompt:
            self._recorder.clips.given(notice.prompt)

    def read(self, number: int) -> None:
        """Record, once, that the student has read it."""
        if number in self.by_number and number not in self._recorder.memory.read:
            self._recorder.record(_seen(self.by_number[number], "read"))


def _seen(notice: Notice, how: Literal["delivered", "read"]) -> kinds.MessageSeen:
    return kinds.MessageSeen(number=notice.number, how=how, sha256=sha256(notice.text.encode()).hexdigest())
