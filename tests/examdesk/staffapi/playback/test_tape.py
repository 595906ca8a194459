"""The tape: any moment of any track is what a replay from the beginning gives, and nothing in it can break it."""

import random

import msgspec
import pytest

from examdesk.staffapi.messages import PlayedEvent, PlayedJournal
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.player import IDLE_MS, Player
from examdesk.staffapi.playback.tape import Tape
from shared.events import kinds
from shared.text import Origin, Workspace
from shared.text.replay import apply_event, leave_journal
from tests.examdesk.staffapi.playback.made_up_session import MAIN, long_session, started


def from_the_beginning(tape: Tape, number: int) -> Workspace:
    files = Workspace()
    for place in range(number):
        if place and tape.events[place].place != tape.events[place - 1].place:
            leave_journal(files)
        apply_event(files, place, tape.payload(place))
    return files


def test_any_moment_is_what_a_replay_from_the_beginning_gives():
    tape = long_session().tape()
    chance = random.Random(2)
    for number in [0, 1, 2, len(tape), *(chance.randrange(len(tape)) for _ in range(60))]:
        there, again = tape.at(number), from_the_beginning(tape, number)
        assert there.texts() == again.texts()
        assert [there.model(file).provenance() for file in there.files] == [
            again.model(file).provenance() for file in again.files
        ]


def test_a_burst_is_shown_key_by_key():
    session = started()
    session.type("abcd", 8, step=100)
    tape = session.tape()
    begun = tape.times[-1]
    assert [tape.at(3, begun + ms).text(MAIN)[8:] for ms in (0, 99, 100, 250, 300, 9_000)] == [
        "a", "a", "ab", "abc", "abcd", "abcd",
    ]  # fmt: skip
    assert tape.at(3).text(MAIN) == "# start\nabcd"


def test_what_was_moved_to_another_pc_keeps_its_origin():
    session = started()
    session.type("x = 1\n", 8)
    text = session.tape().at(3).text(MAIN)
    session.place = 1
    session.write(kinds.Started(how="moved", app="1", platform="Linux", python="3.12", device="pc2"))
    session.write(kinds.FileCreated(file=MAIN, origin="restored", text=text))
    tape = session.tape()
    assert tape.at(4).files == ()
    model = tape.at(5).model(MAIN)
    assert model.characters_by_origin() == {Origin.STARTER: 8, Origin.TYPED: 6}
    assert [span.seq for span in model.provenance()] == [1, 2]  # places on the tape, of the journal before


def test_erased_unreadable_unknown_and_unfitting_events_are_counted_and_break_nothing():
    session = started()
    session.type("abc", 8)
    session.events[-1] = msgspec.structs.replace(session.events[-1], payload=None)
    session.events.append(PlayedEvent(0, 3, 7, 1_010_000, b"{}", "?"))
    session.events.append(PlayedEvent(0, 4, 200, 1_010_500, b'{"a":1}', "?"))
    session.write(kinds.Edit(file=MAIN, changes=(kinds.Change(0, 500, 1, "z"),)))
    session.write(kinds.Edit(file="q9/none.py", changes=(kinds.Change(0, 0, 0, "z"),)))
    session.type("!", 8)
    tape = session.tape()
    marks, again = Marks(), Tape()
    for event in session.events:
        marks.take(again, event, again.take(event))
    troubles = tape.troubles
    assert (troubles.erased, troubles.erased_edits, troubles.unreadable, troubles.unknown, troubles.misfits) == (
        1, 1, 1, 1, 2,
    )  # fmt: skip
    assert tape.at(len(tape)).text(MAIN) == "# start\n!"
    assert troubles.any()


def test_times_never_go_back_where_a_clock_was_set():
    session = started()
    session.at_ms -= 60_000
    session.type("abc", 8)
    tape = session.tape()
    assert tape.times == sorted(tape.times)
    assert tape.number_at(tape.times[-1]) == len(tape)


def test_an_event_is_found_by_its_journal_and_a_changed_line_is_noticed():
    tape = long_session(many=20).tape()
    count = sum(event.place == 0 for event in tape.events)
    one, two = (PlayedJournal(journal=name, device=name, stop=stop) for name, stop in (("aa", count), ("bb", 90)))
    assert tape.set_journals((one, two))
    assert tape.number_of("aa", 0) == 1
    assert tape.number_of("bb", 2) == count + 3
    assert tape.number_of("cc", 0) is None
    assert tape.set_journals((one, msgspec.structs.replace(two, stop=200)))
    assert not tape.set_journals((msgspec.structs.replace(one, stop=count - 1), two))
    assert not tape.set_journals((one,))


def test_files_that_were_renamed_or_removed_stay_in_the_list():
    session = started()
    session.write(kinds.FileRenamed(file=MAIN, to="q1/new.py"))
    session.write(kinds.FileCreated(file="q1/b.py", origin="student", text=""))
    session.write(kinds.FileRemoved(file="q1/b.py"))
    tape = session.tape()
    assert tape.files == [MAIN, "q1/new.py", "q1/b.py"]
    assert tape.at(5).files == ("q1/new.py",)


# -- the playhead


def test_playing_goes_as_fast_as_it_is_told_and_stops_at_the_end():
    session = started()
    for _ in range(5):
        session.type("a", 8)
    player = Player(session.tape())
    player.to_start()
    player.play()
    player.set_speed(4)
    player.tick(500)
    assert player.at_ms == player.first_ms + 2_000
    assert player.number == 3
    player.tick(60_000)
    assert (player.number, player.playing, player.whole) == (7, False, True)
    player.play()
    assert (player.number, player.playing) == (0, True)


def test_time_in_which_nothing_happens_is_skipped_on_request():
    session = started()
    session.type("a", 8, ms=600_000)
    tape = session.tape()
    player = Player(tape)
    player.to_number(2)
    player.play()
    player.tick(IDLE_MS + 50)
    assert player.at_ms == tape.times[2] - IDLE_MS
    player.skip_idle = False
    player.to_number(2)
    player.play()
    player.tick(IDLE_MS + 50)
    assert player.at_ms == tape.ends[1] + IDLE_MS + 50


def test_the_playhead_follows_a_live_session_until_it_is_moved():
    session = started()
    tape = session.tape()
    player = Player(tape)
    player.to_end(follow=True)
    session.type("ab", 8)
    tape.take(session.events[-1])
    assert player.grew()
    assert player.number == 3
    player.to_ms(player.first_ms)
    session.type("c", 8)
    tape.take(session.events[-1])
    assert not player.grew()
    assert player.number == 1


def test_steps_reach_every_event_also_those_of_one_moment():
    session = started()
    for _ in range(3):
        session.write(kinds.Contact(online=True), ms=0)
    player = Player(session.tape())
    seen = []
    player.to_start()
    for _ in range(6):
        player.step(1)
        seen.append(player.number)
    assert seen == [1, 2, 3, 4, 5, 5]
    assert player.step_to([2, 4], -1)
    assert player.number == 4
    assert not player.step_to([2, 4], 1)


@pytest.mark.parametrize("move", ["play", "to_start", "to_end", "stop"])
def test_an_empty_tape_can_be_played(move):
    player = Player(Tape())
    getattr(player, move)()
    player.tick(100)
    player.step(1)
    player.to_ms(5)
    assert (player.number, player.tape.at(3).files) == (0, ())
