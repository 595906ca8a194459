"""One pass over the events of an exam: facts, versions, the rhythm of each session, and whether each record holds.

Events are read in pages and the texts of versions go to the disk at once, so that memory holds facts and no logs.
"""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import msgspec

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.session import Kept, SessionFacts
from examdesk.evidence.signals import HowCommon, how_common
from examdesk.exports.pages import Pages
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort
from examdesk.readmodels.exam import OpenedExam, open_exam, rules_of
from examdesk.readmodels.status import status_of
from examdesk.staffapi.messages import Status
from examdesk.store import Reader
from examdesk.store.reviews import ReviewState, ReviewStep, state_after
from examdesk.store.rows import JournalRow, RosterRow, SessionRow
from shared.admission.receipt_code import receipt_code
from shared.crypto.keys import SigningKey
from shared.events import decode, kinds
from shared.ids import JournalId, StudentId
from shared.log.entry import Entry, advance, start_link
from shared.log.record import Opening, journal_lines
from shared.log.verify import JournalVerifier
from shared.problems import PeerFault

OUTPUT_CHARS = 20_000
"""How much of a run's output an export shows; the bundle has all of it."""
MINUTE_MS = 60_000
_CHECK_EVERY = 250
_TEXT_KINDS = frozenset({kinds.Edit.KIND, kinds.Paste.KIND})


class SpilledVersion(msgspec.Struct, frozen=True):
    """A version with the text of every file, as session JSON has it."""

    number: int
    journal: str
    seq: int
    at: str | None
    why: str
    files: dict[str, str]


