"""A hub whose records are in PostgreSQL: a real desk, staff, a second hub that is kept out, exports that verify."""

import json
import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.classroom import Program

ROOT = Path(__file__).parents[3]
pytestmark = pytest.mark.postgres


@pytest.fixture
def url(postgres_server):
    name = f"t{os.urandom(6).hex()}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    return f"{postgres_server}/{name}".replace("postgresql://", "postgresql+psycopg://")


@pytest.fixture
def programs(tmp_path):
    """Start programs whose own folders are in the test's, and end what still runs."""
    places = {name: str(tmp_path / name.lower()) for name in ("XDG_DATA_HOME", "XDG_STATE_HOME", "HOME")}
    started = []

    class Programs:
        def __init__(self):
            self.env = {**os.environ, **places}

        def start(self, module, *arguments):
            log = tmp_path / f"{len(started)}.log"
            started.append(Program([sys.executable, "-m", module, *map(str, arguments)], log, self.env))
            return started[-1]

        def run(self, *arguments):
            command = [sys.executable, "-m", "examdesk.cli.main", *map(str, arguments)]
            return subprocess.run(
                command, cwd=ROOT, env=self.env, capture_output=True, text=True, timeout=60, check=False
            )

    yield Programs()
    for program in started:
        program.kill()


def desk(programs, tmp_path, ready):
    steps = [
        {"do": "insert", "offset": 0, "text": "print('in a database')\n"},
        {"do": "run", "wait": True},
        {"do": "submit"},
    ]
    script = tmp_path / "script.jsonl"
    script.write_text("".join(json.dumps(step) + "\n" for step in steps))
    arguments = ["--headless", "--journal", tmp_path / "pc", "--join", ready["room_code"], "--student", "ada"]
    arguments += ["--hub", f"127.0.0.1:{ready['port']}", "--script", script, "--timeout", "30"]
    return programs.start("student_app.main", *arguments)


def test_an_exam_is_sat_watched_and_exported_with_its_records_in_postgresql(programs, tmp_path, url):
    exam = make_exam(tmp_path / "exam")
    serve = ["hub", "--exam", exam, "--data", url, "--no-advertise", "--host", "127.0.0.1", "--open"]
    hub = programs.start("examdesk.cli.main", *serve)
    ready = hub.wait_for(lambda line: "port" in line)
    student = desk(programs, tmp_path, ready)
    assert student.finish() == 0, student.errors()

    second = programs.run(*serve)
    assert second.returncode == 2
    assert "Another hub already serves" in second.stderr

    listed = programs.run("control", "--data", url, "missing", "--all")
    assert listed.stdout.split("\t")[3] == "handed in", listed.stderr

    assert hub.terminate() == 0
    again = programs.start("examdesk.cli.main", *serve)
    assert again.wait_for(lambda line: "port" in line)["room_code"] == ready["room_code"]

    out = tmp_path / "out"
    exported = programs.run("export", "--data", url, "--out", out, "--what", "bundle,sessions", "--quiet")
    assert exported.returncode == 0, exported.stderr
    assert "in a database" in (out / "sessions" / "ada.json").read_text()
    checked = programs.run("verify", *out.glob("*.examrecord"))
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert again.terminate() == 0


def test_a_database_that_does_not_answer_ends_with_a_sentence_without_the_password(programs, tmp_path):
    url = "postgresql+psycopg://examdesk:secret@127.0.0.1:1/none"
    done = programs.run("hub", "--exam", make_exam(tmp_path / "exam"), "--data", url, "--no-advertise")
    assert done.returncode == 2
    assert "can't be reached (" in done.stderr
    assert "secret" not in done.stderr + done.stdout
