"""What no hub confirmed, or only late, is said at the events; editions and questions are known at every moment."""

import msgspec

from examdesk.staffapi.playback.confirming import confirmation_words, record_words
from examdesk.staffapi.playback.marks import Marks
from examdesk.staffapi.playback.tape import Tape
from shared.admission.edition import Edition, sign_edition
from shared.crypto.keys import SigningKey
from shared.events import kinds
from tests.examdesk.staffapi.playback.made_up_session import MAIN, started
from tests.examdesk.staffapi.playback.test_marks import folded

FIRST, SECOND, THIRD = "a1" * 32, "b2" * 32, "c3" * 32


def edition(number, former, content):
    said = Edition(exam="ab" * 16, number=number, issued_ms=0, former=former, content=content)
    return sign_edition(said, SigningKey.from_bytes(bytes(32))).decode()


def confirmed(session, after_ms):
    """Return a tape whose events were confirmed so long after they were written."""
    tape, marks = Tape(), Marks()
    for written, after in zip(session.events, after_ms, strict=True):
        event = msgspec.structs.replace(written, confirmed_ms=None if after is None else written.at_ms + after)
        marks.take(tape, event, tape.take(event))
    return tape, marks


def long_session():
    session = started()
    while len(session.events) < 8:
        session.write(kinds.Viewed(question="q1", file=MAIN))
    return session


def test_late_and_missing_receipts_are_stretches_with_plain_words():
    tape, marks = confirmed(long_session(), [0, 90_000, 3_600_000, 500, None, None, 0, None])
    assert [(mark.look, mark.number) for mark in marks.receipts] == [
        ("late", 2),
        ("unconfirmed", 5),
        ("unconfirmed", 8),
    ]
    assert marks.receipts[0].words.startswith("2 events confirmed late, at ")
    assert "brought by hand" in marks.receipts[0].words
    assert marks.receipts[1].words == (
        "2 events not confirmed: no receipt of a hub covers them; only the desk's own signatures do."
    )
    assert [bool(confirmation_words(event)) for event in tape.events] == [0, 1, 1, 0, 1, 1, 0, 1]
    assert "60 min after it was written" in confirmation_words(tape.events[2])
    assert marks.words_of(tape, 4).endswith("covers this event; only the desk's own signatures do.")
    assert record_words(tape).startswith("3 events of this record are not confirmed by a hub.")


def test_a_record_without_any_receipt_is_called_that_and_a_hub_that_says_nothing_is_not():
    session = long_session()
    tape, marks = confirmed(session, [None] * len(session.events))
    assert record_words(tape).startswith("No hub ever confirmed this record: it has no receipt.")
    assert len(marks.receipts) == 1
    tape, marks = folded(session)
    assert (record_words(tape), marks.receipts) == ("", [])


def test_every_moment_has_its_edition_its_questions_and_what_was_read():
    session = started()
    session.write(kinds.Drawn(seed="00" * 16, questions=("q1", "q2")))
    session.write(kinds.EditionTaken(number=1, envelope=edition(1, FIRST, SECOND), changed=("q1",)))
    session.write(kinds.EditionRead(number=1, question="q1"))
    session.write(kinds.Drawn(seed="00" * 16, questions=("q1", "q2", "q4"), edition=1))
    session.write(kinds.EditionTaken(number=2, envelope=edition(2, SECOND, THIRD)))
    session.write(kinds.Drawn(seed="11" * 16, questions=("q2", "q4"), draws=1, edition=2))
    tape, marks = folded(session)
    first, at = len(started().events) + 1, marks.contents.at
    assert [at(first + n).content for n in (0, 1, 3, 4)] == [FIRST, SECOND, SECOND, THIRD]
    assert [at(first + n).edition for n in (0, 1, 4)] == [0, 1, 2]
    assert [marks.contents.questions_at(n) for n in (0, first, first + 3)] == [(), ("q1", "q2"), ("q1", "q2", "q4")]
    assert [mark.look for mark in marks.exam] == ["edition", "edition-read", "given", "edition", "given"]
    assert marks.exam[2].words == "Other questions from here on: q4 given. Now q1, q2, q4."
    assert marks.words_of(tape, first + 4) == "Other questions from here on: q1 no longer among them. Now q2, q4."
    assert marks.contents.read_ms("q1", 1, first + 1) is None
    assert marks.contents.read_ms("q1", 1, first + 2) == tape.times[first + 1]


def test_a_student_who_came_when_an_edition_was_out_had_no_other_text_and_broken_papers_are_said():
    session = started()
    session.write(kinds.Drawn(seed="00" * 16, questions=("q1",), edition=2))
    session.write(kinds.EditionTaken(number=2, envelope=edition(2, SECOND, THIRD)))
    session.write(kinds.EditionTaken(number=3, envelope="{}"))
    _, marks = folded(session)
    first = len(started().events) + 1
    assert marks.contents.at(first) == (0, 2, THIRD, True, ())
    broken = marks.contents.at(first + 2)
    assert (broken.edition, broken.content, broken.known) == (3, "", False)
