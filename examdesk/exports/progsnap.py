"""`progsnap2/`: the class as a ProgSnap2 v1.0 dataset, in its `Keystroke` representation of code.

Every change of a text is a `File.Edit`: with `s` the text of its `CodeStateSection` before it and `i` its
`SourceLocation` in code points, the text after it is `s[:i] + InsertText + s[i + len(DeleteText):]`. A file begins
empty at its `File.Create`. Rows are in the order of `Order` for each `SubjectID`.

Text that was copied outside the editor is left out unless asked for: each of its characters but line ends stands as
`□`, wherever it goes, so that every offset holds and the replay comes to the same text but for those characters.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import quote

import msgspec

from examdesk.evidence.moments import HubTime
from examdesk.evidence.session import main_line
from examdesk.exports.pages import Pages
from examdesk.exports.progsnap_readme import readme_of
from examdesk.exports.tables import write_table
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort
from examdesk.store.rows import JournalRow, SessionRow
from shared.events import Unknown, decode, kinds
from shared.log.entry import Entry, Header, unpack_header
from shared.problems import PeerFault
from shared.text import Edit, FileCreated, FileDeleted, FileEdited, FileRenamed, Origin, Workspace
from shared.text.blocks import Runs
from shared.text.edits import Change
from shared.text.replay import changes_of

FOLDER = "progsnap2"
LEFT_OUT = "\u25a1"
COLUMNS = (
    *("EventType", "EventID", "Order", "SubjectID", "ToolInstances", "CodeStateID"),
    *("ClientTimestamp", "ServerTimestamp"),
    *("CourseID", "CourseSectionID", "AssignmentID", "ProblemID", "Attempt", "SessionID", "IsFabricatedEvent"),
    *("EventInitiator", "CodeStateSection", "DestinationCodeStateSection", "EditType", "SourceLocation"),
    *("InsertText", "DeleteText", "ResourceID", "ExecutionID", "TestID", "ExecutionResult"),
    *("ProgramInput", "ProgramOutput", "ProgramErrorOutput"),
    *("InterventionCategory", "InterventionType", "InterventionMessage"),
)
METADATA = (
    ("Version", "1.0"),
    ("IsEventOrderingConsistent", "true"),
    ("EventOrderScope", "Restricted"),
    ("EventOrderScopeColumns", "SubjectID"),
    ("CodeStateRepresentation", "Keystroke"),
    ("ProgramInputLinkTable", ""),
)
_INTERRUPTED = frozenset({"time", "stopped"})
_EDIT_TYPES = {"undo": "Undo", "redo": "Redo", "tool": "GenericEdit", "revert": "Reset"}
_NOT_OWN = frozenset({Origin.OUTSIDE, Origin.MOVED})
_ZONE = Zone(UTC)

_PLACE = {name: place for place, name in enumerate(COLUMNS)}
_ORIGIN_ONLY = 0
"""Which event text came with does not matter here: in its place one number, so that neighbours of an origin merge."""

Row = list[object]


def write_progsnap(
    pages: Pages, questions: Iterable[tuple[str, str]], folder: Path, effort: Effort, *, outside: bool
) -> list[Path]:
    """Write the dataset into `folder` and return its files; `questions` are ids and titles.

    `outside`: text that was pasted from outside the session is in it.
    """
    target = folder / FOLDER
    links = target / "LinkTables"
    links.mkdir(parents=True)
    readme = target / "README.md"
    kept = [kind for kind in kinds.KINDS.values() if kind not in _Subject.MAKERS]
    readme.write_text(readme_of(pages.exam.long_name, kept, LEFT_OUT, outside=outside), encoding="utf-8")
    sections = {row.student: row.section for row in pages.roster}
    subjects = [(row.student, sections.get(row.student, "")) for row in pages.sessions]
    exam = pages.exam_id.hex()
    main = target / "MainTable.csv"
    with main.open("w", encoding="utf-8", newline="", errors="replace") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for number, session in enumerate(pages.sessions, 1):
            effort.step(0, "writing the ProgSnap2 dataset")
            who = (number, sections.get(session.student, ""))
            table.writerows(_Subject(pages, session, who, outside=outside).rows(effort))
    return [
        main,
        write_table(target / "DatasetMetadata.csv", ("Property", "Value"), METADATA, excel=False),
        write_table(links / "Subject.csv", ("SubjectID", "X-CourseSectionID"), subjects, excel=False),
        write_table(
            links / "Problem.csv",
            ("AssignmentID", "ProblemID", "X-Title"),
            [(exam, question, title) for question, title in questions],
            excel=False,
        ),
        readme,
    ]


def masked(text: str, runs: Runs) -> str:
    """Return a text with what came from outside left out; `runs` are its (length, origin, event)."""
    parts, at = [], 0
    for length, origin, _ in runs:
        part = text[at : at + length]
        parts.append(left_out(part) if origin is Origin.OUTSIDE else part)
        at += length
    return "".join(parts)


def left_out(text: str) -> str:
    """Return as many signs as a text has characters; line ends stay."""
    return "".join(letter if letter == "\n" else LEFT_OUT for letter in text)


class _Run(msgspec.Struct):
    """A run whose row waits for its end."""

    row: Row
    read: str = ""
    wrote: str = ""
    errors: str = ""

    def result(self, ended: kinds.RunEnded) -> str:
        """Return how it ended, in ProgSnap2's words."""
        if ended.reason in _INTERRUPTED:
            return "Timeout"
        if ended.exit_code == 0:
            return "Success"
        return "TestFailed" if self.row[_PLACE["EventType"]] == "Run.Test" else "Error"


