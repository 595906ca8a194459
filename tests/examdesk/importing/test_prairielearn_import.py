"""PrairieLearn assessments to exam folders: what maps, what is named, and what hostile files do (nothing)."""

import argparse
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.cli import exam as command
from examdesk.importing.prairielearn.importing import import_assessment, write_exam
from examdesk.importing.prairielearn.markdown import to_markdown
from shared.exam.document import Alternatives
from shared.exam.exam_folder import read_exam
from shared.exam.findings import has_errors
from shared.exam.moments import moment_ms
from shared.problems import EnvironmentProblem, InputProblem
from tests.support.clocks import SeededChance

UUID_TEXT = "0a6f2b7e-53a7-4c0e-9d7e-0d5a2f1c9b11"


def course(folder: Path, assessment: dict | str, **files: str | bytes) -> Path:
    """Make a course with one assessment and these files; returns the assessment's folder."""
    where = folder / "course/courseInstances/Fall/assessments/exam/mid"
    where.mkdir(parents=True)
    (folder / "course/infoCourse.json").write_text('{"name": "CS 9", "title": "Programs"}')
    text = assessment if isinstance(assessment, str) else json.dumps(assessment)
    (where / "infoAssessment.json").write_text(text)
    for name, content in files.items():
        path = folder / "course" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return where


def mid(**fields) -> dict:
    zones = [{"questions": [{"id": "loops/sum", "autoPoints": 5}]}]
    return {"uuid": UUID_TEXT, "type": "Exam", "title": "Mid", "set": "Exam", "number": "3", "zones": zones, **fields}


def imported(tmp_path: Path, assessment: dict | str, **files: str | bytes):
    """Import, write, check; returns the exam, the folder and what was not mapped, by field name."""
    made = import_assessment(course(tmp_path, assessment, **files), SeededChance("import"))
    findings = write_exam(made, tmp_path / "exam")
    assert not has_errors(findings), findings
    exam, again = read_exam(tmp_path / "exam")
    assert again == findings
    return exam, tmp_path / "exam", {each.field: each.reason for each in made.report.not_mapped}


def test_identity_rules_and_honor_code_are_mapped(tmp_path):
    exam, _, left = imported(
        tmp_path,
        mid(
            module="Loops",
            shuffleQuestions=False,
            multipleInstance=True,
            autoClose=False,
            allowIssueReporting=False,
            allowPersonalNotes=False,
            allowRealTimeGrading=False,
            requireHonorCode=False,
            gradeRateMinutes=2.5,
            advanceScorePerc=40,
            maxPoints=50,
            maxBonusPoints=5,
            constantQuestionValue=True,
            mystery={"deep": {"er": 1}},
        ),
    )
    assert (str(exam.uuid), exam.long_name, exam.module, exam.course) == (UUID_TEXT, "Exam 3: Mid", "Loops", "CS 9")
    assert (exam.shuffle, exam.practice, exam.advance_score, exam.honor_code.mode) == (False, True, 40, "off")
    assert (exam.desk.auto_close, exam.desk.issue_reporting, exam.desk.notes) == (False, False, False)
    assert (exam.checks.show_results, exam.checks.minutes_between, exam.checks.enabled) == (False, 3, False)
    assert {"maxPoints", "maxBonusPoints", "constantQuestionValue", "mystery.deep.er"} <= left.keys()


def test_homework_keeps_its_order_and_asks_for_no_honor_code(tmp_path):
    exam, _, _ = imported(tmp_path, mid(type="Homework"))
    assert (exam.shuffle, exam.honor_code.mode) == (False, "off")


def test_an_own_honor_code_is_taken(tmp_path):
    exam, _, left = imported(tmp_path, mid(honorCode="I, {{user_name}}, work alone."))
    assert (exam.honor_code.mode, exam.honor_code.text) == ("own", "I, {{user_name}}, work alone.")
    assert "{{user_name}}" in left["honorCode"]


