"""The package for Debian and Ubuntu, made of a bundle that holds next to nothing."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from installers.build import carry_python
from installers.bundles import BUNDLES, INSTRUCTOR, STUDENT
from installers.debian import control, lay_out, make_package, outer_libraries

DEBIAN = pytest.mark.skipif(shutil.which("dpkg-deb") is None, reason="dpkg-deb is Debian's")
EACH = pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES)


@pytest.fixture
def folder(tmp_path):
    """Return a folder with one program, readable by its owner only."""
    made = tmp_path / "built"
    (made / "_internal").mkdir(parents=True)
    for name in ("examdesk-student", "examdesk-instructor", "examdesk"):
        (made / name).write_text("#!/bin/sh\n", encoding="utf-8")
        (made / name).chmod(0o700)
    (made / "_internal" / "sheet.css").write_text("", encoding="utf-8")
    (made / "_internal" / "sheet.css").chmod(0o600)
    return made


@EACH
def test_each_program_has_a_command_and_the_first_a_place_in_the_menu(bundle, folder, tmp_path):
    lay_out(bundle, folder, tmp_path / "tree")
    for program in bundle.programs:
        assert (tmp_path / "tree/usr/bin" / program.name).readlink() == Path(f"/opt/{bundle.name}/{program.name}")
    assert (tmp_path / f"tree/usr/share/applications/{bundle.name}.desktop").is_file()
    assert (tmp_path / f"tree/usr/share/icons/hicolor/scalable/apps/{bundle.name}.svg").is_file()


def test_both_packages_can_be_installed_on_one_computer(folder, tmp_path):
    trees = []
    for bundle in BUNDLES.values():
        lay_out(bundle, folder, tmp_path / bundle.app)
        files = (path for path in (tmp_path / bundle.app).rglob("*") if not path.is_dir())
        trees.append({path.relative_to(tmp_path / bundle.app) for path in files})
    assert trees[0] & trees[1] == set()


def test_students_package_asks_for_a_python_for_their_programs():
    assert "python3 (>= 3.10)" in control(STUDENT, "amd64", 1, ["libegl1"])
    assert "python3" not in control(INSTRUCTOR, "amd64", 1, ["libegl1"])


@DEBIAN
@EACH
def test_package_is_made_and_readable_by_everybody(bundle, folder, tmp_path):
    package = make_package(bundle, folder, tmp_path)
    shown = subprocess.run(["dpkg-deb", "--contents", package], capture_output=True, text=True, check=True).stdout
    rights = {line.split()[-1]: line.split()[:2] for line in shown.splitlines() if "->" not in line}
    assert rights[f"./opt/{bundle.name}/{bundle.name}"] == ["-rwxr-xr-x", "root/root"]
    assert rights[f"./opt/{bundle.name}/_internal/sheet.css"] == ["-rw-r--r--", "root/root"]
    fields = subprocess.run(["dpkg-deb", "--field", package], capture_output=True, text=True, check=True).stdout
    assert f"Package: {bundle.name}\n" in fields


@pytest.mark.skipif(sys.platform != "linux" or shutil.which("ldd") is None, reason="ELF programs are Linux's")
def test_libraries_that_a_bundle_takes_from_the_system_are_found(tmp_path):
    shutil.copy(shutil.which("true"), tmp_path / "program")
    outside, missing = outer_libraries(tmp_path)
    assert [path.name for path in outside if path.name.startswith("libc.so")] != []
    assert missing == set()


def test_a_carried_python_has_no_packages(tmp_path):
    base = tmp_path / "base"
    for place in ("Lib/site-packages/numpy", "Lib/json", "Lib/test", "DLLs"):
        (base / place).mkdir(parents=True)
        (base / place / "some.py").write_text("", encoding="utf-8")
    (base / "python.exe").write_bytes(b"MZ")
    (tmp_path / "python" / "left from the last build").mkdir(parents=True)
    carry_python(base, tmp_path / "python")
    left = {path.relative_to(tmp_path / "python").as_posix() for path in (tmp_path / "python").rglob("*")}
    assert left == {"python.exe", "Lib", "Lib/json", "Lib/json/some.py", "DLLs", "DLLs/some.py"}
