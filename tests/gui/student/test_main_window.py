"""The window over the real desk: each phase has its page, and what the student does becomes part of the record."""

import msgspec
import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QAbstractButton, QLineEdit, QListWidget, QPlainTextEdit, QTabBar, QTextBrowser

from shared.admission.codes import StartCode
from shared.bundle.desk_file import write_desk_file
from shared.discovery.joining import Address
from shared.events import decode, kinds
from shared.exam.content import ContentFile
from shared.exam.document import Checks
from shared.exam.drawing import draw, session_seed
from shared.exam.rules import DeskRules
from shared.log.entry import unpack_header
from shared.problems import InputProblem
from shared.text import Origin
from shared.wire.messages import Candidate
from student_app.core.lab import Lab
from student_app.core.ports import FoundHub, HubAddress
from student_app.core.session import Phase
from student_app.core.state import DeskState
from student_app.running.events import Ended, Output, OutputCapped, WaitingForInput
from student_app.running.tracebacks import Frame, Traceback
from student_app.views import sample
from student_app.views.file_dialog import FileNameDialog
from student_app.views.screenshots import PAGES
from student_app.views.top_bar import TopBar
from tests.gui.student.window_bench import WindowBench
from tests.student_app.core.test_draw_of_desk import many
from tests.student_app.kit import START_CODE, content, desk_file
from tests.support.patience import PATIENCE_MS


def events(desk, kind):
    rows = desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [payload for payload in payloads if isinstance(payload, kind)]


def test_the_window_begins_with_finding_the_exam(bench):
    assert bench.window.finding.isVisible()
    assert not bench.window.finding.join.isEnabled()


def test_the_code_is_checked_while_it_is_typed(bench):
    page = bench.window.finding
    from shared.admission.codes import RoomCode

    page.code.setText(str(RoomCode("ABCDEFGH")).lower().replace("-", " "))
    assert "✓" in page.code_hint.text()
    page.code.setText("ABCDEFGH*")
    assert page.code.property("state") == "wrong"
    assert not page.join.isEnabled()


def test_a_personal_code_needs_no_student_number(bench):
    from shared.admission.codes import PersonalCode

    page = bench.window.finding
    page.code.setText(str(PersonalCode(17, "K3QF9")))
    assert not page.student.isEnabled()
    assert page.join.isEnabled()


def test_with_several_exams_one_has_to_be_chosen(bench):
    from shared.admission.codes import RoomCode

    page = bench.window.finding
    bench.desk.found(tuple(FoundHub(name, name, "", "run", (HubAddress("127.0.0.1", 9),)) for name in "ab"))
    bench.window.refresh()
    page.code.setText(str(RoomCode("ABCDEFGH")))
    page.student.setText("s1")
    assert not page.join.isEnabled()
    page.hubs.setCurrentRow(1)
    assert page.join.isEnabled()
    page.join.click()
    assert [request.hubs[0].port for request in bench.net.requests] == [9]
    bench.window.refresh()
    assert bench.window.joining.isVisible()


def test_did_you_mean_fills_in_the_number(bench):
    page = bench.window.finding
    page.student.setText("ada")
    page.meant.answered("ada", (Candidate("s4711", "Ada Lovelace", "A"), Candidate("s4712", "Adam", "A")), False)
    page.meant.suggestions.itemAt(0).widget().click()
    assert page.student.text() == "s4711"


def test_a_join_file_fills_in_the_address(bench, tmp_path):
    from shared.discovery.joining import make_join_file
    from shared.ids import ExamId

    path = tmp_path / "room.examjoin"
    path.write_bytes(make_join_file(["10.0.0.7"], 4711, ExamId(b"e" * 16), b"f" * 32, "Quiz"))
    page = bench.window.finding
    page.open_join_file(path)
    assert page.addresses() == (HubAddress("10.0.0.7", 4711, b"f" * 32),)
    path.write_bytes(b"{}")
    page.open_join_file(path)
    assert page.address.property("state") == "wrong"


def test_a_held_join_says_who_has_to_act(bench):
    bench.desk.join("code", "s1")
    bench.desk.held("A proctor has to let you in.")
    bench.window.refresh()
    assert "proctor" in bench.window.joining._title.text()


def test_change_what_i_typed_ends_the_join(bench):
    bench.desk.join("code", "s1")
    bench.window.refresh()
    bench.window.joining._back.click()
    assert bench.window.finding.isVisible()
    assert bench.net.cancelled == 1
    bench.desk.join("code", "s2")
    bench.window.refresh()
    assert bench.window.joining.isVisible()


def test_the_waiting_room_counts_down_by_the_hubs_clock(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=bench.clock.wall + 65_000))
    bench.refresh()
    assert bench.window.waiting.isVisible()
    assert bench.window.waiting._clock.text() == "1:05"


