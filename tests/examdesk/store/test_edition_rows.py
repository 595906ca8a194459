"""The contents of editions travel in parts, and only what the exam's key signed comes in."""

import msgspec
import pytest

from examdesk.store import Store
from examdesk.store.edition_rows import EDITIONS, ContentRow, kept_plain, read_edition_rows, take_editions
from examdesk.store.exam_rows import MOST_FILE
from shared.admission.edition import content_hash
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.examdesk.exports.test_signals_over_editions import keep
from tests.support.editions import FORMULAS, EditionsInMemory, content_of
from tests.support.journals import ExamInMemory


def records(folder, contents, key=None):
    """A hub's records with these contents, each the next edition."""
    exam = ExamInMemory(4)
    editions = EditionsInMemory(exam)
    if key is not None:
        editions.content_key = key
    for content in contents(exam):
        editions.add(content)
    keep(store(folder, exam, [Sitting(exam, "s1").journal]), editions)
    return Store(f"sqlite:///{folder}/examdesk.sqlite", exam.id), editions


def hashes(tx):
    return [content_hash(each.manifest) for each in kept_plain(tx.sql, tx.exam)]


@pytest.fixture
def two(tmp_path):
    """The records of a hub with three editions, and those of one that has the first alone."""
    full = lambda exam: [content_of(exam, prompt) for prompt in ("One.", "Two.", "Three.")]  # noqa: E731
    former, editions = records(tmp_path / "former", full)
    here, _ = records(tmp_path / "here", lambda exam: [content_of(exam, "One.")], editions.content_key)
    yield former, here
    former.close()
    here.close()


def rows_of(former):
    with former.begin() as tx:
        return read_edition_rows(tx.sql, tx.exam, {})


def test_every_edition_comes_in_once_and_what_they_have_in_common_travels_once(two):
    former, here = two
    rows = rows_of(former)
    assert sum(value == FORMULAS for value in rows.values()) == 1
    with former.begin() as tx:
        wanted = hashes(tx)
        assert read_edition_rows(tx.sql, tx.exam, rows) == rows
    with here.begin() as tx:
        assert take_editions(tx, rows) == 2
        assert take_editions(tx, rows) == 0
        assert sorted(hashes(tx)) == sorted(wanted)
        newest = tx.sealed()
    assert content_hash(newest[-2]) == wanted[0]  # what this hub serves stays


def test_an_exam_that_was_never_edited_adds_nothing(two):
    _, here = two
    assert rows_of(here) == {}


def test_a_missing_or_altered_part_keeps_its_edition_out(two):
    former, here = two
    rows = rows_of(former)
    text = next(key for key, value in rows.items() if "/" in key[1] and b"Three." in value)
    for damaged in (
        {**rows, text: rows[text].replace(b"Three.", b"Nine!!")},
        {k: v for k, v in rows.items() if k != text},
    ):
        with here.begin() as tx:
            take_editions(tx, damaged)
            assert len(hashes(tx)) == 2  # the second one came


def test_a_content_that_the_exam_did_not_sign_stays_out(two):
    former, here = two
    rows = rows_of(former)
    for key, value in rows.items():
        if key[0] == EDITIONS and len(key[1]) == 64:
            row = msgspec.msgpack.decode(value, type=ContentRow)
            rows[key] = msgspec.msgpack.encode(msgspec.structs.replace(row, signature=bytes(64)))
    with here.begin() as tx:
        assert take_editions(tx, rows) == 0


def test_a_large_file_stays_out_unless_the_next_laptop_has_it(tmp_path):
    large = bytes(range(256)) * (MOST_FILE // 256 + 1)
    contents = lambda exam: [content_of(exam, prompt, prompt_file=large) for prompt in ("One.", "Two.")]  # noqa: E731
    former, editions = records(tmp_path / "former", contents)
    has, _ = records(tmp_path / "has", lambda exam: contents(exam)[:1], editions.content_key)
    lacks, _ = records(tmp_path / "lacks", lambda exam: [content_of(exam, "One.")], editions.content_key)
    rows = rows_of(former)
    assert not any(value == large[: len(value)] and len(value) > 1000 for value in rows.values())
    with has.begin() as tx:
        assert take_editions(tx, rows) == 1
    with lacks.begin() as tx:
        assert take_editions(tx, rows) == 0
    for each in (former, has, lacks):
        each.close()
