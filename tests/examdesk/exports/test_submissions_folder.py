"""The folder of submissions: each file as it was handed in, and a manifest that says so."""

from hashlib import sha256

import pytest

from shared.events import kinds
from tests.examdesk.exports.class_at_work import NAMES, export, stored_class
from tests.examdesk.exports.progsnap_checker import read_with_bom
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.support.journals import ExamInMemory


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    stored = stored_class(tmp_path_factory.mktemp("records"))
    out = tmp_path_factory.mktemp("out")
    made = export(stored, out, {"submissions"})
    assert sorted(path.relative_to(out).as_posix() for path in made) == sorted(
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    )
    return out / "submissions"


def test_files_keep_their_names_and_texts(folder):
    assert (folder / "s1" / "q1" / "Helper.py").read_bytes() == b"x = 1\n"
    assert "naïve 🐍".encode() in (folder / "s1" / "q1" / "main.py").read_bytes()
    assert not (folder / "s1" / "q1" / "draft.py").exists()


def test_the_manifest_names_every_file_with_its_hash_and_how_it_came(folder):
    rows = read_with_bom(folder / "_manifest.csv")
    files = {path.relative_to(folder).as_posix() for path in folder.rglob("*.py")}
    assert {row["path"] for row in rows} == files
    for row in rows:
        assert sha256((folder / row["path"]).read_bytes()).hexdigest() == row["sha256"]
    states = {row["student"]: (row["state"], row["as_signed"]) for row in rows}
    assert states == {
        "s1": ("handed in", "yes"),
        "s2": ("last saved", ""),
        "s3": ("handed in", "yes"),
        "s4": ("handed in", "yes"),
        "Ünï/.. 5": ("last saved", ""),
    }
    assert {row["name"] for row in rows} == set(NAMES.values())


def test_a_hostile_id_stays_in_the_folder(folder):
    assert all(path.resolve().is_relative_to(folder.resolve()) for path in folder.rglob("*"))
    assert len([path for path in folder.iterdir() if path.is_dir()]) == 5


def test_hostile_names_of_files_are_safe_and_distinct(tmp_path):
    exam = ExamInMemory(64)
    odd = Sitting(exam, "s1")
    names = ["../../etc/passwd", "CON.py", "a b.py", "Main.py", "main.PY", "ä.py", "x.", "sub/deep.py"]
    odd.write(*(kinds.FileCreated(file=f"q1/{name}", origin="student", text=name) for name in names))
    odd.seal()
    export(store(tmp_path / "records", exam, [odd.journal]), tmp_path / "out", {"submissions"})
    folder = tmp_path / "out" / "submissions"
    rows = [row for row in read_with_bom(folder / "_manifest.csv") if row["file"] in names]
    assert len({row["path"].casefold() for row in rows}) == len(names)
    for row in rows:
        assert (folder / row["path"]).read_text() == row["file"]
        assert ".." not in row["path"].split("/")
    assert {row["path"] for row in rows if row["file"] in ("ä.py", "a b.py", "CON.py")} <= {
        row["path"] for row in rows if row["path"].endswith(".py")
    }


def test_a_file_named_like_another_ones_folder_gets_a_place_of_its_own(tmp_path):
    exam = ExamInMemory(65)
    odd = Sitting(exam, "s1")
    names = ["q1", "q1/a", "q1/a/b.py", "q1/c/d", "q1/c", "q1/A/b.py"]
    odd.write(*(kinds.FileCreated(file=name, origin="student", text=name) for name in names))
    odd.seal()
    export(store(tmp_path / "records", exam, [odd.journal]), tmp_path / "out", {"submissions"})
    texts = {path.read_text() for path in (tmp_path / "out" / "submissions" / "s1").rglob("*") if path.is_file()}
    assert set(names) <= texts


def test_what_was_changed_after_a_hand_in_is_not_part_of_it(tmp_path):
    exam = ExamInMemory(65)
    ada = Sitting(exam, "s1")
    ada.type("a = 1\n")
    ada.hand_in()
    ada.type("a = 2\n")
    export(store(tmp_path / "records", exam, [ada.journal]), tmp_path / "out", {"submissions"})
    assert "a = 2" not in (tmp_path / "out/submissions/s1/q1/main.py").read_text()


def test_after_a_reopening_the_files_are_those_last_saved(tmp_path):
    exam = ExamInMemory(66)
    ada = Sitting(exam, "s1")
    ada.hand_in()
    ada.write(kinds.Reopened(by="staff"))
    ada.type("a = 2\n")
    export(store(tmp_path / "records", exam, [ada.journal]), tmp_path / "out", {"submissions"})
    rows = read_with_bom(tmp_path / "out/submissions/_manifest.csv")
    assert "a = 2" in (tmp_path / "out/submissions/s1/q1/main.py").read_text()
    assert {row["state"] for row in rows} == {"last saved"}