def test_the_honor_code_comes_before_the_questions(bench):
    bench.open_exam()
    bench.refresh()
    waiting = bench.window.waiting
    assert waiting.isVisible()
    assert not waiting._begin.isEnabled()
    waiting._agree.click()
    waiting._begin.click()
    bench.refresh()
    assert bench.window.work.isVisible()
    (accepted,) = events(bench.desk, kinds.HonorAccepted)
    assert len(accepted.recorded_sha256) == 64


def test_the_keyboard_is_at_the_box_as_soon_as_the_honor_code_is_here(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=bench.clock.wall + 65_000))
    bench.refresh()
    assert not bench.window.waiting._agree.isVisible()
    bench.deliver_sealed()
    bench.refresh()
    assert bench.window.waiting._agree.hasFocus()


def test_the_honor_code_is_read_and_accepted_while_waiting(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=bench.clock.wall + 65_000))
    bench.deliver_sealed()
    bench.refresh()
    waiting = bench.window.waiting
    assert not waiting.start_code.isVisible() or not bench.desk.state().online
    QTest.keyClick(waiting._agree, Qt.Key.Key_Space)
    waiting._begin.click()
    bench.refresh()
    assert waiting.isVisible()
    assert waiting._affirmed.isVisible()
    assert len(events(bench.desk, kinds.HonorAccepted)) == 1


def test_a_start_code_typed_with_the_keyboard_opens_the_exam(bench):
    bench.desk.join("code", "s1")
    bench.admit().standing(bench.standing(starts_ms=None, ends_ms=None))
    bench.deliver_sealed()
    bench.desk.accept_honor("", "")
    bench.refresh()
    box = bench.window.waiting.start_code
    assert box.isVisible()
    QTest.keyClicks(box.code, START_CODE[:4])
    assert "4 of 11" in box.hint.text()
    box.code.setText(str(StartCode("0" * 10)))
    QTest.keyClick(box.code, Qt.Key.Key_Return)
    assert "does not open the exam" in box.hint.text()
    box.code.setText(START_CODE.lower())
    QTest.keyClick(box.code, Qt.Key.Key_Return)
    bench.refresh()
    assert bench.window.work.isVisible()


def test_an_exam_from_a_stick_is_opened_and_begun_without_a_network(bench, tmp_path):
    page = bench.window.finding
    broken = tmp_path / "broken.examdesk"
    broken.write_bytes(b"nothing")
    page.open_file(broken)
    assert "X1" in page.problem.text.text()
    path = tmp_path / "quiz.examdesk"
    path.write_bytes(write_desk_file(desk_file()))
    page.open_file(path)
    bench.refresh()
    assert page.exam_file.isVisible()
    assert not page._elsewhere.isVisible()
    assert not page.join.isEnabled()
    page.code.setText("17-K3QF9C")
    page.student.setText("ada")
    assert not page.join.isEnabled()
    page.code.clear()
    page.extra.setValue(15)
    QTest.keyClick(page.student, Qt.Key.Key_Return)
    bench.refresh()
    assert bench.window.waiting.isVisible()
    assert bench.window.waiting.start_code.isVisible()
    assert "You said that you are ada" in bench.window.waiting._who.text()
    QTest.keyClick(bench.window.waiting._agree, Qt.Key.Key_Space)
    QTest.keyClick(bench.window.waiting._begin, Qt.Key.Key_Return)
    bench.refresh()
    assert len(events(bench.desk, kinds.HonorAccepted)) == 1
    bench.window.waiting.start_code.code.setText(START_CODE)
    bench.window.waiting.start_code.button.click()
    bench.refresh()
    assert bench.window.work.isVisible()
    assert bench.desk.state().left_ms == pytest.approx(75 * 60_000, abs=1_000)


def test_an_exam_from_a_file_can_be_put_away_for_the_network(bench, tmp_path):
    page = bench.window.finding
    path = tmp_path / "quiz.examdesk"
    path.write_bytes(write_desk_file(desk_file()))
    page.open_file(path)
    page.exam_file.close_file.click()
    bench.refresh()
    assert page._elsewhere.isVisible()
    assert page.join.text() == "Join the exam"


def test_what_is_preset_on_the_pc_fills_the_form_and_the_students_choice_counts_before_it(bench):
    page = bench.window.finding
    hubs = [FoundHub(n, n, f"B {n}", "run", (HubAddress("127.0.0.1", 9),)) for n in "12"]
    bench.desk.found(tuple(hubs))
    bench.refresh()
    pin = bytes(32)
    page.preset(
        Lab(addresses=(Address("192.0.2.7"),), fingerprint=pin, room="b 2", mistakes=("student.toml, line 1.",))
    )
    assert page.settings.isVisible()
    assert "line 1" in page.settings.text.text()
    assert page.addresses() == (HubAddress("192.0.2.7", 23926, pin),)
    assert page.hubs.hub.name == "2"
    page.hubs.setFocus()
    bench.window.activateWindow()
    assert page._elsewhere_said() == ""
    QTest.keyClick(page.hubs, Qt.Key.Key_Down)
    if page.hubs.hasFocus():
        assert page.address.text() == ""
        assert page.addresses() == (HubAddress("127.0.0.1", 9),), "the desk itself holds every hub against the pin"
        assert page.hubs.hub.name == "1", "the exam of this room comes first"
        assert "names room B 1, and this PC stands in b 2" in page.join_hint.text()


