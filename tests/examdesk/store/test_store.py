"""Everything that the hub writes comes back as it was, on both databases; what fails leaves nothing behind."""

import itertools

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from examdesk.store import open_reader, schema
from examdesk.store.audit import START, Deed, audit_chain
from examdesk.store.records import Head, Intake, entries_of
from examdesk.store.reviews import ReviewStep
from examdesk.store.rows import (
    AnchorRow,
    EvidenceRow,
    ExamRow,
    JoinRow,
    JournalRow,
    KeysRow,
    NoticeRow,
    ReceiptRow,
    RosterRow,
    SectionRow,
    SessionRow,
)
from examdesk.store.store import FORMER
from shared.log.batch import Batch, SignedBatch
from shared.log.entry import Entry
from shared.problems import EnvironmentProblem

EXAM = bytes(range(16))
SESSION = b"s" * 16
JOURNAL = b"j" * 16
DEED = Deed(who="Ada", role="instructor", address="192.0.2.7", what="opened", detail="everybody")


def exam_row(**changes):
    fields = {"short_name": "Quiz 1", "long_name": "Quiz 1: Loops", "course": "", "packed": b"\0zip", "source": "/x"}
    return ExamRow(exam=EXAM, room_code="W32X-XJMN-0", created_ms=5, **{**fields, **changes})


def session_row(**changes):
    return SessionRow(
        **{"session": SESSION, "exam": EXAM, "student": "s1", "joined_ms": 7, "joined_by": "code", **changes}
    )


def journal_row(**changes):
    fields = {
        "journal": JOURNAL,
        "session": SESSION,
        "exam": EXAM,
        "endorsement": b"{}",
        "key": b"k" * 32,
        "device": b"d" * 16,
        "device_name": "PC 1",
        "seat": "A1",
        "address": "192.0.2.9",
        "opened_ms": 8,
        "head_link": bytes(32),
    }
    return JournalRow(**{**fields, **changes})


def intake(first, count, link):
    entries = tuple(
        Entry(bytes([seq]) * 48, b"salt" * 4, f'{{"n":{seq}}}'.encode()) for seq in range(first, first + count)
    )
    body = Batch(EXAM, JOURNAL, first, first + count - 1, link).pack()
    return Intake(JOURNAL, first, first + count - 1, link, SignedBatch(body, b"g" * 64), entries)


def head(number, last, link):
    receipt = ReceiptRow(
        exam=EXAM, number=number, journal=JOURNAL, last=last, body=b"r%d" % number, signature=b"h" * 64
    )
    return Head(JOURNAL, last, link, 99, receipt)


@pytest.fixture
def filled(store):
    with store.begin() as tx:
        tx.put_exam(exam_row())
        tx.people.add_session(session_row())
        tx.people.add_journal(journal_row())
    return store


def test_events_batches_and_receipts_come_back_as_they_were(filled):
    one, two = intake(0, 3, b"a" * 32), intake(3, 2, b"b" * 32)
    with filled.begin() as tx:
        tx.records.append([one, two], [head(0, 4, b"b" * 32)])
    with filled.begin() as tx:
        assert list(tx.records.entries(JOURNAL)) == [*one.entries, *two.entries]
        assert list(tx.records.entries(JOURNAL, 2, 4)) == [one.entries[2], two.entries[0]]
        assert [row.last for row in tx.records.batches(JOURNAL)] == [2, 4]
        assert tx.records.link_at(JOURNAL, 2) == b"a" * 32
        assert tx.records.link_at(JOURNAL, 3) is None
        assert tx.records.last_receipt().body == b"r0"
        assert tx.records.last_receipt(b"x" * 16) is None
        assert [row.number for row in tx.records.head_receipts()] == [0]
        journal = tx.people.journal(JOURNAL)
        assert (journal.head_seq, journal.head_link, journal.head_receipt, journal.last_ms) == (4, b"b" * 32, 0, 99)


def test_an_event_is_stored_once_and_a_refused_transaction_leaves_nothing(filled):
    with filled.begin() as tx:
        tx.records.append([intake(0, 2, b"a" * 32)], [head(0, 1, b"a" * 32)])
    with pytest.raises(sa.exc.IntegrityError), filled.begin() as tx:
        tx.records.append([intake(2, 1, b"c" * 32), intake(1, 1, b"c" * 32)], [head(1, 2, b"c" * 32)])
    with filled.begin() as tx:
        assert len(list(tx.records.entries(JOURNAL))) == 2
        assert tx.people.journal(JOURNAL).head_seq == 1
        assert [row.number for row in tx.records.receipts()] == [0]


