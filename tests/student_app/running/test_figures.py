"""Pictures of a program: Python's own turtle and matplotlib, without a screen, on their way to the desk."""

import os
import re
import sys
from pathlib import Path

import pytest

from student_app.running import (
    Ended,
    Figure,
    Output,
    Program,
    Run,
    RunLimits,
    RunSetup,
    base_interpreter,
    find_interpreter,
    probe_sandbox,
)
from student_app.running.events import WrittenFile
from student_app.running.pictures import Pictures, harvest, written

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a system with signals")


def run(text, *, interpreter=None, typed="", setup=None, **files):
    """Return the pictures by name (the newest of each), what was printed, the end, and the setup."""
    pictures, texts = {}, []

    def deliver(events):
        for event in events:
            if isinstance(event, Figure):
                pictures[event.name] = event
            elif isinstance(event, Output):
                texts.append(event.text)

    interpreter = interpreter or base_interpreter()
    setup = setup or RunSetup(interpreter, probe_sandbox(interpreter))
    program = Program({"main.py": text, **{f"{name}.py": data for name, data in files.items()}}, {})
    started = Run(program, RunLimits(seconds=60), deliver, setup)
    started.write_stdin(typed)
    ended = started.wait(120)
    assert isinstance(ended, Ended)
    return pictures, "".join(texts), ended, setup


def test_a_turtle_draws_and_the_program_goes_on_after_the_window():
    pictures, text, ended, _ = run(
        "import turtle\n"
        "turtle.title('House')\n"
        "turtle.color('red', 'gold1')\n"
        "turtle.begin_fill()\n"
        "for _ in range(4):\n"
        "    turtle.forward(100)\n"
        "    turtle.left(90)\n"
        "turtle.end_fill()\n"
        "turtle.write('a < b & c', font=('Arial', 14, 'bold'))\n"
        "turtle.goto(-900, 0)\n"
        "turtle.hideturtle()\n"
        "turtle.done()\n"
        "print('after', turtle.pos())\n"
    )
    assert text == "after (-900.00,0.00)\n"
    assert ended.exit_code == 0
    assert ended.new_files == ()
    (house,) = pictures.values()
    drawn = house.data.decode()
    assert (house.name, house.kind) == ("Turtle", "svg")
    assert 'fill="#ffd700"' in drawn
    assert 'stroke="#ff0000"' in drawn
    assert "a &lt; b &amp; c</text>" in drawn
    left, _, width, _ = map(float, re.search(r'viewBox="([^"]+)"', drawn)[1].split())
    assert left < -900  # all that was drawn is seen, also outside of the window
    assert left + width >= 300


def test_a_turtle_asks_in_the_console_and_complains_as_the_books_say():
    pictures, text, _, _ = run(
        "import turtle\n"
        "print(turtle.textinput('Name', 'Who?'), turtle.numinput('Size', 'How large?', minval=1))\n"
        "try:\n"
        "    turtle.color('no such colour')\n"
        "except turtle.TurtleGraphicsError as error:\n"
        "    print(error)\n"
        "turtle.dot(10)\n"
        "turtle.mainloop()\n",
        typed="Ada\nmany\n0\n7.5\n",
    )
    assert "Ada 7.5\n" in text
    assert "That is not a number." in text
    assert "bad color string: no such colour\n" in text
    assert list(pictures) == ["Turtle"]


def test_a_picture_is_there_also_when_the_program_fails_afterwards():
    pictures, text, ended, _ = run("import turtle\nturtle.circle(50)\nturtle.forward('far')\n")
    assert "Turtle" in pictures
    assert ended.exit_code == 1
    assert 'File "main.py", line 3, in <module>' in text
    assert "student_app" not in text


def test_the_students_own_turtle_comes_first_and_tkinter_stays_what_it_is():
    pictures, text, _, _ = run("import turtle\nprint(turtle.mine)\n", turtle="mine = 1\n")
    assert text == "1\n"
    assert not pictures
    _, text, _, _ = run("import turtle, sys\nprint('tkinter' in sys.modules)\n")
    assert text == "False\n"


needs_matplotlib = pytest.mark.skipif(
    "CI" not in os.environ
    and not any((Path(folder) / "matplotlib").is_dir() for folder in sys.path if "site-packages" in folder),
    reason="matplotlib is not installed",
)


