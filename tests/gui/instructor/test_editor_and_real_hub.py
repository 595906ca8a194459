"""An exam written in the window, opened there, changed while a real desk sits it, and drawn anew for its student."""

import json
import os
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import psutil

from examdesk.staffapi.client import read_hub_file
from instructor_app.app import Program
from instructor_app.preferences import Preferences
from shared.exam.template import new_exam
from tests.support.patience import PATIENCE_MS

ROOT = Path(__file__).parents[3]
MINUTE_MS = 60_000


def test_an_exam_is_written_opened_changed_and_drawn_anew(qtbot, qapp, tmp_path):
    folder, data = tmp_path / "quiz", tmp_path / "data"
    for path, text in new_exam(UUID(int=11), title="Vectors").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    program = Program(qapp, preferences=Preferences(None), theme="light", data=data, name="Dr. Sato")
    desk = None
    try:
        program.window.show()
        page = program.window.edit_exam(folder)
        page.outline.add_question()
        page.open.click()
        qtbot.waitUntil(lambda: program.state.exam is not None, timeout=PATIENCE_MS)
        assert len(program.state.exam.questions) == 3
        desk = sit(tmp_path, program)
        qtbot.waitUntil(lambda: any(row.session for row in program.state.rows.values()), timeout=PATIENCE_MS)
        page = program.window.edit_exam(folder)
        change_times(qtbot, program, page)
        draw_anew(qtbot, program, page)
    finally:
        program.close()
        program.window.deleteLater()
        if desk is not None:
            desk.kill()
            desk.wait()
        if (data / "hub.json").exists():
            hub = psutil.Process(read_hub_file(data / "hub.json").pid)
            hub.terminate()
            hub.wait(30)


def sit(tmp_path, program):
    """A real desk without a window that joins and waits."""
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"do": "view", "question": 1}) + "\n" + json.dumps({"do": "wait", "until": "ended"}))
    (tmp_path / "journal").mkdir()
    exam = program.state.exam
    command = [
        *(sys.executable, "-m", "student_app.main", "--headless", "--journal", str(tmp_path / "journal")),
        *("--join", exam.room_code, "--hub", f"127.0.0.1:{exam.port}", "--script", str(script)),
        *("--student", "s1", "--name", "Ada Byron", "--timeout", "300"),
    ]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    return subprocess.Popen(command, cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)}, **silent)


def ends(program):
    return next(row.ends_ms for row in program.state.rows.values() if row.session)


def change_times(qtbot, program, page):
    """Open the exam by its file, then give 15 minutes more: each waits until it is applied."""
    page.outline.choose("schedule:()")
    leaf = page.leaf()
    start = leaf.forms[0].rows["start"].field
    start.line.setText("2026-01-01 09:00")  # past means now
    start.flush()
    assert ends(program) is None
    leaf.apply.click()
    qtbot.waitUntil(lambda: ends(program) is not None, timeout=PATIENCE_MS)
    before = ends(program)
    leaf.forms[0].rows["duration"].field.box.setValue(75)
    leaf.apply.click()
    qtbot.waitUntil(lambda: ends(program) == before + 15 * MINUTE_MS, timeout=PATIENCE_MS)


def draw_anew(qtbot, program, page):
    """The desk has recorded its draw; redoing it makes the desk record another one."""
    page.show_preview()
    preview = page.preview_page
    assert "Ada Byron" in preview.who.currentText()

    def recorded(words):
        if program.bridge.waiting:
            return False
        found = words in preview.note.text()
        if not found:
            preview.refresh()
        return found

    qtbot.waitUntil(lambda: recorded("recorded"), timeout=PATIENCE_MS)
    assert len(preview.shown_questions()) == 3
    preview.again.click()
    preview.reason.setText("question 1 was known")
    preview.do.click()
    qtbot.waitUntil(preview.banner.isVisible, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: recorded("drawn anew 1 time"), timeout=PATIENCE_MS)
