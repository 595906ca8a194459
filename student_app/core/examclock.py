"""The hub's clock as this PC knows it: offset at the shortest round trip, counted on by the monotonic clock."""

from collections import deque

import msgspec

from shared.clock import Clock

SAMPLES = 8
JUMP_US = 2_000_000


class Sample(msgspec.Struct, frozen=True):
    """One time question: how long its round trip took, and hub time minus monotonic time (µs) at its middle."""

    round_trip_us: int
    offset_us: int


class SavedOffset(msgspec.Struct, frozen=True):
    """Kept over a restart: hub minus wall clock (ms), and hub minus monotonic clock (µs) of one boot of the PC."""

    hub_wall_ms: int
    hub_mono_us: int
    boot: int


class ExamClock:
    """Hub time from the newest samples; before any sample from what an earlier start saved, else the PC's own time."""

    def __init__(self, clock: Clock, boot: int, saved: SavedOffset | None = None) -> None:
        self._clock = clock
        self._boot = boot
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        self._saved = saved
        self._difference_us = self._wall_minus_mono()

    def pong(self, asked_us: int, received_ms: int, sent_ms: int) -> None:
        """Take the answer to a time question that was asked at `asked_us` and has just come."""
        now = self._clock.mono_us()
        at_hub_us = max(0, sent_ms - received_ms) * 1000
        round_trip = max(0, now - asked_us - at_hub_us)
        middle = (asked_us + now) // 2
        self._samples.append(Sample(round_trip, (received_ms + sent_ms) * 500 - middle))

    def hint(self, hub_ms: int) -> None:
        """Take the time of the hub's greeting: nothing is known of its way, so any measurement is better."""
        if not self._samples:
            ahead = hub_ms - self._clock.wall_ms()
            self._saved = SavedOffset(ahead, hub_ms * 1000 - self._clock.mono_us(), self._boot)

    def forget(self) -> None:
        """Begin to measure anew, with another hub or after a long time without one; the last offset holds till then."""
        if self._samples:
            self._saved = self.saved()
            self._samples.clear()

    @property
    def known(self) -> bool:
        """Whether hub time rests on a measurement and not on this PC's own clock."""
        return bool(self._samples) or self._saved is not None

    def hub_ms(self) -> int:
        """Return the hub's wall clock now."""
        return (self._clock.mono_us() + self._offset_us()) // 1000

    def ahead_ms(self) -> int:
        """Return hub time minus this PC's wall clock."""
        return self.hub_ms() - self._clock.wall_ms()

    def saved(self) -> SavedOffset:
        """Return what to keep over a restart."""
        return SavedOffset(self.ahead_ms(), self._offset_us(), self._boot)

    def jump_ms(self) -> int | None:
        """Return by how much the PC's wall clock moved since the last look, None for less than 2 s."""
        difference = self._wall_minus_mono()
        moved = difference - self._difference_us
        if abs(moved) <= JUMP_US:
            return None
        self._difference_us = difference
        return moved // 1000

    def _offset_us(self) -> int:
        if self._samples:
            return min(self._samples, key=lambda sample: sample.round_trip_us).offset_us
        if self._saved is not None and self._saved.boot == self._boot:
            return self._saved.hub_mono_us
        ahead = self._saved.hub_wall_ms if self._saved is not None else 0
        return self._difference_us + ahead * 1000

    def _wall_minus_mono(self) -> int:
        return self._clock.wall_ms() * 1000 - self._clock.mono_us()
