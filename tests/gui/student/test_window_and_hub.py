"""The window against a real hub process: join, begin, type, run, hand in, and what the hub has of it."""

import json
import os
import signal
import subprocess
import sys

import pytest
from PyQt6 import sip
from PyQt6.QtCore import QSettings, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from examdesk.cli.verify import verify_file
from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import VerifyKey
from shared.log.receipt import SignedReceipt, receipt_holds
from student_app.core.session import Phase
from student_app.net.browse import Browser
from student_app.views.look import Look
from student_app.views.preflight_dialog import PreflightDialog
from student_app.views.window import StudentProgram
from tests.support.patience import PATIENCE_MS

EXAM = """format = 1
uuid = "7d3f6a0e-6a53-4e0e-8f5e-1d1b8f6f0001"
title = "Loops"
set = "Quiz"
number = "2"
[[zones]]
[[zones.questions]]
id = "q1"
[[zones.questions]]
id = "q2"
"""


class Deaf(Browser):
    """Hears no announcements: these tests type the address."""

    def __init__(self) -> None:
        super().__init__(lambda hubs: None)

    async def start(self) -> None:
        pass


def open_program(tmp_path) -> StudentProgram:
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    program = StudentProgram(tmp_path / "pc", Look(QApplication.instance()), settings, Deaf())
    program.window.show()
    return program


