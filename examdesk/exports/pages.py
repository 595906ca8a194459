"""The records as they stood when an export began, read a page at a time through short read-only transactions.

Events, batches and receipts are only ever appended, so the heads that are read first fix what belongs to the export,
and no long transaction keeps a running hub from checkpointing.
"""

from collections.abc import Iterator
from typing import Any

import msgspec
import sqlalchemy as sa

from examdesk.exports.options import Chosen, Options
from examdesk.exports.people import named
from examdesk.exports.pseudonyms import Pseudonyms
from examdesk.readmodels.classroom import incidents
from examdesk.store import Reader, open_reader
from examdesk.store import schema as s
from examdesk.store.credits import decisions_of
from examdesk.store.reviews import ReviewStep, steps_of
from examdesk.store.rows import (
    AnchorRow,
    EvidenceRow,
    ExamRow,
    JournalRow,
    KeysRow,
    NoticeRow,
    ReceiptRow,
    RosterRow,
    SessionRow,
    entry_of,
    one,
)
from shared.ids import ExamId, JournalId, SessionId
from shared.log.batch import SignedBatch
from shared.log.entry import Entry
from shared.log.receipt import SignedReceipt
from shared.problems import EnvironmentProblem, InputProblem

EVENTS_A_PAGE = 2_000


