"""Charts: a pattern at a glance, the numbers in the tool tip and for screen readers."""

import math
from typing import Any

import pyqtgraph
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from examdesk.staffapi.messages import Series
from instructor_app.theme import Look
from instructor_app.widgets.basic import clear, column, label, row
from instructor_app.words import clock_time, counted, tr
from shared.look import SPACE, Status, plain_tip

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
MINUTE_MS = 60_000
LEAST_STEPS = 12
UNSEEN = QColor(0, 0, 0, 0)
"""For the edge of an area: with no pen at all the area between two edges is not painted either."""
ROUND_SECONDS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400, 28_800)


class TimeAxis(pg.AxisItem):  # type: ignore[misc]
    """Steps since `start_ms`, written as times of day; with seconds only where minutes would repeat."""

    start_ms = 0
    step_ms = 60_000

    def tickValues(self, minVal: float, maxVal: float, size: float) -> list[tuple[float, list[float]]]:  # noqa: N802, N803
        """Return round times of day, as many as there is room for."""
        span = (maxVal - minVal) * self.step_ms
        spacing = next(
            (each * 1000 for each in ROUND_SECONDS if span / (each * 1000) <= max(1.0, size / _tick_room(each))),
            ROUND_SECONDS[-1] * 1000,
        )
        first = self.start_ms + minVal * self.step_ms
        at = -int(-first // spacing) * spacing
        values = []
        while at <= self.start_ms + maxVal * self.step_ms:
            values.append((at - self.start_ms) / self.step_ms)
            at += spacing
        return [(spacing / self.step_ms, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:  # noqa: N802, ARG002
        """Return times of day."""
        fine = spacing * self.step_ms < MINUTE_MS
        return [clock_time(self.start_ms + round(value * self.step_ms), seconds=fine) for value in values]


class Chart(QWidget):
    """A titled plot that follows the theme and answers to the mouse with numbers."""

    def __init__(self, look: Look, title: str, *, time_axis: bool = True) -> None:
        super().__init__()
        self.look = look
        self.axis: Any = TimeAxis("bottom") if time_axis else pg.AxisItem("bottom")
        self.plot: Any = pg.PlotWidget(axisItems={"bottom": self.axis}, viewBox=pg.ViewBox(enableMenu=False))
        self.plot.setMenuEnabled(False)
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.hideButtons()
        self.plot.setFrameShape(self.plot.Shape.NoFrame)
        self.plot.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.plot.getAxis("left").setWidth(34)
        self.plot.setMinimumSize(140, 60)
        self.title = label(title, "muted")
        self.nothing = label("", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.hide()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Expanding)
        self.legend: QHBoxLayout = row(spacing=SPACE["m"])
        chart = column(row(self.title, SPACE["s"], None, self.legend), self.plot, self.nothing, spacing=SPACE["xs"])
        chart.setStretch(1, 1)
        chart.setStretch(2, 1)
        self.setLayout(chart)
        look.changed.connect(self._dress)
        self.plot.scene().sigMouseMoved.connect(self._pointed)
        self._dress()

    def draw(self) -> None:
        """Draw again what was shown last."""

    def words_at(self, value: float) -> str:
        """Return the numbers at a place of the horizontal axis."""
        del value
        return ""

    def say_nothing_yet(self, words: str) -> None:
        """Show these words in place of an empty frame; without words show the plot."""
        self.nothing.setText(words)
        self.nothing.setVisible(bool(words))
        self.plot.setVisible(not words)
        if words:
            self.setAccessibleName(f"{self.title.text()}: {words}")

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
        self.plot.setToolTip(plain_tip(self.words_at(box.mapSceneToView(at).x())) if inside else "")


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
        present = [] if series is None else present_statuses(series)
        if series is None or not present:
            self.say_nothing_yet(tr("Nobody has joined yet."))
            return
        self.say_nothing_yet("")
        self.axis.start_ms, self.axis.step_ms = series.start_ms, series.step_ms
        length = max(len(series.status[status.value]) for status in present)
        edges = [edge for place in range(length) for edge in (place, place + 1)]
        below = [0] * length
        lower: Any = pg.PlotDataItem(edges, _held(below))
        for status in present:
            colour = QColor(self.look.colours.series[SERIES_OF[status]])
            values = series.status[status.value]
            top = [base + (values[place] if place < len(values) else 0) for place, base in enumerate(below)]
            upper: Any = pg.PlotDataItem(edges, _held(top), pen=UNSEEN)
            fill = QColor(colour)
            fill.setAlpha(150)
            self.plot.addItem(upper)
            self.plot.addItem(pg.FillBetweenItem(lower, upper, brush=fill))
            below, lower = top, upper
            self.legend.addWidget(_swatch(self.look, status.value, colour))
        self._fit_legend()
        self.plot.setYRange(0, max([*below, 4]), padding=0.04)
        self.plot.setXRange(0, max(length, LEAST_STEPS), padding=0.0)
        self.setAccessibleName(tr("Session status over time. Now: {words}", words=self.words_at(length - 1)))

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        series = self._series
        place = math.floor(value)
        if series is None or place < 0:
            return ""
        counts = [(name, values[place]) for name, values in series.status.items() if place < len(values)]
        at = _moment(series, place)
        return at + "\n" + "\n".join(f"{name}: {count}" for name, count in counts if count)


class RunsChart(Chart):
    """How many runs there were in each minute, or each shorter step of an exam's first minutes."""

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
        series = self._series
        if series is None or not any(series.runs):
            self.say_nothing_yet(tr("Nobody has run code yet."))
            return
        self.say_nothing_yet("")
        self.axis.start_ms, self.axis.step_ms = series.start_ms, series.step_ms
        self.title.setText(_runs_title(series.step_ms))
        runs = series.runs
        colour = QColor(self.look.colours.series[0])
        middles = [place + 0.5 for place in range(len(runs))]
        self.plot.addItem(pg.BarGraphItem(x=middles, height=runs, width=0.7, brush=colour, pen=None))
        self.plot.setYRange(0, max([*runs, 4]), padding=0.04)
        self.plot.setXRange(0, max(len(runs), LEAST_STEPS), padding=0.0)
        self.setAccessibleName(tr("Code runs over time: {n} in all", n=sum(runs)))

    def words_at(self, value: float) -> str:
        """See `Chart.words_at`."""
        series, place = self._series, math.floor(value)
        if series is None or not 0 <= place < len(series.runs):
            return ""
        at = _moment(series, place)
        return f"{at}\n{counted(series.runs[place], '{n} run', '{n} runs')}"


def present_statuses(series: Series) -> list[Status]:
    """Return the statuses of those who joined, in the order in which the chart stacks them."""
    return [status for status in STACKED if any(series.status.get(status.value, ()))]


def _held(values: list[int]) -> list[int]:
    """Return each value twice: a count holds for its whole step, nothing glides from one to the next."""
    return [value for value in values for _ in (0, 1)]


def _moment(series: Series, place: int) -> str:
    return clock_time(series.start_ms + place * series.step_ms, seconds=series.step_ms < MINUTE_MS)


def _runs_title(step_ms: int) -> str:
    if step_ms < MINUTE_MS:
        return tr("Code runs per {n} seconds", n=step_ms // 1000)
    minutes = step_ms // MINUTE_MS
    return tr("Code runs per minute") if minutes == 1 else tr("Code runs per {n} minutes", n=minutes)


def _tick_room(seconds: int) -> int:
    """Return the width that a tick's words need."""
    return 84 if seconds < 60 else 70


def _swatch(look: Look, name: str, colour: QColor) -> QWidget:
    square = QLabel()
    square.setPixmap(look.pixmap(f"status-{name.lower().replace(' ', '-')}", colour.name(), 13))
    square.setToolTip(name)
    text = label(name, "small")
    text.setObjectName("legend")
    holder = QWidget()
    holder.setLayout(row(square, text, spacing=SPACE["xs"]))
    return holder