def test_typing_in_the_window_is_recorded(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "a = 1")
    assert bench.desk.text("q1/main.py") == "a = 1# start\n"


def test_each_question_keeps_its_file_and_its_place(bench):
    work = bench.begin()
    work.editors.editor.go_to(1, 4)
    work.turn_to("q2")
    QTest.keyClicks(work.editors.editor, "b")
    work.turn_by(-1)
    assert work.editors.editor.file == "q1/main.py"
    assert work.editors.editor.getCursorPosition() == (0, 3)
    assert bench.desk.text("q2/main.py") == "b# start\n"
    bench.refresh()
    assert [viewed.question for viewed in events(bench.desk, kinds.Viewed)] == ["q1", "q2", "q1"]


def test_questions_drawn_anew_take_the_place_of_the_old_ones_and_the_work_stays(bench):
    exam = many()
    work = bench.begin(exam)
    old = bench.desk.state().questions[0].id
    QTest.keyClicks(work.editors.editor, "mine ")
    draws = next(n for n in range(1, 99) if old not in draw(exam, session_seed(bench.session, n)).questions())
    bench.desk.sitting.standing(bench.standing(draws=draws))
    bench.refresh()
    new = bench.desk.state().questions[0].id
    assert work.editors.editor.file == f"{new}/main.py"
    QTest.keyClicks(work.editors.editor, "new ")
    bench.refresh()
    assert bench.desk.text(f"{new}/main.py") == "new # start\n"
    assert bench.desk.text(f"{old}/main.py") == "mine # start\n"
    assert [viewed.question for viewed in events(bench.desk, kinds.Viewed)][-1] == new


def test_a_new_file_can_be_named_removed_and_brought_back(bench):
    work = bench.begin()
    work.files.make("helper.py")
    QTest.keyClicks(work.editors.editor, "x = 1")
    work.files.give_name("q1/helper.py", "tools.py")
    assert work.editors.editor.file == "q1/tools.py"
    work.files.remove()
    assert work.editors.editor.file == "q1/main.py"
    work.banners.undo.emit("q1/tools.py")
    assert bench.desk.text("q1/tools.py") == "x = 1"
    assert [work.editors.tabs.tabText(at) for at in range(2)] == ["main.py", "tools.py"]


def test_the_main_file_keeps_its_name(bench):
    work = bench.begin()
    work.files.remove()
    assert bench.desk.state().questions[0].files == ("q1/main.py",)
    assert "hint" in work.banners._shown


@pytest.mark.parametrize("name", ["", "MAIN.PY", "a/../b.py", "a\\b.py"])
def test_a_name_that_can_not_be_is_refused_while_typing(qtbot, bench, name):
    dialog = FileNameDialog(bench.window, "New file", "", ["main.py"])
    qtbot.addWidget(dialog)
    dialog.name.setText(name)
    assert not dialog.ok.isEnabled()


def test_resetting_to_the_starter_can_be_undone(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "mine")
    work.files.reset()
    assert bench.desk.text("q1/main.py") == "# start\n"
    work.editors.editor.undo()
    assert bench.desk.text("q1/main.py") == "mine# start\n"


