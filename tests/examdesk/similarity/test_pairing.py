"""One pair within its class has the figures of the whole comparison; passages know how common they are."""

from itertools import combinations
from pathlib import Path

import pytest

from examdesk.similarity import Program, compare_all
from examdesk.similarity.features import Extractor
from examdesk.similarity.pairing import commonness, pair_within, without_common

PROGRAMS = Path(__file__).parents[2] / "data" / "programs"


@pytest.fixture(scope="module")
def starter():
    return (PROGRAMS / "robot" / "starter.py").read_text("utf-8")


@pytest.fixture(scope="module")
def programs():
    texts = [path.read_text("utf-8") for path in sorted((PROGRAMS / "robot").glob("*.py")) if path.stem != "starter"]
    texts += ["def broken(:\n    return\n" + texts[0], "x = 1\n"]
    return [Program(f"s{number}", {"main.py": text}) for number, text in enumerate(texts)]


def test_each_pair_is_as_in_the_comparison_of_all(programs, starter):
    extract = Extractor([starter])
    features = [extract(program) for program in programs]
    places = {program.label: place for place, program in enumerate(programs)}
    report = compare_all(programs, [starter], limit=None, extract=extract)
    assert len(report.pairs) == len(list(combinations(programs, 2)))
    for pair in report.pairs:
        assert pair_within(programs, features, places[pair.a], places[pair.b]) == pair


def test_a_passage_says_how_many_of_the_class_have_it():
    everybody = (
        "def common(values):\n    total = 0\n    for value in values:\n        total += value\n    return total\n"
    )
    rare = "while queue:\n    node = queue.pop(0)\n    seen[node] = len(seen) if node not in seen else seen[node]\n"
    texts = [everybody + f"x = {'1 + ' * n}1\n" for n in range(6)] + [everybody + rare, rare]
    extract = Extractor([])
    features = [extract(Program("", {"m": text})) for text in texts]
    assert commonness([everybody, rare, ""], features) == [7, 2, 0]


def test_without_what_many_wrote_only_what_few_share_is_left():
    everybody = "def common(rows):\n    total = 0\n    for value in rows:\n        total += value\n    return total\n"
    rare = "while queue:\n    node = queue.pop(0)\n    seen[node] = len(seen) if node not in seen else seen[node]\n"
    texts = [everybody + f"x = {'1 + ' * n}1\n" for n in range(6)] + [everybody + rare, everybody + rare]
    extract = Extractor([])
    features = [extract(Program("", {"m": text})) for text in texts]
    figures = without_common([(0, 1), (6, 7), (0, 6)], features, 0.5)
    assert figures[0] < 0.5
    assert figures[1] == 1.0
    assert figures[2] == 0.0
    assert without_common([(6, 7)], features, 0.1) == [1.0]
