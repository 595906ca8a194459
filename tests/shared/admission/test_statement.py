"""A desk's own statement, and the endorsement that adopts it: each check takes valid ones and changes one thing."""

import base64

import msgspec
import pytest

from shared.admission.endorsement import AdoptsSomethingElse, chain_start, issue, read, read_either
from shared.admission.statement import (
    NotAStatement,
    Statement,
    StatementForAnotherExam,
    StatementForged,
    own_session,
    read_statement,
    state,
)
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.log.verify import Broken, verify_journal
from tests.support.clocks import SeededChance
from tests.support.journals import ExamInMemory, JournalInMemory, typed_journal
from tests.vectors.test_vectors import alone  # noqa: F401

EXAM = ExamInMemory(4)
JOURNAL = typed_journal(EXAM, "ada", 1, alone=True)
STATED = read_statement(JOURNAL.statement)
OTHER = SigningKey.generate(SeededChance(9))


def changed(**facts) -> Statement:
    return msgspec.structs.replace(STATED, **facts)


def test_what_a_desk_states_is_read_and_its_chain_begins_with_it():
    assert (STATED.student, STATED.exam_id) == ("ada", EXAM.id)
    assert read_either(JOURNAL.statement, EXAM.key.public, EXAM.id) == STATED
    assert read_either(JOURNAL.endorsement, EXAM.key.public, EXAM.id) == JOURNAL.word
    assert chain_start(JOURNAL.endorsement) == chain_start(JOURNAL.statement) == JOURNAL.statement


@pytest.mark.parametrize("data", [b"", b"{}", b"x" * 10_000, b'{"payload":"e30=","payloadType":"a","signatures":[]}'])
def test_what_is_no_envelope_is_its_own_start_and_no_statement(data):
    assert chain_start(data) == data
    with pytest.raises(NotAStatement):
        read_statement(data)


def test_a_statement_signed_by_another_key_is_refused():
    with pytest.raises(StatementForged):
        read_statement(state(changed(name="Eve"), OTHER))


def test_a_statement_that_names_the_session_of_somebody_else_is_refused():
    with pytest.raises(StatementForged):
        read_statement(state(changed(session="11" * 16), JOURNAL.key))


def test_a_changed_name_is_found():
    envelope = msgspec.json.decode(JOURNAL.statement)
    payload = base64.b64decode(envelope["payload"]).replace(b'"ada"', b'"eve"')
    envelope["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(StatementForged):
        read_statement(msgspec.json.encode(envelope))


def test_a_statement_of_another_exam_is_refused():
    with pytest.raises(StatementForAnotherExam):
        read_statement(JOURNAL.statement, ExamId(bytes(16)))


def test_names_that_do_not_fit_are_refused_before_they_are_signed():
    with pytest.raises(NotAStatement):
        state(changed(student="\U0001f40d" * 200, name="\U0001f40d" * 200, seat="\U0001f40d" * 2_000), JOURNAL.key)


def forged_adoptions():
    other = JournalInMemory(EXAM, "eve", alone=True)
    key = OTHER.public.raw
    session = own_session(EXAM.id, JOURNAL.id, key)
    swapped = state(changed(journal_key=key.hex(), session=session.hex()), OTHER)
    return {
        "another journal's": other.statement.decode(),
        "another key's": swapped.decode(),
        "damaged": JOURNAL.statement.decode()[:-2],
        "empty": "",
    }


@pytest.mark.parametrize("which", list(forged_adoptions()))
def test_an_adoption_of_something_else_is_refused_by_both_verifiers(which, alone):  # noqa: F811
    word = msgspec.structs.replace(JOURNAL.word, statement=forged_adoptions()[which])
    envelope = issue(word, EXAM.key)
    with pytest.raises(AdoptsSomethingElse):
        read(envelope, EXAM.key.public)
    ours, theirs = verdicts(envelope, alone)
    assert (ours.check, ours.seq) == ("V10", None)
    assert theirs


def test_a_journal_that_nobody_adopted_is_refused_by_both_verifiers(alone):  # noqa: F811
    ours, theirs = verdicts(JOURNAL.statement, alone)
    assert ours.check == "V10"
    assert "no hub has adopted it" in ours.sentence
    assert "no hub has adopted it (V10)" in theirs


def test_an_endorsement_without_the_statement_does_not_fit_the_chain(alone):  # noqa: F811
    ours, theirs = verdicts(issue(msgspec.structs.replace(JOURNAL.word, statement=msgspec.UNSET), EXAM.key), alone)
    assert (ours.check, ours.seq) == ("V6", 0)
    assert "events 0 to" in theirs


def verdicts(endorsement, alone):  # noqa: F811
    """What both verifiers say of the journal with another endorsement in front."""
    journal = JournalInMemory.__new__(JournalInMemory)
    vars(journal).update(vars(JOURNAL), endorsement=endorsement)
    lines = journal.lines()
    with pytest.raises(Broken) as ours:
        verify_journal(lines, EXAM.key.public)
    with pytest.raises((alone.Broken, ValueError, KeyError, TypeError)) as theirs:
        alone.journal(iter(lines), None, {})
    return ours.value, str(theirs.value) or type(theirs.value).__name__
