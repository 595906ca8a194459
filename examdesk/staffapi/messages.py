"""Requests, answers and pushes of the staff API: msgpack, typed, each request naming the permission that it needs.

A connection sends `Ask(number, request)` and gets `Told(number, answer)`; pushes come as `Changed`. The first request
is `SignIn`. Sessions and journals are named by their id in hexadecimal; times are ms of the hub's wall clock since 1970
UTC; texts use code-point offsets. Roster entries that never joined have a row with an empty session id and are named
by `student`.
"""

from typing import ClassVar, Generic, Literal, TypeVar

import msgspec

from examdesk.staffapi.permissions import Permission, Role

A = TypeVar("A")

Status = Literal["Not joined", "Waiting", "Working", "Idle", "Offline", "Paused", "Submitted", "Ended"]
ReviewStatus = Literal["Not reviewed", "Reviewed", "Needs follow-up", "Escalated", "Cleared"]
SIMILARITY_WORDS = (
    "Similarity evidence highlights code pairs that may deserve human review. "
    "It does not automatically accuse students or make misconduct decisions."
)


class Value(msgspec.Struct, frozen=True, kw_only=True):
    """A part of an answer."""


class Answer(Value, frozen=True, kw_only=True, tag=True):
    """What the hub answers."""


class Request(msgspec.Struct, Generic[A], frozen=True, kw_only=True, tag=True):
    """What staff ask; the type parameter is the answer that comes."""

    NEEDS: ClassVar[Permission | None] = None


class Done(Answer, frozen=True, kw_only=True):
    """It is done; `sentence` says what, for the screen."""

    sentence: str = ""


class Failed(Answer, frozen=True, kw_only=True):
    """It was not done; nothing changed. Codes: not-signed-in, not-allowed, not-found, refused, trouble."""

    code: str
    sentence: str


class Target(Value, frozen=True, kw_only=True):
    """Whom a command is for: everybody by default, or sections, or sessions."""

    sections: tuple[str, ...] = ()
    sessions: tuple[str, ...] = ()


# ---------------------------------------------------------------------------------------------- signing in


class SignedIn(Answer, frozen=True, kw_only=True):
    """Who you are to this hub, and what you may do."""

    name: str
    role: Role
    permissions: tuple[Permission, ...]
    hub_ms: int


class SignIn(Request[SignedIn], frozen=True, kw_only=True):
    """Show the token that the hub gave out; `name` is who sits there, for the audit log."""

    token: str
    name: str


# ---------------------------------------------------------------------------------------------- the exam


class SectionView(Value, frozen=True, kw_only=True):
    """A section and where it is."""

    name: str
    room: str = ""
    students: int = 0
    starts_ms: int | None = None
    ends_ms: int | None = None


class QuestionView(Value, frozen=True, kw_only=True):
    """A question as staff read it."""

    id: str
    title: str
    prompt: str
    starters: tuple[tuple[str, str], ...] = ()
    """(file name, text) of the starter files."""


ExamPhase = Literal["waiting", "active", "paused", "ended", "mixed"]


class ExamView(Answer, frozen=True, kw_only=True):
    """The exam that this hub serves, how to reach it and how it stands."""

    exam: str
    short_name: str
    long_name: str
    course: str
    room: str
    phase: ExamPhase
    starts_ms: int | None
    ends_ms: int | None
    minutes: int | None
    room_code: str
    addresses: tuple[str, ...]
    port: int
    fingerprint: str
    advertised: bool
    advertising_problem: str
    connected: int
    folder: str
    sections: tuple[SectionView, ...]
    questions: tuple[QuestionView, ...]
    hub_ms: int
    draft: bool = False
    storage: str = ""
    """Where the records are, in words."""
    approval: Literal["off", "unlisted", "all"] = "off"
    """Who waits for a person before being let in."""


