"""`examdesk verify`: any changed byte ends with 1, and with the event that it belongs to."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from examdesk.cli.main import Program
from examdesk.cli.verify import verify_file
from tests.support.journals import ExamInMemory, bundle_of, typed_journal


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("bundle")
    exam = ExamInMemory(41)
    journals = [typed_journal(exam, "s1", 2), typed_journal(exam, "s2", 2)]
    data = bundle_of(exam, journals, folder)
    path = folder / "exam.examrecord"
    path.write_bytes(data)
    return exam, journals, data, path


def run(tmp_path, *argv):
    return Program(log_dir=tmp_path / "log").run(["verify", *map(str, argv)])


def places(data, journals):
    """For every event line: where it stands in the bundle, its journal and its number."""
    found = []
    for journal in journals:
        at = data.index(b"".join(journal.lines()))
        seq = -1
        for line in journal.lines():
            if line.startswith(b'{"h"'):
                seq += 1
                found.append((at, at + len(line) - 1, journal.id.hex(), seq))
            at += len(line)
    return found


def test_a_bundle_as_written_ends_with_0_and_shows_the_key(made, tmp_path, capsys):
    exam, _, _, path = made
    assert run(tmp_path, path) == 0
    said = capsys.readouterr().out
    assert "Holds: 2 journals, 20 events, 4 receipts" in said
    assert exam.key.public.to_bytes().hex() in said


def test_a_journal_alone_can_be_checked(made, tmp_path, capsys):
    _, journals, _, _ = made
    path = tmp_path / "one.jsonl"
    path.write_bytes(b"".join(journals[0].lines()))
    assert run(tmp_path, path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["events"] == 10


def test_another_exams_key_ends_with_1(made, tmp_path, capsys):
    _, _, _, path = made
    assert run(tmp_path, path, "--key", ExamInMemory(42).key.public.to_bytes().hex()) == 1
    assert "Does not hold" in capsys.readouterr().out


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_any_single_changed_byte_of_a_bundle_ends_with_1(made, tmp_path, data):
    _, _, whole, _ = made
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.examrecord"
    path.write_bytes(damaged)
    assert run(tmp_path, path, "--json") == 1


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_a_changed_byte_of_an_event_is_named_by_journal_and_number(made, tmp_path, data):
    _, journals, whole, _ = made
    start, end, journal, seq = data.draw(st.sampled_from(places(whole, journals)))
    damaged = bytearray(whole)
    damaged[data.draw(st.integers(start, end - 1))] ^= data.draw(st.integers(1, 255))
    path = tmp_path / "damaged.examrecord"
    path.write_bytes(damaged)
    verdict = verify_file(path)
    assert not verdict.holds
    assert (verdict.journal, verdict.seq) == (journal, seq)


def test_a_file_that_is_no_bundle_ends_with_a_sentence(tmp_path, capsys):
    path = tmp_path / "x.examrecord"
    path.write_bytes(b"PK nothing of the kind")
    assert run(tmp_path, path) == 1
    assert run(tmp_path, tmp_path / "missing.examrecord") not in (0, 1)
    said = capsys.readouterr()
    assert "Does not hold" in said.out
    assert "can't be opened" in said.err
