"""Charts: a pattern at a glance, the numbers in the tool tip and for screen readers."""

from typing import Any

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from examdesk.staffapi.messages import Series
from instructor_app.theme import Look
from instructor_app.widgets.basic import clear, column, label, row
from instructor_app.words import clock_time, counted, percent, tr
from shared.look import SPACE, Status

pg: Any = pyqtgraph  # without types
STACKED = (
    Status.WORKING,
    Status.IDLE,
    Status.WAITING,
    Status.PAUSED,
    Status.OFFLINE,
    Status.SUBMITTED,
    Status.ENDED,
)
SERIES_OF = {
    Status.WORKING: 2,
    Status.IDLE: 4,
    Status.WAITING: 3,
    Status.PAUSED: 7,
    Status.OFFLINE: 1,
    Status.SUBMITTED: 0,
    Status.ENDED: 5,
}
WIDE = 430


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Minutes since `start_ms`, written as times of day."""

    start_ms = 0
    step_ms = 60_000

    def tickSpacing(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, float]]:  # noqa: N802, N803
        """Return whole minutes, as many as there is room for."""
        most = max(1.0, size / 70)
        for minutes in (1, 2, 5, 10, 15, 30, 60, 120):
            if (maxVal - minVal) / minutes <= most:
                return [(minutes, 0)]
        return [(240, 0)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802, ARG002
        """Return times of day."""
        return [clock_time(self.start_ms + round(value * self.step_ms)) for value in values]


class Chart(QWidget):
    """A titled plot that follows the theme and answers to the mouse with numbers."""

    def __init__(self, look: Look, title: str, *, time_axis: bool = True) -> None:
        super().__init__()
        self.look = look
        self.axis: Any = TimeAxis("bottom") if time_axis else pg.AxisItem("bottom")
        self.plot: Any = pg.PlotWidget(axisItems={"bottom": self.axis})
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.getAxis("left").setWidth(34)
        self.plot.setMinimumSize(140, 60)
        self.title = label(title, "muted")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.legend: QHBoxLayout = row(spacing=SPACE["m"])
        self.setLayout(column(row(self.title, SPACE["s"], None, self.legend), self.plot, spacing=SPACE["xs"]))
        look.changed.connect(self._dress)
        self.plot.scene().sigMouseMoved.connect(self._pointed)
        self._dress()

    def draw(self) -> None:
        """Draw again what was shown last."""

    def words_at(self, value: float) -> str:
        """Return the numbers at a place of the horizontal axis."""
        del value
        return ""

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Keep the legend's words only while there is room."""
        super().resizeEvent(event)
        self._fit_legend()

    def _fit_legend(self) -> None:
        for words in self.findChildren(QLabel, "legend"):
            words.setVisible(self.width() >= WIDE)

    def _dress(self) -> None:
        colours = self.look.colours
        self.plot.setBackground(colours.surface)
        for name in ("left", "bottom"):
            axis = self.plot.getAxis(name)
            axis.setPen(colours.line)
            axis.setTextPen(colours.muted)
            axis.setStyle(tickLength=-3, tickTextOffset=4)
        self.draw()

    def _pointed(self, at: Any) -> None:
        box = self.plot.getPlotItem().vb
        inside = self.plot.sceneBoundingRect().contains(at)
        self.plot.setToolTip(self.words_at(box.mapSceneToView(at).x()) if inside else "")


class StatusChart(Chart):
    """How many students were in which status, over time."""

    def __init__(self, look: Look) -> None:
        self._series: Series | None = None
        super().__init__(look, tr("Session status"))

    def take(self, series: Series) -> None:
        """Show new figures."""
        self._series = series
        self.draw()

    def draw(self) -> None:
        """See `Chart.draw`."""
        self.plot.clear()
        clear(self.legend)
        series = self._series
        if series is None:
            return
        self.axis.start_ms, self.axis.step_ms = series.start_ms, series.step_ms
        present = [status for status in STACKED if any(series.status.get(status.value, ()))]
        length = max((len(series.status[status.value]) for status in present), default=0)
        below = [0] * length
        lower: Any = pg.PlotDataItem(range(length), below)
        for status in present:
            colour = QColor(self.look.colours.series[SERIES_OF[status]])
            values = series.status[status.value]
            top = [base + (values[place] if place < len(values) else 0) for place, base in enumerate(below)]
            upper: Any = pg.PlotDataItem(range(length), top, pen=pg.mkPen(colour, width=1))
            fill = QColor(colour)
            fill.setAlpha(120)
            self.plot.addItem(upper)
            self.plot.addItem(pg.FillBetweenItem(lower, upper, brush=fill))
            below, lower = top, upper
            self.legend.addWidget(_swatch(self.look, status.value, colour))
        self._fit_legend()
        self.plot.setYRange(0, max([*below, 4]), padding=0.04)
        self.plot.setXRange(0, max(length - 1, 1), padding=0.0)
        self.setAccessibleName(tr("Session status over time. Now: {words}", words=self.words_at(length - 1)))

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        series = self._series
        place = round(value)
        if series is None or place < 0:
            return ""
        counts = [(name, values[place]) for name, values in series.status.items() if place < len(values)]
        at = clock_time(series.start_ms + place * series.step_ms)
        return at + "\n" + "\n".join(f"{name}: {count}" for name, count in counts if count)