def test_zones_alternatives_and_points_in_all_their_forms(tmp_path):
    zones = [
        {
            "title": "Easy",
            "comment": "warm up",
            "maxPoints": 12,
            "bestQuestions": 1,
            "gradeRateMinutes": 4,
            "canSubmit": ["Recorder"],
            "questions": [
                {"id": "a", "autoPoints": [10, 5, 2.5], "manualPoints": 3, "advanceScorePerc": 50},
                {"id": "b", "points": 4, "gradeRateMinutes": 0, "triesPerVariant": 2, "maxAutoPoints": 9},
            ],
        },
        {
            "questions": [
                {
                    "numberChoose": 2,
                    "points": [6, 3],
                    "manualPoints": 1,
                    "alternatives": [{"id": "c", "points": 8}, {"id": "d"}],
                }
            ]
        },
        {"numberChoose": 1, "questions": [{"id": "e"}, {"id": "f"}]},
    ]
    exam, folder, left = imported(tmp_path, mid(zones=zones))
    a, b = exam.zones[0].questions
    assert (a.points, a.manual_points, a.minutes_between, a.advance_score) == ((10, 5, 2.5), 3, 4, 50)
    assert (b.points, b.minutes_between) == ((4,), 0)
    assert (exam.zones[0].max_points, exam.zones[0].best_questions, exam.zones[0].can_submit) == (12, 1, ("Recorder",))
    group, drawn = exam.zones[1].questions[0], exam.zones[2].questions[0]
    assert isinstance(group, Alternatives)
    assert (group.number_choose, group.points, [each.points for each in group.alternatives]) == (2, (6, 3), [(8,), ()])
    assert [each.manual_points for each in group.alternatives] == [1, 1]
    assert (drawn.number_choose, [each.id for each in drawn.alternatives]) == (1, ["e", "f"])
    assert {"zones[1].questions[2].triesPerVariant", "zones[1].questions[2].maxAutoPoints"} <= left.keys()
    assert "# comment: warm up" in (folder / "exam.toml").read_text()


def test_a_question_twice_too_many_choices_and_an_empty_zone_are_named(tmp_path):
    zones = [
        {"questions": [{"id": "a"}, {"id": "a"}, {"numberChoose": 5, "alternatives": [{"id": "x/y"}, {"id": "x-y"}]}]},
        {"questions": []},
        {"bestQuestions": 9, "questions": [{"id": "z"}, "no", {"points": 1}]},
    ]
    exam, _, left = imported(tmp_path, mid(zones=zones))
    assert [question.id for question in exam.questions()] == ["a", "x-y", "x-y-2", "z"]
    names = {"zones[1].questions[2].id", "zones[1].questions[3].numberChoose", "zones[2]", "zones[3].bestQuestions"}
    assert names | {"zones[3].questions[2]", "zones[3].questions[3].id", "zones[3].questions[3].points"} <= left.keys()


def test_without_questions_there_is_one_to_begin_with(tmp_path):
    exam, _, left = imported(tmp_path, mid(zones=[]))
    assert ([each.id for each in exam.questions()], exam.draft) == (["first-question"], True)
    assert "zones" in left


ACCESS = [
    {
        "uids": ["s1@example.com"],
        "mode": "Public",
        "credit": 100,
        "startDate": "2020-04-20T11:00:00",
        "endDate": "2020-04-20T12:40:00",
        "timeLimitMin": 90,
        "showClosedAssessment": False,
    },
    {"mode": "Public", "startDate": "2020-04-20T11:00:00", "endDate": "2020-04-20T12:05:00", "timeLimitMin": 60},
    {"active": False, "showClosedAssessment": False, "password": "hush", "showClosedAssessmentScore": False},
]


def test_access_rules_become_the_schedule_and_rules_in_order(tmp_path):
    exam, _, left = imported(tmp_path, mid(allowAccess=ACCESS))
    assert (exam.schedule.start.isoformat(), exam.schedule.duration) == ("2020-04-20T11:00:00", 60)
    extra, general, refused = exam.access
    assert (extra.students, extra.minutes, extra.show_after_end) == (("s1@example.com",), 90, False)
    assert (general.opens, general.closes, general.minutes, general.show_after_end) == (None, None, None, True)
    assert not refused.active
    assert {"allowAccess[1].mode", "allowAccess[1].credit", "allowAccess[3].password"} <= left.keys()
    assert "allowAccess[3].showClosedAssessmentScore" in left


