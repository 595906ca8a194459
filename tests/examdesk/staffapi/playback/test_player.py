"""The playhead backwards, in a loop, and faster with each press."""

from examdesk.staffapi.playback.player import Player
from tests.examdesk.staffapi.playback.made_up_session import started


def played(gap=1_000):
    session = started()
    for n in range(6):
        session.type("abcdefgh", 8 + 8 * n, ms=gap)
    return Player(session.tape())


def test_it_plays_back_letter_by_letter_to_the_beginning_and_stands_still_there():
    player = played()
    player.to_end()
    player.play(backwards=True)
    seen = []
    while player.playing:
        player.tick(50)
        seen.append(player.tape.at(player.number, player.until_ms()).texts().get("q1/main.py", ""))
    assert player.number == 0
    lengths = [len(text) for text in seen]
    assert lengths == sorted(lengths, reverse=True)
    assert len(set(lengths)) > 30
    player.play(backwards=True)
    assert player.number == len(player.tape)


def test_it_skips_idle_time_backwards_too():
    player = played(gap=600_000)
    player.to_end()
    player.play(backwards=True)
    ticks = 0
    while player.playing:
        player.tick(100)
        ticks += 1
    assert ticks < 500


def test_a_loop_is_played_again_and_again_either_way_and_ends_may_be_set_in_any_order():
    player = played()
    start, end = player.first_ms + 2_000, player.first_ms + 4_000
    player.set_loop(None, end)
    player.set_loop(start, None)
    assert player.loop == (start, end)
    player.play()
    for backwards in (False, True):
        player.play(backwards=backwards)
        for _ in range(100):
            player.tick(100)
            assert start <= player.at_ms <= end
        assert player.playing
    player.set_loop(end + 500, None)
    assert player.loop == (end + 500, player.last_ms)
    player.set_loop(None, start)
    assert player.loop == (player.first_ms, start)
    player.loop = None
    player.set_loop(player.last_ms, None)
    assert player.loop is None


def test_the_same_key_again_plays_faster_and_the_other_way_keeps_the_speed():
    player = played()
    player.shuttle(1)
    assert (player.playing, player.backwards, player.speed) == (True, False, 1)
    player.shuttle(1)
    player.shuttle(1)
    assert player.speed == 4
    player.shuttle(-1)
    assert (player.backwards, player.speed) == (True, 4)
    player.stop()
    player.shuttle(1)
    assert (player.backwards, player.speed) == (False, 4)