@needs_matplotlib
def test_matplotlib_shows_each_figure_and_what_was_saved_is_shown_too():
    interpreter = find_interpreter(Path(sys.executable), site_packages=True)
    pictures, text, ended, setup = run(
        "import matplotlib.pyplot as plt\n"
        "plt.plot([1, 2], [3, 4])\n"
        "plt.savefig('saved.png')\n"
        "plt.show()\n"
        "print(plt.get_fignums())\n"
        "plt.bar(['a'], [1])\n"
        "plt.gcf().canvas.manager.set_window_title('Bars')\n"
        "for height in range(3):\n"
        "    plt.ylim(0, height + 1)\n"
        "    plt.pause(0.01)\n",
        interpreter=interpreter,
    )
    assert ended.reason == "exit", text
    assert text == "[]\n"
    assert {name: one.kind for name, one in pictures.items()} == {"Figure 1": "png", "Bars": "png", "saved.png": "png"}
    assert all(one.data.startswith(b"\x89PNG") for one in pictures.values())
    assert [file.name for file in ended.new_files] == ["saved.png"]
    assert any(name.startswith("fontlist-") for name in setup.carried)  # the next run need not look for fonts


def test_only_regular_files_of_bounded_size_are_taken_for_pictures(tmp_path):
    place = tmp_path / "examdesk-figures"
    place.mkdir()
    (place / "1.png").write_bytes(b"picture")
    (tmp_path / "secret").write_bytes(b"secret")
    (place / "2.png").symlink_to(tmp_path / "secret")
    (place / "3.svg").write_bytes(b"")
    os.mkfifo(place / "4.png")
    with (place / "5.png").open("wb") as file:
        file.truncate(5 << 20)
    pictures = Pictures(tmp_path)
    pictures.note("1.png Nice\x07 one")
    assert pictures.take(1.0) == [Figure("Nice one", "png", b"picture")]
    for line in ("2.png x", "3.svg x", "4.png x", "5.png x", "../secret x", "6.png x", "", "1.exe x"):
        pictures.note(line)
    assert pictures.take(2.0) == []


@pytest.mark.skipif(os.open not in os.supports_dir_fd, reason="no folders as handles here")
def test_a_folder_of_pictures_that_is_a_link_leads_nowhere(tmp_path):
    elsewhere = tmp_path / "home"
    elsewhere.mkdir()
    (elsewhere / "1.png").write_bytes(b"private")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "examdesk-figures").symlink_to(elsewhere)
    pictures = Pictures(tmp_path / "run")
    pictures.note("1.png x")
    assert pictures.take(1.0) == []


def test_a_picture_that_changes_all_the_time_is_taken_25_times_a_second_and_at_last(tmp_path):
    place = tmp_path / "examdesk-figures"
    place.mkdir()
    pictures = Pictures(tmp_path)
    for step in range(100):
        (place / "1.svg").write_bytes(b"%d" % step)
        pictures.note("1.svg Turtle")
        pictures.take(step / 100)
    assert 0 < pictures.due(0.99) <= 0.04
    assert pictures.take(0.99) == []
    assert [one.data for one in pictures.take(0.99, last=True)] == [b"99"]
    assert pictures.due(1.0) is None
    for number in range(1, 60):
        pictures.note(f"{number}.svg x")
    assert len(pictures._names) == 40


def test_names_of_written_pictures_are_shown_without_signs_that_mislead():
    names = ["a\nb\u202egnp.png", "\u202e.png", "x" * 200 + ".png"]
    shown = [one.name for one in written(tuple(WrittenFile(name, 1, b"x") for name in names))]
    assert shown == ["abgnp.png", ".png", "x" * 80]


def test_only_lists_of_fonts_are_carried_to_the_next_run(tmp_path):
    folder = tmp_path / "matplotlib"
    folder.mkdir()
    (folder / "fontlist-v390.json").write_bytes(b"{}")
    (folder / "matplotlibrc").write_bytes(b"backend: evil")
    carried = {}
    harvest(tmp_path, carried)
    assert carried == {"fontlist-v390.json": b"{}"}
