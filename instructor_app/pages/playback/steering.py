"""What keys, buttons and menu entries do to the playhead."""

from collections.abc import Callable, Mapping, Sequence

from examdesk.staffapi.playback.marks import Lane, Mark
from examdesk.staffapi.playback.player import Player
from instructor_app.words import clock_time, tr

STRIDE_MS = 10_000


class Steering:
    """Moves a player; the page gives it the player of its tape, and the marks as they come.

    Attributes:
        stops: the moments of versions and runs.
        lanes: every mark that can be gone to.
    """

    def __init__(
        self, player: Callable[[], Player], arrived: Callable[[Mark], None], say: Callable[[str], None]
    ) -> None:
        self._player, self._arrived, self._say = player, arrived, say
        self.stops: list[int] = []
        self.lanes: Mapping[Lane, Sequence[Mark]] = {}

    def act(self, name: str) -> bool:
        """Do what a name says; False where it is none of these."""
        acts: dict[str, Callable[[Player], object]] = {
            "toggle": lambda player: player.stop() if player.playing else player.play(),
            "halt": Player.stop,
            "shuttle-back": lambda player: player.shuttle(-1),
            "shuttle-on": lambda player: player.shuttle(1),
            "start": Player.to_start,
            "back": lambda player: player.step(-1),
            "on": lambda player: player.step(1),
            "mark-back": lambda player: player.step_to(self.stops, -1),
            "mark-on": lambda player: player.step_to(self.stops, 1),
            "stride-back": lambda player: player.to_ms(player.at_ms - STRIDE_MS),
            "stride-on": lambda player: player.to_ms(player.at_ms + STRIDE_MS),
            "loop-from": lambda player: self._loop(player, player.at_ms, None),
            "loop-to": lambda player: self._loop(player, None, player.at_ms),
            "loop-off": self._no_loop,
        }
        way, _, lane = name.partition(" ")
        if way in ("next", "previous"):
            self._jump(lane, 1 if way == "next" else -1)
        elif way == "speed":
            self._player().set_speed(int(lane))
        elif name in acts:
            acts[name](self._player())
        else:
            return False
        return True

    def loop(self, start_ms: int, end_ms: int) -> None:
        """Play a stretch again and again."""
        player = self._player()
        player.loop = None
        player.set_loop(*sorted((start_ms, end_ms)))
        self._say(loop_words(player))

    def _loop(self, player: Player, start_ms: int | None, end_ms: int | None) -> None:
        player.set_loop(start_ms, end_ms)
        self._say(loop_words(player))

    def _no_loop(self, player: Player) -> None:
        player.loop = None
        self._say(tr("Nothing is played again and again any more."))

    def _jump(self, lane: str, by: int) -> None:
        marks: Sequence[Mark] = next((each for name, each in self.lanes.items() if name == lane), ())
        by_number = {mark.number: mark for mark in sorted(marks, key=lambda mark: mark.number, reverse=True)}
        player = self._player()
        player.stop()
        if player.step_to(sorted(by_number), by):
            self._arrived(by_number[player.number])
        else:
            self._say(no_more_words(lane, by))


def loop_words(player: Player) -> str:
    """Say which stretch is played again and again."""
    if player.loop is None:
        return tr("That is no stretch: set its beginning before its end.")
    start, end = (clock_time(at_ms, seconds=True) for at_ms in player.loop)
    return tr("Plays {start} to {end} again and again; \\ ends that.", start=start, end=end)


def no_more_words(lane: str, by: int) -> str:
    """Say that there is nothing further to go to."""
    after = {
        "pastes": tr("No paste after this moment."),
        "runs": tr("No run after this moment."),
        "signals": tr("No signal after this moment."),
        "focus": tr("No other window in front after this moment."),
        "messages": tr("No message after this moment."),
        "notes": tr("No note of a reviewer after this moment."),
    }
    before = {
        "pastes": tr("No paste before this moment."),
        "runs": tr("No run before this moment."),
        "signals": tr("No signal before this moment."),
        "focus": tr("No other window in front before this moment."),
        "messages": tr("No message before this moment."),
        "notes": tr("No note of a reviewer before this moment."),
    }
    return (after if by > 0 else before)[lane]
