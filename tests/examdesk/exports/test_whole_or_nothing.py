"""Every export is there whole or not at all: when it is stopped, and when the disk is full."""

import contextlib
import csv
import os
import subprocess
import sys

import pytest

from examdesk.exports.kinds import KINDS
from examdesk.exports.options import Chosen, Options
from examdesk.exports.planning import plan, plan_kinds
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.exports.writing import Cancelled, replace_file
from examdesk.staffapi.whole import SCRATCH, whole
from shared.problems import EnvironmentProblem, InputProblem
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
        for kind in KINDS:
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


KILLED = """
import sys, pathlib
from examdesk.staffapi.whole import whole
with whole(pathlib.Path(sys.argv[1])) as files:
    (files / "half.csv").write_text("half")
    print("in the middle", flush=True)
    sys.stdin.read()
"""


def test_what_a_killed_export_left_goes_at_the_next_one_and_what_still_runs_stays(tmp_path):
    out = tmp_path / "out"
    argv = [sys.executable, "-c", KILLED, str(out)]
    with (
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as killed,
        subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running,
    ):
        assert [each.stdout.readline() for each in (killed, running)] == ["in the middle\n"] * 2
        killed.kill()
        killed.wait()
        begun_just_now = out / f"{SCRATCH}begun just now"
        begun_just_now.mkdir()
        (begun_just_now / "in-use").touch()
        with whole(out) as files:
            (files / "whole.csv").write_text("whole")
        assert sorted(path.name for path in out.iterdir() if not path.name.startswith(SCRATCH)) == ["whole.csv"]
        assert len([path for path in out.iterdir() if path.name.startswith(SCRATCH)]) == 2
        running.communicate("")
    assert running.returncode == 0
    assert (out / "half.csv").read_text() == "half"
    assert [path for path in out.iterdir() if path.name.startswith(SCRATCH)] == [begun_just_now]


def test_a_selection_is_of_these_students_in_every_export(stored, tmp_path):
    chosen = Chosen(students=frozenset({"s2", "s3"}))
    kinds = set(KINDS) - {"bundle"}
    export(stored, tmp_path / "out", kinds, options=Options(chosen=chosen))
    assert sorted(path.stem for path in (tmp_path / "out/sessions").iterdir()) == ["s2", "s3"]
    with (tmp_path / "out/events.csv").open(encoding="utf-8-sig", newline="") as file:
        assert {row["student"] for row in csv.DictReader(file)} == {"s2", "s3"}
    report = (tmp_path / "out/integrity-report.html").read_text(encoding="utf-8")
    assert "only 2 chosen students" in report
    assert 'id="s4"' not in report
    canvas = (tmp_path / "out/gradebook-canvas.csv").read_text(encoding="utf-8-sig")
    assert "s2" in canvas
    assert "s4" not in canvas


@pytest.mark.parametrize(
    ("chosen", "words"),
    [
        (Chosen(students=frozenset({"nobody"})), "no student nobody"),
        (Chosen(sections=frozenset({"Z"})), "no section Z"),
    ],
)
def test_a_selection_of_nobody_is_refused(stored, tmp_path, chosen, words):
    with pytest.raises(InputProblem, match=words):
        export(stored, tmp_path / "out", {"events"}, options=Options(chosen=chosen))
    assert not (tmp_path / "out").exists()


def test_a_bundle_is_of_the_whole_exam_or_not_at_all(stored, tmp_path):
    with pytest.raises(InputProblem, match="whole exam"):
        export(stored, tmp_path / "out", {"bundle"}, options=Options(chosen=Chosen(students=frozenset({"s2"}))))


def test_the_plan_says_for_each_kind_what_comes_or_why_not(stored):
    reader = stored.reader()
    names = Pseudonyms(b"k" * 16)
    found = plan_kinds(reader, stored.exam.id, Options(names=names, chosen=Chosen(students=frozenset({"s2"}))))
    whole_class = plan_kinds(reader, stored.exam.id, Options(redact=frozenset({"code"})))
    reader.close()
    by_kind = {each.kind: each for each in found.kinds}
    assert set(by_kind) == set(KINDS)
    assert (found.students, found.sessions) == (1, 1)
    assert by_kind["sessions"].names == (f"sessions/{names.of('s2')}.json",)
    assert "pseudonyms" in by_kind["bundle"].refused
    assert by_kind["events"].bytes > 0
    assert {each.kind for each in whole_class.kinds if not each.refused} == {"events", "bundle"}
