"""The payloads of every kind of event, by number.

Numbers and field names are part of the record format: they are never reused or renamed. A change that an old
reader would misread raises the kind's `SCHEMA`; added optional fields do not. Paths of files are `question/name`,
offsets and lengths count code points, durations say their unit in the name.
"""

from typing import Annotated, ClassVar, Literal

import msgspec

Number = Annotated[int, msgspec.Meta(ge=-(1 << 45), le=1 << 45)]
"""Any number of an event. Beyond it are no lengths, no runs, and no times that a calendar has (1,100 years in ms)."""


class Payload(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What every kind of event has: its number and the version of its fields."""

    KIND: ClassVar[int] = 0
    SCHEMA: ClassVar[int] = 1


class FileState(msgspec.Struct, frozen=True, kw_only=True):
    """A file as it stood: SHA-256 of its UTF-8 text in hexadecimal, and its length in code points."""

    sha256: str
    length: Number


class FigureState(msgspec.Struct, frozen=True, kw_only=True):
    """A picture as a program showed it last: its name, what it is (png, svg …), SHA-256 of its bytes, and how many."""

    name: str
    kind: str
    sha256: str
    size: Number


class Change(msgspec.Struct, frozen=True, array_like=True):
    """One change within a burst: ms since the event's own time, where, how many removed, what inserted."""

    after_ms: Number
    at: Number
    removed: Number
    text: str


class Started(Payload, frozen=True, kw_only=True):
    """The desk began, or began again, to write this journal."""

    KIND: ClassVar[int] = 1
    how: Literal["new", "restart", "crash", "moved", "segment"]
    app: str
    platform: str
    python: str
    device: str
    user: str = ""
    sandbox: str = ""
    away_ms: Number = 0


class StandingApplied(Payload, frozen=True, kw_only=True):
    """The desk took over what the hub said of this session: phase, times, pause."""

    KIND: ClassVar[int] = 2
    revision: Number
    phase: str
    starts_ms: Number | None = None
    ends_ms: Number | None = None
    paused: bool = False
    offset_ms: Number = 0


class Drawn(Payload, frozen=True, kw_only=True):
    """The questions that this student got, from a recorded seed (hexadecimal); `draws`: how often it was redone.

    Questions that staff add later stand at the end of a further one. `edition`: of the content that it is from.
    """

    KIND: ClassVar[int] = 3
    seed: str
    questions: tuple[str, ...]
    draws: Number = 0
    edition: Number = 0


class FileCreated(Payload, frozen=True, kw_only=True):
    """A file came into the workspace. Long texts come in parts: `part` of `parts`, appended in order."""

    KIND: ClassVar[int] = 4
    file: str
    origin: Literal["starter", "data", "student", "restored"]
    text: str = ""
    part: Number = 1
    parts: Number = 1


class FileRemoved(Payload, frozen=True, kw_only=True):
    """A file left the workspace."""

    KIND: ClassVar[int] = 5
    file: str


class FileRenamed(Payload, frozen=True, kw_only=True):
    """A file got another name."""

    KIND: ClassVar[int] = 6
    file: str
    to: str


class Edit(Payload, frozen=True, kw_only=True):
    """A burst of changes to one file, each applied to the text that the one before left."""

    KIND: ClassVar[int] = 7
    file: str
    changes: tuple[Change, ...]
    how: Literal["type", "undo", "redo", "tool", "revert"] = "type"


class Paste(Payload, frozen=True, kw_only=True):
    """Text came in by paste or drop. Long pastes come in parts, each inserted where the one before ended.

    `clip` says whose text it was as far as the desk knows: copied within this session, or from elsewhere.
    """

    KIND: ClassVar[int] = 8
    file: str
    at: Number
    removed: Number
    text: str
    clip: Literal["own", "outside"]
    how: Literal["paste", "drop", "selection"] = "paste"
    part: Number = 1
    parts: Number = 1


class Viewed(Payload, frozen=True, kw_only=True):
    """The student turned to a question or a file."""

    KIND: ClassVar[int] = 9
    question: str
    file: str = ""


class RunStarted(Payload, frozen=True, kw_only=True):
    """A program was started: a version of the code is the state of the files at this event.

    `checks`: it was the exam's shown checks that ran over the files, and `file` is the one that they are about.
    `packages` names the environment that it ran with, or is `missing` where the exam's packages were not on this PC.
    """

    KIND: ClassVar[int] = 10
    run: Number
    question: str
    file: str
    files: dict[str, FileState]
    grade: str = ""
    checks: bool = False
    packages: str = ""


class RunOutput(Payload, frozen=True, kw_only=True):
    """What a program wrote, as far as the limit lets it."""

    KIND: ClassVar[int] = 11
    run: Number
    stream: Literal["out", "err"]
    text: str
    capped: bool = False


class RunInput(Payload, frozen=True, kw_only=True):
    """What the student typed into a running program, or did in its window (a picture that listens).

    Each line of a `window` text is `press KEY`, `release KEY`, `down BUTTON X Y`, `move BUTTON X Y` or `up BUTTON X Y`.
    """

    KIND: ClassVar[int] = 12
    run: Number
    text: str
    how: Literal["console", "window"] = "console"


class RunEnded(Payload, frozen=True, kw_only=True):
    """A program ended: by itself, by a limit or by the student."""

    KIND: ClassVar[int] = 13
    run: Number
    reason: str
    seconds: float
    exit_code: Number | None = None
    signal: str | None = None
    error: str = ""
    line: Number | None = None
    figures: tuple[FigureState, ...] = ()


class Focus(Payload, frozen=True, kw_only=True):
    """The desk's window lost or regained the keyboard."""

    KIND: ClassVar[int] = 14
    here: bool
    away_ms: Number = 0


class Checkpoint(Payload, frozen=True, kw_only=True):
    """The desk's own statement of all files, so that a replay can be compared."""

    KIND: ClassVar[int] = 15
    files: dict[str, FileState]
    why: Literal["regular", "run", "save", "submit", "stop", "resume"]


class Submitted(Payload, frozen=True, kw_only=True):
    """The work was handed in as it stood."""

    KIND: ClassVar[int] = 16
    files: dict[str, FileState]
    why: Literal["student", "time", "collected"]


class Reopened(Payload, frozen=True, kw_only=True):
    """A handed-in session went on, by the student where allowed or by staff."""

    KIND: ClassVar[int] = 17
    by: Literal["student", "staff"]


class Contact(Payload, frozen=True, kw_only=True):
    """The connection to the hub was made or lost; `unsent` events waited at that moment."""

    KIND: ClassVar[int] = 18
    online: bool
    hub: str = ""
    unsent: Number = 0
    offline_ms: Number = 0


class ClockJumped(Payload, frozen=True, kw_only=True):
    """The PC's wall clock moved against its monotonic clock by more than 2 s."""

    KIND: ClassVar[int] = 19
    by_ms: Number


class MessageSeen(Payload, frozen=True, kw_only=True):
    """A message of the staff arrived at the desk or was read; the hash says which text."""

    KIND: ClassVar[int] = 20
    number: Number
    how: Literal["delivered", "read"]
    sha256: str


class HandRaised(Payload, frozen=True, kw_only=True):
    """The student asked for somebody to come, or no longer needs it."""

    KIND: ClassVar[int] = 21
    up: bool
    text: str = ""


class MessageSent(Payload, frozen=True, kw_only=True):
    """The student wrote to the staff."""

    KIND: ClassVar[int] = 22
    text: str
    about: Literal["message", "problem"] = "message"


class DeviceChanged(Payload, frozen=True, kw_only=True):
    """Something about the PC changed while the session ran: address, user or name."""

    KIND: ClassVar[int] = 23
    what: Literal["address", "user", "name"]
    value: str


class Refused(Payload, frozen=True, kw_only=True):
    """The desk refused something that the exam does not allow."""

    KIND: ClassVar[int] = 24
    what: Literal["paste", "drop", "import", "network", "file"]
    detail: str = ""


class NoteWritten(Payload, frozen=True, kw_only=True):
    """The student's own notes as they stood."""

    KIND: ClassVar[int] = 25
    text: str


class FileChangedOutside(Payload, frozen=True, kw_only=True):
    """A file of the workspace was changed by something other than the editor."""

    KIND: ClassVar[int] = 26
    file: str


class Salvaged(Payload, frozen=True, kw_only=True):
    """The journal was found damaged: what was kept, what was set aside."""

    KIND: ClassVar[int] = 27
    kept_up_to: Number
    detail: str


class Stopped(Payload, frozen=True, kw_only=True):
    """The desk closed in an orderly way; a journal without it ended in a crash."""

    KIND: ClassVar[int] = 28
    why: Literal["closed", "moved", "ended"]


class HonorAccepted(Payload, frozen=True, kw_only=True):
    """The student accepted the honor code and read what is recorded; the hashes say which texts."""

    KIND: ClassVar[int] = 29
    honor_sha256: str
    recorded_sha256: str


class Unlocked(Payload, frozen=True, kw_only=True):
    """The exam's sealed content was opened: by the key that the hub sent, or by a start code typed without a network.

    `tries` counts the start codes that were typed. `starts_ms` and `ends_ms` (hub time as the desk knew it) are what
    the desk began with by itself, where no start of the hub's was known or it had not come yet.
    """

    KIND: ClassVar[int] = 30
    how: Literal["hub", "start-code"]
    tries: Number = 0
    starts_ms: Number | None = None
    ends_ms: Number | None = None


class EditionTaken(Payload, frozen=True, kw_only=True):
    """From here on the desk shows this edition of the exam's content; `envelope` is what the exam's key signed of it.

    `changed` are the student's questions whose text is another one than before, `replaced` the starter files that the
    student had not touched and that are new now, `kept` those that the student had changed and that stay.
    """

    KIND: ClassVar[int] = 31
    number: Number
    envelope: str
    changed: tuple[str, ...] = ()
    replaced: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


class EditionRead(Payload, frozen=True, kw_only=True):
    """The student has read what an edition changed of a question; without one, of the exam's rules."""

    KIND: ClassVar[int] = 32
    number: Number
    question: str = ""


class Slept(Payload, frozen=True, kw_only=True):
    """The PC did nothing for `ms` up to this event: asleep by its own clocks, or as the hub's time tells.

    `offset_ms` is hub time minus the PC's wall clock as the desk knew it afterwards, if it knew it.
    """

    KIND: ClassVar[int] = 33
    ms: Number
    by: Literal["clock", "hub"]
    offset_ms: int | None = None


class SurroundingsSeen(Payload, frozen=True, kw_only=True):
    """What the PC's system says of itself: a real or virtual machine, sat at or worked at from afar.

    It is recorded once for each start, and again when it is another. `product` and `way` are names such as
    `VMware` and `RDP`, empty where none is told.
    """

    KIND: ClassVar[int] = 34
    machine: Literal["real", "virtual", "container", "unknown"]
    session: Literal["local", "remote", "unknown"]
    product: str = ""
    way: str = ""


KINDS: dict[int, type[Payload]] = {kind.KIND: kind for kind in Payload.__subclasses__()}
