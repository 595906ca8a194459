"""The frame of the tests themselves: leaked threads, absent tools, Qt in the core lane."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

LEAKS = """
import threading
stop = threading.Event()
def test_leaves_a_thread():
    threading.Thread(target=stop.wait, args=(60,), name="left-over").start()
def teardown_module():
    stop.set()
"""
NEEDS = """
import pytest
@pytest.mark.libreoffice
def test_opens_in_libreoffice():
    pass
@pytest.mark.soak
def test_for_hours():
    raise AssertionError
"""
WANTS_QT = """
def test_imports_qt():
    import PyQt6.QtCore
"""


@pytest.fixture
def run_one(tmp_path):
    """Run one file of tests under our conftest in a process of its own."""
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests" / "conftest.py")
    shutil.copytree(ROOT / "tests" / "support", tmp_path / "tests" / "support")
    shutil.copy(ROOT / "pyproject.toml", tmp_path / "pyproject.toml")

    def run(source: str, *arguments: str, **environment: str) -> str:
        path = tmp_path / "tests" / "test_it.py"
        path.write_text(source, encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if name not in ("CI", "EXAMDESK_LANE")}
        ended = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-rs", "-p", "no:pytest-qt", *arguments, str(path)],
            cwd=tmp_path,
            env={**clean, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        return ended.stdout + ended.stderr

    return run


def test_a_test_that_leaves_a_thread_fails(run_one):
    shown = run_one(LEAKS)
    assert "the test left threads running: left-over" in shown


def test_an_absent_tool_skips_by_hand_and_fails_in_ci(run_one):
    only_python = str(Path(sys.executable).parent)
    by_hand = run_one(NEEDS, PATH=only_python)
    assert "1 skipped, 1 deselected" in by_hand
    assert "needs LibreOffice" in by_hand
    in_ci = run_one(NEEDS, PATH=only_python, CI="true")
    assert "1 deselected, 1 error" in in_ci
    assert "in CI this may not be absent" in in_ci


def test_the_core_lane_refuses_qt(run_one):
    assert "the core lane runs without Qt" in run_one(WANTS_QT, EXAMDESK_LANE="core")
