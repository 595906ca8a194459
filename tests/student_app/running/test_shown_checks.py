"""An exam's shown checks, run over the student's files in the program's own process."""

import sys

import pytest

from shared.exam.content import ContentFile
from student_app.running import Ended, Output, Run, RunLimits, RunSetup, base_interpreter, probe_sandbox
from student_app.running.checking import checking

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="written for a system with signals")

MAIN = "def double(x):\n    return x * 2\n\n\ndef broken(x):\n    return x[3]\n"
FUNCTIONS = b"""from main import broken, double
import pytest_like

def test_numbers():
    assert double(2) == 4

def test_wrong():
    assert double(2) == 5, "double(2) should be 5"

def test_error():
    broken([1])

def helper(x):
    return x
"""
CASES = b"""import unittest
from main import double

class TestDouble(unittest.TestCase):
    def setUp(self):
        self.two = 2

    def test_text(self):
        self.assertEqual(double("a"), "aa")

    def test_minus(self):
        self.assertEqual(double(-self.two), 4)
"""


def checked(files, **checks):
    texts = []

    def deliver(events):
        texts.extend(event.text for event in events if isinstance(event, Output))

    given = [ContentFile(f"{name}.py", data) for name, data in checks.items()]
    interpreter = base_interpreter()
    setup = RunSetup(interpreter, probe_sandbox(interpreter))
    ended = Run(checking(files, {"rain.txt": b"1\n2\n"}, given), RunLimits(seconds=20), deliver, setup).wait(60)
    assert isinstance(ended, Ended)
    return "".join(texts), ended


def test_functions_and_test_cases_are_checks_and_each_says_how_it_went():
    functions = FUNCTIONS.replace(b"import pytest_like\n", b"")
    text, ended = checked({"main.py": MAIN}, test_functions=functions, test_cases=CASES)
    assert "✓  test_numbers\n" in text
    assert "✗  test_wrong: double(2) should be 5\n" in text
    assert "✗  test_error: IndexError: list index out of range\n" in text
    assert 'File "main.py", line 6, in broken\n' in text
    assert "✓  test_text\n" in text
    assert "✗  test_minus: -4 != 4\n" in text
    assert text.endswith("\n2 of 5 checks hold.\n")
    assert ended.reason == "exit"
    assert ended.exit_code == 0


def test_a_program_that_does_not_load_is_a_check_that_does_not_hold():
    text, _ = checked({"main.py": "def f(:\n"}, test_it=b"from main import f\n")
    assert "✗  test_it: SyntaxError" in text
    assert text.endswith("\n0 of 1 check holds.\n")


def test_a_program_that_ends_itself_ends_only_its_check():
    text, _ = checked(
        {"main.py": "import sys\nsys.exit()\n"},
        test_a=b"import main\n", test_b=b"assert open('rain.txt').read() == '1\\n2\\n'\n",
    )  # fmt: skip
    assert "✗  test_a: the program ended itself here\n" in text
    assert "✓  test_b\n" in text
