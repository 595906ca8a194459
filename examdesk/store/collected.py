"""Work that staff took as it stood, because its desk could not hand it in: which state of which journal."""

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from shared.ids import ExamId, SessionId

_KEY = "collected:"


class Collected(msgspec.Struct, frozen=True, kw_only=True):
    """Up to which event of which journal (hexadecimal) it was taken; `code` is the receipt code of the link there."""

    at_ms: int
    who: str
    journal: str
    seq: int
    code: str


def key_of(session: SessionId) -> str:
    """Return the key under which it is noted."""
    return f"{_KEY}{session.hex()}"


def collected_at(connection: sa.Connection, exam: ExamId) -> dict[SessionId, Collected]:
    """Return what was taken last, by session."""
    prefix = f"{exam.hex()}/{_KEY}"
    query = sa.select(s.meta.c.key, s.meta.c.value).where(s.meta.c.key.startswith(prefix, autoescape=True))
    return {
        SessionId(bytes.fromhex(row.key.removeprefix(prefix))): msgspec.json.decode(row.value, type=Collected)
        for row in connection.execute(query)
    }
