"""Charts over time, and what the top bar says of the exam's times."""

import msgspec
import pyqtgraph
import pytest

from examdesk.staffapi.messages import Series
from instructor_app.sample import SampleHub
from instructor_app.theme import Look
from instructor_app.topbar import when_words
from instructor_app.widgets.charts import RunsChart, StatusChart, TimeAxis

HOUR_MS = 3_600_000
NOON_MS = 1_791_201_600_000


@pytest.fixture
def look(qapp):
    return Look(qapp, "light", 10)


@pytest.mark.parametrize("step_ms", [5_000, 15_000, 60_000, 120_000])
@pytest.mark.parametrize("steps", [1, 2, 12, 60, 400])
@pytest.mark.parametrize("width", [140, 900])
def test_the_axis_never_repeats_a_time_of_day(qapp, step_ms, steps, width):
    axis = TimeAxis("bottom")
    axis.start_ms, axis.step_ms = NOON_MS, step_ms
    ((spacing, values),) = axis.tickValues(0, steps, width)
    words = axis.tickStrings(values, 1.0, spacing)
    assert len(words) == len(set(words))
    assert len(words) <= max(2, width / 70 + 1)
    assert all(0 <= value <= steps for value in values)


def test_counts_hold_for_their_step_and_do_not_glide(qtbot, look):
    chart = StatusChart(look)
    qtbot.addWidget(chart)
    chart.take(Series(start_ms=NOON_MS, step_ms=5_000, runs=(0, 0, 0), status={"Working": (1, 5, 2)}))
    xs, ys = chart.plot.listDataItems()[0].getData()
    assert list(zip(xs, ys, strict=True)) == [(0, 1), (1, 1), (1, 5), (2, 5), (2, 2), (3, 2)]
    areas = [item for item in chart.plot.getPlotItem().items if isinstance(item, pyqtgraph.FillBetweenItem)]
    assert [area.path().boundingRect().height() for area in areas] == [5]
    assert "Working: 5" in chart.words_at(1.9)


@pytest.mark.parametrize("chart_type", [StatusChart, RunsChart])
def test_a_chart_without_figures_says_so_instead_of_an_empty_frame(qtbot, look, chart_type):
    chart = chart_type(look)
    qtbot.addWidget(chart)
    nobody = Series(start_ms=NOON_MS, step_ms=5_000, runs=(0,), status={"Not joined": (6,)})
    chart.take(nobody)
    assert chart.plot.isHidden()
    assert chart.nothing.text()
    chart.take(msgspec.structs.replace(nobody, runs=(2,), status={"Working": (6,)}))
    assert not chart.plot.isHidden()
    assert chart.nothing.isHidden()


@pytest.mark.parametrize(
    ("phase", "minutes", "ends", "left", "until"),
    [
        ("ended", 60, NOON_MS - 60_000, "", "ended at"),
        ("active", 60, NOON_MS + HOUR_MS, "1:00:00 left", "until"),
        ("active", 60, None, "", "60 minutes from joining on"),
        ("active", None, None, "", "no end is set"),
        ("paused", 60, NOON_MS + HOUR_MS, "", "clocks stand still"),
        ("waiting", None, None, "", "opened by hand · no fixed length"),
    ],
)
def test_the_top_bar_tells_the_times_of_every_phase(phase, minutes, ends, left, until):
    exam = SampleHub(1).exam
    exam = msgspec.structs.replace(exam, phase=phase, minutes=minutes, ends_ms=ends, starts_ms=None)
    said = when_words(exam, NOON_MS)
    assert said[0] == left
    assert said[1].startswith(until)


def test_after_an_end_by_hand_the_top_bar_stands_in_line(desk):
    desk.hub.exam = msgspec.structs.replace(desk.hub.exam, phase="ended")
    desk.program.state.refresh()
    bar = desk.program.window.top
    desk.wait(lambda: bar.until.text().startswith("ended at"))
    desk.settle()
    assert bar.left.isHidden()
    assert bar.until.x() == bar.title.x()
