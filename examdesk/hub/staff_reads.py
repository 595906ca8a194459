"""What staff read through the staff API that the hub itself knows: the exam, who is in, the roster, the audit log."""

import json
from collections import Counter
from collections.abc import Callable
from typing import Literal

import msgspec

from examdesk.hub.registry import Journal
from examdesk.hub.services import Services
from examdesk.hub.staff import Caller, Handlers
from examdesk.staffapi import messages as api
from examdesk.store import schema as s
from examdesk.store.rows import RosterRow, SessionRow
from shared.exam.content import QuestionContent, open_content
from shared.exam.document import schedule_of
from shared.exam.sealing import open_sealed
from shared.wire.standing import Standing

MAX_AUDIT = 5000
_PHASES: dict[str, api.Status] = {"waiting": "Waiting", "paused": "Paused", "ended": "Ended", "active": "Working"}


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How the hub is reached now, and where it keeps things."""

    addresses: tuple[str, ...]
    port: int
    advertised: bool
    problem: str
    folder: str
    storage: str


class Reads:
    """Handlers of requests that change nothing."""

    def __init__(self, services: Services, reach: Callable[[], Reach]) -> None:
        self._s = services
        self._reach = reach
        self._questions = _questions(services)

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.GetExam: self.get_exam,
            api.GetLive: self.get_live,
            api.GetRoster: self.get_roster,
            api.GetAudit: self.get_audit,
        }

    async def get_exam(self, _request: api.GetExam, _caller: Caller) -> api.Answer:
        """Return the exam, how to reach it and how it stands."""
        exam, registry, now = self._s.exam, self._s.registry, self._s.clock.wall_ms()
        reach = self._reach()
        schedule = schedule_of(exam)
        rows = list(registry.sessions.values())
        starts = [row.starts_ms for row in rows if row.starts_ms is not None]
        ends = [row.ends_ms for row in rows if row.ends_ms is not None]
        return api.ExamView(
            exam=exam.id.hex(),
            short_name=exam.short_name,
            long_name=exam.long_name,
            course=exam.course,
            room=exam.sections[0].room if len(exam.sections) == 1 else "",
            phase=self._phase(rows, now),
            starts_ms=min(starts) if starts else _ms(schedule.start),
            ends_ms=max(ends) if ends else _ms(schedule.end),
            minutes=schedule.duration,
            room_code=self._s.identity.room_code,
            addresses=reach.addresses,
            port=reach.port,
            fingerprint=self._s.identity.fingerprint.hex(),
            advertised=reach.advertised,
            advertising_problem=reach.problem,
            connected=sum(1 for desk in registry.desks() if desk.online),
            folder=reach.folder,
            sections=self._sections(),
            questions=self._questions,
            hub_ms=now,
            draft=exam.draft,
            storage=reach.storage,
        )

    async def get_live(self, request: api.GetLive, _caller: Caller) -> api.Answer:
        """Return rows of the live table."""
        registry, now = self._s.registry, self._s.clock.wall_ms()
        rows = [self._row(row, now) for row in registry.roster.values()]
        counts = Counter(row.status for row in rows)
        if request.sessions is not None:
            wanted = set(request.sessions)
            rows = [row for row in rows if row.session in wanted]
        held = tuple(
            api.HeldJoin(
                ticket=join.ticket,
                student=join.student,
                name=join.name,
                section=join.section,
                device=join.device_name,
                address=join.address,
                seat=join.seat,
                since_ms=join.since_ms,
                why=join.why,
            )
            for join in registry.joins.values()
            if join.state == "waiting"
        )
        return api.LiveTable(rows=tuple(rows), counts={str(status): count for status, count in counts.items()}, held=held, hub_ms=now)

    async def get_roster(self, _request: api.GetRoster, _caller: Caller) -> api.Answer:
        """Return the roster."""
        registry = self._s.registry
        entries = tuple(
            api.RosterEntry(
                student=row.student,
                name=row.name,
                section=row.section,
                email=row.email,
                seat=row.seat,
                room=row.room,
                tags=tuple(json.loads(row.tags)),
                factor=row.factor,
                extra_minutes=row.extra_minutes,
                joined=row.student in registry.session_of,
                personal_code=row.personal_code,
            )
            for row in registry.roster.values()
        )
        return api.RosterView(entries=entries, sections=self._sections())

    async def get_audit(self, request: api.GetAudit, _caller: Caller) -> api.Answer:
        """Return the newest entries of the audit log."""
        limit = max(1, min(request.limit, MAX_AUDIT))
        query = s.audit.select().where(s.audit.c.exam == self._s.identity.exam)
        with self._s.reader.connect() as connection:
            found = connection.execute(query.order_by(s.audit.c.number.desc()).limit(limit)).all()
        return api.AuditLog(
            entries=tuple(
                api.AuditEntry(
                    number=row.number,
                    at_ms=row.at_ms,
                    who=row.who,
                    role=row.role,
                    address=row.address,
                    what=row.what,
                    detail=row.detail,
                )
                for row in found
            )
        )

    def _row(self, student: RosterRow, now: int) -> api.LiveRow:
        registry = self._s.registry
        session = registry.session_of.get(student.student)
        if session is None:
            return api.LiveRow(
                student=student.student,
                name=student.name,
                section=student.section,
                seat=student.seat,
                provisional=student.provisional,
            )
        row = registry.sessions[session]
        journals = registry.journals_of(session)
        main = registry.main_journal(session)
        standing = standing_of(row)
        return api.LiveRow(
            student=student.student,
            name=student.name,
            section=student.section,
            session=session.hex(),
            status=_status(standing, main, now),
            online=_online(main),
            left_ms=standing.left_ms(now),
            ends_ms=row.ends_ms,
            last_saved_ms=_last_saved(journals),
            events=sum(journal.head_seq + 1 for journal in journals),
            seat=main.row.seat if main is not None else student.seat,
            device=main.row.device_name if main is not None else "",
            devices=len({journal.row.device for journal in journals}),
            provisional=student.provisional,
            review=row.review,  # type: ignore[arg-type]
        )

    def _sections(self) -> tuple[api.SectionView, ...]:
        registry, exam = self._s.registry, self._s.exam
        rooms = {each.name: each.room for each in exam.sections}
        rooms |= {row.name: row.room or rooms.get(row.name, "") for row in registry.sections.values()}
        sizes = Counter(row.section for row in registry.roster.values())
        names = list(dict.fromkeys([*rooms, *sorted(name for name in sizes if name)]))
        return tuple(self._section(name, rooms.get(name, ""), sizes[name]) for name in names)

    def _section(self, name: str, room: str, students: int) -> api.SectionView:
        schedule = schedule_of(self._s.exam, name)
        return api.SectionView(
            name=name, room=room, students=students, starts_ms=_ms(schedule.start), ends_ms=_ms(schedule.end)
        )

    def _phase(self, rows: list[SessionRow], now: int) -> Literal["waiting", "active", "paused", "ended", "mixed"]:
        phases = {standing_of(row).phase(now) for row in rows}
        if not phases:
            return "waiting"
        return phases.pop() if len(phases) == 1 else "mixed"


def standing_of(row: SessionRow) -> Standing:
    """Return what a session's newest standing says."""
    return Standing(
        exam=row.exam.hex(),
        session=row.session.hex(),
        revision=row.revision,
        issued_ms=row.issued_ms,
        starts_ms=row.starts_ms,
        ends_ms=row.ends_ms,
        paused_ms=row.paused_ms,
        ended=row.ended,
        reopened=row.reopened,
        locked=row.locked,
        note=row.note,
    )


def _status(standing: Standing, main: Journal | None, now: int) -> api.Status:
    status = _PHASES[standing.phase(now)]
    return "Offline" if status == "Working" and not _online(main) else status


def _online(main: Journal | None) -> bool:
    return main is not None and main.desk is not None and main.desk.online


def _last_saved(journals: list[Journal]) -> int | None:
    saved = [journal.last_ms for journal in journals if journal.last_ms is not None]
    return max(saved) if saved else None


def _ms(moment: object) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)  # type: ignore[attr-defined]


def _questions(services: Services) -> tuple[api.QuestionView, ...]:
    identity = services.identity
    data = open_sealed(
        services.content.sealed,
        identity.exam,
        identity.content_key,
        lambda signature, message: identity.signing.public.verify(signature, message),
    )
    return tuple(_question(question) for question in open_content(data).questions)


def _question(question: QuestionContent) -> api.QuestionView:
    starters = tuple((file.path, file.data.decode(errors="replace")) for file in question.starter)
    return api.QuestionView(id=question.id, title=question.title, prompt=question.prompt, starters=starters)