def test_times_are_those_of_the_courses_zone(tmp_path):
    where = course(tmp_path, mid(allowAccess=ACCESS))
    (where.parents[2] / "infoCourseInstance.json").write_text('{"longName": "Fall", "timezone": "America/Chicago"}')
    write_exam(import_assessment(where, SeededChance("zone")), tmp_path / "exam")
    exam, _ = read_exam(tmp_path / "exam")
    assert moment_ms(exam.schedule.start) == 1_587_398_400_000


def test_the_newer_access_control_is_mapped_with_those_who_differ_first(tmp_path):
    control = [
        {
            "dateControl": {
                "release": {"date": "2030-01-01T00:00:01"},
                "due": {"date": "2030-01-01T23:59:59"},
                "lateDeadlines": [{"date": "2030-01-02T00:00:00", "credit": 50}],
                "durationMinutes": 50,
            },
            "afterComplete": {"questions": {"hidden": True, "visibleFromDate": "2030-01-04T00:00:01"}},
            "integrations": {"prairieTest": {"exams": [{"examUuid": UUID_TEXT}]}},
        },
        {"labels": ["extended"], "dateControl": {"durationMinutes": 75}},
    ]
    exam, _, left = imported(tmp_path, mid(accessControl=control))
    first, everyone = exam.access
    assert (first.tags, first.minutes, everyone.show_after_end, exam.schedule.duration) == (
        ("extended",),
        75,
        False,
        50,
    )
    assert {
        "accessControl[1].dateControl.lateDeadlines[1].credit",
        "accessControl[1].afterComplete.questions.visibleFromDate",
        "accessControl[1].integrations.prairieTest.exams[1].examUuid",
    } <= left.keys()


def test_rules_of_prairietest_stand_behind_those_that_name_students(tmp_path):
    rules = [{"mode": "Exam", "examUuid": UUID_TEXT}, {"uids": ["late@example.com"], "timeLimitMin": 90}]
    exam, _, left = imported(tmp_path, mid(allowAccess=rules))
    assert [rule.students for rule in exam.access] == [("late@example.com",), ()]
    assert "allowAccess[1].examUuid" in left


def test_without_a_rule_nobody_gets_in_so_it_is_a_draft(tmp_path):
    exam, _, left = imported(tmp_path, mid())
    assert exam.draft
    assert "allowAccess" in left


@pytest.mark.parametrize("newer", [False, True])
def test_groups_of_both_kinds_are_mapped(tmp_path, newer):
    older_fields = {
        "groupWork": True,
        "groupMinSize": 2,
        "groupMaxSize": 4,
        "studentGroupCreate": True,
        "groupRoles": [{"name": "Manager", "minimum": 1, "maximum": 1, "canAssignRoles": True}, {"name": "Recorder"}],
        "canView": ["Manager", "Recorder"],
    }
    newer_fields = {
        "groups": {
            "minMembers": 2,
            "maxMembers": 4,
            "studentPermissions": {"canCreateGroup": True},
            "roles": [{"name": "Manager", "minMembers": 1, "maxMembers": 1}, {"name": "Recorder"}],
            "rolePermissions": {"canAssignRoles": ["Manager"], "canView": ["Manager", "Recorder"]},
        }
    }
    zones = [{"questions": [{"id": "a", "canView": None, "canSubmit": []}]}]
    exam, _, _ = imported(tmp_path, mid(zones=zones, **(newer_fields if newer else older_fields)))
    groups = exam.groups
    assert (groups.enabled, groups.min_size, groups.max_size, groups.student_create) == (True, 2, 4, True)
    assert [(role.name, role.minimum, role.can_assign_roles) for role in groups.roles] == [
        ("Manager", 1, True),
        ("Recorder", 0, False),
    ]
    (question,) = exam.questions()
    assert (exam.can_view, question.can_view, question.can_submit) == (("Manager", "Recorder"),) * 2 + ((),)


