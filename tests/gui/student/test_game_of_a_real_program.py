"""A real program with a turtle, confined as ever, played with the window's keys and mouse."""

import sys

import pytest
from PyQt6.QtCore import QPoint, Qt
from PyQt6.QtTest import QTest

from shared.events import decode, kinds
from shared.log.entry import unpack_header
from student_app.composition import RealRunner
from tests.gui.student.window_bench import WindowBench
from tests.support.patience import PATIENCE_MS

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a system with signals")
GAME = """import turtle
screen = turtle.Screen()
t = turtle.Turtle()
def up():
    t.sety(t.ycor() + 50)
    print("up to", t.ycor())
screen.onkey(up, "Up")
screen.onclick(lambda x, y: print("clicked", x > 100, y > 100))
screen.listen()
screen.mainloop()
"""


class RealBench(WindowBench):
    def open_exam(self, *args, **fields):
        self.desk._runner = RealRunner()
        return super().open_exam(*args, **fields)


@pytest.fixture
def bench(qtbot, tmp_path):
    bench = RealBench(tmp_path)
    bench.come_to_front(qtbot)
    yield bench
    bench.close()


def test_keys_and_clicks_reach_a_running_program_and_the_record_says_so(qtbot, bench):
    work = bench.begin()
    bench.desk.replace("q1/main.py", 0, len(bench.desk.text("q1/main.py")), GAME)
    work.editors.reload()
    work.run()
    console = work.console

    def until(holds):
        def looked():
            bench.refresh()
            return holds()

        qtbot.waitUntil(looked, timeout=PATIENCE_MS)

    until(lambda: console.figures.canvas.hasFocus() and console.figures.canvas._box.width() > 0)
    canvas = console.figures.canvas
    QTest.keyClick(canvas, Qt.Key.Key_Up)
    until(lambda: "up to 50" in console.text.toPlainText())
    place = canvas._place()
    QTest.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=QPoint(place.right() - 3, place.top() + 3))
    until(lambda: "clicked True True" in console.text.toPlainText())
    work.stop()
    until(lambda: not bench.desk.state().running and not console.figures.takes_keys)
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    done = "".join(each.text for each in payloads if isinstance(each, kinds.RunInput) and each.how == "window")
    assert [line.split()[0] for line in done.splitlines()] == ["press", "release", "down", "up"]
    (ended,) = (each for each in payloads if isinstance(each, kinds.RunEnded))
    assert ended.reason == "stopped"
    assert [figure.name for figure in ended.figures] == ["Turtle"]
