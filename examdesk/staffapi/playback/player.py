"""Where the playhead is and how it moves; knows no clock and no screen."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from examdesk.staffapi.playback.tape import Tape

SPEEDS = (1, 2, 4, 8, 16, 32, 64)
IDLE_MS = 2_000
"""Of time in which nothing happens so much is played at each end, the rest is skipped on request."""


class Player:
    """The playhead of a tape.

    Attributes:
        number: how many events have happened.
        at_ms: the hub's time there.
        whole: the last event counts with all of its changes, not only those up to `at_ms`.
        following: the playhead stays at the end while new events come.
        backwards: which way it plays.
        loop: the stretch (from, to, in ms) that is played again and again; None for none.
    """

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.number = 0
        self.at_ms = 0
        self.whole = True
        self.playing = False
        self.speed = 1
        self.skip_idle = True
        self.following = False
        self.backwards = False
        self.loop: tuple[int, int] | None = None

    @property
    def first_ms(self) -> int:
        """When the tape begins."""
        return self.tape.times[0] if self.tape.times else 0

    @property
    def last_ms(self) -> int:
        """When the tape ends."""
        return self.tape.ends[-1] if self.tape.ends else 0

    def until_ms(self) -> int | None:
        """Return up to when the last event counts; None for all of it."""
        return None if self.whole else self.at_ms

    # -- going somewhere

    def to_ms(self, at_ms: int) -> None:
        """Go to a time; beyond an end means that end."""
        self.following = False
        self.at_ms = min(max(at_ms, self.first_ms), self.last_ms)
        self.number = self.tape.number_at(self.at_ms)
        self.whole = self.at_ms >= self.last_ms

    def to_number(self, number: int) -> None:
        """Go to just after so many events."""
        self.following = False
        self._put(number)

    def step(self, by: int) -> None:
        """Go on, or back, by so many events."""
        self.to_number(self.number + by)

    def step_to(self, numbers: Sequence[int], by: int) -> bool:
        """Go to the next (1) or the previous (-1) of these moments, which are in order; False where there is none."""
        place = bisect_right(numbers, self.number) if by > 0 else bisect_left(numbers, self.number) - 1
        if not 0 <= place < len(numbers):
            return False
        self.to_number(numbers[place])
        return True

    def to_start(self) -> None:
        """Go to before the first event."""
        self.to_number(0)

    def to_end(self, *, follow: bool = False) -> None:
        """Go to after the last event, and stay at the end with `follow`."""
        self._put(len(self.tape))
        self.following = follow
        if follow:
            self.playing = False

    def _put(self, number: int) -> None:
        tape = self.tape
        self.number = min(max(number, 0), len(tape))
        self.whole = True
        if not self.number:
            self.at_ms = self.first_ms
            return
        end = tape.ends[self.number - 1]
        self.at_ms = min(end, tape.times[self.number]) if self.number < len(tape) else end

    # -- playing

    def play(self, *, backwards: bool = False) -> None:
        """Play on, or back; from one end, from the other one, and with a loop within it."""
        if not len(self.tape):
            return
        self.backwards = backwards
        if backwards and not self.number:
            self.to_end()
        elif not backwards and self.number >= len(self.tape) and self.at_ms >= self.last_ms:
            self.to_start()
        if self.loop is not None and not self.loop[0] <= self.at_ms < self.loop[1]:
            self.to_ms(self.loop[1] if backwards else self.loop[0])
        self.following = False
        self.playing = True

    def stop(self) -> None:
        """Stand still."""
        self.playing = False

    def shuttle(self, by: int) -> None:
        """Play on (1) or back (-1); where it does already, twice as fast."""
        backwards = by < 0
        if self.playing and self.backwards == backwards:
            self.faster(1)
        else:
            self.play(backwards=backwards)

    def set_loop(self, start_ms: int | None, end_ms: int | None) -> None:
        """Play this stretch again and again; an end that is None stays as it was, or is that of the tape."""
        before = self.loop or (self.first_ms, self.last_ms)
        start, end = before[0] if start_ms is None else start_ms, before[1] if end_ms is None else end_ms
        if start_ms is not None and start >= end:
            end = self.last_ms
        elif end_ms is not None and start >= end:
            start = self.first_ms
        self.loop = (start, end) if start < end else None

    def set_speed(self, speed: int) -> None:
        """Play so many times as fast as it happened."""
        if speed in SPEEDS:
            self.speed = speed

    def faster(self, by: int) -> None:
        """Take the next higher (1) or lower (-1) speed."""
        self.speed = SPEEDS[min(max(SPEEDS.index(self.speed) + by, 0), len(SPEEDS) - 1)]

    def tick(self, elapsed_ms: float) -> bool:
        """Let time pass while playing; return whether the playhead moved."""
        if not self.playing:
            return False
        step = max(round(elapsed_ms * self.speed), 1)
        if self.backwards:
            self._run_back(self._back_over_idle(self.at_ms - step))
        else:
            self._run_on(self._over_idle(self.at_ms + step))
        return True

    def _run_on(self, at_ms: int) -> None:
        if self.loop is not None and at_ms >= self.loop[1]:
            self.to_ms(self.loop[0])
            return
        if at_ms >= self.last_ms:
            self._put(len(self.tape))
            self.playing = False
            return
        self.at_ms = at_ms
        self.number = max(self.number, self.tape.number_at(at_ms))
        self.whole = False

    def _run_back(self, at_ms: int) -> None:
        if self.loop is not None and at_ms <= self.loop[0]:
            self.to_ms(self.loop[1])
            return
        if at_ms <= self.first_ms:
            self._put(0)
            self.playing = False
            return
        self.at_ms = at_ms
        self.number = min(self.number, self.tape.number_at(at_ms))
        self.whole = False

    def _over_idle(self, at_ms: int) -> int:
        """Return where to go on from a stretch in which nothing happens."""
        number = self.tape.number_at(at_ms)
        if not self.skip_idle or number >= len(self.tape):
            return at_ms
        before = self.tape.ends[number - 1] if number else self.first_ms
        left = self.tape.times[number] - IDLE_MS
        return left if before + IDLE_MS < at_ms < left else at_ms

    def _back_over_idle(self, at_ms: int) -> int:
        """Return where to go on, backwards, from a stretch in which nothing happens."""
        number = self.tape.number_at(at_ms)
        if not self.skip_idle or not 0 < number < len(self.tape):
            return at_ms
        entered = self.tape.ends[number - 1] + IDLE_MS
        return entered if entered < at_ms < self.tape.times[number] - IDLE_MS else at_ms

    def grew(self) -> bool:
        """Tell that the tape got longer; return whether the playhead moved with its end."""
        if not self.following:
            return False
        self._put(len(self.tape))
        return True
