"""`examdesk verify` on everything that ExamDesk writes: what is signed is checked, for the rest it says what to do."""

import io
import json
import os
import shutil
import sqlite3
import sys
import zipfile

import pytest

from examdesk.cli.main import Program
from shared.bundle.handover import MAGIC
from tests.examdesk.exports.class_at_work import export, stored_class
from tests.examdesk.exports.stored_exam import store
from tests.support.journals import ExamInMemory

SIGNED = {"sessions", "workbook", "report", "report-pdf", "summary", "submissions", "canvas", "bundle", "progsnap"}


def zip_of(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, data in members.items():
            file.writestr(name, data)
    return out.getvalue()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    stored = stored_class(folder / "records")
    export(stored, folder / "out", SIGNED)
    return folder


@pytest.fixture
def verify(tmp_path, capsys):
    def run(*argv):
        code = Program(log_dir=tmp_path / "log").run(["verify", *map(str, argv)])
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


def test_a_folder_of_exports_is_checked_for_everything_in_it_that_can_be(made, verify):
    code, out, _ = verify(made / "out", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [each.get("journals", 0) for each in found] == [6, 0]
    assert found[1]["files"] > 0


@pytest.mark.parametrize(
    "name",
    [
        "sessions/s1.json",
        "records.xlsx",
        "integrity-report.html",
        "integrity-report.pdf",
        "summary.ods",
        "gradebook-canvas.csv",
        "submissions/_manifest.csv",
    ],
)
def test_what_is_made_from_records_is_not_called_false_but_said_to_be_unsigned(made, verify, name):
    code, out, err = verify(made / "out" / name)
    assert (code, out) == (2, "")
    assert "has no signature of its own" in err
    assert "*.examrecord" in err


def test_an_exam_that_nobody_joined_has_a_key_too(verify, tmp_path):
    stored = store(tmp_path / "records", ExamInMemory(70), [], absent=1)
    export(stored, tmp_path / "out", {"bundle"})
    (bundle,) = (tmp_path / "out").glob("*.examrecord")
    for path in (bundle, tmp_path / "records"):
        assert stored.exam.key.public.to_bytes().hex() in verify(path)[1]


def test_a_hubs_records_are_checked_where_they_are(made, verify):
    code, out, _ = verify(made / "records")
    assert code == 0
    assert "Holds: 6 journals" in out
    assert "of the audit log" in out


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ("UPDATE events SET payload = X'7b7d' WHERE seq = 5", "Does not hold"),
        ("UPDATE audit SET detail = 'nobody' WHERE number = 0", "entry 0 of the audit log"),
        ("DELETE FROM batches WHERE last = (SELECT min(last) FROM batches)", "Does not hold"),
    ],
)
def test_records_that_somebody_changed_do_not_hold(made, verify, tmp_path, change, words):
    shutil.copytree(made / "records", tmp_path / "records")
    connection = sqlite3.connect(tmp_path / "records" / "examdesk.sqlite")
    with connection:
        connection.execute(change)
    connection.close()
    code, out, _ = verify(tmp_path / "records")
    assert code == 1
    assert words in out


def test_submissions_that_are_not_as_listed_are_named(made, verify, tmp_path):
    folder = tmp_path / "submissions"
    shutil.copytree(made / "out" / "submissions", folder)
    assert verify(folder)[0] == 0
    file = folder / "s1" / "q1" / "main.py"
    file.write_text(file.read_text() + "# later\n")
    code, out, _ = verify(folder)
    assert (code, "s1/q1/main.py is not the one that was exported" in out) == (1, True)
    file.unlink()
    assert "s1/q1/main.py is missing" in verify(folder)[1]
    shutil.copytree(made / "out" / "submissions", folder, dirs_exist_ok=True)
    (folder / "extra.py").write_text("")
    assert "extra.py is in no list" in verify(folder)[1]


