"""The facts of all sessions in memory: loaded from the events, kept up with every commit, read by screens, exports."""

import json
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import takewhile
from typing import TypeVar

import msgspec
import sqlalchemy as sa

from examdesk.evidence.rules import EditionTexts, Given, Rules
from examdesk.evidence.session import Kept, SessionFacts
from examdesk.evidence.signals import HowCommon, how_common
from examdesk.readmodels.status import standing_of, status_of
from examdesk.staffapi.messages import HeldJoin, LiveRow, LiveTable
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.rows import JournalRow, NoticeRow, RosterRow, SessionRow, entry_of
from shared.ids import ExamId, JournalId, SessionId, StudentId
from shared.log.entry import Entry, unpack_header

log = logging.getLogger(__name__)

Online = Callable[[SessionId], bool]
Progress = Callable[[int, int], None]
R = TypeVar("R", bound=msgspec.Struct)
PAGE = 2000


def nobody(_session: SessionId) -> bool:
    """Tell that nobody is connected: how records look without a running hub."""
    return False


class LiveModel:
    """Facts by session, with the people they belong to. Used by one thread at a time; it only reads the records.

    Events come by `take`, right after they were committed; who sits the exam and what staff did is read again by
    `refresh`, which costs some milliseconds: call `changed` when any of it changed, and the next look does it.

    Attributes:
        facts: by session.
        roster, sessions, notices: as they stand in the records.
    """

    def __init__(self, reader: Reader, exam: ExamId, rules: Rules) -> None:
        self._reader = reader
        self._exam = exam
        self._notices: dict[int, str] = {}
        self._editions: list[EditionTexts] = list(rules.given.editions)
        given = Given(editions=self._editions, notices=self._notices)
        self.rules = Rules(
            signals=rules.signals,
            given=given,
            idle_ms=rules.idle_ms,
            pastes=rules.pastes,
            output_chars=rules.output_chars,
        )
        self.facts: dict[SessionId, SessionFacts] = {}
        self.roster: dict[StudentId, RosterRow] = {}
        self.sessions: dict[SessionId, SessionRow] = {}
        self.notices: list[NoticeRow] = []
        self._journals: dict[JournalId, JournalRow] = {}
        self._lowered: dict[SessionId, int] = {}
        self._stale = True

    # -- keeping up

    def load(self, progress: Progress | None = None) -> None:
        """Read everything; `progress` is told how many journals of how many are done."""
        self.facts.clear()
        self._journals.clear()
        self.refresh()
        with self._reader.connect() as connection:
            for number, journal in enumerate(self._journals, 1):
                self._catch_up(connection, journal)
                if progress is not None:
                    progress(number, len(self._journals))

    def give(self, given: Given) -> None:
        """Take what the exam's editions gave by now; it counts for the desks that take each of them.

        Where it is about an edition that a desk had before, as after a takeover, everything is read anew.
        """
        changed = {each.number for each in {*self._editions} ^ {*given.editions}}
        self._editions[:] = given.editions
        had = [journal.edition for facts in self.facts.values() for journal in facts.journals.values()]
        if changed and max(had, default=-1) >= min(changed):
            self.load()

    def changed(self) -> None:
        """Say that people, sessions, journals, notices or hands changed in the records."""
        self._stale = True

    def refresh(self) -> None:
        """Read again who sits the exam and what staff did; events stay as they are."""
        with self._reader.connect() as connection:
            self.roster = {row.student: row for row in _rows(connection, s.roster, RosterRow, self._exam)}
            self.sessions = {row.session: row for row in _rows(connection, s.sessions, SessionRow, self._exam)}
            self.notices = _rows(connection, s.notices, NoticeRow, self._exam)
            self._notices.update({notice.number: notice.text for notice in self.notices})
            self._lowered = {
                SessionId(row.session): row.lowered_ms
                for row in connection.execute(sa.select(s.hands.c.session, s.hands.c.lowered_ms))
            }
            stale = self._take_journals(_rows(connection, s.journals, JournalRow, self._exam))
            self._take_kept(connection)
            for journal in stale:
                self._catch_up(connection, journal)
        self._stale = False

    def take(self, journal: JournalId, entries: Sequence[Entry]) -> SessionId | None:
        """Take events that were just committed, and return their session; what was taken already changes nothing.

        Where events before them are missing here, all of them are read from the records instead.
        """
        if journal not in self._journals:
            self.refresh()
        row = self._journals.get(journal)
        if row is None or not entries:
            return None
        facts = self.facts[row.session]
        first = unpack_header(entries[0].header).seq
        if first > facts.next_seq(journal):
            with self._reader.connect() as connection:
                self._catch_up(connection, journal)
            return row.session
        for entry in entries[facts.next_seq(journal) - first :]:
            self._fold(facts, journal, entry.header, entry.payload)
        return row.session

    def catch_up(self, journals: Iterable[JournalId]) -> None:
        """Read from the records what is new in these journals."""
        with self._reader.connect() as connection:
            for journal in journals:
                if journal in self._journals:
                    self._catch_up(connection, journal)
                else:
                    self._stale = True

    def _take_journals(self, rows: Iterable[JournalRow]) -> list[JournalId]:
        of: dict[SessionId, list[JournalRow]] = {session: [] for session in self.sessions}
        for row in rows:
            self._journals[row.journal] = row
            of.setdefault(row.session, []).append(row)
        stale: list[JournalId] = []
        for session, journals in of.items():
            facts = self.facts.setdefault(session, SessionFacts(self.rules))
            current = self.sessions[session].journal if session in self.sessions else None
            stale += facts.put_journals(journals, current)
        return stale

    def _take_kept(self, connection: sa.Connection) -> None:
        kept: dict[SessionId, list[Kept]] = {}
        columns = s.evidence_kept.c
        query = (
            sa.select(columns.journal, columns.at_ms, columns.why, columns.hub_last, columns.desk_last)
            .where(columns.exam == self._exam)
            .order_by(columns.id)
        )
        for row in connection.execute(query):
            journal = self._journals.get(row.journal)
            if journal is not None:
                kept.setdefault(journal.session, []).append(Kept(*row))
        for session, found in kept.items():
            self.facts[session].keep(found)

    def _catch_up(self, connection: sa.Connection, journal: JournalId) -> None:
        facts = self.facts[self._journals[journal].session]
        for header, payload in raw_events(connection, journal, facts.next_seq(journal)):
            self._fold(facts, journal, header, payload)

    @staticmethod
    def _fold(facts: SessionFacts, journal: JournalId, header: bytes, payload: bytes | None) -> None:
        try:
            facts.take(journal, header, payload)
        except Exception:
            log.exception("an event could not be folded into its session's facts")
            facts.problem = (
                "Some events of this session can't be read by this version. All of them are kept as they came."
            )

    # -- looking

    def fresh(self) -> "LiveModel":
        """Return this model with what changed taken in."""
        if self._stale:
            self.refresh()
        return self

    def journal_row(self, journal: JournalId) -> JournalRow | None:
        """Return a journal as it stands in the records."""
        return self._journals.get(journal)

    def name_of(self, session: SessionId) -> str:
        """Return the name of a session's student, the student's id where the roster has none."""
        row = self.sessions[session]
        person = self.roster.get(row.student)
        return person.name if person is not None and person.name else row.student

    def commonness(self) -> HowCommon:
        """Return how common each kind of signal is among those who have a session."""
        return how_common(
            (row.student, [signal.kind for signal in self.facts[session].signals()])
            for session, row in self.sessions.items()
        )

    def rows(self, now_ms: int, online: Online = nobody) -> list[LiveRow]:
        """Return everybody: the roster in its order, then sessions of students who are not on it."""
        self.fresh()
        of = {row.student: session for session, row in self.sessions.items()}
        rows = [
            _not_joined(person) if person.student not in of else self.row(of[person.student], now_ms, online)
            for person in self.roster.values()
        ]
        rows += [
            self.row(session, now_ms, online)
            for session, row in self.sessions.items()
            if row.student not in self.roster
        ]
        return rows

    def row(self, session: SessionId, now_ms: int, online: Online = nobody) -> LiveRow:
        """Return a session's row; one that can't be worked out says so and shows what is certain."""
        try:
            return self._row(session, now_ms, online)
        except Exception:
            log.exception("a row of the live table could not be worked out")
            row = self.sessions[session]
            return LiveRow(
                student=row.student,
                name=self.name_of(session),
                section=self.section_of(session),
                session=session.hex(),
                status="Working" if online(session) else "Offline",
                online=online(session),
                problem="This row can't be worked out. The events are all kept; the others are not affected.",
            )

    def section_of(self, session: SessionId) -> str:
        """Return the section of a session's student."""
        person = self.roster.get(self.sessions[session].student)
        return "" if person is None else person.section

    def _row(self, session: SessionId, now_ms: int, online: Online) -> LiveRow:
        row, facts = self.sessions[session], self.facts[session]
        person = self.roster.get(row.student)
        standing = standing_of(row)
        journals = facts.line
        newest = journals[-1] if journals else None
        current = facts.current
        runs = facts.runs
        hand = facts.hand
        raised = hand is not None and hand.up and hand.at_ms > self._lowered.get(session, -1)
        is_online = online(session)
        return LiveRow(
            student=row.student,
            name=self.name_of(session),
            section=person.section if person is not None else "",
            session=session.hex(),
            status=status_of(row, facts, now_ms, online=is_online),
            online=is_online,
            left_ms=standing.left_ms(now_ms),
            ends_ms=row.ends_ms,
            last_saved_ms=self._saved_ms(facts),
            events=facts.events,
            runs=len(runs),
            failed_runs=sum(run.failed for _, run in runs),
            versions=facts.versions,
            signals=len(facts.signals()),
            review=row.review,  # type: ignore[arg-type] # written by SetReview
            hand=raised,
            hand_ms=hand.at_ms if hand is not None and raised else None,
            question=current.question if current is not None else "",
            seat=(newest.seat if newest is not None else "") or (person.seat if person is not None else ""),
            device=newest.device_name if newest is not None else "",
            devices=len({each.device for each in journals}),
            provisional=person is None or person.provisional,
            skew_ms=-(current.clock.offset_ms or 0) if current is not None else 0,
            unread=self._unread(session, facts),
            active_ms=facts.last_active_ms,
            failing=sum(1 for _ in takewhile(lambda each: each[1].failed, reversed(runs))),
            problem=facts.problem,
        )

    def _saved_ms(self, facts: SessionFacts) -> int | None:
        saved = [each.last_ms for each in facts.main if each.last_ms is not None]
        return max(saved) if saved else None

    def _unread(self, session: SessionId, facts: SessionFacts) -> int:
        sent = [message.at_ms for journal in facts.main for message in journal.sent]
        if not sent:
            return 0
        me = session.hex()
        answered = max((notice.at_ms for notice in self.notices if me in json.loads(notice.sessions)), default=-1)
        return sum(at_ms > answered for at_ms in sent)

    def table(
        self,
        now_ms: int,
        online: Online = nobody,
        sessions: Sequence[str] | None = None,
        held: Sequence[HeldJoin] | None = None,
    ) -> LiveTable:
        """Return the live table: the rows of these sessions, or everybody's; counts are always over everybody."""
        rows = self.rows(now_ms, online)
        counts = Counter(str(row.status) for row in rows)
        if sessions is not None:
            wanted = set(sessions)
            rows = [row for row in rows if row.session in wanted]
        waiting = self.held() if held is None else held
        return LiveTable(rows=tuple(rows), counts=dict(counts), held=tuple(waiting), hub_ms=now_ms)

    def held(self) -> list[HeldJoin]:
        """Return who waits to be let in, the longest first."""
        columns = s.joins.c
        query = sa.select(s.joins).where(columns.exam == self._exam, columns.state == "waiting")
        with self._reader.connect() as connection:
            return [
                HeldJoin(
                    ticket=row.ticket,
                    student=row.student,
                    name=row.name,
                    section=row.section,
                    device=row.device_name,
                    address=row.address,
                    seat=row.seat,
                    since_ms=row.since_ms,
                    why=row.why,
                )
                for row in connection.execute(query.order_by(columns.since_ms))
            ]