class Rhythm(msgspec.Struct):
    """When text came in: characters typed by minute (hub time), and each paste as (ms, characters, whose)."""

    typed: Counter[int] = msgspec.field(default_factory=Counter)
    pastes: list[tuple[int, int, str]] = msgspec.field(default_factory=list)

    def take(self, at_ms: int, payload: object) -> None:
        """Take an edit or a paste."""
        if isinstance(payload, kinds.Edit) and payload.how == "type":
            for change in payload.changes:
                self.typed[(at_ms + change.after_ms) // MINUTE_MS] += len(change.text)
        elif isinstance(payload, kinds.Paste):
            if payload.part > 1 and self.pastes:
                at, chars, clip = self.pastes[-1]
                self.pastes[-1] = (at, chars + len(payload.text), clip)
            else:
                self.pastes.append((at_ms, len(payload.text), payload.clip))


class RecordCheck(msgspec.Struct, frozen=True):
    """Whether a journal's record holds, up to which event receipts cover it, and in words."""

    row: JournalRow
    events: int
    holds: bool
    receipted: int
    erased: int
    sentence: str


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """The files as they were handed in, and the hashes that the desk signed with them."""

    texts: dict[str, str]
    stated: dict[str, str]
    at_ms: int
    why: str


class Gathered(msgspec.Struct, kw_only=True):
    """What is known of one session."""

    row: SessionRow
    person: RosterRow | None
    facts: SessionFacts
    checks: list[RecordCheck]
    rhythm: Rhythm
    reviews: list[ReviewStep]
    status: Status
    receipt_code: str
    handed: Handed | None
    """What was handed in, while that hand-in holds."""
    spilled: Path
    """Where the versions with their texts are, as a JSON list."""

    @property
    def student(self) -> str:
        """The student's id."""
        return self.row.student

    @property
    def name(self) -> str:
        """The student's name, the id where the roster has none."""
        return self.person.name if self.person is not None and self.person.name else self.row.student

    @property
    def section(self) -> str:
        """The student's section."""
        return "" if self.person is None else self.person.section

    @property
    def review(self) -> ReviewState:
        """How its review stands."""
        return state_after(self.reviews)

    @property
    def last_ms(self) -> int | None:
        """When the last event happened."""
        return max((facts.last_ms for facts in self.facts.main if facts.last_ms is not None), default=None)


class Gathering:
    """All sessions of an exam.

    Attributes:
        opened: the exam's document and content.
        sessions: by the order of the roster, then as they joined.
        absent: roster entries that never joined.
    """

    def __init__(self, pages: Pages, reader: Reader, made_ms: int) -> None:
        self.pages = pages
        self.made_ms = made_ms
        self.opened: OpenedExam = open_exam(reader, pages.exam_id)
        notices = {notice.number: notice.text for notice in pages.notices}
        self.rules = msgspec.structs.replace(
            rules_of(self.opened.exam, msgspec.structs.replace(self.opened.given, notices=notices)),
            output_chars=OUTPUT_CHARS,
        )
        self.sessions: list[Gathered] = []
        people = {row.student: row for row in pages.roster}
        sitting = {row.student for row in pages.sessions}
        self.absent = [row for row in pages.roster if row.student not in sitting]
        order = {row.student: place for place, row in enumerate(pages.roster)}
        self._rows = sorted(pages.sessions, key=lambda row: (order.get(row.student, len(order)), row.joined_ms))
        self._people: dict[StudentId, RosterRow] = people

    def run(self, scratch: Path, effort: Effort, zone: Zone) -> None:
        """Read everything; versions' texts go to files in `scratch`."""
        scratch.mkdir(exist_ok=True)
        for number, row in enumerate(self._rows, 1):
            effort.step(0, f"reading session {number:,} of {len(self._rows):,}")
            self.sessions.append(_Pass(self, row, scratch, effort, zone).run())

    def person(self, row: SessionRow) -> RosterRow | None:
        """Return a session's roster entry."""
        return self._people.get(row.student)

    @property
    def commonness(self) -> HowCommon:
        """How common each kind of signal is among those who have a session."""
        return how_common((one.row.student, [signal.kind for signal in one.facts.signals()]) for one in self.sessions)

    def texts_of(self, question: str) -> Iterator[tuple[Gathered, dict[str, str]]]:
        """Yield each session's Python files of a question as they stand at the end; all questions for an empty one."""
        for one in self.sessions:
            files = {
                name: text
                for name, text in one.facts.texts().items()
                if name.endswith(".py") and (not question or name.startswith(f"{question}/"))
            }
            if files:
                yield one, files


class _Pass:
    """Reads the journals of one session."""

    def __init__(self, gathering: Gathering, row: SessionRow, scratch: Path, effort: Effort, zone: Zone) -> None:
        self._pages = gathering.pages
        self._made_ms = gathering.made_ms
        self._row = row
        self._person = gathering.person(row)
        self._effort = effort
        self._zone = zone
        self._journals = gathering.pages.journals_of(row.session)
        self._facts = SessionFacts(gathering.rules)
        self._facts.put_journals(self._journals, row.journal)
        self._rhythm = Rhythm()
        self._versions = 0
        self._path = scratch / f"{row.session.hex()}.json"
        self._code = ""
        self._handed: Handed | None = None
        self._main = {each.journal for each in self._facts.line}

    def run(self) -> Gathered:
        ordered = [*self._facts.line, *self._facts.side_branches]
        with self._path.open("wb") as out:
            out.write(b"[")
            checks = [self._journal(row, out) for row in ordered]
            out.write(b"]")
        self._facts.keep(
            Kept(row.journal, kept.at_ms, kept.why, kept.hub_last, kept.desk_last)
            for row in self._journals
            for kept in self._pages.kept(row.journal)
        )
        for facts in self._facts.journals.values():
            facts.settle()
        handed_in = self._facts.handed_in
        return Gathered(
            row=self._row,
            person=self._person,
            facts=self._facts,
            checks=checks,
            rhythm=self._rhythm,
            reviews=self._pages.reviews(self._row.session),
            status=status_of(self._row, self._facts, self._made_ms, online=False),
            receipt_code=self._code if handed_in is not None else "",
            handed=self._handed if handed_in is not None else None,
            spilled=self._path,
        )

    def _journal(self, row: JournalRow, out: BinaryIO) -> RecordCheck:
        """Fold and verify one journal's record."""
        key = SigningKey.from_bytes(self._pages.keys.signing).public
        opening = Opening(row.exam.hex(), key.to_bytes().hex(), row.journal.hex(), row.endorsement.decode())
        entries = self._folding(row, out)
        verifier = JournalVerifier(key)
        lines = journal_lines(opening, entries, self._pages.batches(row), self._pages.signed_receipts(row.journal))
        events, receipted, erased = row.head_seq + 1, -1, 0
        try:
            for line in lines:
                verifier.feed(line)
            verified = verifier.finish()
            receipted, erased = verified.receipted, verified.erased
            holds = verified.events == events
            sentence = (
                f"The record holds: {events:,} events, receipts up to event {receipted}."
                if holds
                else f"Only {verified.events:,} of {events:,} events are covered by signatures."
            )
        except PeerFault as fault:
            holds, sentence = False, f"The record does not hold: {fault.sentence}"
        for _ in entries:
            pass  # what no signature covers is folded all the same
        return RecordCheck(row, events, holds, receipted, erased, sentence)

    def _folding(self, row: JournalRow, out: BinaryIO) -> Iterator[Entry]:
        """Yield a journal's events, each of them folded."""
        facts = self._facts.journals[row.journal]
        link, waiting = start_link(row.endorsement), 0
        for entry in self._pages.entries(row):
            link = advance(link, entry)
            self._fold(row.journal, facts, entry, link, out)
            waiting += 1
            if waiting == _CHECK_EVERY:
                self._effort.step(waiting)
                waiting = 0
            yield entry
        self._effort.step(waiting)

    def _fold(self, journal: JournalId, facts: JournalFacts, entry: Entry, link: bytes, out: BinaryIO) -> None:
        versions, hand_ins, events = len(facts.versions), len(facts.hand_ins), facts.events
        self._facts.take(journal, entry.header, self._pages.shown_payload(entry))
        if journal not in self._main or facts.events == events:
            return
        if len(facts.versions) > versions:
            self._spill(journal, facts, out)
        if len(facts.hand_ins) > hand_ins and facts.hand_ins[-1].why:
            self._code = receipt_code(link)
            self._handed = _handed(facts, entry)
        if entry.header[1] in _TEXT_KINDS and entry.payload is not None and facts.last_ms is not None:
            try:
                self._rhythm.take(facts.last_ms, decode(entry.header[1], entry.payload))
            except PeerFault:
                return  # counted among the facts' unreadable events

    def _spill(self, journal: JournalId, facts: JournalFacts, out: BinaryIO) -> None:
        version = facts.versions[-1]
        out.write(b"," if self._versions else b"")
        self._versions += 1
        at = self._zone.iso(version.at_ms)
        whole = SpilledVersion(self._versions, journal.hex(), version.seq, at, version.why, dict(facts.files.texts))
        out.write(msgspec.json.encode(whole))


def _handed(facts: JournalFacts, entry: Entry) -> Handed | None:
    payload = None if entry.payload is None else decode(entry.header[1], entry.payload)
    if not isinstance(payload, kinds.Submitted):
        return None
    stated = {file: state.sha256 for file, state in payload.files.items()}
    return Handed(texts=dict(facts.files.texts), stated=stated, at_ms=facts.hand_ins[-1].at_ms, why=payload.why)


def tags_of(person: RosterRow) -> list[str]:
    """Return a roster entry's tags."""
    return [str(tag) for tag in json.loads(person.tags)]


def version_offsets(one: Gathered) -> dict[str, int]:
    """Return how many versions earlier journals of the line have, by journal: versions count through a session."""
    offsets, before = {}, 0
    for facts in one.facts.main:
        offsets[facts.journal.hex()] = before
        before += len(facts.versions)
    return offsets


def edition_reads(one: Gathered, number: int) -> dict[str, int]:
    """Return when the student had read what an edition changed, by question; "" is the exam as a whole."""
    read: dict[str, int] = {}
    for edition, question, at_ms in (each for facts in one.facts.main for each in facts.edition_reads):
        if edition == number:
            read.setdefault(question, at_ms)
    return read
