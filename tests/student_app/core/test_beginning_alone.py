"""A desk that never had a network: from the exam file to a bundle, a restart, and a hub that adopts it later."""

import threading

import msgspec
import pytest

from shared.admission.endorsement import Endorsement, issue
from shared.admission.statement import Statement, is_statement, read_statement
from shared.bundle.desk_file import read_desk_file, write_desk_file
from shared.bundle.handover import open_handover
from shared.crypto.box import BoxPrivateKey
from shared.events import kinds
from shared.exam.rules import RecordingPolicy
from shared.problems import InputProblem, PeerFault
from student_app.core.alone import Myself, open_desk_file
from student_app.core.session import Phase
from tests.student_app.kit import EXAM, EXAM_KEY, START_CODE, content, desk_file, events, front

BOX = BoxPrivateKey(b"b" * 32)


def given(exam=None, **facts):
    page = front(exam or content(), box=BOX.public.raw.hex(), minutes=60)
    return read_desk_file(write_desk_file(desk_file(**({"front": page} | facts))))


def begun(bench, who=None, **facts):
    bench.desk.begin_alone(given(**facts), who or Myself(student=" ada ", name="Ada", extra_minutes=15))
    bench.committer.step(10)
    return bench.desk


def adoption(sitting, **facts):
    statement = read_statement(sitting.journal.identity.endorsement)
    word = Endorsement(
        exam=EXAM.hex(), student="ada", name="Ada", section="A", session=statement.session, journal=statement.journal,
        device=statement.device, journal_key=statement.journal_key, by="proctor", hub_ms=0, not_after_ms=2**50,
        statement=sitting.journal.identity.endorsement.decode(),
    )  # fmt: skip
    return issue(msgspec.structs.replace(word, **facts), EXAM_KEY)


def test_the_student_waits_with_the_front_page_and_begins_by_the_start_code(bench):
    desk = begun(bench)
    state = desk.state()
    assert (state.phase, state.student, state.alone, state.needs_code) == (Phase.WAITING, "ada", True, True)
    desk.start_with(START_CODE)
    state = desk.state()
    assert (state.phase, state.left_ms) == (Phase.WORKING, 75 * 60_000)
    desk.insert("q1/main.py", 0, "x")
    bench.committer.step(76 * 60_000)
    assert desk.state().phase is Phase.ENDED
    assert [each.why for each in events(desk, kinds.Submitted)] == ["time"]


def test_the_desk_states_who_begins_and_keeps_it_over_a_crash(bench):
    desk = begun(bench)
    desk.start_with(START_CODE)
    desk.insert("q1/main.py", 0, "x")
    bench.committer.step(1_000)
    bench.crash()
    desk = bench.come_back()
    assert (desk.state().phase, desk.state().alone) == (Phase.WORKING, True)
    assert desk.text("q1/main.py") == "x# start\n"
    statement = read_statement(desk.sitting.journal.identity.endorsement, EXAM)
    assert (statement.student, statement.extra_minutes) == ("ada", 15)


def test_a_clock_that_is_set_changes_no_time_left(bench):
    desk = begun(bench)
    desk.start_with(START_CODE)
    bench.clock.wall += 3 * 3_600_000
    bench.committer.step(2_000)
    assert desk.state().left_ms == 75 * 60_000 - 2_000
    assert [each.by_ms for each in events(desk, kinds.ClockJumped)] == [3 * 3_600_000]
    bench.crash()
    desk = bench.come_back()
    assert desk.state().left_ms == pytest.approx(75 * 60_000, abs=5_000)


def test_what_the_policy_forbids_is_not_even_in_the_first_event(bench):
    page = front(msgspec.structs.replace(content(), recording=RecordingPolicy(device=False)), box=BOX.public.raw.hex())
    desk = begun(bench, front=page)
    bench.committer.step(300)
    assert [each.user for each in events(desk, kinds.Started)] == [""]
    assert read_statement(desk.sitting.vouching.envelope).device_name == ""


@pytest.mark.parametrize(
    ("who", "sentence"),
    [
        (Myself(student="  "), "Type your student number"),
        (Myself(student="a" * 201), "at most 200"),
        (Myself(student="a", extra_minutes=-1), "extra time"),
        (Myself(student="a", room_code="0000"), "symbols"),
        (Myself(student="a", room_code=START_CODE), "Leave the field empty"),
    ],
)
def test_what_can_t_be_is_said_and_nothing_is_begun(bench, who, sentence):
    with pytest.raises(InputProblem, match=sentence):
        begun(bench, who)
    assert bench.desk.sitting is None
    assert not list(bench.folder.glob("*.journal"))


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(InputProblem, match="Is the stick in"):
        open_desk_file(tmp_path / "quiz.examdesk")


def test_the_bundle_carries_the_statement_until_a_hub_has_adopted_it(bench, tmp_path):
    desk = begun(bench)
    desk.start_with(START_CODE)
    desk.submit()
    (word, copy), *_ = opened(bench, tmp_path)
    assert isinstance(word, Statement)
    assert is_statement(copy.endorsement)
    assert copy.batches
    desk.sitting.adopted(adoption(desk.sitting))
    bench.committer.step(10)
    (word, _), *_ = opened(bench, tmp_path)
    assert isinstance(word, Endorsement)
    assert not desk.state().alone
    bench.crash()
    assert not bench.come_back().state().alone


def opened(bench, folder):
    said, done = [], threading.Event()
    target = folder / "ada.examwork"
    bench.desk.write_bundle(target, lambda sentence: (said.append(sentence), done.set()))
    bench.committer.step(10)
    assert done.wait(20)
    assert said == [""]
    return open_handover(target.read_bytes(), EXAM, BOX, EXAM_KEY.public).journals


@pytest.mark.parametrize("facts", [{"statement": msgspec.UNSET}, {"journal": "22" * 16}, {"session": "22" * 16}])
def test_an_endorsement_that_adopts_something_else_is_refused(bench, facts):
    desk = begun(bench)
    with pytest.raises(PeerFault):
        desk.sitting.adopted(adoption(desk.sitting, **facts))
    assert desk.state().alone
