from pathlib import Path

import pytest

from examdesk.readmodels import Answers, open_exam
from examdesk.readmodels.exam import question_views
from examdesk.readmodels.session import NotThere
from examdesk.readmodels.similarity import compare
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packing import pack
from shared.problems import InputProblem
from tests.examdesk.hub.hub_fixtures import make_exam
from tests.support.clocks import ManualClock
from tests.support.scripted import MAIN, Records, Student

OWN = (
    "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
    "    return total / len(values)\n"
)


@pytest.fixture
def exam_records(tmp_path: Path):
    folder = make_exam(tmp_path / "exam", "[desk]\nidle_minutes = 7\n")
    exam, _ = exam_or_problem(folder)
    records = Records(f"sqlite:///{tmp_path / 'r.sqlite'}", exam.id, pack(folder))
    yield records
    records.close()


def answers_of(reader: Reader, clock: ManualClock) -> Answers:
    opened = open_exam(reader)
    answers = Answers(reader, opened.exam, opened.content, clock)
    answers.live.load()
    return answers


def test_every_request_is_answered_from_the_records_alone(exam_records):
    clock = ManualClock()
    students = [Student(name, clock) for name in ("ada", "bob")]
    for student in students:
        exam_records.join(student)
        student.begin("print(1)\n")
        student.type(OWN)
        student.create("q1/second.py")
        student.type("import sys\n" + OWN.replace("total", "summe"), "q1/second.py")
        student.run("1\n")
        exam_records.hand_over(student)
    reader = exam_records.reader()
    answers = answers_of(reader, clock)
    name = students[0].session.hex()
    assert answers.live.rules.idle_ms == 7 * 60_000
    assert len(answers.table(api.GetLive()).rows) == 2
    assert [row.session for row in answers.table(api.GetLive(sessions=(name,))).rows] == [name]
    assert sum(answers.series(api.GetSeries()).runs) == 2
    assert answers.session(api.GetSession(session=name)).row.runs == 1
    assert answers.runs(api.GetRuns(session=name)).runs[0].output == "1\n"
    assert answers.text(api.GetText(session=name, file=MAIN)).text == "print(1)\n" + OWN
    assert answers.events(api.GetEvents(session=name)).total == len(students[0].entries)
    assert answers.audit(api.GetAudit()).entries == ()
    view = compare(answers.similarity_work(api.GetSimilarity(question="q1")))
    assert [pair.jaccard for pair in view.pairs] == [1.0]
    assert set(view.highest) <= {student.session.hex() for student in students}
    both = answers.side_by_side(api.GetSideBySide(a=name, b=students[1].session.hex()))
    assert len(both.regions) >= 2
    assert all(both.a_text[a:b] == both.b_text[c:d] for a, b, c, d in both.regions)
    with pytest.raises(NotThere):
        answers.side_by_side(api.GetSideBySide(a=name, b="00"))
    with pytest.raises(NotThere, match="nothing for this question"):
        answers.side_by_side(api.GetSideBySide(a=name, b=students[1].session.hex(), question="q9"))
    reader.close()


def test_the_starter_and_the_prompt_come_from_the_kept_exam(exam_records):
    reader = exam_records.reader()
    opened = open_exam(reader)
    (question,) = question_views(opened.content)
    assert (question.id, question.title, question.starters) == ("q1", "Sum", (("main.py", "print(1)\n"),))
    reader.close()


def test_records_without_the_exam_are_told(exam_records, tmp_path):
    empty = Records(f"sqlite:///{tmp_path / 'empty.sqlite'}")
    empty.sql(_delete_exam())
    reader = empty.reader()
    with pytest.raises(InputProblem, match="no exam"):
        open_exam(reader)
    reader.close()
    empty.close()


def _delete_exam():
    import sqlalchemy as sa

    from examdesk.store import schema

    return sa.delete(schema.exams)
