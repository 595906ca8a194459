"""What happened when, lane by lane: taken from the events one by one, so that a live session goes on where it was."""

from bisect import bisect_right
from collections.abc import Callable
from typing import Any, ClassVar, Literal, NamedTuple, get_args

import msgspec

from examdesk.staffapi.messages import MessageView, PlayedEvent, PlayedVersion, SignalView
from examdesk.staffapi.playback.confirming import Confirmation, confirmation_of, confirmation_words, stretch_words
from examdesk.staffapi.playback.editions import Contents
from examdesk.staffapi.playback.tape import Tape
from shared.events import Payload, Unknown, kinds

Lane = Literal[
    "edits",
    "pastes",
    "runs",
    "versions",
    "focus",
    "offline",
    "receipts",
    "exam",
    "messages",
    "signals",
    "notes",
    "session",
    "found",
]
LANES: tuple[Lane, ...] = get_args(Lane)
SHORTEST_OFFLINE_MS = 1_000


class Mark(NamedTuple):
    """Something on a lane: after `number` events, at a time, until a time where it lasted.

    `look` chooses icon and colour; `words` is a sentence about it. A stretch that goes on has `end_ms` None.
    """

    lane: Lane
    number: int
    at_ms: int
    end_ms: int | None
    look: str
    words: str


class Said(NamedTuple):
    """What a program wrote or was given, after so many events.

    `stream` is `out`, `err`, `in` (typed), `window` (keys and clicks on its picture), or `capped`: more was not kept.
    """

    number: int
    stream: str
    text: str


class PlayedRun(msgspec.Struct, kw_only=True):
    """One execution: which code it ran, what it read and wrote, and how it ended.

    Attributes:
        number: the moment at which it began; its code is the tape's files there.
        ended: the moment after its end; None while it goes on.
        checks: whether the exam's shown checks ran over the files; `file` is then the one that they are about.
    """

    number: int
    place: int
    run: int
    at_ms: int
    question: str
    file: str
    files: dict[str, kinds.FileState]
    checks: bool = False
    said: list[Said] = msgspec.field(default_factory=list)
    ended: int | None = None
    end_ms: int | None = None
    reason: str = ""
    seconds: float | None = None
    exit_code: int | None = None
    error: str = ""
    line: int | None = None

    @property
    def look(self) -> str:
        """How it ended: `running`, `ok`, `failed` (an error of the program), `stopped` (by a limit or by hand)."""
        if self.ended is None:
            return "running"
        if self.reason == "exit":
            return "failed" if self.exit_code and not self.checks else "ok"
        return "stopped" if self.reason else "lost"


class Standing(NamedTuple):
    """What the desk knew of its times from a moment on."""

    number: int
    at_ms: int
    phase: str
    paused: bool
    starts_ms: int | None
    ends_ms: int | None


