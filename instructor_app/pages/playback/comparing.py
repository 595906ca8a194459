"""Comparing two moments of a session: from a key, a button, or a place on the timeline."""

from collections.abc import Callable

from examdesk.staffapi.playback.marks import Mark
from examdesk.staffapi.playback.player import Player
from instructor_app.pages.playback.code_pane import CodePane
from instructor_app.pages.playback.controls import Controls
from instructor_app.pages.playback.differences import PLAYHEAD, Moment
from instructor_app.pages.playback.loader import Loader
from instructor_app.pages.playback.showing import moments_of
from instructor_app.pages.playback.timeline import Timeline
from instructor_app.words import clock_time, tr


class Comparing:
    """Lets the code pane show a difference, and the timeline which moments it is between."""

    def __init__(
        self,
        parts: tuple[Loader, CodePane, Timeline, Controls],
        player: Callable[[], Player],
        stops: Callable[[], list[int]],
    ) -> None:
        self._loader, self._code, self._timeline, self._controls = parts
        self._player, self._stops = player, stops
        self._code.difference.compared.connect(self._compared)
        self._timeline.compared.connect(self.compare_with)

    def toggle(self) -> None:
        """Compare the version before the playhead with the playhead, or stop comparing."""
        if self._code.comparing():
            self.stop()
            return
        before = [number for number in self._stops() if number < self._player().number]
        moments = moments_of(self._loader)
        self._compare(moments, before[-1] if before else (moments[0][0] if moments else PLAYHEAD))

    def compare_with(self, there: Mark | int) -> None:
        """Compare a moment that was pointed at with the playhead."""
        tape = self._loader.tape
        number = there.number if isinstance(there, Mark) else tape.number_at(there)
        if not 0 < number <= len(tape):
            return
        moments = dict(moments_of(self._loader))
        time = clock_time(tape.times[number - 1], seconds=True)
        moments.setdefault(number, tr("Event {n}, {time}", n=f"{number:,}", time=time))
        self._compare(sorted(moments.items()), number)

    def stop(self) -> None:
        """Show the code again."""
        self._timeline.show_compared()
        self._controls.show_comparing(on=False)
        self._code.stop_comparing()
        self._timeline.setFocus()

    def _compare(self, moments: list[Moment], one: int) -> None:
        self._code.compare(moments, one, PLAYHEAD)
        self._controls.show_comparing(on=True)

    def _compared(self, one: int, other: int) -> None:
        tape = self._loader.tape
        if self._code.comparing() and len(tape):
            times = [tape.ends[number - 1] if number else tape.times[0] for number in (one, other)]
            self._timeline.show_compared(*times)
