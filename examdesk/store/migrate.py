"""Bringing a database to this version: Alembic, driven from here, with a copy of a SQLite file first."""

import sqlite3
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from examdesk.store.engine import Reader, keep_private, open_exclusive, parse_url
from shared.problems import EnvironmentProblem

MIGRATIONS = Path(__file__).parent / "migrations"


def _config(connection: sa.Connection | None = None) -> Config:
    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest_revision() -> str:
    """Return the revision that this version of ExamDesk works with."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    assert head is not None
    return head


def current_revision(connection: sa.Connection) -> str | None:
    """Return the revision of a database, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def migrate(url: str) -> Path | None:
    """Bring the database at `url` to this version; return where a copy of the older SQLite file is, if one was made.

    Each migration runs in one transaction together with its record.

    Raises:
        EnvironmentProblem: the database can't be opened or written, or a newer ExamDesk made it.
    """
    engine = open_exclusive(url)
    try:
        with engine.begin() as connection:
            before = current_revision(connection)
        if before == newest_revision():
            return None
        _refuse_newer(before)
        copy = _copy_before(parse_url(url), before) if before is not None else None
        with engine.connect() as connection:
            command.upgrade(_config(connection), "head")
    except (sa.exc.OperationalError, OSError) as error:
        reason = getattr(error, "orig", None) or error
        raise EnvironmentProblem(
            f"The records at {parse_url(url).render_as_string()} can't be opened ({reason}). Nothing was changed; "
            "check that the place exists and can be written to."
        ) from error
    else:
        return copy
    finally:
        engine.dispose()


def must_be_current(reader: Reader, named: str) -> None:
    """Refuse to read records of another version, which only whoever writes them may change.

    Raises:
        EnvironmentProblem: they are older, with what to do, or newer; `named` is how the person named them.
    """
    with reader.connect() as connection:
        revision = current_revision(connection)
    if revision in (None, newest_revision()):
        return
    _refuse_newer(revision)
    raise EnvironmentProblem(
        f"The records in {named} were made by an older ExamDesk. Bring them up to this one with `examdesk rebuild "
        f"--data {named}`, which makes a copy of them first, or by starting their hub. Nothing was changed."
    )


def _refuse_newer(revision: str | None) -> None:
    known = {script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions()}
    if revision is not None and revision not in known:
        raise EnvironmentProblem(
            f"A newer ExamDesk made these records (revision {revision}). Nothing was changed; use that version here."
        )


def _copy_before(url: sa.URL, revision: str) -> Path | None:
    """Copy a SQLite database as a whole, with what its log holds, beside itself."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    source = Path(url.database)
    target = source.with_name(f"{source.name}.before-{revision}")
    keep_private(target)
    with sqlite3.connect(source) as old, sqlite3.connect(target) as new:
        old.backup(new)
    old.close()
    new.close()
    return target
