"""Time and chance, injected everywhere so that tests run at full speed.

Monotonic time is for durations and order; wall time is only recorded; awake time tells how long the PC slept.
"""

import ctypes
import secrets
import sys
import time
from collections.abc import Callable, Mapping
from typing import Protocol

Nanoseconds = Callable[[], int]
_POSIX: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "linux": (("CLOCK_BOOTTIME",), ("CLOCK_MONOTONIC",)),
    # mach_continuous_time, and mach_absolute_time; CLOCK_MONOTONIC is worked out from the wall clock there
    "darwin": (("CLOCK_MONOTONIC_RAW", "CLOCK_MONOTONIC"), ("CLOCK_UPTIME_RAW",)),
}
"""By system: the clocks that run on while the PC sleeps, and those that stand still, the best first (clock_gettime)."""


def clocks_of(platform: str, clocks: object = time, library: object = None) -> tuple[Nanoseconds, Nanoseconds]:
    """Return the clock that counts a suspended PC's time, and the one that does not.

    Where a system tells only one of them, both are Python's monotonic clock, and no sleep is seen.

    Args:
        platform: as `sys.platform`.
        clocks: Python's `time`.
        library: on Windows, kernelbase.dll.
    """
    if platform == "win32":
        return _windows_clocks(clocks, library)
    found = [_first(clocks, names) for names in _POSIX.get(platform, _POSIX["linux"])]
    monotonic: Nanoseconds = clocks.monotonic_ns  # type: ignore[attr-defined]
    counting, awake = (monotonic if clock is None else clock for clock in found)
    return (counting, awake) if None not in found else (counting, counting)


def _first(clocks: object, names: tuple[str, ...]) -> Nanoseconds | None:
    for name in names:
        number = getattr(clocks, name, None)
        if isinstance(number, int):
            return lambda: int(clocks.clock_gettime_ns(number))  # type: ignore[attr-defined]
    return None


def _windows_clocks(clocks: object, library: object) -> tuple[Nanoseconds, Nanoseconds]:
    """QueryInterruptTimePrecise counts sleep and hibernation, QueryUnbiasedInterruptTime does not; units of 100 ns."""
    biased = getattr(library, "QueryInterruptTimePrecise", None)
    unbiased = getattr(library, "QueryUnbiasedInterruptTime", None)
    monotonic: Nanoseconds = clocks.monotonic_ns  # type: ignore[attr-defined]
    if biased is None or unbiased is None:
        return monotonic, monotonic
    return (lambda: _ticks(biased) * 100), (lambda: _ticks(unbiased) * 100)


def _ticks(query: Callable[..., object]) -> int:
    value = ctypes.c_uint64()
    query(ctypes.byref(value))
    return value.value


def _kernel() -> object:
    if sys.platform == "win32":
        try:
            return ctypes.WinDLL("kernelbase")
        except OSError:
            return None
    return None


_COUNTING, _AWAKE = clocks_of(sys.platform, library=_kernel())


class Clock(Protocol):
    """Where a program takes its time from."""

    def mono_us(self) -> int:
        """Microseconds on a clock that only goes forward, running on during suspend where the system can."""
        ...

    def awake_us(self) -> int:
        """Microseconds on a clock that only goes forward and stands still while the PC sleeps; see `mono_us`."""
        ...

    def wall_ms(self) -> int:
        """Milliseconds since 1970-01-01 UTC by the PC's own clock, which may be wrong."""
        ...


class SystemClock:
    """The clocks of this PC."""

    def mono_us(self) -> int:
        """See `Clock.mono_us`; the clock of each system that counts a suspended PC's time."""
        return _COUNTING() // 1000

    def awake_us(self) -> int:
        """See `Clock.awake_us`."""
        return _AWAKE() // 1000

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