class Marks:
    """The lanes of a tape; `take` must be told of every event in order.

    Attributes:
        edit_ms, typed, removed: by edit, when it was and how many characters it added and took away.
        runs: in the order of their beginning.
        quiet: by event, whether it is an edit or an output that comes in masses.
        exam: editions of the exam's content, and questions that were given or drawn anew.
        contents: which of them the student had when.
    """

    def __init__(self) -> None:
        self.edit_ms: list[int] = []
        self.typed: list[int] = []
        self.removed: list[int] = []
        self.pastes: list[Mark] = []
        self.focus: list[Mark] = []
        self.offline: list[Mark] = []
        self.session: list[Mark] = []
        self._receipts: list[Mark] = []
        self._confirmed: list[tuple[Confirmation, int, PlayedEvent, PlayedEvent]] = []
        self.exam: list[Mark] = []
        self.contents = Contents()
        self.hands: list[Mark] = []
        self.standings: list[Standing] = []
        self.runs: list[PlayedRun] = []
        self.quiet: list[bool] = []
        self._running: dict[tuple[int, int], PlayedRun] = {}
        self._place = 0
        self._same = (0, 0)
        self._told: dict[int, str] = {}

    def take(self, tape: Tape, event: PlayedEvent, payload: Payload | Unknown | None) -> None:
        """Take the tape's newest event."""
        number, at_ms = len(tape), tape.times[-1]
        self.quiet.append(isinstance(payload, kinds.Edit | kinds.RunOutput | kinds.Checkpoint))
        if event.place != self._place:
            self._place = event.place
            self._close(self.focus, at_ms)
            self._close(self.offline, at_ms)
            self._running.clear()
        self._receipt(tape, number)
        act = self._ACTS.get(type(payload))
        if act is not None:
            act(self, Mark("session", number, at_ms, None, "", event.words), event, payload)

    # -- lanes

    @property
    def receipts(self) -> list[Mark]:
        """Stretches of events that no hub confirmed, or only late; worded when asked for: one may hold all events."""
        for place, mark in enumerate(self._receipts):
            if not mark.words:
                self._receipts[place] = mark._replace(words=stretch_words(*self._confirmed[place]))
        return list(self._receipts)

    def words_of(self, tape: Tape, place: int) -> str:
        """Return an event's sentence, with what the events before make of it and what is to be said of its receipt."""
        event = tape.events[place]
        return " ".join(filter(None, (self._told.get(place, event.words), confirmation_words(event))))

    def run_marks(self, now_ms: int) -> list[Mark]:
        """Return the runs as marks."""
        return [
            Mark("runs", run.number, run.at_ms, run.end_ms or (now_ms if run.ended is None else None), run.look, "")
            for run in self.runs
        ]

    def run_at(self, number: int) -> PlayedRun | None:
        """Return the newest run that had begun at a moment."""
        place = bisect_right(self.runs, number, key=lambda run: run.number) - 1
        return self.runs[place] if place >= 0 else None

    def standing_at(self, number: int) -> Standing | None:
        """Return what the desk knew of its times at a moment."""
        place = bisect_right(self.standings, number, key=lambda each: each.number) - 1
        return self.standings[place] if place >= 0 else None

    # -- kinds

    def _edit(self, mark: Mark, _event: PlayedEvent, payload: kinds.Edit) -> None:
        self.edit_ms.append(mark.at_ms)
        self.typed.append(sum(len(change.text) for change in payload.changes))
        self.removed.append(sum(max(change.removed, 0) for change in payload.changes))

    def _paste(self, mark: Mark, _event: PlayedEvent, payload: kinds.Paste) -> None:
        last = self.pastes[-1] if self.pastes else None
        if payload.part > 1 and last is not None:
            self.pastes[-1] = last._replace(number=mark.number)
            return
        self.pastes.append(mark._replace(lane="pastes", look="own" if payload.clip == "own" else "outside"))

    def _run_started(self, mark: Mark, event: PlayedEvent, payload: kinds.RunStarted) -> None:
        run = PlayedRun(
            number=mark.number,
            place=event.place,
            run=payload.run,
            at_ms=mark.at_ms,
            question=payload.question,
            file=payload.file,
            files=payload.files,
            checks=payload.checks,
        )
        self.runs.append(run)
        self._running[event.place, payload.run] = run

    def _run_text(self, mark: Mark, event: PlayedEvent, payload: kinds.RunOutput | kinds.RunInput) -> None:
        run = self._running.get((event.place, payload.run))
        if run is None:
            return
        if payload.text:
            typed = "window" if isinstance(payload, kinds.RunInput) and payload.how == "window" else "in"
            stream = payload.stream if isinstance(payload, kinds.RunOutput) else typed
            run.said.append(Said(mark.number, stream, payload.text))
        if isinstance(payload, kinds.RunOutput) and payload.capped:
            run.said.append(Said(mark.number, "capped", ""))

    def _run_ended(self, mark: Mark, event: PlayedEvent, payload: kinds.RunEnded) -> None:
        run = self._running.pop((event.place, payload.run), None)
        if run is None:
            return
        run.ended, run.end_ms = mark.number, mark.at_ms
        run.reason, run.seconds, run.exit_code = payload.reason, payload.seconds, payload.exit_code
        run.error, run.line = payload.error, payload.line

    def _focus(self, mark: Mark, _event: PlayedEvent, payload: kinds.Focus) -> None:
        if payload.here:
            self._close(self.focus, mark.at_ms)
        elif not self.focus or self.focus[-1].end_ms is not None:
            self.focus.append(mark._replace(lane="focus", look="away"))

    def _contact(self, mark: Mark, _event: PlayedEvent, payload: kinds.Contact) -> None:
        if payload.online:
            self._close(self.offline, mark.at_ms)
            if self.offline and self.offline[-1].end_ms == mark.at_ms:
                last = self.offline[-1]
                if mark.at_ms - last.at_ms < SHORTEST_OFFLINE_MS:
                    self.offline.pop()
        elif not self.offline or self.offline[-1].end_ms is not None:
            self.offline.append(mark._replace(lane="offline", look="offline"))

    def _standing(self, mark: Mark, _event: PlayedEvent, payload: kinds.StandingApplied) -> None:
        before = self.standings[-1] if self.standings else None
        now = Standing(mark.number, mark.at_ms, payload.phase, payload.paused, payload.starts_ms, payload.ends_ms)
        self.standings.append(now)
        still = self.session[-1] if self.session else None
        if still is not None and still.look == "paused" and still.end_ms is None and not _is_paused(now):
            self.session[-1] = still._replace(end_ms=now.at_ms)
        if before is None or (before.phase, before.paused, before.ends_ms) != (now.phase, now.paused, now.ends_ms):
            self.session.append(mark._replace(look="paused" if _is_paused(now) else "standing"))

    def _started(self, mark: Mark, _event: PlayedEvent, payload: kinds.Started) -> None:
        self._close(self.focus, mark.at_ms)
        self._running.clear()
        self.session.append(mark._replace(look=payload.how))

    def _stopped(self, mark: Mark, _event: PlayedEvent, _payload: kinds.Stopped) -> None:
        self.session.append(mark._replace(look="stopped"))

    def _submitted(self, mark: Mark, _event: PlayedEvent, _payload: kinds.Submitted) -> None:
        self.session.append(mark._replace(look="submitted"))

    def _plain(self, mark: Mark, _event: PlayedEvent, payload: Payload) -> None:
        self.session.append(mark._replace(look=_PLAIN[type(payload)]))

    def _receipt(self, tape: Tape, number: int) -> None:
        event = tape.events[-1]
        kind = confirmation_of(event)
        if not kind:
            self._same = (0, 0)
            return
        first, many = self._same
        if not many or self._receipts[-1].look != kind:
            first, many = number, 0
            self._receipts.append(Mark("receipts", number, tape.times[-1], None, kind, ""))
            self._confirmed.append((kind, 0, event, event))
        self._same = (first, many + 1)
        self._receipts[-1] = self._receipts[-1]._replace(end_ms=tape.ends[-1], words="")
        self._confirmed[-1] = (kind, many + 1, tape.events[first - 1], event)

    def _edition(self, mark: Mark, _event: PlayedEvent, payload: kinds.EditionTaken) -> None:
        self.contents.taken(mark.number, payload)
        self.exam.append(mark._replace(lane="exam", look="edition"))

    def _edition_read(self, mark: Mark, _event: PlayedEvent, payload: kinds.EditionRead) -> None:
        self.contents.read(mark.number, mark.at_ms, payload)
        self.exam.append(mark._replace(lane="exam", look="edition-read"))

    def _drawn(self, mark: Mark, _event: PlayedEvent, payload: kinds.Drawn) -> None:
        words = self.contents.drawn(mark.number, payload)
        if words:
            self._told[mark.number - 1] = words
            self.exam.append(mark._replace(lane="exam", look="given", words=words))

    def _hand(self, mark: Mark, _event: PlayedEvent, payload: kinds.HandRaised) -> None:
        self.hands.append(mark._replace(lane="messages", look="hand" if payload.up else "hand-down"))

    def _close(self, stretches: list[Mark], at_ms: int) -> None:
        if stretches and stretches[-1].end_ms is None:
            stretches[-1] = stretches[-1]._replace(end_ms=max(at_ms, stretches[-1].at_ms))

    _ACTS: ClassVar[dict[type, Callable[["Marks", Mark, PlayedEvent, Any], None]]] = {
        kinds.Edit: _edit,
        kinds.Paste: _paste,
        kinds.RunStarted: _run_started,
        kinds.RunOutput: _run_text,
        kinds.RunInput: _run_text,
        kinds.RunEnded: _run_ended,
        kinds.Focus: _focus,
        kinds.Contact: _contact,
        kinds.StandingApplied: _standing,
        kinds.Started: _started,
        kinds.Stopped: _stopped,
        kinds.Submitted: _submitted,
        kinds.Reopened: _plain,
        kinds.Refused: _plain,
        kinds.ClockJumped: _plain,
        kinds.Slept: _plain,
        kinds.SurroundingsSeen: _plain,
        kinds.DeviceChanged: _plain,
        kinds.FileRenamed: _plain,
        kinds.FileRemoved: _plain,
        kinds.FileChangedOutside: _plain,
        kinds.Salvaged: _plain,
        kinds.HandRaised: _hand,
        kinds.EditionTaken: _edition,
        kinds.EditionRead: _edition_read,
        kinds.Drawn: _drawn,
    }


