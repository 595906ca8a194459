"""When a passage of a session's text appeared, and how: typed, pasted, moved, or given. Pure, from the events alone.

The time that counts is when nine tenths of the passage as it stands now was there: a later correction of a word does
not make it new. Characters that were moved keep the moment at which they first came. Blanks do not count.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Literal, NamedTuple

import msgspec

from examdesk.evidence.likeness import normal
from examdesk.evidence.moments import HubTime
from examdesk.evidence.rules import Given, edition_in
from shared.events import Payload, Unknown, decode, kinds
from shared.ids import JournalId
from shared.log.entry import Entry, Header, unpack_header
from shared.problems import PeerFault
from shared.text import Edit, FileEdited, Origin, Workspace
from shared.text.replay import apply_event, leave_journal

THERE_SHARE = 0.9
TOGETHER_MS = 60_000
"""Passages that were there within this time of each other came about at the same time."""
_KNOWN_LEAST = 8


class Place(msgspec.Struct, frozen=True):
    """A stretch of a file, in code points."""

    file: str
    start: int
    end: int


class Moment(msgspec.Struct, frozen=True):
    """An event of a journal and its hub time."""

    journal: str
    seq: int
    at_ms: int


class Appeared(msgspec.Struct, frozen=True, kw_only=True):
    """How a passage came: its first characters, when most of it was there, its last change.

    `typed`, `pasted` (from outside), `moved` (within the session, or put back by the program) and `given` (starter
    code, prompt) are shares of its characters, together 1.
    """

    began: Moment
    there: Moment
    last: Moment
    typed: float
    pasted: float
    moved: float
    given: float


class Stretch(NamedTuple):
    """One journal of the line: its events up to `stop`, the event after the last one."""

    journal: JournalId
    stop: int


_HOW: dict[Origin, Literal["typed", "pasted", "moved", "given"]] = {
    Origin.TYPED: "typed",
    Origin.OUTSIDE: "pasted",
    Origin.MOVED: "moved",
    Origin.PROGRAM: "moved",
    Origin.STARTER: "given",
    Origin.STATEMENT: "given",
}


def appearances(
    line: Sequence[Stretch],
    entries: Callable[[JournalId, int], Iterable[Entry]],
    places: Sequence[Place],
    given: Given | None = None,
) -> list[Appeared | None]:
    """Return how each passage came about; None where it is not in the text that the events make.

    Args:
        line: the journals along which the session went, oldest first.
        entries: gives a journal's events before an event.
        places: passages of the text after all of these events.
        given: what the exam gave, so that a paste of the prompt is no paste from outside.
    """
    replay = _Replay(given or Given())
    for each in line:
        replay.journal(entries(each.journal, each.stop))
    return [replay.appeared(place) for place in places]


def first_of(one: Appeared | None, other: Appeared | None) -> Literal["a", "b", "together", ""]:
    """Tell in which of two sessions a passage was there first."""
    if one is None or other is None:
        return ""
    apart = other.there.at_ms - one.there.at_ms
    if abs(apart) <= TOGETHER_MS:
        return "together"
    return "a" if apart > 0 else "b"


class _Replay:
    """The workspace with events numbered along the whole line, and when each of them was."""

    def __init__(self, given: Given) -> None:
        self._files = Workspace()
        self._prompts = [(each.number, normal(text)) for each in given.editions for text in each.prompts]
        self._starters = [(each.number, normal(text)) for each in given.editions for text in each.starters]
        self._edition = 0
        self._bases: list[int] = []
        self._clocks: list[HubTime] = []
        self._headers: dict[int, Header] = {}
        self._next = 0

    def journal(self, entries: Iterable[Entry]) -> None:
        """Take the events of the next journal."""
        leave_journal(self._files)
        base = self._next
        clock = HubTime()
        self._bases.append(base)
        self._clocks.append(clock)
        for entry in entries:
            header = unpack_header(entry.header)
            self._next = base + header.seq + 1
            if entry.payload is None:
                continue
            try:
                payload = decode(header.kind, entry.payload)
                if isinstance(payload, kinds.StandingApplied | kinds.Slept):
                    clock.anchor(header, payload.offset_ms)
                elif isinstance(payload, kinds.Edit | kinds.Paste | kinds.FileCreated):
                    self._headers[base + header.seq] = header
                self._apply(base + header.seq, payload)
            except PeerFault:
                continue

    def _apply(self, seq: int, payload: Payload | Unknown) -> None:
        self._edition = max(self._edition, edition_in(payload))
        if not isinstance(payload, kinds.Paste) or payload.clip == "own" or len(payload.text) < _KNOWN_LEAST:
            apply_event(self._files, seq, payload)
            return
        if self._files.source_of(payload.text, payload.file) is not None:
            apply_event(self._files, seq, msgspec.structs.replace(payload, clip="own"))
            return
        origin = self._origin(normal(payload.text))
        edit = Edit(payload.at, payload.removed, payload.text, origin, seq)
        self._files.apply(FileEdited(payload.file, edit))

    def _origin(self, text: str) -> Origin:
        if self._had(text, self._prompts):
            return Origin.STATEMENT
        return Origin.STARTER if self._had(text, self._starters) else Origin.OUTSIDE

    def _had(self, text: str, given: Sequence[tuple[int, str]]) -> bool:
        return any(number <= self._edition and text in each for number, each in given)

    def appeared(self, place: Place) -> Appeared | None:
        """Return how a passage came about."""
        if place.file not in self._files.files:
            return None
        model = self._files.model(place.file)
        if not 0 <= place.start < place.end <= model.length:
            return None
        text = model.slice(place.start, place.end - place.start)
        by_seq: dict[int, int] = {}
        by_how = dict.fromkeys(("typed", "pasted", "moved", "given"), 0)
        at = 0
        for length, origin, seq in model.runs(place.start, place.end - place.start):
            chars = sum(not char.isspace() for char in text[at : at + length])
            at += length
            if chars:
                by_seq[seq] = by_seq.get(seq, 0) + chars
                by_how[_HOW[origin]] += chars
        total = sum(by_seq.values())
        if not total:
            return None
        order = sorted(by_seq)
        shares = {how: chars / total for how, chars in by_how.items()}
        return Appeared(
            began=self._moment(order[0]),
            there=self._moment(_reached(order, by_seq, total)),
            last=self._moment(order[-1]),
            **shares,
        )

    def _moment(self, seq: int) -> Moment:
        header = self._headers.get(seq)
        if header is None:
            return Moment("", -1, 0)
        clock = self._clocks[bisect_right(self._bases, seq) - 1]
        return Moment(header.journal.hex(), header.seq, clock.past(header))


def _reached(order: Sequence[int], chars: dict[int, int], total: int) -> int:
    """Return the event after which `THERE_SHARE` of the characters were there."""
    seen = 0
    for seq in order:
        seen += chars[seq]
        if seen >= THERE_SHARE * total:
            return seq
    return order[-1]
