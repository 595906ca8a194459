"""What was worked out of events and is kept beside them: written by rebuild, dropped without loss."""

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.rows import values
from examdesk.store.store import Tx
from shared.ids import JournalId, SessionId


class Projection(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was worked out of a session's events up to `seq` of `journal`."""

    session: SessionId
    name: str
    version: int
    journal: JournalId
    seq: int
    data: bytes


def replace_projections(tx: Tx, rows: Sequence[Projection]) -> None:
    """Drop everything that was derived of this exam's sessions, and keep these rows."""
    own = sa.select(s.sessions.c.session).where(s.sessions.c.exam == tx.exam)
    tx.sql.execute(sa.delete(s.projections).where(s.projections.c.session.in_(own)))
    if rows:
        tx.sql.execute(sa.insert(s.projections), [values(row) for row in rows])
