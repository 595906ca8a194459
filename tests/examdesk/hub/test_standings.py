"""What holds for a session, clause by clause: S-1 to S-7."""

from uuid import UUID

import pytest

from examdesk.hub.sessions.standings import (
    EndAction,
    ExtendAction,
    Member,
    OpenAction,
    PauseAction,
    ReopenAction,
    StartsAction,
    TakeBackAction,
    Whom,
    encode_action,
    late_opening_of,
    plan_of,
    times_of,
)
from examdesk.store.rows import CommandRow
from shared.exam.reading import read_toml

MIN = 60_000
START = 1_790_000_000_000
ME = "ab" * 16


def exam(more=""):
    source = f"""format = 1
uuid = "{UUID(int=5)}"
title = "T"
{more}
[[zones]]
[[zones.questions]]
id = "q1"
"""
    return read_toml(source).exam


def member(**changes):
    return Member(**{"session": ME, "student": "s1", "section": "A", "joined_ms": START - MIN, **changes})


def times(document, who, *actions):
    rows = [
        CommandRow(exam=b"", number=n, command=str(n), at_ms=at, who="", body=encode_action(action))
        for n, (at, action) in enumerate(actions)
    ]
    return times_of(plan_of(document, who), who, rows)


SIXTY = "[schedule]\nstart = 2026-09-21T14:13:20Z\nduration = 60"


def test_the_scheduled_start_is_the_one_of_the_document():
    assert times(exam(SIXTY), member()).starts_ms == START
    assert times(exam(SIXTY), member()).ends_ms == START + 60 * MIN


def test_who_joins_late_begins_then_and_is_cut_off_by_the_closing_time():
    late = member(joined_ms=START + 30 * MIN)
    assert times(exam(SIXTY), late).ends_ms == START + 90 * MIN
    closing = exam(SIXTY + "\nend = 2026-09-21T15:13:20Z")
    assert times(closing, late).ends_ms == START + 60 * MIN
    rule = '\n[[access]]\nstudents = ["s1"]\nclip = false\n'
    assert times(exam(SIXTY + "\nend = 2026-09-21T15:13:20Z" + rule), late).ends_ms == START + 90 * MIN


def test_without_a_start_nobody_begins_until_it_is_opened():
    document = exam("[schedule]\nduration = 60")
    assert times(document, member()).starts_ms is None
    opened = times(document, member(), (START, OpenAction(at_ms=START)))
    assert (opened.starts_ms, opened.ends_ms) == (START, START + 60 * MIN)
    other = times(document, member(), (START, OpenAction(at_ms=START, whom=Whom(sections=("B",)))))
    assert other.starts_ms is None


@pytest.mark.parametrize(("factor", "extra", "minutes"), [(1.5, 0, 90), (1.0, 15, 75), (1.25, 10, 85)])
def test_an_accommodation_lengthens_the_working_time_and_the_closing_time(factor, extra, minutes):
    who = member(factor=factor, extra_minutes=extra)
    assert times(exam(SIXTY), who).ends_ms == START + minutes * MIN
    assert times(exam(SIXTY + "\nend = 2026-09-21T15:13:20Z"), who).ends_ms == START + minutes * MIN


def test_extensions_add_up_and_keep_the_ratio_unless_given_to_one():
    who = member(factor=1.5)
    for_all = (START, ExtendAction(seconds=600))
    assert times(exam(SIXTY), who, for_all, for_all).ends_ms == START + 120 * MIN
    for_me = (START, ExtendAction(seconds=600, whom=Whom(sessions=(ME,))))
    assert times(exam(SIXTY), who, for_me).ends_ms == START + 100 * MIN
    for_another = (START, ExtendAction(seconds=600, whom=Whom(sessions=("cd" * 16,))))
    assert times(exam(SIXTY), who, for_another).ends_ms == START + 90 * MIN


def test_a_pause_gives_its_time_back_from_the_own_start_on():
    pause = [(START + MIN, PauseAction(paused=True)), (START + 6 * MIN, PauseAction(paused=False))]
    assert times(exam(SIXTY), member(), *pause[:1]).paused_ms == START + MIN
    assert times(exam(SIXTY), member(), *pause).ends_ms == START + 65 * MIN
    assert times(exam(SIXTY), member(joined_ms=START + 5 * MIN), *pause).ends_ms == START + 66 * MIN
    assert times(exam(SIXTY), member(joined_ms=START + 9 * MIN), *pause).ends_ms == START + 69 * MIN


