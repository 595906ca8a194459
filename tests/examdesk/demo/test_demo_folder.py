"""What a demonstration is made of: its exam, its class, its programs, and the folder that it fills."""

import ast
import csv
import json
import os
import string

import pytest

from examdesk.demo.folder import MARK, SECTIONS, class_names, student_id, take_folder, write_class, write_exam
from examdesk.demo.questions import ORDER, copied_from, program, read_question
from examdesk.demo.records import Confirmed, Kept
from examdesk.demo.script import script
from examdesk.rosters.preview import Outcome, preview
from examdesk.rosters.roster import Roster
from shared.exam.exam_folder import check_source
from shared.problems import InputProblem
from student_app.headless.script import read_script

CLASS = 64


@pytest.fixture
def questions():
    return [read_question(name) for name in ORDER]


class Anonymous(ast.NodeTransformer):
    """Calls every name the same."""

    def visit_Name(self, node):
        return ast.Name(id="x", ctx=node.ctx)

    def visit_arg(self, node):
        return ast.arg(arg="x")


def shape(source: str) -> str:
    return ast.dump(Anonymous().visit(ast.parse(source)))


def test_every_student_types_a_program_that_python_can_read(questions):
    for question in questions:
        for number in range(CLASS):
            text = program(question, number)
            assert text.startswith(question.starter)
            assert "$" not in text
            ast.parse(text)


def test_students_of_one_class_type_different_programs(questions):
    for question in questions:
        assert len({program(question, number) for number in range(24)}) > 18


def test_some_hand_in_another_students_program_with_names_of_their_own(questions):
    copies = [number for number in range(CLASS) if copied_from(number) is not None]
    assert len(copies) == CLASS // 8
    for question in questions:
        for number in copies:
            assert shape(program(question, number)) == shape(program(question, copied_from(number)))
        assert any(program(question, number) != program(question, copied_from(number)) for number in copies)


def test_every_demonstration_types_the_same(questions):
    assert [program(one, 5) for one in questions] == [program(read_question(name), 5) for name in ORDER]


def test_the_exam_has_no_mistakes(tmp_path, chance):
    folder = take_folder(tmp_path / "demo")
    write_exam(folder, chance)
    assert check_source(folder.exam, (folder.exam / "exam.toml").read_text("utf-8")) == []


@pytest.mark.parametrize("desks", [1, 2, 24, 300])
def test_the_class_list_is_imported_without_a_doubt(tmp_path, chance, desks):
    folder = take_folder(tmp_path / "demo")
    write_class(folder, write_exam(folder, chance), desks)
    shown = preview(folder.roster, Roster())
    assert [row.outcome for row in shown.rows] == [Outcome.ADDED] * desks
    with folder.roster.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["Section"] for row in rows} == set(SECTIONS[: min(desks, 2)])
    assert len({row["Name"] for row in rows}) == desks == len(set(class_names(desks)))
    assert [row["Student ID"] for row in rows] == [student_id(number) for number in range(desks)]
    assert len(list((folder.programs / "rain").iterdir())) == desks


def test_the_script_of_the_lonely_desk_types_its_programs_and_hands_in(tmp_path, questions):
    path = tmp_path / "script.jsonl"
    path.write_bytes(script(questions, 3, 600))
    steps = read_script(path, print)
    times = [step.at_ms for step in steps]
    assert times == sorted(times)
    kinds = [type(step).__name__ for step in steps]
    assert kinds[-1] == "Submit"
    assert {"Hand", "Focus", "Run", "View"} <= set(kinds)
    typed = {}
    for step in steps:
        if type(step).__name__ == "Insert":
            typed[step.file] = typed.get(step.file, "") + step.text
    for question in questions:
        assert question.starter + typed[f"{question.id}/main.py"] == program(question, 3)


def test_a_former_demonstration_is_replaced_and_what_others_put_there_stays(tmp_path):
    folder = take_folder(tmp_path / "demo")
    (folder.exports / "old.csv").write_text("old")
    (folder.root / "my notes.txt").write_text("mine")
    again = take_folder(tmp_path / "demo")
    assert list(again.exports.iterdir()) == []
    assert (again.root / "my notes.txt").read_text() == "mine"


def test_a_folder_of_somebody_elses_is_left_alone(tmp_path):
    (tmp_path / "thesis.docx").write_text("years of work")
    with pytest.raises(InputProblem, match="left alone"):
        take_folder(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_folder(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(InputProblem, match="is a file"):
        take_folder(tmp_path / "file")


def test_a_stale_hub_file_is_no_running_demonstration(tmp_path):
    folder = take_folder(tmp_path / "demo")
    folder.hub.mkdir()
    mine = {"port": 1, "fingerprint": "", "token": "", "pid": os.getpid()}
    (folder.hub / "hub.json").write_text(json.dumps(mine))
    take_folder(tmp_path / "demo")
    assert (tmp_path / "demo" / MARK).is_file()


def test_what_was_confirmed_is_counted_from_desks_and_from_the_class():
    confirmed = Confirmed()
    confirmed.heard({"confirmed": "journal", "journal": "aa", "up_to": 4})
    confirmed.heard({"confirmed": "journal", "journal": "aa", "up_to": 9})
    confirmed.heard({"confirmed": "receipt", "journal": "aa", "up_to": 30})
    confirmed.heard(
        {"summary": {"journals": {"bb": {"confirmed": 99}, "aa": {"confirmed": 7}, "cc": {"confirmed": -1}}}}
    )
    assert confirmed.last == {"aa": 9, "bb": 99, "cc": -1}
    assert confirmed.events == 110


def test_what_the_hub_does_not_have_is_lost_whatever_else_it_has():
    confirmed = Confirmed()
    confirmed.last.update(aa=9, bb=99)
    assert Kept({"aa": 10, "bb": 100}).lacks_of(confirmed) == 0
    assert Kept({"aa": 50, "bb": 97}).lacks_of(confirmed) == 3
    assert Kept({"aa": 10}).lacks_of(confirmed) == 100


def test_each_way_of_a_question_names_only_things_that_the_question_knows(questions):
    for question in questions:
        for part in question.parts:
            for way in part:
                assert set(string.Template(way).get_identifiers()) <= set(question.names)
