"""A turtle's keys, clicks and timers: a real program gets them while it runs, and the person can always end it."""

import sys
import threading

import pytest

from shared.exam.content import ContentFile
from student_app.running import (
    Ended,
    Figure,
    Output,
    Program,
    Run,
    RunLimits,
    RunSetup,
    base_interpreter,
    probe_sandbox,
)
from student_app.running.checking import checking
from student_app.running.events import Listens
from student_app.running.guard import window
from student_app.running.run import _WorkingTime

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a system with signals")


class Played:
    """A program on its way, with what it said so far."""

    def __init__(self, program):
        self.events = []
        self._came = threading.Condition()
        if isinstance(program, str):
            program = Program({"main.py": program}, {})
        interpreter = base_interpreter()
        setup = RunSetup(interpreter, probe_sandbox(interpreter))
        self.run = Run(program, RunLimits(seconds=60), self._take, setup)

    def _take(self, events):
        with self._came:
            self.events += events
            self._came.notify_all()

    @property
    def text(self):
        return "".join(event.text for event in self.events if isinstance(event, Output))

    def until(self, holds):
        with self._came:
            assert self._came.wait_for(lambda: holds(self), 60), self.events

    def until_said(self, text):
        self.until(lambda self: text in self.text)

    def do(self, *lines):
        for line in lines:
            self.run.happen(line.replace(" ", "\t") + "\n")

    def end(self):
        ended = self.run.wait(60)
        assert isinstance(ended, Ended)
        return ended


GAME = """
import turtle
screen = turtle.Screen()
t = turtle.Turtle()
t.speed(0)  # what happens while a turtle walks comes in between, as with the real module
def up():
    t.setheading(90)
    t.forward(20)
    print("up", t.pos())
def clicked(x, y):
    print("clicked", x, y)
screen.onkey(up, "Up")
screen.onkeypress(lambda: print("plus"), "plus")
screen.onkeypress(lambda: print("mistake" + 1), "x")
screen.onkey(screen.bye, "q")
screen.onclick(clicked)
screen.onclick(lambda x, y: print("right"), btn=3)
t.onclick(lambda x, y: print("hit", x, y))
t.ondrag(lambda x, y: t.goto(x, y))
t.onrelease(lambda x, y: print("let go", t.pos()))
screen.listen()
screen.ontimer(lambda: print("timer"), 50)
print("ready")
screen.mainloop()
print("over")
"""


def test_keys_clicks_drags_and_timers_reach_a_turtle_and_bye_ends_its_loop():
    played = Played(GAME)
    played.until_said("timer")
    played.until(lambda self: Listens(keys=True, clicks=True) in self.events)
    played.do("press Up ", "release Up ")
    played.until_said("up (")
    played.do("press plus +")
    played.until_said("plus")
    played.do("down 1 2 21", "move 1 40 40", "move 1 60 50", "up 1 60 50")
    played.until_said("let go")
    played.do("down 3 -100 -100", "up 3 -100 -100")
    played.until_said("right")
    played.do("press x x", "nonsense", "down one two three", "release q q")
    ended = played.end()
    assert (ended.reason, ended.exit_code) == ("exit", 0)
    assert [line for line in played.text.splitlines() if not line.startswith((" ", "Traceback", "TypeError"))] == [
        "ready",
        "timer",
        "up (0.00,20.00)",
        "plus",
        "hit 2.0 21.0",
        "clicked 2.0 21.0",
        "let go (60.00,50.00)",
        "right",
        "over",
    ]
    assert 'File "main.py", line 14, in <lambda>' in played.text
    assert "student_app" not in played.text
    assert "guard" not in played.text
    assert played.events[-2] == Listens() or Listens() in played.events


def test_stop_ends_a_program_that_waits_for_keys():
    played = Played(GAME)
    played.until_said("timer")
    played.run.stop()
    assert played.end().reason == "stopped"


