"""Writing and reading back what desks sent: journals' events, batches, receipts, and what did not fit."""

from collections.abc import Iterator, Sequence

import msgspec
import sqlalchemy as sa

from examdesk.store import schema as s
from examdesk.store.rows import AnchorRow, BatchRow, EvidenceRow, ReceiptRow, entry_of, one, values
from shared.ids import ExamId, JournalId
from shared.log.batch import SignedBatch, unpack_batch
from shared.log.entry import Entry

_ADD_EVENTS = sa.insert(s.events)
_ADD_BATCHES = sa.insert(s.batches)
_ADD_RECEIPTS = sa.insert(s.receipts)
_MOVE_HEADS = (
    sa.update(s.journals)
    .where(s.journals.c.journal == sa.bindparam("of"))
    .values(
        head_seq=sa.bindparam("seq"),
        head_link=sa.bindparam("link"),
        head_receipt=sa.bindparam("receipt"),
        last_ms=sa.bindparam("at"),
    )
)


class Intake(msgspec.Struct, frozen=True):
    """A checked batch with its events, `first`…`last` of its journal."""

    journal: JournalId
    first: int
    last: int
    link: bytes
    signed: SignedBatch
    entries: tuple[Entry, ...]


class Head(msgspec.Struct, frozen=True):
    """Where a journal ends after a commit, and its receipt."""

    journal: JournalId
    last: int
    link: bytes
    at_ms: int
    receipt: ReceiptRow


class Records:
    """Events and receipts within one transaction."""

    def __init__(self, connection: sa.Connection, exam: ExamId) -> None:
        self._sql = connection
        self._exam = exam

    def append(self, intakes: Sequence[Intake], heads: Sequence[Head]) -> None:
        """Store checked batches, and per journal the receipt for where it ends now."""
        if intakes:
            self._sql.execute(_ADD_EVENTS, [event for intake in intakes for event in _events(intake)])
            self._sql.execute(
                _ADD_BATCHES,
                [
                    {
                        "journal": each.journal,
                        "last": each.last,
                        "body": each.signed.body,
                        "signature": each.signed.signature,
                    }
                    for each in intakes
                ],
            )
        if heads:
            self._sql.execute(_ADD_RECEIPTS, [values(head.receipt) for head in heads])
            self._sql.execute(
                _MOVE_HEADS,
                [
                    {"of": h.journal, "seq": h.last, "link": h.link, "receipt": h.receipt.number, "at": h.at_ms}
                    for h in heads
                ],
            )

    def keep(self, evidence: EvidenceRow) -> bool:
        """Keep what a desk showed beside its journal; False for a batch that is kept there already."""
        c = s.evidence_kept.c
        if evidence.body is not None:
            same = (c.journal == evidence.journal, c.body == evidence.body, c.signature == evidence.signature)
            known = sa.select(c.id).where(*same, c.entries.is_not_distinct_from(evidence.entries)).limit(1)
            if self._sql.execute(known).first() is not None:
                return False
        self._sql.execute(sa.insert(s.evidence_kept), values(evidence))
        return True

    def evidence(self, journal: JournalId) -> list[EvidenceRow]:
        """Return what was kept beside a journal, oldest first."""
        query = sa.select(s.evidence_kept).where(s.evidence_kept.c.journal == journal).order_by(s.evidence_kept.c.id)
        names = EvidenceRow.__struct_fields__
        return [EvidenceRow(**{name: row[name] for name in names}) for row in self._sql.execute(query).mappings()]

    def link_at(self, journal: JournalId, seq: int) -> bytes | None:
        """See `link_at`."""
        return link_at(self._sql, journal, seq)

    def entries(self, journal: JournalId, start: int = 0, stop: int | None = None) -> Iterator[Entry]:
        """Yield a journal's events `start`…`stop` - 1, in order."""
        query = sa.select(s.events).where(s.events.c.journal == journal, s.events.c.seq >= start)
        if stop is not None:
            query = query.where(s.events.c.seq < stop)
        for row in self._sql.execute(query.order_by(s.events.c.seq)):
            yield entry_of(row)

    def batches(self, journal: JournalId) -> list[BatchRow]:
        """Return a journal's batches in order."""
        query = sa.select(s.batches).where(s.batches.c.journal == journal).order_by(s.batches.c.last)
        return [BatchRow(**row) for row in self._sql.execute(query).mappings()]

    def last_receipt(self, journal: JournalId | None = None) -> ReceiptRow | None:
        """Return the newest receipt of a journal, or of the exam."""
        query = sa.select(s.receipts).where(s.receipts.c.exam == self._exam)
        if journal is not None:
            query = query.where(s.receipts.c.journal == journal)
        return one(ReceiptRow, self._sql.execute(query.order_by(s.receipts.c.number.desc()).limit(1)).first())

    def head_receipts(self) -> list[ReceiptRow]:
        """Return the newest receipt of every journal that has one."""
        heads = sa.and_(s.journals.c.exam == s.receipts.c.exam, s.journals.c.head_receipt == s.receipts.c.number)
        query = sa.select(s.receipts).join(s.journals, heads).where(s.receipts.c.exam == self._exam)
        return [ReceiptRow(**row) for row in self._sql.execute(query).mappings()]

    def receipts(self, start: int = 0, stop: int | None = None) -> Iterator[ReceiptRow]:
        """Yield the exam's receipts by number."""
        query = sa.select(s.receipts).where(s.receipts.c.exam == self._exam, s.receipts.c.number >= start)
        if stop is not None:
            query = query.where(s.receipts.c.number < stop)
        for row in self._sql.execute(query.order_by(s.receipts.c.number)).mappings():
            yield ReceiptRow(**row)

    def add_anchor(self, anchor: AnchorRow) -> None:
        """Keep a signed checkpoint."""
        self._sql.execute(sa.insert(s.anchors), values(anchor))

    def last_anchor(self) -> AnchorRow | None:
        """Return the newest checkpoint."""
        query = sa.select(s.anchors).where(s.anchors.c.exam == self._exam).order_by(s.anchors.c.size.desc()).limit(1)
        return one(AnchorRow, self._sql.execute(query).first())


def link_at(connection: sa.Connection, journal: JournalId, seq: int) -> bytes | None:
    """Return the link after event `seq` where one of the journal's batches ends there, else None."""
    query = sa.select(s.batches.c.body).where(s.batches.c.journal == journal, s.batches.c.last == seq)
    body = connection.execute(query).scalar_one_or_none()
    return None if body is None else unpack_batch(body).link


def entries_of(connection: sa.Connection, journal: JournalId) -> Iterator[Entry]:
    """Yield all of a journal's events in order."""
    query = sa.select(s.events).where(s.events.c.journal == journal).order_by(s.events.c.seq)
    for row in connection.execute(query):
        yield entry_of(row)


def _events(intake: Intake) -> Iterator[dict[str, object]]:
    journal = intake.journal
    for seq, entry in enumerate(intake.entries, intake.first):
        digest = entry.digest if entry.payload is None else None
        yield {
            "journal": journal,
            "seq": seq,
            "header": entry.header,
            "salt": entry.salt,
            "payload": entry.payload,
            "digest": digest,
        }
