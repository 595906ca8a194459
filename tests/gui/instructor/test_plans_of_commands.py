"""What a command would do is said before it is done."""

from examdesk.staffapi.messages import (
    Extend,
    LiveRow,
    Lock,
    Open,
    Pause,
    Reopen,
    Say,
    Target,
    Times,
    TimesRow,
)
from instructor_app.plans import (
    difference,
    plan_collect,
    plan_end,
    plan_extend,
    plan_lock,
    plan_message,
    plan_open,
    plan_pause,
    plan_reopen,
    times_sentences,
    undo_of,
)
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


def times_row(number: int, ends: int | None, new: int | None, *, changes: bool = True) -> TimesRow:
    return TimesRow(
        session=f"{number:032x}",
        student=f"s{number}",
        name=f"Student {number}",
        section="A",
        starts_ms=END - 5_400_000,
        ends_ms=ends,
        paused=False,
        ended=False,
        new_starts_ms=END - 5_400_000,
        new_ends_ms=new,
        new_paused=False,
        new_ended=False,
        changes=changes,
    )


def test_more_time_says_whom_it_leaves_out():
    rows = [row(1), row(2), row(3, ends=END + 1_800_000), row(4, "Submitted", None)]
    plan = plan_extend(rows, Target(), 600)
    assert plan.sentences == (
        "For everybody: 3 students.",
        "1 student has no running time and is left as is.",
    )
    assert plan.request == Extend(command="", seconds=600)


def test_every_resulting_end_is_named_as_the_hub_works_it_out():
    rows = (
        times_row(1, END, END + 600_000),
        times_row(2, END, END + 600_000),
        times_row(3, END + 1_800_000, END + 2_700_000),
        times_row(4, END, END, changes=False),
    )
    assert times_sentences(Times(rows=rows, changed=3, hub_ms=END - 1)) == [
        f"2 students: ends {clock_time(END)} → {clock_time(END + 600_000)}",
        f"1 student: ends {clock_time(END + 1_800_000)} → {clock_time(END + 2_700_000)}",
    ]


def test_many_ends_are_counted_and_ends_that_are_over_are_said():
    rows = tuple(times_row(n, END + n * 60_000, END - 600_000 + n * 60_000) for n in range(7))
    said = times_sentences(Times(rows=rows, changed=7, hub_ms=END))
    assert said[-2:] == ["and 3 more end times", "For 7 students the time is over at once."]
    assert difference(END, END - 600_000) == "\N{MINUS SIGN}10 min"
    assert (difference(END, END), difference(None, END)) == ("—", "—")


def test_an_extension_is_taken_back_with_the_same_ratio():
    plan = plan_extend([row(1)], Target(), 600)
    sent = Extend(command="", seconds=600, keep_ratio=False, reason="Alarm")
    assert undo_of(plan, sent) == Extend(command="", seconds=-600, keep_ratio=False)


def test_ending_is_taken_back_only_for_those_who_were_at_work():
    rows = [row(1), row(2, "Submitted"), row(3, "Offline", online=False)]
    for plan in (plan_end(rows, Target()), plan_collect(rows, Target())):
        assert plan.undo == Reopen(command="", target=Target(sessions=(rows[0].session, rows[2].session)))


def test_locking_is_taken_back_by_unlocking():
    plan = plan_lock([row(1)], Target(), locked=True)
    assert (plan.request, plan.undo) == (
        Lock(command="", locked=True, target=Target()),
        Lock(command="", locked=False, target=Target()),
    )
    assert plan_lock([row(1, "Submitted")], Target(), locked=True).useless


def test_taking_a_pause_or_a_lock_back_leaves_those_who_were_so_before():
    rows = [row(1), row(2, "Paused")]
    for plan in (plan_pause(rows, Target(), paused=True), plan_lock(rows, Target(), locked=True)):
        assert plan.undo.target == Target(sessions=(rows[0].session,))
        assert plan.request.target == Target()
    assert plan_pause(rows[:1], Target(), paused=True).undo.target == Target()


def test_reopening_names_the_sessions_and_says_when_no_time_is_left():
    rows = [row(1, "Ended"), row(2), row(3, "Submitted")]
    plan = plan_reopen(rows, Target())
    assert plan.request == Reopen(command="", target=Target(sessions=(rows[0].session, rows[2].session)))
    assert any("no end until you give minutes" in sentence for sentence in plan.sentences)


def test_a_start_at_a_time_says_what_the_desks_do():
    plan = plan_open([row(1, "Waiting", None)], Target(), END, 90, END + 600_000)
    assert plan.request == Open(command="", at_ms=END + 600_000)
    assert "countdown" in plan.sentences[1]


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


def test_opening_says_what_it_does_to_those_at_work():
    rows = [row(1), row(2, "Waiting", None)]
    everybody = " ".join(plan_open(rows, Target(), END - 60 * 60_000, 60).sentences)
    assert "1 is at work and is left as is" in everybody
    named = " ".join(plan_open(rows, Target(sessions=(rows[0].session,)), END - 60 * 60_000, 60).sentences)
    assert "the time begins anew" in named
    assert "0 students" not in named


def test_a_message_goes_to_whoever_has_joined():
    assert plan_message([row(1)], Target(), "Five minutes left").request == Say(command="", text="Five minutes left")