def test_a_students_file_from_a_stick_is_for_the_hub(verify, tmp_path):
    path = tmp_path / "work.examwork"
    path.write_bytes(MAGIC + bytes(100))
    code, out, err = verify(path)
    assert (code, out) == (2, "")
    assert "examdesk import" in err


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("pic.png", b"\x89PNG\r\n"),
        ("notes.txt", b"hello"),
        ("empty", b""),
        ("settings.json", b'{"exam": 1}'),
        ("photos.zip", zip_of(picture=b"x")),
    ],
)
def test_a_file_of_another_kind_does_not_fail_to_hold_but_can_not_be_verified(verify, tmp_path, name, data):
    (tmp_path / name).write_bytes(data)
    code, out, err = verify(tmp_path / name)
    assert (code, out) == (2, "")
    assert "is neither an evidence bundle (*.examrecord) nor a journal's record (*.jsonl)" in err


def test_a_bundle_that_was_packed_anew_says_so(made, verify, tmp_path):
    (bundle,) = (made / "out").glob("*.examrecord")
    with zipfile.ZipFile(bundle) as file:
        members = {name: file.read(name) for name in file.namelist()}
    (tmp_path / bundle.name).write_bytes(zip_of(**members))
    code, out, _ = verify(tmp_path / bundle.name)
    assert code == 1
    assert "unpacked and packed anew" in out


@pytest.mark.parametrize("data", [b"", b"a,b\n1,2\n", b"\xff\xfe\0"])
def test_a_list_without_its_columns_is_not_said_to_hold(verify, tmp_path, data):
    (tmp_path / "_manifest.csv").write_bytes(data)
    code, out, err = verify(tmp_path)
    assert (code, out) == (2, "")
    assert "can't be read; export the submissions again" in err


def test_a_list_of_nothing_holds_and_says_no_more_than_that(verify, tmp_path):
    (tmp_path / "_manifest.csv").write_text("path,sha256\n")
    code, out, _ = verify(tmp_path)
    assert code == 0
    assert "Holds: 0 files are as their list says." in out


@pytest.mark.parametrize("place", ["../secret", "/etc/hostname", "below/../../secret", "a\0b"])
def test_a_list_can_not_ask_about_files_outside_of_its_folder(verify, tmp_path, place):
    (tmp_path / "secret").write_bytes(b"")
    (tmp_path / "in").mkdir()
    (tmp_path / "in/_manifest.csv").write_text(f"path,sha256\n{place},00\n")
    code, out, _ = verify(tmp_path / "in")
    assert code == 1
    assert "which is not in this folder. (S1)" in out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such files")
@pytest.mark.parametrize("command", ["verify", "cat", "signals"])
@pytest.mark.parametrize("name", ["pipe.examrecord", "pipe.jsonl", "pipe.json", "zero.examrecord", "zero.json"])
def test_a_pipe_or_an_endless_device_is_not_waited_for(tmp_path, capsys, command, name):
    os.mkfifo(tmp_path / name) if name.startswith("pipe") else (tmp_path / name).symlink_to("/dev/zero")
    assert Program(log_dir=tmp_path / "log").run([command, str(tmp_path / name)]) == 2
    said = capsys.readouterr().err
    assert "is no file but a pipe or a device" in said or "is a journal's record" in said


@pytest.mark.skipif(sys.platform == "win32", reason="Windows takes no such names")
def test_the_name_of_a_file_commands_no_terminal(made, verify, tmp_path):
    (tmp_path / "a\x1b[2J\nHolds: all.jsonl").write_bytes(b"x")
    code, out, _ = verify(tmp_path)
    assert code == 1
    assert "\x1b" not in out
    code, out, err = verify(tmp_path / "\x1b]0;none\x07")
    assert (code, out) == (2, "")
    assert "\x1b" not in err


def test_another_database_and_an_empty_folder_say_what_they_are_not(verify, tmp_path):
    connection = sqlite3.connect(tmp_path / "journal.sqlite")
    with connection:
        connection.execute("CREATE TABLE meta (name TEXT)")
    connection.close()
    assert "not a hub's records" in verify(tmp_path / "journal.sqlite")[2]
    (tmp_path / "empty").mkdir()
    code, _, err = verify(tmp_path / "empty")
    assert (code, "nothing to verify" in err) == (2, True)
