"""Two sessions along one time line: when each passage that they share appeared in each of them."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import Signal
from PySide6.QtGui import QColor

from examdesk.staffapi.messages import AppearedView, Passage
from instructor_app.theme import Look
from instructor_app.widgets.charts import Chart
from instructor_app.words import clock_time, tr
from shared.text.edits import Origin

pg: Any = pyqtgraph  # without types
MINUTE_MS = 60_000
MARGIN = 0.04
LANES = (1.0, 0.0)


class PassageLanes(Chart):
    """A bar from a passage's first character to when most of it was there; lines join the two sides of a passage.

    A disc stands at the end of what was typed, a square at the end of what was pasted.

    Attributes:
        picked: (place of a passage) it was clicked.
    """

    picked = Signal(int)

    def __init__(self, look: Look) -> None:
        self._passages: Sequence[Passage] = ()
        self._names = ("", "")
        self._current = -1
        super().__init__(look, tr("When each passage appeared"))
        self.plot.getAxis("left").setWidth(150)
        self.plot.scene().sigMouseClicked.connect(self._clicked)

    def take(self, passages: Sequence[Passage], names: tuple[str, str]) -> None:
        """Show the passages of two sessions."""
        self._passages, self._names, self._current = passages, names, -1
        self.draw()

    def mark(self, place: int) -> None:
        """Bring one passage out."""
        self._current = place
        self.draw()

    def timed(self) -> list[tuple[int, Passage]]:
        """Return the passages of which both sides have a time, with their places."""
        return [(place, one) for place, one in enumerate(self._passages) if one.a is not None and one.b is not None]

    def draw(self) -> None:
        """See `Chart.draw`."""
        self.plot.clear()
        timed = self.timed()
        if not timed:
            self.say_nothing_yet(tr("There are no times: one of the two is not a session of this exam."))
            return
        self.say_nothing_yet("")
        moments = [
            at
            for _, passage in timed
            for side in (passage.a, passage.b)
            if side is not None
            for at in (side.began.at_ms, side.there.at_ms)
        ]
        start, end = min(moments), max(*moments, min(moments) + MINUTE_MS)
        self.axis.start_ms, self.axis.step_ms = start, MINUTE_MS
        for place, passage in sorted(timed, key=lambda each: each[0] == self._current):
            self._draw_passage(place, passage, start)
        span = (end - start) / MINUTE_MS
        self.plot.setXRange(-MARGIN * span, span * (1 + MARGIN), padding=0.0)
        self.plot.setYRange(-0.45, 1.45, padding=0.0)
        self.plot.getAxis("left").setTicks([[(LANES[0], _short(self._names[0])), (LANES[1], _short(self._names[1]))]])
        self.setAccessibleName(tr("When {n} passages appeared; the table below has the times", n=len(timed)))

    def _draw_passage(self, place: int, passage: Passage, start: int) -> None:
        colours = self.look.colours
        strong = place == self._current
        ends = []
        for lane, side in zip(LANES, (passage.a, passage.b), strict=True):
            assert side is not None
            began, there = ((moment.at_ms - start) / MINUTE_MS for moment in (side.began, side.there))
            colour = QColor(colours.provenance[Origin.OUTSIDE].mark if side.pasted >= 0.5 else colours.series[0])
            colour.setAlpha(255 if strong else 130)
            shape, size = ("s" if side.pasted >= 0.5 else "o"), (13 if strong else 9)
            bar: Any = pg.PlotDataItem([began, there], [lane, lane], pen=pg.mkPen(colour, width=7 if strong else 5))
            end: Any = pg.ScatterPlotItem(
                [there],
                [lane],
                size=size,
                symbol=shape,
                pen=None,
                brush=colour,
            )
            self.plot.addItem(bar)
            self.plot.addItem(end)
            ends.append(there)
        line = QColor(colours.accent if strong else colours.muted)
        line.setAlpha(255 if strong else 70)
        self.plot.addItem(pg.PlotDataItem(ends, list(LANES), pen=pg.mkPen(line, width=2 if strong else 1)))

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        at = self.axis.start_ms + round(value * MINUTE_MS)
        return clock_time(at, seconds=True) if self._passages else ""

    def nearest(self, minutes: float, lane: float) -> int:
        """Return the place of the passage whose end in the nearer lane lies nearest; -1 for none."""
        upper = lane > 0.5
        best, found = float("inf"), -1
        for place, passage in self.timed():
            side: AppearedView | None = passage.a if upper else passage.b
            assert side is not None
            apart = abs((side.there.at_ms - self.axis.start_ms) / MINUTE_MS - minutes)
            if apart < best:
                best, found = apart, place
        return found

    def _clicked(self, event: Any) -> None:
        if not self.plot.isVisible():
            return
        at = self.plot.getPlotItem().vb.mapSceneToView(event.scenePos())
        place = self.nearest(at.x(), at.y())
        if place >= 0:
            self.picked.emit(place)


def _short(name: str) -> str:
    return name if len(name) <= 20 else f"{name[:19]}…"
