"""The desk as window, headless and simulator drive it."""

from dataclasses import replace

import pytest

from shared.events import kinds
from shared.exam.rules import RecordingPolicy
from shared.problems import EnvironmentProblem, InputProblem
from student_app.core.opening import recover_sitting
from student_app.core.session import Phase
from student_app.core.shelf import to_go_on_with
from student_app.core.surroundings import Surroundings
from tests.student_app.kit import content, events


def test_nothing_can_be_written_before_the_start(bench):
    bench.desk.join("code", "s1")
    sitting = bench.admit()
    sitting.standing(bench.standing(starts_ms=bench.clock.wall + 60_000))
    bench.deliver_content()
    with pytest.raises(InputProblem):
        bench.desk.insert("q1/main.py", 0, "x")
    assert bench.desk.state().starts_in_ms == 60_000
    assert events(bench.desk, kinds.FileCreated) == []


def test_the_exam_opens_by_itself_at_the_start(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=bench.clock.wall + 5_000))
    bench.deliver_content()
    bench.committer.step(6_000)
    assert bench.desk.state().phase is Phase.WORKING
    assert bench.desk.text("q1/main.py") == "# start\n"
    assert [view.id for view in bench.desk.state().questions] == ["q1", "q2"]


def test_a_burst_of_typing_is_one_event_with_its_timings(bench):
    desk = bench.open_exam()
    for at, letter in enumerate("abc"):
        desk.insert("q1/main.py", at, letter)
        bench.clock.pass_ms(30)
    bench.committer.step(300)
    (edit,) = events(desk, kinds.Edit)
    assert [(change.after_ms, change.text) for change in edit.changes] == [(0, "a"), (30, "b"), (60, "c")]


def test_typing_is_on_the_disk_within_250_ms(bench):
    desk = bench.open_exam()
    bench.committer.step(1_000)
    before = desk.state().saved
    desk.insert("q1/main.py", 0, "a")
    bench.committer.step(250)
    assert desk.state().saved > before


def test_another_file_ends_the_burst(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "a")
    desk.insert("q2/main.py", 0, "b")
    desk.delete("q2/main.py", 0, 1, "undo")
    bench.committer.step(300)
    assert [(edit.file, edit.how) for edit in events(desk, kinds.Edit)] == [
        ("q1/main.py", "type"), ("q2/main.py", "type"), ("q2/main.py", "undo"),
    ]  # fmt: skip


def test_own_text_is_told_from_text_from_outside(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "total = 0\n")
    desk.paste("q2/main.py", 0, 0, "total = 0\n")
    desk.paste("q2/main.py", 0, 0, "import antigravity")
    desk.paste("q2/main.py", 0, 0, "print the sum")
    desk.copied("a line\r\nof the console")
    desk.paste("q2/main.py", 0, 0, "a line\nof the console")
    bench.committer.step(10)
    assert [paste.clip for paste in events(desk, kinds.Paste)] == ["own", "outside", "own", "own"]


def test_a_paste_that_the_exam_forbids_is_refused_and_recorded(bench):
    desk = bench.open_exam(content(paste="own"))
    assert not desk.paste("q1/main.py", 0, 0, "from outside")
    assert desk.paste("q1/main.py", 0, 0, "# start")
    bench.committer.step(10)
    assert [refused.what for refused in events(desk, kinds.Refused)] == ["paste"]
    assert desk.text("q1/main.py") == "# start# start\n"


def test_a_long_paste_comes_in_parts(bench):
    desk = bench.open_exam()
    desk.paste("q1/main.py", 0, 8, "é" * 25_000)
    desk.insert("q1/main.py", 25_000, "y" * 20_001)
    bench.committer.step(300)
    assert [(paste.part, paste.parts) for paste in events(desk, kinds.Paste)] == [(1, 3), (2, 3), (3, 3)]
    assert desk.text("q1/main.py") == "é" * 25_000 + "y" * 20_001


