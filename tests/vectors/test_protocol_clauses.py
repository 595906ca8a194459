"""The specification has every clause that the code cites, once, and without gaps."""

import re
from itertools import groupby
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CITED = re.compile(r"(?<![\w-])([LRBWPADK])-(\d{1,2})(?!\d)")
STATED = re.compile(r"^\*\*([LRBWPADK])-(\d+)\b", re.MULTILINE)


def stated():
    text = (ROOT / "docs" / "protocol.md").read_text(encoding="utf-8")
    return [(letter, int(number)) for letter, number in STATED.findall(text)]


def test_every_clause_that_code_cites_is_in_the_specification():
    known = set(stated())
    missing = set()
    for package in ("shared", "examdesk", "student_app"):
        for path in (ROOT / package).rglob("*.py"):
            for letter, number in CITED.findall(path.read_text(encoding="utf-8")):
                if (letter, int(number)) not in known:
                    missing.add(f"{path.relative_to(ROOT)}: {letter}-{number}")
    assert sorted(missing) == []


def test_clauses_are_numbered_from_one_without_gaps():
    for letter, group in groupby(stated(), key=lambda clause: clause[0]):
        numbers = [number for _, number in group]
        assert numbers == list(range(1, len(numbers) + 1)), letter
