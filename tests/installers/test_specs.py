"""What an installed ExamDesk carries, checked without building one."""

import re
import runpy
import shutil
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from installers import bundle_spec
from installers.bundles import (
    BINDINGS,
    BUNDLES,
    INSTRUCTOR,
    ROOT,
    STUDENT,
    Bundle,
    carried_files,
    is_within,
    version,
)

BASE = ROOT / "installers"
EACH = pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES)


class Recipe:
    """Stands in for PyInstaller while a spec is executed, and keeps what it was asked for."""

    def __init__(self):
        self.analysed = {}
        self.programs = []

    def analysis(self, **arguments):
        self.analysed = arguments
        return self

    pure = binaries = datas = ()

    @property
    def scripts(self):
        names = [path.rsplit("/", 1)[-1].removesuffix(".py") for path in self.analysed["scripts"]]
        return [("pyi_rth_inspect", "inspect.py", "PYSOURCE"), *((name, f"{name}.py", "PYSOURCE") for name in names)]

    def exe(self, _archive, scripts, **arguments):
        self.programs.append((arguments["name"], [name for name, _, _ in scripts]))


def read(bundle: Bundle, monkeypatch) -> Recipe:
    """Execute the bundle's spec with a recipe's names instead of PyInstaller's."""
    recipe = Recipe()
    hooks = type(sys)("PyInstaller.utils.hooks")
    hooks.copy_metadata = lambda name: [(f"/site/{name}.dist-info", f"{name}.dist-info")]
    for name in ("PyInstaller", "PyInstaller.utils"):
        monkeypatch.setitem(sys.modules, name, type(sys)(name))
    monkeypatch.setitem(sys.modules, "PyInstaller.utils.hooks", hooks)
    names = {
        "SPECPATH": str(BASE),
        "Analysis": recipe.analysis,
        "PYZ": lambda pure: pure,
        "EXE": recipe.exe,
        "COLLECT": lambda *parts, **arguments: None,
        "BUNDLE": lambda *parts, **arguments: None,
    }
    monkeypatch.setattr(sys, "path", list(sys.path))
    runpy.run_path(str(BASE / f"{bundle.app}.spec"), init_globals=names)
    return recipe


@EACH
def test_spec_leaves_out_every_binding_but_its_own_by_name(bundle, monkeypatch):
    excluded = set(read(bundle, monkeypatch).analysed["excludes"])
    assert excluded & BINDINGS == BINDINGS - {bundle.binding}


@EACH
def test_each_executable_starts_with_its_own_script_and_no_other(bundle, monkeypatch):
    recipe = read(bundle, monkeypatch)
    expected = [(one.name, ["pyi_rth_inspect", one.script.removesuffix(".py")]) for one in bundle.programs]
    assert recipe.programs == expected


def test_a_students_pc_never_carries_the_staff_side():
    assert {name.split(".")[0] for name in STUDENT.modules()} == {"shared", "student_app"}
    assert {"examdesk", "instructor_app"} <= set(STUDENT.excluded())


def test_the_staffs_bundle_carries_the_simulated_students_and_not_their_window():
    modules = INSTRUCTOR.modules()
    assert {"student_app.main", "student_app.headless.simulate"} <= set(modules)
    assert not [name for name in modules if is_within(name, "student_app.views")]


def test_the_staffs_bundle_carries_every_command():
    commands = {f"examdesk.cli.{path.stem}" for path in (ROOT / "examdesk" / "cli").glob("*.py") if path.stem[0] != "_"}
    assert commands <= set(INSTRUCTOR.modules())


@EACH
def test_every_pattern_of_data_files_matches_something(bundle):
    assert [pattern for pattern in bundle.data if not list(ROOT.glob(pattern))] == []


@EACH
def test_no_file_that_a_package_reads_stays_behind(bundle):
    carried = {path for path, _ in bundle.data_files()}
    behind = {path.relative_to(ROOT).as_posix() for path in carried_files(bundle)} - {
        path.relative_to(ROOT).as_posix() for path in carried
    }
    assert behind == set()


@EACH
def test_data_files_lie_where_the_code_looks_for_them(bundle):
    assert [place for path, place in bundle.data_files() if path.parent != ROOT / place] == []


def test_what_runs_in_the_students_own_python_is_carried_as_plain_files():
    guard = {path.name for path in (ROOT / "student_app" / "running" / "guard").glob("*.py")}
    assert guard <= {path.name for path, _ in STUDENT.data_files()}


@EACH
def test_start_scripts_are_there_and_compile(bundle):
    for program in bundle.programs:
        script = BASE / "start" / program.script
        compile(script.read_text(encoding="utf-8"), str(script), "exec")


def test_examdesk_of_the_bundle_starts_only_what_examdesk_starts_itself():
    own = runpy.run_path(str(BASE / "start" / "command.py"))["OWN"]
    called = set()
    for path in (ROOT / "examdesk").rglob("*.py"):
        called |= set(re.findall(r"\bpython\(\s*\"([\w.]+)\"", path.read_text(encoding="utf-8")))
    assert called <= set(own)


def test_the_instructors_window_finds_examdesk_beside_itself():
    assert [program.name for program in INSTRUCTOR.programs] == ["examdesk-instructor", "examdesk"]


@pytest.mark.parametrize("platform", ["win32", "darwin"])
@EACH
def test_icons_are_there_for_systems_that_keep_them_in_the_program(bundle, platform):
    begin = {"win32": b"\x00\x00\x01\x00", "darwin": b"icns"}[platform]
    assert Path(bundle_spec.icon(bundle, platform)).read_bytes().startswith(begin)


@EACH
def test_icon_is_a_picture(bundle):
    picture = ET.parse(BASE / "icons" / f"{bundle.name}.svg").getroot()
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    assert picture.get("viewBox") == "0 0 64 64"


@EACH
def test_desktop_file_starts_the_program_with_its_icon(bundle):
    lines = (BASE / "linux" / f"{bundle.name}.desktop").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "[Desktop Entry]"
    entries = dict(line.split("=", 1) for line in lines[1:])
    assert entries["Type"] == "Application"
    assert entries["Name"] == bundle.title
    assert entries["Exec"] == f"/usr/bin/{bundle.name}"
    assert entries["Icon"] == bundle.name
    assert entries["Categories"].endswith(";")


@EACH
@pytest.mark.skipif(shutil.which("desktop-file-validate") is None, reason="desktop-file-utils is not installed")
def test_desktop_file_holds_to_the_specification(bundle):
    file = BASE / "linux" / f"{bundle.name}.desktop"
    said = subprocess.run(["desktop-file-validate", file], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout) == (0, "")


def test_version_is_that_of_the_project():
    assert re.fullmatch(r"\d+\.\d+\.\d+\w*", version())
