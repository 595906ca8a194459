"""A text looked for through time: found exactly where a replay of every moment has it."""

import pytest

from examdesk.staffapi.messages import PlayedJournal
from examdesk.staffapi.playback.finding import Finder
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.moments import citation, cited, number_of
from shared.events import kinds
from shared.problems import InputProblem
from tests.examdesk.staffapi.playback.made_up_session import MAIN, Session, long_session, started


def found(session, text, **how):
    finder = Finder(session.tape(), text, **how)
    while not finder.work(7):
        pass
    return finder


def test_first_appearance_disappearance_and_return_are_found_with_their_moments():
    session = started()
    session.type("seek me\n", 8)
    session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 8, 8, ""),)))
    session.write(kinds.Paste(file=MAIN, at=8, removed=0, text="Seek me, seek me\n", clip="own"))
    finder = found(session, "seek me")
    assert [(each.number, each.before, each.now) for each in finder.found] == [(3, 0, 1), (4, 1, 0), (5, 0, 1)]
    assert [(a.number, b and b.number) for a, b in finder.stretches()] == [(3, 4), (5, None)]
    assert found(session, "SEEK me", exact=False).found[-1].now == 2
    assert found(session, "never").found == []


def test_a_move_to_another_pc_and_another_name_are_no_disappearance_of_the_text_anywhere():
    session = started()
    session.place = 1
    session.write(kinds.Started(how="moved", app="1", platform="Linux", python="3.12", device="pc2"))
    for part, text in enumerate(("# st", "art\n"), 1):
        session.write(kinds.FileCreated(file=MAIN, origin="restored", text=text, part=part, parts=2))
    session.write(kinds.Viewed(question="q1", file=MAIN))
    session.write(kinds.FileRenamed(file=MAIN, to="q1/b.py"))
    finder = found(session, "# start")
    assert [(each.file, each.now) for each in finder.found] == [(MAIN, 1), (MAIN, 0), ("q1/b.py", 1)]
    session.write(kinds.FileRemoved(file="q1/b.py"))
    assert found(session, "# start").found[-1][2:] == ("q1/b.py", 0, 1)


def test_every_change_of_the_count_agrees_with_a_replay_of_each_moment():
    session = long_session()
    tape = session.tape()
    text = tape.at(len(tape)).text(MAIN)[10:12]
    kept = {each.number: each.now for each in found(session, text).found if each.file == MAIN}
    count = 0
    for number in range(1, len(tape) + 1):
        count = kept.get(number, count)
        there = tape.at(number)
        if MAIN in there.files:
            assert there.text(MAIN).count(text) == count


def test_a_moment_is_named_by_number_time_run_or_the_citation_that_was_copied():
    session = started()
    session.type("x", 8)
    tape = session.tape()
    tape.set_journals((PlayedJournal(journal="c41f9a07" * 4, device="pc", stop=3),))
    assert citation(tape, 2) == "[c41f9a07/1]"
    assert citation(tape, 0) == ""
    text = f"Ada, 10:00:01, event 2 {citation(tape, 2)}: look here {citation(tape, 3)}, not [ffffffff/1]"
    assert cited(tape, text) == [2, 3]
    for words, number in (("2", 2), ("event 2", 2), ("end", 3), ("start", 0), (text, 2)):
        assert number_of(words, tape, Marks(), ()) == number
    for words in ("4", "run:1", "version 9", "25:00", "[ffffffff/1]", "[c41f9a07/8]", "", "soon", ","):
        with pytest.raises(InputProblem):
            number_of(words, tape, Marks(), ())


def test_an_empty_session_is_searched_at_once():
    finder = found(Session(), "x")
    assert finder.found == []
    assert finder.share == 0