def test_reopened_after_its_end_a_session_has_no_end_until_one_is_given():
    at = START + 70 * MIN
    reopened = (at, ReopenAction(whom=Whom(sessions=(ME,))))
    after = times(exam(SIXTY), member(), reopened)
    assert (after.ends_ms, after.ended, after.reopened) == (None, False, 1)
    extended = (at + MIN, ExtendAction(seconds=300, whom=Whom(sessions=(ME,))))
    assert times(exam(SIXTY), member(), reopened, extended).ends_ms == at + 6 * MIN
    assert times(exam(SIXTY), member(), reopened, (at, EndAction())).ended


def test_who_may_not_start_waits_and_is_told_so():
    document = exam(SIXTY + '\n[[access]]\nsections = ["A"]\nactive = false\n')
    refused = times(document, member())
    assert refused.starts_ms is None
    assert refused.note
    assert times(document, member(section="B")).starts_ms == START


def test_opening_for_everybody_leaves_out_who_has_an_own_opening():
    rule = '\n[[access]]\nstudents = ["s1"]\nopens = 2026-09-21T16:13:20Z\n'
    mine, everybody = exam(SIXTY + rule), (START, OpenAction(at_ms=START))
    assert times(mine, member(), everybody).starts_ms == START + 120 * MIN
    assert times(mine, member(), (START, OpenAction(at_ms=START, whom=Whom(sections=("A",))))).starts_ms > START
    assert times(mine, member(), (START, OpenAction(at_ms=START, whom=Whom(sessions=(ME,))))).starts_ms == START
    own_section = exam(SIXTY + '\n[[access]]\nsections = ["A"]\nopens = 2026-09-21T16:13:20Z\n')
    assert times(own_section, member(), everybody).starts_ms == START + 120 * MIN
    assert times(own_section, member(), (START, OpenAction(at_ms=START, whom=Whom(sections=("A",))))).starts_ms == START


def test_opening_for_everybody_opens_nothing_for_who_may_not_start_but_by_name_it_does():
    document = exam(SIXTY + '\n[[access]]\nsections = ["A"]\nactive = false\n')
    assert times(document, member(), (START, OpenAction(at_ms=START))).starts_ms is None
    assert times(document, member(), (START, OpenAction(at_ms=START, whom=Whom(sessions=(ME,))))).starts_ms == START


def test_a_new_start_in_the_file_begins_the_run_anew():
    before = [
        (START - 60 * MIN, OpenAction(at_ms=START - 60 * MIN)),
        (START - 50 * MIN, ExtendAction(seconds=600)),
        (START - 40 * MIN, EndAction()),
    ]
    anew = times(exam(SIXTY), member(), *before, (START - 30 * MIN, StartsAction(starts_ms=(START,))))
    assert (anew.starts_ms, anew.ends_ms, anew.ended) == (START, START + 60 * MIN, False)
    other = times(exam(SIXTY), member(), *before, (START - 30 * MIN, StartsAction(starts_ms=(START + MIN,))))
    assert other.ended


def test_a_new_start_that_is_past_means_now():
    now = START + 20 * MIN
    begun = times(exam(SIXTY), member(), (now, StartsAction(starts_ms=(START,))))
    assert (begun.starts_ms, begun.ends_ms) == (now, now + 60 * MIN)


def test_an_end_by_hand_stands_as_the_end_from_its_moment_on():
    ended = times(exam(SIXTY), member(), (START + 10 * MIN, EndAction()), (START + 12 * MIN, EndAction()))
    assert (ended.ended, ended.ends_ms) == (True, START + 10 * MIN)
    late = times(exam(SIXTY), member(), (START + 70 * MIN, EndAction()))
    assert late.ends_ms == START + 60 * MIN
    without_end = times(exam(), member(), (START, OpenAction(at_ms=START)), (START + MIN, EndAction()))
    assert without_end.ends_ms == START + MIN


def test_a_session_that_is_reopened_after_an_end_by_hand_has_its_own_end_again():
    again = times(exam(SIXTY), member(), (START + 10 * MIN, EndAction()), (START + 12 * MIN, ReopenAction()))
    assert (again.ended, again.ends_ms) == (False, START + 60 * MIN)


