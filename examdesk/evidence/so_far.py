"""What the events of one journal say up to a moment: what folding goes on with and what signals look at."""

from collections import Counter, deque

from examdesk.evidence.facts import (
    EditionHeld,
    Hand,
    HandIn,
    Run,
    Sent,
    Signal,
    Sleep,
    Start,
    StateChange,
    Stretch,
    Version,
)
from examdesk.evidence.facts import Seen as NoticeSeen
from examdesk.evidence.files import PlainFiles
from examdesk.evidence.moments import HubTime
from examdesk.evidence.rules import Rules
from shared.ids import JournalId
from shared.log.entry import Header

BROUGHT_PIECES = 64


class SoFar:
    """What one journal says so far, as signals see it when the next event comes.

    Attributes:
        events: how many events were taken, readable or not.
        files: the texts as the events leave them.
        last_active_ms: when the student last did anything.
        versions, runs, signals: in the order in which they came.
        edition: the newest edition of the exam that the desk has had; `editions` those that it took.
        edition_reads: (edition, question, hub time) as the student read them.
        printed: the newest output of programs, one string per event.
        brought: what came into notes, messages and programs' input faster than people type, and was nowhere before.
        surroundings: what the PC's system said last of itself, in words; empty where that is not recorded.
        states, contacts, sleeps, idle, away: over time; `contacts` are (hub time, online).
        unknown: how often each kind that this version does not know came; erased and unreadable count payloads.
        misfits: events that did not fit the files.
    """

    def __init__(self, journal: JournalId, rules: Rules | None = None) -> None:
        self.journal = journal
        self.rules = rules or Rules()
        self.clock = HubTime()
        self.files = PlainFiles()
        self.events = 0
        self.last_seq = -1
        self.first: Header | None = None
        self.last: Header | None = None
        self.last_ms: int | None = None
        self.last_active_ms: int | None = None
        self.starts: list[Start] = []
        self.drawn: tuple[str, ...] = ()
        self.seed = ""
        self.draws = 0
        self.edition = 0
        self.editions: list[EditionHeld] = []
        self.edition_reads: list[tuple[int, str, int]] = []
        self.question = ""
        self.file = ""
        self.runs: list[Run] = []
        self.versions: list[Version] = []
        self.signals: list[Signal] = []
        self.hand_ins: list[HandIn] = []
        self.hand: Hand | None = None
        self.sent: list[Sent] = []
        self.notices: dict[int, NoticeSeen] = {}
        self.notes = ""
        self.states: list[StateChange] = []
        self.contacts: list[tuple[int, bool]] = []
        self.sleeps: list[Sleep] = []
        self.surroundings = ""
        self.idle: list[Stretch] = []
        self.away: list[Stretch] = []
        self.stopped = ""
        self.starters: dict[str, str] = {}
        self.printed: deque[str] = deque()
        self.brought: deque[str] = deque(maxlen=BROUGHT_PIECES)
        self.unknown: Counter[int] = Counter()
        self.erased = 0
        self.unreadable = 0
        self.misfits = 0

    @property
    def first_ms(self) -> int | None:
        """When the journal began, with everything that is known of the PC's clock by now."""
        return None if self.first is None else self.clock.past(self.first)

    @property
    def handed_in(self) -> HandIn | None:
        """The hand-in that holds now, None when the session goes on."""
        return self.hand_ins[-1] if self.hand_ins and self.hand_ins[-1].why else None

    def working_at(self, at_ms: int) -> bool:
        """Whether the student could work at a moment after the newest event."""
        return bool(self.states) and self.states[-1].phase_at(at_ms) == "active" and self.handed_in is None

    def raise_(self, signal: Signal) -> int:
        """Add a signal, unless the exam switched its kind off; return its place for `widen`, -1 for none."""
        if signal.kind in self.rules.signals.off:
            return -1
        self.signals.append(signal)
        return len(self.signals) - 1