class RunsChart(Chart):
    """How many runs there were in each minute."""

    def __init__(self, look: Look) -> None:
        self._series: Series | None = None
        super().__init__(look, tr("Code runs per minute"))

    def take(self, series: Series) -> None:
        """Show new figures."""
        self._series = series
        self.draw()

    def draw(self) -> None:
        """See `Chart.draw`."""
        self.plot.clear()
        if self._series is None:
            return
        self.axis.start_ms, self.axis.step_ms = self._series.start_ms, self._series.step_ms
        runs = self._series.runs
        colour = QColor(self.look.colours.series[0])
        self.plot.addItem(pg.BarGraphItem(x=range(len(runs)), height=runs, width=0.7, brush=colour, pen=None))
        self.plot.setYRange(0, max([*runs, 4]), padding=0.04)
        self.plot.setXRange(-0.5, max(len(runs) - 0.5, 1), padding=0.0)
        self.setAccessibleName(tr("Code runs over time: {n} in all", n=sum(runs)))

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        series, place = self._series, round(value)
        if series is None or not 0 <= place < len(series.runs):
            return ""
        at = clock_time(series.start_ms + place * series.step_ms)
        return f"{at}\n{counted(series.runs[place], '{n} run', '{n} runs')}"


class DistributionChart(Chart):
    """Where all pairs of the class lie, and where the chosen pair does."""

    def __init__(self, look: Look) -> None:
        self._quantiles: tuple[float, ...] = ()
        self._pairs = 0
        self._chosen: float | None = None
        super().__init__(look, tr("All pairs of the class by similarity"), time_axis=False)

    def take(self, quantiles: tuple[float, ...], pairs: int) -> None:
        """Show the distribution that these quantiles (0 to 100 %) describe."""
        self._quantiles, self._pairs = quantiles, pairs
        self.draw()

    def mark(self, jaccard: float | None) -> None:
        """Mark where a pair lies."""
        self._chosen = jaccard
        self.draw()

    def bins(self) -> list[float]:
        """Return the number of pairs in each 5 % of similarity."""
        counts = [0.0] * 20
        each = self._pairs / max(1, len(self._quantiles))
        for value in self._quantiles:
            counts[min(19, int(value * 20))] += each
        return counts

    def draw(self) -> None:
        """See `Chart.draw`."""
        self.plot.clear()
        counts = self.bins()
        centres = [2.5 + 5 * place for place in range(20)]
        colours = self.look.colours
        self.plot.addItem(
            pg.BarGraphItem(x=centres, height=counts, width=4.4, brush=QColor(colours.series[5]), pen=None)
        )
        if self._chosen is not None:
            line: Any = pg.InfiniteLine(self._chosen * 100, pen=pg.mkPen(colours.accent, width=2))
            self.plot.addItem(line)
        self.plot.setYRange(0, max([*counts, 1]), padding=0.04)
        self.plot.setXRange(0, 100, padding=0.0)
        self.plot.getAxis("bottom").setTicks([[(value, f"{value} %") for value in range(0, 101, 20)]])

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        place = int(value // 5)
        if not 0 <= place < 20:
            return ""
        n = round(self.bins()[place])
        low, high = percent(place / 20), percent((place + 1) / 20)
        return f"{low} – {high}\n{counted(n, 'about {n} pair', 'about {n} pairs')}"  # noqa: RUF001


def _swatch(look: Look, name: str, colour: QColor) -> QWidget:
    square = QLabel()
    square.setPixmap(look.pixmap(f"status-{name.lower().replace(' ', '-')}", colour.name(), 13))
    square.setToolTip(name)
    text = label(name, "small")
    text.setObjectName("legend")
    holder = QWidget()
    holder.setLayout(row(square, text, spacing=SPACE["xs"]))
    return holder