HTML = """<pl-question-panel><p>Write <code>total(n)</code>, as in <b>{{params.x}}</b>.</p>
<pl-figure file-name="sum.png"></pl-figure><pl-number-input answers-name="y"></pl-number-input></pl-question-panel>
<pl-file-editor file-name="total.py" source-file-name="start.py"></pl-file-editor>
<pl-answer-panel>55</pl-answer-panel>"""


def test_a_question_is_taken_with_text_starter_pictures_and_data(tmp_path):
    at = "questions/loops/sum/"
    files = {
        "info.json": '{"title": "Sum", "topic": "Loops", "tags": ["easy"], "gradingMethod": "External", "type": "v3"}',
        "question.html": HTML,
        "start.py": "def total(n):\n    ...\n",
        "server.py": "import os\n",
        "tests/test.py": "pass\n",
        "clientFilesQuestion/sum.png": b"\x89PNG",
        "clientFilesQuestion/numbers.csv": "1,2\n",
        "workspace/helper.py": "# helps\n",
        "workspace/table.bin": b"\xff\x00",
    }
    exam, folder, left = imported(tmp_path, mid(), **{at + name: content for name, content in files.items()})
    question = folder / "questions/loops-sum"
    text = (question / "question.md").read_text()
    assert text.startswith("# Sum\n\nWrite `total(n)`, as in **{{params.x}}**.")
    assert "![](images/sum.png)" in text
    assert "55" not in text
    assert (question / "starter/total.py").read_text() == files["start.py"]
    assert sorted(each.name for each in (question / "starter").iterdir()) == ["helper.py", "total.py"]
    assert sorted(each.name for each in (question / "data").iterdir()) == ["numbers.csv", "table.bin"]
    assert exam.questions()[0].main == "total.py"
    assert "# topic: Loops" in (folder / "exam.toml").read_text()
    assert {
        "<pl-number-input>",
        "<pl-answer-panel>",
        "{{params.x}}",
        "server.py",
        "tests/test.py",
        "gradingMethod",
    } <= left.keys()


def test_points_of_a_question_graded_by_hand_are_a_persons(tmp_path):
    zones = [{"questions": [{"id": "essay", "points": 7}]}]
    info = {"questions/essay/info.json": '{"title": "Essay", "gradingMethod": "Manual"}'}
    exam, _, _ = imported(tmp_path, mid(zones=zones), **info)
    assert (exam.questions()[0].points, exam.questions()[0].manual_points) == ((), 7)


def test_text_becomes_instructions_and_linked_files_attachments(tmp_path):
    text = '<a href="<%= clientFilesAssessment %>/f.pdf">sheet</a>, <a href="{{ client_files_course }}/no.pdf">that</a>'
    at = "courseInstances/Fall/assessments/exam/mid/clientFilesAssessment/f.pdf"
    exam, folder, left = imported(tmp_path, mid(text=text), **{at: b"%PDF"})
    assert exam.attachments == ("attachments/f.pdf",)
    assert "[sheet](attachments/f.pdf)" in (folder / "instructions.md").read_text()
    assert "clientFilesCourse/no.pdf" in left["text"]


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ('{"title": "x",}', "line 1, column"),
        ("[1]", "no object"),
        ("", "not valid JSON"),
        ("[" * 100_000, "too deep"),
        ('{"a": ' * 80 + "1" + "}" * 80, "levels deep"),
        ('{"a": ' + "9" * 10_000 + "}", "can't be read"),
        ('{"x": "' + "y" * 5_000_000 + '"}', "at most"),
    ],
)
def test_what_is_no_assessment_is_a_sentence(tmp_path, source, said):
    where = course(tmp_path, source)
    with pytest.raises(InputProblem, match=said):
        import_assessment(where, SeededChance("x"))


def test_a_folder_without_an_assessment_names_those_below(tmp_path):
    course(tmp_path, mid())
    with pytest.raises(InputProblem, match="courseInstances/Fall/assessments/exam/mid"):
        import_assessment(tmp_path / "course", SeededChance("x"))


