"""Moments named and found again: copied, written into a note, typed or pasted to go there."""

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication

from examdesk.staffapi.messages import LiveRow
from examdesk.staffapi.playback.moments import citation, number_of
from examdesk.staffapi.playback.player import Player
from instructor_app.pages.playback.controls import Controls
from instructor_app.pages.playback.loader import Loader
from instructor_app.pages.playback.moment_note import MomentNote
from instructor_app.widgets.basic import Banner
from instructor_app.words import clock_time, tr
from shared.problems import InputProblem


class Citing:
    """Acts on the moment of a player."""

    def __init__(
        self,
        loader: Loader,
        parts: tuple[Controls, MomentNote, Banner],
        player: Callable[[], Player],
        go_to: Callable[[int], None],
    ) -> None:
        self._loader, self._player, self._go_to = loader, player, go_to
        self._controls, self._note, self._banner = parts
        self._controls.gone_to.connect(self._go_to_written)

    def copy(self, one: LiveRow | None) -> str:
        """Copy whose session this is and which moment, with what leads back to it; return what was copied."""
        player = self._player()
        who = "" if one is None else f"{one.name} ({one.student})"
        words = tr("{who}, {time}, event {n}", who=who, time=self._time(), n=f"{player.number:,}")
        words = f"{words} {citation(player.tape, player.number)}".rstrip()
        QGuiApplication.clipboard().setText(words)
        return words

    def write_note(self) -> None:
        """Begin a note about the moment."""
        player = self._player()
        player.stop()
        self._note.begin(f"{self._time()} {citation(player.tape, player.number)}".rstrip())

    def _time(self) -> str:
        return clock_time(self._player().at_ms, seconds=True)

    def _go_to_written(self, text: str) -> None:
        loader = self._loader
        try:
            number = number_of(text, loader.tape, loader.marks, loader.versions)
        except InputProblem as problem:
            self._banner.say("attention", problem.sentence)
            return
        self._banner.hide()
        self._controls.end_asking()
        self._go_to(number)
