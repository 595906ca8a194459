"""What staff did, as rows that travel: with the desks and in the key file, to a hub that takes the exam over.

Every table either travels, comes back from the desks' journals, is worked out anew, or belongs to one computer; a test
holds the list against the schema. A row that travels is msgpack of its columns by name, without the exam.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Literal

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.edition_rows import read_edition_rows
from examdesk.store.exam_rows import read_exam_rows
from shared.crypto.keys import sha256
from shared.ids import ExamId

Key = tuple[str, str]
"""Table and what tells its rows apart."""
Rows = dict[Key, bytes]
"""Rows by key, in the order in which they were written."""
META = "meta"

Fate = Literal["travels", "from desks", "worked out", "in the key file", "stays"]
FATES: dict[str, Fate] = {
    "roster": "travels",
    "sections": "travels",
    "commands": "travels",
    "notices": "travels",
    "joins": "travels",
    "audit": "travels",
    "sessions": "travels",
    "journals": "travels",
    "reviews": "travels",
    "hands": "travels",
    "meta": "travels",
    "events": "from desks",
    "batches": "from desks",
    "receipts": "from desks",
    "anchors": "from desks",
    "evidence_kept": "stays",
    "projections": "worked out",
    "sealed": "travels",
    "exams": "travels",
    "exam_keys": "in the key file",
}
"""`sessions` and `journals` travel in part: who was in it and at which PC; the rest comes back with the desk. The exam
travels by its files (exam_rows), the contents of its editions by their parts (edition_rows)."""

_COLUMNS: dict[str, tuple[str, ...]] = {
    "roster": (
        *("student", "slot", "name", "section", "email", "seat", "room", "tags", "factor", "extra_minutes"),
        *("personal_code", "failures", "provisional"),
    ),
    "sections": ("name", "room", "starts_ms", "ends_ms", "minutes"),
    "commands": ("command", "at_ms", "who", "body"),
    "notices": ("number", "at_ms", "kind", "text", "sender", "question", "sections", "sessions", "prompt"),
    "joins": (
        *("ticket", "student", "name", "section", "seat", "device_name", "address", "since_ms", "why", "state"),
        *("decided_by", "decided_ms"),
    ),
    "audit": ("number", "at_ms", "who", "role", "address", "what", "detail", "chain"),
    "sessions": ("session", "student", "joined_ms", "joined_by"),
    "journals": ("journal", "session", "device_name", "seat", "address"),
    "reviews": ("session", "at_ms", "who", "status", "note", "step", "whom"),
    "hands": ("session", "lowered_ms", "who"),
}
_ORDER = {"commands": "number", "audit": "number", "notices": "number", "reviews": "id", "roster": "slot"}
_NAMED_BY = {name: columns[0] for name, columns in _COLUMNS.items()}
_HERE_ONLY = ("rehearsed", "staff records")
"""What is noted in `meta` about this computer."""


class Change(msgspec.Struct, frozen=True, array_like=True):
    """What became different: rows to put, keys of rows that are gone. Together: the content of a parcel."""

    put: tuple[tuple[str, str, bytes], ...] = ()
    gone: tuple[Key, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.put or self.gone)


def read_rows(connection: sa.Connection, exam: ExamId, known: Mapping[Key, bytes] | None = None) -> Rows:
    """Return every row that travels; of the audit log, which only grows, those that are not `known` are read."""
    rows = read_staff_rows(connection, exam, known)
    rows.update(read_exam_rows(connection, exam, known or {}))
    rows.update(read_edition_rows(connection, exam, known or {}))
    return rows


def read_staff_rows(connection: sa.Connection, exam: ExamId, known: Mapping[Key, bytes] | None = None) -> Rows:
    """Return the same without the exam and its editions."""
    rows: Rows = {}
    for name, columns in _COLUMNS.items():
        rows.update(_read_table(connection, exam, name, columns, known or {}))
    prefix = f"{exam.hex()}/"
    noted = sa.select(s.meta.c.key, s.meta.c.value).where(s.meta.c.key.startswith(prefix, autoescape=True))
    for row in connection.execute(noted.order_by(s.meta.c.key)):
        key = row.key.removeprefix(prefix)
        if not key.startswith(_HERE_ONLY):
            rows[META, key] = pack({"key": key, "value": row.value})
    return rows


def _read_table(
    connection: sa.Connection, exam: ExamId, name: str, columns: tuple[str, ...], known: Mapping[Key, bytes]
) -> Iterator[tuple[Key, bytes]]:
    table = s.metadata.tables[name]
    query = sa.select(*(table.c[column] for column in columns))
    if "exam" in table.c:
        query = query.where(table.c.exam == exam)
    else:
        of_exam = sa.select(s.sessions.c.session).where(s.sessions.c.exam == exam)
        query = query.where(table.c.session.in_(of_exam))
    if name == "audit":
        had = {key: value for key, value in known.items() if key[0] == name}
        yield from had.items()
        query = query.where(table.c.number > max((int(key[1]) for key in had), default=-1))
    for row in connection.execute(query.order_by(table.c[_ORDER.get(name, columns[0])])):
        yield _item(name, dict(row._mapping))  # noqa: SLF001 - SQLAlchemy's documented name


def _item(name: str, row: dict[str, Any]) -> tuple[Key, bytes]:
    value = pack(row)
    if name == "reviews":  # their number is one of this database
        return (name, sha256(value).hex()), value
    of = row[_NAMED_BY[name]]
    return (name, of.hex() if isinstance(of, bytes) else str(of)), value


def pack(row: Mapping[str, Any]) -> bytes:
    """Return a row as it travels."""
    return msgspec.msgpack.encode(row)


def unpack(value: bytes) -> dict[str, Any]:
    """Read a row that travelled."""
    row: dict[str, Any] = msgspec.msgpack.decode(value, type=dict[str, Any])
    return row


def change_between(before: Mapping[Key, bytes], after: Mapping[Key, bytes]) -> Change:
    """Return what makes `after` of `before`."""
    put = tuple((*key, value) for key, value in after.items() if before.get(key) != value)
    return Change(put, tuple(key for key in before if key not in after))


def apply_change(rows: Rows, change: Change) -> None:
    """Do to rows what a change says."""
    for table, key, value in change.put:
        rows[table, key] = value
    for name in change.gone:
        rows.pop((name[0], name[1]), None)


def of_table(rows: Mapping[Key, bytes], name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield key and columns of a table's rows."""
    for (table, key), value in rows.items():
        if table == name:
            yield key, unpack(value)


def pieces_of(change: Change, most_bytes: int) -> Iterator[Change]:
    """Yield a change in pieces whose rows have together about so many bytes, at least one."""
    put: list[tuple[str, str, bytes]] = []
    size = 0
    for row in change.put:
        if put and size + len(row[2]) > most_bytes:
            yield Change(tuple(put))
            put, size = [], 0
        put.append(row)
        size += len(row[2]) + len(row[1]) + 16
    yield Change(tuple(put), change.gone)