class GetExam(Request[ExamView], frozen=True, kw_only=True):
    """Ask for the exam."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH


# ---------------------------------------------------------------------------------------------- the live table


class LiveRow(Value, frozen=True, kw_only=True):
    """One student in the live table (product.md 5)."""

    student: str
    name: str
    section: str
    session: str = ""
    status: Status = "Not joined"
    online: bool = False
    left_ms: int | None = None
    ends_ms: int | None = None
    last_saved_ms: int | None = None
    events: int = 0
    runs: int = 0
    failed_runs: int = 0
    versions: int = 0
    signals: int = 0
    review: ReviewStatus = "Not reviewed"
    hand: bool = False
    hand_ms: int | None = None
    question: str = ""
    seat: str = ""
    device: str = ""
    devices: int = 0
    provisional: bool = False
    skew_ms: int = 0
    unread: int = 0
    """Messages of this student that nobody answered."""
    problem: str = ""
    """Why this row is not complete, in words; the others are not affected."""


class HeldJoin(Value, frozen=True, kw_only=True):
    """Somebody waits to be let in."""

    ticket: str
    student: str
    name: str
    section: str
    device: str
    address: str
    seat: str
    since_ms: int
    why: str


class LiveTable(Answer, frozen=True, kw_only=True):
    """Rows of the live table; `counts` are over all students, by status."""

    rows: tuple[LiveRow, ...]
    counts: dict[str, int]
    held: tuple[HeldJoin, ...]
    hub_ms: int


class GetLive(Request[LiveTable], frozen=True, kw_only=True):
    """Ask for the rows of these sessions, or of everybody."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    sessions: tuple[str, ...] | None = None


class Series(Answer, frozen=True, kw_only=True):
    """Figures over time: one point per `step_ms` from `start_ms` on. `status` maps a status to its counts."""

    start_ms: int
    step_ms: int
    runs: tuple[int, ...]
    status: dict[str, tuple[int, ...]]


class GetSeries(Request[Series], frozen=True, kw_only=True):
    """Ask for session status and code runs over time."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH


# ---------------------------------------------------------------------------------------------- one session


class JournalView(Value, frozen=True, kw_only=True):
    """One device's journal within a session."""

    journal: str
    device: str
    events: int
    first_ms: int | None
    last_ms: int | None
    role: Literal["main", "earlier", "side branch"]
    parent: str = ""
    verified: bool = True


class SignalView(Value, frozen=True, kw_only=True):
    """Something that a person may want to look at, with its explanation; never a verdict."""

    kind: str
    title: str
    explanation: str
    journal: str
    seq: int
    at_ms: int
    amount: float
    unit: str
    file: str = ""
    students_with_it: int = 0
    students: int = 0


class RunView(Value, frozen=True, kw_only=True):
    """One execution."""

    run: int
    journal: str
    seq: int
    at_ms: int
    question: str
    file: str
    seconds: float | None
    reason: str
    exit_code: int | None
    error: str
    output: str
    version: int


class FileView(Value, frozen=True, kw_only=True):
    """A file of the workspace as the hub has it now."""

    file: str
    question: str
    length: int
    changed_ms: int | None


class MessageView(Value, frozen=True, kw_only=True):
    """A message between staff and a student, both ways."""

    number: int
    at_ms: int
    sender: str
    text: str
    kind: str
    from_student: bool
    delivered_ms: int | None = None
    read_ms: int | None = None


class SessionView(Answer, frozen=True, kw_only=True):
    """One session, all that its side panel needs."""

    row: LiveRow
    joined_ms: int | None
    by: str
    journals: tuple[JournalView, ...]
    files: tuple[FileView, ...]
    signals: tuple[SignalView, ...]
    messages: tuple[MessageView, ...]
    receipt_code: str
    submitted_ms: int | None
    sandbox: str
    platform: str


class GetSession(Request[SessionView], frozen=True, kw_only=True):
    """Open a session; the view is audited."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str


class RunList(Answer, frozen=True, kw_only=True):
    """The runs of a session, oldest first."""

    runs: tuple[RunView, ...]


class GetRuns(Request[RunList], frozen=True, kw_only=True):
    """Ask for the runs of a session."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str


class TextView(Answer, frozen=True, kw_only=True):
    """A file's text at a moment. `spans` are (length, origin number of shared.text.Origin), in order."""

    file: str
    text: str
    spans: tuple[tuple[int, int], ...]
    journal: str
    seq: int


