"""The ProgSnap2 dataset, read by a checker that knows nothing of ExamDesk."""

import pytest

from examdesk.exports.options import Options
from examdesk.exports.progsnap import LEFT_OUT, left_out
from shared.events import kinds
from tests.examdesk.exports import progsnap_checker
from tests.examdesk.exports.class_at_work import OUTSIDE, export, stored_class
from tests.examdesk.exports.rich_exam import rich_exam
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.support.journals import ExamInMemory


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    return stored_class(tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="module")
def handed_in(stored, tmp_path_factory):
    """Each student's files, from the other export."""
    out = tmp_path_factory.mktemp("handed-in")
    export(stored, out, {"submissions"})
    found = {}
    for row in progsnap_checker.read_with_bom(out / "submissions" / "_manifest.csv"):
        text = (out / "submissions" / row["path"]).read_bytes().decode()
        found.setdefault(row["student"], {})[f"{row['question']}/{row['file']}"] = text
    return found


@pytest.fixture(scope="module")
def rows(stored, tmp_path_factory):
    out = tmp_path_factory.mktemp("without")
    export(stored, out, {"progsnap"})
    return progsnap_checker.check(out / "progsnap2")


@pytest.fixture(scope="module")
def rows_with_outside(stored, tmp_path_factory):
    out = tmp_path_factory.mktemp("with")
    export(stored, out, {"progsnap"}, options=Options(outside_text=True))
    return progsnap_checker.check(out / "progsnap2")


def test_the_replay_comes_to_the_code_as_handed_in(rows_with_outside, handed_in):
    assert progsnap_checker.replay(rows_with_outside) == handed_in


def test_a_reader_that_knows_edits_alone_comes_to_the_same_code(rows_with_outside, handed_in):
    replayed = progsnap_checker.replay_edits_alone(rows_with_outside)
    for student, files in handed_in.items():
        assert {file: text for file, text in replayed[student].items() if text} == {f: t for f, t in files.items() if t}


def test_without_text_from_outside_the_replay_differs_in_these_characters_only(rows, handed_in):
    replayed = progsnap_checker.replay(rows)
    assert replayed.keys() == handed_in.keys()
    for student, files in handed_in.items():
        assert replayed[student].keys() == files.keys()
        for file, text in files.items():
            shown = replayed[student][file]
            assert len(shown) == len(text)
            assert all(a in (b, LEFT_OUT) for a, b in zip(shown, text, strict=True))
    assert replayed["s1"] == handed_in["s1"]


def test_text_from_outside_is_nowhere_also_after_undo_and_after_a_move(rows):
    told = "\n".join(row["InsertText"] + "\0" + row["DeleteText"] for row in rows)
    assert "solve" not in told
    assert "sum(each" not in told
    pasted = [row for row in rows if row["EditType"] == "Paste"]
    assert pasted[0]["InsertText"] == left_out(OUTSIDE)
    assert [row["InsertText"].strip("\n") for row in pasted if row["SubjectID"] == "s2"][1] == LEFT_OUT * 16


def test_a_move_goes_on_where_it_was_and_what_came_too_late_is_left_out(rows_with_outside):
    mine = [row for row in rows_with_outside if row["SubjectID"] == "s4"]
    assert [row["EventType"] for row in mine].count("Session.Start") == 2
    assert not any("too late" in row["InsertText"] for row in mine)
    assert {row["SessionID"] for row in mine} == {mine[0]["SessionID"]}


def test_a_run_is_one_row_at_its_start_with_all_that_it_said(rows):
    runs = [row for row in rows if row["EventType"] == "Run.Program" and row["SubjectID"] == "s1"]
    assert len(runs) == 1
    said = [progsnap_checker.behind(runs[0][name]) for name in progsnap_checker.URLS]
    assert (said, runs[0]["ExecutionResult"]) == (["3\n", "=6\r\n", "warning\n"], "Timeout")
    after = next(row for row in rows if row["EventType"] == "Resource.View")
    assert int(after["Order"]) == int(runs[0]["Order"]) + 1


def test_every_kind_of_change_has_its_type(rows):
    mine = [row for row in rows if row["SubjectID"] == "s1"]
    types = {row["EventType"] for row in mine}
    assert types >= {"File.Create", "File.Rename", "File.Delete", "File.Edit", "Submit", "X-Drawn"}
    assert {row["EditType"] for row in mine} >= {"GenericEdit", "Insert", "Replace", "Undo"}


def test_everything_that_is_hard_to_carry_is_in_a_dataset_that_keeps_to_the_specification(tmp_path):
    export(rich_exam(tmp_path / "records"), tmp_path / "out", {"progsnap"})
    rows = progsnap_checker.check(tmp_path / "out" / "progsnap2")
    tests = [row for row in rows if row["EventType"] == "Run.Test"]
    assert {row["TestID"] for row in tests} == {"q1/checks"}
    told = [row for row in rows if row["EventType"] == "Intervention"]
    assert not told or {row["InterventionCategory"] for row in told} == {"X-Notice"}


def test_a_run_that_never_came_to_an_end_was_interrupted(tmp_path):
    exam = ExamInMemory(62)
    student = Sitting(exam, "s1")
    student.write(kinds.RunStarted(run=1, question="q1", file="q1/main.py", files={}))
    student.seal()
    export(store(tmp_path / "records", exam, [student.journal]), tmp_path / "out", {"progsnap"})
    rows = progsnap_checker.check(tmp_path / "out" / "progsnap2")
    assert [row["ExecutionResult"] for row in rows if row["EventType"] == "Run.Program"] == ["Timeout"]
