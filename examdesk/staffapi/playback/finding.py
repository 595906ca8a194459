"""A text looked for at every moment of a tape: when it first stood in a file, when it went, when it came back."""

from typing import NamedTuple

from examdesk.staffapi.playback.tape import Tape
from shared.events import Payload, Unknown, kinds
from shared.text import Workspace

MOST_FOUND = 2_000
_FILES = (kinds.Edit, kinds.Paste, kinds.FileCreated, kinds.FileRemoved, kinds.FileRenamed)


class Found(NamedTuple):
    """After so many events the text stood `now` times in a file, and `before` times just before."""

    number: int
    at_ms: int
    file: str
    now: int
    before: int


class Finder:
    """Goes along a tape a few events at a time; what happens within a burst of typing counts at its end.

    Attributes:
        found: every change of how often the text stands in a file, the oldest first.
        more: there are more changes than are kept.
    """

    def __init__(self, tape: Tape, text: str, *, exact: bool = True) -> None:
        self._tape, self._exact = tape, exact
        self._text = text if exact else text.lower()
        self._place = 0
        self._files = Workspace()
        self._counts: dict[str, int] = {}
        self._moving = False
        self.found: list[Found] = []
        self.more = False

    @property
    def share(self) -> float:
        """How much of the tape was looked at, 0 to 1."""
        return self._place / max(len(self._tape), 1)

    def work(self, events: int) -> bool:
        """Look at so many more events; return whether the end of the tape, or of what is kept, is reached."""
        until = min(self._place + events, len(self._tape))
        while self._place < until and not self.more:
            self._take(self._place)
            self._place += 1
        return self.more or self._place >= len(self._tape)

    def stretches(self) -> list[tuple[Found, Found | None]]:
        """Return from when to when the text stood anywhere; None as the end where it still does."""
        counts: dict[str, int] = {}
        made: list[tuple[Found, Found | None]] = []
        for each in self.found:
            there = any(counts.values())
            counts[each.file] = each.now
            if any(counts.values()) and not there:
                made.append((each, None))
            elif there and not any(counts.values()):
                made[-1] = (made[-1][0], each)
        return made

    def _take(self, place: int) -> None:
        tape = self._tape
        payload = tape.payload(place)
        if place and tape.events[place].place != tape.events[place - 1].place:
            self._moving = True  # another PC restores the files one by one: until it did, nothing has gone
        tape.replay(self._files, place, payload)
        if isinstance(payload, kinds.FileCreated) and payload.part < payload.parts:
            return
        if self._moving and isinstance(payload, kinds.Edit | kinds.Paste | kinds.Viewed | kinds.RunStarted):
            self._moving = False
            for file in [*self._counts]:
                self._count(place, file)
        elif isinstance(payload, _FILES):
            for file in _names(payload):
                if not self._moving or file in self._files.files:
                    self._count(place, file)

    def _count(self, place: int, file: str) -> None:
        text = self._files.text(file) if file in self._files.files else ""
        count = (text if self._exact else text.lower()).count(self._text)
        before = self._counts.get(file, 0)
        if count == before:
            return
        self._counts[file] = count
        self.more = len(self.found) >= MOST_FOUND
        if not self.more:
            self.found.append(Found(place + 1, self._tape.times[place], file, count, before))


def _names(payload: Payload | Unknown | None) -> tuple[str, ...]:
    match payload:
        case kinds.FileRenamed(file=file, to=to):
            return file, to
        case kinds.Edit(file=file) | kinds.Paste(file=file) | kinds.FileCreated(file=file):
            return (file,)
        case kinds.FileRemoved(file=file):
            return (file,)
    return ()
