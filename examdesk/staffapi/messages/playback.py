"""A session played back: its events in pieces, so that the window shows any moment without asking again."""

from typing import ClassVar, Literal

import msgspec

from examdesk.staffapi.messages.base import Answer, Request, Value
from examdesk.staffapi.permissions import Permission


class PlayedEvent(msgspec.Struct, frozen=True, array_like=True):
    """One event: place of its journal in `Track.journals`, number, kind, hub time, payload as written, one sentence.

    `payload` is None where it was erased. What it does to the files is what `shared.text.replay` says.
    `confirmed_ms` is when the hub signed the first receipt that covers it; None where there is none, 0 where the hub
    does not say.
    """

    place: int
    seq: int
    kind: int
    at_ms: int
    payload: bytes | None
    words: str
    confirmed_ms: int | None = 0


class PlayedJournal(Value, frozen=True, kw_only=True):
    """A stretch of one device's journal: its events from 0 up to, and without, `stop`."""

    journal: str
    device: str
    stop: int


class Track(Value, frozen=True, kw_only=True):
    """One way through the journals of a session, each going on where the one before ended.

    `name` is empty for the line that the session went along; side branches have the id of their journal, and late
    tails of a journal that the session had left have it with a plus sign. `events` counts the journals along it.
    """

    name: str
    role: Literal["main", "side branch", "late tail"]
    device: str
    events: int
    journals: tuple[PlayedJournal, ...]
    first_ms: int | None = None
    last_ms: int | None = None


class PlayedVersion(Value, frozen=True, kw_only=True):
    """The code as it stood at an event, numbered along its journal as in the tables of runs."""

    journal: str
    seq: int
    at_ms: int
    number: int
    why: str


class Playback(Answer, frozen=True, kw_only=True):
    """A piece of a track: `events` from number `start` on; more are there while `start` and their count is below all.

    Attributes:
        track: the track as it stands now; where its journals are not as they were at an earlier piece, begin again.
        tracks: every track of the session, the line first.
        versions: those of the whole track.
    """

    session: str
    start: int
    events: tuple[PlayedEvent, ...]
    track: Track
    tracks: tuple[Track, ...]
    versions: tuple[PlayedVersion, ...]


class GetPlayback(Request[Playback], frozen=True, kw_only=True):
    """Ask for a session's events from number `start` of a track on, as many as fit a piece; the view is audited."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    track: str = ""
    start: int = 0
    limit: int = 1000


class GivenQuestion(Value, frozen=True, kw_only=True):
    """A question as a content of the exam has it; `withdrawn`: for those only who had it before."""

    question: str
    title: str
    prompt: str
    withdrawn: bool = False


class GivenTexts(Answer, frozen=True, kw_only=True):
    """What a content of the exam gave to read; `known` is False where these records do not have that content."""

    content: str
    known: bool
    instructions: str = ""
    questions: tuple[GivenQuestion, ...] = ()


class GetGivenTexts(Request[GivenTexts], frozen=True, kw_only=True):
    """Ask what a session's student had to read under a content, by its hash as editions name it; empty: the first."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    content: str = ""