def test_waiting_for_keys_costs_none_of_a_programs_seconds_and_no_more_than_has_passed_counts_as_waiting():
    clock = _WorkingTime()
    clock.rest(5.0, "1000")
    clock.start(10.0)
    clock.rest(20.0, "8000")
    assert clock.working(20.0) == 2.0
    clock.rest(21.0, "99999")
    assert clock.working(21.0) == 0.0
    for text in ("", "-5", "many", "999999999999"):
        clock.rest(25.0, text)
    assert clock.working(25.0) == 4.0


def test_a_loop_of_updates_gets_keys_at_the_pace_of_a_screen():
    played = Played(
        "import turtle\n"
        "screen = turtle.Screen()\n"
        "screen.tracer(0)\n"
        "ball = turtle.Turtle()\n"
        "going = True\n"
        "def stop():\n"
        "    global going\n"
        "    going = False\n"
        "screen.onkeypress(stop, 'Escape')\n"
        "screen.listen()\n"
        "frames = 0\n"
        "while going:\n"
        "    frames += 1\n"
        "    ball.setx(frames % 100)\n"
        "    screen.update()\n"
        "    if frames == 90:\n"
        "        print('ninety')\n"
        "print('ended')\n"
    )
    played.until_said("ninety")
    played.do("press Escape ")
    ended = played.end()
    assert played.text == "ninety\nended\n"
    assert ended.seconds > 1.3  # 90 pictures take one and a half seconds
    assert sum(isinstance(event, Figure) for event in played.events) > 2


def test_a_click_ends_a_program_that_waits_for_one():
    played = Played("import turtle\nturtle.circle(50)\nturtle.exitonclick()\nprint('after')\n")
    played.until(lambda self: Listens(clicks=True) in self.events)
    played.do("down 1 300 300")
    assert played.end().exit_code == 0
    assert played.text == "after\n"


def test_a_key_of_a_wrong_name_is_named_with_the_right_one_and_what_cannot_come_is_said():
    played = Played(
        "import turtle\n"
        "turtle.onkey(turtle.bye, 'F5')\n"
        "try:\n"
        "    turtle.onkey(turtle.bye, 'up')\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
    )
    assert played.end().exit_code == 0
    assert 'TclError bad event type or keysym "up" (the key is called Up)' in played.text
    assert "The key F5 belongs to ExamDesk's window" in played.text


def test_checks_of_a_turtle_program_wait_for_nobody():
    files = {"main.py": "import turtle\nturtle.circle(9)\nturtle.exitonclick()\nanswer = 42\n"}
    check = ContentFile("test_answer.py", b"from main import answer\n\ndef test_answer():\n    assert answer == 42\n")
    played = Played(checking(files, {}, [check]))
    assert played.end().exit_code == 0
    assert not any(isinstance(event, Listens) and event.clicks for event in played.events)


@pytest.mark.parametrize(
    ("sequence", "found"),
    [
        ("<KeyPress-Up>", ("press", "Up")),
        ("<KeyRelease-a>", ("release", "a")),
        ("<KeyPress>", ("press", "")),
        ("<Key-1>", ("press", "1")),
        ("<Button-1>", ("down", "1")),
        ("<1>", ("down", "1")),
        ("<Button1-Motion>", ("move", "1")),
        ("<B1-Motion>", ("move", "1")),
        ("<Motion>", ("move", "")),
        ("<Button1-ButtonRelease>", ("up", "1")),
        ("<ButtonRelease-3>", ("up", "3")),
        ("<KeyPress-->", ("press", "minus")),
        ("<space>", ("press", "space")),
        ("x", ("press", "x")),
        ("<Configure>", ("", "")),
    ],
)
def test_bindings_are_read_as_tk_reads_them(sequence, found):
    assert window.pattern(sequence) == found


def test_lines_that_are_none_are_left_out():
    assert window.read("down\t1\t3\t-4.5").y == 4.5
    assert window.read("press\tä\tä").char == "ä"
    for line in ("", "press", "down\t1", "down\tx\t1\t1", "jump\t1"):
        assert window.read(line) is None
