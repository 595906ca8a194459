"""An honor code that changes: asked for again before the start, said and affirmed while the student works."""

from msgspec import structs
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from shared.events import decode, kinds
from shared.exam.rules import RecordingPolicy
from shared.log.entry import unpack_header
from student_app.core.conditions import conditions_of
from student_app.core.session import Phase
from student_app.views.conditions_dialog import ConditionsDialog
from tests.student_app.kit import content
from tests.support.patience import PATIENCE_MS

FIRST = "I work alone."
SECOND = "I work alone and without a phone."


def exam(honor=FIRST, **facts):
    return structs.replace(content(), honor_code=honor, **facts)


def accepted(bench):
    bench.committer.step(300)
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [(one.honor_sha256, one.recorded_sha256) for one in payloads if isinstance(one, kinds.HonorAccepted)]


def affirm_while_waiting(bench):
    waiting = bench.window.waiting
    QTest.keyClick(waiting._agree, Qt.Key.Key_Space)
    QTest.keyClick(waiting._begin, Qt.Key.Key_Return)
    bench.refresh()


def wait_for_start(bench, minutes=1):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=bench.clock.wall + minutes * 60_000))
    bench.deliver_sealed(exam())
    bench.refresh()


def begin_work(bench):
    bench.open_exam(exam())
    bench.refresh()
    affirm_while_waiting(bench)
    assert bench.window.work.isVisible()


def test_a_code_that_changes_before_the_start_is_asked_for_again_with_what_is_different(bench):
    wait_for_start(bench)
    waiting = bench.window.waiting
    affirm_while_waiting(bench)
    assert waiting._affirmed.isVisible()
    bench.deliver_sealed(exam(SECOND))
    bench.refresh()
    assert not bench.desk.state().honor
    assert (waiting._anew.isVisible(), waiting._agree.isVisible(), waiting._agree.isChecked()) == (True, True, False)
    assert "without a phone" in waiting._honor.toPlainText()
    affirm_while_waiting(bench)
    assert waiting._affirmed.isVisible()
    assert not waiting._anew.isVisible()
    first, second = accepted(bench)
    assert first != second == conditions_of(bench.desk.front).hashes


def test_a_box_that_was_ticked_for_the_old_text_is_open_again(bench):
    wait_for_start(bench)
    bench.window.waiting._agree.setChecked(True)
    bench.deliver_sealed(exam(SECOND))
    bench.refresh()
    assert not bench.window.waiting._agree.isChecked()
    assert accepted(bench) == []


def test_whoever_did_not_affirm_the_new_text_does_so_at_the_start_before_the_first_question(bench):
    wait_for_start(bench)
    affirm_while_waiting(bench)
    bench.deliver_sealed(exam(SECOND))
    bench.clock.pass_ms(61_000)
    bench.desk.sitting.content_key(b"c" * 32)
    bench.refresh()
    assert bench.desk.state().phase is Phase.WORKING
    assert bench.window.waiting.isVisible()
    affirm_while_waiting(bench)
    assert bench.window.work.isVisible()


def test_while_working_a_banner_says_so_and_the_text_is_affirmed_with_the_keyboard(bench, qtbot):
    begin_work(bench)
    bench.desk.insert("q1/main.py", 0, "x = 1\n")
    bench.deliver_sealed(exam(SECOND))
    bench.refresh()
    work = bench.window.work
    assert work.isVisible(), "nothing is put over the work"
    banner = work.banners._shown["conditions"]
    QTest.keyClick(next(b for b in banner.findChildren(QPushButton) if b.text() == "Read it"), Qt.Key.Key_Space)
    dialog = work.findChild(ConditionsDialog)
    qtbot.waitUntil(dialog.isVisible, timeout=PATIENCE_MS)
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    bench.refresh()
    assert "conditions" in work.banners._shown, "putting it off is no answer"
    work.show_conditions()
    dialog = [each for each in work.findChildren(ConditionsDialog) if each.isVisible()][-1]
    QTest.keyClick(dialog.accept_button, Qt.Key.Key_Return)
    bench.refresh()
    assert "conditions" not in work.banners._shown
    assert accepted(bench)[-1] == conditions_of(bench.desk.front).hashes
    assert bench.desk.text("q1/main.py").startswith("x = 1\n")


def test_another_recording_policy_is_said_as_well_and_known_after_a_crash(bench):
    begin_work(bench)
    bench.deliver_sealed(exam(recording=RecordingPolicy(focus=False)))
    bench.refresh()
    assert bench.desk.state().affirms_anew
    bench.committer.step(1000)
    assert bench.desk.affirmed == conditions_of(structs.replace(bench.desk.front, recording=RecordingPolicy()))


def test_after_the_hand_in_nobody_is_asked(bench):
    begin_work(bench)
    bench.desk.submit()
    bench.deliver_sealed(exam(SECOND))
    bench.refresh()
    assert not bench.desk.state().affirms_anew
