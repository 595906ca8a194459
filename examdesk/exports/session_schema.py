"""The document of one session for programs, field by field; published as docs/schemas/session.schema.json."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from examdesk.exports.schema_parts import schema_parts
from examdesk.staffapi.messages import ReviewStatus, Status

SCHEMA_ID = "urn:examdesk:schema:session:1"
Moment = Annotated[
    str,
    Meta(
        pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}(\+|-)\d\d:\d\d$",
        description="ISO 8601 with the zone, by the hub's clock.",
    ),
]
HexId = Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the document."""


class ExamPart(Part, frozen=True, kw_only=True):
    """Which exam it was."""

    id: HexId
    short_name: str
    long_name: str
    course: str


class StudentPart(Part, frozen=True, kw_only=True):
    """Who sat it; `provisional`: not on the class list that was imported."""

    id: str
    name: str
    section: str
    email: str
    tags: list[str]
    provisional: bool


class TimesPart(Part, frozen=True, kw_only=True):
    """When things began and ended; null where they did not happen."""

    joined: Moment
    starts: Moment | None
    ends: Moment | None
    first_event: Moment | None
    last_event: Moment | None
    handed_in: Moment | None
    handed_in_by: Literal["student", "time", "collected"] | None


class RecordPart(Part, frozen=True, kw_only=True):
    """Whether the journal's record holds (chain, signatures, receipts), and up to which event receipts cover it."""

    holds: bool
    receipted_up_to: int
    erased_events: int
    sentence: str


class JournalPart(Part, frozen=True, kw_only=True):
    """One device's journal. `role`: `main` is the line that the session went along; side branches are never merged."""

    id: HexId
    role: Literal["main", "side branch"]
    device: str
    seat: str
    address: str
    system: str
    sandbox: str
    parent: HexId | None
    parent_seq: int | None
    state: str
    opened: Moment
    events: int
    head_link: str
    """The chain's link after the newest event, which was read for all that is derived here."""
    record: RecordPart


class RunPart(Part, frozen=True, kw_only=True):
    """One execution; `version` is the number of the code that ran, `output` is cut in the middle where it is long.

    With `checks` it was the checks that the exam shows, over the question's files.
    """

    run: int
    journal: HexId
    seq: int
    at: Moment
    question: str
    file: str
    version: int
    seconds: float | None
    reason: str
    exit_code: int | None
    error: str
    line: int | None
    output: str
    isolation: str
    checks: bool


class VersionPart(Part, frozen=True, kw_only=True):
    """The code as it stood at a run, a save, a hand-in or a checkpoint."""

    number: int
    journal: HexId
    seq: int
    at: Moment
    why: str
    files: dict[str, str]


class EditionPart(Part, frozen=True, kw_only=True):
    """An edition of the exam that held at a desk from an event on; its texts are in the bundle, by its number.

    `changed` are the student's questions whose text it changed, `replaced` and `kept` starter files that became the
    new ones or stayed, `read` when the student had read what it changed, by question ("" is the exam as a whole).
    """

    number: int
    journal: HexId
    seq: int
    at: Moment
    changed: list[str]
    replaced: list[str]
    kept: list[str]
    read: dict[str, Moment]


class SignalPart(Part, frozen=True, kw_only=True):
    """Something that a person may want to look at; never a verdict. `students_with_it` is how common it was here."""

    kind: str
    title: str
    explanation: str
    journal: HexId
    seq: int
    at: Moment
    amount: float
    unit: str
    file: str
    students_with_it: int
    students: int
    parameters: dict[str, int]
    """The exam's thresholds that a signal of this kind depends on."""


class MessagePart(Part, frozen=True, kw_only=True):
    """A message, both ways; for those of the staff, when the desk showed it and when it was read."""

    number: int
    at: Moment
    sender: str
    text: str
    kind: str
    from_student: bool
    delivered: Moment | None
    read: Moment | None


class IncidentPart(Part, frozen=True, kw_only=True):
    """What staff wrote down about the room; `about` says whether it was about this session or the whole exam."""

    at: Moment
    who: str
    text: str
    about: Literal["session", "exam"]


class CreditPart(Part, frozen=True, kw_only=True):
    """What staff decided about time that was lost: seconds that they gave (0: none), and how much was proposed."""

    at: Moment
    who: str
    seconds: int
    proposed: int
    reason: str


class ReviewPart(Part, frozen=True, kw_only=True):
    """One step of the review; `status` is the one that holds after it, `whom` who is to review after `assigned`."""

    at: Moment
    who: str
    step: Literal["status", "note", "assigned", "asked", "confirmed"]
    status: ReviewStatus
    note: str
    whom: str


class SessionDocument(Part, frozen=True, kw_only=True):
    """One session of one student, as ExamDesk kept it. Signals are evidence for a person to weigh, not findings."""

    format: Literal[1]
    made: Moment
    signals_engine: str
    signals_given_sha256: str
    exam: ExamPart
    student: StudentPart
    session: HexId
    joined_by: str
    status: Status
    times: TimesPart
    receipt_code: str
    questions: list[str]
    editions: list[EditionPart]
    journals: list[JournalPart]
    files: dict[str, str]
    runs: list[RunPart]
    versions: list[VersionPart]
    signals: list[SignalPart]
    messages: list[MessagePart]
    incidents: list[IncidentPart]
    credits: list[CreditPart]
    notes: str
    review: ReviewStatus
    reviewer: str
    escalation_asked_by: str
    review_history: list[ReviewPart]


def schema() -> dict[str, Any]:
    """Return the JSON Schema of the document."""
    (found,), components = schema_parts([SessionDocument])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A session of ExamDesk",
        **found,
        "$defs": components,
    }
