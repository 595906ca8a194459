"""What the hub says of one session and signs: its standing, its notices; and what it keeps of a journal that broke."""

import json

import msgspec

from examdesk.hub.services import Services
from examdesk.hub.sessions.registry import Registry, member_of
from examdesk.hub.sessions.standings import Plan, Whom, added_of, draws_of, plan_of
from examdesk.store.rows import EvidenceRow, NoticeRow, SessionRow
from shared.ids import JournalId, SessionId
from shared.sync import hub as sync
from shared.wire.standing import Notice, Standing, sign_notice, sign_standing

GOING_ON_ELSEWHERE = "This exam goes on at another computer. What you did here is kept and handed over."


def standing_for(services: Services, session: SessionRow, *, elsewhere: bool) -> bytes:
    """Return the signed standing of a session; `elsewhere`: for a journal that the session has left."""
    plan = _plan(services, session)
    standing = Standing(
        exam=session.exam.hex(),
        session=session.session.hex(),
        revision=session.revision,
        issued_ms=session.issued_ms,
        starts_ms=session.starts_ms,
        ends_ms=session.ends_ms,
        paused_ms=session.paused_ms,
        ended=session.ended,
        reopened=session.reopened,
        locked=session.locked or elsewhere,
        note=GOING_ON_ELSEWHERE if elsewhere else session.note,
        box=services.identity.box.public.raw.hex(),
        working_ms=plan.working_ms if plan is not None and session.starts_ms is None else None,
        review=plan is not None and plan.review,
        draws=draws_of(session.session.hex(), services.registry.commands),
        added=added_of(
            services.registry.section_of(session.session), session.session.hex(), services.registry.commands
        ),
    )
    return sign_standing(standing, services.identity.signing)


def _plan(services: Services, session: SessionRow) -> Plan | None:
    row = services.registry.find(session.student)
    if row is None:
        return None
    member = member_of(session.session, row, session.joined_ms)
    return plan_of(services.exam, member, services.registry.sections.get(row.section))


def notice_for(services: Services, session: SessionRow, notice: NoticeRow) -> bytes:
    """Return a signed notice as it goes to one session."""
    return sign_notice(
        Notice(
            exam=session.exam.hex(),
            session=session.session.hex(),
            number=notice.number,
            issued_ms=notice.at_ms,
            kind=msgspec.convert(notice.kind, Notice.__annotations__["kind"]),
            text=notice.text,
            sender=notice.sender,
            question=notice.question,
            prompt=notice.prompt,
        ),
        services.identity.signing,
    )


def is_for(notice: NoticeRow, registry: Registry, session: SessionId) -> bool:
    """Tell whether a notice is for this session."""
    whom = Whom(sections=tuple(json.loads(notice.sections)), sessions=tuple(json.loads(notice.sessions)))
    return whom.includes(registry.section_of(session), session.hex())


def evidence_of(services: Services, journal: JournalId, output: sync.Break) -> EvidenceRow:
    """Return what is kept of a journal that can't go on."""
    return EvidenceRow(
        exam=services.identity.exam,
        journal=journal,
        at_ms=services.clock.wall_ms(),
        why=output.why,
        hub_last=output.hub_last,
        desk_last=output.desk_last,
        body=None if output.batch is None else output.batch.body,
        signature=None if output.batch is None else output.batch.signature,
        entries=msgspec.msgpack.encode(output.entries) if output.entries else None,
    )