def test_after_a_power_cut_the_desk_is_where_its_disk_was(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "kept\n")
    desk.view("q2", "q2/main.py")
    desk.raise_hand(True)
    bench.committer.step(1_000)
    desk.insert("q1/main.py", 0, "lost")
    desk = bench.crash()
    bench.come_back()
    assert desk.text("q1/main.py") == "kept\n# start\n"
    state = desk.state()
    assert (state.phase, state.question, state.file, state.hand) == (Phase.WORKING, "q2", "q2/main.py", True)
    assert [started.how for started in events(desk, kinds.Started)] == ["new", "crash"]
    assert "What was saved is back" in state.news[0]


def test_an_orderly_end_is_a_restart(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "kept\n")
    desk.close()
    bench.committer.step(1)
    bench.new_desk()
    bench.clock.pass_ms(90_000)
    desk = bench.come_back()
    started = events(desk, kinds.Started)[-1]
    assert started.how == "restart"
    assert 90_000 <= started.away_ms < 90_100
    assert desk.text("q1/main.py").startswith("kept")


@pytest.mark.parametrize("act", ["rename", "remove"])
def test_the_file_that_run_starts_keeps_its_name_and_its_place_without_a_window_too(bench, act):
    desk = bench.open_exam()
    desk.new_file("q1/helper.py", "x = 1\n")
    bench.committer.step(10)
    before = desk.sitting.journal.last
    with pytest.raises(InputProblem, match=r"main\.py is the file that Run starts"):
        desk.rename_file("q1/main.py", "q1/other.py") if act == "rename" else desk.remove_file("q1/main.py")
    assert (desk.text("q1/main.py"), desk.sitting.journal.last) == ("# start\n", before)
    desk.rename_file("q1/helper.py", "q1/tool.py")
    desk.remove_file("q1/tool.py")
    bench.committer.step(10)
    assert [removed.file for removed in events(desk, kinds.FileRemoved)] == ["q1/tool.py"]


def test_a_second_window_is_told_so(bench):
    desk = bench.open_exam()
    with pytest.raises(EnvironmentProblem, match="another ExamDesk window"):
        recover_sitting(desk.sitting.journal._file.path, bench.machine, lambda: None)
    with pytest.raises(EnvironmentProblem, match="another ExamDesk window"):
        to_go_on_with(bench.folder)


def test_time_up_hands_in_by_itself_with_the_last_key(bench):
    desk = bench.open_exam(ends_ms=bench.clock.wall + 10_000)
    bench.committer.step(9_900)
    desk.insert("q1/main.py", 0, "last")
    bench.committer.step(1_000)
    assert desk.state().phase is Phase.ENDED
    handed_in = events(desk)
    at = next(n for n, payload in enumerate(handed_in) if isinstance(payload, kinds.Submitted))
    assert isinstance(handed_in[at - 1], kinds.Edit)
    assert handed_in[at].why == "time"
    assert handed_in[at].files["q1/main.py"].length == len("last# start\n")
    assert bench.wall.codes == [desk.state().code]


def test_an_extension_after_the_end_lets_the_student_go_on(bench):
    desk = bench.open_exam(ends_ms=bench.clock.wall + 1_000)
    bench.committer.step(2_000)
    desk.sitting.standing(bench.standing(ends_ms=bench.clock.wall + 60_000))
    assert desk.state().phase is Phase.WORKING
    bench.committer.step(10)
    assert [event.by for event in events(desk, kinds.Reopened)] == ["staff"]
    desk.insert("q1/main.py", 0, "more")


def test_a_pause_stops_the_pen_and_the_clock(bench):
    desk = bench.open_exam(ends_ms=bench.clock.wall + 60_000)
    bench.committer.step(10_000)
    left = desk.state().left_ms
    desk.sitting.standing(bench.standing(ends_ms=bench.clock.wall + left, paused_ms=bench.clock.wall))
    bench.committer.step(5_000)
    with pytest.raises(InputProblem, match="paused"):
        desk.insert("q1/main.py", 0, "x")
    assert desk.state().left_ms == left


