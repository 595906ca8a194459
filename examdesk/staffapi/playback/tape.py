"""A session's events as they came, and the files at any moment within a few milliseconds."""

from bisect import bisect_right
from collections.abc import Iterable

import msgspec

from examdesk.staffapi.messages import PlayedEvent, PlayedJournal
from shared.events import Payload, Unknown, decode, kinds
from shared.problems import PeerFault
from shared.text import Workspace
from shared.text.replay import apply_event, leave_journal
from shared.text.workspace import WorkspaceSnapshot

CHANGES_APART = 64
"""At most so many changes lie between two snapshots, so that no seek replays more than one long burst beyond them."""
OWN_FILES = (kinds.Edit, kinds.Paste, kinds.FileCreated)


class Troubles(msgspec.Struct):
    """What of a track can't be shown: content that was erased, what is not readable, edits that do not fit."""

    erased: int = 0
    erased_edits: int = 0
    unreadable: int = 0
    unknown: int = 0
    misfits: int = 0

    def any(self) -> bool:
        """Tell whether the text may not be what the student saw."""
        return bool(self.erased_edits or self.unreadable or self.misfits)


class Tape:
    """The events of one track, in order; grows while the session is live.

    A moment is a number of events: 0 is before the first one. `times` never go back, also where clocks were set.
    In the origins of the texts, `seq` is the place of an event on the tape, whichever journal it is from.

    Attributes:
        events: as they came; event number n - 1 led to moment n.
        times, ends: when each event began, and when its last change was made.
        files: every file that there ever was, in the order of their first appearance.
        touched: by event, the place in `files` of what was last worked on; -1 before anything was.
        unconfirmed: how many events no receipt of a hub covers.
    """

    def __init__(self) -> None:
        self.events: list[PlayedEvent] = []
        self.times: list[int] = []
        self.ends: list[int] = []
        self.files: list[str] = []
        self.touched: list[int] = []
        self.unconfirmed = 0
        self.troubles = Troubles()
        self._journals: tuple[PlayedJournal, ...] = ()
        self._starts: list[int] = []
        self._now = Workspace()
        self._place = 0
        self._marks: list[int] = [0]
        self._snapshots: list[WorkspaceSnapshot] = [self._now.snapshot()]
        self._since = 0
        self._cursor = (0, Workspace())

    def __len__(self) -> int:
        return len(self.events)

    # -- growing

    def set_journals(self, journals: tuple[PlayedJournal, ...]) -> bool:
        """Take the journals along the track; False where what was taken already is not the beginning of them."""
        starts = [0]
        for each in journals:
            starts.append(starts[-1] + each.stop)
        known = self._journals
        for place, each in enumerate(known):
            finished = place + 1 < len(known)
            if place >= len(journals) or journals[place].journal != each.journal:
                return False
            if finished and journals[place].stop != each.stop:
                return False
        if len(self.events) > starts[-1] or (known and len(self.events) > starts[len(known)]):
            return False
        self._journals, self._starts = journals, starts
        return True

    def take(self, event: PlayedEvent) -> Payload | Unknown | None:
        """Take the next event; return what it says, None where that was erased or can't be read."""
        payload = self._read(event)
        if event.place != self._place:
            leave_journal(self._now)
            self._place = event.place
        if payload is not None:
            self._apply(payload)
        at_ms = max(event.at_ms, self.times[-1] if self.times else event.at_ms)
        self.events.append(event)
        self.unconfirmed += event.confirmed_ms is None
        self.times.append(at_ms)
        self.ends.append(at_ms + _lasted(payload))
        file = file_of(payload)
        if file and file not in self.files:
            self.files.append(file)
        before = self.touched[-1] if self.touched else -1
        self.touched.append(self.files.index(file) if file else before)
        self._since += _weight(payload)
        if self._since >= CHANGES_APART:
            self._since = 0
            self._marks.append(len(self.events))
            self._snapshots.append(self._now.snapshot())
        return payload

    def take_all(self, events: Iterable[PlayedEvent]) -> None:
        """Take events in order."""
        for event in events:
            self.take(event)

    def _read(self, event: PlayedEvent) -> Payload | Unknown | None:
        if event.payload is None:
            self.troubles.erased += 1
            kind = kinds.KINDS.get(event.kind)
            self.troubles.erased_edits += kind in (*OWN_FILES, kinds.FileRemoved, kinds.FileRenamed)
            return None
        try:
            payload = decode(event.kind, event.payload)
        except PeerFault:
            self.troubles.unreadable += 1
            return None
        self.troubles.unknown += isinstance(payload, Unknown)
        return payload

    def _apply(self, payload: Payload | Unknown) -> None:
        try:
            apply_event(self._now, len(self.events), payload)
        except PeerFault:
            self.troubles.misfits += 1

    # -- any moment

    def at(self, number: int, until_ms: int | None = None) -> Workspace:
        """Return the files after `number` events, to be read at once and not kept.

        With `until_ms` the last event counts only as far as it had gone by then: a burst of typing is shown key by key.
        """
        number = min(max(number, 0), len(self.events))
        if until_ms is None or not number or self.ends[number - 1] <= until_ms:
            return self._whole(number)
        part = _part(self.payload(number - 1), until_ms - self.times[number - 1])
        if part is None:
            return self._whole(number)
        workspace = Workspace.from_snapshot(self._whole(number - 1).snapshot())
        self.replay(workspace, number - 1, part)
        return workspace

    def _whole(self, number: int) -> Workspace:
        nearest = bisect_right(self._marks, number) - 1
        first, workspace = self._cursor
        if not self._marks[nearest] <= first <= number:
            first, workspace = self._marks[nearest], Workspace.from_snapshot(self._snapshots[nearest])
        for place in range(first, number):
            self.replay(workspace, place, self.payload(place))
        self._cursor = (number, workspace)
        return workspace

    def replay(self, workspace: Workspace, place: int, payload: Payload | Unknown | None) -> None:
        """Bring the files from before the event at a place to after it."""
        if place and self.events[place].place != self.events[place - 1].place:
            leave_journal(workspace)
        if payload is None:
            return
        try:
            apply_event(workspace, place, payload)
        except PeerFault:
            return  # counted when it came

    def payload(self, place: int) -> Payload | Unknown | None:
        """Return what an event says, None where that was erased or can't be read."""
        event = self.events[place]
        if event.payload is None:
            return None
        try:
            return decode(event.kind, event.payload)
        except PeerFault:
            return None

    def number_at(self, at_ms: int) -> int:
        """Return how many events had begun at a time."""
        return bisect_right(self.times, at_ms)

    def number_of(self, journal: str, seq: int) -> int | None:
        """Return the moment just after an event of a journal; None where the track does not go along it so far.

        The beginning of a journal's id will do.
        """
        for place, each in enumerate(self._journals):
            if journal and each.journal.startswith(journal):
                if seq < each.stop:
                    return self._starts[place] + seq + 1
                return None
        return None

    def journal_of(self, number: int) -> PlayedJournal | None:
        """Return the journal that was written at a moment."""
        if not self._journals:
            return None
        place = self.events[number - 1].place if 0 < number <= len(self.events) else 0
        return self._journals[min(place, len(self._journals) - 1)]

    def file_at(self, number: int) -> str:
        """Return the file that was last worked on before a moment; empty before anything was."""
        if not 0 < number <= len(self.touched) or self.touched[number - 1] < 0:
            return ""
        return self.files[self.touched[number - 1]]

    def place_in(self, file: str, number: int) -> int | None:
        """Return where in a file the last change before a moment ended, in code points; None where far from it."""
        for back in range(number - 1, max(number - 200, -1), -1):
            payload = self.payload(back)
            if isinstance(payload, kinds.Edit) and payload.file == file and payload.changes:
                last = payload.changes[-1]
                return last.at + len(last.text)
            if isinstance(payload, kinds.Paste) and payload.file == file:
                return payload.at + len(payload.text)
        return None


def file_of(payload: Payload | Unknown | None) -> str:
    """Return which file an event is about; empty where it is about none."""
    match payload:
        case kinds.FileRenamed(to=to):
            return to
        case kinds.Edit(file=file) | kinds.Paste(file=file) | kinds.FileCreated(file=file):
            return file
        case kinds.Viewed(file=file) | kinds.RunStarted(file=file):
            return file
        case _:
            return ""


def _weight(payload: Payload | Unknown | None) -> int:
    if isinstance(payload, kinds.Edit):
        return len(payload.changes)
    if isinstance(payload, kinds.Paste | kinds.FileCreated):
        return 4
    return 1


def _lasted(payload: Payload | Unknown | None) -> int:
    if isinstance(payload, kinds.Edit) and payload.changes:
        return max(0, *(change.after_ms for change in payload.changes))
    return 0


def _part(payload: Payload | Unknown | None, after_ms: int) -> kinds.Edit | None:
    if not isinstance(payload, kinds.Edit):
        return None
    return msgspec.structs.replace(
        payload, changes=tuple(change for change in payload.changes if change.after_ms <= after_ms)
    )