@pytest.fixture
def hub(tmp_path):
    folder = tmp_path / "exam"
    for question in ("q1", "q2"):
        (folder / f"questions/{question}/starter").mkdir(parents=True)
        (folder / f"questions/{question}/question.md").write_text(f"# Question {question}\n\nAdd them.\n")
        (folder / f"questions/{question}/starter/main.py").write_text("# begin\n")
    (folder / "exam.toml").write_text(EXAM)
    ready = tmp_path / "ready.json"
    process = subprocess.Popen(
        [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", folder, "--data", tmp_path / "data",
         "--host", "127.0.0.1", "--no-advertise", "--ready-file", ready, "--open"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    yield json.loads(next(line for line in process.stdout if line.startswith("{")))
    process.send_signal(signal.SIGTERM)
    process.wait(20)
    process.stdout.close()


@pytest.fixture
def program(qtbot, tmp_path):
    program = open_program(tmp_path)
    yield program
    end(program)


def end(program):
    if not sip.isdeleted(program.window):
        program.window.close()
        program.close()
        sip.delete(program.window)


def join(qtbot, program, hub):
    page = program.window.finding
    page.prefill(code=hub["room_code"], hub=f"127.0.0.1:{hub['port']}", student="s1", name="Ada Lovelace")
    assert page.join.isEnabled(), page.join_hint.text()
    QTest.mouseClick(page.join, Qt.MouseButton.LeftButton)
    state = program.program.desk.state
    qtbot.waitUntil(lambda: state().phase is Phase.WORKING, timeout=PATIENCE_MS)
    waiting = program.window.waiting
    qtbot.waitUntil(waiting._agree.isVisible, timeout=PATIENCE_MS)
    waiting._agree.click()
    waiting._begin.click()
    qtbot.waitUntil(lambda: program.window.work.editors.editor is not None, timeout=PATIENCE_MS)


def test_an_exam_is_sat_from_the_code_to_the_receipt(qtbot, tmp_path, program, hub):
    join(qtbot, program, hub)
    desk, work = program.program.desk, program.window.work
    editor = work.editors.editor
    editor.selectAll()
    QTest.keyClicks(editor, "name = input('Who? ')")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "print('hello', name)")
    assert desk.text(editor.file) == editor.text()
    work.run()
    qtbot.waitUntil(lambda: desk.state().waiting_for_input, timeout=PATIENCE_MS)
    qtbot.waitUntil(work.console.input.isEnabled, timeout=PATIENCE_MS)
    QTest.keyClicks(work.console.input, "Grace")
    QTest.keyClick(work.console.input, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "hello Grace" in work.console.text.toPlainText(), timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: not desk.state().running, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.state().unsent == 0, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: work.top.away.text == "Safe with the instructor", timeout=PATIENCE_MS)
    program.window.ask_submit()
    program.window.submitting.go.click()
    qtbot.waitUntil(program.window.done._safe.isVisible, timeout=PATIENCE_MS)
    assert desk.state().phase is Phase.SUBMITTED
    done = program.window.done
    assert done._code.text() == desk.state().code != ""
    qtbot.waitUntil(lambda: done._receipt is not None and bool(done._receipt.receipt), timeout=PATIENCE_MS)
    receipt = done._receipt
    assert receipt.code == receipt_code(bytes.fromhex(receipt.link))
    both = SignedReceipt(bytes.fromhex(receipt.receipt), bytes.fromhex(receipt.exam_signature))
    assert receipt_holds(both, VerifyKey(bytes.fromhex(receipt.exam_key)))
    done.carrying.write_record(tmp_path / "mine.jsonl")
    qtbot.waitUntil(lambda: "mine.jsonl" in done._told.text.text(), timeout=PATIENCE_MS)
    verdict = verify_file(tmp_path / "mine.jsonl")
    assert verdict.holds, verdict.sentence
    assert (verdict.exam_key, verdict.receipts > 0) == (receipt.exam_key, True)
    done.carrying.write_bundle(tmp_path / "mine.examwork")
    qtbot.waitUntil(lambda: "mine.examwork" in done._told.text.text(), timeout=PATIENCE_MS)


def test_an_endless_loop_is_stopped_and_the_window_stays_awake(qtbot, program, hub):
    join(qtbot, program, hub)
    desk, work = program.program.desk, program.window.work
    work.editors.editor.replace_text("while True:\n    print('x' * 50)\n")
    work.run()
    qtbot.waitUntil(lambda: "xxx" in work.console.text.toPlainText(), timeout=PATIENCE_MS)
    work.stop()
    qtbot.waitUntil(lambda: not desk.state().running, timeout=PATIENCE_MS)
    assert work.console.text.blockCount() <= 4_000


def test_work_goes_on_after_the_window_was_closed(qtbot, tmp_path, program, hub):
    join(qtbot, program, hub)
    QTest.keyClicks(program.window.work.editors.editor, "kept = 1")
    second = open_program(tmp_path)
    assert "already open in another ExamDesk window" in second.window.finding.problem.text.text()
    end(second)
    end(program)
    again = open_program(tmp_path)
    (shelved,) = again._shelf()
    shelved.go_on()
    qtbot.waitUntil(lambda: again.window.work.editors.editor is not None, timeout=PATIENCE_MS)
    assert again.window.work.editors.editor.text() == "kept = 1# begin\n"
    end(again)


def test_a_wrong_code_is_answered_with_a_sentence(qtbot, program, hub):
    page = program.window.finding
    page.prefill(code=other_room_code(hub["room_code"]), hub=f"127.0.0.1:{hub['port']}", student="s1")
    page.join.click()
    banner = program.window.joining._problem
    qtbot.waitUntil(banner.isVisible, timeout=PATIENCE_MS)
    assert "nothing was sent" in banner.text.text()
    program.window.joining.back.emit()
    assert page.isVisible()


def other_room_code(code):
    from shared.admission.codes import RoomCode

    symbols = code.replace("-", "")[:8]
    return str(RoomCode(("0" if symbols[0] != "0" else "1") + symbols[1:]))


def test_a_pc_is_checked_before_joining_and_the_instructor_has_the_results(qtbot, program, hub):
    page = program.window.finding
    page.prefill(code=hub["room_code"], hub=f"127.0.0.1:{hub['port']}", seat="B4")
    program.window.check_pc()
    (dialog,) = program.window.findChildren(PreflightDialog)
    qtbot.waitUntil(dialog.again.isEnabled, timeout=PATIENCE_MS)
    assert dialog._sent.text() == "The instructor has these results."
    assert "answers at 127.0.0.1" in dialog._lines["port"].found.text()
    dialog.close_button.click()
