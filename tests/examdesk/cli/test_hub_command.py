"""`examdesk hub` at the terminal: when the exam opens by itself, and what a ready file says."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from examdesk.cli.main import Program
from shared.discovery.joining import DEFAULT_PORT
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]


@pytest.fixture
def exam(tmp_path):
    assert Program().run(["exam", "new", str(tmp_path / "exam"), "--title", "Vectors"]) == 0
    return tmp_path / "exam"


def serve(exam, tmp_path, *more):
    """Start a hub, read its line, end it; return the line, the ready file and what it said."""
    tmp_path.mkdir(exist_ok=True)
    ready = tmp_path / "ready.json"
    ready.write_text('{"port": 1}')
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", exam, "--data", tmp_path / "data"]
    command += ["--host", "127.0.0.1", "--no-advertise", "--ready-file", ready, *more]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as hub:
        line = json.loads(hub.stdout.readline())
        written = json.loads(ready.read_text())
        hub.send_signal(signal.SIGTERM)
        _, said = hub.communicate(timeout=PATIENCE_S)
    assert hub.returncode == 0, said
    return line, written, said


def audited(tmp_path):
    """Return the details in the hub's audit log."""
    with closing(sqlite3.connect(tmp_path / "data" / "examdesk.sqlite")) as records:
        return [detail for (detail,) in records.execute("SELECT detail FROM audit")]


def test_an_exam_without_a_start_time_is_open_at_once_and_says_so(exam, tmp_path):
    line, written, said = serve(exam, tmp_path)
    assert line == written
    assert line["pid"] > 0
    assert "open now" in said
    assert "no start time" in audited(tmp_path)


def test_with_hold_it_waits_for_the_staff(exam, tmp_path):
    _, _, said = serve(exam, tmp_path, "--hold")
    assert said == ""
    assert "no start time" not in audited(tmp_path)


def test_an_exam_with_a_start_time_keeps_to_it(exam, tmp_path):
    assert Program().run(["exam", "set", str(exam), "--start-after", "2099-01-01 09:00"]) == 0
    _, _, said = serve(exam, tmp_path)
    assert said == ""
    assert "no start time" not in audited(tmp_path)


def test_a_missing_exam_is_named_by_its_path(tmp_path):
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", tmp_path / "gone"]
    command += ["--data", tmp_path / "data", "--no-advertise"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"There is no exam at {tmp_path / 'gone'}" in done.stderr
    assert "made a mistake" not in done.stderr


def test_a_hub_takes_the_usual_port_or_a_free_one_and_keeps_it(exam, tmp_path):
    first, _, _ = serve(exam, tmp_path)
    with socket.socket() as usual:
        usual.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            usual.bind(("127.0.0.1", DEFAULT_PORT))
        except OSError:
            assert first["port"] > 0  # another hub on this computer has it
        else:
            assert first["port"] == DEFAULT_PORT
            usual.listen()
            second, _, _ = serve(exam, tmp_path / "second")
            assert second["port"] != DEFAULT_PORT
            again, _, _ = serve(exam, tmp_path / "second")
            assert again["port"] == second["port"]


def test_the_ready_file_goes_with_the_hub(exam, tmp_path):
    serve(exam, tmp_path)
    assert not (tmp_path / "ready.json").exists()


def test_a_port_that_is_none_is_refused(exam, tmp_path, capsys):
    assert Program().run(["hub", "--exam", str(exam), "--data", str(tmp_path / "data"), "--port", "99999"]) == 2
    assert "65535" in capsys.readouterr().err
    assert not (tmp_path / "data").exists()


def test_asking_for_a_hub_that_is_not_there_makes_no_folder(tmp_path, capsys):
    assert Program().run(["watch", "--data", str(tmp_path / "nothing")]) == 2
    assert "No hub serves" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_a_path_that_the_system_refuses_is_named(tmp_path, capsys):
    assert Program().run(["exam", "new", str(tmp_path / ("x" * 300))]) == 2
    assert "File name too long" in capsys.readouterr().err
