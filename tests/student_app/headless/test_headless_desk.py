"""The headless desk as a program of its own, against a hub over real TLS."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from shared.events import decode
from shared.log.entry import unpack_header
from shared.problems import InputProblem
from shared.text import Workspace
from shared.text.replay import apply_event
from student_app.composition import make_engine
from student_app.core.ports import HubAddress
from student_app.headless import script as s
from student_app.headless.script import read_script
from student_app.headless.simulate import Plan, Room
from student_app.net.loop import NetThread
from tests.student_app.net.small_hub import SmallHub

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def hub():
    thread = NetThread("hub")
    hub = SmallHub()
    thread.run(hub.start()).result(10)
    yield hub
    thread.run(hub.stop()).result(10)
    thread.close()


def start(hub, folder, script, *more):
    command = [sys.executable, "-m", "student_app.main", "--headless", "--journal", str(folder), "--student", "s1"]
    command += ["--join", hub.code, "--hub", f"127.0.0.1:{hub.port}", "--script", str(script), "--timeout", "20", *more]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def lines(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def write(path: Path, steps: list[dict]) -> Path:
    path.write_text("".join(json.dumps(step) + "\n" for step in steps))
    return path


def text_at(hub, file: str) -> str:
    workspace = Workspace()
    (stored,) = hub.disk.values()
    for batch in stored:
        for entry in batch.entries:
            header = unpack_header(entry.header)
            apply_event(workspace, header.seq, decode(header.kind, entry.payload))
    return workspace.text(file)


def test_a_script_is_typed_confirmed_and_handed_in(hub, tmp_path):
    steps = [
        {"do": "view", "question": 1},
        {"at_ms": 0, "do": "insert", "offset": 0, "text": "x = 1\n"},
        {"at_ms": 50, "do": "delete", "offset": 0, "count": 1},
        {"at_ms": 60, "do": "insert", "offset": 0, "text": "y"},
        {"do": "new-file", "file": "helper.py", "text": "# mine\n"},
        {"do": "message", "text": "hello"},
        {"do": "hand"},
        {"do": "wait", "until": "safe"},
        {"do": "submit"},
    ]
    process = start(hub, tmp_path, write(tmp_path / "s.jsonl", steps))
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    said = lines(out)
    assert said[0]["confirmed"] == "joined"
    kinds = {line["confirmed"] for line in said}
    assert kinds == {"joined", "journal", "receipt", "submitted", "done"}
    assert said[-1]["last"] == said[-1]["saved"] == said[-1]["receipted"]
    assert text_at(hub, "q1/main.py") == "y = 1\n# start\n"


def test_after_kill_9_the_script_goes_on_where_the_journal_is(hub, tmp_path):
    letters = "".join(chr(97 + n % 26) for n in range(120))
    steps = [{"do": "view", "question": "q1"}]
    steps += [{"at_ms": 15 * n, "do": "insert", "offset": n, "text": letter} for n, letter in enumerate(letters)]
    script = write(tmp_path / "s.jsonl", steps)
    process = start(hub, tmp_path, script)
    confirmed = 0
    for line in process.stdout:
        confirmed += json.loads(line)["confirmed"] == "journal"
        if confirmed == 5:
            break
    process.send_signal(signal.SIGKILL)
    process.communicate()
    process = start(hub, tmp_path, script)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    (said,) = lines(err)
    assert "What was saved is back" in said["problem"]
    assert lines(out)[0]["events"] > 1
    assert text_at(hub, "q1/main.py") == letters + "# start\n"


def test_a_term_signal_ends_it_in_order(hub, tmp_path):
    script = write(tmp_path / "s.jsonl", [{"do": "wait", "ms": 60_000}])
    process = start(hub, tmp_path, script)
    assert json.loads(process.stdout.readline())["confirmed"] == "joined"
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, err) == (0, "")
    assert lines(out)[-1]["confirmed"] == "done"


def test_a_mistake_in_a_script_is_named(tmp_path):
    path = tmp_path / "s.jsonl"
    path.write_text('{"do": "submit"}\n{"do": "insert", "ofset": 3}\n')
    with pytest.raises(InputProblem, match=r"s\.jsonl, line 2"):
        read_script(path, print)


def test_every_step_can_be_read(tmp_path):
    said = []
    path = write(tmp_path / "s.jsonl", [{"do": "wait", "until": "safe"}, {"do": "cable", "in": False}, {"do": "save"}])
    assert read_script(path, said.append) == [s.Wait(until="safe"), s.Cable(in_=False), s.Save()]
    assert said == []


def test_other_names_of_fields_are_understood_and_unknown_ones_are_named(tmp_path):
    said = []
    path = write(tmp_path / "s.jsonl", [{"do": "delete", "offset": 1, "length": 2}, {"do": "submit", "why": "late"}])
    assert read_script(path, said.append) == [s.Delete(offset=1, count=2), s.Submit()]
    assert len(said) == 1
    assert "line 2: submit has no why" in said[0]


@pytest.mark.parametrize("folder", ["on disk", "in memory"])
def test_a_simulated_class_loses_nothing(hub, tmp_path, folder, capsys):
    plan = Plan(
        desks=3, join=hub.code, seconds=4.0, events_per_second=3.0, offline=1.0,
        journal=tmp_path if folder == "on disk" else None,
    )  # fmt: skip
    engine = make_engine(plan.journal)
    room = Room(plan, engine, (HubAddress("127.0.0.1", hub.port),))
    room.live()
    summary = room.close()
    engine.close()
    assert (summary["joined"], summary["submitted"], summary["missing"]) == (3, 3, 0)
    assert summary["confirmed"] > 3 * 8
    for journal, counts in summary["journals"].items():
        assert hub.events(bytes.fromhex(journal)) == counts["confirmed"] + 1
    assert threading.active_count() < 20


def test_every_step_and_field_is_documented():
    page = (ROOT / "docs" / "student-program.md").read_text("utf-8")
    rows = {line.split("`")[1]: line for line in page.splitlines() if line.startswith("| `") and "|" in line[3:]}
    for step in s.AnyStep.__args__:
        row = rows[step.__struct_config__.tag]
        fields = set(step.__struct_encode_fields__) - {"at_ms"}
        assert all(f"`{field}`" in row for field in fields), row


def test_a_desk_that_nobody_lets_in_ends_after_its_timeout(tmp_path):
    command = [sys.executable, "-m", "student_app.main", "--headless", "--journal", tmp_path / "j", "--student", "s1"]
    command += ["--join", "RE3B-XA2B-N", "--hub", "127.0.0.1:1", "--timeout", "1"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2, done.stderr
    assert "Nobody let this desk in within 1 s" in done.stderr
