"""From what the student does to events: bursts of typing, pastes and their origin, files and their state."""

import threading
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import Literal

import msgspec

from shared.clock import Clock
from shared.events import Payload, kinds, pieces
from shared.exam.rules import RecordingPolicy
from shared.text import Change, Edit, FileCreated, FileDeleted, FileEdited, FileRenamed, Origin, safe_text
from shared.text.replay import back_of
from student_app.core.clips import Clips
from student_app.core.committer import Committer
from student_app.core.journal import Journal
from student_app.core.journal_file import Write, put_snapshot
from student_app.core.memory import Memory

BURST_US = 200_000
BURST_CHANGES = 256
BURST_CHARS = 8_000
SNAPSHOT_EVENTS = 50
CHARS_PER_EVENT = 200
"""Large texts are copied beside the log less often: at most so many characters for each event."""
CHECKPOINT_EVENTS = 500
How = Literal["type", "undo", "redo", "tool", "revert"]
_ORIGIN: dict[How, Origin] = {
    "type": Origin.TYPED,
    "undo": Origin.MOVED,
    "redo": Origin.MOVED,
    "revert": Origin.MOVED,
    "tool": Origin.PROGRAM,
}


class _Burst(msgspec.Struct):
    file: str
    how: How
    started_us: int
    seq: int
    changes: list[kinds.Change] = msgspec.field(default_factory=list)
    chars: int = 0
    mark: tuple[Write, ...] = ()


