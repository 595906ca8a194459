"""A pseudonymous endorsement opens a record, and is nothing else: each test takes a valid one and changes one thing."""

import msgspec
import pytest

from shared.admission.endorsement import issue, read
from shared.admission.pseudonym import issue_pseudonym, read_pseudonym, under_pseudonym
from shared.crypto.dsse import seal
from shared.log.entry import start_link
from shared.log.record import Opening, journal_lines
from shared.log.verify import Broken, verify_journal
from shared.problems import PeerFault
from tests.support.journals import ExamInMemory, typed_journal


def record(journal, word, key=None):
    exam = journal.exam
    envelope = issue_pseudonym(word, key or exam.key)
    opening = Opening(exam.id.hex(), exam.key.public.to_bytes().hex(), journal.id.hex(), envelope.decode())
    start = start_link(journal.endorsement)
    return list(journal_lines(opening, journal.entries, journal.batches, journal.receipts, start))


@pytest.fixture(params=[False, True], ids=["joined", "began alone"])
def journal(request):
    return typed_journal(ExamInMemory(5), "s1", 2, alone=request.param)


@pytest.fixture
def word(journal):
    return under_pseudonym(journal.word, "p3k7", start_link(journal.endorsement))


def test_a_record_under_a_pseudonym_holds_with_all_its_signatures_and_names_nobody(journal, word):
    lines = record(journal, word)
    verified = verify_journal(lines, journal.exam.key.public)
    assert verified.pseudonymous
    assert (verified.endorsement.student, verified.endorsement.name) == ("p3k7", "p3k7")
    assert (verified.events, verified.batches) == (len(journal.entries), len(journal.batches))
    assert verified.receipted == len(journal.entries) - 1
    assert lines[1:] == journal.lines()[1:]
    assert not verify_journal(journal.lines(), journal.exam.key.public).pseudonymous


@pytest.mark.parametrize(
    ("change", "check"),
    [
        ({"start": "00" * 32}, "V5"),
        ({"exam": "11" * 16}, "V2"),
        ({"journal": "11" * 16}, "V2"),
        ({"journal_key": "22" * 32}, "V2|V6"),
    ],
)
def test_a_pseudonym_for_something_else_does_not_hold(journal, word, change, check):
    with pytest.raises(Broken, match=check):
        verify_journal(record(journal, msgspec.structs.replace(word, **change)), journal.exam.key.public)


def test_a_pseudonym_that_another_key_signed_does_not_hold(journal, word):
    with pytest.raises(Broken, match="V2"):
        verify_journal(record(journal, word, ExamInMemory(6).key), journal.exam.key.public)


def test_no_hub_and_no_desk_takes_it_for_an_endorsement_nor_an_endorsement_for_it(journal, word):
    exam = journal.exam
    with pytest.raises(PeerFault):
        read(issue_pseudonym(word, exam.key), exam.key.public)
    with pytest.raises(PeerFault):
        read_pseudonym(issue(journal.word, exam.key), exam.key.public, exam.id)
    with pytest.raises(PeerFault, match="E1"):
        read_pseudonym(
            seal("application/vnd.examdesk.pseudonym+json", msgspec.json.encode(journal.word), exam.key),
            exam.key.public,
            exam.id,
        )


def test_one_that_carries_the_statement_of_a_desk_is_refused(journal, word):
    named = msgspec.structs.replace(word, statement="{}")
    with pytest.raises(Broken, match="V2"):
        verify_journal(record(journal, named), journal.exam.key.public)


def test_a_document_that_is_far_too_large_is_refused(journal, word):
    with pytest.raises(PeerFault, match="E1"):
        read_pseudonym(b"{" * 20_000, journal.exam.key.public, journal.exam.id)
