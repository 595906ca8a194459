"""Where an installed app, which has no Python of its own to lend, finds one for student programs."""

from pathlib import Path, PurePosixPath

import pytest

from student_app.running.interpreters import installed_pythons


@pytest.mark.parametrize("platform", ["win32", "linux", "darwin"])
def test_the_python_that_came_with_the_app_is_the_first_choice(platform):
    first = installed_pythons(Path("/opt/examdesk-student"), platform)[0]
    assert first.is_relative_to(Path("/opt/examdesk-student/python"))


def test_linux_uses_the_systems_python_whatever_path_says(monkeypatch):
    monkeypatch.setenv("PATH", "/home/somebody/bin")
    found = [PurePosixPath(path) for path in installed_pythons(Path("/opt/examdesk-student"), "linux")]
    assert PurePosixPath("/usr/bin/python3") in found
    assert all(path.is_absolute() for path in found)


def test_windows_looks_nowhere_else():
    assert len(installed_pythons(Path("C:/Program Files/ExamDesk"), "win32")) == 1
