"""Work that never had a network, carried to the hub on a stick: real programs, from the first key to a record."""

import json
import os
import sqlite3
import sys

import pytest

from examdesk.cli.main import Program as CommandLine
from shared.bundle.container import local_header
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.classroom import Program


def start(log, module, *arguments):
    return Program([sys.executable, "-m", module, *map(str, arguments)], log, dict(os.environ))


def examdesk(tmp_path, *argv):
    return CommandLine(log_dir=tmp_path / "log").run([*map(str, argv)])


@pytest.fixture
def lesson(tmp_path):
    """A hub that serves an open exam, and what it said."""
    exam, data = make_exam(tmp_path / "exam"), tmp_path / "data"
    arguments = ["hub", "--exam", exam, "--data", data, "--open", "--no-advertise", "--host", "127.0.0.1"]
    hub = start(tmp_path / "hub.log", "examdesk.cli.main", *arguments)
    try:
        yield data, hub.wait_for(lambda line: "port" in line)
    finally:
        if hub.process.poll() is None:
            hub.terminate()
        hub.kill()


def work_without_a_network(tmp_path, ready, stick):
    steps = [
        {"do": "cable", "in": False},
        {"do": "insert", "offset": 0, "text": "print('on my own')\n"},
        {"do": "run", "wait": True},
        {"do": "submit"},
        {"do": "bundle", "to": str(stick)},
    ]
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(step) + "\n" for step in steps))
    arguments = ["--headless", "--journal", tmp_path / "pc", "--join", ready["room_code"], "--student", "ada"]
    arguments += ["--name", "Ada Lovelace", "--hub", f"127.0.0.1:{ready['port']}", "--script", script, "--timeout", "1"]
    desk = start(tmp_path / "desk.log", "student_app.main", *arguments)
    try:
        desk.wait_for(lambda line: line.get("confirmed") == "bundle")
        desk.finish()
    finally:
        desk.kill()


def stored(data):
    with sqlite3.connect(f"file:{data}/examdesk.sqlite?mode=ro", uri=True) as records:
        (count,) = records.execute("SELECT count(*) FROM events").fetchone()
    return count


def test_work_of_a_pc_that_lost_the_network_after_joining_comes_in_by_hand_and_verifies(lesson, tmp_path, capsys):
    data, ready = lesson
    stick = tmp_path / "stick" / "ada.examwork"
    stick.parent.mkdir()
    work_without_a_network(tmp_path, ready, stick)
    before = stored(data)
    assert examdesk(tmp_path, "import", stick, "--data", data) == 0
    new = stored(data) - before
    assert new > 5
    assert capsys.readouterr().out == f"Ada Lovelace: {new} new events.\n"
    assert examdesk(tmp_path, "import", stick.parent, "--data", data) == 0
    assert capsys.readouterr().out == "Ada Lovelace: nothing new.\n"
    out = tmp_path / "out"
    assert examdesk(tmp_path, "export", "--data", data, "--out", out, "--what", "bundle,sessions", "--quiet") == 0
    session = json.loads((out / "sessions" / "ada.json").read_text())
    assert "on my own" in json.dumps(session)
    assert session["receipt_code"]
    assert examdesk(tmp_path, "verify", *out.glob("*.examrecord")) == 0


def test_a_file_that_is_none_is_refused_and_the_others_come_in(lesson, tmp_path, capsys):
    data, ready = lesson
    stick = tmp_path / "ada.examwork"
    work_without_a_network(tmp_path, ready, stick)
    bad = tmp_path / "bad.examwork"
    bad.write_bytes(b"holiday pictures")
    bundle = tmp_path / "quiz.examrecord"
    bundle.write_bytes(local_header("manifest.json", 0, 0))
    pipe = tmp_path / "pipe.examwork"
    os.mkfifo(pipe)
    assert examdesk(tmp_path, "import", bad, bundle, pipe, tmp_path / "none.examwork", stick, "--data", data) == 1
    said = capsys.readouterr()
    assert said.out.startswith("Ada Lovelace: ")
    assert "bad.examwork isn't the file of a student's work (*.examwork)" in said.err
    assert "quiz.examrecord isn't the file of a student's work" in said.err
    assert "`examdesk verify` checks it" in said.err
    assert "pipe.examwork is no file but a pipe or a device" in said.err
    assert "none.examwork can't be read (No such file or directory)" in said.err


def test_a_folder_without_such_files_is_named(tmp_path, capsys):
    assert examdesk(tmp_path, "import", tmp_path, "--data", tmp_path) == 2
    assert f"There is no .examwork file in {tmp_path}" in capsys.readouterr().err
