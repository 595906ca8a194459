"""The clock and the chance that tests use keep their promises."""

import pytest

from tests.support.clocks import ManualClock, SeededChance


def test_a_manual_clock_stands_still_until_moved():
    clock = ManualClock(mono_us=5, wall_ms=7)
    assert (clock.mono_us(), clock.wall_ms()) == (5, 7)
    clock.advance(1.5, ms=2, us=3000)
    assert (clock.mono_us(), clock.wall_ms()) == (1_505_005, 1_512)


def test_the_wall_clock_may_jump_alone():
    clock = ManualClock()
    before = clock.mono_us()
    clock.set_wall(12)
    assert (clock.mono_us(), clock.wall_ms()) == (before, 12)


def test_time_never_goes_back_by_advance():
    with pytest.raises(ValueError, match="only goes forward"):
        ManualClock().advance(-1)


def test_the_same_seed_gives_the_same_bytes():
    one, same, other = SeededChance(3), SeededChance(3), SeededChance(4)
    first = one.bytes(40)
    assert first == same.bytes(40)
    assert first != other.bytes(40)
    assert one.bytes(40) != first
    assert len(one.bytes(0)) == 0
