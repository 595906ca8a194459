"""What a command would do is said before it is done."""

from examdesk.staffapi.messages import Extend, LiveRow, Pause, Say, Target
from instructor_app.plans import plan_end, plan_extend, plan_message, plan_open, plan_pause, with_text
from instructor_app.words import clock_time

END = 1_791_196_200_000


def row(
    number: int, status: str = "Working", ends: int | None = END, section: str = "A", online: bool = True
) -> LiveRow:
    return LiveRow(
        student=f"s{number}",
        name=f"Student {number}",
        section=section,
        session=f"{number:032x}",
        status=status,
        ends_ms=ends,
        online=online,
    )


def test_more_time_names_every_resulting_end():
    rows = [row(1), row(2), row(3, ends=END + 1_800_000), row(4, "Submitted", None)]
    plan = plan_extend(rows, Target(), 600)
    assert plan.sentences == (
        "For everybody: 3 students.",
        f"2 students: ends {clock_time(END)} → {clock_time(END + 600_000)}",
        f"1 student: ends {clock_time(END + 1_800_000)} → {clock_time(END + 2_400_000)}",
        "1 student has no running time and is left as is.",
    )
    assert plan.request == Extend(command="", seconds=600)
    assert plan.undo == Extend(command="", seconds=-600)


def test_a_section_reaches_only_its_students():
    rows = [row(1, section="A"), row(2, section="B")]
    plan = plan_extend(rows, Target(sections=("B",)), 300)
    assert plan.sentences[0] == "For section B: 1 student."


def test_selected_students_are_named():
    rows = [row(1), row(2), row(3)]
    plan = plan_pause(rows, Target(sessions=(rows[0].session, rows[2].session)), paused=True)
    assert plan.sentences[0] == "For Student 1, Student 3."
    assert plan.undo == Pause(command="", paused=False, target=plan.request.target)


def test_a_command_that_reaches_nobody_is_useless():
    assert plan_extend([row(1, "Submitted", None)], Target(), 600).useless
    assert plan_pause([row(1)], Target(), paused=False).useless


def test_ending_says_who_hears_of_it_later():
    plan = plan_end([row(1), row(2, "Offline", online=False)], Target())
    assert "1 student is offline: the desk hears of it when it is connected again." in plan.sentences


def test_opening_names_the_usual_end():
    plan = plan_open([row(1, "Waiting", None)], Target(), END, 90)
    assert plan.sentences[1] == "1 student waits and starts at once."
    assert clock_time(END + 90 * 60_000) in plan.sentences[3]


def test_a_message_carries_what_was_written():
    plan = plan_message([row(1)], Target())
    assert with_text(plan, "Five minutes left") == Say(command="", text="Five minutes left")
