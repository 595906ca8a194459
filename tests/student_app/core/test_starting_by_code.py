"""A desk that is offline at the start: front page, start code, own start, and what the hub says later."""

import msgspec
import pytest

from shared.admission.codes import StartCode
from shared.events import kinds
from shared.exam.rules import RecordingPolicy
from shared.exam.sealing import WrongStartCode
from shared.problems import InputProblem, PeerFault
from student_app.core.session import Phase
from tests.student_app.kit import START_CODE, content, events, front

WRONG = str(StartCode("0" * 10))


def waiting(bench, exam=None, **standing):
    bench.desk.join("code", "s1")
    sitting = bench.admit()
    sitting.standing(bench.standing(**({"starts_ms": None, "ends_ms": None} | standing)))
    bench.deliver_sealed(exam)
    bench.committer.step(10)
    return sitting


def test_the_front_page_is_there_before_the_start_and_after_a_restart(bench):
    waiting(bench)
    assert bench.desk.content is None
    assert bench.desk.front.long_name == "Quiz 1: Loops"
    bench.committer.step(300)
    bench.crash()
    bench.come_back()
    assert bench.desk.front.long_name == "Quiz 1: Loops"


def test_what_may_be_recorded_holds_from_the_front_page_on(bench):
    exam = msgspec.structs.replace(content(), recording=RecordingPolicy(focus=False))
    waiting(bench, exam)
    bench.desk.focus(False)
    bench.desk.accept_honor("", "")
    assert events(bench.desk, kinds.Focus) == []


def test_a_front_page_that_the_exam_did_not_sign_is_refused(bench):
    sitting = waiting(bench)
    held = sitting.content._held
    manifest, signature = held.manifest, held.signature
    with pytest.raises(PeerFault):
        sitting.content_offered(manifest, signature, front(content()).replace(b'"sig":"', b'"sig":"AAAA'))
    assert bench.desk.front.long_name == "Quiz 1: Loops"


def test_the_start_code_opens_the_exam_and_the_record_says_so(bench):
    waiting(bench, working_ms=90 * 60_000)
    assert bench.desk.state().needs_code
    bench.desk.start_with(START_CODE.lower().replace("-", " "))
    state = bench.desk.state()
    assert (state.phase, state.left_ms, state.needs_code) == (Phase.WORKING, 90 * 60_000, False)
    assert [view.id for view in state.questions] == ["q1", "q2"]
    bench.committer.step(300)
    (unlocked,) = events(bench.desk, kinds.Unlocked)
    assert (unlocked.how, unlocked.tries, unlocked.starts_ms) == ("start-code", 1, bench.clock.wall - 300)


def test_a_start_that_has_come_already_stays_as_the_hub_gave_it(bench):
    waiting(bench, starts_ms=bench.clock.wall - 60_000, ends_ms=bench.clock.wall + 60_000)
    bench.desk.start_with(START_CODE)
    assert bench.desk.state().left_ms == 60_000 - 10
    bench.committer.step(300)
    (unlocked,) = events(bench.desk, kinds.Unlocked)
    assert (unlocked.starts_ms, unlocked.ends_ms) == (None, None)


def test_a_wrong_code_says_so_and_is_slowed_down(bench):
    waiting(bench)
    for _ in range(3):
        with pytest.raises(WrongStartCode):
            bench.desk.start_with(WRONG)
    with pytest.raises(InputProblem, match="Wait 2 seconds"):
        bench.desk.start_with(START_CODE)
    bench.clock.pass_ms(2_000)
    bench.desk.start_with(START_CODE)
    bench.committer.step(300)
    (unlocked,) = events(bench.desk, kinds.Unlocked)
    assert unlocked.tries == 4


@pytest.mark.parametrize("text", ["", "7K2M-9XQ4", "ABCD-EFGH-JKM"])
def test_what_is_no_start_code_is_said_and_not_counted(bench, text):
    waiting(bench)
    for _ in range(5):
        with pytest.raises(InputProblem):
            bench.desk.start_with(text)
    bench.desk.start_with(START_CODE)
    assert bench.desk.state().phase is Phase.WORKING


def test_without_the_whole_exam_on_this_pc_no_code_is_tried(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=None, ends_ms=None))
    assert not bench.desk.state().needs_code
    with pytest.raises(InputProblem, match="on a stick"):
        bench.desk.start_with(START_CODE)


def test_the_own_start_survives_a_crash(bench):
    waiting(bench, working_ms=60 * 60_000)
    bench.desk.start_with(START_CODE)
    bench.desk.insert("q1/main.py", 0, "x")
    bench.committer.step(60_000)
    bench.crash()
    bench.come_back()
    state = bench.desk.state()
    assert state.phase is Phase.WORKING
    assert state.left_ms == pytest.approx(59 * 60_000, abs=1_000)
    assert bench.desk.text("q1/main.py") == "x# start\n"


def test_the_hub_that_comes_back_unopened_takes_the_start_not_back(bench):
    sitting = waiting(bench, working_ms=60 * 60_000)
    bench.desk.start_with(START_CODE)
    sitting.standing(bench.standing(starts_ms=None, ends_ms=None, note="Soon."))
    assert bench.desk.state().phase is Phase.WORKING
    assert bench.desk.state().left_ms == 60 * 60_000


def test_the_end_that_the_hub_gives_later_counts(bench):
    sitting = waiting(bench, working_ms=60 * 60_000)
    bench.desk.start_with(START_CODE)
    sitting.standing(bench.standing(starts_ms=bench.clock.wall + 1_000, ends_ms=bench.clock.wall + 5_000))
    assert bench.desk.state().left_ms == 5_000
    bench.committer.step(6_000)
    assert bench.desk.state().phase is Phase.ENDED
    assert [each.why for each in events(bench.desk, kinds.Submitted)] == ["time"]
