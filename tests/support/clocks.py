"""Time and chance for tests: they stand still until told to go on, and are the same in every run."""

import hashlib


class ManualClock:
    """A `shared.clock.Clock` that moves only when a test moves it.

    All clocks go on together by `advance`; `sleep` leaves the one that counts no sleep behind; `set_wall` moves the
    wall clock alone, as a student's hand would.
    """

    def __init__(self, *, mono_us: int = 1_000_000, wall_ms: int = 1_750_000_000_000) -> None:
        self._mono_us = mono_us
        self._wall_us = wall_ms * 1000
        self._asleep_us = 0

    def awake_us(self) -> int:
        """See `shared.clock.Clock.awake_us`."""
        return self._mono_us - self._asleep_us

    def sleep(self, seconds: float) -> None:
        """Let the PC sleep."""
        self.advance(seconds)
        self._asleep_us += round(seconds * 1_000_000)

    def mono_us(self) -> int:
        """See `shared.clock.Clock.mono_us`."""
        return self._mono_us

    def wall_ms(self) -> int:
        """See `shared.clock.Clock.wall_ms`."""
        return self._wall_us // 1000

    def advance(self, seconds: float = 0.0, *, ms: int = 0, us: int = 0) -> None:
        """Let time pass on both clocks."""
        passed = round(seconds * 1_000_000) + ms * 1000 + us
        if passed < 0:
            raise ValueError("time only goes forward; use set_wall to move the wall clock back")
        self._mono_us += passed
        self._wall_us += passed

    def set_wall(self, wall_ms: int) -> None:
        """Set the wall clock alone."""
        self._wall_us = wall_ms * 1000


class SeededChance:
    """A `shared.clock.Chance` that gives the same bytes for the same seed in every run and on every system."""

    def __init__(self, seed: int | str = 0) -> None:
        self._key = hashlib.sha256(str(seed).encode()).digest()
        self._block = 0

    def bytes(self, count: int) -> bytes:
        """See `shared.clock.Chance.bytes`."""
        given = b""
        while len(given) < count:
            given += hashlib.sha256(self._key + self._block.to_bytes(8, "big")).digest()
            self._block += 1
        return given[:count]
