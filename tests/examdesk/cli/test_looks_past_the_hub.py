"""Whoever reads records with `--data` is in the audit log: at once, or when the hub that serves them takes it in."""

import shutil

import pytest

from examdesk.hub.records.direct_looks import WAITING, waiting
from examdesk.hub.records.place import HubLock, existing_place
from examdesk.store import Store, open_reader
from examdesk.store.store import exams_at
from tests.examdesk.exports.class_at_work import stored_class


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("made")
    stored_class(folder)
    return folder


@pytest.fixture
def data(made, tmp_path):
    return shutil.copytree(made, tmp_path / "records")


def exam_of(data):
    reader = open_reader(existing_place(str(data)).url)
    with reader.connect() as sql:
        (exam,) = exams_at(sql)
    reader.close()
    return exam


def audit(data):
    store = Store(existing_place(str(data)).url, exam_of(data))
    with store.begin() as tx:
        rows = tx.control.audit_log()
    store.close()
    return [(row.role, row.what, row.detail) for row in rows if row.role != "instructor"]


def test_cat_signals_and_export_are_in_the_audit_log(run, data, tmp_path, capsys):
    assert run("cat", "--data", data) == 0
    assert run("cat", "--data", data, "--student", "s1") == 0
    assert run("signals", "--data", data) == 0
    assert run("export", "--data", data, "--out", tmp_path / "out", "--what", "canvas", "--student", "s1") == 0
    assert audit(data) == [
        ("command line", "looked at evidence of the class", ""),
        ("command line", "looked at a session", "s1"),
        ("command line", "looked at signals of the class", ""),
        ("command line", "exported", "canvas; students s1"),
    ]
    assert "audit log" not in capsys.readouterr().err
    assert run("verify", data) == 0


def test_a_preview_of_an_export_shows_no_evidence(run, data, tmp_path):
    assert run("export", "--data", data, "--out", tmp_path / "out", "--dry-run") == 0
    assert audit(data) == []


def test_a_look_waits_while_a_hub_serves_the_records_and_the_next_one_takes_it_in(run, data):
    lock = HubLock(existing_place(str(data)), exam_of(data))
    lock.take()
    assert run("cat", "--data", data, "--student", "s1") == 0
    assert run("signals", "--data", data) == 0
    assert len(waiting(data)) == 2
    assert audit(data) == []
    lock.release()
    assert run("cat", "--data", data) == 0
    assert [what for _, what, _ in audit(data)] == [
        "looked at a session",
        "looked at signals of the class",
        "looked at evidence of the class",
    ]
    assert waiting(data) == []


def test_a_look_that_can_not_be_read_stays_where_it_is(run, data):
    (data / WAITING).mkdir()
    (data / WAITING / "000000000000001-x.json").write_text("{")
    assert run("cat", "--data", data) == 0
    assert len(audit(data)) == 1
    assert len(waiting(data)) == 1


def test_records_that_can_not_be_written_are_shown_and_it_is_said(run, data, capsys):
    lock = HubLock(existing_place(str(data)), exam_of(data))
    lock.take()
    (data / WAITING).write_text("a file where the folder should be")
    assert run("cat", "--data", data) == 0
    said = capsys.readouterr()
    assert "STUDENT" in said.out
    assert "This look is not in the audit log" in said.err
    lock.release()
