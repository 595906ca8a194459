"""From the events of one journal to facts: one event at a time while live, all at once afterwards, the same result."""

from collections.abc import Callable, Iterable
from typing import Any, ClassVar

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
from examdesk.evidence.rules import Rules, edition_in
from examdesk.evidence.signals import watches
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import surroundings_words
from shared.admission.edition import MAX_EDITION
from shared.events import Unknown, decode, kinds
from shared.ids import JournalId
from shared.log.entry import Entry, unpack_header
from shared.problems import PeerFault

PRINTED_CHARS = 16_000
"""How much of the newest output of programs is remembered, to know it again when it is pasted."""
ACTIVITY = frozenset(
    {
        kinds.Edit,
        kinds.Paste,
        kinds.Viewed,
        kinds.RunStarted,
        kinds.RunInput,
        kinds.FileRemoved,
        kinds.FileRenamed,
        kinds.HandRaised,
        kinds.MessageSent,
        kinds.NoteWritten,
        kinds.HonorAccepted,
        kinds.Started,
        kinds.Submitted,
        kinds.Reopened,
    }
)
"""Kinds that the student's hands make."""


class JournalFacts(SoFar):
    """What one journal says. `take` goes on with the next event; nothing it is given makes it raise."""

    def __init__(self, journal: JournalId, rules: Rules | None = None) -> None:
        super().__init__(journal, rules)
        self._before_ms: int | None = None
        self._printed_chars = 0
        self._stated: dict[str, str] = {}
        self._edited = False
        self._running: dict[int, Run] = {}
        self._watches: dict[type, tuple[Watch, ...]] = watches(self.rules)

    def take_all(self, entries: Iterable[Entry]) -> "JournalFacts":
        """Take events in order, and return the facts."""
        for entry in entries:
            self.take(entry)
        return self

    def take(self, entry: Entry) -> None:
        """Take the next event."""
        self.take_raw(entry.header, entry.payload)

    def take_raw(self, packed: bytes, payload_line: bytes | None) -> None:
        """Take the next event by its header and its payload, None where it was erased."""
        header = unpack_header(packed)
        self.events += 1
        self.last_seq = header.seq
        if self.first is None:
            self.first = header
        self.last = header
        if payload_line is None:
            self.erased += 1
            if header.kind == kinds.EditionTaken.KIND:  # which one is not known: none of their texts raises anything
                self.edition = MAX_EDITION
            return
        try:
            payload = decode(header.kind, payload_line)
        except PeerFault:
            self.unreadable += 1
            return
        if isinstance(payload, kinds.StandingApplied | kinds.Slept):
            self.clock.anchor(header, payload.offset_ms)
        at_ms = self.clock.at(header)
        self._before_ms, self.last_ms = self.last_ms, at_ms
        self._about(Seen(header, at_ms, payload))

    def settle(self) -> None:
        """Forget what only a next event would need; called when there will be none."""
        self.printed.clear()
        self.brought.clear()
        self._running.clear()
        self._watches = {}
        self.files.forget_removed()

    def _about(self, seen: Seen) -> None:
        kind = type(seen.payload)
        for watch in self._watches.get(kind, ()):
            watch.take(seen, self)
        take = self._TAKES.get(kind)
        if take is not None:
            try:
                take(self, seen, seen.payload)
            except PeerFault as fault:
                self._misfit(seen, fault)
        if kind in ACTIVITY:
            self._active(seen.at_ms)

    def _active(self, at_ms: int) -> None:
        last = self.last_active_ms
        if last is not None and at_ms - last > self.rules.idle_ms:
            self.idle.append(Stretch(last + self.rules.idle_ms, at_ms))
        self.last_active_ms = at_ms

    def _misfit(self, seen: Seen, fault: PeerFault) -> None:
        self.misfits += 1
        if self.misfits == 1:
            self.raise_(
                Signal(
                    kind="log_break",
                    journal=self.journal.hex(),
                    seq=seen.seq,
                    at_ms=seen.at_ms,
                    amount=1,
                    unit="events",
                    explanation=f"An event does not fit the text that the events before it make. {fault.sentence}",
                )
            )

    # -- files

    def _file_created(self, seen: Seen, payload: kinds.FileCreated) -> None:
        self.files.create(payload)
        self.files.changed_ms[payload.file] = seen.at_ms
        if payload.origin in ("starter", "data"):
            self.starters[payload.file] = self.files.texts[payload.file]
        else:
            self._edited = self._edited or payload.origin == "student"

    def _file_removed(self, seen: Seen, payload: kinds.FileRemoved) -> None:
        self.files.remove(payload.file)
        self._changed(seen, "")

    def _file_renamed(self, seen: Seen, payload: kinds.FileRenamed) -> None:
        self.files.rename(payload.file, payload.to)
        self._changed(seen, payload.to)

    def _edit(self, seen: Seen, payload: kinds.Edit) -> None:
        self.files.edit(payload)
        self._changed(seen, payload.file)

    def _paste(self, seen: Seen, payload: kinds.Paste) -> None:
        self.files.paste(payload)
        self._changed(seen, payload.file)

    def _changed(self, seen: Seen, file: str) -> None:
        self._edited = True
        if file:
            self.files.changed_ms[file] = seen.at_ms

    def _version(self, seen: Seen, stated: dict[str, kinds.FileState], why: str, *, whole: bool) -> int:
        """Return the number of the version that the code is at this event; a new one only if the text differs."""
        hashes = {file: state.sha256 for file, state in stated.items()}
        changed = any(self._stated.get(file) != sha256 for file, sha256 in hashes.items())
        gone = whole and bool(self._stated.keys() - hashes.keys())
        by_itself = why in ("regular", "stop", "resume") and not self._edited
        if (changed or gone or not self.versions) and not by_itself:
            number = len(self.versions) + 1
            self.versions.append(Version(number, seen.seq, seen.at_ms, why))
            self._edited = False
        self._stated = hashes if whole else {**self._stated, **hashes}
        return len(self.versions)

    def _checkpoint(self, seen: Seen, payload: kinds.Checkpoint) -> None:
        self._version(seen, payload.files, payload.why, whole=True)

    # -- runs

    def _run_started(self, seen: Seen, payload: kinds.RunStarted) -> None:
        version = self._version(seen, payload.files, "run", whole=False)
        run = Run(
            run=payload.run,
            seq=seen.seq,
            at_ms=seen.at_ms,
            question=payload.question,
            file=payload.file,
            version=version,
            grade=payload.grade,
            checks=payload.checks,
        )
        self.runs.append(run)
        self._running[payload.run] = run

    def _run_text(self, _seen: Seen, payload: kinds.RunOutput | kinds.RunInput) -> None:
        if isinstance(payload, kinds.RunInput) and payload.how == "window":
            return  # keys and clicks are no text
        run = self._running.get(payload.run)
        if run is not None:
            run.wrote(payload.text, self.rules.output_chars)
        self.printed.append(payload.text[-PRINTED_CHARS:])
        self._printed_chars += len(self.printed[-1])
        while self._printed_chars > PRINTED_CHARS and len(self.printed) > 1:
            self._printed_chars -= len(self.printed.popleft())

    def _run_ended(self, _seen: Seen, payload: kinds.RunEnded) -> None:
        run = self._running.pop(payload.run, None)
        if run is not None:
            run.seconds, run.reason, run.exit_code = payload.seconds, payload.reason, payload.exit_code
            run.error, run.line = payload.error, payload.line

    # -- the session

    def _started(self, seen: Seen, payload: kinds.Started) -> None:
        self.starts.append(
            Start(
                seen.seq,
                seen.at_ms,
                payload.how,
                payload.app,
                payload.platform,
                payload.python,
                payload.device,
                payload.user,
                payload.sandbox,
                payload.away_ms,
                self._before_ms,
            )
        )
        self.stopped = ""
        self._running.clear()
        self._back(seen.at_ms)

    def _standing(self, seen: Seen, payload: kinds.StandingApplied) -> None:
        self.states.append(StateChange(seen.at_ms, payload.phase, payload.paused, payload.starts_ms, payload.ends_ms))

    def _drawn(self, _seen: Seen, payload: kinds.Drawn) -> None:
        self.drawn, self.seed, self.draws = payload.questions, payload.seed, payload.draws
        self.edition = max(self.edition, edition_in(payload))

    def _edition_taken(self, seen: Seen, payload: kinds.EditionTaken) -> None:
        self.edition = max(self.edition, edition_in(payload))
        held = EditionHeld(
            number=payload.number,
            seq=seen.seq,
            at_ms=seen.at_ms,
            changed=payload.changed,
            replaced=payload.replaced,
            kept=payload.kept,
        )
        self.editions.append(held)

    def _edition_read(self, seen: Seen, payload: kinds.EditionRead) -> None:
        self.edition_reads.append((payload.number, payload.question, seen.at_ms))

    def _viewed(self, _seen: Seen, payload: kinds.Viewed) -> None:
        self.question, self.file = payload.question, payload.file

    def _submitted(self, seen: Seen, payload: kinds.Submitted) -> None:
        self._version(seen, payload.files, "submit", whole=True)
        self.hand_ins.append(HandIn(seen.seq, seen.at_ms, payload.why))

    def _reopened(self, seen: Seen, _payload: kinds.Reopened) -> None:
        self.hand_ins.append(HandIn(seen.seq, seen.at_ms, ""))

    def _stopped(self, _seen: Seen, payload: kinds.Stopped) -> None:
        self.stopped = payload.why

    def _slept(self, seen: Seen, payload: kinds.Slept) -> None:
        self.sleeps.append(Sleep(seen.seq, seen.at_ms, payload.ms))

    def _surroundings(self, _seen: Seen, payload: kinds.SurroundingsSeen) -> None:
        self.surroundings = surroundings_words(payload)

    def _contact(self, seen: Seen, payload: kinds.Contact) -> None:
        self.contacts.append((seen.at_ms, payload.online))

    def _focus(self, seen: Seen, payload: kinds.Focus) -> None:
        if payload.here:
            self._back(seen.at_ms)
        elif not self.away or self.away[-1].end_ms is not None:
            self.away.append(Stretch(seen.at_ms))

    def _back(self, at_ms: int) -> None:
        if self.away and self.away[-1].end_ms is None:
            self.away[-1] = Stretch(self.away[-1].start_ms, at_ms)

    # -- people

    def _hand(self, seen: Seen, payload: kinds.HandRaised) -> None:
        self.hand = Hand(payload.up, seen.at_ms, payload.text)

    def _message(self, seen: Seen, payload: kinds.MessageSent) -> None:
        self.sent.append(Sent(seen.seq, seen.at_ms, payload.text, payload.about))

    def _notice(self, seen: Seen, payload: kinds.MessageSeen) -> None:
        known = self.notices.get(payload.number, NoticeSeen())
        if payload.how == "delivered":
            self.notices[payload.number] = NoticeSeen(known.delivered_ms or seen.at_ms, known.read_ms)
        else:
            self.notices[payload.number] = NoticeSeen(known.delivered_ms, known.read_ms or seen.at_ms)

    def _note(self, _seen: Seen, payload: kinds.NoteWritten) -> None:
        self.notes = payload.text

    def _unknown(self, _seen: Seen, payload: Unknown) -> None:
        self.unknown[payload.kind] += 1

    _TAKES: ClassVar[dict[type, Callable[["JournalFacts", Seen, Any], None]]] = {
        kinds.Started: _started,
        kinds.StandingApplied: _standing,
        kinds.Drawn: _drawn,
        kinds.FileCreated: _file_created,
        kinds.FileRemoved: _file_removed,
        kinds.FileRenamed: _file_renamed,
        kinds.Edit: _edit,
        kinds.Paste: _paste,
        kinds.EditionTaken: _edition_taken,
        kinds.EditionRead: _edition_read,
        kinds.Viewed: _viewed,
        kinds.RunStarted: _run_started,
        kinds.RunOutput: _run_text,
        kinds.RunInput: _run_text,
        kinds.RunEnded: _run_ended,
        kinds.Focus: _focus,
        kinds.Checkpoint: _checkpoint,
        kinds.Submitted: _submitted,
        kinds.Reopened: _reopened,
        kinds.Contact: _contact,
        kinds.Slept: _slept,
        kinds.SurroundingsSeen: _surroundings,
        kinds.MessageSeen: _notice,
        kinds.HandRaised: _hand,
        kinds.MessageSent: _message,
        kinds.NoteWritten: _note,
        kinds.Stopped: _stopped,
        Unknown: _unknown,
    }
