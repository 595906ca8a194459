"""A run of an exam's shown checks is told from a run of the program wherever runs are listed."""

import csv
import json
from datetime import UTC

import pytest

from examdesk.exports.everything import export_all
from examdesk.exports.times import Zone
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("checks")
    exam = ExamInMemory(52)
    student = Sitting(exam, "s1")
    student.type("x = 1\n")
    student.run("1 of 2 checks holds\n", exit_code=1, checks=True)
    student.run(exit_code=1, error="ValueError")
    reader = store(folder, exam, [student.journal]).reader()
    export_all(
        reader, exam.id, folder / "out", {"sessions", "report", "progsnap"}, lambda *_: None, lambda: False,
        clock=ManualClock(), zone=Zone(UTC),
    )  # fmt: skip
    reader.close()
    return folder / "out"


def test_the_sessions_file_says_which_runs_were_of_checks(folder):
    (path,) = (each for each in folder.rglob("*.json") if '"runs"' in each.read_text())
    runs = json.loads(path.read_text())["runs"]
    assert [(run["checks"], run["exit_code"], run["file"]) for run in runs] == [
        (True, 1, "q1/main.py"),
        (False, 1, "q1/main.py"),
    ]


def test_the_report_names_the_checks_and_counts_one_failed_program(folder):
    pages = "".join(each.read_text() for each in folder.rglob("*.html"))
    assert "checks of q1" in pages
    assert "2 (1 failed)" in pages


def test_progsnap_has_a_test_that_failed_and_one_attempt(folder):
    (path,) = folder.rglob("MainTable.csv")
    with path.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["EventType"].startswith("Run.")]
    assert [(row["EventType"], row["ExecutionResult"], row["Attempt"]) for row in rows] == [
        ("Run.Test", "TestFailed", ""),
        ("Run.Program", "Error", "1"),
    ]
