"""Time and chance, injected everywhere so that tests run at full speed.

Monotonic time is for durations and order; wall time is only recorded.
"""

import secrets
import sys
import time
from typing import Protocol


def suspend_aware(platform: str, clocks: object = time) -> int | None:
    """Return the POSIX clock of this system that runs on while the PC sleeps; None: its `monotonic` does.

    Linux has CLOCK_BOOTTIME. On macOS CLOCK_MONOTONIC counts sleep (clock_gettime(3)), which Python's own monotonic
    clock, mach_absolute_time, does not. Windows' tick and performance counters do.
    """
    names = {"darwin": "CLOCK_MONOTONIC"}
    found = getattr(clocks, names.get(platform, "CLOCK_BOOTTIME"), None)
    return found if isinstance(found, int) else None


_AWARE = suspend_aware(sys.platform)


class Clock(Protocol):
    """Where a program takes its time from."""

    def mono_us(self) -> int:
        """Microseconds on a clock that only goes forward, running on during suspend where the system can."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC by the PC's own clock, which may be wrong."""
        ...


class SystemClock:
    """The clocks of this PC."""

    def mono_us(self) -> int:
        """See `Clock.mono_us`; the clock of each system that counts a suspended PC's time."""
        if _AWARE is not None:
            return time.clock_gettime_ns(_AWARE) // 1000
        return time.monotonic_ns() // 1000

    def wall_ms(self) -> int:
        """See `Clock.wall_ms`."""
        return time.time_ns() // 1_000_000


class Chance(Protocol):
    """Where a program takes its randomness from."""

    def bytes(self, count: int) -> bytes:
        """Return `count` bytes that nobody can guess."""
        ...


class SystemChance:
    """The system's cryptographic generator."""

    def bytes(self, count: int) -> bytes:
        """See `Chance.bytes`."""
        return secrets.token_bytes(count)
