"""`examdesk demo` as a person starts it: nothing is lost, and nothing keeps running, however it ends."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import psutil
import pytest

from examdesk.cli.main import Program as CommandLine
from examdesk.demo.show import Figures, told
from tests.support.patience import PATIENCE_S

ROOT = Path(__file__).parents[3]
FIGURES = Figures(
    desks=2, joined=2, submitted=2, journals=2, confirmed_by_journals=9, at_hub=9, verified=9, lost=0, runs=1,
    signals=0, pairs=0, found_by_multicast=True, seconds=1.0, exports=(), screenshots=(), problems=(),
)  # fmt: skip


def start(out: Path, *more: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "examdesk.cli.main", "demo", "--headless", "--out", str(out), *more],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def left_of(out: Path) -> list[list[str]]:
    """Return the command lines of programs that still run for this demonstration."""
    found = []
    for process in psutil.process_iter(["cmdline"]):
        words = process.info["cmdline"] or []
        if any(str(out) in word for word in words):
            found.append(words)
    return found


def until_working(demo: subprocess.Popen[str]) -> str:
    assert demo.stdout is not None
    said = ""
    for line in demo.stdout:
        said += line
        if " Working " in line:
            return said
    raise AssertionError(said)


def test_a_small_class_sits_an_exam_and_nothing_is_lost(tmp_path):
    out = tmp_path / "out"
    demo = start(out, "--desks", "3", "--seconds", "5")
    said, _ = demo.communicate(timeout=100)
    figures = json.loads((out / "demo.json").read_text())
    assert (figures["desks"], figures["joined"], figures["submitted"], figures["lost"]) == (3, 3, 3, 0), said
    assert figures["journals"] == 3
    assert figures["confirmed_by_journals"] == figures["at_hub"] == figures["verified"] > 60
    assert {"exports/events.csv", "exports/records.xlsx", "exports/integrity-report.html"} <= set(figures["exports"])
    assert (demo.returncode == 0) == (not figures["problems"])
    assert all(line.startswith("Screenshot ") for line in figures["problems"]), "only windows may be absent here"
    assert "Nothing was lost" in said
    assert "Traceback" not in said
    assert left_of(out) == []


@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_nothing_keeps_running_after_a_demonstration_was_broken_off(tmp_path, how):
    out = tmp_path / "out"
    demo = start(out, "--desks", "2", "--seconds", "60")
    until_working(demo)
    assert len(left_of(out)) >= 3
    demo.send_signal(how)
    demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode != 0
    end = time.monotonic() + PATIENCE_S
    while left_of(out) and time.monotonic() < end:
        psutil.wait_procs(psutil.process_iter(), timeout=0.1)
    assert left_of(out) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--desks", "0"], "--desks takes 1 to"),
        (["--desks", "5000"], "--desks takes"),
        (["--seconds", "nan"], "--seconds"),
    ],
)
def test_figures_that_make_no_sense_are_refused(capsys, tmp_path, arguments, said):
    assert CommandLine().run(["demo", "--headless", "--out", str(tmp_path / "out"), *arguments]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


def test_a_folder_with_other_things_is_refused_by_name(capsys, tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    assert CommandLine().run(["demo", "--headless", "--out", str(tmp_path)]) == 2
    assert "thesis" not in capsys.readouterr().out
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_the_end_says_where_everything_is_and_that_nothing_was_lost():
    said = told(FIGURES, Path("somewhere"))
    assert "Nothing was lost." in said
    assert str(Path("somewhere/exports")) in said
    assert "did not go well" not in said


def test_a_loss_is_said_first_and_loudly():
    said = told(msgspec.structs.replace(FIGURES, lost=4, problems=("x",)), Path("somewhere"))
    assert said.strip().startswith("LOST: 4")
    assert said.endswith("What did not go well:\n  x\n")


def test_every_figure_of_demo_json_is_documented():
    page = (ROOT / "docs" / "demo.md").read_text("utf-8")
    assert set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE)) == set(Figures.__struct_fields__)