class GetText(Request[TextView], frozen=True, kw_only=True):
    """Ask for a file's text now, or after an event of a journal."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    file: str
    journal: str = ""
    seq: int | None = None


class EventView(Value, frozen=True, kw_only=True):
    """One event in words; `payload` is its JSON as written."""

    journal: str
    seq: int
    kind: str
    at_ms: int
    summary: str
    payload: str


class EventList(Answer, frozen=True, kw_only=True):
    """A page of events, oldest first; `total` counts all of the session."""

    events: tuple[EventView, ...]
    total: int


class GetEvents(Request[EventList], frozen=True, kw_only=True):
    """Ask for a page of events; `kinds` filters by name."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_CODE
    session: str
    start: int = 0
    limit: int = 500
    kinds: tuple[str, ...] = ()


class ClassSignal(Value, frozen=True, kw_only=True):
    """A signal, and in whose session it is."""

    session: str
    student: str
    name: str
    section: str
    question: str
    """The question of the signal's file, empty where it has none."""
    signal: SignalView


class KindView(Value, frozen=True, kw_only=True):
    """A kind of signal and how common it is: in how many sessions of the class, how often in all."""

    kind: str
    title: str
    students_with_it: int
    signals: int


class SignalList(Answer, frozen=True, kw_only=True):
    """A page of the class's signals by time, never by person; `total` counts all that the filter lets through.

    `kinds` counts over the whole class, whatever the filter says; `students` is how many sessions there are.
    """

    signals: tuple[ClassSignal, ...]
    total: int
    kinds: tuple[KindView, ...]
    students: int


class GetSignals(Request[SignalList], frozen=True, kw_only=True):
    """Ask for the signals of the class; what is empty filters nothing."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    kinds: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    question: str = ""
    start: int = 0
    limit: int = 500


# ---------------------------------------------------------------------------------------------- handing in

HandInState = Literal["handed in", "collected", "at time-up", "as it stands", "not handed in", "not joined"]


class HandInRow(Value, frozen=True, kw_only=True):
    """Whether a student's work is handed in: by the student, by the desk (collected, time-up), or by staff.

    `as it stands`: staff collected while the desk could not; `code` is the receipt code of that state of the journal.
    """

    student: str
    name: str
    section: str
    state: HandInState
    session: str = ""
    at_ms: int | None = None
    online: bool = False
    events: int = 0
    last_saved_ms: int | None = None
    code: str = ""


class HandIns(Answer, frozen=True, kw_only=True):
    """Rows in the roster's order; `counts` are over all students, by state."""

    rows: tuple[HandInRow, ...]
    counts: dict[str, int]


class GetHandIns(Request[HandIns], frozen=True, kw_only=True):
    """Ask who handed in; with `missing` only for those from whom nothing is handed in."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    missing: bool = False


# ---------------------------------------------------------------------------------------------- what was said


class NoticeView(Value, frozen=True, kw_only=True):
    """Something that staff wrote, and how far it got. No section and no session means everybody."""

    number: int
    at_ms: int
    kind: str
    sender: str
    text: str
    question: str
    sections: tuple[str, ...]
    sessions: tuple[str, ...]
    students: int
    delivered: int
    read: int


class NoticeList(Answer, frozen=True, kw_only=True):
    """Everything that staff wrote, oldest first."""

    notices: tuple[NoticeView, ...]


class GetNotices(Request[NoticeList], frozen=True, kw_only=True):
    """Ask what staff wrote, and how many students it reached."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE


class DeliveryRow(Value, frozen=True, kw_only=True):
    """When a notice was shown at a student's desk, and when it was read; None for not yet."""

    session: str
    student: str
    name: str
    section: str
    online: bool
    delivered_ms: int | None
    read_ms: int | None


class Delivery(Answer, frozen=True, kw_only=True):
    """How far a notice got, one row per student that it is for, as the desks' signed events say."""

    notice: NoticeView
    rows: tuple[DeliveryRow, ...]


