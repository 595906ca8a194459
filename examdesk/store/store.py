"""The writer's side of the records: one connection, transactions, and everything that the hub writes."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.control import Control
from examdesk.store.engine import open_writer
from examdesk.store.people import People
from examdesk.store.records import Records
from examdesk.store.rows import ExamRow, KeysRow, one, values
from shared.exam.sealing import Sealed
from shared.ids import ExamId

FORMER = 1 << 20
"""From this part on the table has sealed contents of former editions, each in as many parts of its own."""
_LOWEST = -2


class Tx:
    """One transaction: all of it becomes durable at once, or none of it.

    Attributes:
        records: events, batches, receipts, anchors.
        people: roster, sections, sessions, journals, joins.
        control: commands, notices, reviews, audit.
    """

    def __init__(self, connection: sa.Connection, exam: ExamId) -> None:
        self.sql = connection
        self.exam = exam
        self.records = Records(connection, exam)
        self.people = People(connection, exam)
        self.control = Control(connection, exam)

    def exam_row(self) -> ExamRow | None:
        """Return the exam as it was last served."""
        return one(ExamRow, self.sql.execute(sa.select(s.exams).where(s.exams.c.exam == self.exam)).first())

    def put_exam(self, row: ExamRow) -> None:
        """Add the exam or write what changed of it."""
        if self.exam_row() is None:
            self.sql.execute(sa.insert(s.exams), values(row))
        else:
            self.sql.execute(sa.update(s.exams).where(s.exams.c.exam == self.exam).values(values(row)))

    def set_port(self, port: int) -> None:
        """Remember where the hub listens, so that a restarted one is found at the same place."""
        self.sql.execute(sa.update(s.exams).where(s.exams.c.exam == self.exam).values(port=port))

    def keys(self) -> KeysRow | None:
        """Return the exam's secrets."""
        return one(KeysRow, self.sql.execute(sa.select(s.exam_keys).where(s.exam_keys.c.exam == self.exam)).first())

    def add_keys(self, row: KeysRow) -> None:
        """Keep the exam's secrets; they never change."""
        self.sql.execute(sa.insert(s.exam_keys), values(row))

    def sealed(self) -> dict[int, bytes]:
        """Return the newest sealed content by part, empty when there is none yet."""
        query = sa.select(s.sealed.c.part, s.sealed.c.data).where(self._newest())
        return {row.part: row.data for row in self.sql.execute(query)}

    def put_sealed(self, parts: dict[int, bytes]) -> None:
        """Replace the newest sealed content; what was there before is kept beyond it, as what students were shown."""
        column, place = s.sealed.c.part, self._next_place()
        self.sql.execute(sa.update(s.sealed).where(self._newest()).values(part=column + place - _LOWEST))
        self.sql.execute(
            sa.insert(s.sealed), [{"exam": self.exam, "part": part, "data": data} for part, data in parts.items()]
        )

    def add_former(self, sealed: Sealed) -> None:
        """Keep a content that came from another hub of the exam, as what students were shown."""
        parts = {-2: sealed.manifest, -1: sealed.signature, **dict(enumerate(sealed.pieces))}
        place = self._next_place()
        rows = [{"exam": self.exam, "part": part + place - _LOWEST, "data": data} for part, data in parts.items()]
        self.sql.execute(sa.insert(s.sealed), rows)

    def _next_place(self) -> int:
        query = sa.select(sa.func.max(s.sealed.c.part)).where(s.sealed.c.exam == self.exam)
        return ((self.sql.execute(query).scalar_one() or 0) // FORMER + 1) * FORMER

    def _newest(self) -> sa.ColumnElement[bool]:
        return sa.and_(s.sealed.c.exam == self.exam, s.sealed.c.part < FORMER)

    def get_meta(self, key: str) -> str | None:
        """Return what was noted for this exam under a key."""
        query = sa.select(s.meta.c.value).where(s.meta.c.key == f"{self.exam.hex()}/{key}")
        value: str | None = self.sql.execute(query).scalar_one_or_none()
        return value

    def put_meta(self, key: str, value: str) -> None:
        """Note something for this exam."""
        name = f"{self.exam.hex()}/{key}"
        self.sql.execute(sa.delete(s.meta).where(s.meta.c.key == name))
        self.sql.execute(sa.insert(s.meta), {"key": name, "value": value})

    def first_time(self, command: str, note: str) -> bool:
        """Write down a command that changes no standing; False when it was written down before."""
        if self.get_meta(f"done:{command}") is not None:
            return False
        self.put_meta(f"done:{command}", note)
        return True


class Store:
    """The one writing connection to the records of an exam. Used by one thread at a time."""

    def __init__(self, url: str, exam: ExamId) -> None:
        self.url = url
        self._exam = exam
        self._engine = open_writer(url)

    @contextmanager
    def begin(self) -> Iterator[Tx]:
        """Yield a transaction; it is durable when the block ends, and undone when the block raises."""
        with self._engine.begin() as connection:
            yield Tx(connection, self._exam)

    def reconnect(self) -> None:
        """Drop the connection and take a new one: after an I/O error nothing is tried again on the old one."""
        self._engine.dispose()

    def close(self) -> None:
        """Let go of the connection."""
        self._engine.dispose()


def exams_at(connection: sa.Connection) -> Sequence[ExamId]:
    """Return the exams whose records are here."""
    return [ExamId(row.exam) for row in connection.execute(sa.select(s.exams.c.exam))]
