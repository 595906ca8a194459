"""When a student sits the exam, clause by clause (T-1 to T-7), and the three ways to hold a remote exam."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.exam.access import AccessRule, Accommodation, Schedule, Section, SectionSchedule
from shared.exam.document import Exam, Question, Zone
from shared.exam.exam_folder import read_exam
from shared.exam.sittings import MINUTE_MS, Person, SectionTimes, sitting_for

DAY = datetime(2020, 4, 20, tzinfo=UTC)


def at(hour: float) -> datetime:
    return DAY + timedelta(hours=hour)


def ms(hour: float) -> int:
    return round(at(hour).timestamp() * 1000)


def exam(**parts) -> Exam:
    return Exam(uuid=UUID(int=1), title="T", zones=(Zone(questions=(Question(id="q"),)),), **parts)


def sit(document: Exam, student: str, joined: float | None = None, **roster):
    return sitting_for(document, Person(student=student, **roster), None if joined is None else ms(joined))


def hours(sitting) -> tuple[float | None, float | None]:
    both = (sitting.starts_ms, sitting.ends_ms)
    return tuple(None if each is None else (each - ms(0)) / 3_600_000 for each in both)


EXTRA = AccessRule(students=("student1@example.com",), opens=at(11), closes=at(12 + 40 / 60), minutes=90)
CONFLICT = AccessRule(students=("student3@example.com",), opens=at(23), closes=at(24 + 5 / 60), minutes=60)
GENERAL = AccessRule(opens=at(11), closes=at(12 + 5 / 60), minutes=60)
NOBODY = AccessRule(active=False)
SYNCHRONOUS = exam(access=(EXTRA, CONFLICT, GENERAL, NOBODY))
ASYNCHRONOUS = exam(
    access=(
        AccessRule(students=("student1@example.com",), opens=at(6), closes=at(30), minutes=90),
        AccessRule(opens=at(6), closes=at(30), minutes=60),
        NOBODY,
    )
)
POST_GRADED = exam(
    access=(
        EXTRA,
        AccessRule(opens=at(11), closes=at(12 + 10 / 60), minutes=60),
        AccessRule(students=("student3@example.com",), opens=at(23), closes=at(24 + 10 / 60), minutes=60),
        NOBODY,
    )
)


def test_synchronous_everybody_sits_at_once_and_extra_time_has_its_own_rule():
    assert hours(sit(SYNCHRONOUS, "anybody", 10.9)) == (11, 12)
    assert hours(sit(SYNCHRONOUS, "student1@example.com", 10.9)) == (11, 12.5)
    assert hours(sit(SYNCHRONOUS, "ada", 10.9, email="Student1@Example.com")) == (11, 12.5)


def test_synchronous_more_than_five_minutes_late_ends_at_the_closing_time():
    assert hours(sit(SYNCHRONOUS, "anybody", 11 + 5 / 60)) == pytest.approx((11 + 5 / 60, 12 + 5 / 60))
    late = sit(SYNCHRONOUS, "anybody", 11.5)
    assert hours(late) == pytest.approx((11.5, 12 + 5 / 60))
    assert "closes before the working time is over" in late.reason


def test_synchronous_after_the_closing_time_nobody_starts():
    over = sit(SYNCHRONOUS, "anybody", 13)
    assert over.ends_ms < over.starts_ms


def test_synchronous_a_conflict_student_sits_late_or_at_the_primary_time_and_then_not_again():
    assert hours(sit(SYNCHRONOUS, "student3@example.com")) == (23, 24)
    assert hours(sit(SYNCHRONOUS, "student3@example.com", 22.9)) == (23, 24)
    primary = sit(SYNCHRONOUS, "student3@example.com", 11)
    assert hours(primary) == (11, 12)  # one session: its time is over long before 23:00
    assert [window.opens_ms for window in primary.also] == [ms(23)]


def test_asynchronous_each_has_an_hour_from_the_own_start_and_all_end_with_the_window():
    assert hours(sit(ASYNCHRONOUS, "anybody", 15.25)) == (15.25, 16.25)
    assert hours(sit(ASYNCHRONOUS, "student1@example.com", 15.25)) == (15.25, 16.75)
    assert hours(sit(ASYNCHRONOUS, "anybody", 5)) == (6, 7)
    assert hours(sit(ASYNCHRONOUS, "anybody", 29.5)) == (29.5, 30)
    over = sit(ASYNCHRONOUS, "anybody", 31)
    assert over.ends_ms < over.starts_ms


def test_post_graded_the_conflict_rule_works_after_the_general_one_too():
    assert hours(sit(POST_GRADED, "student3@example.com", 22.9)) == (23, 24)
    assert hours(sit(POST_GRADED, "student3@example.com", 10.9)) == (11, 12)
    planned = sit(POST_GRADED, "student3@example.com")
    assert (planned.rule, [window.rule for window in planned.also]) == (2, [3])
    assert hours(sit(POST_GRADED, "student1@example.com", 11)) == (11, 12.5)


def test_rules_name_ids_sections_and_tags_whatever_their_case():  # T-1
    rules = (
        AccessRule(students=("S1",), minutes=10),
        AccessRule(sections=("b",), minutes=20),
        AccessRule(tags=("Night",), minutes=30),
    )
    document = exam(access=rules, schedule=Schedule(duration=60))
    assert sit(document, "s1", section="B").minutes == 10
    assert sit(document, "s2", section="B").minutes == 20
    assert sit(document, "s2", tags=("night",)).minutes == 30
    assert (sit(document, "s2").minutes, sit(document, "s2").rule) == (60, None)


def test_a_rule_takes_what_it_does_not_say_from_the_section_and_the_exam():  # T-2
    document = exam(
        schedule=Schedule(start=at(9), end=at(12), duration=60),
        sections=(Section(name="A", schedule=SectionSchedule(start=at(10))),),
        access=(AccessRule(minutes=30),),
    )
    assert hours(sit(document, "s", section="a")) == (10, 10.5)
    changed = sitting_for(document, Person(student="s", section="A"), None, SectionTimes(opens_ms=ms(11)))
    assert hours(changed) == (11, 11.5)


def test_a_refusing_rule_holds_only_in_its_times_and_then_the_next_one_does():  # T-3
    document = exam(access=(AccessRule(active=False, opens=at(9), closes=at(10)), AccessRule(opens=at(8), minutes=60)))
    assert hours(sit(document, "s", 8.5)) == (8.5, 9.5)
    assert hours(sit(document, "s", 9.5)) == (10, 11)
    refused = sit(exam(access=(AccessRule(students=("s",), active=False), GENERAL)), "s", 11)
    assert (refused.active, refused.rule, hours(refused)) == (False, 1, (None, None))


def test_extra_time_moves_working_and_closing_time_unless_told_not_to():  # T-5
    schedule = Schedule(start=at(9), end=at(10), duration=60)
    more = Accommodation(students=("s",), factor=1.5, minutes=10)
    assert hours(sit(exam(schedule=schedule, accommodations=(more,)), "s", 8)) == pytest.approx((9, 10 + 40 / 60))
    kept = Accommodation(students=("s",), factor=1.5, extend_end=False)
    assert hours(sit(exam(schedule=schedule, accommodations=(kept,)), "s", 8)) == (9, 10)
    assert hours(sit(exam(schedule=schedule), "s", 8, factor=2.0)) == (9, 11)
    both = exam(schedule=schedule, accommodations=(more, Accommodation(tags=("t",), factor=2.0, minutes=5)))
    assert sit(both, "s", 8, tags=("t",)).minutes == 135


def test_an_own_later_start_takes_the_closing_time_along():  # T-5
    schedule = Schedule(start=at(9), end=at(10.5), duration=60)
    own = Accommodation(students=("s",), start=at(14))
    assert hours(sit(exam(schedule=schedule, accommodations=(own,)), "s", 9)) == (14, 15)
    closes = Accommodation(students=("s",), start=at(14), extend_end=False)
    sitting = sit(exam(schedule=schedule, accommodations=(closes,)), "s")
    assert "closes before this student can start" in sitting.reason


def test_unclipped_a_late_start_has_the_whole_time_but_not_after_the_closing_time():  # T-6
    document = exam(access=(AccessRule(opens=at(9), closes=at(10), minutes=60, clip=False),))
    assert hours(sit(document, "s", 9.9)) == pytest.approx((9.9, 10.9))
    over = sit(document, "s", 10)
    assert over.ends_ms <= over.starts_ms


people = st.sampled_from(["s1", "s2", "s3"])
moments = st.none() | st.integers(0, 48).map(lambda half: at(half / 2))
rules = st.builds(
    AccessRule,
    students=st.lists(people, max_size=2).map(tuple),
    sections=st.lists(st.sampled_from("AB"), max_size=1).map(tuple),
    opens=moments,
    closes=moments,
    minutes=st.none() | st.integers(1, 300),
    active=st.booleans(),
    clip=st.booleans(),
)
helps = st.builds(
    Accommodation,
    students=st.lists(people, max_size=2).map(tuple),
    factor=st.sampled_from([1.0, 1.25, 1.5, 3.0]),
    minutes=st.integers(0, 60),
    start=moments,
    extend_end=st.booleans(),
)
schedules = st.builds(Schedule, start=moments, end=moments, duration=st.none() | st.integers(1, 300))
exams = st.builds(
    lambda schedule, access, more: exam(schedule=schedule, access=tuple(access), accommodations=tuple(more)),
    schedules,
    st.lists(rules, max_size=4),
    st.lists(helps, max_size=2),
)
joins = st.integers(0, 24 * 60).map(lambda minute: ms(minute / 60))


@given(exams, people, joins)
def test_nobody_starts_before_joining_or_opening_nor_works_longer_than_given(document, student, joined):
    sitting = sitting_for(document, Person(student=student, section="A"), joined)
    if not sitting.active or sitting.starts_ms is None:
        assert sitting.ends_ms is None
        return
    assert sitting.starts_ms >= max(joined, sitting.opens_ms)
    if sitting.ends_ms is not None:
        if sitting.working_ms is not None:
            assert sitting.ends_ms - sitting.starts_ms <= sitting.working_ms
        if sitting.closes_ms is not None:
            assert sitting.ends_ms <= sitting.closes_ms


@given(exams, people, joins, st.integers(0, 300))
def test_more_extra_time_never_takes_time_away(document, student, joined, extra):
    assume(len(document.access) <= 1)  # with several, more time in one can only keep the student in it
    plain = sitting_for(document, Person(student=student), joined)
    more = sitting_for(document, Person(student=student, extra_minutes=extra, factor=1.5), joined)
    if plain.ends_ms is not None and plain.starts_ms is not None and plain.ends_ms > plain.starts_ms:
        assert more.ends_ms is not None
        assert more.ends_ms - more.starts_ms >= plain.ends_ms - plain.starts_ms


@given(exams, people, joins)
def test_rules_for_others_change_nothing(document, student, joined):
    others = tuple(rule for rule in document.access if rule.students and student not in rule.students)
    assume(all(not rule.sections for rule in others))
    mine = tuple(rule for rule in document.access if rule not in others)
    assume(mine)
    with_others = sitting_for(document, Person(student=student), joined)
    without = sitting_for(exam(schedule=document.schedule, access=mine, accommodations=document.accommodations),
                          Person(student=student), joined)  # fmt: skip
    assert hours(with_others) == hours(without)


@given(exams, people, joins)
def test_who_joins_later_never_ends_earlier_unless_another_rule_holds(document, student, joined):
    first = sitting_for(document, Person(student=student), joined)
    second = sitting_for(document, Person(student=student), joined + MINUTE_MS)
    if first.rule == second.rule and first.active and second.active and None not in (first.ends_ms, second.ends_ms):
        in_time = first.closes_ms == second.closes_ms
        assert not in_time or second.ends_ms >= first.ends_ms


@pytest.mark.parametrize(
    "table",
    ["[schedule]\nstart = {}", "[[access]]\nopens = {}", "[[accommodations]]\nstudents = ['s']\nstart = {}"],
)
@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00", '"9999-12-31T23:59-12:00"'])
def test_a_date_that_no_system_can_count_is_a_mistake_of_the_file(tmp_path, table, moment):
    (tmp_path / "questions/q").mkdir(parents=True)
    (tmp_path / "questions/q/question.md").write_text("# Q\n")
    head = f'uuid = "{UUID(int=1)}"\ntitle = "T"\n[[zones]]\nquestions = ["q"]\n'
    (tmp_path / "exam.toml").write_text(head + table.format(moment) + "\n")
    document, findings = read_exam(tmp_path)
    assert document is None
    assert any("lies in the year" in finding.sentence and finding.line for finding in findings)