class GetDelivery(Request[Delivery], frozen=True, kw_only=True):
    """Ask whom a notice reached."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    number: int


# ---------------------------------------------------------------------------------------------- similarity


class PairView(Value, frozen=True, kw_only=True):
    """Two sessions and how alike their code is: Jaccard over normalized Python token 5-grams, and the rank figure."""

    a: str
    b: str
    a_name: str
    b_name: str
    jaccard: float
    rank: float | None
    shared_lines: int
    too_short: bool = False


class SimilarityView(Answer, frozen=True, kw_only=True):
    """Pairs, the most alike first, and where the class lies: quantiles of the plain measure, 0 to 100 %."""

    pairs: tuple[PairView, ...]
    programs: int
    all_pairs: int
    quantiles: tuple[float, ...]
    question: str
    computed_ms: int
    words: str = SIMILARITY_WORDS


class GetSimilarity(Request[SimilarityView], frozen=True, kw_only=True):
    """Compare the class as it stands, one question or all together."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    question: str = ""
    limit: int = 500


class SideBySide(Answer, frozen=True, kw_only=True):
    """The two texts and the regions (start_a, end_a, start_b, end_b) in which they match."""

    a_name: str
    b_name: str
    a_text: str
    b_text: str
    regions: tuple[tuple[int, int, int, int], ...]
    jaccard: float
    rank: float | None
    words: str = SIMILARITY_WORDS


class GetSideBySide(Request[SideBySide], frozen=True, kw_only=True):
    """Look at one pair."""

    NEEDS: ClassVar[Permission | None] = Permission.READ_EVIDENCE
    a: str
    b: str
    question: str = ""


# ---------------------------------------------------------------------------------------------- commands


class Command(Request[Done], frozen=True, kw_only=True):
    """A change; the same `command` id twice has one effect."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    command: str


class Open(Command, frozen=True, kw_only=True):
    """Open the exam for these students, now or at a time."""

    target: Target = Target()
    at_ms: int | None = None


class End(Command, frozen=True, kw_only=True):
    """End it for these students; their last keystrokes are kept."""

    target: Target = Target()


class Extend(Command, frozen=True, kw_only=True):
    """Give more (or, negative, less) time; extensions add up."""

    seconds: int
    target: Target = Target()


class Pause(Command, frozen=True, kw_only=True):
    """Stop or restart the clock of these students; the time of the pause is given back."""

    paused: bool
    target: Target = Target()


class Reopen(Command, frozen=True, kw_only=True):
    """Let these students go on after they handed in."""

    target: Target


class Lock(Command, frozen=True, kw_only=True):
    """Keep these students from working, or no longer; their time runs on."""

    locked: bool
    target: Target


class Collect(Command, frozen=True, kw_only=True):
    """End it for these students and take every work: desks hand in what they have, others' count as they stand."""

    target: Target = Target()


class Say(Command, frozen=True, kw_only=True):
    """Write to these students; without a kind it is a message to sessions, and otherwise an announcement."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    text: str
    target: Target = Target()
    kind: Literal["", "message", "announcement", "correction"] = ""
    question: str = ""
    """The question that it is about, empty for none."""


class AddIncident(Command, frozen=True, kw_only=True):
    """Write down what happened in the room, of one session or of the exam; it can't be changed afterwards."""

    text: str
    session: str = ""


class IncidentView(Value, frozen=True, kw_only=True):
    """What somebody wrote down; `session` is empty where it is about the exam."""

    number: int
    at_ms: int
    who: str
    session: str
    text: str


class IncidentList(Answer, frozen=True, kw_only=True):
    """Incidents, oldest first."""

    incidents: tuple[IncidentView, ...]


class GetIncidents(Request[IncidentList], frozen=True, kw_only=True):
    """Ask what was written down, of one session or of everything."""

    NEEDS: ClassVar[Permission | None] = Permission.CONTROL
    session: str = ""


AnyTiming = Open | End | Extend | Pause | Reopen | Lock


class TimesRow(Value, frozen=True, kw_only=True):
    """A student's times now and after a change; the same where the change is not for this student."""

    session: str
    student: str
    name: str
    section: str
    starts_ms: int | None
    ends_ms: int | None
    paused: bool
    ended: bool
    new_starts_ms: int | None
    new_ends_ms: int | None
    new_paused: bool
    new_ended: bool
    changes: bool


class Times(Answer, frozen=True, kw_only=True):
    """Everybody's times, in the order of joining; `changed` is how many a change would touch."""

    rows: tuple[TimesRow, ...]
    changed: int
    hub_ms: int