def _is_paused(standing: Standing) -> bool:
    return standing.paused or standing.phase == "paused"


_PLAIN: dict[type[Payload], str] = {
    kinds.Reopened: "reopened",
    kinds.Refused: "refused",
    kinds.ClockJumped: "clock",
    kinds.Slept: "sleep",
    kinds.SurroundingsSeen: "device",
    kinds.DeviceChanged: "device",
    kinds.FileRenamed: "file",
    kinds.FileRemoved: "file",
    kinds.FileChangedOutside: "file",
    kinds.Salvaged: "salvaged",
}


def signal_marks(tape: Tape, signals: tuple[SignalView, ...]) -> list[Mark]:
    """Return the signals that lie on the tape, by time."""
    found = []
    for signal in signals:
        number = tape.number_of(signal.journal, signal.seq)
        if number is not None and number <= len(tape):
            at_ms = tape.times[number - 1]
            found.append(Mark("signals", number, at_ms, None, signal.kind, f"{signal.title}. {signal.explanation}"))
    return sorted(found, key=lambda mark: mark.number)


def message_marks(tape: Tape, messages: tuple[MessageView, ...], hands: list[Mark]) -> list[Mark]:
    """Return messages both ways and raised hands, by time."""
    found = [
        Mark(
            "messages",
            tape.number_at(message.at_ms),
            message.at_ms,
            None,
            "from-student" if message.from_student else "to-student",
            f"{message.sender}: {message.text}",
        )
        for message in messages
    ]
    return sorted([*found, *hands], key=lambda mark: mark.at_ms)


def version_marks(tape: Tape, versions: tuple[PlayedVersion, ...]) -> list[Mark]:
    """Return the versions that lie on the tape, by time; `look` is why each was kept, `words` its number."""
    found = []
    for version in versions:
        number = tape.number_of(version.journal, version.seq)
        if number is not None and number <= len(tape):
            found.append(Mark("versions", number, tape.times[number - 1], None, version.why, str(version.number)))
    return sorted(found, key=lambda mark: mark.number)
