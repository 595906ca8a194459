"""`examdesk exam packages`: real pip, a folder of wheels instead of the internet."""

import json

import pytest

from examdesk.cli.main import Program
from examdesk.importing.wheels import top_modules, wanted_targets
from shared.exam.packages import check_wheels, normal_name, read_wheels
from shared.exam.packing import pack, unpack
from shared.problems import InputProblem
from tests.support.wheels import PYTHON, make_wheel, shapes


@pytest.fixture
def folder(tmp_path):
    where = tmp_path / "quiz"
    assert Program().run(["exam", "new", str(where)]) == 0
    assert Program().run(["exam", "set", str(where), "--packages", "shapes>=1"]) == 0
    return where


def collect(folder, links, *more):
    words = ["--find-links", str(links), "--no-index", "--platform", "linux-x86_64", "--python", PYTHON]
    return Program().run(["exam", "packages", str(folder), *words, *more])


def test_packages_are_resolved_listed_and_travel_in_the_packed_exam(folder, tmp_path, capsys):
    assert collect(folder, shapes(tmp_path / "links")) == 0
    assert "shapes 1.0" in capsys.readouterr().out
    found = read_wheels(folder)
    assert [(wheel.name, wheel.modules) for wheel in found.wheels] == [
        ("shapes", ("shapes", "shapes_extra")),
        ("sides", ("sides",)),
    ]
    unpack(pack(folder), tmp_path / "again")
    check_wheels(tmp_path / "again", read_wheels(tmp_path / "again"))
    assert len(pack(folder, wheels=False)) < len(pack(folder))
    assert Program().run(["exam", "check", str(folder)]) == 0
    assert "not collected" not in capsys.readouterr().out


def test_a_package_without_a_wheel_is_named_and_what_was_collected_stays(folder, tmp_path, capsys):
    links = shapes(tmp_path / "links")
    assert collect(folder, links) == 0
    before = (folder / "wheels/packages.json").read_bytes()
    assert Program().run(["exam", "set", str(folder), "--packages", "shapes>=1,not-there==9"]) == 0
    capsys.readouterr()
    assert collect(folder, links) == 2
    said = capsys.readouterr().err
    assert "no ready-made wheel of not-there==9 for linux-x86_64" in said
    assert (folder / "wheels/packages.json").read_bytes() == before
    assert not list(folder.glob(".collecting-*"))
    assert Program().run(["exam", "packages", str(folder), "--check"]) == 2
    assert "names other packages by now" in capsys.readouterr().err


def test_a_wheel_that_was_exchanged_is_found(folder, tmp_path, capsys):
    assert collect(folder, shapes(tmp_path / "links"), "--json") == 0
    listed = json.loads(capsys.readouterr().out)
    assert listed["targets"] == [
        {"platform": "linux-x86_64", "python": PYTHON, "wheels": [w["file"] for w in listed["wheels"]]}
    ]
    make_wheel(folder / "wheels", "sides", files={"sides/__init__.py": "NAMES = {}\n"})
    assert Program().run(["exam", "packages", str(folder), "--check"]) == 2
    assert "sides-1.0-py3-none-any.whl is not the file that was collected" in capsys.readouterr().err


def test_an_exam_that_names_packages_without_wheels_is_warned_of_and_runs(folder, capsys):
    assert Program().run(["exam", "check", str(folder)]) == 0
    assert "not collected yet" in capsys.readouterr().out


def test_wrong_targets_are_named():
    with pytest.raises(InputProblem, match='"amiga" is no kind of lab PC'):
        wanted_targets(["amiga"], ["3.12"])
    with pytest.raises(InputProblem, match=r'"2\.7" is no Python version'):
        wanted_targets(["linux-x86_64"], ["2.7"])


def test_packages_for_a_python_that_the_exam_excludes_are_not_collected(folder, tmp_path, capsys):
    assert Program().run(["exam", "set", str(folder), "--set", "interpreter.python=>=3.12"]) == 0
    assert Program().run(["exam", "packages", str(folder), "--python", "3.11"]) == 2
    assert "would be of no use" in capsys.readouterr().err


def test_names_of_packages_and_modules(tmp_path):
    assert normal_name("Scikit_Learn[all]>=1") == "scikit-learn"
    wheel = make_wheel(
        tmp_path,
        "odd",
        files={"one.py": "", "two.cpython-311-x86_64-linux-gnu.so": "", "odd.libs/x.so": "", "__pycache__/y.pyc": ""},
    )
    assert top_modules(wheel) == ("one", "two")


def test_the_window_offers_exactly_the_kinds_of_lab_pcs_that_can_be_collected():
    from examdesk.importing.wheels import PLATFORMS
    from shared.exam.packages import LAB_PLATFORMS

    assert tuple(PLATFORMS) == LAB_PLATFORMS
