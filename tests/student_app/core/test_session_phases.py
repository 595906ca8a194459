"""Where a session stands: every transition of the table, and what is recorded."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.problems import InputProblem
from shared.wire.standing import Standing
from student_app.core.session import TRANSITIONS, GoOn, HandIn, Phase, Session, Signal, TakeStanding


def standing(revision=1, **facts):
    return Standing(exam="", session="", revision=revision, issued_ms=0, **facts)


@pytest.mark.parametrize(("phase", "signal"), [(phase, signal) for phase in Phase for signal in Signal])
def test_a_signal_moves_a_session_as_the_table_says_or_not_at_all(phase, signal):
    session = Session(phase)
    moved = session.signal(signal)
    assert moved == (signal in TRANSITIONS[phase])
    assert session.phase is TRANSITIONS[phase].get(signal, phase)


def test_an_older_standing_changes_nothing():
    session = Session(Phase.WAITING)
    assert [type(e) for e in session.take(standing(5, starts_ms=0), 10)] == [TakeStanding]
    assert session.take(standing(4, ended=True), 10) == []
    assert session.phase is Phase.WORKING


def test_time_up_hands_in_once():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0, ends_ms=100), 10)
    assert session.tick(100) == [HandIn("time")]
    assert session.tick(200) == []
    assert session.take(standing(2, starts_ms=0, ends_ms=100, ended=True), 210)[1:] == []


def test_ended_by_the_staff_is_collected():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0), 10)
    assert session.take(standing(2, starts_ms=0, ended=True), 20)[1:] == [HandIn("collected")]


def test_nothing_is_handed_in_where_nothing_was_begun():
    session = Session(Phase.WAITING)
    assert session.take(standing(1, starts_ms=0, ends_ms=100, ended=True), 500)[1:] == []
    assert session.phase is Phase.ENDED


def test_an_extension_does_not_undo_the_student_s_own_hand_in():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0, ends_ms=100), 10)
    session.submit()
    assert session.take(standing(2, starts_ms=0, ends_ms=500), 20)[1:] == []
    assert session.phase is Phase.SUBMITTED


def test_staff_reopens_what_was_handed_in():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0, ends_ms=100), 10)
    session.submit()
    assert session.take(standing(2, starts_ms=0, ends_ms=500, reopened=1), 20)[1:] == [GoOn("staff")]
    assert session.phase is Phase.WORKING


def test_a_locked_session_stands_still():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0), 10)
    session.take(standing(2, starts_ms=0, locked=True), 20)
    assert session.phase is Phase.PAUSED
    with pytest.raises(InputProblem):
        session.submit()


def test_only_what_was_handed_in_can_be_taken_back():
    session = Session(Phase.WAITING)
    session.take(standing(1, starts_ms=0, ends_ms=100), 10)
    with pytest.raises(InputProblem):
        session.take_back()
    session.submit()
    assert session.take_back() == [GoOn("student")]
    session.submit()
    session.tick(200)
    with pytest.raises(InputProblem):
        session.take_back()


MOMENTS = st.one_of(st.none(), st.integers(0, 50))
STANDINGS = st.builds(
    standing, revision=st.integers(0, 20), starts_ms=MOMENTS, ends_ms=MOMENTS, paused_ms=MOMENTS, ended=st.booleans(),
    reopened=st.integers(0, 3), locked=st.booleans(),
)  # fmt: skip


@given(st.lists(st.one_of(STANDINGS, st.integers(0, 60), st.just("submit"), st.just("back")), max_size=30))
def test_hand_ins_and_reopenings_always_take_turns(happenings):
    session, now, turns = Session(Phase.WAITING), 0, []
    for happening in happenings:
        try:
            if isinstance(happening, Standing):
                effects = session.take(happening, now)
            elif happening == "submit":
                effects = session.submit()
            elif happening == "back":
                effects = session.take_back()
            else:
                now = max(now, happening)
                effects = session.tick(now)
        except InputProblem:
            continue
        turns += [type(effect) for effect in effects if not isinstance(effect, TakeStanding)]
    assert turns[0:1] in ([], [HandIn])
    assert all(one is not other for one, other in itertools.pairwise(turns))
