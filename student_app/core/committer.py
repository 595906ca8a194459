"""The one thread that writes to disk, for one journal or for a thousand of them."""

import heapq
import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable
from typing import Protocol

from shared.clock import Clock

_log = logging.getLogger(__name__)


class Beat(Protocol):
    """Something with work to do at certain times."""

    def beat(self, now_us: int) -> int | None:
        """Do what is due and return when to come again, in µs of the monotonic clock; None: when woken."""
        ...


class Committer(Protocol):
    """Where beats are run and calls are made, one after the other and never two at once."""

    def wake(self, beat: Beat, at_us: int = 0) -> None:
        """Run the beat at this time, or earlier if that was asked before; from any thread."""
        ...

    def forget(self, beat: Beat) -> None:
        """Run this beat no more."""
        ...

    def call(self, work: Callable[[], None]) -> None:
        """Run this as soon as possible; from any thread."""
        ...


class CommitterThread:
    """The committer of a running program. `close` finishes what was asked for and ends the thread."""

    def __init__(self, clock: Clock, name: str = "journal") -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._calls: deque[Callable[[], None]] = deque()
        self._due: dict[Beat, int] = {}
        self._heap: list[tuple[int, int, Beat]] = []
        self._count = itertools.count()
        self._next = 0
        self._closing = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def wake(self, beat: Beat, at_us: int = 0) -> None:
        """See `Committer.wake`."""
        with self._changed:
            due = self._due.get(beat)
            if due is not None and due <= at_us:
                return
            self._due[beat] = at_us
            heapq.heappush(self._heap, (at_us, next(self._count), beat))
            if at_us < self._next:
                self._changed.notify()

    def forget(self, beat: Beat) -> None:
        """See `Committer.forget`."""
        with self._changed:
            self._due.pop(beat, None)

    def call(self, work: Callable[[], None]) -> None:
        """See `Committer.call`."""
        with self._changed:
            self._calls.append(work)
            self._changed.notify()

    def close(self) -> None:
        """Run the calls that are waiting, then end the thread."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while True:
            calls, beats, done = self._take()
            for work in calls:
                self._guarded(work)
            now = self._clock.mono_us()
            for beat in beats:
                self._run_beat(beat, now)
            if done:
                return

    def _run_beat(self, beat: Beat, now: int) -> None:
        again: list[int | None] = []
        self._guarded(lambda: again.append(beat.beat(now)))
        if again and again[0] is not None:
            self.wake(beat, again[0])

    def _guarded(self, work: Callable[[], object]) -> None:
        try:
            work()
        except Exception:  # noqa: BLE001 - one journal's mistake must not stop the others from being saved
            _log.exception("The journal's thread met a mistake of ours and goes on")

    def _take(self) -> tuple[list[Callable[[], None]], list[Beat], bool]:
        """Wait until something is due, and take it."""
        with self._changed:
            while not self._calls and not self._closing:
                now = self._clock.mono_us()
                if self._heap and self._heap[0][0] <= now:
                    break
                self._next = self._heap[0][0] if self._heap else 1 << 62
                self._changed.wait((self._next - now) / 1e6 if self._heap else None)
            self._next = 0
            calls = list(self._calls)
            self._calls.clear()
            return calls, self._due_beats(), self._closing

    def _due_beats(self) -> list[Beat]:
        now = self._clock.mono_us()
        beats: list[Beat] = []
        while self._heap and self._heap[0][0] <= now:
            at, _, beat = heapq.heappop(self._heap)
            if self._due.get(beat) == at:  # otherwise forgotten, or asked for at another time since
                del self._due[beat]
                beats.append(beat)
        return beats
