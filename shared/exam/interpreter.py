"""Python version ranges and package requirements, as exam.toml writes them."""

import re

_CLAUSE = re.compile(r"^(==|!=|>=|<=|>|<|~=)\s*(\d+(?:\.\d+){0,2})(\.\*)?$")
_PACKAGE = re.compile(
    r"^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
    r"(?:\[[A-Za-z0-9._-]+(?:\s*,\s*[A-Za-z0-9._-]+)*\])?"
    r"(?:\s*(?:==|!=|>=|<=|>|<|~=)\s*[0-9][A-Za-z0-9.+!*-]*(?:\s*,\s*(?:==|!=|>=|<=|>|<|~=)\s*[0-9][A-Za-z0-9.+!*-]*)*)?$"
)


def python_mistake(wanted: str) -> str:
    """What is wrong with a version range, as a sentence; empty when nothing is."""
    clauses = [clause.strip() for clause in wanted.split(",")]
    wrong = next((clause for clause in clauses if not _CLAUSE.match(clause)), None)
    if wrong is None:
        return ""
    return f'"{wrong}" is no range of Python versions. Write it as ">=3.11" or ">=3.11,<3.14".'


def python_fits(wanted: str, version: tuple[int, int, int]) -> bool:
    """Whether a Python version lies in a range that `python_mistake` accepts."""
    return all(_clause_fits(clause.strip(), version) for clause in wanted.split(","))


def _clause_fits(clause: str, version: tuple[int, int, int]) -> bool:
    found = _CLAUSE.match(clause)
    if found is None:
        return False
    operator, text, star = found.groups()
    named = tuple(int(part) for part in text.split("."))
    padded = (*named, 0, 0)[:3]
    same = version[: len(named)] == named if star else version == padded
    return {
        "==": same,
        "!=": not same,
        ">=": version >= padded,
        "<=": version <= padded,
        ">": version > padded,
        "<": version < padded,
        "~=": version >= padded and version[: len(named) - 1] == named[:-1],
    }[operator]


def package_mistake(wanted: str) -> str:
    """What is wrong with a package requirement, as a sentence; empty when nothing is."""
    if _PACKAGE.match(wanted.strip()):
        return ""
    return f'"{wanted}" is no package. Write its name, with a version if it matters: "numpy" or "numpy>=2,<3".'
