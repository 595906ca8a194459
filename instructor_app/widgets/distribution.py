"""How alike all pairs of the class are: every pair counted, and where the chosen one lies."""

from collections.abc import Sequence
from typing import Any

import pyqtgraph
from PySide6.QtCore import QLocale
from PySide6.QtGui import QColor, QFont

from instructor_app.theme import Look
from instructor_app.widgets.charts import Chart
from instructor_app.words import counted, percent, tr

pg: Any = pyqtgraph  # without types
BANDS = 20
LEAST_BAR, HEADROOM = 0.012, 1.28
"""A few copies among tens of thousands of pairs are seen all the same; every bar has its number."""


def bands(histogram: Sequence[int]) -> list[int]:
    """Return the number of pairs in each 5 % from the numbers in each hundredth; a figure of 1 is in the last."""
    counts = [0] * BANDS
    for hundredth, pairs in enumerate(histogram):
        counts[min(BANDS - 1, hundredth * BANDS // 100)] += pairs
    return counts


class DistributionChart(Chart):
    """Where all pairs of the class lie by one figure, and where the chosen pair does."""

    def __init__(self, look: Look, title: str) -> None:
        self._histogram: Sequence[int] = ()
        self._chosen: float | None = None
        super().__init__(look, title, time_axis=False)

    def take(self, histogram: Sequence[int]) -> None:
        """Show how many pairs lie in each hundredth."""
        self._histogram = histogram
        self.draw()

    def mark(self, figure: float | None) -> None:
        """Mark where a pair lies."""
        self._chosen = figure
        self.draw()

    def draw(self) -> None:
        """See `Chart.draw`."""
        self.plot.clear()
        pairs = sum(self._histogram)
        if not pairs:
            self.say_nothing_yet(tr("There are no pairs yet."))
            return
        self.say_nothing_yet("")
        counts = bands(self._histogram)
        colours = self.look.colours
        centres = [2.5 + 5 * place for place in range(BANDS)]
        small = QFont(self.font())
        small.setPointSizeF(small.pointSizeF() * 0.8)
        least = max(counts) * LEAST_BAR
        heights = [max(count, least) if count else 0 for count in counts]
        self.plot.addItem(
            pg.BarGraphItem(x=centres, height=heights, width=4.4, brush=QColor(colours.series[5]), pen=None)
        )
        for centre, count, height in zip(centres, counts, heights, strict=True):
            if count:
                number: Any = pg.TextItem(QLocale().toString(count), color=colours.muted, anchor=(0.5, 0.9))
                number.setFont(small)
                number.setPos(centre, height)
                self.plot.addItem(number)
        if self._chosen is not None:
            line: Any = pg.InfiniteLine(self._chosen * 100, pen=pg.mkPen(colours.accent, width=2))
            self.plot.addItem(line)
        self.plot.setYRange(0, max(counts) * HEADROOM, padding=0.0)
        self.plot.getAxis("left").setTicks([[]])
        self.plot.setXRange(0, 100, padding=0.0)
        self.plot.getAxis("bottom").setTicks([[(value, f"{value} %") for value in range(0, 101, 20)]])
        highest = max(place for place, count in enumerate(counts) if count)
        self.setAccessibleName(
            tr(
                "{title}: {n} pairs, the highest {to}",
                title=self.title.text(),
                n=pairs,
                to=percent((highest + 1) / BANDS),
            )
        )

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        place = int(value // 5)
        if not 0 <= place < BANDS or not sum(self._histogram):
            return ""
        low, high = percent(place / BANDS), percent((place + 1) / BANDS)
        n = bands(self._histogram)[place]
        return f"{low} – {high}\n{counted(n, '{n} pair', '{n} pairs')}"  # noqa: RUF001