class GetTimes(Request[Times], frozen=True, kw_only=True):
    """Ask for everybody's times, and what a command would make of them; nothing is done. Its id is not looked at."""

    NEEDS: ClassVar[Permission | None] = Permission.WATCH
    change: AnyTiming | None = None


class LowerHand(Command, frozen=True, kw_only=True):
    """Take a raised hand off the queue: somebody went there."""

    NEEDS: ClassVar[Permission | None] = Permission.MESSAGE
    session: str


class Decide(Command, frozen=True, kw_only=True):
    """Let somebody in who waits, or not."""

    NEEDS: ClassVar[Permission | None] = Permission.ADMIT
    ticket: str
    admit: bool
    seat: str = ""


Approval = Literal["off", "unlisted", "all"]


class SetDoor(Command, frozen=True, kw_only=True):
    """Who waits for a person before being let in from now on; without `approval` it is as the exam's file says.

    Who is in stays in, and whose PC restarts comes back by itself.
    """

    NEEDS: ClassVar[Permission | None] = Permission.ADMIT
    approval: Approval | None = None


class SetReview(Command, frozen=True, kw_only=True):
    """Set a session's review status, with a note."""

    NEEDS: ClassVar[Permission | None] = Permission.REVIEW
    session: str
    status: ReviewStatus
    note: str = ""


# ---------------------------------------------------------------------------------------------- sections and roster


class RosterEntry(Value, frozen=True, kw_only=True):
    """A person on the roster."""

    student: str
    name: str
    section: str = ""
    email: str = ""
    seat: str = ""
    room: str = ""
    tags: tuple[str, ...] = ()
    factor: float = 1.0
    extra_minutes: int = 0
    joined: bool = False
    personal_code: str = ""


class RosterView(Answer, frozen=True, kw_only=True):
    """The roster as it stands."""

    entries: tuple[RosterEntry, ...]
    sections: tuple[SectionView, ...]


class GetRoster(Request[RosterView], frozen=True, kw_only=True):
    """Ask for the roster."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER


class RosterRow(Value, frozen=True, kw_only=True):
    """A line of an imported file and what would come of it."""

    line: int
    student: str
    name: str
    section: str
    outcome: Literal["added", "changed", "unchanged", "doubtful", "refused"]
    sentence: str = ""
    email: str = ""


class RosterPreview(Answer, frozen=True, kw_only=True):
    """What an import would do; nothing is done yet. `columns` maps our fields to the file's headings."""

    preview: str
    rows: tuple[RosterRow, ...]
    columns: tuple[tuple[str, str], ...]
    warnings: tuple[str, ...]
    counts: dict[str, int]


class PreviewRoster(Request[RosterPreview], frozen=True, kw_only=True):
    """Read a roster file (CSV or XLSX, at most 8 MiB) and say what it would change."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    file_name: str
    data: bytes


class ApplyRoster(Command, frozen=True, kw_only=True):
    """Do what a preview showed; doubtful rows only if `with_doubtful`."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    preview: str
    with_doubtful: bool = False


class PutStudent(Command, frozen=True, kw_only=True):
    """Add one student, or change the one with this id."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    student: str
    name: str
    section: str = ""
    factor: float = 1.0
    extra_minutes: int = 0


class RemoveStudent(Command, frozen=True, kw_only=True):
    """Take somebody off the roster who has not joined; whose work is here stays."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    student: str


class PutSection(Command, frozen=True, kw_only=True):
    """Add a section, or change the one with this name."""

    NEEDS: ClassVar[Permission | None] = Permission.ROSTER
    name: str
    room: str = ""


# ---------------------------------------------------------------------------------------------- records


class Job(Answer, frozen=True, kw_only=True):
    """Work that takes longer: how far it is (0 to 1), and its files (name, bytes) once it is done."""

    job: str
    done: bool
    share: float
    sentence: str
    failed: bool = False
    files: tuple[tuple[str, int], ...] = ()


ExportKind = Literal[
    "sessions",
    "events",
    "workbook",
    "report",
    "bundle",
    "report-pdf",
    "student-pdfs",
    "summary",
    "submissions",
    "canvas",
    "moodle",
    "progsnap",
]