def test_an_earlier_version_is_chosen_with_the_keyboard_and_can_be_undone(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "one = 1")
    work.save()
    QTest.keyClicks(work.editors.editor, "23")
    QTest.keyClick(bench.window, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert work.versions.list.hasFocus()
    assert "+ one = 1# start" in work.versions.view.toPlainText()
    QTest.keyClick(work.versions.list, Qt.Key.Key_Down)
    assert "Starter code" in work.versions.list.currentItem().text()
    QTest.keyClick(work.versions.list, Qt.Key.Key_Up)
    QTest.keyClick(work.versions.back, Qt.Key.Key_Space)
    assert bench.desk.text("q1/main.py") == "one = 1# start\n"
    assert work.editors.editor.text() == "one = 1# start\n"
    work.editors.editor.undo()
    assert bench.desk.text("q1/main.py") == "one = 123# start\n"
    bench.refresh()
    assert "revert" in [edit.how for edit in events(bench.desk, kinds.Edit)]


def test_what_is_brought_back_is_the_students_own(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "mine = 1")
    work.save()
    work.files.reset()
    assert bench.desk.text("q1/main.py") == "# start\n"
    work.files.restore("q1/main.py", "mine = 1# start\n")
    model = bench.desk.sitting.memory.workspace.model("q1/main.py")
    assert {run[1] for run in model.runs(0, model.length)} == {Origin.TYPED, Origin.STARTER}


def test_a_removed_file_comes_back_from_its_versions(bench):
    work = bench.begin()
    work.files.make("helper.py")
    QTest.keyClicks(work.editors.editor, "x = 1")
    work.files.remove()
    work.files.toggle_versions()
    page = work.versions
    page.files.setCurrentIndex(1)
    assert page.file == "q1/helper.py"
    page.back.click()
    assert bench.desk.text("q1/helper.py") == "x = 1"
    assert work.editors.editor.file == "q1/helper.py"


def test_a_run_asks_for_input_and_shows_what_it_printed_and_how_it_ended(qtbot, bench):
    work = bench.begin()
    work.run()
    bench.runner.deliver((Output("stdout", "Who? "), WaitingForInput(True)))
    qtbot.waitUntil(work.console.input.isEnabled, timeout=PATIENCE_MS)
    QTest.keyClicks(work.console.input, "Ada")
    QTest.keyClick(work.console.input, Qt.Key.Key_Return)
    bench.runner.deliver((Output("stdout", "hello Ada\n"), Ended(0, None, "exit", "It ended normally.", 0.1)))
    qtbot.waitUntil(lambda: "normally" in work.console.text.toPlainText(), timeout=PATIENCE_MS)
    assert work.console.text.toPlainText().splitlines() == [
        "Running main.py", "Who? Ada", "hello Ada", "It ended normally.",
    ]  # fmt: skip
    assert bench.runner.typed == ["Ada\n"]
    assert not work.console.input.isEnabled()
    bench.refresh()
    assert [run.file for run in events(bench.desk, kinds.RunStarted)] == ["q1/main.py"]


def test_stop_ends_the_program(qtbot, bench):
    work = bench.begin()
    work.run()
    qtbot.waitUntil(work.stop_button.isEnabled, timeout=PATIENCE_MS)
    QTest.keyClick(bench.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    assert bench.runner.stopped


def test_another_journal_leaves_the_student_where_they_are(qtbot, bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "kept")
    editor = work.editors.editor
    work.opened()
    bench.refresh()
    assert work.editors.editor is editor
    editor.undo()
    assert bench.desk.text("q1/main.py") == editor.text() == "# start\n"


def test_a_traceback_leads_to_its_line(bench):
    work = bench.begin()
    work.files.make("helper.py")
    work.editors.editor.put_in("a = 1\nb = 2\nc = 3\n", "paste")
    work.turn_to("q1")
    work.console.begin("main.py", ["main.py", "helper.py"])
    text = 'Traceback (most recent call last):\n  File "helper.py", line 2, in f\n    b = 2\nNameError: b\n'
    trace = Traceback("NameError", "b", (Frame("helper.py", 2, "f"),))
    work.console.take((Output("stderr", text), Ended(1, None, "exit", "It ended.", 0.1, traceback=trace)))
    work.go_to_error()
    assert work.editors.editor.file == "q1/helper.py"
    assert work.editors.editor.getCursorPosition()[0] == 1
    work.console.place.emit("main.py", 1)
    assert work.editors.editor.file == "q1/main.py"


def test_the_console_stays_bounded_and_says_what_it_leaves_out(bench):
    work = bench.begin()
    console = work.console
    console.begin("main.py", ["main.py"])
    for _ in range(50):
        console.take(tuple(Output("stdout", "x\n" * 1_000) for _ in range(10)))
    assert console.text.blockCount() <= 4_000
    bench.refresh()
    assert "lines are shown" in work.run_status.text()
    console.begin("main.py", ["main.py"])
    for _ in range(200):
        console.take((Output("stdout", "y" * 5_000),))
    console.take((OutputCapped(1024, "kilobytes"),))
    lines = console.text.toPlainText().splitlines()
    assert max(len(line) for line in lines) < 2_100
    assert "kilobytes" in lines[-1]


class Shown:
    """The top bar over states that the test sets."""

    def __init__(self, qtbot, look) -> None:
        self.bar = TopBar(look)
        qtbot.addWidget(self.bar)

    def after(self, ms, **fields):
        state = DeskState(phase=Phase.WORKING, **({"online": True, "last": 9, "saved": 9, "safe": 9} | fields))
        self.bar.refresh(state, ms)
        return self.bar.here.text, self.bar.away.text


@pytest.fixture
def shown(qtbot, bench):
    return Shown(qtbot, bench.look)


SAVED, SAFE, SENDING = "Saved here", "Safe with the instructor", "Sending to the instructor…"


def test_saved_and_safe_do_not_flicker_while_a_commit_takes_its_time(shown):
    assert shown.after(0, saved=8, unsent=1) == (SAVED, SAFE)
    assert shown.after(240, saved=8, unsent=1) == (SAVED, SAFE)
    assert shown.after(260) == (SAVED, SAFE)
    assert shown.after(600, unsent=1) == (SAVED, SAFE)


def test_saved_here_is_not_said_while_something_is_unsaved(shown):
    shown.after(0, saved=8, unsent=1)
    assert shown.after(250, saved=8, unsent=1) == ("Saving on this PC…", SENDING)


def test_safe_is_not_said_while_something_is_unsent(shown):
    shown.after(0, unsent=1)
    assert shown.after(500, unsent=1)[1] == SENDING
    assert shown.after(3_000, unsent=3)[1] == "3 changes on their way"
    assert shown.after(8_000, unsent=14)[1] == "14 changes not yet with the instructor"
    assert shown.after(9_000)[1] == SAFE


def test_sending_stays_for_a_moment_so_that_a_slow_line_does_not_blink(shown):
    shown.after(0, unsent=1)
    shown.after(500, unsent=1)
    assert shown.after(520)[1] == SENDING
    assert shown.after(2_000)[1] == SAFE


def test_without_a_connection_what_is_unsent_is_said_at_once(shown):
    assert shown.after(0, unsent=1, online=False)[1] == "1 change not yet with the instructor"
    assert shown.after(100, online=False)[1] == SAFE


def test_a_claim_is_looked_at_again_when_its_time_is_over(qtbot, shown):
    with qtbot.waitSignal(shown.bar.due, timeout=PATIENCE_MS):
        shown.after(0, saved=8, unsent=1)


def test_a_desk_whose_disk_fails_claims_nothing(bench):
    work = bench.begin()
    bench.desk.sitting.contact(online=True)
    bench.window.refresh()
    bench.desk.sitting.trouble_is("The disk is full.")
    bench.window.refresh()
    assert "Saf" not in work.top.away.text
    work.save()
    assert work.banners._shown["hint"].text.text() == "The disk is full."


def test_an_outage_is_explained_once_it_lasts(bench):
    work = bench.begin()
    assert "line" not in work.banners._shown
    bench.clock.pass_ms(9_000)
    bench.window.refresh()
    assert "Just go on" in work.banners._shown["line"].text.text()
    bench.desk.sitting.contact(online=True)
    bench.window.refresh()
    assert "line" not in work.banners._shown


def test_a_full_disk_is_the_one_thing_in_red(bench):
    work = bench.begin()
    bench.desk.sitting.trouble_is("The disk is full.")
    bench.window.refresh()
    assert work.banners._shown["disk"].property("level") == "danger"
    assert work.top.here.text == "Not saved on this PC!"


def test_time_warnings_come_once_and_an_extension_takes_them_back(bench):
    work = bench.begin(ends_ms=bench.clock.wall + 11 * 60_000)
    seen = []
    for _ in range(8):
        bench.clock.pass_ms(45_000)
        bench.window.refresh()
        banner = work.banners._shown.get("time")
        seen.append(banner.text.text()[:2] if banner else "")
        work.banners._drop("time")
    assert [text for text in seen if text] == ["10", "5 "]
    bench.desk.sitting.standing(bench.standing(ends_ms=bench.clock.wall + 30 * 60_000))
    bench.window.refresh()
    assert work.banners._warned == 0


def test_a_pause_covers_the_work_and_gives_it_back(bench):
    work = bench.begin()
    bench.desk.sitting.standing(bench.standing(paused_ms=bench.clock.wall, note="Fire alarm"))
    bench.refresh()
    assert "Fire alarm" in work.pause.text.text()
    assert work.pause.text.isVisible()
    assert work.editors.editor.isReadOnly()
    bench.desk.sitting.standing(bench.standing())
    bench.refresh()
    assert work.editors.editor.isVisible()
    assert not work.editors.editor.isReadOnly()


def test_a_message_is_a_banner_until_it_was_read(bench):
    work = bench.begin()
    bench.desk.sitting.notice(bench.notice(1, "Ten minutes more."))
    bench.refresh()
    banner = work.banners._shown["notice1"]
    button = banner.findChildren(QAbstractButton)[0]
    button.click()
    bench.refresh()
    assert "notice1" not in work.banners._shown
    assert [seen.how for seen in events(bench.desk, kinds.MessageSeen)] == ["delivered", "read"]


def test_hand_messages_problems_and_notes_reach_the_record(bench):
    work = bench.begin()
    work.raise_hand()
    work.report_problem()
    work.messages.text.setPlainText("The table is cut off.")
    work.messages._send.click()
    work.side.toggle_notes()
    work.notes.text.setPlainText("scratch")
    work.side.close_pane()
    bench.refresh()
    assert [hand.up for hand in events(bench.desk, kinds.HandRaised)] == [True]
    assert [(sent.text, sent.about) for sent in events(bench.desk, kinds.MessageSent)] == [
        ("The table is cut off.", "problem")
    ]
    assert [note.text for note in events(bench.desk, kinds.NoteWritten)] == ["scratch"]
    assert work.top.hand_button.text() == "Hand is up"


def test_leaving_the_window_and_coming_back_is_recorded(bench):
    bench.begin()
    bench.window.focus_is(False)
    bench.clock.pass_ms(7_000)
    bench.window.focus_is(True)
    bench.refresh()
    focus = events(bench.desk, kinds.Focus)[-2:]
    assert [(one.here, one.away_ms) for one in focus] == [(False, 0), (True, 7_000)]


def test_handing_in_shows_a_summary_then_the_receipt_and_can_be_taken_back(bench):
    bench.begin()
    bench.window.ask_submit()
    assert bench.window.submitting.isVisible()
    bench.window.submitting.go.click()
    bench.refresh()
    done = bench.window.done
    assert done.isVisible()
    assert done._code.text() == bench.desk.state().code
    assert "not yet arrived" in done._title.text()
    done.take_back.emit()
    bench.refresh()
    assert bench.window.work.isVisible()
    assert bench.desk.state().phase is Phase.WORKING


def test_when_the_time_is_over_the_receipt_appears_by_itself(bench):
    bench.begin(ends_ms=bench.clock.wall + 60_000)
    QTest.keyClicks(bench.window.work.editors.editor, "last words")
    bench.committer.step(61_000)
    bench.window.refresh()
    assert bench.window.done.isVisible()
    (submitted,) = events(bench.desk, kinds.Submitted)
    assert submitted.why == "time"
    assert submitted.files["q1/main.py"].length == len("last words# start\n")


def test_prompts_show_tables_and_nothing_from_outside(bench, qtbot):
    from student_app.views.prompt_view import PromptView, html_of

    assert "<table>" in html_of("|a|b|\n|-|-|\n|1|2|")
    assert "<script" not in html_of("<script>alert(1)</script>")
    view = PromptView(bench.look)
    qtbot.addWidget(view)
    from PyQt6.QtCore import QUrl

    for address in ("file:///etc/passwd", "http://example.org/x.png", "images/none.png"):
        assert view.loadResource(2, QUrl(address)) is None


def says_something(widget):
    text = getattr(widget, "text", None)
    return bool(widget.accessibleName() or (callable(text) and text()))


def test_every_control_has_a_name_for_screen_readers(bench):
    bench.begin()
    kinds_of = (QAbstractButton, QLineEdit, QPlainTextEdit, QTextBrowser, QListWidget, QTabBar)
    controls = [widget for kind in kinds_of for widget in bench.window.findChildren(kind) if widget.isVisible()]
    nameless = [type(widget).__name__ for widget in controls if not says_something(widget)]
    assert len(controls) > 10
    assert [name for name in nameless if name != "QToolButton"] == []


def test_theme_and_size_are_kept(bench):
    bench.begin()
    bench.window._choose_theme("dark")
    bench.window._grow(2)
    assert (bench.settings.value("theme"), int(bench.settings.value("zoom"))) == ("dark", 2)
    assert bench.look.code_font.pointSizeF() > 11
    bench.look.choose("light")


def test_a_blocked_paste_is_explained_where_it_happened(bench):
    work = bench.begin(content(paste="block"))
    assert not work.editors.editor.put_in("import os", "paste")
    assert "not allowed" in work.banners._shown["hint"].text.text()


def test_f6_goes_round_the_parts_of_the_window(qtbot, bench):
    work = bench.begin()
    qtbot.waitUntil(work.rail._buttons["q1"].isVisible, timeout=PATIENCE_MS)
    work.editors.editor.setFocus()
    went = []
    for _ in range(4):
        work.next_pane()
        went.append(type(bench.window.focusWidget()).__name__)
    assert went == ["ConsoleText", "ElidedButton", "PromptView", "CodeEditor"]
    work.files.toggle_versions()
    went = []
    for _ in range(4):
        work.next_pane()
        went.append(type(bench.window.focusWidget()).__name__)
    assert went == ["DifferenceView", "ElidedButton", "QListWidget", "DifferenceView"]


def test_the_pictures_are_those_of_the_program():
    from tests.gui import student_shots

    assert set(student_shots.PAGES) == set(PAGES)
    wanted = {"find", "find-empty", "join", "held", "waiting", "work", "work-offline", "running", "paused", "submit"}
    assert wanted | {"ended", "messages", "find-replace"} <= set(PAGES)


def test_a_page_is_drawn_by_the_program_itself(tmp_path):
    from tests.gui import student_shots

    assert student_shots.draw("work", tmp_path, "dark", "1024x700").read_bytes().startswith(b"\x89PNG")


def test_messages_are_seen_on_the_receipt_too(qtbot, bench):
    bench.begin()
    bench.desk.submit()
    bench.desk.sitting.notice(bench.notice(1, "Please stay seated."))
    bench.refresh()
    assert bench.window.done.isVisible()
    qtbot.waitUntil(bench.window.banners._shown["notice1"].isVisible, timeout=PATIENCE_MS)


def test_messages_can_be_opened_while_the_exam_is_paused(bench):
    work = bench.begin()
    bench.desk.sitting.standing(bench.standing(paused_ms=bench.clock.wall))
    bench.refresh()
    work.toggle_messages()
    assert work.messages.isVisible()


def test_a_question_shows_how_its_last_run_ended(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "1/0")
    work.run()
    bench.runner.deliver((Ended(1, None, "exit", "It ended with an error.", 0.1, traceback=Traceback("E", "", ())),))
    bench.refresh()
    assert work.rail._buttons["q1"].accessibleDescription() == "Last run ended with an error"


def test_closing_says_that_everything_is_kept(qtbot, bench):
    from student_app.views.farewell import Farewell

    bench.begin()
    farewell = Farewell(bench.look, bench.desk.state())
    qtbot.addWidget(farewell)
    assert "go on exactly where you were" in farewell.text.text()
    assert farewell.title.text() == "Saving your work…"
    farewell.sent(False, True)
    assert "saved on this PC" in farewell.title.text()
    assert "when you open ExamDesk again" in farewell.text.text()
    farewell.sent(False, False)
    assert "Not everything" in farewell.title.text()


def test_the_window_is_mirrored_and_code_is_not(qtbot, tmp_path):
    from PyQt6.QtWidgets import QApplication

    app = QApplication.instance()
    app.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    bench = WindowBench(tmp_path)
    bench.window.show()
    work = bench.begin()
    assert work.rail.layoutDirection() is Qt.LayoutDirection.RightToLeft
    assert work.editors.editor.layoutDirection() is Qt.LayoutDirection.LeftToRight
    assert app.layoutDirection() is Qt.LayoutDirection.LeftToRight
    bench.close()


def test_no_shortcut_is_swallowed_by_the_editor(bench):
    work = bench.begin()
    editor = work.editors.editor
    editor.setFocus()
    bound = set()
    for command in editor.standardCommands().commands():
        bound |= {command.key(), command.alternateKey()}
    taken = [
        sequence.toString()
        for action in bench.window._work_actions
        for sequence in action.shortcuts()
        if sequence[0].toCombined() in bound
    ]
    assert taken == []


def test_the_comment_key_works_in_the_editor(bench):
    work = bench.begin()
    work.editors.editor.setFocus()
    QTest.keyClick(work.editors.editor, Qt.Key.Key_Slash, Qt.KeyboardModifier.ControlModifier)
    assert bench.desk.text("q1/main.py") == "start\n"


def test_what_did_not_work_stays_until_something_else_is_tried(bench):
    page = bench.window.finding
    page.complain("Another window has this exam open.")
    bench.window.refresh()
    assert page.problem.isVisible()
    page.student.setText("s1")
    bench.window.refresh()
    assert not page.problem.isVisible()


def test_on_a_small_screen_the_questions_make_room_for_a_pane(bench):
    work = bench.begin()
    bench.window.resize(1024, 700)
    work.side.toggle_notes()
    assert work.rail.isHidden()
    work.side.toggle_notes()
    assert not work.rail.isHidden()


def with_files(*files):
    return msgspec.structs.replace(content(), attachments=tuple(ContentFile(*each) for each in files))


def test_files_of_the_exam_open_beside_the_work_by_what_they_are(bench):
    work = bench.begin(with_files(
        ("broken.pdf", b"%PDF-1.4 nothing"), ("data.bin", b"\0\1"), ("hints.md", b"# Hints\n\nUse a loop."),
        ("picture.png", sample.walk_picture()), ("sheet.pdf", sample._sheet()), ("units.txt", b"1 inch = 2.54 cm\n"),
    ))  # fmt: skip
    QTest.keyClick(bench.window, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    pane = work.side.attachments
    assert pane.choice.hasFocus()
    shown = {}
    for at in range(pane.choice.count()):
        pane.choice.setCurrentIndex(at)
        shown[pane.choice.currentText()] = type(pane.view.currentWidget()).__name__
    assert shown == {
        "broken.pdf": "QLabel", "data.bin": "QLabel", "hints.md": "PromptView", "picture.png": "PictureView",
        "sheet.pdf": "QPdfView", "units.txt": "GivenText",
    }  # fmt: skip


def test_a_copy_of_a_file_of_the_exam_can_be_saved_and_a_bad_place_is_said(bench, tmp_path):
    work = bench.begin(with_files(("units.txt", b"1 inch = 2.54 cm\n")))
    work.side.toggle_attachments()
    work.side.attachments.write_copy(tmp_path / "copy.txt")
    assert (tmp_path / "copy.txt").read_bytes() == b"1 inch = 2.54 cm\n"
    work.side.attachments.write_copy(tmp_path / "missing" / "copy.txt")
    assert "another folder" in work.side.attachments._said.text()


def test_what_the_exam_gives_may_be_pasted_where_only_own_text_may(bench):
    exam = msgspec.structs.replace(with_files(("units.txt", b"1 inch = 2.54 cm\n")), desk=DeskRules(paste="own"))
    bench.begin(exam)
    assert bench.desk.paste("q1/main.py", 0, 0, "2.54 cm")
    assert not bench.desk.paste("q1/main.py", 0, 0, "something else")


def test_an_exam_without_files_and_notes_offers_none(bench):
    work = bench.begin(content(notes=False))
    assert work.rail.files_button.isHidden()
    assert work.rail.notes_button.isHidden()
    work.side.toggle_notes()
    work.side.toggle_attachments()
    assert work.side.isHidden()


def with_checks(**rules):
    first, *others = content().questions
    first = msgspec.structs.replace(
        first, checks=(ContentFile("test_sum.py", b"import main\n"),), data=(ContentFile("rain.txt", b"1\n"),)
    )
    return msgspec.structs.replace(content(), questions=(first, *others), checks=Checks(**rules))


def test_shown_checks_run_from_the_window_and_are_told_from_runs(qtbot, bench):
    work = bench.begin(with_checks())
    assert work.check_button.isVisible()
    QTest.keyClick(bench.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier)
    assert set(bench.runner.program.data) == {"rain.txt", "checks/test_sum.py"}
    assert "Running the checks" in work.console.text.toPlainText()
    bench.runner.deliver((Output("stdout", "1 of 1 check holds.\n"), Ended(0, None, "exit", "The program ended.", 0.1)))
    qtbot.waitUntil(lambda: "1 of 1 check holds." in work.console.text.toPlainText(), timeout=PATIENCE_MS)
    bench.refresh()
    assert [(run.checks, run.file) for run in events(bench.desk, kinds.RunStarted)] == [(True, "q1/main.py")]
    assert work._progress.of(bench.desk.state())["q1"] == "untouched"
    work.turn_to("q2")
    assert work.check_button.isHidden()


def test_data_and_checks_of_the_question_can_be_read(bench):
    work = bench.begin(with_checks())
    work.side.toggle_attachments()
    pane = work.side.attachments
    assert [pane.choice.itemText(at) for at in range(pane.choice.count())] == ["rain.txt", "checks/test_sum.py"]
    work.turn_to("q2")
    assert work.side.isHidden()


def test_where_results_are_not_shown_there_are_no_checks_to_run(bench):
    work = bench.begin(with_checks(enabled=True, show_results=False))
    assert work.check_button.isHidden()
    with pytest.raises(InputProblem):
        bench.desk.run_checks("q1")


def test_stop_and_run_again_waits_for_the_end(qtbot, bench):
    work = bench.begin()
    work.run()
    first = bench.runner.deliver
    QTest.keyClick(bench.window, Qt.Key.Key_F5, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    assert bench.runner.stopped
    first((Ended(None, None, "stopped", "You stopped your program.", 0.1),))
    qtbot.waitUntil(lambda: bench.desk.state().running == 2, timeout=PATIENCE_MS)
    bench.refresh()
    assert [run.run for run in events(bench.desk, kinds.RunStarted)] == [1, 2]


def test_the_console_keeps_readable_when_the_theme_changes(bench):
    console = bench.begin().console
    console.begin("Running main.py", ["main.py"])
    console.take((Output("stdout", "plain\n"), Output("stderr", 'File "main.py", line 1, in f\n')))

    def colours():
        found = {}
        for number in range(console.text.blockCount()):
            piece = console.text.document().findBlockByNumber(number).begin()
            while not piece.atEnd():
                found[piece.fragment().text()] = piece.fragment().charFormat().foreground().color().name()
                piece += 1
        return found

    before = colours()
    bench.look.choose("dark")
    after = colours()
    assert after["plain"] == bench.look.colours.syntax.text != before["plain"]
    assert after['"main.py", line 1'] == bench.look.colours.accent_text
    assert after["File "] == bench.look.colours.attention


def test_what_is_copied_from_the_console_by_any_means_is_the_students_own(bench):
    work = bench.begin(content(paste="own"))
    work.console.take((Output("stdout", "a line that the program made\n"),))
    assert not bench.desk.paste("q1/main.py", 0, 0, "a line that the program made")
    work.console.text.selectAll()
    work.console.text.copy()
    assert bench.desk.paste("q1/main.py", 0, 0, "a line that the program made")