def test_a_receipt_number_is_given_once(filled):
    with filled.begin() as tx:
        tx.records.append([], [head(0, 0, bytes(32))])
    with pytest.raises(sa.exc.IntegrityError), filled.begin() as tx:
        tx.records.append([], [head(0, 1, bytes(32))])


def test_an_erased_payload_keeps_its_digest(filled):
    erased = Entry(b"h" * 48, b"salt" * 4, None, b"p" * 32)
    one = Intake(
        JOURNAL, 0, 0, b"a" * 32, SignedBatch(Batch(EXAM, JOURNAL, 0, 0, b"a" * 32).pack(), b"g" * 64), (erased,)
    )
    with filled.begin() as tx:
        tx.records.append([one], [])
    reader = open_reader(filled.url)
    with reader.connect() as connection:
        assert list(entries_of(connection, JOURNAL)) == [erased]
    reader.close()


def test_what_does_not_fit_is_kept_beside_the_journal(filled):
    row = EvidenceRow(exam=EXAM, journal=JOURNAL, at_ms=3, why="fork", hub_last=9, desk_last=9, entries=b"x")
    with filled.begin() as tx:
        tx.records.keep(row)
        tx.people.set_journal_state(JOURNAL, "fork")
    with filled.begin() as tx:
        assert tx.records.evidence(JOURNAL) == [row]
        assert tx.people.journal(JOURNAL).state == "fork"


def test_people_come_back_as_they_were(filled):
    row = RosterRow(exam=EXAM, student="ö-1", slot=3, name="Zoë 👩‍🎓", section="A", tags='["x"]', factor=1.5)
    section = SectionRow(exam=EXAM, name="A", room="R1", starts_ms=4)
    join = JoinRow(
        ticket="t",
        exam=EXAM,
        student="s",
        name="n",
        section="",
        seat="",
        device_name="d",
        address="a",
        since_ms=1,
        why="w",
    )
    with filled.begin() as tx:
        tx.people.put_students([row])
        tx.people.put_section(section)
        tx.people.put_join(join)
    with filled.begin() as tx:
        assert tx.people.roster() == [row]
        tx.people.count_failure("ö-1", 2)
        assert tx.people.roster()[0].failures == 2
        tx.people.put_students([RosterRow(exam=EXAM, student="ö-1", slot=3, name="Z")])
        assert [each.name for each in tx.people.roster()] == ["Z"]
        assert tx.people.sections() == [section]
        assert tx.people.joins() == [join]
        tx.people.remove_students(["ö-1"])
        assert tx.people.roster() == []


def test_a_standing_is_written_and_a_review_left_alone(filled):
    with filled.begin() as tx:
        tx.control.add_reviews([ReviewStep(session=SESSION, at_ms=1, who="Ada", status="Cleared", note="fine")])
        tx.people.put_sessions([session_row(journal=JOURNAL, revision=2, starts_ms=10, ended=True, note="x")])
    with filled.begin() as tx:
        row = tx.people.session(SESSION)
        assert (row.revision, row.starts_ms, row.ended, row.note, row.review) == (2, 10, True, "x", "Cleared")
        assert row == tx.people.sessions()[0]


def test_commands_are_numbered_and_known_by_their_id(filled):
    with filled.begin() as tx:
        assert tx.control.add_command("c1", 1, "Ada", b"{}").number == 0
        assert tx.control.add_command("c2", 2, "Ada", b"{}").number == 1
        assert tx.control.has_command("c1")
        assert not tx.control.has_command("c3")
        assert tx.first_time("m1", "x")
        assert not tx.first_time("m1", "x")
        assert [row.command for row in tx.control.commands()] == ["c1", "c2"]
        notice = NoticeRow(exam=EXAM, number=1, at_ms=1, kind="message", text="hi", sender="Ada")
        tx.control.add_notice(notice)
        assert tx.control.notices() == [notice]


