"""The hub's time at the desk."""

from hypothesis import given
from hypothesis import strategies as st

from student_app.core.examclock import ExamClock, SavedOffset, Sleep
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


def test_a_sleep_that_the_pc_tells_is_one_and_no_jump_and_hub_time_has_counted_it():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    ask(clock, exam, 5, 5)
    clock.sleep(720_000)
    assert exam.slept() == Sleep(720_000, "clock")
    assert exam.slept() is None
    assert exam.jump_ms() is None
    assert exam.hub_ms() == clock.wall + AHEAD_MS
    ask(clock, exam, 5, 5)
    assert exam.slept() is None
    clock.sleep(1_900)
    assert exam.slept() is None


def test_a_sleep_with_a_changed_clock_is_both():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    clock.sleep(60_000)
    clock.wall -= 3_600_000
    assert exam.slept() == Sleep(60_000, "clock")
    assert exam.jump_ms() == -3_600_000


def stand_still(clock, ms):
    """The monotonic clock stands still while the rest of the world goes on: a paused virtual machine, then set."""
    clock.wall += ms


def test_a_machine_that_stood_still_is_right_again_with_the_first_answer_of_the_hub():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    for _ in range(8):
        ask(clock, exam, 1, 1)
    stand_still(clock, 720_000)
    ask(clock, exam, 40, 40)  # a slower answer than all before
    assert abs(exam.hub_ms() - (clock.wall + AHEAD_MS)) <= 40
    assert exam.slept() == Sleep(720_000, "hub")
    exam.explain(720_000)
    assert exam.jump_ms() is None
    assert exam.slept() is None


def test_after_a_time_without_the_hub_a_machine_that_stood_still_is_noticed_and_some_seconds_are_not():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    ask(clock, exam, 1, 1)
    exam.forget()
    stand_still(clock, 20_000)
    ask(clock, exam, 1, 1)
    assert exam.slept() is None
    exam.forget()
    stand_still(clock, 300_000)
    ask(clock, exam, 1, 1)
    assert exam.slept() == Sleep(300_000, "hub")


def test_the_hubs_clock_set_back_is_followed_at_once_and_is_no_sleep():
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    ask(clock, exam, 1, 1)
    asked = clock.mono_us()
    clock.pass_ms(2)
    exam.pong(asked, clock.wall, clock.wall)
    assert exam.hub_ms() == clock.wall + 1
    assert exam.slept() is None


def test_a_program_that_was_stopped_between_two_looks_at_the_clocks_says_nothing_of_sleep():
    class Stopped(SetClock):
        stops = False

        def awake_us(self):
            if self.stops:
                self.pass_ms(3_000)
            return super().awake_us()

    clock = Stopped()
    exam = ExamClock(clock, boot=1)
    clock.stops = True
    assert exam.slept() is None
    clock.stops = False
    clock.pass_ms(1_000)
    assert exam.slept() is None


@given(st.lists(st.tuples(st.sampled_from(["pass", "sleep", "wall", "ask"]), st.integers(0, 100_000)), max_size=30))
def test_what_the_clocks_tell_adds_up_and_hub_time_stays_right(steps):
    clock = SetClock()
    exam = ExamClock(clock, boot=1)
    ask(clock, exam, 0, 0)
    start, asleep, told, moved = clock.us, 0, 0, 0
    ahead = AHEAD_MS
    for what, ms in steps:
        if what == "pass":
            clock.pass_ms(ms)
        elif what == "sleep":
            clock.sleep(ms)
            asleep += ms
        elif what == "wall":
            clock.wall += ms
            ahead -= ms
            moved += ms
        else:
            exam.pong(clock.us, clock.wall + ahead, clock.wall + ahead)
        slept = exam.slept()
        told += slept.ms if slept is not None else 0
        assert slept is None or slept.by == "clock"
        assert exam.hub_ms() == clock.wall + ahead
    assert asleep - 2_000 <= told <= asleep
    assert clock.us >= start
