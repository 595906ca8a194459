"""One sentence for every kind of event."""

from collections.abc import Callable
from typing import Any

from examdesk.evidence.words import count, duration, surroundings_words
from shared.events import Payload, Unknown, kinds

QUOTED_CHARS = 60

NAMES: dict[int, str] = {number: kind.__name__ for number, kind in kinds.KINDS.items()}
"""What a kind is called in filters and exports, by its number."""
NUMBERS: dict[str, int] = {name: number for number, name in NAMES.items()}


def name_of(kind: int) -> str:
    """Return what a kind is called, also one that this version does not know."""
    return NAMES.get(kind, f"Kind {kind}")


def quote(text: str) -> str:
    """Return the beginning of a text on one line, in quotation marks."""
    line = " ".join(text.split())
    return f"“{line[:QUOTED_CHARS]}…”" if len(line) > QUOTED_CHARS else f"“{line}”"


def summary(payload: Payload | Unknown) -> str:
    """Return what happened, as one sentence."""
    if isinstance(payload, Unknown):
        return f"Something of a kind ({payload.kind}) that this version does not know; it is kept as it came."
    return _SENTENCES[type(payload)](payload)


ERASED = "The content of this event was erased; that it happened stays proven."
UNREADABLE = "This event can't be read by this version; it is kept as it came."

_HOW_STARTED = {
    "new": "The exam program began this journal",
    "restart": "The exam program was started again",
    "crash": "The exam program was started again after it had ended without being closed",
    "moved": "The session goes on at this PC",
    "segment": "The session goes on in a new journal",
}
_HOW_EDITED = {"undo": "Undo in", "redo": "Redo in", "tool": "The editor changed", "revert": "Set back"}
_ORIGINS = {"starter": "starter code", "data": "data", "student": "the student", "restored": "an earlier journal"}
_ENDED = {
    "exit": "ended",
    "time": "was ended: it took too long",
    "memory": "was ended: it took too much memory",
    "output": "was ended: it wrote too much",
    "processes": "was ended: it started too many processes",
    "disk": "was ended: it wrote too much to the disk",
    "signal": "was ended by a signal",
    "stopped": "was stopped by the student",
    "crashed-to-start": "could not be started",
}
_STOPPED = {"closed": "was closed", "moved": "was left: the session goes on elsewhere", "ended": "ended with the exam"}
_SUBMITTED = {
    "student": "The student handed in",
    "time": "Handed in at the end of the time",
    "collected": "Handed in by the staff's end",
}


def _started(event: kinds.Started) -> str:
    away = f", {duration(event.away_ms)} later" if event.away_ms else ""
    user = f", user {event.user}" if event.user else ""
    return f"{_HOW_STARTED[event.how]}{away} (ExamDesk {event.app}, {event.platform}, Python {event.python}{user})."


def _standing(event: kinds.StandingApplied) -> str:
    clock = (
        f"; the hub's clock is {event.offset_ms / 1000:+.1f} s from the PC's" if abs(event.offset_ms) >= 1000 else ""
    )
    paused = ", paused" if event.paused and event.phase != "paused" else ""
    return f"The desk took over what the hub says: {event.phase}{paused} (revision {event.revision}){clock}."


def _edit(event: kinds.Edit) -> str:
    added = "".join(change.text for change in event.changes)
    removed = count(sum(change.removed for change in event.changes), "character")
    text = quote(added) if added.strip() else count(len(added), "blank")
    taken = any(change.removed for change in event.changes)
    if event.how != "type":
        parts = ([f"{text} put in"] if added else []) + ([f"{removed} taken out"] if taken else [])
        return f"{_HOW_EDITED[event.how]} {event.file}: {', '.join(parts) or 'nothing'}."
    if not added:
        return f"Removed {removed} from {event.file}." if taken else f"Typed nothing in {event.file}."
    return f"Typed {text} in {event.file}{f' and removed {removed}' if taken else ''}."


def _paste(event: kinds.Paste) -> str:
    how = "Dropped" if event.how == "drop" else "Pasted"
    whose = "copied within the exam" if event.clip == "own" else "from elsewhere"
    part = f" (part {event.part} of {event.parts})" if event.parts > 1 else ""
    return f"{how} {count(len(event.text), 'character')} into {event.file}, {whose}{part}: {quote(event.text)}."


def _created(event: kinds.FileCreated) -> str:
    part = f", part {event.part} of {event.parts}" if event.parts > 1 else ""
    return f"{event.file} came from {_ORIGINS[event.origin]} with {count(len(event.text), 'character')}{part}."


def _run_ended(event: kinds.RunEnded) -> str:
    how = _ENDED.get(event.reason, f"ended ({event.reason})")
    code = f" with exit code {event.exit_code}" if event.exit_code else ""
    line = f", line {event.line}" if event.line is not None else ""
    error = f"; {quote(event.error)}{line}" if event.error else ""
    pictures = f" It showed {count(len(event.figures), 'picture')}." if event.figures else ""
    return f"Run {event.run} {how}{code} after {event.seconds:.1f} s{error}.{pictures}"


