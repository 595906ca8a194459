"""An exam is edited while a student sits it: real window, real hub, real command line, and the verified record."""

import subprocess
import sys

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from examdesk.cli.verify import verify_file
from tests.gui.student.test_window_and_hub import hub, join, program
from tests.support.patience import PATIENCE_MS

__all__ = ["hub", "program"]


def control(tmp_path, *words):
    program = [sys.executable, "-m", "examdesk.cli.main", "control", "--data", str(tmp_path / "data"), *words]
    return subprocess.run(program, capture_output=True, text=True, timeout=60, check=True).stdout


def test_text_question_and_starter_reach_the_desk_and_the_record_proves_it(qtbot, tmp_path, program, hub):
    join(qtbot, program, hub)
    desk, work = program.program.desk, program.window.work
    QTest.keyClicks(work.editors.editor, "x = 1")
    mine, other = ("q1", "q2") if work.editors.editor.file.startswith("q1/") else ("q2", "q1")
    exam = tmp_path / "exam"
    (exam / f"questions/{mine}/question.md").write_text(f"# Question {mine}\n\nAdd all of them.\n")
    (exam / f"questions/{other}/starter/main.py").write_text("# begin here\n")
    (exam / "questions/q3/starter").mkdir(parents=True)
    (exam / "questions/q3/question.md").write_text("# Question q3\n\nMultiply.\n")
    (exam / "questions/q3/starter/main.py").write_text("# third\n")
    with (exam / "exam.toml").open("a") as file:
        file.write('[[zones.questions]]\nid = "q3"\n')
    assert "Nothing was done." in control(tmp_path, "edition")
    assert len(desk.state().questions) == 2
    said = control(tmp_path, "edition", "--apply", "--give", "q3")
    assert "Edition 1 of the exam is at the desks. Question q3 was given. 1 desk is connected" in said
    qtbot.waitUntil(lambda: len(desk.state().questions) == 3, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "all of them" in work.prompt.toPlainText(), timeout=PATIENCE_MS)
    assert desk.text(f"{other}/main.py") == "# begin here\n"
    assert desk.text(f"{mine}/main.py").startswith("x = 1")
    assert work.rail._buttons["q3"].toolTip().startswith("Question q3 (new)\n")
    understood = next(b for b in work.question.findChildren(QPushButton) if b.text() == "Understood")
    QTest.keyClick(understood, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: (1, mine) in desk.sitting.memory.editions_read, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: desk.state().unsent == 0, timeout=PATIENCE_MS)
    out = tmp_path / "out"
    control(tmp_path, "export", "--what", "bundle", "--out", str(out))
    (bundle,) = out.rglob("*.examrecord")
    verdict = verify_file(bundle)
    assert (verdict.holds, verdict.editions, verdict.doubted) == (True, 1, ())
