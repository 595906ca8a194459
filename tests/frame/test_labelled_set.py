"""`tests/benchmarks/similarity/quality.py --set`: figures of a labelled set, and a sentence where it is not whole."""

import itertools
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT / "tests" / "data" / "programs" / "robot"
QUALITY = ROOT / "tests" / "benchmarks" / "similarity" / "quality.py"


def judged(folder):
    command = [sys.executable, str(QUALITY), "--set", str(folder)]
    return subprocess.run(command, capture_output=True, text=True, encoding="utf-8", timeout=120, check=False)


@pytest.fixture
def labelled(tmp_path):
    """Independent programs of one task, and one of them with another name in it."""
    work = tmp_path / "submissions" / "robot"
    work.mkdir(parents=True)
    for source in DATA.glob("*.py"):
        if source.name != "starter.py":
            shutil.copy(source, work / source.name)
    (work / "copy.py").write_text((work / "chen.py").read_text("utf-8").replace("x", "across"), "utf-8")
    (tmp_path / "starters").mkdir()
    shutil.copy(DATA / "starter.py", tmp_path / "starters" / "robot.py")
    lines = ["task,file_a,file_b,label,kind"]
    for one, other in itertools.combinations(sorted(path.name for path in work.iterdir()), 2):
        is_copy = {one, other} == {"chen.py", "copy.py"}
        lines.append(f"robot,{other},{one},{int(is_copy)},{'renamed' if is_copy else ''}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n", "utf-8")
    return tmp_path


def test_a_labelled_set_has_its_figures_for_all_and_for_each_task(labelled):
    done = judged(labelled)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[1:5]] == [[t, m] for t in ("all", "robot") for m in ("plain", "rank")]
    assert all(line.split()[2:] == ["1.0000", "1.0000", "1.000", "21", "1"] for line in lines[1:5])
    assert lines[-1].startswith("rank: copies above all but 1 % of the independent pairs")
    assert lines[-1].endswith("renamed 1/1")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("task,file_a,file_b,label\nrobot,abara.py,nobody.py,1\n", "robot has no two programs abara.py and nobody.py"),
        ("task,file_a,file_b,label\nrobot,abara.py,chen.py,yes\n", "a label is neither 0 nor 1"),
        ("task,file_a,label\nrobot,abara.py,1\n", "'file_b' is missing"),
        ("task,file_a,file_b,label\nrobot,abara.py,chen.py,0\n", "needs copies (1) as well as independent pairs (0)"),
        ("task,file_a,file_b,label\nmaze,abara.py,chen.py,0\n", "is not a folder"),
        ("", "needs copies (1)"),
    ],
)
def test_a_set_that_is_not_whole_is_a_sentence(labelled, wrong, said):
    (labelled / "labels.csv").write_text(wrong, "utf-8")
    done = judged(labelled)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_set_without_labels_is_a_sentence(tmp_path):
    done = judged(tmp_path)
    assert (done.returncode, "labels.csv can't be read" in done.stderr) == (1, True)