class Pages:
    """What belongs to one export of one exam.

    Attributes:
        exam: the exam's row; `keys` its secrets.
        roster, sessions, journals, notices, anchors: as they stood when the export began.
        incidents: what staff wrote down about the room, of the exam and of those who belong to it.
        credits: what staff decided about lost time, by session.
        rehearsed: how the exam stands to the one that was rehearsed, empty where none was.
    """

    def __init__(self, reader: Reader, exam: ExamId, options: Options | None = None) -> None:
        """Read who belongs to it: only those who are chosen, under pseudonyms where there are any.

        Raises:
            EnvironmentProblem: the records have no such exam or can't be read.
            InputProblem: a section or a student that was chosen is not in this exam.
        """
        options = options or Options()
        self._reader = reader
        self._names = names = options.names
        self.chosen = options.chosen
        self.exam_id = exam
        with reader.connect() as sql:
            row = one(ExamRow, sql.execute(sa.select(s.exams).where(s.exams.c.exam == exam)).first())
            keys = one(KeysRow, sql.execute(sa.select(s.exam_keys).where(s.exam_keys.c.exam == exam)).first())
            if row is None or keys is None:
                raise EnvironmentProblem("The records hold no such exam. Nothing was written; name the right folder.")
            self.exam = row
            self.keys = keys
            self.roster = [RosterRow(**found) for found in _all(sql, s.roster, exam, s.roster.c.slot)]
            self.sessions = [SessionRow(**found) for found in _all(sql, s.sessions, exam, s.sessions.c.joined_ms)]
            self.journals = [JournalRow(**found) for found in _all(sql, s.journals, exam, s.journals.c.opened_ms)]
            self.notices = [NoticeRow(**found) for found in _all(sql, s.notices, exam, s.notices.c.number)]
            self.anchors = [AnchorRow(**found) for found in _all(sql, s.anchors, exam, s.anchors.c.size)]
            self.rehearsed = _noted(sql, exam, "rehearsed")
            self.credits = decisions_of(sql, exam)
            last = sql.execute(sa.select(sa.func.max(s.receipts.c.number)).where(s.receipts.c.exam == exam)).scalar()
        self.incidents = list(incidents(reader, exam).incidents)
        self._last_receipt = -1 if last is None else int(last)
        self.roster = named(self.roster, options.people)
        if self.chosen:
            self._keep(self.chosen)
        if names is not None:
            self._rename(names)

    def __getstate__(self) -> dict[str, Any]:
        """For another process, which gets a connection of its own and reads up to the same heads."""
        return {**self.__dict__, "_reader": self._reader.url}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__ = {**state, "_reader": open_reader(state["_reader"])}

    @property
    def reader(self) -> Reader:
        """The records themselves."""
        return self._reader

    def _keep(self, chosen: Chosen) -> None:
        """Leave out whoever is not meant."""
        section_of: dict[str, str] = {row.student: row.section for row in self.roster}
        students = {*section_of, *(row.student for row in self.sessions)}
        for kind, missing in (
            ("section", chosen.sections - set(section_of.values())),
            ("student", chosen.students - students),
        ):
            if missing:
                raise InputProblem(f"There is no {kind} {min(missing)} in this exam. Nothing was written.")
        kept = {student for student in students if chosen.has(student, section_of.get(student, ""))}
        self.roster = [row for row in self.roster if row.student in kept]
        self.sessions = [row for row in self.sessions if row.student in kept]
        sessions = {row.session for row in self.sessions}
        self.journals = [row for row in self.journals if row.session in sessions]
        named = {session.hex() for session in sessions}
        self.incidents = [each for each in self.incidents if not each.session or each.session in named]

    def _rename(self, names: Pseudonyms) -> None:
        self.roster = names.roster(self.roster)
        self.sessions = [names.session(row) for row in self.sessions]
        self.journals = [names.journal(row) for row in self.journals]
        self.notices = [names.notice(row) for row in self.notices]
        self.incidents = [msgspec.structs.replace(each, text=names.prose(each.text)) for each in self.incidents]
        self.credits = {session: [names.decision(each) for each in made] for session, made in self.credits.items()}

    @property
    def names(self) -> Pseudonyms | None:
        """What makes pseudonyms; None where students are shown as they are."""
        return self._names

    def shown(self, entry: Entry) -> Entry:
        """Return an event as an export shows it."""
        return entry if self._names is None else self._names.entry(entry)

    def shown_payload(self, entry: Entry) -> bytes | None:
        """Return an event's payload as an export shows it."""
        return entry.payload if self._names is None else self._names.payload(entry.header[1], entry.payload)

    @property
    def events(self) -> int:
        """How many events there are in all journals."""
        return sum(journal.head_seq + 1 for journal in self.journals)

    def journals_of(self, session: SessionId) -> list[JournalRow]:
        """Return a session's journals, oldest first."""
        return [row for row in self.journals if row.session == session]

    def entries(self, journal: JournalRow) -> Iterator[Entry]:
        """Yield a journal's events in order."""
        for page in self.entry_pages(journal):
            yield from page

    def entry_pages(self, journal: JournalRow) -> Iterator[list[Entry]]:
        """Yield a journal's events in pages."""
        start, stop = 0, journal.head_seq + 1
        table = s.events
        while start < stop:
            end = min(start + EVENTS_A_PAGE, stop)
            query = sa.select(table).where(table.c.journal == journal.journal, table.c.seq >= start, table.c.seq < end)
            with self._reader.connect() as sql:
                page = [entry_of(row) for row in sql.execute(query.order_by(table.c.seq))]
            if page:
                yield page
            start = end

    def batches(self, journal: JournalRow) -> Iterator[SignedBatch]:
        """Yield a journal's batches in order."""
        table, after = s.batches, -1
        while True:
            query = (
                sa.select(table.c.last, table.c.body, table.c.signature)
                .where(table.c.journal == journal.journal, table.c.last > after, table.c.last <= journal.head_seq)
                .order_by(table.c.last)
                .limit(EVENTS_A_PAGE)
            )
            with self._reader.connect() as sql:
                page = sql.execute(query).all()
            for row in page:
                yield SignedBatch(row.body, row.signature)
            if len(page) < EVENTS_A_PAGE:
                return
            after = page[-1].last

    def receipts(self, journal: JournalId | None = None) -> Iterator[ReceiptRow]:
        """Yield the receipts of a journal, or of the whole exam, by number."""
        table, after = s.receipts, -1
        while True:
            query = sa.select(table).where(
                table.c.exam == self.exam_id, table.c.number > after, table.c.number <= self._last_receipt
            )
            if journal is not None:
                query = query.where(table.c.journal == journal)
            with self._reader.connect() as sql:
                page = sql.execute(query.order_by(table.c.number).limit(EVENTS_A_PAGE)).mappings().all()
            for row in page:
                yield ReceiptRow(**row)
            if len(page) < EVENTS_A_PAGE:
                return
            after = page[-1]["number"]

    def signed_receipts(self, journal: JournalId) -> Iterator[SignedReceipt]:
        """Yield a journal's receipts as they were signed, by number."""
        for row in self.receipts(journal):
            yield SignedReceipt(row.body, row.signature)

    def kept(self, journal: JournalId) -> list[EvidenceRow]:
        """Return what was kept beside a journal, oldest first."""
        table = s.evidence_kept
        query = sa.select(table).where(table.c.journal == journal).order_by(table.c.id)
        names = EvidenceRow.__struct_fields__
        with self._reader.connect() as sql:
            return [EvidenceRow(**{name: row[name] for name in names}) for row in sql.execute(query).mappings()]

    def reviews(self, session: SessionId) -> list[ReviewStep]:
        """Return a session's review history, oldest first."""
        with self._reader.connect() as sql:
            steps = steps_of(sql, session)
        names = self._names
        if names is None:
            return steps
        return [msgspec.structs.replace(step, note=names.prose(step.note)) for step in steps]


def _noted(sql: sa.Connection, exam: ExamId, key: str) -> str:
    query = sa.select(s.meta.c.value).where(s.meta.c.key == f"{exam.hex()}/{key}")
    return str(sql.execute(query).scalar_one_or_none() or "")


def _all(sql: sa.Connection, table: sa.Table, exam: ExamId, order: "sa.Column[Any]") -> list[dict[str, Any]]:
    query = sa.select(table).where(table.c.exam == exam).order_by(order)
    return [dict(row) for row in sql.execute(query).mappings()]
