"""What the hub knows of people and journals, in memory, as it stands in the records.

Lives on the loop's thread. Everything here was committed before; the writer's jobs change the records first.
"""

import json
from bisect import insort
from collections.abc import Iterable, Iterator

import msgspec

from examdesk.hub.sessions.desk import Desk
from examdesk.hub.sessions.standings import Member
from examdesk.store import Tx
from examdesk.store.rows import CommandRow, JoinRow, JournalRow, NoticeRow, RosterRow, SectionRow, SessionRow
from shared.crypto.keys import VerifyKey
from shared.ids import JournalId, SessionId, StudentId
from shared.log.receipt import SignedReceipt

APPROVAL = "approval"
SECOND_PERSON = "second person"


class Journal:
    """A journal as far as it is durable, and the connection that serves it now."""

    __slots__ = ("desk", "free_mb", "head_link", "head_seq", "heard_ms", "key", "last_ms", "receipt", "row", "state")

    def __init__(self, row: JournalRow, receipt: SignedReceipt | None) -> None:
        self.row = row
        self.key = VerifyKey(row.key)
        self.head_seq = row.head_seq
        self.head_link = row.head_link
        self.receipt = receipt
        self.last_ms = row.last_ms
        self.state = row.state
        self.desk: Desk | None = None
        self.heard_ms: int | None = row.last_ms
        self.free_mb: int | None = None


