"""`dev.py`: what it concludes from pip, from the linker, from pytest; and that it stays standard library only."""

import ast
import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def dev():
    spec = importlib.util.spec_from_file_location("examdesk_dev_script", ROOT / "dev.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def report(tmp_path, **counts):
    path = tmp_path / "report.xml"
    attributes = " ".join(f'{name}="{count}"' for name, count in counts.items())
    path.write_text(f"<testsuites><testsuite {attributes}></testsuite></testsuites>", encoding="utf-8")
    return path


def test_it_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.partition(".")[0] for name in names} <= sys.stdlib_module_names


def test_an_old_python_can_still_read_the_sentence_about_its_age():
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 7))


def test_help_needs_no_set_up_and_names_every_job(dev):
    shown = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    assert all(f"\n    {job}" in shown for job in dev.JOBS)


@pytest.mark.parametrize(
    ("log", "sentence"),
    [
        ("Retry: CERTIFICATE_VERIFY_FAILED, No matching distribution", "Set PIP_CERT"),
        ("Temporary failure in name resolution; No matching distribution", "could not be reached"),
        ("OSError: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: No matching distribution found for PySide6-Essentials", "does not exist for this system"),
        ("something else", "pip could not install"),
    ],
)
def test_pips_failure_becomes_a_sentence_with_what_to_do(dev, log, sentence):
    assert sentence in dev.pip_sentence(log)


def test_a_report_is_counted(dev, tmp_path):
    assert dev.read_report(report(tmp_path, tests=10, failures=1, errors=2, skipped=3)) == (4, 3, 3)
    assert dev.read_report(tmp_path / "absent.xml") is None


@pytest.mark.parametrize(
    ("code", "counted", "trouble"),
    [
        (0, (5, 0, 1), ""),
        (5, (0, 0, 0), ""),
        (1, (0, 0, 0), ""),
        (1, (4, 1, 0), "1 failed"),
        (1, (5, 0, 0), "coverage below the floor"),
        (4, (0, 0, 0), "pytest ended with 4"),
        (-11, None, "without a report (exit code -11)"),
    ],
)
def test_a_lane_is_judged_by_its_counts_and_its_exit_code(dev, code, counted, trouble):
    judged = dev.judge(dev.LANES[0], code, counted, 1.0).trouble
    assert (judged == "") == (trouble == "")
    assert trouble in judged


def test_the_total_stands_alone_on_the_last_line(dev, capsys):
    lanes = [dev.Result("core", 10, 0, 1, 2.0, ""), dev.Result("student", 3, 1, 0, 2.0, "1 failed")]
    assert dev.sum_up(lanes) == 1
    assert capsys.readouterr().out.splitlines()[-1] == "13 passed, 1 failed, 1 skipped"
    assert dev.sum_up(lanes[:1]) == 0


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")
def test_a_lane_with_windows_says_when_it_has_no_display(dev, capsys, monkeypatch):
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", "")
    environment = {}
    assert dev.on_some_display(["pytest"], environment) == ["pytest"]
    assert environment["QT_QPA_PLATFORM"] == "offscreen"
    assert "no display" in capsys.readouterr().out


def test_the_floor_holds_for_the_whole_core_lane_only(dev):
    core, student, _ = dev.LANES
    assert f"--cov-fail-under={dev.COVERAGE_FLOOR}" in dev.whole_lane_arguments(core, [])
    assert dev.whole_lane_arguments(core, ["-k", "receipt"]) == []
    assert dev.whole_lane_arguments(student, []) == []


def test_the_stamp_changes_with_the_project_file_and_the_folder(dev, tmp_path):
    first, second = tmp_path / "first", tmp_path / "second"
    for folder in (first, second):
        folder.mkdir()
        (folder / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    before = dev.stamp_text(first)
    assert dev.stamp_text(first) == before
    assert dev.stamp_text(second) != before
    (first / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert dev.stamp_text(first) != before
