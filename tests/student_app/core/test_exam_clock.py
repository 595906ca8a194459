"""The hub's time at the desk."""

from hypothesis import given
from hypothesis import strategies as st

from student_app.core.examclock import ExamClock, SavedOffset
from tests.student_app.kit import SetClock

AHEAD_MS = 7_200_000


def ask(clock: SetClock, exam: ExamClock, there_ms: int, back_ms: int) -> None:
    asked = clock.mono_us()
    clock.pass_ms(there_ms)
    at_hub = clock.wall + AHEAD_MS
    clock.pass_ms(back_ms)
    exam.pong(asked, at_hub, at_hub)


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=1, max_size=8))
def test_the_error_is_at_most_half_the_shortest_round_trip(ways):
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    for there, back in ways:
        ask(clock, exam, there, back)
    shortest = min(there + back for there, back in ways)
    assert abs(exam.hub_ms() - (clock.wall + AHEAD_MS)) <= shortest / 2 + 1


def test_a_greeting_is_worth_less_than_any_measurement():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    exam.hint(clock.wall + AHEAD_MS - 800)
    assert exam.hub_ms() == clock.wall + AHEAD_MS - 800
    ask(clock, exam, 300, 300)
    exam.hint(0)
    assert exam.hub_ms() == clock.wall + AHEAD_MS


def test_after_a_restart_the_monotonic_clock_counts_on_whatever_the_wall_clock_says():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    ask(clock, exam, 1, 1)
    saved = exam.saved()
    clock.pass_ms(60_000)
    true = clock.wall + AHEAD_MS
    clock.wall -= 86_400_000
    assert ExamClock(clock, 1, saved).hub_ms() == true


def test_after_a_reboot_the_wall_clock_and_the_kept_offset_are_the_best_there_is():
    clock = SetClock()
    saved = SavedOffset(AHEAD_MS, 123, boot=1)
    assert ExamClock(clock, 2, saved).hub_ms() == clock.wall + AHEAD_MS


def test_small_corrections_of_the_wall_clock_are_no_jumps():
    clock = SetClock()
    exam = ExamClock(clock, 1)
    clock.wall += 1_900
    assert exam.jump_ms() is None
    clock.wall -= 5_000
    assert exam.jump_ms() == -3_100
    assert exam.jump_ms() is None
