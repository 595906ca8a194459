"""Every export is there whole or not at all: when it is stopped, and when the disk is full."""

import contextlib
import os
import subprocess
import sys

import pytest

from examdesk.exports.everything import KINDS
from examdesk.exports.options import Options
from examdesk.exports.planning import plan
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.exports.writing import Cancelled, replace_file
from shared.problems import EnvironmentProblem
from tests.examdesk.exports.class_at_work import export, stored_class

can_mount = sys.platform == "linux" and os.geteuid() == 0


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


@pytest.mark.parametrize("kind", KINDS)
def test_a_stopped_export_leaves_nothing_behind(stored, tmp_path, kind):
    told = []
    export(stored, tmp_path / "whole", {kind}, progress=lambda *said: told.append(said))
    for share in (1, len(told) // 2, len(told) - 1):
        asked = []
        with pytest.raises(Cancelled):
            export(stored, tmp_path / "out", {kind}, cancelled=lambda: asked.append(1) or len(asked) > share)  # noqa: B023
        assert list((tmp_path / "out").iterdir()) == []


@contextlib.contextmanager
def small_disk(folder, size):
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", str(folder)], check=False)
    if done.returncode:
        pytest.skip("this system lets nobody mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


@pytest.mark.skipif(not can_mount, reason="needs root to mount a small disk")
def test_a_full_disk_leaves_nothing_and_is_named(stored, tmp_path):
    with small_disk(tmp_path / "disk", "8k") as disk:
        for kind in ("events", "workbook", "report-pdf", "student-pdfs", "submissions", "progsnap", "bundle"):
            with pytest.raises(EnvironmentProblem, match="is full"):
                export(stored, disk / "out", {kind})
            assert list((disk / "out").iterdir()) == [], kind


@pytest.mark.skipif(not can_mount, reason="needs root to mount a small disk")
def test_an_earlier_export_stays_when_the_disk_is_full(stored, tmp_path):
    with small_disk(tmp_path / "disk", "48k") as disk:
        export(stored, disk, {"canvas", "moodle"})
        before = {path.name: path.read_bytes() for path in disk.iterdir()}
        with pytest.raises(EnvironmentProblem):
            export(stored, disk, {"canvas", "moodle", "report-pdf"})
        assert {path.name: path.read_bytes() for path in disk.iterdir()} == before


def test_a_file_that_can_not_be_replaced_stays(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(EnvironmentProblem, match="as it was before"):
        replace_file(tmp_path / "folder", b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


# -- the preview


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_names_what_is_made_and_makes_nothing(stored, tmp_path, kind):
    reader = stored.reader()
    names = None if kind == "bundle" else Pseudonyms(b"k" * 16)
    planned = plan(reader, stored.exam.id, {kind}, Options(names=names))
    reader.close()
    made = export(stored, tmp_path, {kind}, options=Options(names=names and Pseudonyms(b"k" * 16)))
    paths = {path.relative_to(tmp_path).as_posix() for path in made}
    named = {each.path for each in planned if not each.path.endswith("…")}
    folders = tuple(each.path.removesuffix("…") for each in planned if each.path.endswith("…"))
    assert named <= paths
    assert all(path in named or path.startswith(folders) for path in paths)