class Recorder:
    """The one writer of a session's events; every method may be called by any thread and takes microseconds.

    Attributes:
        memory: the fold of all events; `memory.workspace` has every change at once, also those of an open burst.
    """

    def __init__(self, journal: Journal, memory: Memory, clock: Clock, committer: Committer) -> None:
        self.memory = memory
        self.policy = RecordingPolicy()
        self.clips = Clips()
        self._journal = journal
        self._clock = clock
        self._committer = committer
        self._lock = threading.RLock()
        self._burst: _Burst | None = None
        self._mark: tuple[Write, ...] = ()
        self._snapshot_at = memory.events + SNAPSHOT_EVENTS
        self._checkpoint_at = memory.events + CHECKPOINT_EVENTS

    def replace(self, file: str, at: int, removed: int, text: str, how: How = "type") -> None:
        """Record that `removed` characters at `at` became `text`; raises `PeerFault`, records nothing then."""
        text = safe_text(text)
        if len(text) > BURST_CHARS:
            self._replace_in_parts(file, at, removed, text, how)
            return
        with self._lock:
            burst = self._burst_for(file, how, len(text))
            self._edit(file, Edit(at, removed, text, _ORIGIN[how], burst.seq, back=back_of(how)))
            after_ms = (self._clock.mono_us() - burst.started_us) // 1000 if self.policy.keystrokes else 0
            burst.changes.append(kinds.Change(after_ms, at, removed, text))
            burst.chars += len(text)
            burst.mark = self._take_mark() or burst.mark

    def paste(
        self, file: str, at: int, removed: int, text: str, how: Literal["paste", "drop", "selection"] = "paste"
    ) -> Literal["own", "outside"]:
        """Record a paste and return whose text it was; raises `PeerFault` as `replace` does."""
        text = safe_text(text)
        with self._lock:
            clip = self.whose(text)
            if not self.policy.pastes:
                self._replace_in_parts(file, at, removed, text, "type")
                return clip
            self.close_burst()
            origin = Origin.MOVED if clip == "own" else Origin.OUTSIDE
            parts = list(pieces(text))
            for part, piece in enumerate(parts, 1):
                self._edit(file, Edit(at, removed, piece, origin, self._journal.last + 1))
                self._append(
                    kinds.Paste(
                        file=file, at=at, removed=removed, text=piece, clip=clip, how=how, part=part, parts=len(parts)
                    ),
                    self._take_mark() if part == len(parts) else (),
                )
                at, removed = at + len(piece), 0
            return clip

    def whose(self, text: str) -> Literal["own", "outside"]:
        """Tell whether a text was copied in this session or occurs in what the student wrote or was given."""
        with self._lock:
            workspace = self.memory.workspace
            own = self.clips.knows(text) or any(
                workspace.source_of(form, self.memory.file) is not None for form in self.clips.forms(text)
            )
        return "own" if own else "outside"

    def copied(self, text: str) -> None:
        """Remember that the student copied or cut this within the session."""
        self.clips.copied(safe_text(text))

    def create(
        self, file: str, text: str, origin: Literal["starter", "data", "student", "restored"] = "student"
    ) -> None:
        """Record a new file; raises `PeerFault` when there is one of that name."""
        text = safe_text(text)
        with self._lock:
            self.close_burst()
            made = {"student": Origin.TYPED, "restored": Origin.PROGRAM}.get(origin, Origin.STARTER)
            parts = list(pieces(text))
            self.memory.workspace.apply(FileCreated(file, self._journal.last + 1, parts[0], made))
            for part, piece in enumerate(parts, 1):
                if part > 1:
                    end = self.memory.workspace.model(file).length
                    self._edit(file, Edit(end, 0, piece, made, self._journal.last + 1))
                created = kinds.FileCreated(file=file, origin=origin, text=piece, part=part, parts=len(parts))
                self._append(created, self._take_mark() if part == len(parts) else ())

    def remove(self, file: str) -> None:
        """Record that a file was removed; raises `PeerFault` when there is none."""
        self._file_change(FileDeleted(file, self._journal.last + 1), kinds.FileRemoved(file=file))

    def rename(self, file: str, to: str) -> None:
        """Record a file's new name; raises `PeerFault` when that can't be."""
        self._file_change(FileRenamed(file, self._journal.last + 1, to), kinds.FileRenamed(file=file, to=to))

    def revert(self, file: str, text: str) -> None:
        """Record that a file stands like this now, whatever was recorded: the difference, as one change."""
        text = safe_text(text)
        with self._lock:
            have = self.memory.workspace.text(file)
            start = _common(have, text)
            end = _common(have[start:][::-1], text[start:][::-1])
            self._replace_in_parts(file, start, len(have) - start - end, text[start : len(text) - end], "revert")

    def record(self, payload: Payload) -> int:
        """Record an event that changes no text, and return its number; -1 where the exam's policy says not to."""
        with self._lock:
            if not self._wanted(payload):
                return -1
            self.close_burst()
            return self._append(payload, self._take_mark())

    def held(self) -> AbstractContextManager[bool]:
        """While this is held only the thread that holds it records: what it has read of the files stays true."""
        return self._lock

    def files(self, question: str | None = None) -> dict[str, kinds.FileState]:
        """Return the state of all files, or of one question's."""
        with self._lock:
            texts = self.memory.workspace.texts()
        wanted = texts if question is None else {name: text for name, text in texts.items() if _of(name) == question}
        return {
            name: kinds.FileState(sha256=sha256(text.encode()).hexdigest(), length=len(text))
            for name, text in wanted.items()
        }

    def texts(self, question: str | None = None) -> dict[str, str]:
        """Return the texts of all files, or of one question's."""
        with self._lock:
            texts = self.memory.workspace.texts()
        return {name: text for name, text in texts.items() if question is None or _of(name) == question}

    def mark(self, *writes: Write) -> None:
        """Have this made durable in the same transaction as what is recorded next: a script's place, for one."""
        with self._lock:
            self._mark = writes

    def close_burst(self) -> None:
        """End the burst of typing that is open, and record it."""
        with self._lock:
            burst, self._burst = self._burst, None
            if burst is None or not burst.changes:
                return
            payload = kinds.Edit(file=burst.file, changes=tuple(burst.changes), how=burst.how)
            self._append(payload, burst.mark, burst.started_us)

    def beat(self, now_us: int) -> int | None:
        """Close the burst when it is due; see `Beat.beat`."""
        with self._lock:
            if self._burst is None:
                return None
            due = self._burst.started_us + BURST_US
            if now_us < due:
                return due
            self.close_burst()
            return None

    def _burst_for(self, file: str, how: How, chars: int) -> _Burst:
        burst = self._burst
        now = self._clock.mono_us()
        if burst is not None and not (
            burst.file == file
            and burst.how == how
            and now < burst.started_us + BURST_US
            and len(burst.changes) < BURST_CHANGES
            and burst.chars + chars <= BURST_CHARS
        ):
            self.close_burst()
            burst = None
        if burst is None:
            burst = self._burst = _Burst(file, how, now, self._journal.last + 1)
            self._committer.wake(self, now + BURST_US)
        return burst

    def _replace_in_parts(self, file: str, at: int, removed: int, text: str, how: How) -> None:
        for start in range(0, max(len(text), 1), BURST_CHARS):
            part = text[start : start + BURST_CHARS]
            self.replace(file, at + start, removed if start == 0 else 0, part, how)

    def _edit(self, file: str, edit: Edit) -> None:
        self.memory.workspace.apply(FileEdited(file, edit))

    def _file_change(self, change: Change, payload: Payload) -> None:
        with self._lock:
            self.close_burst()
            self.memory.workspace.apply(change)
            self._append(payload, self._take_mark())

    def _take_mark(self) -> tuple[Write, ...]:
        mark, self._mark = self._mark, ()
        return mark

    def mono_us(self) -> int:
        """Return the time by which events are placed."""
        return self._clock.mono_us()

    def _append(self, payload: Payload, beside: tuple[Write, ...] = (), mono_us: int | None = None) -> int:
        seq = self._journal.append(payload, mono_us, beside)
        self.memory.apply(seq, payload, self._clock.wall_ms(), texts=False)
        if self.memory.events >= self._snapshot_at:
            texts = self.memory.workspace.texts()
            size = sum(len(text) for text in texts.values())
            self._snapshot_at = self.memory.events + max(SNAPSHOT_EVENTS, size // CHARS_PER_EVENT)
            self._journal.write(*put_snapshot(seq, texts))
        if self.memory.events >= self._checkpoint_at:
            self._checkpoint_at = self.memory.events + CHECKPOINT_EVENTS
            self._append(kinds.Checkpoint(files=self.files(), why="regular"))
        return seq

    def _wanted(self, payload: Payload) -> bool:
        policy = self.policy
        match payload:
            case kinds.Focus():
                return policy.focus
            case kinds.RunOutput() | kinds.RunInput():
                return policy.runs and policy.output
            case kinds.RunStarted() | kinds.RunEnded():
                return policy.runs
            case kinds.DeviceChanged():
                return policy.device
            case kinds.SurroundingsSeen():
                return policy.surroundings
            case _:
                return True


def _of(file: str) -> str:
    return file.partition("/")[0]


def _common(one: str, other: str) -> int:
    """Return the length of the common beginning."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
