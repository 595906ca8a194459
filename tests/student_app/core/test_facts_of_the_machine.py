"""What tells one start of a PC from another, and time that goes on while it sleeps, on each system."""

import subprocess
import time
from types import SimpleNamespace

import pytest

from shared.clock import SystemClock, clocks_of
from student_app.core.machine import READERS, boot_number
from tests.support.clocks import SeededChance


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_one_start_of_a_pc_has_one_number_on_every_system(platform):
    said = ["boot 1"]
    readers = {platform: lambda: said[0]}
    first = [boot_number(platform, SeededChance(str(n)), readers) for n in range(2)]
    said[0] = "boot 2"
    assert first[0] == first[1] != boot_number(platform, SeededChance(), readers)
    assert 0 <= first[0] < 2**32


@pytest.mark.parametrize("error", [OSError(), ValueError(), subprocess.TimeoutExpired("sysctl", 5)])
def test_a_start_that_can_not_be_known_is_another_one_for_each_program(error):
    def fails():
        raise error

    assert boot_number("darwin", SeededChance("a"), {"darwin": fails}) != boot_number(
        "darwin", SeededChance("b"), {"darwin": fails}
    )
    assert boot_number("plan9", SeededChance("a")) != boot_number("plan9", SeededChance("b"))


def test_this_pc_says_which_start_it_is():
    assert set(READERS) == {"linux", "win32", "darwin"}
    assert boot_number("linux", SeededChance("a")) == boot_number("linux", SeededChance("b"))


def test_each_system_has_a_clock_that_counts_sleep_and_one_that_does_not():
    def clocks(**numbers):
        return SimpleNamespace(**numbers, clock_gettime_ns=lambda number: number * 1000, monotonic_ns=lambda: 99)

    def read(platform, *given):
        counting, awake = clocks_of(platform, *given)
        return counting(), awake()

    assert read("linux", clocks(CLOCK_BOOTTIME=7, CLOCK_MONOTONIC=1)) == (7000, 1000)
    assert read("darwin", clocks(CLOCK_MONOTONIC=6, CLOCK_MONOTONIC_RAW=4, CLOCK_UPTIME_RAW=8)) == (4000, 8000)
    assert read("darwin", clocks(CLOCK_MONOTONIC=6, CLOCK_UPTIME_RAW=8)) == (6000, 8000)
    assert read("freebsd14", clocks(CLOCK_MONOTONIC=1)) == (99, 99)  # tells no sleep: both are the same
    assert read("win32", clocks()) == (99, 99)


def test_windows_tells_both_clocks_in_units_of_100_ns():
    def query(value):
        def fill(pointer):
            pointer._obj.value = value
            return 1

        return fill

    kernel = SimpleNamespace(QueryInterruptTimePrecise=query(1 << 40), QueryUnbiasedInterruptTime=query(5))
    counting, awake = clocks_of("win32", SimpleNamespace(monotonic_ns=lambda: 0), kernel)
    assert (counting(), awake()) == ((1 << 40) * 100, 500)


def test_the_clocks_of_this_pc_go_on():
    clock = SystemClock()
    before = clock.mono_us()
    assert 0 <= clock.mono_us() - before < 60_000_000
    assert abs(before - time.clock_gettime_ns(time.CLOCK_BOOTTIME) // 1000) < 60_000_000
    assert clock.awake_us() <= clock.mono_us()
