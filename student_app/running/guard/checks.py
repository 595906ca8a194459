"""Runs the checks that an exam shows to its students, in the student's program's own process.

It is copied beside the student's files and started like a program of theirs. A check is a `unittest` test, a function
`test_…` without parameters, or a whole file that ends without an exception. Nothing here counts points.
"""

from __future__ import annotations

import inspect
import os
import sys
import traceback
import types
import unittest
from collections.abc import Callable
from typing import Any

FOLDER = "checks"
SPEC = "examdesk_checks.py"
MAX_FRAMES = 6


def main() -> None:
    """Run all checks, one line each, and say how many hold."""
    sys.path.insert(1, os.path.abspath(FOLDER))  # noqa: PTH100  (pathlib costs 5 ms of every run)
    held = total = 0
    for name in sorted(_files()):
        for title, check in _checks(name):
            total += 1
            held += _holds(title, check)
    one = total == 1
    print("\n%d of %d %s." % (held, total, "check holds" if one else "checks hold"))  # noqa: T201, UP031


def _files() -> list[str]:
    found = []
    for folder, _, names in os.walk(FOLDER):
        found += [os.path.join(folder, name) for name in names if name.endswith(".py")]  # noqa: PTH118
    tests = [name for name in found if os.path.basename(name).startswith(("test", "check"))]  # noqa: PTH119
    return tests or found


def _checks(name: str) -> list[tuple[str, Callable[[], Any]]]:
    """Load a file and return its checks; what fails while it loads is a check that does not hold."""
    title = os.path.basename(name)[:-3]  # noqa: PTH119
    module = types.ModuleType(title)
    module.__file__ = name
    sys.modules[title] = module
    try:
        with open(name, "rb") as source:  # noqa: PTH123
            exec(compile(source.read(), name, "exec", dont_inherit=True), module.__dict__)  # noqa: S102
    except BaseException as error:  # noqa: BLE001
        return [(title, _raiser(error))]
    found = [*_cases(module), *_functions(module)]
    return found or [(title, lambda: None)]


def _cases(module: types.ModuleType) -> list[tuple[str, Callable[[], Any]]]:
    found: list[tuple[str, Callable[[], Any]]] = []
    for suite in unittest.defaultTestLoader.loadTestsFromModule(module):
        cases = list(suite) if isinstance(suite, unittest.TestSuite) else [suite]
        found += [(case.id().rpartition(".")[2], case.debug) for case in cases if isinstance(case, unittest.TestCase)]
    return found


def _functions(module: types.ModuleType) -> list[tuple[str, Callable[[], Any]]]:
    return [
        (name, value)
        for name, value in vars(module).items()
        if name.startswith("test")
        and inspect.isfunction(value)
        and value.__module__ == module.__name__
        and not inspect.signature(value).parameters
    ]


def _raiser(error: BaseException) -> Callable[[], Any]:
    def again() -> None:
        raise error

    return again


def _holds(title: str, check: Callable[[], Any]) -> bool:
    """Run one check and say how it went."""
    try:
        check()
    except unittest.SkipTest as skipped:
        print("-  %s: left out (%s)" % (title, skipped))  # noqa: T201, UP031
        return True
    except BaseException as error:  # noqa: BLE001
        sys.stderr.write("✗  %s: %s\n" % (title, _said(error)))  # noqa: UP031
        for frame in _frames(error):
            sys.stderr.write(frame)
        return False
    print("✓  %s" % title)  # noqa: T201, UP031
    return True


def _said(error: BaseException) -> str:
    text = str(error).strip()
    if isinstance(error, AssertionError):
        return text or "not so: %s" % _last_line(error)  # noqa: UP031
    if isinstance(error, SystemExit):
        return "the program ended itself here"
    if isinstance(error, EOFError):
        return "the program waits for input here"
    return "%s: %s" % (type(error).__name__, text) if text else type(error).__name__  # noqa: UP031


def _last_line(error: BaseException) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return (frames[-1].line or "") if frames else ""


def _frames(error: BaseException) -> list[str]:
    """Return the places in the student's files and in the check, the innermost last."""
    folder = os.getcwd() + os.sep  # noqa: PTH109
    shown = []
    for frame in traceback.extract_tb(error.__traceback__):
        name = frame.filename.removeprefix(folder).removeprefix("." + os.sep)
        if not os.path.isabs(name) and name != SPEC and not name.startswith("<"):  # noqa: PTH117
            shown.append('   File "%s", line %d, in %s\n' % (name, frame.lineno or 0, frame.name))  # noqa: UP031
    return shown[-MAX_FRAMES:]


if __name__ == "__main__":
    main()
