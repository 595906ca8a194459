"""`sessions/<student>.json`: one session as a document for programs; its schema is docs/schemas/session.schema.json."""

from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from examdesk.evidence.facts import Run
from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.signals import ENGINE, KINDS, HowCommon
from examdesk.exports.gathering import Gathered, Gathering, RecordCheck, tags_of
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, file_name
from examdesk.readmodels.derived import given_digest
from examdesk.readmodels.session import is_for
from examdesk.staffapi.messages import ReviewStatus, Status
from examdesk.store.rows import NoticeRow

FOLDER = "sessions"
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
    (found,), components = msgspec.json.schema_components([SessionDocument], ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": SCHEMA_ID,
        "title": "A session of ExamDesk",
        **found,
        "$defs": components,
    }


def write_sessions(gathering: Gathering, folder: Path, zone: Zone, effort: Effort) -> list[Path]:
    """Write one file for each session into `folder`/sessions."""
    target = folder / FOLDER
    target.mkdir()
    common = gathering.commonness
    paths = []
    for one in gathering.sessions:
        effort.step(1, "writing the sessions")
        path = target / f"{file_name(one.student)}.json"
        data = msgspec.json.encode(document(gathering, one, common, zone))
        path.write_bytes(msgspec.json.format(data, indent=1) + b"\n")
        paths.append(path)
    return paths


def document(gathering: Gathering, one: Gathered, common: HowCommon, zone: Zone) -> SessionDocument:
    """Return a session's document."""
    exam = gathering.pages.exam
    facts = one.facts
    current = facts.current
    return SessionDocument(
        format=1,
        made=_at(zone, gathering.made_ms),
        signals_engine=ENGINE,
        signals_given_sha256=given_digest(gathering.rules.given),
        exam=ExamPart(id=exam.exam.hex(), short_name=exam.short_name, long_name=exam.long_name, course=exam.course),
        student=_student(one),
        session=one.row.session.hex(),
        joined_by=one.row.joined_by,
        status=one.status,
        times=_times(one, zone),
        receipt_code=one.receipt_code,
        questions=list(current.drawn) if current is not None else [],
        editions=_editions(one, zone),
        journals=[_journal(one, check, zone) for check in one.checks],
        files=facts.texts(),
        runs=_runs(one, zone),
        versions=msgspec.Raw(one.spilled.read_bytes()),  # type: ignore[arg-type] # VersionParts, encoded already
        signals=_signals(gathering, one, common, zone),
        messages=_messages(gathering, one, zone),
        incidents=_incidents(gathering, one, zone),
        credits=_credits(gathering, one, zone),
        notes=next((each.notes for each in reversed(facts.main) if each.notes), ""),
        review=one.row.review,  # type: ignore[arg-type] # SetReview wrote it
        reviewer=one.review.assignee,
        escalation_asked_by=one.review.asked_by,
        review_history=[
            ReviewPart(
                at=_at(zone, step.at_ms),
                who=step.who,
                step=step.step,
                status=step.status,  # type: ignore[arg-type] # SetReview wrote it
                note=step.note,
                whom=step.whom,
            )
            for step in one.reviews
        ],
    )


def _editions(one: Gathered, zone: Zone) -> list[EditionPart]:
    return [
        EditionPart(
            number=held.number,
            journal=facts.journal.hex(),
            seq=held.seq,
            at=_at(zone, held.at_ms),
            changed=list(held.changed),
            replaced=list(held.replaced),
            kept=list(held.kept),
            read={question: _at(zone, ms) for question, ms in edition_reads(one, held.number).items()},
        )
        for facts in one.facts.main
        for held in facts.editions
    ]


def edition_reads(one: Gathered, number: int) -> dict[str, int]:
    """Return when the student had read what an edition changed, by question; "" is the exam as a whole."""
    read: dict[str, int] = {}
    for edition, question, at_ms in (each for facts in one.facts.main for each in facts.edition_reads):
        if edition == number:
            read.setdefault(question, at_ms)
    return read


def _at(zone: Zone, ms: int) -> str:
    moment = zone.iso(ms)
    assert moment is not None
    return moment


def _student(one: Gathered) -> StudentPart:
    person = one.person
    return StudentPart(
        id=one.student,
        name=one.name,
        section=one.section,
        email=person.email if person is not None else "",
        tags=tags_of(person) if person is not None else [],
        provisional=person is None or person.provisional,
    )


def _times(one: Gathered, zone: Zone) -> TimesPart:
    handed_in = one.facts.handed_in
    first = next((facts.first_ms for facts in one.facts.main if facts.first_ms is not None), None)
    return TimesPart(
        joined=_at(zone, one.row.joined_ms),
        starts=zone.iso(one.row.starts_ms),
        ends=zone.iso(one.row.ends_ms),
        first_event=zone.iso(first),
        last_event=zone.iso(one.last_ms),
        handed_in=None if handed_in is None else zone.iso(handed_in.at_ms),
        handed_in_by=None if handed_in is None or not handed_in.why else handed_in.why,
    )