def _output(event: kinds.RunOutput) -> str:
    capped = " More was written than a run may; the rest is not kept." if event.capped else ""
    stream = " to the error stream" if event.stream == "err" else ""
    wrote = f"Run {event.run} wrote{stream}: {quote(event.text)}." if event.text else ""
    return f"{wrote}{capped}".strip() or f"Run {event.run} wrote nothing."


def _focus(event: kinds.Focus) -> str:
    if not event.here:
        return "Another window got the keyboard."
    away = f" after {duration(event.away_ms)}" if event.away_ms else ""
    return f"The exam window got the keyboard back{away}."


def _contact(event: kinds.Contact) -> str:
    if not event.online:
        return "The connection to the hub was lost; work goes on."
    away = f" after {duration(event.offline_ms)} without" if event.offline_ms >= 1000 else ""
    unsent = f"; {count(event.unsent, 'event')} waited" if event.unsent else ""
    return f"Connected to the hub{away}{unsent}."


def _hand(event: kinds.HandRaised) -> str:
    said = f": {quote(event.text)}" if event.text else ""
    return f"The student raised a hand{said}." if event.up else "The student lowered the hand."


def _viewed(event: kinds.Viewed) -> str:
    return f"Turned to {event.question}{f', {event.file}' if event.file else ''}."


def _edition(event: kinds.EditionTaken) -> str:
    parts = [f"Edition {event.number} of the exam holds from here on"]
    if event.changed:
        parts.append(f"other text in {', '.join(event.changed)}")
    if event.replaced:
        parts.append(f"untouched starter files replaced: {', '.join(event.replaced)}")
    if event.kept:
        parts.append(f"changed files kept: {', '.join(event.kept)}")
    return f"{'; '.join(parts)}."


_Sentence = Callable[[Any], str]
_SENTENCES: dict[type[Payload], _Sentence] = {
    kinds.Started: _started,
    kinds.StandingApplied: _standing,
    kinds.Drawn: lambda event: (
        f"The student got {count(len(event.questions), 'question')}: {', '.join(event.questions)}."
    ),
    kinds.FileCreated: _created,
    kinds.FileRemoved: lambda event: f"{event.file} was removed.",
    kinds.FileRenamed: lambda event: f"{event.file} is now called {event.to}.",
    kinds.Edit: _edit,
    kinds.Paste: _paste,
    kinds.Viewed: _viewed,
    kinds.RunStarted: lambda event: (
        f"Run {event.run} began: {f'the shown checks of {event.question}' if event.checks else event.file}."
    ),
    kinds.RunOutput: _output,
    kinds.RunInput: lambda event: (
        f"{'Typed into' if event.how == 'console' else 'Keys and clicks in the picture of'} run {event.run}: "
        f"{quote(event.text)}."
    ),
    kinds.RunEnded: _run_ended,
    kinds.Focus: _focus,
    kinds.Checkpoint: lambda event: f"The desk stated how {count(len(event.files), 'file')} stood ({event.why}).",
    kinds.Submitted: lambda event: f"{_SUBMITTED[event.why]} {count(len(event.files), 'file')}.",
    kinds.Reopened: lambda event: f"The session goes on after the hand-in, by the {event.by}.",
    kinds.Contact: _contact,
    kinds.SurroundingsSeen: surroundings_words,
    kinds.Slept: lambda event: (
        f"The PC slept for {duration(event.ms)}."
        if event.by == "clock"
        else f"By the hub's time the PC's clock stood still for {duration(event.ms)} (paused, or the hub's clock set)."
    ),
    kinds.ClockJumped: lambda event: f"The PC's clock was set by {event.by_ms / 1000:+.1f} s.",
    kinds.EditionTaken: _edition,
    kinds.EditionRead: lambda event: (
        f"The student read what edition {event.number} changed of {event.question or 'the exam as a whole'}."
    ),
    kinds.MessageSeen: lambda event: f"Message {event.number} of the staff was {event.how}.",
    kinds.HandRaised: _hand,
    kinds.MessageSent: lambda event: (
        f"The student {'reported a problem' if event.about == 'problem' else 'wrote'}: {quote(event.text)}."
    ),
    kinds.DeviceChanged: lambda event: f"The PC's {event.what} is {event.value or '(none)'}.",
    kinds.Refused: lambda event: f"Refused: {event.what}{f' ({event.detail})' if event.detail else ''}.",
    kinds.NoteWritten: lambda event: f"The student's notes: {quote(event.text)}.",
    kinds.FileChangedOutside: lambda event: f"{event.file} was changed by something other than the editor.",
    kinds.Salvaged: lambda event: (
        f"The journal was found damaged; everything up to event {event.kept_up_to} was kept ({event.detail})."
    ),
    kinds.Stopped: lambda event: f"The exam program {_STOPPED[event.why]}.",
    kinds.Unlocked: lambda event: (
        "The hub's key opened the exam."
        if event.how == "hub"
        else f"A start code opened the exam, at try {event.tries}, without a connection."
    ),
    kinds.HonorAccepted: lambda _event: "The student accepted the honor code and read what is recorded.",
}
