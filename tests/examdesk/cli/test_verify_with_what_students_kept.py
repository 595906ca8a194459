"""Threat: whoever has the exam's key writes an exam anew, well signed. V17: it does not go with what a student kept."""

import importlib.util
import json
from pathlib import Path

import pytest

from examdesk.cli.main import Program
from shared.events.kinds import Paste, Submitted
from tests.examdesk.exports.class_at_work import stored_class
from tests.support.journals import ExamInMemory, JournalInMemory, bundle_of, typed_journal

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def alone():
    """The stand-alone verifier, as a module."""
    spec = importlib.util.spec_from_file_location("verify_record", ROOT / "docs" / "verify_record.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def check(tmp_path, capsys, alone):
    """Verify something with what students kept, with both verifiers where it is a file; they have to agree."""

    def run(what, *kept):
        named = [word for path in kept for word in ("--kept", path)]
        code = Program(log_dir=tmp_path / "log").run(["verify", *map(str, [what, *named]), "--json"])
        said = capsys.readouterr()
        if code == 2:
            return said.err
        verdict = json.loads(said.out)
        if Path(what).is_file():
            ended = alone.main(str(what), verdict.get("exam_key"), *map(str, kept))
            assert ended == code, capsys.readouterr().out
            capsys.readouterr()
        return verdict

    return run


def exam_with(pasted):
    """An exam of two students made with the same keys each time; only what the first one pasted differs."""
    exam = ExamInMemory(71)
    first = typed_journal(exam, "s1", 1)
    first.write(Paste(file="q1/main.py", at=0, removed=0, text=pasted, clip="outside"))
    first.seal()
    first.write(Submitted(why="student", files=()))
    first.seal()
    return exam, first, typed_journal(exam, "s2", 2)


def saved(path, journal: JournalInMemory, lines=None):
    path.write_bytes(b"".join(journal.lines() if lines is None else lines))
    return path


@pytest.fixture
def made(tmp_path):
    exam, first, second = exam_with("x = 1")
    bundle = tmp_path / "exam.examrecord"
    bundle.write_bytes(bundle_of(exam, [first, second], tmp_path))
    return bundle, saved(tmp_path / "first.jsonl", first), saved(tmp_path / "second.jsonl", second)


def test_a_bundle_goes_with_the_copies_that_students_kept(made, check):
    bundle, first, second = made
    assert check(bundle, first, second)["kept"] == 2
    assert "kept" not in check(bundle)


def test_a_copy_from_the_middle_of_the_exam_is_enough(made, check, tmp_path):
    _, early, _ = exam_with("x = 1")
    lines = early.lines()
    first_receipt = next(n for n, line in enumerate(lines) if line.startswith(b'{"r"'))
    copy = saved(tmp_path / "early.jsonl", early, lines[: first_receipt + 1])
    assert check(made[0], copy)["kept"] == 1


def test_an_exam_written_anew_with_its_own_key_does_not_go_with_what_a_student_kept(made, check, tmp_path):
    exam, first, second = exam_with("y = 2")
    rewritten = tmp_path / "rewritten.examrecord"
    rewritten.write_bytes(bundle_of(exam, [first, second], tmp_path))
    assert check(rewritten)["holds"], "whoever has the key signs well"
    assert check(rewritten, made[2])["holds"], "of the other student nothing was changed"
    found = check(rewritten, made[2], made[1])
    assert (found["holds"], found["check"], found["journal"]) == (False, "V17", first.id.hex())
    assert "not what the exam's key receipted to the student" in found["sentence"]


def test_a_journal_that_was_taken_out_is_missed(made, check, tmp_path):
    exam, first, second = exam_with("x = 1")
    without = tmp_path / "without.examrecord"
    without.write_bytes(bundle_of(exam, [second], tmp_path))
    found = check(without, made[1])
    assert (found["holds"], found["check"]) == (False, "V17")
    assert f"Journal {first.id.hex()[:8]}: it is not there" in found["sentence"]
    assert check(made[2], made[1])["check"] == "V17", "one journal's record is held against them too"


def test_work_that_was_cut_off_after_a_signature_is_missed(made, check, tmp_path):
    _, first, _ = exam_with("x = 1")
    lines = first.lines()
    cut = saved(
        tmp_path / "cut.jsonl", first, lines[: next(n for n, x in enumerate(lines) if x.startswith(b'{"b"')) + 1]
    )
    assert check(cut)["holds"]
    found = check(cut, made[1])
    assert (found["holds"], found["check"]) == (False, "V17")
    assert "it ends here, and a student keeps a receipt up to event" in found["sentence"]


def test_the_records_of_a_hub_are_held_against_them_too(check, tmp_path):
    stored = stored_class(tmp_path / "records")
    copy = saved(tmp_path / "own.jsonl", stored.journals[0])
    assert check(tmp_path / "records", copy)["kept"] == 1
    other = saved(tmp_path / "other.jsonl", typed_journal(stored.exam))
    assert check(tmp_path / "records", other)["check"] == "V17"


def test_what_can_not_be_compared_is_named(made, check, tmp_path):
    bundle, first, _ = made
    _, journal, _ = exam_with("x = 1")
    journal.receipts.clear()
    unreceipted = saved(tmp_path / "none.jsonl", journal)
    broken = tmp_path / "broken.jsonl"
    broken.write_bytes(first.read_bytes()[:-9])
    (tmp_path / "several").mkdir()
    assert "has no receipt" in check(bundle, unreceipted)
    assert "does not hold itself, so nothing was compared" in check(bundle, broken)
    assert "does not hold itself" in check(bundle, bundle), "a bundle is no student's copy"
    assert "can't be opened" in check(bundle, tmp_path / "nowhere.jsonl")
    assert "is not the folder of a hub's records" in check(tmp_path, first)
