"""Each migration is tried on records from before it: what was there stays, and means the same."""

import sqlite3

import msgspec
import sqlalchemy as sa
from alembic import command

from examdesk.store import Store
from examdesk.store.audit import Deed
from examdesk.store.engine import open_exclusive
from examdesk.store.migrate import _config, migrate
from examdesk.store.reviews import ReviewStep, state_after

EXAM, SESSION = b"e" * 16, b"s" * 16


def records_of(revision, url, *statements):
    """Make records as the ExamDesk of that revision did."""
    engine = open_exclusive(url)
    with engine.connect() as connection:
        command.upgrade(_config(connection), revision)
    with engine.begin() as connection:
        for statement, values in statements:
            connection.execute(sa.text(statement), values)
    engine.dispose()


EXAM_ROW = (
    "INSERT INTO exams (exam, short_name, long_name, course, packed, source, room_code, created_ms) "
    "VALUES (:exam, 'Quiz', 'Quiz', '', :packed, '', '', 1)"
)
SESSION_ROW = (
    "INSERT INTO sessions (session, exam, student, joined_ms, joined_by, review) "
    "VALUES (:session, :exam, 's1', 1, 'code', 'Cleared')"
)
REVIEW_ROW = "INSERT INTO reviews (session, at_ms, who, status, note) VALUES (:session, 7, 'Ada', 'Cleared', 'fine')"


def test_reviews_from_before_0002_set_a_status(tmp_path):
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    records_of(
        "0001",
        url,
        (EXAM_ROW, {"exam": EXAM, "packed": b"zip"}),
        (SESSION_ROW, {"session": SESSION, "exam": EXAM}),
        (REVIEW_ROW, {"session": SESSION}),
    )
    copy = migrate(url)
    with sqlite3.connect(copy) as kept:
        assert "step" not in [column[1] for column in kept.execute("PRAGMA table_info(reviews)")]
    kept.close()
    store = Store(url, EXAM)
    with store.begin() as tx:
        (step,) = tx.control.reviews(SESSION)
        assert step == ReviewStep(session=SESSION, at_ms=7, who="Ada", status="Cleared", note="fine")
        tx.control.add_reviews(
            [ReviewStep(session=SESSION, at_ms=8, who="Ben", status="Cleared", step="assigned", whom="Lin")]
        )
        state = state_after(tx.control.reviews(SESSION))
        assert (state.status, state.assignee, state.steps) == ("Cleared", "Lin", 2)
    store.close()


def test_notices_from_before_0003_change_no_prompt(tmp_path):
    url = f"sqlite:///{tmp_path / 'records.sqlite'}"
    notice = (
        "INSERT INTO notices (exam, number, at_ms, kind, text, sender, question, sections, sessions) "
        "VALUES (:exam, 1, 7, 'correction', 'n, not m', 'Ada', 'q1', '[]', '[]')"
    )
    records_of("0002", url, (EXAM_ROW, {"exam": EXAM, "packed": b"zip"}), (notice, {"exam": EXAM}))
    migrate(url)
    store = Store(url, EXAM)
    with store.begin() as tx:
        (kept,) = tx.control.notices()
        assert (kept.text, kept.question, kept.prompt) == ("n, not m", "q1", "")
    store.close()


def test_an_audit_log_from_before_0004_stays_and_takes_the_numbers_of_a_laptop_that_took_over(store_url):
    entry = (
        "INSERT INTO audit (exam, number, at_ms, who, role, address, what, detail, chain) "
        "VALUES (:exam, 0, 7, 'Ada', 'instructor', '', 'opened', '', :chain)"
    )
    rows = ((EXAM_ROW, {"exam": EXAM, "packed": b"zip"}), (entry, {"exam": EXAM, "chain": bytes(32)}))
    records_of("0003", store_url, *rows)
    migrate(store_url)
    store = Store(store_url, EXAM)
    with store.begin() as tx:
        first = tx.control.audit_log()[0]
        tx.control.put_audit(msgspec.structs.replace(first, number=2**53 - 1_000_000))
        after = tx.control.audit(8, Deed(who="Ben", role="proctor", address="", what="paused"))
        assert (first.what, after.number) == ("opened", 2**53 - 999_999)
    store.close()