class _Subject:
    """The rows of one session, along the journals that it went on in."""

    def __init__(self, pages: Pages, session: SessionRow, who: tuple[int, str], *, outside: bool) -> None:
        """`who` is the session's number in the dataset and its section."""
        self._number, section = who
        self._pages = pages
        self._session = session
        self._outside = outside
        self._files = Workspace()
        self._order = 0
        self._state = 0
        self._attempts: dict[str, int] = {}
        self._running: dict[int, _Run] = {}
        self._waiting: list[Row] = []
        self._header: Header
        self._notices = {notice.number: notice for notice in pages.notices}
        self._common: Row = [""] * len(COLUMNS)
        _put(
            self._common,
            SubjectID=session.student,
            SessionID=session.session.hex(),
            CourseID=pages.exam.course,
            CourseSectionID=section,
            AssignmentID=pages.exam_id.hex(),
            ToolInstances="ExamDesk",
        )

    def rows(self, effort: Effort) -> Iterator[Row]:
        """Yield all rows; those after a run's start wait for its end, which they follow."""
        journals = {row.journal: row for row in self._pages.journals_of(self._session.session)}
        line = main_line(journals, self._session.journal)
        for place, journal in enumerate(line):
            last = line[place + 1].parent_seq if place + 1 < len(line) else journal.head_seq
            for page in self._journal(journal, last):
                for entry, clock in page:
                    self._waiting += self._event(entry, clock)
                    if not self._running:
                        yield from self._flush()
                effort.step(len(page))
            for number in list(self._running):
                self._finish(number)
            yield from self._flush()

    def _flush(self) -> Iterator[Row]:
        yield from self._waiting
        self._waiting.clear()

    def _journal(self, journal: JournalRow, last: int) -> Iterator[list[tuple[Entry, HubTime]]]:
        for file in self._files.files:
            self._waiting += self._gone(file, "ToolReaction")
            self._files.apply(FileDeleted(file, 0))
        clock = HubTime()
        for page in self._pages.entry_pages(journal):
            kept = [self._pages.shown(entry) for entry in page if unpack_header(entry.header).seq <= last]
            yield [(entry, clock) for entry in kept]

    def _gone(self, file: str, initiator: str) -> Iterator[Row]:
        yield from self._refilled(file, self._whole(file), "", "Delete")
        yield self._row("File.Delete", CodeStateSection=file, EventInitiator=initiator)

    def _whole(self, file: str) -> str:
        """Return all of a file as it is shown."""
        return self._slice(file, 0, self._files.model(file).length)

    def _refilled(self, file: str, removed: str, inserted: str, edit_type: str) -> Iterator[Row]:
        """Yield the edit, which nobody made, by which a file's text goes or comes as a whole."""
        if removed or inserted:
            self._state += 1
            yield self._row(
                "File.Edit",
                CodeStateSection=file,
                EditType=edit_type,
                EventInitiator="ToolReaction",
                SourceLocation=0,
                InsertText=inserted,
                DeleteText=removed,
                IsFabricatedEvent="true",
            )

    def _event(self, entry: Entry, clock: HubTime) -> Iterator[Row]:
        self._header = unpack_header(entry.header)
        try:
            payload = None if entry.payload is None else decode(self._header.kind, entry.payload)
        except PeerFault:
            payload = None
        if isinstance(payload, kinds.StandingApplied | kinds.Slept):
            clock.anchor(self._header, payload.offset_ms)
        _put(
            self._common, ClientTimestamp=_moment(self._header.wall_ms), ServerTimestamp=_moment(clock.at(self._header))
        )
        make = self.MAKERS.get(type(payload), _Subject._other)
        try:
            yield from make(self, payload)
        except PeerFault:
            yield self._row("X-Misfit")

    # -- texts

    def _text(self, payload: kinds.Payload) -> Iterator[Row]:
        for change in changes_of(_ORIGIN_ONLY, payload, self._files):
            yield from self._change(self._known(change, payload), payload)

    def _known(self, change: Change, payload: kinds.Payload) -> Change:
        """Return a change with its origin as far as it is known: restored text keeps what it had before."""
        if not isinstance(payload, kinds.FileCreated) or payload.origin != "restored":
            return change
        known = self._files.source_of(payload.text, payload.file) is not None
        origin = Origin.MOVED if known else Origin.OUTSIDE
        if isinstance(change, FileCreated):
            return msgspec.structs.replace(change, origin=origin)
        assert isinstance(change, FileEdited)
        return msgspec.structs.replace(change, edit=msgspec.structs.replace(change.edit, origin=origin))

    def _change(self, change: Change, payload: kinds.Payload) -> Iterator[Row]:
        match change:
            case FileCreated(file):
                self._files.apply(change)
                yield self._row("File.Create", CodeStateSection=file, EventInitiator=_initiator(payload))
                if change.text:
                    yield self._edited(file, Edit(0, 0, change.text, change.origin, change.seq), "", payload)
            case FileEdited(file, edit):
                removed = self._slice(file, edit.offset, edit.removed)
                self._files.apply(change)
                yield self._edited(file, edit, removed, payload)
            case FileDeleted(file):
                yield from self._gone(file, "UserDirectAction")
                self._files.apply(change)
            case FileRenamed(file, _, to):
                text = self._whole(file)
                self._files.apply(change)
                yield from self._refilled(file, text, "", "Move")
                yield self._row(
                    "File.Rename",
                    CodeStateSection=file,
                    DestinationCodeStateSection=to,
                    EventInitiator="UserDirectAction",
                )
                yield from self._refilled(to, "", text, "Move")

    def _slice(self, file: str, offset: int, length: int) -> str:
        """Return a stretch of a file as it is shown."""
        if not length:
            return ""
        text, runs = self._files.model(file).blocks.slice(offset, offset + length)
        return text if self._outside else masked(text, runs)

    def _inserted(self, file: str, edit: Edit) -> str:
        """Return inserted text as it is shown; where text that moved came from stands in the file now."""
        if self._outside or edit.origin not in _NOT_OWN:
            return edit.inserted
        return self._slice(file, edit.offset, len(edit.inserted))

    def _edited(self, file: str, edit: Edit, removed: str, payload: kinds.Payload) -> Row:
        self._state += 1
        inserted = self._inserted(file, edit)
        return self._row(
            "File.Edit",
            CodeStateSection=file,
            EditType=_edit_type(payload, inserted, removed),
            EventInitiator=_initiator(payload),
            SourceLocation=edit.offset,
            InsertText=inserted,
            DeleteText=removed,
        )

    # -- runs

    def _run_started(self, payload: kinds.RunStarted) -> Iterator[Row]:
        question = payload.question
        if not payload.checks:
            self._attempts[question] = self._attempts.get(question, 0) + 1
        self._finish(payload.run)
        row = self._row(
            "Run.Test" if payload.checks else "Run.Program",
            CodeStateSection=payload.file,
            ProblemID=question,
            **({"TestID": f"{question}/checks"} if payload.checks else {"Attempt": self._attempts[question]}),
            ExecutionID=f"{self._number}-run-{self._order + 1}",
            ExecutionResult="Timeout",  # unless it comes to an end that is known
            EventInitiator="UserDirectAction",
        )
        self._running[payload.run] = _Run(row)
        yield row

    def _run_output(self, payload: kinds.RunOutput) -> Iterator[Row]:
        run = self._running.get(payload.run)
        if run is not None and payload.stream == "out":
            run.wrote += payload.text
        elif run is not None:
            run.errors += payload.text
        yield from ()

    def _run_input(self, payload: kinds.RunInput) -> Iterator[Row]:
        run = self._running.get(payload.run)
        if run is not None and payload.how == "console":
            run.read += payload.text
        yield from ()

    def _run_ended(self, payload: kinds.RunEnded) -> Iterator[Row]:
        run = self._running.get(payload.run)
        if run is not None:
            _put(run.row, ExecutionResult=run.result(payload))
        self._finish(payload.run)
        yield from ()

    def _finish(self, number: int) -> None:
        run = self._running.pop(number, None)
        if run is not None:
            said = {"ProgramInput": run.read, "ProgramOutput": run.wrote, "ProgramErrorOutput": run.errors}
            _put(run.row, **{name: _url(text) for name, text in said.items()})

    # -- the rest

    def _started(self, payload: kinds.Started) -> Iterator[Row]:
        _put(self._common, ToolInstances=f"ExamDesk {payload.app}; Python {payload.python}")
        yield self._row("Session.Start", EventInitiator="UserDirectAction")

    def _stopped(self, _payload: kinds.Stopped) -> Iterator[Row]:
        yield self._row("Session.End", EventInitiator="UserDirectAction")

    def _submitted(self, payload: kinds.Submitted) -> Iterator[Row]:
        initiator = {"student": "UserDirectAction", "time": "ToolTimedEvent"}.get(payload.why, "InstructorDirectAction")
        for file in sorted(payload.files) or [""]:
            yield self._row("Submit", CodeStateSection=file, EventInitiator=initiator)

    def _viewed(self, payload: kinds.Viewed) -> Iterator[Row]:
        if payload.file:
            file = payload.file if "/" in payload.file else f"{payload.question}/{payload.file}"
            yield self._row("File.Focus", CodeStateSection=file, EventInitiator="UserDirectAction")
        else:
            yield self._row(
                "Resource.View",
                ResourceID=payload.question,
                ProblemID=payload.question,
                EventInitiator="UserDirectAction",
            )

    def _message(self, payload: kinds.MessageSeen) -> Iterator[Row]:
        notice = self._notices.get(payload.number)
        if payload.how != "delivered":
            return
        if notice is None or not notice.text:
            yield from self._other(payload)
            return
        yield self._row(
            "Intervention",
            InterventionCategory="X-Notice",
            InterventionType=notice.kind,
            InterventionMessage=notice.text,
            EventInitiator="InstructorDirectAction",
        )

    def _other(self, payload: kinds.Payload | Unknown | None) -> Iterator[Row]:
        name = "Erased" if payload is None else type(payload).__name__
        yield self._row(f"X-{name}", ProblemID=getattr(payload, "question", ""))

    def _row(self, event_type: str, **cells: object) -> Row:
        self._order += 1
        row = self._common.copy()
        _put(
            row,
            EventType=event_type,
            EventID=f"{self._number}-{self._order}",
            Order=self._order,
            CodeStateID=f"{self._number}-{self._state}",
            ProblemID=str(cells.get("CodeStateSection", "")).partition("/")[0],
        )
        _put(row, **cells)
        return row

    MAKERS: ClassVar[dict[type, Callable[["_Subject", Any], Iterator[Row]]]] = {
        kinds.Edit: _text,
        kinds.Paste: _text,
        kinds.FileCreated: _text,
        kinds.FileRemoved: _text,
        kinds.FileRenamed: _text,
        kinds.RunStarted: _run_started,
        kinds.RunOutput: _run_output,
        kinds.RunInput: _run_input,
        kinds.RunEnded: _run_ended,
        kinds.Started: _started,
        kinds.Stopped: _stopped,
        kinds.Submitted: _submitted,
        kinds.Viewed: _viewed,
        kinds.MessageSeen: _message,
    }


def _put(row: Row, **cells: object) -> None:
    """Put cells into a row by the names of their columns."""
    for name, cell in cells.items():
        row[_PLACE[name]] = cell


def _moment(ms: int) -> str:
    moment = _ZONE.iso(ms)
    assert moment is not None
    return moment


def _url(text: str) -> str:
    """Return a text as a URL that holds it, as ProgSnap2 asks for one; nothing for nothing."""
    return f"data:text/plain;charset=utf-8,{quote(text, errors='replace')}" if text else ""


def _initiator(payload: kinds.Payload) -> str:
    if isinstance(payload, kinds.FileCreated) and payload.origin != "student":
        return "ToolReaction"
    if isinstance(payload, kinds.Edit) and payload.how == "tool":
        return "ToolReaction"
    return "UserDirectAction"


def _edit_type(payload: kinds.Payload, inserted: str, removed: str) -> str:
    match payload:
        case kinds.Paste():
            return "Paste"
        case kinds.FileCreated(origin=origin) if origin != "student":
            return "GenericEdit"
        case kinds.Edit(how=how) if how in _EDIT_TYPES:
            return _EDIT_TYPES[how]
        case _:
            return "Replace" if inserted and removed else "Delete" if removed else "Insert"
