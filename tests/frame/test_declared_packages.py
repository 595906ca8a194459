"""What the packages import, pyproject.toml declares: a fresh installation has it."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OURS = ("shared", "examdesk", "student_app", "instructor_app")


def _imported(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (name.name.partition(".")[0] for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module.partition(".")[0]


def _plain(name):
    return re.split(r"[\[<>=!~; ]", name)[0].lower().replace("_", "-")


def test_every_import_of_the_staff_side_is_a_declared_package():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {_plain(each) for each in project["dependencies"]}
    known = packages_distributions()
    used = {
        name
        for package in ("shared", "examdesk")
        for path in (ROOT / package).rglob("*.py")
        for name in _imported(path)
    }
    others = {name for name in used if name not in sys.stdlib_module_names and name not in OURS and name in known}
    assert others
    assert not {name for name in others if not declared & {_plain(each) for each in known[name]}}
