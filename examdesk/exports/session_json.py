"""`sessions/<student>.json`: one session as a document for programs, of the shape that `session_schema` declares."""

from pathlib import Path

import msgspec

from examdesk.evidence.facts import Run
from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.signals import ENGINE, KINDS, HowCommon
from examdesk.exports.gathering import Gathered, Gathering, RecordCheck, edition_reads, tags_of, version_offsets
from examdesk.exports.session_schema import (
    CreditPart,
    EditionPart,
    ExamPart,
    IncidentPart,
    JournalPart,
    MessagePart,
    RecordPart,
    ReviewPart,
    RunPart,
    SessionDocument,
    SignalPart,
    StudentPart,
    TimesPart,
)
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, file_name
from examdesk.readmodels.derived import given_digest
from examdesk.readmodels.session import is_for
from examdesk.store.rows import NoticeRow

FOLDER = "sessions"


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
