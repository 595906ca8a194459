"""The three ways to hold a remote exam, as PrairieLearn describes them: imported, served, and judged at the desks."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID

from examdesk.importing.prairielearn.importing import import_assessment, write_exam
from examdesk.staffapi import messages as api
from shared.clock import SystemChance, SystemClock
from shared.exam.findings import has_errors
from tests.examdesk.hub.hub_fixtures import joined, running_hub, staff
from tests.examdesk.hub.light_desk import standing

MINUTE_MS = 60_000


def moment(minutes):
    """A moment so many minutes from now, as an assessment writes it."""
    now = datetime.fromtimestamp(SystemClock().wall_ms() / 1000, tz=UTC)
    return (now + timedelta(minutes=minutes)).replace(microsecond=0, tzinfo=None).isoformat()


def rule(start, end, limit, *uids):
    who = {"uids": list(uids)} if uids else {}
    shown = {"credit": 100, "timeLimitMin": limit, "showClosedAssessment": False}
    return {**who, "startDate": moment(start), "endDate": moment(end), **shown}


NOBODY = {"active": False, "showClosedAssessment": False}


def make(tmp_path, rules, **more):
    course = tmp_path / "course"
    instance = course / "courseInstances/Sp20"
    where = instance / "assessments/exam1"
    question = course / "questions/sum"
    for folder in (where, question):
        folder.mkdir(parents=True)
    (course / "infoCourse.json").write_text(
        json.dumps({"uuid": str(UUID(int=1)), "name": "CS 101", "title": "C", "timezone": "UTC"})
    )
    (instance / "infoCourseInstance.json").write_text(
        json.dumps({"uuid": str(UUID(int=2)), "longName": "Spring", "timezone": "UTC"})
    )
    info = {"uuid": str(UUID(int=3)), "type": "Exam", "title": "Exam", "set": "Exam", "number": "1"}
    zones = [{"questions": [{"id": "sum", "points": 5}]}]
    (where / "infoAssessment.json").write_text(json.dumps({**info, **more, "allowAccess": rules, "zones": zones}))
    (question / "info.json").write_text(json.dumps({"uuid": str(UUID(int=4)), "title": "Sum", "type": "v3"}))
    (question / "question.html").write_text("<p>Add them.</p>")
    imported = import_assessment(where, SystemChance())
    assert not has_errors(write_exam(imported, tmp_path / "exam"))
    return imported


async def times(tmp_path, *students):
    """Join these students now, one after the other; the phase a minute later, minutes from now to start and end."""
    found = {}
    async with running_hub(tmp_path) as hub, staff(hub) as client:
        for student in students:
            await client.ask(api.PutStudent(command=f"p{student}", student=student, name=student))
        now = SystemClock().wall_ms()
        for student in students:
            desk = await joined(hub, student)
            found[student] = await standing(desk, lambda _: True)
            await desk.leave()
    minutes = lambda at: None if at is None else round((at - now) / MINUTE_MS)  # noqa: E731
    return {
        name: (each.phase(now + MINUTE_MS), minutes(each.starts_ms), minutes(each.ends_ms))
        for name, each in found.items()
    }


async def test_synchronous_a_late_student_ends_with_all_and_extra_time_has_a_rule_of_its_own(tmp_path):
    late = 30
    make(
        tmp_path,
        [
            rule(-late, 100 - late, 90, "student1@example.com"),
            rule(600, 665, 60, "student3@example.com"),
            rule(-late, 65 - late, 60),
            NOBODY,
        ],
    )
    found = await times(tmp_path, "student1@example.com", "student3@example.com", "anybody@example.com")
    assert found == {
        "student1@example.com": ("active", 0, 70),
        "student3@example.com": ("active", 0, 35),
        "anybody@example.com": ("active", 0, 35),
    }


async def test_synchronous_after_the_window_only_the_conflict_sitting_is_left_and_others_are_late(tmp_path):
    make(tmp_path, [rule(600, 665, 60, "student3@example.com"), rule(-100, -35, 60), NOBODY])
    found = await times(tmp_path, "student3@example.com", "anybody@example.com")
    assert found["student3@example.com"] == ("waiting", 600, 660)
    phase, starts, ends = found["anybody@example.com"]
    assert phase == "ended"
    assert ends < starts


async def test_asynchronous_each_has_the_own_hour_within_the_day(tmp_path):
    make(tmp_path, [rule(-360, 1080, 90, "student1@example.com"), rule(-360, 1080, 60), NOBODY])
    found = await times(tmp_path, "student1@example.com", "anybody@example.com")
    assert found == {"student1@example.com": ("active", 0, 90), "anybody@example.com": ("active", 0, 60)}


async def test_asynchronous_a_start_shortly_before_the_end_is_cut(tmp_path):
    make(tmp_path, [rule(-1400, 40, 60), NOBODY])
    assert await times(tmp_path, "anybody@example.com") == {"anybody@example.com": ("active", 0, 40)}


async def test_post_graded_the_conflict_rule_may_stand_last_and_nothing_is_graded_during_the_exam(tmp_path):
    imported = make(
        tmp_path,
        [
            rule(5, 105, 90, "student1@example.com"),
            rule(5, 75, 60),
            rule(600, 670, 60, "student3@example.com"),
            NOBODY,
        ],
        allowRealTimeGrading=False,
    )
    assert "allowRealTimeGrading" in {each.field for each in [*imported.report.taken, *imported.report.not_mapped]}
    found = await times(tmp_path, "student1@example.com", "student3@example.com")
    assert found == {"student1@example.com": ("waiting", 5, 95), "student3@example.com": ("waiting", 5, 65)}
