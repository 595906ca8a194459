"""Check this PC: opened by its key, filled as results come, repeated, copied, and read by a screen reader."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication, QWidget

from shared.wire.messages import SeatCheck
from student_app.preflight.checks import CHECKS
from student_app.views.look import Look
from student_app.views.preflight_dialog import PreflightDialog, summary
from tests.support.patience import PATIENCE_MS

OK = tuple(SeatCheck(name, "ok", f"{name} is fine.") for name in CHECKS)
BAD = (SeatCheck("multicast", "blocked", "Multicast is blocked.", "Allow UDP port 5353."), *OK[2:])


@pytest.fixture
def asked():
    return []


@pytest.fixture
def dialog(qtbot, asked):
    parent = QWidget()
    qtbot.addWidget(parent)
    made = PreflightDialog(parent, Look(QApplication.instance(), "light"), lambda *each: asked.append(each))
    made.show()
    qtbot.waitUntil(made.isVisible, timeout=PATIENCE_MS)
    yield made
    parent.close()


def test_results_appear_as_they_come_and_the_whole_is_said(dialog, asked):
    ((told, finished),) = asked
    assert not dialog.again.isEnabled()
    told(OK[6:8])
    assert dialog._lines["disk"].found.text() == "disk is fine."
    assert dialog._lines["multicast"].found.text() == "Checking…"
    finished(BAD, "The instructor has these results.")
    line = dialog._lines["multicast"]
    assert (line.state.text(), line.todo.text()) == ("Blocked", "Allow UDP port 5353.")
    assert line.title.accessibleName() == "Exams appear by themselves: Blocked"
    assert "1 of 11 checks found something that is blocked" in dialog.summary.text()
    assert dialog._bar.isHidden()


def test_it_can_be_repeated_and_copied_with_the_keyboard(qtbot, dialog, asked):
    asked[0][1](BAD, "")
    dialog.copy.setFocus()
    QTest.keyClick(dialog.copy, Qt.Key.Key_Return)
    copied = QApplication.clipboard().text()
    assert copied.startswith("Blocked: Exams appear by themselves: Multicast is blocked. Allow UDP port 5353.")
    QTest.keyClick(dialog.again, Qt.Key.Key_Return)
    assert len(asked) == 2
    assert not dialog.copy.isEnabled()


def test_a_check_that_failed_says_why_and_can_be_repeated(dialog, asked):
    asked[0][1]((), "Something went wrong in ExamDesk.")
    assert dialog.summary.text() == "Something went wrong in ExamDesk."
    assert dialog.again.isEnabled()


def test_results_that_come_after_it_was_closed_harm_nothing(qtbot, dialog, asked):
    dialog.accept()
    asked[0][0](OK)
    asked[0][1](OK, "")


def test_the_whole_in_a_sentence():
    assert summary(OK) == "Everything that could be tested is in order."
    assert "can be used" in summary((SeatCheck("disk", "warning", "Slow."), *OK))
