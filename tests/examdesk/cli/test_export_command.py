"""`examdesk export` as a person uses it."""

import contextlib
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from examdesk.cli.main import Program
from tests.examdesk.exports.stored_exam import small_class, store
from tests.examdesk.store.test_migrations import EXAM_ROW, records_of
from tests.support.journals import ExamInMemory

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    exam = ExamInMemory(31)
    folder = tmp_path_factory.mktemp("data")
    return store(folder, exam, small_class(exam)), folder


def run(tmp_path, *argv):
    return Program(log_dir=tmp_path / "log").run(["export", *map(str, argv)])


def test_files_are_named_on_stdout_and_progress_goes_to_stderr(records, tmp_path, capsys):
    _, folder = records
    code = run(tmp_path, "--data", folder, "--out", tmp_path / "out", "--what", "events,bundle")
    said = capsys.readouterr()
    assert code == 0
    assert said.out.splitlines() == [str(tmp_path / "out" / "events.csv"), str(tmp_path / "out" / "quiz-2.examrecord")]
    assert "100 %" in said.err
    assert "\r" not in said.err


def test_a_database_is_named_by_its_url_as_well(records, tmp_path, capsys):
    stored, _ = records
    assert run(tmp_path, "--data", stored.url, "--out", tmp_path / "out", "--what", "events", "--quiet") == 0
    assert capsys.readouterr().err == ""


def rows_of(folder):
    with contextlib.closing(sqlite3.connect(folder / "examdesk.sqlite")) as sql:
        return [line for line in sql.iterdump() if not line.startswith('INSERT INTO "audit"')]


def test_an_export_changes_nothing_in_the_records_but_the_audit_log(records, tmp_path):
    _, folder = records
    before = rows_of(folder)
    assert run(tmp_path, "--data", folder, "--out", tmp_path / "out", "--what", "sessions", "--quiet") == 0
    assert rows_of(folder) == before


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ("nowhere", "There are no records at"),
        ("empty", "examdesk.sqlite is missing"),
        ("sqlite:///none.sqlite", "is missing"),
    ],
)
def test_missing_records_end_with_a_sentence(tmp_path, capsys, data, sentence, monkeypatch):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, "--data", data, "--out", tmp_path / "out") != 0
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "none.sqlite").exists()


def test_a_file_that_is_no_database_ends_with_a_sentence(tmp_path, capsys):
    (tmp_path / "examdesk.sqlite").write_text("hello " * 400)
    assert run(tmp_path, "--data", tmp_path, "--out", tmp_path / "out") != 0
    said = capsys.readouterr().err
    assert "no records of ExamDesk" in said
    assert "Traceback" not in said


def test_an_unwritable_folder_ends_with_a_sentence(records, tmp_path, capsys):
    (tmp_path / "out").write_text("a file")
    assert run(tmp_path, "--data", records[1], "--out", tmp_path / "out", "--what", "events") != 0
    assert "is a file" in capsys.readouterr().err


def test_an_unknown_kind_or_exam_ends_with_a_sentence(records, tmp_path, capsys):
    assert run(tmp_path, "--data", records[1], "--out", tmp_path, "--what", "events,pdf") != 0
    assert "There is no export pdf" in capsys.readouterr().err
    assert run(tmp_path, "--data", records[1], "--out", tmp_path, "--exam", "ff" * 16) != 0
    assert "hold no exam" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform == "win32", reason="a read-only folder is one of POSIX")
def test_records_on_a_read_only_copy_can_be_exported(records, tmp_path):
    copy = tmp_path / "stick"
    copy.mkdir()
    shutil.copy(records[1] / "examdesk.sqlite", copy)
    assert run(tmp_path, "--data", copy / "examdesk.sqlite", "--out", tmp_path / "out", "--what", "events") == 0


def test_records_of_an_older_version_say_how_to_bring_them_up(tmp_path, capsys):
    url = f"sqlite:///{tmp_path / 'examdesk.sqlite'}"
    records_of("0001", url, (EXAM_ROW, {"exam": b"e" * 16, "packed": b"zip"}))
    for command in ("export", "sheet", "outline"):
        argv = [command, "--data", str(tmp_path), "--out", str(tmp_path / "out")]
        assert Program(log_dir=tmp_path / "log").run(argv) == 2
        assert f"examdesk rebuild --data {tmp_path}" in capsys.readouterr().err
    assert Program(log_dir=tmp_path / "log").run(["cat", "--data", str(tmp_path)]) == 2
    assert "older ExamDesk" in capsys.readouterr().err
    assert Program(log_dir=tmp_path / "log").run(["verify", str(tmp_path)]) == 2
    assert "older ExamDesk" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_export_that_is_asked_to_end_tidies_up(records, tmp_path, number):
    _, folder = records
    argv = [sys.executable, "-m", "examdesk.cli.main", "export", "--data", str(folder), "--out", str(tmp_path / "out")]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as exporting:
        while exporting.stderr.readline().startswith("  0 %"):
            assert exporting.poll() is None
        exporting.send_signal(number)
        said = exporting.communicate(timeout=60)[1]
    assert "examdesk: Stopped." in said
    assert exporting.returncode == 130
    assert not (tmp_path / "out").exists()
