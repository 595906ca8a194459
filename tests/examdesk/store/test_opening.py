"""Opening records: migrations with a copy before, newer records, bad addresses, SQLite's settings and faults."""

import os
import sqlite3
import stat

import pytest
import sqlalchemy as sa

from examdesk.store import Store
from examdesk.store.engine import has_wal_reset_bug, open_reader, parse_url, sqlite_warning
from examdesk.store.migrate import current_revision, migrate, newest_revision
from shared.problems import EnvironmentProblem, InputProblem


def url_in(tmp_path):
    return f"sqlite:///{tmp_path / 'records.sqlite'}"


def test_migrating_again_changes_nothing(tmp_path):
    assert migrate(url_in(tmp_path)) is None
    before = (tmp_path / "records.sqlite").read_bytes()
    assert migrate(url_in(tmp_path)) is None
    assert (tmp_path / "records.sqlite").read_bytes() == before


def test_records_of_a_newer_examdesk_are_left_alone(tmp_path):
    url = url_in(tmp_path)
    migrate(url)
    connection = sqlite3.connect(tmp_path / "records.sqlite")
    connection.execute("UPDATE alembic_version SET version_num = '0000'")
    connection.commit()
    connection.close()
    with pytest.raises(EnvironmentProblem, match="newer ExamDesk"):
        migrate(url)


def test_the_connection_that_writes_is_durable_and_knows_its_revision(tmp_path):
    migrate(url_in(tmp_path))
    store = Store(url_in(tmp_path), b"e" * 16)
    with store.begin() as tx:
        pragma = lambda name: tx.sql.exec_driver_sql(f"PRAGMA {name}").scalar_one()  # noqa: E731
        assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)
        assert current_revision(tx.sql) == newest_revision()
    store.close()


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps folders private by other means")
def test_only_this_user_can_read_the_records(tmp_path):
    file = tmp_path / "records.sqlite"
    before = os.umask(0)
    try:
        migrate(url_in(tmp_path))
        store = Store(url_in(tmp_path), b"e" * 16)
        with store.begin() as tx:
            tx.put_meta("a", "b")
            rights = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert rights == {"records.sqlite": 0o600, "records.sqlite-wal": 0o600, "records.sqlite-shm": 0o600}
    file.chmod(0o644)
    Store(url_in(tmp_path), b"e" * 16).close()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite://", "sqlite:///:memory:", "nonsense", "://"])
def test_other_databases_are_refused_with_a_sentence(url):
    with pytest.raises(InputProblem):
        parse_url(url)


def test_a_place_that_can_not_be_written_is_named(tmp_path):
    with pytest.raises(EnvironmentProblem, match="can't be opened"):
        migrate(f"sqlite:///{tmp_path / 'missing' / 'records.sqlite'}")


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
    ],
)
def test_sqlite_versions_that_can_lose_commits_are_named(version, affected):
    assert has_wal_reset_bug(version) is affected
    assert (".".join(map(str, version)) in sqlite_warning(version)) is affected


def test_a_reader_of_records_that_are_gone_says_so(tmp_path):
    reader = open_reader(f"sqlite:///{tmp_path / 'missing' / 'records.sqlite'}")
    with pytest.raises(EnvironmentProblem, match="can't be read"), reader.connect():
        pass
    reader.close()


def test_the_schema_names_every_constraint():
    from examdesk.store import schema

    unnamed = [
        (table.name, constraint)
        for table in schema.metadata.tables.values()
        for constraint in table.constraints
        if constraint.name is None and not isinstance(constraint, sa.CheckConstraint)
    ]
    assert unnamed == []
