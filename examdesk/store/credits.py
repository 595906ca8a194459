"""What staff decided about time that students lost: how much was given for what, or that nothing is given."""

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from shared.ids import ExamId, SessionId

_KEY = "credits:"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One decision; `seconds` is 0 where nothing was given, `items` are the stretches that it is about."""

    at_ms: int
    who: str
    seconds: int
    proposed: int
    items: tuple[str, ...]
    reason: str = ""


_decoder = msgspec.json.Decoder(list[Decision])


def key_of(session: SessionId) -> str:
    """Return the key under which a session's decisions are noted."""
    return f"{_KEY}{session.hex()}"


def with_decision(noted: str | None, decision: Decision) -> str:
    """Return what to note after one more decision."""
    known = [] if noted is None else _decoder.decode(noted)
    return msgspec.json.encode([*known, decision]).decode()


def decisions_of(connection: sa.Connection, exam: ExamId) -> dict[SessionId, list[Decision]]:
    """Return every decision, oldest first, by session."""
    prefix = f"{exam.hex()}/{_KEY}"
    query = sa.select(s.meta.c.key, s.meta.c.value).where(s.meta.c.key.startswith(prefix, autoescape=True))
    return {
        SessionId(bytes.fromhex(row.key.removeprefix(prefix))): _decoder.decode(row.value)
        for row in connection.execute(query)
    }
