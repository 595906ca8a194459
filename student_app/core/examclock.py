"""The hub's clock as this PC knows it: offset at the shortest round trip, counted on by the monotonic clock."""

from collections import deque
from typing import Literal

import msgspec

from shared.clock import Clock

SAMPLES = 8
JUMP_US = 2_000_000
SLEEP_US = 2_000_000
SURE_US = 500_000
SURE_AFTER_GAP_US = 60_000_000
TOGETHER_US = 100_000


class Sample(msgspec.Struct, frozen=True):
    """One time question: how long its round trip took, and hub time minus monotonic time (µs) at its middle."""

    round_trip_us: int
    offset_us: int


class SavedOffset(msgspec.Struct, frozen=True):
    """Kept over a restart: hub minus wall clock (ms), and hub minus monotonic clock (µs) of one boot of the PC."""

    hub_wall_ms: int
    hub_mono_us: int
    boot: int


class Sleep(msgspec.Struct, frozen=True):
    """The PC did nothing for `ms`, and who noticed: its own clocks, or the hub's time against them.

    The hub notices what the PC's clocks can't: a virtual machine that was paused, or a system that tells no sleep.
    """

    ms: int
    by: Literal["clock", "hub"]


class ExamClock:
    """Hub time from the newest samples; before any sample from what an earlier start saved, else the PC's own time."""

    def __init__(self, clock: Clock, boot: int, saved: SavedOffset | None = None) -> None:
        self._clock = clock
        self._boot = boot
        self._samples: deque[Sample] = deque(maxlen=SAMPLES)
        self._saved = saved
        self._difference_us = self._wall_minus_mono()
        self._asleep_us = 0
        self._asleep_us = self._asleep()
        self._stood_still_us = 0

    def pong(self, asked_us: int, received_ms: int, sent_ms: int) -> None:
        """Take the answer to a time question that was asked at `asked_us` and has just come."""
        now = self._clock.mono_us()
        at_hub_us = max(0, sent_ms - received_ms) * 1000
        round_trip = max(0, now - asked_us - at_hub_us)
        middle = (asked_us + now) // 2
        sample = Sample(round_trip, (received_ms + sent_ms) * 500 - middle)
        self._notice(sample)
        self._samples.append(sample)

    def _notice(self, sample: Sample) -> None:
        """Leave the older samples when no two ways of the network explain how far the new one is from them.

        A sample is off by half its round trip at most, so this PC's clock stood still, or the hub's was changed.
        """
        if not self._samples:
            self._notice_after_a_gap(sample)
            return
        best = min(self._samples, key=lambda each: each.round_trip_us)
        moved = sample.offset_us - best.offset_us
        if abs(moved) > (sample.round_trip_us + best.round_trip_us) // 2 + SURE_US:
            self._samples.clear()
            self._stood_still_us += moved

    def _notice_after_a_gap(self, sample: Sample) -> None:
        """Compare with what was known before a time without the hub; another hub's clock may be some seconds off."""
        if self._saved is not None and self._saved.boot == self._boot:
            moved = sample.offset_us - self._saved.hub_mono_us
            if moved > SURE_AFTER_GAP_US:
                self._stood_still_us += moved

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

    def slept(self) -> Sleep | None:
        """Return how long the PC slept since the last look, None for less than 2 s.

        A sleep that the PC's own clocks tell is no change of its wall clock, and hub time has counted it already. One
        that only the hub tells may show as a change of the wall clock too, which it explains.
        """
        asleep = self._asleep()
        ms = (asleep - self._asleep_us) // 1000
        if ms * 1000 > SLEEP_US:
            self._asleep_us = asleep
            return Sleep(ms, "clock")
        still, self._stood_still_us = self._stood_still_us, 0
        return Sleep(still // 1000, "hub") if still > SLEEP_US else None

    def explain(self, ms: int) -> None:
        """Take a sleep that only the hub told for the reason why the wall clock is further on than it was."""
        moved = self._wall_minus_mono() - self._difference_us
        if abs(moved - ms * 1000) <= JUMP_US:
            self._difference_us += moved

    def _asleep(self) -> int:
        """Return how long the PC slept in all; as known before when this process stood still between two looks."""
        before, awake, after = self._clock.mono_us(), self._clock.awake_us(), self._clock.mono_us()
        return before - awake if after - before < TOGETHER_US else self._asleep_us

    def _offset_us(self) -> int:
        if self._samples:
            return min(self._samples, key=lambda sample: sample.round_trip_us).offset_us
        if self._saved is not None and self._saved.boot == self._boot:
            return self._saved.hub_mono_us
        ahead = self._saved.hub_wall_ms if self._saved is not None else 0
        return self._difference_us + ahead * 1000

    def _wall_minus_mono(self) -> int:
        return self._clock.wall_ms() * 1000 - self._clock.mono_us()
