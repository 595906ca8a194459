"""Folders get whole files or none, previews tell the truth, and a selection holds in every export."""

import csv
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from examdesk.exports.kinds import KINDS
from examdesk.exports.options import Chosen, Options
from examdesk.exports.planning import plan, plan_kinds
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.staffapi.whole import SCRATCH, whole
from shared.problems import InputProblem
from tests.examdesk.exports.class_at_work import export, stored_class


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


# -- the preview


@pytest.mark.parametrize("kind", KINDS)
def test_the_preview_names_what_is_made_and_makes_nothing(stored, tmp_path, kind):
    reader = stored.reader()
    names = Pseudonyms(b"k" * 16)
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
        for begun in ("killed before it had its lock", "killed before it made one"):
            (out / f"{SCRATCH}{begun}").mkdir()
        (out / f"{SCRATCH}killed before it had its lock" / "in-use").touch()
        with whole(out) as files:
            (files / "whole.csv").write_text("whole")
        assert sorted(path.name for path in out.iterdir() if not path.name.startswith(SCRATCH)) == ["whole.csv"]
        assert len([path for path in out.iterdir() if path.name.startswith(SCRATCH)]) == 1
        running.communicate("")
    assert running.returncode == 0
    assert (out / "half.csv").read_text() == "half"
    assert sorted(path.name for path in out.iterdir()) == ["half.csv", "whole.csv"]


def test_exports_that_begin_at_the_same_moment_in_one_folder_do_not_take_each_others_files(tmp_path):
    def write(number):
        for _ in range(20):
            with whole(tmp_path) as files:
                (files / f"{number}.csv").write_text(str(number))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(8)))
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {f"{n}.csv": str(n) for n in range(8)}


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
    assert "holds the whole exam" in by_kind["bundle"].refused
    assert by_kind["events"].bytes > 0
    assert {each.kind for each in whole_class.kinds if not each.refused} == {"events", "bundle"}
