"""Pictures of programs in the console: shown, chosen, enlarged, saved, and there again after a restart."""

import pytest
from PyQt6.QtCore import QSize, Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QDialog

from shared.events import decode, kinds
from shared.log.entry import unpack_header
from student_app.running.events import Ended, Figure, Listens, Output, WaitingForInput
from student_app.running.tracebacks import Frame, Traceback
from student_app.views import sample
from student_app.views.drawing import Drawing
from student_app.views.figures import Shown, at_once, size_of
from tests.support.patience import PATIENCE_MS

ENDED = Ended(0, None, "exit", "Your program ended.", 0.1)
PLOT = Figure("Figure 1", "png", sample.walk_picture())
STAR = Figure("Turtle", "svg", sample.STAR)


def deliver(qtbot, bench, *events):
    with qtbot.waitSignal(bench.bridge.ran, timeout=PATIENCE_MS):
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
    qtbot.waitUntil(lambda: work.console.shown.currentWidget() is work.console.text, timeout=PATIENCE_MS)
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


def begin_game(qtbot, bench, listens):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, STAR, listens)
    canvas = work.console.figures.canvas
    qtbot.waitUntil(lambda: work.console.shown.currentWidget() is work.console.figures, timeout=PATIENCE_MS)
    return work, canvas


def test_keys_go_to_a_program_that_listens_and_tab_leads_back_to_the_code(qtbot, bench):
    work, canvas = begin_game(qtbot, bench, Listens(keys=True))
    qtbot.waitUntil(canvas.hasFocus, timeout=PATIENCE_MS)
    assert "Tab" in work.console.figures._said.text()
    before = bench.desk.text("q1/main.py")
    for key in (Qt.Key.Key_Up, Qt.Key.Key_A, Qt.Key.Key_Space, Qt.Key.Key_Plus, Qt.Key.Key_Escape):
        QTest.keyClick(canvas, key)
    QTest.keyPress(canvas, Qt.Key.Key_Left)
    QTest.keyClick(canvas, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(canvas, Qt.Key.Key_Tab)
    qtbot.waitUntil(work.editors.editor.hasFocus, timeout=PATIENCE_MS)
    assert "Click the picture" in work.console.figures._said.text()
    told = [line.split("\t")[:2] for line in "".join(bench.runner.acts).splitlines()]
    pressed = [name for word, name in told if word == "press"]
    assert pressed == ["Up", "a", "space", "plus", "Escape", "Left"]
    assert told[-1] == ["release", "Left"]  # no key stays held when the student leaves
    assert bench.desk.text("q1/main.py") == before
    work.next_pane()
    deliver(qtbot, bench, ENDED)
    assert not work.console.figures.takes_keys


def test_a_click_on_the_picture_is_one_at_its_place_and_is_recorded_as_done_in_the_window(qtbot, bench):
    _work, canvas = begin_game(qtbot, bench, Listens(clicks=True))
    centre = canvas._place().center()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=centre)
    assert not [each for each in bench.window.findChildren(QDialog) if each.windowTitle() == "Turtle"]
    deliver(qtbot, bench, ENDED)
    word, button, x, y = bench.runner.acts[0].strip().split("\t")
    assert (word, button) == ("down", "1")
    assert abs(float(x)) < 3
    assert abs(float(y)) < 3
    bench.refresh()
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    (done,) = (
        decode(unpack_header(entry.header).kind, entry.payload)
        for _, entry in rows
        if unpack_header(entry.header).kind == kinds.RunInput.KIND
    )
    assert done.how == "window"
    assert [line.split(" ")[0] for line in done.text.splitlines()] == ["down", "up"]
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton)  # over: a click enlarges it as ever
    assert [each for each in bench.window.findChildren(QDialog) if each.windowTitle() == "Turtle"]


def test_the_large_window_plays_along(qtbot, bench):
    work, _ = begin_game(qtbot, bench, Listens(keys=True, clicks=True))
    work.console.figures.enlarge()
    large = work.console.figures._large
    QTest.keyClick(large, Qt.Key.Key_Right)
    assert [line.split("\t")[:2] for line in bench.runner.acts] == [["press", "Right"], ["release", "Right"]]
    QTest.keyClick(large, Qt.Key.Key_F5, Qt.KeyboardModifier.ShiftModifier)
    qtbot.waitUntil(lambda: bench.runner.stopped, timeout=PATIENCE_MS)


def many_lines(count):
    line = b'<polyline points="-%d,0 0,%d" fill="none" stroke="#0000ff" stroke-width="3" stroke-linecap="round"/>'
    parts = [line % (number % 200, number % 190) for number in range(count)]
    head = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-200 -200 400 400" width="400" height="400">'
    text = b'<text x="0" y="0" fill="#000000" font-size="20">a &lt; b</text>'
    return b"\n".join(
        [head, b'<rect x="-200" y="-200" width="400" height="400" fill="#eeeeee"/>', *parts, text, b"</svg>"]
    )


def test_a_picture_drawn_part_by_part_is_the_same_as_at_once(qapp):
    room = QSize(300, 300)
    whole = Drawing(many_lines(300), room)
    assert whole.step(60)
    parts, steps = Drawing(many_lines(300), room), 1
    while not parts.step(0):
        steps += 1
    assert steps > 5
    assert parts.image == whole.image
    assert (whole.box.x(), whole.box.width()) == (-200, 400)
    assert whole.image.pixelColor(5, 5).name() == "#eeeeee"
    assert whole.image.pixelColor(140, 160).name() == "#0000ff"


def test_a_large_picture_comes_while_the_window_goes_on_and_the_newest_one_is_seen_last(qtbot, bench):
    work = bench.begin()
    work.run()
    deliver(qtbot, bench, Figure("Turtle", "svg", many_lines(1500)), Listens(keys=True))
    deliver(qtbot, bench, Figure("Turtle", "svg", many_lines(1400)))
    deliver(qtbot, bench, STAR)
    area = work.console.figures
    qtbot.waitUntil(lambda: area._picture.data == STAR.data and not area.canvas.busy, timeout=PATIENCE_MS)
    assert area.canvas._box.width() > 0


@pytest.mark.parametrize("data", [b"", b"<svg>", b"no picture", b"<svg></svg>"])
def test_nothing_to_draw_is_drawn_as_nothing(qapp, data):
    drawing = Drawing(data, QSize(10, 10))
    assert drawing.step(0)
    assert drawing.image.width() >= 1
