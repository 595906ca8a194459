"""Programs that try to get out, to stay, or to bring the desk down: each one's end in each grade."""

import re
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from student_app.running import (
    Means,
    Output,
    Program,
    RefusedImport,
    RefusedNetwork,
    Run,
    RunLimits,
    RunSetup,
    base_interpreter,
    probe_sandbox,
    proctree,
)
from student_app.running.launch import MARK
from student_app.running.workdir import PREFIX

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the ladder of Linux")

FOLDER = Path(__file__).parents[2] / "data" / "attacks"
MEANS = {
    "A": frozenset(Means),
    "B": frozenset(Means) - {Means.BUBBLEWRAP},
    "C": frozenset[Means](),
}
RULE = re.compile(
    r"^# (?P<grades>[ABC](?:,[ABC])*): (?P<reasons>[a-z|-]+)(?:=(?P<code>\d+))?"
    r'(?: "(?P<text>[^"]*)")?(?: (?P<refused>network|import))?$'
)


@dataclass(frozen=True)
class Case:
    path: Path
    grade: str
    reasons: tuple[str, ...]
    code: int | None
    text: str
    refused: str | None
    limits: RunLimits


def _cases():
    for path in sorted(FOLDER.glob("*.py")):
        head = [line for line in path.read_text("utf-8").splitlines() if line.startswith("#")]
        timed = any("time" in found["reasons"] for found in filter(None, map(RULE.match, head)))
        given = {"seconds": 1 if timed else 10, "memory_mb": 128, "output_kb": 64, "processes": 16, "file_mb": 8}
        for line in head:
            if line.startswith("# limits: "):
                given.update((key, int(value)) for key, value in (pair.split("=") for pair in line[10:].split()))
        for found in filter(None, map(RULE.match, head)):
            code = int(found["code"]) if found["code"] else None
            for grade in found["grades"].split(","):
                yield Case(
                    path,
                    grade,
                    tuple(found["reasons"].split("|")),
                    code,
                    found["text"] or "",
                    found["refused"],
                    RunLimits(**given),
                )


CASES = list(_cases())


@pytest.fixture(scope="module")
def outside(tmp_path_factory):
    """A journal, a server and another program of the same user."""
    journal = tmp_path_factory.mktemp("home") / "journal.db"
    journal.write_text("secret work")
    server = socket.create_server(("127.0.0.1", 0))
    victim = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    yield journal, server.getsockname()[1], victim
    assert victim.poll() is None, "a program killed another one of the same user"
    victim.kill()
    victim.wait()
    server.close()
    assert journal.read_text() == "secret work"


def test_every_attack_says_what_is_expected():
    assert len({case.path for case in CASES}) == len(list(FOLDER.glob("*.py"))) >= 40


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.path.stem}-{case.grade}")
def test_attack_ends_as_expected(case, outside, tmp_path):
    sandbox = probe_sandbox(allow=MEANS[case.grade])
    if sandbox.grade != case.grade:
        pytest.skip(f"grade {case.grade} cannot be had here: {sandbox.missing}")
    journal, port, victim = outside
    told = []
    deliveries = []

    def deliver(events):
        deliveries.append(time.monotonic())
        told.extend(events)

    program = Program(
        {"main.py": case.path.read_text("utf-8")}, {}, arguments=(str(journal), str(port), str(victim.pid))
    )
    setup = RunSetup(base_interpreter(), sandbox, allowed_imports=frozenset(), folder=tmp_path)
    run = Run(program, case.limits, deliver, setup)
    run.close_stdin()
    ended = run.wait(case.limits.seconds + 6)
    assert ended is not None, "the run did not end"
    text = "".join(event.text for event in told if isinstance(event, Output))
    assert ended.reason in case.reasons, (ended, text[-500:])
    assert case.text in text, (ended, text[-500:])
    assert case.code is None or ended.exit_code == case.code
    assert ended.sentence.endswith((".", "?"))
    assert len(text) <= case.limits.output_kb * 1024
    assert not list(tmp_path.glob(PREFIX + "*")), "the private folder is still there"
    kinds = {"network": RefusedNetwork, "import": RefusedImport}
    assert case.refused is None or any(isinstance(event, kinds[case.refused]) for event in told)
    assert all("secret" not in str(file.content) for file in ended.new_files)
    assert _left_behind(run) == []


def _left_behind(run):
    """Return the processes of this run alone: others may run programs on this computer as well."""
    return proctree.marked(MARK, run._launch.mark)