def test_each_audit_entry_is_chained_to_the_one_before(filled):
    with filled.begin() as tx:
        tx.control.audit(5, DEED)
        tx.control.audit(6, DEED)
    with filled.begin() as tx:
        first, second = tx.control.audit_log()
    assert first.chain == audit_chain(START, EXAM, 0, 5, DEED)
    assert second.chain == audit_chain(first.chain, EXAM, 1, 6, DEED)
    assert audit_chain(START, EXAM, 1, 6, DEED) != second.chain


def test_exam_keys_content_and_anchors_come_back(filled):
    keys = KeysRow(
        exam=EXAM,
        signing=b"a" * 32,
        box=b"b" * 32,
        content=b"c" * 32,
        certificate=b"der",
        tls_key=b"pem",
        owner_token="t",
    )
    anchor = AnchorRow(exam=EXAM, size=3, at_ms=1, note=b"n", frontier=b"f" * 64)
    with filled.begin() as tx:
        tx.add_keys(keys)
        tx.put_sealed({-2: b"m", -1: b"s", 0: b"p"})
        tx.records.add_anchor(anchor)
        tx.put_exam(exam_row(short_name="Quiz 9"))
        tx.set_port(4711)
    with filled.begin() as tx:
        assert tx.keys() == keys
        assert "a" * 32 not in repr(tx.keys())
        assert tx.sealed() == {-2: b"m", -1: b"s", 0: b"p"}
        for newer in (b"n", b"o"):
            tx.put_sealed({-2: newer, -1: b"s"})
            assert tx.sealed() == {-2: newer, -1: b"s"}
        kept = {row.part: row.data for row in tx.sql.execute(sa.select(schema.sealed))}
        assert {part: data for part, data in kept.items() if part >= FORMER} == {
            FORMER: b"m", FORMER + 1: b"s", FORMER + 2: b"p", 2 * FORMER: b"n", 2 * FORMER + 1: b"s",
        }  # fmt: skip
        assert tx.records.last_anchor() == anchor
        assert (tx.exam_row().short_name, tx.exam_row().port) == ("Quiz 9", 4711)


def test_readers_see_what_is_committed_and_can_not_write(filled):
    reader = open_reader(filled.url)
    with reader.connect() as connection:
        assert connection.execute(sa.select(schema.exams.c.short_name)).scalar_one() == "Quiz 1"
    with pytest.raises((sa.exc.DBAPIError, EnvironmentProblem)), reader.connect() as connection:
        connection.execute(sa.delete(schema.journals))
    reader.close()
    with filled.begin() as tx:
        assert tx.people.journal(JOURNAL) is not None


def test_migrations_make_exactly_the_tables_of_the_schema(store):
    with store.begin() as tx:
        assert compare_metadata(MigrationContext.configure(tx.sql), schema.metadata) == []


def test_a_step_in_300_reviews_takes_a_few_statements_so_that_receipts_do_not_wait(filled):
    sessions = [number.to_bytes(16, "big") for number in range(1, 301)]
    with filled.begin() as tx:
        for session in sessions:
            tx.people.add_session(session_row(session=session, student=session.hex()))
        before = len(tx.control.audit_log())
    said = []
    with filled.begin() as tx:
        sa.event.listen(sa.Engine, "before_cursor_execute", count := lambda *args: said.append(args[2]))
        try:
            known = tx.control.reviews_of(sessions)
            steps = [ReviewStep(session=each, at_ms=1, who="Ada", status="Cleared", note="fine") for each in sessions]
            tx.control.add_reviews(steps)
            tx.control.audit_all(1, [Deed(who="Ada", role="r", address="", what="reviewed")] * 300)
        finally:
            sa.event.remove(sa.Engine, "before_cursor_execute", count)
    assert known == {}
    assert len(said) <= 6
    with filled.begin() as tx:
        assert [tx.control.reviews(each) for each in sessions] == [[step] for step in steps]
        assert {row.review for row in tx.people.sessions() if row.session in sessions} == {"Cleared"}
        log = tx.control.audit_log()[before:]
        assert [row.number for row in log] == list(range(before, before + 300))
        for earlier, row in itertools.pairwise(log):
            deed = Deed(who=row.who, role=row.role, address=row.address, what=row.what, detail=row.detail)
            assert row.chain == audit_chain(earlier.chain, row.exam, row.number, row.at_ms, deed)
