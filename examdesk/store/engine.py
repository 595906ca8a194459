"""Engines: SQLite and PostgreSQL by URL, one writing connection, and read-only connections for everybody else."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from shared.problems import EnvironmentProblem, InputProblem

BUSY_MS = 10_000
_PRIVATE = 0o600
_FIXED_IN = ((3, 44, 6), (3, 50, 7), (3, 51, 3))


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Tell whether this SQLite can lose commits when two connections write or checkpoint at once.

    Affected: 3.7.0 to 3.51.2, except 3.44.6 and later 3.44.x, 3.50.7 and later 3.50.x (https://sqlite.org/wal.html).
    """
    if not (3, 7, 0) <= version < (3, 51, 3):
        return False
    return not any(version[:2] == fixed[:2] and version >= fixed for fixed in _FIXED_IN)


def sqlite_warning(version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> str:
    """Return what to say about this computer's SQLite, empty when there is nothing to say."""
    if not has_wal_reset_bug(version):
        return ""
    name = ".".join(map(str, version))
    return (
        f"SQLite {name} of this Python can lose commits when several programs write at once (fixed in 3.51.3). "
        "The hub is the only one that writes, so its records are safe; don't change the database with other tools."
    )


def parse_url(url: str) -> sa.URL:
    """Read an SQLAlchemy URL.

    Raises:
        InputProblem: it is none, or for a database that ExamDesk does not support.
    """
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError) as error:
        raise InputProblem(f"{url!r} is not the address of a database, such as sqlite:///exam.sqlite.") from error
    kind = parsed.get_backend_name()
    if kind == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if kind == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return parsed
    raise InputProblem(f"ExamDesk keeps its records in a SQLite file or in PostgreSQL, not in {kind}.")


def keep_private(file: Path) -> None:
    """Let only this user read and write a SQLite database and its logs; one that does not exist yet is made empty.

    SQLite gives `-wal` and `-shm` the rights of the database. A place without rights (FAT, Windows) stays as it is.
    """
    with suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, _PRIVATE))
    for name in (file.name, f"{file.name}-wal", f"{file.name}-shm", f"{file.name}-journal"):
        with suppress(OSError):
            file.with_name(name).chmod(_PRIVATE)


def open_writer(url: str) -> sa.Engine:
    """Return the engine of the one connection that writes; transactions begin with the write lock taken."""
    parsed = parse_url(url)
    if parsed.get_backend_name() == "postgresql":
        engine = sa.create_engine(parsed, pool_size=1, max_overflow=0, pool_pre_ping=True)
        sa.event.listen(engine, "connect", _postgres_writer)
        return engine
    keep_private(Path(parsed.database or ""))
    engine = sa.create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=1,
        max_overflow=0,
        connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False},
    )
    sa.event.listen(engine, "connect", _sqlite_writer)
    sa.event.listen(engine, "begin", _begin_immediate)
    return engine


def _postgres_writer(connection: Any, _record: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = on")
    connection.commit()


def _sqlite_writer(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin when we say so, and DDL is part of them
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", f"busy_timeout = {BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_immediate(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _sqlite_reader(connection: Any, _record: object) -> None:
    connection.isolation_level = None
    for pragma in ("query_only = ON", f"busy_timeout = {BUSY_MS}"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_deferred(connection: sa.Connection) -> None:
    connection.exec_driver_sql("BEGIN")


class Reader:
    """Read-only connections, each seeing one moment of the records; safe to share between threads."""

    def __init__(self, url: str) -> None:
        parsed = parse_url(url)
        self.url = url
        if parsed.get_backend_name() == "postgresql":
            options = "-c default_transaction_read_only=on -c default_transaction_isolation=repeatable\\ read"
            self._engine = sa.create_engine(parsed, pool_pre_ping=True, connect_args={"options": options})
            return
        self._engine = sa.create_engine(
            parsed, poolclass=QueuePool, connect_args={"timeout": BUSY_MS / 1000, "check_same_thread": False}
        )
        sa.event.listen(self._engine, "connect", _sqlite_reader)
        sa.event.listen(self._engine, "begin", _begin_deferred)

    @contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """Yield a connection in a transaction that can only read.

        Raises:
            EnvironmentProblem: the records can't be read.
        """
        try:
            with self._engine.begin() as connection:
                yield connection
        except sa.exc.OperationalError as error:
            raise EnvironmentProblem(
                f"The records can't be read ({error.orig}). Nothing was changed; check the disk, then try again."
            ) from error

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()


def sqlite_url(file: Path) -> str:
    """Return the URL of a database's file.

    Raises:
        InputProblem: its path is no text, so that no URL can name it.
    """
    try:
        return sa.URL.create("sqlite", database=str(file)).render_as_string()
    except UnicodeEncodeError as error:
        raise InputProblem(
            f"The path {file} has letters that are no text in UTF-8, so records can't be used there. Rename the folder "
            "or name another one; nothing was changed."
        ) from error


def open_reader(url: str) -> Reader:
    """Return read-only access to the records at this URL, as of a running or a stopped hub."""
    return Reader(url)


def open_exclusive(url: str) -> sa.Engine:
    """Return an engine for migrations: each use opens a connection of its own and closes it."""
    parsed = parse_url(url)
    engine = sa.create_engine(parsed, poolclass=NullPool)
    if parsed.get_backend_name() == "sqlite":
        keep_private(Path(parsed.database or ""))
        sa.event.listen(engine, "connect", _sqlite_writer)
        sa.event.listen(engine, "begin", _begin_immediate)
    return engine