def test_a_start_that_is_taken_back_lets_the_student_wait_with_the_work_kept(bench):
    desk = bench.open_exam()
    desk.insert("q1/main.py", 0, "kept\n")
    bench.committer.step(300)
    desk.sitting.standing(bench.standing(starts_ms=None, ends_ms=None))
    bench.committer.step(300)
    assert desk.state().phase is Phase.WAITING
    with pytest.raises(InputProblem):
        desk.insert("q1/main.py", 0, "x")
    later = bench.clock.wall + 60_000
    desk.sitting.standing(bench.standing(starts_ms=later, ends_ms=later + 3_600_000))
    bench.committer.step(61_000)
    assert desk.state().phase is Phase.WORKING
    assert desk.state().left_ms == pytest.approx(3_599_000, abs=2_000)
    desk.insert("q1/main.py", 0, "and more\n")
    assert desk.text("q1/main.py").startswith("and more\nkept\n")


def test_handing_in_and_taking_back(bench):
    desk = bench.open_exam()
    desk.submit()
    assert desk.state().phase is Phase.SUBMITTED
    with pytest.raises(InputProblem, match="handed in"):
        desk.insert("q1/main.py", 0, "x")
    desk.take_back()
    desk.insert("q1/main.py", 0, "x")
    bench.committer.step(300)
    assert [event.why for event in events(desk, kinds.Submitted)] == ["student"]


def test_a_jump_of_the_pc_clock_is_recorded_and_moves_no_deadline(bench):
    desk = bench.open_exam()
    desk.sitting.pong(bench.clock.us, bench.clock.wall, bench.clock.wall)
    bench.committer.step(1_000)
    left = desk.state().left_ms
    day_ms = 86_400_000
    bench.clock.wall += day_ms
    bench.committer.step(1_100)
    assert [event.by_ms for event in events(desk, kinds.ClockJumped)] == [day_ms]
    assert abs(desk.state().left_ms - (left - 1_100)) < 5
    assert "your time left is the same as before" in desk.state().news[-1]


@pytest.mark.parametrize("online", [True, False])
def test_a_pc_that_slept_says_so_once_and_the_time_is_right(bench, online):
    desk = bench.open_exam()
    desk.sitting.pong(bench.clock.us, bench.clock.wall, bench.clock.wall)
    bench.committer.step(1_000)
    left = desk.state().left_ms
    bench.clock.sleep(720_000)
    bench.committer.step(1_100)
    if online:
        desk.sitting.pong(bench.clock.us, bench.clock.wall, bench.clock.wall)
    bench.committer.step(1_100)
    (slept,) = events(desk, kinds.Slept)
    assert (slept.by, slept.offset_ms) == ("clock", 0)
    assert abs(slept.ms - 720_000) < 5
    assert abs(desk.state().left_ms - (left - 722_200)) < 5
    assert desk.state().news[-1].startswith("This PC slept for 12 minutes. What you wrote is kept")
    assert not events(desk, kinds.ClockJumped)


def test_a_pc_that_slept_past_the_end_hands_in_by_time_and_the_sleep_comes_first(bench):
    desk = bench.open_exam(ends_ms=bench.clock.wall + 60_000)
    bench.committer.step(1_000)
    bench.clock.sleep(90_000)
    bench.committer.step(1_100)
    assert [event.why for event in events(desk, kinds.Submitted)] == ["time"]
    kinds_in_order = [type(event) for event in events(desk, kinds.Payload)]
    assert kinds_in_order.index(kinds.Slept) < kinds_in_order.index(kinds.Submitted)


def test_a_machine_that_stood_still_gets_the_right_time_from_the_hub(bench):
    desk = bench.open_exam()
    desk.sitting.pong(bench.clock.us, bench.clock.wall, bench.clock.wall)
    bench.committer.step(1_000)
    left = desk.state().left_ms
    bench.clock.wall += 300_000  # the host set the machine's clock after the pause
    desk.sitting.pong(bench.clock.us, bench.clock.wall, bench.clock.wall)
    bench.committer.step(1_100)
    (slept,) = events(desk, kinds.Slept)
    assert (slept.ms, slept.by) == (300_000, "hub")
    assert abs(desk.state().left_ms - (left - 301_100)) < 5
    assert "stood still for 5 minutes" in desk.state().news[-1]
    assert not events(desk, kinds.ClockJumped)


