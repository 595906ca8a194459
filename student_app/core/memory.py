"""What the desk knows of its session, folded from the log: live and after a restart by the same code."""

from collections import deque
from dataclasses import dataclass, field

import msgspec

from shared.events import Unknown, kinds
from shared.text import Workspace
from shared.text.replay import apply_event
from shared.text.versions import Versions

CONSOLE_CHARS = 64 * 1024


class RunRecord(msgspec.Struct, kw_only=True):
    """One run as the console shows it; `reason` is empty while it goes on. `output` is the end of what was written."""

    run: int
    question: str
    file: str
    output: str = ""
    reason: str = ""
    seconds: float = 0.0
    exit_code: int | None = None
    error: str = ""
    line: int | None = None
    checks: bool = False
    figures: tuple[kinds.FigureState, ...] = ()


class Sent(msgspec.Struct, frozen=True):
    """What the student wrote to the staff: the event, when by this PC's clock, and whether it reports a problem."""

    seq: int
    at_ms: int
    text: str
    problem: bool = False


@dataclass(slots=True)
class Memory:
    """The fold.

    Attributes:
        cursor: the offset of the last change by file; `changed_ms` when it was, by this PC's clock.
        clean: whether the log ends with a `Stopped`.
        affirmed: SHA-256 of the honor code and of what is recorded, as they were accepted last.
        handed_in: the newest hand-in's event, -1 for none.
        noted: whether the student wrote notes in this journal.
        edition: the newest edition of the exam's content that was taken; `editions_read` what the student read of them,
            as (edition, question).
        fresh: questions that were added and not looked at yet.
        run_counts: how often a question's programs were run; `last_ends` is `ran` or `failed`, how the last one ended.
    """

    workspace: Workspace = field(default_factory=Workspace)
    versions: Versions = field(default_factory=Versions)
    events: int = 0
    starts: int = 0
    clean: bool = True
    drawn: tuple[str, ...] = ()
    draws: int = 0
    question: str = ""
    file: str = ""
    cursor: dict[str, int] = field(default_factory=dict)
    runs: int = 0
    last_runs: dict[str, RunRecord] = field(default_factory=dict)
    revision: int = 0
    submitted: str = ""
    handed_in: int = -1
    changed_ms: dict[str, int] = field(default_factory=dict)
    run_counts: dict[str, int] = field(default_factory=dict)
    last_ends: dict[str, str] = field(default_factory=dict)
    reopened_by_staff: int = 0
    honor: bool = False
    affirmed: tuple[str, str] = ("", "")
    hand: bool = False
    notes: str = ""
    noted: bool = False
    delivered: set[int] = field(default_factory=set)
    read: set[int] = field(default_factory=set)
    sent: deque[Sent] = field(default_factory=lambda: deque(maxlen=100))
    last_wall_ms: int = 0
    ended: bool = False
    address: str = ""
    own_start: tuple[int, int | None] | None = None
    edition: int = 0
    editions_read: set[tuple[int, str]] = field(default_factory=set)
    fresh: set[str] = field(default_factory=set)
    _running: dict[int, RunRecord] = field(default_factory=dict)

    def apply(self, seq: int, payload: kinds.Payload | Unknown, wall_ms: int, *, texts: bool = True) -> None:
        """Take one event; without `texts` the workspace has its changes already.

        Raises:
            PeerFault: the event does not fit the files.
        """
        if texts:
            apply_event(self.workspace, seq, payload)
        self.events += 1
        self.last_wall_ms = wall_ms
        self.clean = False
        if isinstance(payload, kinds.Submitted):
            self.handed_in = seq
        if isinstance(payload, kinds.MessageSent):
            self.sent.append(Sent(seq, wall_ms, payload.text, payload.about == "problem"))
        if isinstance(payload, kinds.Edit | kinds.Paste):
            self.changed_ms[payload.file] = wall_ms
        self.versions.apply(payload, wall_ms, self.workspace.text)
        for take in (self._about_files, self._about_runs, self._about_session, self._about_people):
            take(payload)

    def _about_files(self, payload: kinds.Payload | Unknown) -> None:
        match payload:
            case kinds.Edit(file=file, changes=changes) if changes:
                self.cursor[file] = changes[-1].at + len(changes[-1].text)
            case kinds.Paste(file=file, at=at, text=text):
                self.cursor[file] = at + len(text)
            case kinds.FileRenamed(file=file, to=to):
                self.cursor[to] = self.cursor.pop(file, 0)
                self.file = to if self.file == file else self.file
            case kinds.FileRemoved(file=file):
                self.cursor.pop(file, None)
                self.file = "" if self.file == file else self.file
            case kinds.Viewed(question=question, file=file):
                self.question, self.file = question, file
                self.fresh.discard(question)
            case _:
                pass

    def _about_runs(self, payload: kinds.Payload | Unknown) -> None:
        match payload:
            case kinds.RunStarted(run=run, question=question, file=file, checks=checks):
                self.runs = max(self.runs, run)
                self.run_counts[question] = self.run_counts.get(question, 0) + (not checks)
                record = RunRecord(run=run, question=question, file=file, checks=checks)
                self._running[run] = self.last_runs[question] = record
            case kinds.RunOutput(run=run, text=text) | kinds.RunInput(run=run, text=text, how="console"):
                if run in self._running:
                    self._running[run].output = (self._running[run].output + text)[-CONSOLE_CHARS:]
            case kinds.RunEnded(run=run):
                ended = self._running.pop(run, None)
                if ended is not None:
                    ended.reason, ended.seconds, ended.exit_code = payload.reason, payload.seconds, payload.exit_code
                    ended.error, ended.line, ended.figures = payload.error, payload.line, payload.figures
                    if not ended.checks:
                        failed = bool(payload.error) or payload.reason != "exit"
                        self.last_ends[ended.question] = "failed" if failed else "ran"
            case _:
                pass

    def _about_session(self, payload: kinds.Payload | Unknown) -> None:
        match payload:
            case kinds.Started():
                self.starts += 1
            case kinds.Drawn(questions=questions, draws=draws):
                if self.drawn and draws == self.draws:
                    self.fresh.update(set(questions) - set(self.drawn))
                self.drawn, self.draws = questions, draws
            case kinds.Unlocked(starts_ms=int(starts), ends_ms=ends):
                self.own_start = (starts, ends)
            case kinds.StandingApplied(revision=revision):
                self.revision = max(self.revision, revision)
            case kinds.Submitted(why=why):
                self.submitted = why
            case kinds.Reopened(by=by):
                self.submitted = ""
                self.reopened_by_staff += by == "staff"
            case kinds.Stopped(why=why):
                self.clean = True
                self.ended = why == "ended"
            case _:
                pass

    def _about_people(self, payload: kinds.Payload | Unknown) -> None:
        match payload:
            case kinds.DeviceChanged(what="address", value=value):
                self.address = value
            case kinds.HonorAccepted(honor_sha256=honor, recorded_sha256=recorded):
                self.honor, self.affirmed = True, (honor, recorded)
            case kinds.HandRaised(up=up):
                self.hand = up
            case kinds.NoteWritten(text=text):
                self.notes, self.noted = text, True
            case kinds.EditionTaken(number=number):
                self.edition = max(self.edition, number)
            case kinds.EditionRead(number=number, question=question):
                self.editions_read.add((number, question))
            case kinds.MessageSeen(number=number, how=how):
                (self.read if how == "read" else self.delivered).add(number)
            case _:
                pass