class StartExport(Request[Job], frozen=True, kw_only=True):
    """Make these exports at the hub."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    what: tuple[ExportKind, ...] = ("sessions", "events", "workbook", "report", "bundle")


class GetJob(Request[Job], frozen=True, kw_only=True):
    """Ask how far a job is."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str


class CancelJob(Request[Done], frozen=True, kw_only=True):
    """Stop a job; no half file stays."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str


class FilePiece(Answer, frozen=True, kw_only=True):
    """A piece of a file; empty at its end."""

    data: bytes


class GetFile(Request[FilePiece], frozen=True, kw_only=True):
    """Fetch a piece of a finished job's file."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    job: str
    name: str
    offset: int


class Imported(Answer, frozen=True, kw_only=True):
    """What a bundle brought: per student a sentence."""

    sentences: tuple[str, ...]
    new_events: int


class ImportBundle(Request[Imported], frozen=True, kw_only=True):
    """Hand in a bundle from a stick, in pieces in order; the last one carries `last`."""

    NEEDS: ClassVar[Permission | None] = Permission.EXPORT
    upload: str
    data: bytes
    last: bool


class AuditEntry(Value, frozen=True, kw_only=True):
    """Who did what, when, from where."""

    number: int
    at_ms: int
    who: str
    role: str
    address: str
    what: str
    detail: str


class AuditLog(Answer, frozen=True, kw_only=True):
    """Entries, newest first."""

    entries: tuple[AuditEntry, ...]


class GetAudit(Request[AuditLog], frozen=True, kw_only=True):
    """Read the audit log."""

    NEEDS: ClassVar[Permission | None] = Permission.AUDIT
    limit: int = 200


# ---------------------------------------------------------------------------------------------- frames


class Ask(msgspec.Struct, frozen=True, array_like=True):
    """A request on the wire."""

    number: int
    request: "AnyRequest"


class Told(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """An answer on the wire."""

    number: int
    answer: "AnyAnswer"


class Changed(msgspec.Struct, frozen=True, array_like=True, tag=True):
    """A push: what changed since the last one. Ask again for just these; topics: exam, roster, held, audit."""

    sessions: tuple[str, ...]
    topics: tuple[str, ...] = ()


AnyRequest = (
    SignIn
    | GetExam
    | GetLive
    | GetSeries
    | GetSession
    | GetRuns
    | GetText
    | GetEvents
    | GetSimilarity
    | GetSideBySide
    | Open
    | End
    | Extend
    | Pause
    | Reopen
    | Say
    | LowerHand
    | Decide
    | SetReview
    | GetRoster
    | PreviewRoster
    | ApplyRoster
    | PutStudent
    | PutSection
    | StartExport
    | GetJob
    | CancelJob
    | GetFile
    | ImportBundle
    | GetAudit
    | GetSignals
    | GetHandIns
    | GetNotices
    | GetDelivery
    | GetTimes
    | GetIncidents
    | Lock
    | Collect
    | AddIncident
    | RemoveStudent
    | SetDoor
)
AnyAnswer = (
    Done
    | Failed
    | SignedIn
    | ExamView
    | LiveTable
    | Series
    | SessionView
    | RunList
    | TextView
    | EventList
    | SimilarityView
    | SideBySide
    | RosterView
    | RosterPreview
    | Job
    | FilePiece
    | Imported
    | AuditLog
    | SignalList
    | HandIns
    | NoticeList
    | Delivery
    | Times
    | IncidentList
)
FromHub = Told | Changed

MAX_MESSAGE_BYTES = 16 * 1024 * 1024
_encoder = msgspec.msgpack.Encoder()
_asks: msgspec.msgpack.Decoder[Ask] = msgspec.msgpack.Decoder(Ask)
_tolds: msgspec.msgpack.Decoder[FromHub] = msgspec.msgpack.Decoder(FromHub)


def encode(message: Ask | FromHub) -> bytes:
    """Return a message's bytes."""
    return _encoder.encode(message)


def decode_ask(data: bytes) -> Ask:
    """Read a request; raises msgspec.DecodeError."""
    return _asks.decode(data)


def decode_from_hub(data: bytes) -> FromHub:
    """Read an answer or a push; raises msgspec.DecodeError."""
    return _tolds.decode(data)