def test_opening_for_everybody_or_a_section_leaves_those_at_work_alone():  # S-1
    document, first = exam("[schedule]\nduration = 60"), (START, OpenAction(at_ms=START))
    for whom in (Whom(), Whom(sections=("A",))):
        again = (START + 20 * MIN, OpenAction(at_ms=START + 30 * MIN, whom=whom))
        assert times(document, member(), first, again).starts_ms == START
        late = member(joined_ms=START + 25 * MIN)
        assert times(document, late, first, again).starts_ms == START + 30 * MIN
        ended = (START + 10 * MIN, EndAction())
        assert times(document, member(), first, ended, again).starts_ms == START + 30 * MIN
        over = (START + 70 * MIN, OpenAction(at_ms=START + 70 * MIN, whom=whom))
        assert times(document, member(), first, over).starts_ms == START + 70 * MIN
    named = (START + 20 * MIN, OpenAction(at_ms=START + 20 * MIN, whom=Whom(sessions=(ME,))))
    assert times(document, member(), first, named).starts_ms == START + 20 * MIN


def back(opened, at=START):
    return at, TakeBackAction(opened=opened)


def test_an_opening_taken_back_leaves_what_held_before_it_and_what_was_given_since():  # S-9
    by_hand, more = exam("[schedule]\nduration = 60"), ExtendAction(seconds=600)
    one, other = (START - 2, OpenAction(at_ms=START)), (START - 1, OpenAction(at_ms=START + 9 * MIN))
    assert times(by_hand, member(), one, back("0")).starts_ms is None
    scheduled = times(exam(SIXTY), member(), (START - MIN, OpenAction(at_ms=START - MIN)), back("0"))
    assert (scheduled.starts_ms, scheduled.ends_ms) == (START, START + 60 * MIN)
    newest = times(by_hand, member(), one, other, (START, more), back("1"))
    assert (newest.starts_ms, newest.ends_ms) == (START, START + 70 * MIN)
    assert times(by_hand, member(), one, other, back("0")).starts_ms == START + 9 * MIN
    assert times(by_hand, member(), one, other, back("0"), back("1")).starts_ms is None


def test_an_opening_that_is_not_there_any_more_takes_nothing_back():  # S-9
    by_hand, open_ = exam("[schedule]\nduration = 60"), (START, OpenAction(at_ms=START))
    assert times(by_hand, member(), open_, back("0"), open_, back("0")).starts_ms == START
    assert times(by_hand, member(), open_, (START + MIN, EndAction()), back("x")).ended
    fresh = (START + MIN, StartsAction(starts_ms=(None,)))
    assert times(by_hand, member(), open_, fresh, back("0")).starts_ms is None


def late(document, who, *actions):
    rows = [
        CommandRow(exam=b"", number=n, command=str(n), at_ms=at, who="Ada", body=encode_action(action))
        for n, (at, action) in enumerate(actions)
    ]
    return late_opening_of(plan_of(document, who), who, rows)


UNTIL_NOON = "[schedule]\nend = 2026-09-21T15:13:20Z\nduration = 60"  # START and an hour


def test_an_opening_by_hand_that_comes_too_late_for_the_closing_time_costs_who_was_there_the_difference():
    open_ = (START + 20 * MIN, OpenAction(at_ms=START + 20 * MIN))
    found = late(exam(UNTIL_NOON), member(), open_)
    assert (found.opened_ms, found.lost_ms, found.given_ms, found.who) == (START + 20 * MIN, 20 * MIN, 0, "Ada")
    assert late(exam(UNTIL_NOON), member(), (START, OpenAction(at_ms=START))) is None
    assert late(exam(UNTIL_NOON), member(joined_ms=START + 15 * MIN), open_).lost_ms == 5 * MIN
    assert late(exam(UNTIL_NOON), member(joined_ms=START + 30 * MIN), open_) is None
    assert late(exam("[schedule]\nduration = 60"), member(), open_) is None
    more = (START + 21 * MIN, ExtendAction(seconds=600))
    assert late(exam(UNTIL_NOON), member(), open_, more).given_ms == 10 * MIN
    assert late(exam(UNTIL_NOON), member(), open_, back("0")) is None
    early = (START - 10 * MIN, OpenAction(at_ms=START - 10 * MIN))
    assert late(exam(UNTIL_NOON), member(), early, open_) is None  # at work by then: left out


def test_an_opening_by_hand_after_the_planned_start_counts_from_the_plan():
    both = "[schedule]\nstart = 2026-09-21T14:13:20Z\nend = 2026-09-21T15:13:20Z"
    assert late(exam(both), member(), (START, OpenAction(at_ms=START + 5 * MIN))).lost_ms == 5 * MIN
    assert late(exam(both), member(), (START, OpenAction(at_ms=START - 5 * MIN))) is None
    room = "[schedule]\nstart = 2026-09-21T14:13:20Z\nend = 2026-09-21T15:13:20Z\nduration = 30"
    assert late(exam(room), member(), (START, OpenAction(at_ms=START + 5 * MIN))) is None
