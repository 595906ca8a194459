"""The preflight behind the window: ended with the window, and sent by itself from a PC that waits for the start."""

import threading

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

from student_app.core.session import Phase
from student_app.views.look import Look
from student_app.views.window import StudentProgram
from tests.gui.student.test_window_and_hub import Deaf, end
from tests.support.patience import PATIENCE_MS


@pytest.fixture
def program(qtbot, tmp_path):
    settings = QSettings(str(tmp_path / "w.ini"), QSettings.Format.IniFormat)
    program = StudentProgram(tmp_path / "pc", Look(QApplication.instance()), settings, Deaf())
    program.window.show()
    yield program
    end(program)


def test_a_check_that_goes_on_ends_with_the_window(qtbot, program):
    finished = []
    program._check_pc(lambda _: None, lambda *said: finished.append(said))
    qtbot.waitUntil(lambda: program._pc_check._going_on is not None, timeout=PATIENCE_MS)
    end(program)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("desk-task")]
    assert finished == []


def test_only_a_pc_that_waits_is_checked_by_itself_and_once(program):
    program._look_at_pc()
    assert not program._looked_at
    assert program.program.desk.state().phase is Phase.FINDING
    program._check_quietly()
    assert program._pc_check is None
