"""Pictures of programs in the console: shown, chosen, enlarged, saved, and there again after a restart."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog

from shared.events import decode, kinds
from shared.log.entry import unpack_header
from student_app.running.events import Ended, Figure, Output, WaitingForInput
from student_app.running.tracebacks import Frame, Traceback
from student_app.views import sample
from student_app.views.figures import Shown, at_once, size_of
from tests.gui.student.window_bench import WindowBench

ENDED = Ended(0, None, "exit", "Your program ended.", 0.1)
PLOT = Figure("Figure 1", "png", sample.walk_picture())
STAR = Figure("Turtle", "svg", sample.STAR)


@pytest.fixture
def bench(qtbot, tmp_path):
    bench = WindowBench(tmp_path)
    bench.window.show()
    bench.window.activateWindow()
    qtbot.waitUntil(bench.window.isActiveWindow)
    yield bench
    bench.close()


def deliver(qtbot, bench, *events):
    with qtbot.waitSignal(bench.bridge.ran, timeout=20_000):
        bench.runner.deliver(events)


def tabs(work):
    return [work.console.tabs.tabText(at) for at in range(work.console.tabs.count())]


def test_a_picture_appears_while_the_program_runs_and_the_keyboard_chooses_others(qtbot, bench):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, Output("stdout", "drawing\n"), PLOT)
    assert work.console.shown.currentWidget() is work.console.figures
    deliver(qtbot, bench, STAR, Figure("Figure 1", "png", sample.walk_picture()), ENDED)
    assert tabs(work) == ["Text", "Figure 1", "Turtle"]
    QTest.keyClick(work.console.tabs, Qt.Key.Key_Right)
    assert work.console.figures.canvas.accessibleName().startswith("Picture: Turtle, 440")
    QTest.keyClick(work.console.tabs, Qt.Key.Key_Left)
    QTest.keyClick(work.console.tabs, Qt.Key.Key_Left)
    assert "drawing" in work.console.text.toPlainText()
    assert work.console.shown.currentWidget() is work.console.text
    work.run()
    assert tabs(work) == ["Text"]


def test_a_program_that_waits_or_fails_shows_its_words_first(qtbot, bench):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, PLOT)
    deliver(qtbot, bench, Output("stdout", "How many? "), WaitingForInput(True))
    qtbot.waitUntil(lambda: work.console.shown.currentWidget() is work.console.text, timeout=20_000)
    assert work.console.input.isVisible()
    deliver(qtbot, bench, WaitingForInput(False), STAR)
    work.console.tabs.setCurrentIndex(2)
    trace = Traceback("ValueError", "no", (Frame("main.py", 1, "<module>"),))
    deliver(qtbot, bench, Ended(1, None, "exit", "Your program ended with an error.", 0.1, traceback=trace))
    assert work.console.shown.currentWidget() is work.console.text


def test_the_record_has_the_hash_of_each_picture_and_a_restart_shows_it_again(qtbot, bench):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, PLOT, STAR, ENDED)
    bench.refresh()
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    (ended,) = (
        decode(unpack_header(entry.header).kind, entry.payload)
        for _, entry in rows
        if unpack_header(entry.header).kind == kinds.RunEnded.KIND
    )
    assert [(one.name, one.kind, one.size) for one in ended.figures] == [
        ("Figure 1", "png", len(PLOT.data)),
        ("Turtle", "svg", len(STAR.data)),
    ]
    work.turn_to("q2")
    assert tabs(work) == ["Text"]
    work.turn_to("q1")
    assert tabs(work) == ["Text", "Figure 1", "Turtle"]
    assert bench.desk.pictures.read(ended.figures[1].sha256) == STAR.data


def test_a_picture_can_be_enlarged_and_saved(qtbot, bench, tmp_path):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, STAR, ENDED)
    area = work.console.figures
    QTest.mouseClick(area.canvas, Qt.MouseButton.LeftButton)
    (dialog,) = (each for each in bench.window.findChildren(QDialog) if each.windowTitle() == "Turtle")
    assert dialog.isVisible()
    dialog.close()
    area.write_picture(tmp_path / "star.svg")
    assert (tmp_path / "star.svg").read_bytes() == STAR.data
    area.write_picture(tmp_path / "missing" / "star.svg")
    assert "another folder" in area._said.text()


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("png", b"no picture"),
        ("svg", b"<svg>"),
        ("svg", sample.STAR.replace(b"<rect", b"<image xlink:href='file:///etc/passwd'/><rect")),
        ("svg", sample.STAR.replace(b'width="440"', b'width="9999999"')),
        ("svg", b"<!DOCTYPE svg [<!ENTITY a 'aaa'>]>" + sample.STAR),
    ],
)
def test_what_is_no_plain_picture_is_not_drawn(qapp, kind, data):
    assert size_of(Shown("x", kind, data)) is None


def test_very_large_pictures_are_shown_only_when_asked_for(qapp):
    long = Shown("x", "svg", sample.STAR + b"<rect/>" * 60_000)
    assert not at_once(long, size_of(Shown("x", "svg", sample.STAR)))


def test_a_pause_closes_the_windows_and_panes_that_show_something_of_the_exam(qtbot, bench):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, STAR, ENDED)
    work.console.figures.enlarge()
    work.side.toggle_instructions()
    (dialog,) = (each for each in bench.window.findChildren(QDialog) if each.windowTitle() == "Turtle")
    closed = []
    dialog.finished.connect(closed.append)
    bench.desk.sitting.standing(bench.standing(paused_ms=bench.clock.wall))
    bench.refresh()
    assert len(closed) == 1
    assert work.side.isHidden()
