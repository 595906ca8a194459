"""An exam's packages on a PC: unpacked at one moment or not at all, found again, mended, and used by programs."""

import os

import pytest

from shared.exam.packages import Target, Wheel, WheelList, file_digest
from shared.problems import EnvironmentProblem, PeerFault
from student_app.running import (
    Ended,
    Output,
    Program,
    RefusedImport,
    Run,
    RunLimits,
    RunSetup,
    base_interpreter,
    probe_sandbox,
)
from student_app.running import environments as e
from student_app.running.imports import Imports
from tests.support.wheels import make_wheel, shapes


@pytest.fixture
def wheels(tmp_path):
    return sorted(shapes(tmp_path / "links").iterdir())


def nothing(_share: float) -> None:
    pass


def test_an_environment_is_whole_found_again_and_mended_by_a_new_one(tmp_path, wheels):
    shares = []
    site = e.install(wheels, tmp_path / "env", "one", base_interpreter(), shares.append)
    assert shares == sorted(shares)
    assert (site / "shapes/__init__.py").is_file()
    assert (site / "shapes_extra.py").is_file()
    assert not (site / "draw").exists()
    assert list((site / "shapes/__pycache__").glob("*.pyc"))
    assert e.ready_environment(tmp_path / "env", "one") == site
    (site / "sides/__init__.py").write_text("NAMES = {}\n")
    assert e.ready_environment(tmp_path / "env", "one") is None
    e.install(wheels, tmp_path / "env", "one", base_interpreter(), nothing)
    assert e.ready_environment(tmp_path / "env", "one") == site


def test_an_interrupted_installation_leaves_no_environment_and_is_tidied_up(tmp_path, wheels):
    class PowerCut(BaseException):
        pass

    def cut(share: float) -> None:
        if share > 0.3:
            raise PowerCut

    with pytest.raises(PowerCut):
        e.install(wheels, tmp_path / "env", "one", base_interpreter(), cut)
    assert e.ready_environment(tmp_path / "env", "one") is None
    left = tmp_path / "env/.new-abcd"
    left.mkdir(parents=True)
    e.tidy(tmp_path / "env")
    assert not left.exists()


def test_environments_that_nobody_used_for_months_are_removed(tmp_path, wheels):
    e.install(wheels, tmp_path / "env", "old", base_interpreter(), nothing)
    e.install(wheels, tmp_path / "env", "new", base_interpreter(), nothing)
    os.utime(tmp_path / "env/old/environment.json", (1, 1))
    e.tidy(tmp_path / "env")
    assert [each.name for each in (tmp_path / "env").iterdir()] == ["new"]


@pytest.mark.parametrize("name", ["../out.py", "/abs.py", "a/../../b.py"])
def test_a_wheel_with_a_path_that_leads_out_is_refused(tmp_path, name):
    wheel = make_wheel(tmp_path, "bad", files={name: "x = 1\n"})
    with pytest.raises(PeerFault, match="can't be unpacked"):
        e.install([wheel], tmp_path / "env", "one", base_interpreter(), nothing)
    assert not (tmp_path / "env/one").exists()


def test_a_full_disk_has_a_sentence(tmp_path, wheels):
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(EnvironmentProblem, match="can't be written to this PC's disk"):
        e.install(wheels, blocked, "one", base_interpreter(), nothing)


def listing(*targets: Target) -> WheelList:
    files = {file for target in targets for file in target.wheels}
    wheels = tuple(Wheel(file=file, size=1, sha256="0" * 64, name="x", version="1") for file in sorted(files))
    return WheelList(format=1, requirements=("x",), targets=targets, wheels=wheels)


def test_the_kind_of_pc_is_chosen_by_python_and_tags():
    tags = e.supported_tags("3.11.4")
    windows = Target(platform="windows-x86_64", python="3.11", wheels=("x-1-cp311-cp311-win_amd64.whl",))
    other = Target(platform="linux-x86_64", python="3.12", wheels=("x-1-py3-none-any.whl",))
    right = Target(platform="linux-x86_64", python="3.11", wheels=("x-1-py3-none-any.whl",))
    nonsense = Target(platform="linux-x86_64", python="3.11", wheels=("nonsense.whl",))
    here = {right.platform: right}
    assert e.target_for(listing(windows, other, nonsense, right), "3.11.4", tags) in here.values()
    assert e.target_for(listing(other, nonsense), "3.11.4", tags) is None


def test_names_of_environments_depend_on_wheels_and_python(wheels):
    given = [Wheel(file=w.name, size=w.stat().st_size, sha256=file_digest(w), name="x", version="1") for w in wheels]
    names = {
        e.environment_name(given, "3.11.1"),
        e.environment_name(given, "3.12.1"),
        e.environment_name(given[:1], "3.11.1"),
    }
    assert len(names) == 3
    assert e.environment_name(given[::-1], "3.11.1") == e.environment_name(given, "3.11.1")


PROGRAM = """import shapes
print(shapes.name(3))
for name in ("sides", "numpy"):
    try:
        __import__(name)
    except ImportError as error:
        print(error)
"""


@pytest.mark.parametrize("here", [True, False])
def test_a_program_imports_what_the_exam_names_and_reads_why_not(tmp_path, wheels, here):
    site = e.install(wheels, tmp_path / "env", "one", base_interpreter(), nothing)
    missing = "" if here else "{name} is not on this PC."
    imports = Imports(frozenset({"shapes", "sides"}), ("shapes>=1",), site if here else None, missing)
    events = []
    interpreter = base_interpreter()
    program = Program({"main.py": PROGRAM}, {}, imports=imports)
    run = Run(program, RunLimits(seconds=20), events.extend, RunSetup(interpreter, probe_sandbox(interpreter)))
    assert run.wait(60) is not None
    text = "".join(event.text for event in events if isinstance(event, Output))
    refused = [event.name for event in events if isinstance(event, RefusedImport)]
    if here:
        said = "This exam allows only the standard library and shapes>=1; {} is not available."
        assert text.splitlines() == ["triangle", said.format("numpy")]
        assert refused == ["numpy"]
    else:
        assert "shapes is not on this PC." in text
        assert refused == []
        assert isinstance(events[-1], Ended)