class StaffRows(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry knows beside journals, as it stands in the records."""

    roster: list[RosterRow]
    sections: list[SectionRow]
    sessions: list[SessionRow]
    journals: list[JournalRow]
    commands: list[CommandRow]
    notices: list[NoticeRow]
    joins: list[JoinRow]
    approval: str
    second_person: bool

    @classmethod
    def read(cls, tx: Tx) -> "StaffRows":
        """Read it."""
        return cls(
            roster=tx.people.roster(),
            sections=tx.people.sections(),
            sessions=tx.people.sessions(),
            journals=tx.people.journals(),
            commands=tx.control.commands(),
            notices=tx.control.notices(),
            joins=tx.people.joins(),
            approval=tx.get_meta(APPROVAL) or "",
            second_person=bool(tx.get_meta(SECOND_PERSON)),
        )


class Registry:
    """Roster, sessions, journals, commands, notices and joins that wait.

    Attributes:
        approval: who waits for a person before being let in; empty: as the exam's file says.
        second_person: whether "Escalated" takes two people.
        first_notice: notices of this hub have numbers from here on.
    """

    def __init__(self) -> None:
        self.roster: dict[StudentId, RosterRow] = {}
        self.sections: dict[str, SectionRow] = {}
        self.sessions: dict[SessionId, SessionRow] = {}
        self.session_of: dict[StudentId, SessionId] = {}
        self.journals: dict[JournalId, Journal] = {}
        self.commands: list[CommandRow] = []
        self.notices: list[NoticeRow] = []
        self.joins: dict[str, JoinRow] = {}
        self.approval = ""
        self.second_person = False
        self.first_notice = 0
        self._last_slot = 0
        self._journals_of: dict[SessionId, list[JournalId]] = {}

    def load(self, tx: Tx) -> None:
        """Take everything from the records."""
        rows = StaffRows.read(tx)
        receipts = {row.journal: SignedReceipt(row.body, row.signature) for row in tx.records.head_receipts()}
        for row in rows.journals:
            self.add_journal(row, receipts.get(row.journal))
        self.take_staff(rows)

    def take_staff(self, rows: StaffRows) -> list[NoticeRow]:
        """Take what changed in the records beside events; return the notices that are new.

        Whoever calls it holds `Services.standings` while the hub serves. Journals stay; what stands in the records of
        their places comes in.
        """
        known = {notice.number: notice for notice in self.notices}
        self.take_roster(rows.roster)
        self.sections = {row.name: row for row in rows.sections}
        self.session_of = {}
        for session in rows.sessions:
            self.put_session(session)
        for row in rows.journals:
            journal = self.journals.get(row.journal)
            if journal is not None:
                journal.row = msgspec.structs.replace(journal.row, device_name=row.device_name, seat=row.seat)
        self.commands, self.notices = rows.commands, rows.notices
        self.joins = {row.ticket: row for row in rows.joins}
        self.approval, self.second_person = rows.approval, rows.second_person
        return [notice for notice in rows.notices if known.get(notice.number) != notice]

    def take_roster(self, rows: Iterable[RosterRow]) -> None:
        """Replace the roster."""
        self.roster = {row.student: row for row in rows}

    def next_notice(self) -> int:
        """Return the number of the next notice."""
        last = self.notices[-1].number if self.notices else 0
        return max(last + 1, self.first_notice)

    def add_notice(self, row: NoticeRow) -> None:
        """Add a notice at its place by number."""
        insort(self.notices, row, key=lambda each: each.number)

    def put_session(self, row: SessionRow) -> None:
        """Add or replace a session."""
        self.sessions[row.session] = row
        self.session_of[row.student] = row.session

    def add_journal(self, row: JournalRow, receipt: SignedReceipt | None = None) -> Journal:
        """Add a journal."""
        journal = Journal(row, receipt)
        self.journals[row.journal] = journal
        self._journals_of.setdefault(row.session, []).append(row.journal)
        return journal

    def journals_of(self, session: SessionId) -> list[Journal]:
        """Return a session's journals, oldest first."""
        return [self.journals[journal] for journal in self._journals_of.get(session, ())]

    def main_journal(self, session: SessionId) -> Journal | None:
        """Return the journal in which a session goes on."""
        row = self.sessions[session]
        return None if row.journal is None else self.journals.get(row.journal)

    def desks(self) -> Iterator[Desk]:
        """Yield the connections that serve a journal now."""
        for journal in self.journals.values():
            if journal.desk is not None:
                yield journal.desk

    def desks_of(self, session: SessionId) -> Iterator[Desk]:
        """Yield the connections of a session, of all its devices."""
        for journal in self.journals_of(session):
            if journal.desk is not None:
                yield journal.desk

    def session_called(self, text: str) -> SessionRow | None:
        """Return the session whose id this is in hexadecimal; None for any other text."""
        try:
            return self.sessions.get(SessionId(bytes.fromhex(text)))
        except ValueError:
            return None

    def section_of(self, session: SessionId) -> str:
        """Return the section of a session's student."""
        row = self.roster.get(self.sessions[session].student)
        return "" if row is None else row.section

    def find(self, student: str) -> RosterRow | None:
        """Return the roster entry with this student id, whatever its capitals and blanks."""
        exact = self.roster.get(StudentId(student))
        if exact is not None:
            return exact
        for wanted in dict.fromkeys((student.strip().casefold(), "".join(student.split()).casefold())):
            found = next((row for row in self.roster.values() if row.student.casefold() == wanted), None)
            if found is not None:
                return found
        return None

    def by_slot(self, slot: int) -> RosterRow | None:
        """Return the roster entry in this slot."""
        return next((row for row in self.roster.values() if row.slot == slot), None)

    def next_slot(self) -> int:
        """Return a slot that nobody has, another one each time: its owner may still be on the way to the disk."""
        highest = max((row.slot for row in self.roster.values()), default=0)
        self._last_slot = max(self._last_slot, highest) + 1
        return self._last_slot


def member_of(session: SessionId, row: RosterRow, joined_ms: int) -> Member:
    """Return what decides about a student's times."""
    return Member(
        session=session.hex(),
        student=row.student,
        section=row.section,
        email=row.email,
        tags=tuple(json.loads(row.tags)),
        factor=row.factor,
        extra_minutes=row.extra_minutes,
        joined_ms=joined_ms,
    )