def _journal(one: Gathered, check: RecordCheck, zone: Zone) -> JournalPart:
    row = check.row
    facts = one.facts.journals[row.journal]
    start = facts.starts[-1] if facts.starts else None
    on_line = any(row.journal == each.journal for each in one.facts.line)
    return JournalPart(
        id=row.journal.hex(),
        role="main" if on_line else "side branch",
        device=row.device_name,
        seat=row.seat,
        address=row.address,
        system=start.platform if start is not None else "",
        sandbox=start.sandbox if start is not None else "",
        parent=None if row.parent is None else row.parent.hex(),
        parent_seq=None if row.parent is None else row.parent_seq,
        state=row.state,
        opened=_at(zone, row.opened_ms),
        events=check.events,
        head_link=row.head_link.hex(),
        record=RecordPart(
            holds=check.holds,
            receipted_up_to=check.receipted,
            erased_events=check.erased,
            sentence=check.sentence,
        ),
    )


def version_offsets(one: Gathered) -> dict[str, int]:
    """Return how many versions earlier journals of the line have, by journal: versions count through a session."""
    offsets, before = {}, 0
    for facts in one.facts.main:
        offsets[facts.journal.hex()] = before
        before += len(facts.versions)
    return offsets


def _runs(one: Gathered, zone: Zone) -> list[RunPart]:
    offsets = version_offsets(one)
    return [_run(facts, run, offsets, zone) for facts, run in one.facts.runs]


def _run(facts: JournalFacts, run: Run, offsets: dict[str, int], zone: Zone) -> RunPart:
    journal = facts.journal.hex()
    return RunPart(
        run=run.run,
        journal=journal,
        seq=run.seq,
        at=_at(zone, run.at_ms),
        question=run.question,
        file=run.file,
        version=run.version + offsets[journal],
        seconds=run.seconds,
        reason=run.reason,
        exit_code=run.exit_code,
        error=run.error,
        line=run.line,
        output=run.output,
        isolation=run.grade,
        checks=run.checks,
    )


def _signals(gathering: Gathering, one: Gathered, common: HowCommon, zone: Zone) -> list[SignalPart]:
    return [
        SignalPart(
            kind=signal.kind,
            title=KINDS[signal.kind].title,
            explanation=signal.explanation,
            journal=signal.journal,
            seq=signal.seq,
            at=_at(zone, signal.at_ms),
            amount=signal.amount,
            unit=signal.unit,
            file=signal.file,
            students_with_it=common.having[signal.kind],
            students=common.students,
            parameters=KINDS[signal.kind].parameters(gathering.rules.signals),
        )
        for signal in one.facts.signals()
    ]


def _messages(gathering: Gathering, one: Gathered, zone: Zone) -> list[MessagePart]:
    sent = [
        (
            message.at_ms,
            MessagePart(
                number=message.seq,
                at=_at(zone, message.at_ms),
                sender=one.name,
                text=message.text,
                kind=message.about,
                from_student=True,
                delivered=None,
                read=None,
            ),
        )
        for facts in one.facts.main
        for message in facts.sent
    ]
    sent += [
        (notice.at_ms, _notice(one, notice, zone))
        for notice in gathering.pages.notices
        if is_for(notice, one.row.session, one.section)
    ]
    return [message for _, message in sorted(sent, key=lambda pair: pair[0])]


def _incidents(gathering: Gathering, one: Gathered, zone: Zone) -> list[IncidentPart]:
    return [
        IncidentPart(
            at=_at(zone, each.at_ms), who=each.who, text=each.text, about="session" if each.session else "exam"
        )
        for each in gathering.pages.incidents
        if each.session in ("", one.row.session.hex())
    ]


def _credits(gathering: Gathering, one: Gathered, zone: Zone) -> list[CreditPart]:
    return [
        CreditPart(
            at=_at(zone, each.at_ms), who=each.who, seconds=each.seconds, proposed=each.proposed, reason=each.reason
        )
        for each in gathering.pages.credits.get(one.row.session, [])
    ]


def _notice(one: Gathered, notice: NoticeRow, zone: Zone) -> MessagePart:
    seen = next((facts.notices[notice.number] for facts in one.facts.main if notice.number in facts.notices), None)
    return MessagePart(
        number=notice.number,
        at=_at(zone, notice.at_ms),
        sender=notice.sender,
        text=notice.text,
        kind=notice.kind,
        from_student=False,
        delivered=None if seen is None else zone.iso(seen.delivered_ms),
        read=None if seen is None else zone.iso(seen.read_ms),
    )
