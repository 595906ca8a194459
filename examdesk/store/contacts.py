"""When the hub was connected with a desk: from when, and until when it last heard something, per journal."""

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from shared.ids import ExamId, JournalId

_KEY = "contacts:"
MOST = 200


class Contact(msgspec.Struct, frozen=True, array_like=True):
    """A connection: when it was made and when the desk was last heard on it; ms of the hub's clock."""

    since_ms: int
    heard_ms: int


_decoder = msgspec.json.Decoder(list[Contact])


def key_of(journal: JournalId) -> str:
    """Return the key under which a journal's contacts are noted."""
    return f"{_KEY}{journal.hex()}"


def with_contact(noted: str | None, contact: Contact) -> str:
    """Return what to note when one more connection ended; the newest are kept."""
    known = [] if noted is None else _decoder.decode(noted)
    return msgspec.json.encode([*known, contact][-MOST:]).decode()


def contacts_of(connection: sa.Connection, exam: ExamId) -> dict[JournalId, list[Contact]]:
    """Return the ended connections of every journal, oldest first."""
    prefix = f"{exam.hex()}/{_KEY}"
    query = sa.select(s.meta.c.key, s.meta.c.value).where(s.meta.c.key.startswith(prefix, autoescape=True))
    return {
        JournalId(bytes.fromhex(row.key.removeprefix(prefix))): _decoder.decode(row.value)
        for row in connection.execute(query)
    }