@pytest.mark.parametrize("theirs", ["../../../secret", "/etc", "a/../../../secret", "C:\\x", "con", "a\0b", "é" * 300])
def test_an_id_never_leads_out_of_the_course(tmp_path, theirs):
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/question.html").write_text("<p>secret</p>")
    exam, folder, left = imported(tmp_path, mid(zones=[{"questions": [{"id": theirs}]}]))
    assert "secret" not in (folder / f"questions/{exam.questions()[0].id}/question.md").read_text().replace(theirs, "")
    assert "zones[1].questions[1].id" in left


def test_a_link_out_of_the_course_is_not_followed(tmp_path):
    (tmp_path / "secret.html").write_text("<p>secret</p>")
    where = course(tmp_path, mid(), **{"questions/loops/sum/info.json": "{}"})
    (tmp_path / "course/questions/loops/sum/question.html").symlink_to(tmp_path / "secret.html")
    made = import_assessment(where, SeededChance("x"))
    assert b"secret" not in b"".join(made.files.values())


def test_a_folder_with_something_in_it_is_left_alone_and_a_failed_write_leaves_nothing(tmp_path):
    made = import_assessment(course(tmp_path, mid()), SeededChance("x"))
    (tmp_path / "full").mkdir()
    (tmp_path / "full/mine").write_text("x")
    with pytest.raises(InputProblem, match="not empty"):
        write_exam(made, tmp_path / "full")
    (tmp_path / "file").write_text("x")
    with pytest.raises(EnvironmentProblem):
        write_exam(made, tmp_path / "file/exam")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["course", "file", "full"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
FIELDS = [
    "uuid",
    "type",
    "title",
    "set",
    "number",
    "module",
    "comment",
    "text",
    "zones",
    "allowAccess",
    "accessControl",
    "groups",
    "groupRoles",
    "groupWork",
    "maxPoints",
    "autoClose",
    "shuffleQuestions",
    "canView",
    "canSubmit",
    "advanceScorePerc",
    "gradeRateMinutes",
    "honorCode",
    "questions",
    "id",
    "alternatives",
    "points",
    "autoPoints",
    "manualPoints",
    "numberChoose",
    "bestQuestions",
    "uids",
    "startDate",
    "endDate",
    "timeLimitMin",
    "active",
]
objects = st.dictionaries(st.sampled_from(FIELDS), json_values, max_size=6)
hostile = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(FIELDS, json_values),
        "zones": st.lists(
            st.fixed_dictionaries(
                {"questions": st.lists(objects, max_size=3)}, optional=dict.fromkeys(FIELDS[:4], json_values)
            ),
            max_size=3,
        ),
        "allowAccess": st.lists(objects, max_size=3),
    },
)


@settings(max_examples=60)
@given(hostile)
def test_whatever_the_fields_hold_the_exam_can_be_run_and_every_field_is_accounted_for(tmp_path_factory, assessment):
    tmp_path = tmp_path_factory.mktemp("hostile")
    made = import_assessment(course(tmp_path, assessment), SeededChance("x"))
    assert not has_errors(write_exam(made, tmp_path / "exam"))
    named = {each.field for each in (*made.report.taken, *made.report.not_mapped)}
    for key, value in assessment.items():
        empty = value in (None, "", [], {}) or (isinstance(value, dict | list) and key != "zones")
        assert empty or any(name.startswith(key) for name in named), key


@given(st.text(alphabet="<>/ap pre-code{}&;!\"'=`\n|*", max_size=200))
def test_any_text_that_looks_like_html_becomes_markdown(source):
    to_markdown(source, lambda target: target, panels=True)


def test_the_command_says_what_it_did_as_text_and_as_json(tmp_path, capsys):
    parser = argparse.ArgumentParser()
    command.add_parser(parser.add_subparsers(dest="command", required=True))
    where = course(tmp_path, mid(maxPoints=9))
    run = ["exam", "import", str(where / "infoAssessment.json"), "-o"]
    assert command.run(parser.parse_args([*run, str(tmp_path / "one")])) == 0
    assert "infoAssessment.json: maxPoints = 9:" in capsys.readouterr().out
    assert command.run(parser.parse_args([*run, str(tmp_path / "two"), "--json"])) == 0
    said = json.loads(capsys.readouterr().out)
    assert "maxPoints" in {each["field"] for each in said["not_mapped"]}
    assert "exam.toml" in said["files"]
