"""V11: the editions of the exam that a record names, by our verifier and by the stand-alone one."""

import importlib.util
from pathlib import Path

import pytest

from shared.admission.edition import Edition, sign_edition
from shared.crypto.keys import SigningKey
from shared.events.kinds import EditionTaken
from shared.log.verify import verify_journal
from tests.support.clocks import SeededChance
from tests.support.journals import ExamInMemory, typed_journal

ROOT = Path(__file__).parents[3]
HASHES = {number: f"{number:064x}" for number in range(9)}


@pytest.fixture(scope="module")
def alone():
    """The stand-alone verifier, as a module."""
    spec = importlib.util.spec_from_file_location("verify_record", ROOT / "docs" / "verify_record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def event(exam, number, /, *, key=None, said=None, **fields):
    edition = Edition(
        **{
            "exam": exam.id.hex(), "number": number, "issued_ms": 0, "former": HASHES[number - 1],
            "content": HASHES[number],
        } | fields
    )  # fmt: skip
    return EditionTaken(number=said or number, envelope=sign_edition(edition, key or exam.key).decode())


def doubted(alone, capsys, *make):
    exam = ExamInMemory(3)
    journal = typed_journal(exam, batches=1)
    first = len(journal.entries)
    journal.write(*(each(exam) for each in make))
    journal.seal()
    lines = journal.lines()
    ours = verify_journal(lines, exam.key.public)
    alone.journal(iter(lines), None, {})
    assert capsys.readouterr().out.count("V11") == len(ours.doubted)
    return ours.edition, [seq - first for seq in ours.doubted]


def test_editions_in_their_order_hold(alone, capsys):
    assert doubted(alone, capsys, lambda exam: event(exam, 1), lambda exam: event(exam, 2)) == (2, [])


def test_a_desk_may_have_missed_an_edition(alone, capsys):
    assert doubted(alone, capsys, lambda exam: event(exam, 1), lambda exam: event(exam, 3)) == (3, [])


@pytest.mark.parametrize(
    "fields",
    [
        {"exam": "00" * 16},
        {"said": 3},
        {"former": HASHES[5]},
        {"key": SigningKey.generate(SeededChance(99))},
    ],
)
def test_what_the_exam_did_not_sign_there_is_named_and_the_record_holds(alone, capsys, fields):
    wrong = doubted(alone, capsys, lambda exam: event(exam, 1), lambda exam: event(exam, 2, **fields))
    assert wrong == (1, [1])


def test_an_edition_that_comes_again_is_named(alone, capsys):
    assert doubted(alone, capsys, lambda exam: event(exam, 2), lambda exam: event(exam, 1)) == (2, [1])


def test_no_edition_at_all_is_named(alone, capsys):
    assert doubted(alone, capsys, lambda _: EditionTaken(number=1, envelope="{")) == (0, [0])
