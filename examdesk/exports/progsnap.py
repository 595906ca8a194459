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

import msgspec

from examdesk.evidence.moments import HubTime
from examdesk.evidence.session import main_line
from examdesk.exports.pages import Pages
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
    *("ClientTimestamp", "ClientTimezone", "ServerTimestamp", "ServerTimezone"),
    *("CourseID", "CourseSectionID", "AssignmentID", "ProblemID", "Attempt", "SessionID", "ParentEventID"),
    *("EventInitiator", "CodeStateSection", "DestinationCodeStateSection", "EditType", "SourceLocation"),
    *("InsertText", "DeleteText", "ResourceID", "ExecutionID", "ExecutionResult"),
    *("ProgramInput", "ProgramOutput", "ProgramErrorOutput"),
    *("InterventionCategory", "InterventionType", "InterventionMessage"),
)
METADATA = (
    ("Version", "1.0"),
    ("IsEventOrderingConsistent", "true"),
    ("EventOrderScope", "Restricted"),
    ("EventOrderScopeColumns", "SubjectID"),
    ("CodeStateRepresentation", "Keystroke"),
    ("ProgramInputLinkTable", "false"),
)
README = """\
# {title}

A ProgSnap2 v1.0 dataset that ExamDesk made from its event logs.

- `CodeStateRepresentation` is `Keystroke`: a text after a `File.Edit` is `s[:i] + InsertText + s[i + len(DeleteText):]`
  with `i` = `SourceLocation`, counted in Unicode code points, for each `SubjectID` and `CodeStateSection`. A file
  begins empty at its `File.Create`; what it came with is its first `File.Edit`.
- `Order` counts within a `SubjectID`. `ServerTimestamp` is the hub's clock, `ClientTimestamp` the PC's own.
- {outside}
- Cells are as they are, also where a spreadsheet would take one for a formula: read them with a program.
- `LinkTables/Subject.csv` has each subject's section; `LinkTables/Problem.csv` the titles of the problems.
- Own event types begin with `X-` and name the kind of ExamDesk's event, such as `X-Focus`: docs/protocol.md lists them.
"""
_WITHOUT = f"Text that was pasted from outside the editor is left out: each of its characters stands as `{LEFT_OUT}`."
_WITH = "Text that was pasted from outside the editor is in it."
_RESULTS = {"time": "Timeout"}
_EDIT_TYPES = {"undo": "Undo", "redo": "Redo", "tool": "GenericEdit", "revert": "Reset"}
_NOT_OWN = frozenset({Origin.OUTSIDE, Origin.MOVED})
_UTC = "+0000"
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
    readme.write_text(
        README.format(title=pages.exam.long_name, outside=_WITH if outside else _WITHOUT), encoding="utf-8"
    )
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
        if ended.reason != "exit":
            return _RESULTS.get(ended.reason, "Error")
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
        self._notices = {notice.number: notice.text for notice in pages.notices}
        self._common: Row = [""] * len(COLUMNS)
        _put(
            self._common,
            SubjectID=session.student,
            SessionID=session.session.hex(),
            CourseID=pages.exam.course,
            CourseSectionID=section,
            AssignmentID=pages.exam_id.hex(),
            ToolInstances="ExamDesk",
            ClientTimezone=_UTC,
            ServerTimezone=_UTC,
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
            self._files.apply(FileDeleted(file, 0))
            self._waiting.append(self._gone(file))
        clock = HubTime()
        for page in self._pages.entry_pages(journal):
            kept = [self._pages.shown(entry) for entry in page if unpack_header(entry.header).seq <= last]
            yield [(entry, clock) for entry in kept]

    def _gone(self, file: str) -> Row:
        return self._row("File.Delete", CodeStateSection=file, EventInitiator="ToolReaction")

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
        make = self._MAKERS.get(type(payload), _Subject._other)
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
                self._files.apply(change)
                yield self._row("File.Delete", CodeStateSection=file, EventInitiator="UserDirectAction")
            case FileRenamed(file, _, to):
                self._files.apply(change)
                yield self._row(
                    "File.Rename",
                    CodeStateSection=file,
                    DestinationCodeStateSection=to,
                    EventInitiator="UserDirectAction",
                )

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
            **({} if payload.checks else {"Attempt": self._attempts[question]}),
            ExecutionID=payload.run,
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
            _put(run.row, ProgramInput=run.read, ProgramOutput=run.wrote, ProgramErrorOutput=run.errors)

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
        if payload.how == "delivered":
            yield self._row(
                "Intervention",
                InterventionCategory="Other",
                InterventionType="X-Notice",
                InterventionMessage=self._notices.get(payload.number, ""),
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

    _MAKERS: ClassVar[dict[type, Callable[["_Subject", Any], Iterator[Row]]]] = {
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
    return moment.removesuffix("+00:00")


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
