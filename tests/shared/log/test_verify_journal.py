"""Numbered checks of a journal's record: each takes a valid record and changes one thing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.crypto.keys import SigningKey
from shared.log.entry import Entry
from shared.log.verify import Broken, ReceiptChain, verify_journal
from tests.support.clocks import SeededChance
from tests.support.journals import ExamInMemory, typed_journal

EXAM = ExamInMemory()
JOURNAL = typed_journal(EXAM)
LINES = JOURNAL.lines()
WHOLE = b"".join(LINES)


def check(lines):
    return verify_journal(lines, EXAM.key.public)


def broken(lines):
    with pytest.raises(Broken) as caught:
        check(lines)
    return caught.value


def place_of(position):
    """Return the line that the byte at this position is in, and the first and last event that it speaks of."""
    seq, first = -1, 0
    for line in LINES:
        if line.startswith(b'{"h"'):
            seq += 1
        position -= len(line)
        if position < 0:
            return line, seq if line.startswith(b'{"h"') else first, seq
        if line.startswith(b'{"r"'):
            first = seq + 1
    raise AssertionError(position)


def test_a_record_as_written_holds():
    verified = check(LINES)
    assert (verified.events, verified.batches, verified.receipted) == (len(JOURNAL.entries), 3, 13)
    assert verified.endorsement.student == "s1"


@settings(max_examples=300)
@given(st.integers(0, len(WHOLE) - 1), st.integers(1, 255))
def test_any_single_changed_byte_is_found_at_its_event(position, change):
    damaged = bytearray(WHOLE)
    damaged[position] ^= change
    error = broken(bytes(damaged).splitlines(keepends=True))
    line, first, last = place_of(position)
    if not line.startswith(b'{"exam"'):
        assert error.seq is not None
        assert first <= error.seq <= last + 1  # a line end that is gone joins two lines


@given(st.integers(0, len(LINES) - 1))
def test_a_missing_line_is_found_unless_it_is_the_last_receipt(missing):
    lines = LINES[:missing] + LINES[missing + 1 :]
    if LINES[missing].startswith(b'{"r"'):
        assert check(lines).events == len(JOURNAL.entries)  # a receipt is a second witness, not a part of the chain
    else:
        broken(lines)


@given(st.sampled_from([n for n, line in enumerate(LINES[:-1]) if not line.startswith(b'{"r"')]))
def test_two_exchanged_lines_are_found(first):
    lines = list(LINES)
    lines[first], lines[first + 1] = lines[first + 1], lines[first]
    broken(lines)


def test_a_record_signed_by_another_exam_is_refused():
    other = SigningKey.generate(SeededChance("other"))
    with pytest.raises(Broken, match="V2"):
        verify_journal(LINES, other.public)


def broken_with(exam, lines):
    with pytest.raises(Broken) as caught:
        verify_journal(lines, exam.key.public)
    return caught.value


def test_events_without_a_batch_at_the_end_are_named():
    lines = [line for line in LINES if not line.startswith((b'{"r"',))]
    last_batch = max(n for n, line in enumerate(lines) if line.startswith(b'{"b"'))
    error = broken(lines[:last_batch] + lines[last_batch + 1 :])
    assert (error.check, error.seq) == ("V8", 10)


def test_an_erased_payload_leaves_the_chain_valid():
    exam = ExamInMemory(2)
    journal = typed_journal(exam)
    entry = journal.entries[3]
    journal.entries[3] = Entry(entry.header, entry.salt, None, entry.payload_digest())
    verified = verify_journal(journal.lines(), exam.key.public)
    assert verified.erased == 1


def test_an_erased_payload_can_not_be_replaced():
    exam = ExamInMemory(2)
    journal = typed_journal(exam)
    entry = journal.entries[3]
    journal.entries[3] = Entry(entry.header, entry.salt, b'{"file":"q1/other.py"}')
    lines = journal.lines()
    error = broken_with(exam, lines)
    assert error.check in ("V5", "V6")


def test_receipts_of_an_exam_are_one_chain():
    exam = ExamInMemory(3)
    journals = [typed_journal(exam, f"s{n}") for n in range(3)]
    chain = ReceiptChain()
    for journal in journals:
        verify_journal(journal.lines(), exam.key.public, chain)
    assert chain.finish() == 9


def test_a_receipt_out_of_a_rewritten_history_breaks_the_chain():
    first, rewritten = ExamInMemory(4), ExamInMemory(4)
    kept = typed_journal(first, "a")
    replaced = typed_journal(rewritten, "b")
    chain = ReceiptChain()
    verify_journal(kept.lines(), first.key.public, chain)
    with pytest.raises(Broken, match="V9"):
        verify_journal(replaced.lines(), rewritten.key.public, chain)