def raw_events(
    connection: sa.Connection, journal: JournalId, start: int = 0, stop: int | None = None
) -> Iterator[tuple[bytes, bytes | None]]:
    """Yield (header, payload) of a journal's events `start`…`stop` - 1, in pages."""
    columns = s.events.c
    query = sa.select(columns.header, columns.payload).where(columns.journal == journal, columns.seq >= start)
    if stop is not None:
        query = query.where(columns.seq < stop)
    found = connection.execute(query.order_by(columns.seq).execution_options(yield_per=PAGE))
    for page in found.partitions():
        yield from ((row.header, row.payload) for row in page)


def stored_entries(connection: sa.Connection, journal: JournalId, start: int, stop: int) -> Iterator[Entry]:
    """Yield a journal's events `start`…`stop` - 1 as they came."""
    query = sa.select(s.events).where(s.events.c.journal == journal, s.events.c.seq >= start, s.events.c.seq < stop)
    for row in connection.execute(query.order_by(s.events.c.seq)):
        yield entry_of(row)


def _rows(connection: sa.Connection, table: sa.Table, kind: type[R], exam: ExamId) -> list[R]:
    order = {"roster": "slot", "sessions": "joined_ms", "journals": "opened_ms", "notices": "number"}[table.name]
    names = kind.__struct_fields__
    query = sa.select(*(table.c[name] for name in names)).where(table.c.exam == exam).order_by(table.c[order])
    return [kind(**dict(zip(names, row, strict=True))) for row in connection.execute(query)]


def _not_joined(person: RosterRow) -> LiveRow:
    return LiveRow(
        student=person.student,
        name=person.name,
        section=person.section,
        seat=person.seat,
        provisional=person.provisional,
    )
