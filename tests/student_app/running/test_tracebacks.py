"""Python's own words, read."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from student_app.running import Frame, Traceback, link_in, parse_traceback

NAMES = {"main.py", "sub/part.py"}


def test_link_covers_the_file_and_the_line():
    line = '  File "/work/sub/part.py", line 12, in f\n'
    link = link_in(line, "/work", NAMES)
    assert link.frame == Frame("sub/part.py", 12, "f")
    assert line[link.start : link.end] == '"/work/sub/part.py", line 12'


@pytest.mark.parametrize(
    "line",
    [
        '  File "/usr/lib/python3/json.py", line 1, in loads',
        '  File "<string>", line 1, in <module>',
        "File main.py",
        "",
    ],
)
def test_places_of_others_are_no_links(line):
    assert link_in(line, "/work", NAMES) is None


def test_the_last_of_several_errors_is_taken():
    text = (
        'Traceback (most recent call last):\n  File "main.py", line 1, in <module>\nKeyError: 1\n\n'
        "During handling of the above exception, another exception occurred:\n\n"
        'Traceback (most recent call last):\n  File "main.py", line 3, in <module>\nmy.Error: two\nlines\n'
    )
    assert parse_traceback(text, "", NAMES) == Traceback("my.Error", "two\nlines", (Frame("main.py", 3, "<module>"),))


def test_windows_paths_are_the_students_files_too():
    text = 'Traceback (most recent call last):\n  File "C:\\t\\work\\sub\\part.py", line 2, in g\nValueError\n'
    assert parse_traceback(text, "C:\\t\\work", NAMES).frames == (Frame("sub/part.py", 2, "g"),)


@pytest.mark.parametrize(
    "text", ["", "oops\n", "File main.py is fine\n", 'Traceback (most recent call last):\n  File "main.py"']
)
def test_text_without_an_error_is_none(text):
    assert parse_traceback(text, "", NAMES) is None


@pytest.mark.parametrize(
    ("source", "kind", "line"),
    [
        ("1/0", "ZeroDivisionError", 1),
        ("\nx = (", "SyntaxError", 2),
        ("def f():\nx", "IndentationError", 2),
        ("raise ExceptionGroup('g', [ValueError(1)])", "ExceptionGroup", 1),
        ("def f(): f()\nf()", "RecursionError", 1),
        ("import threading\nt = threading.Thread(target=lambda: 1/0); t.start(); t.join()", "ZeroDivisionError", 2),
        ("assert 0", "AssertionError", 1),
    ],
)
def test_what_this_python_prints_is_understood(source, kind, line, tmp_path):
    path = tmp_path / "main.py"
    path.write_text(source)
    text = subprocess.run([sys.executable, "-I", str(path)], capture_output=True, text=True, check=False).stderr
    found = parse_traceback(text, str(tmp_path), NAMES)
    assert found.kind == kind
    assert found.frames[-1].line == line


@given(st.text(max_size=300))
def test_any_text_is_read_without_an_error(text):
    parse_traceback(text, "/work", NAMES)
    parse_traceback("Traceback (most recent call last):\n" + text, "/work", NAMES)
