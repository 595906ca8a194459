import tomllib
from uuid import UUID

import pytest

from shared.exam import arranging, question_edits
from shared.exam.drafting import ChangedOutside, Draft
from shared.exam.reading import EXAM_FILE
from shared.exam.template import new_exam
from shared.problems import InputProblem


@pytest.fixture
def draft(tmp_path):
    for path, text in new_exam(UUID(int=1), title="t").items():
        where = tmp_path / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)
    return Draft(tmp_path)


def tree(draft):
    return {path: where.read_bytes() for path, where in draft.read().scan.files.items()}


def ids(draft):
    return list(question_edits.question_places(tomllib.loads(draft.text_of(EXAM_FILE))))


QUESTIONS = ("zones", 0, "questions")


def test_every_step_can_be_taken_back_and_done_again(draft):
    start = tree(draft)
    new, files = question_edits.new_question(draft, "Matrix: über alles", QUESTIONS, 1)
    draft.write(files, "new question")
    assert ids(draft) == ["weather-station", "matrix-ber-alles", "parking-meter"]
    copy, files = question_edits.copied_question(draft, "weather-station")
    draft.write(files, "copy")
    assert copy == "weather-station-2"
    _, files = question_edits.renamed_question(draft, "parking-meter", "Meter")
    draft.write(files, "rename")
    draft.write(question_edits.removed_question(draft, new), "remove")
    assert ids(draft) == ["weather-station", "weather-station-2", "Meter"]
    assert draft.read().sound
    assert not (draft.folder / "questions" / "parking-meter").exists()
    after = tree(draft)
    labels = []
    while (step := draft.undo()) is not None:
        labels.append(step.label)
    assert labels == ["remove", "rename", "copy", "new question"]
    assert tree(draft) == start
    while draft.redo() is not None:
        pass
    assert tree(draft) == after


def test_a_file_that_another_program_changed_is_not_written_over(draft):
    where = draft.folder / EXAM_FILE
    where.write_text(where.read_text() + "# by hand\n")
    with pytest.raises(ChangedOutside, match="another program"):
        draft.write_text(EXAM_FILE, "", "change")
    assert draft.look() == {EXAM_FILE}
    assert draft.look() == frozenset()
    draft.write_text(EXAM_FILE, where.read_text() + "# mine\n", "change")
    where.write_text("gone = true")
    with pytest.raises(ChangedOutside):
        draft.undo()
    assert where.read_text() == "gone = true"
    assert draft.undo_label == "change"


def test_typing_joins_one_step(draft):
    path = "questions/parking-meter/question.md"
    before = draft.text_of(path)
    for text in ("# a", "# ab", "# abc"):
        assert draft.write_text(path, text, "text", joins=True)
    assert not draft.write_text(path, "# abc", "text", joins=True)
    draft.undo()
    assert draft.text_of(path) == before
    assert draft.undo_label == ""


@pytest.mark.parametrize("name", ["", "a b", "-x", "weather-station", "WEATHER-STATION", "x" * 65, "ä"])
def test_a_name_that_no_folder_can_have_is_refused_with_its_reason(draft, name):
    with pytest.raises(InputProblem):
        question_edits.renamed_question(draft, "parking-meter", name)


def test_names_of_files_stay_in_the_folder(draft):
    with pytest.raises(InputProblem, match="leads out"):
        draft.write({"../x": b""}, "no")


def test_questions_become_alternatives_and_questions_again(draft):
    source = question_edits.grouped(draft.text_of(EXAM_FILE), (*QUESTIONS, 0), 1)
    draft.write_text(EXAM_FILE, source, "group")
    group = arranging.value_at(tomllib.loads(source), (*QUESTIONS, 0))
    assert [each["id"] for each in group["alternatives"]] == ["weather-station", "parking-meter"]
    assert draft.read().sound
    again = question_edits.ungrouped(source, (*QUESTIONS, 0))
    draft.write_text(EXAM_FILE, again, "ungroup")
    assert ids(draft) == ["weather-station", "parking-meter"]
    draft.write_text(EXAM_FILE, source, "group")
    draft.write(question_edits.removed_question(draft, "weather-station"), "remove")
    draft.write(question_edits.removed_question(draft, "parking-meter"), "remove")
    assert ids(draft) == []


def test_a_folder_without_an_exam_file_is_said_and_not_a_crash(draft):
    (draft.folder / EXAM_FILE).unlink()
    assert draft.look() == {EXAM_FILE}
    read = draft.read()
    assert not read.sound
    assert "not there any more" in read.findings[0].sentence


@pytest.mark.parametrize("position", [0, 1, 2, 3])
def test_a_group_goes_with_its_last_alternative_wherever_that_is_put(position):
    source = 'zones = [{ questions = ["a", { number_choose = 1, alternatives = [{ id = "g" }] }, "b"] }]\n'
    text = question_edits.moved(source, (*QUESTIONS, 1, "alternatives", 0), QUESTIONS, position)
    wanted = ["a", "b"]
    wanted.insert(position if position < 2 else position - 1, "g")
    assert [question_edits.id_in(each) for each in tomllib.loads(text)["zones"][0]["questions"]] == wanted


def test_a_question_joins_a_group_and_a_group_of_another_zone_loses_it():
    source = 'zones = [{ questions = [{ alternatives = [{ id = "g" }, { id = "h" }] }] }, { questions = ["a", "b"] }]\n'
    text = question_edits.moved(source, ("zones", 1, "questions", 0), (*QUESTIONS, 0, "alternatives"), 1)
    assert list(question_edits.question_places(tomllib.loads(text))) == ["g", "a", "h", "b"]
    text = question_edits.moved(text, (*QUESTIONS, 0, "alternatives", 2), ("zones", 1, "questions"), 1)
    assert list(question_edits.question_places(tomllib.loads(text))) == ["g", "a", "b", "h"]