def test_surroundings_are_recorded_only_where_the_policy_names_them_and_again_when_they_change(bench):
    seen = [Surroundings("virtual", "KVM", "local", "")]
    desk = bench.open_exam()
    desk.sitting._looking._machine = replace(bench.machine, look=lambda: seen[0])
    bench.committer.step(2_000)
    assert not events(desk, kinds.SurroundingsSeen)
    desk.sitting.recorder.policy = RecordingPolicy(surroundings=True)
    bench.committer.step(2_000)
    seen[0] = Surroundings("virtual", "KVM", "remote", "SSH")
    bench.committer.step(130_000)
    found = [(event.machine, event.product, event.session, event.way) for event in events(desk, kinds.SurroundingsSeen)]
    assert found == [("virtual", "KVM", "local", ""), ("virtual", "KVM", "remote", "SSH")]


def test_a_notice_is_delivered_once_and_read_once(bench):
    desk = bench.open_exam()
    for _ in range(2):
        desk.sitting.notice(bench.notice(3, "Question 2: use floats."))
    desk.read_notice(3)
    desk.read_notice(3)
    bench.committer.step(100)
    assert [(seen.number, seen.how) for seen in events(desk, kinds.MessageSeen)] == [(3, "delivered"), (3, "read")]
    bench.crash()
    state = bench.come_back().state()
    assert [(notice.text, notice.read) for notice in state.notices] == [("Question 2: use floats.", True)]


def test_a_run_names_the_version_of_the_code_it_ran(bench):
    desk = bench.open_exam()
    desk.view("q1", "q1/main.py")
    desk.insert("q1/main.py", 0, "x = 1\n")
    desk.run("q1/main.py")
    bench.committer.step(10)
    kinds_seen = [type(event).__name__ for event in events(desk)][-4:]
    assert kinds_seen == ["Edit", "RunStarted", "RunOutput", "RunEnded"]
    assert list(events(desk, kinds.RunStarted)[0].files) == ["q1/main.py"]
    assert desk.state().run.output == "14\n"


def test_moving_to_another_pc_restores_the_files_without_starting_anew(bench):
    from shared.admission.endorsement import Parent
    from student_app.core.sitting import RestoredFile

    bench.desk.join("code", "s1")
    parent = Parent(journal="aa" * 16, seq=10, link="bb" * 32)
    sitting = bench.admit(restored=(RestoredFile("q1/main.py", "mine\n"),), parent=parent)
    sitting.standing(bench.standing())
    bench.deliver_content()
    bench.committer.step(10)
    assert bench.desk.text("q1/main.py") == "mine\n"
    assert bench.desk.text("q2/main.py") == "# start\n"
    assert events(bench.desk, kinds.Started)[0].how == "moved"


def test_a_cancelled_join_lets_nobody_in(bench):
    bench.desk.join("code", "s1")
    assert bench.desk.cancel()
    assert (bench.desk.state().phase, bench.net.cancelled) == (Phase.FINDING, 1)
    with pytest.raises(InputProblem, match="cancelled"):
        bench.admit()
    assert bench.desk.sitting is None
    assert not bench.desk.cancel()


def test_after_a_cancelled_join_another_one_can_begin(bench):
    bench.desk.join("code", "s1")
    bench.desk.held("A proctor has to let you in.")
    assert bench.desk.cancel()
    assert bench.desk.state().problem == ""
    bench.desk.join("code", "s2")
    bench.admit()
    assert bench.desk.state().student == "s2"


def test_what_the_hub_has_let_in_can_not_be_cancelled(bench):
    bench.open_exam()
    assert not bench.desk.cancel()
    assert (bench.desk.state().phase, bench.net.cancelled) == (Phase.WORKING, 0)
