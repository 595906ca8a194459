"""What staff read through the staff API that the hub itself knows: the exam, who is in, the roster, the audit log."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from examdesk.hub.control.phases import exam_phase
from examdesk.hub.services import Services
from examdesk.hub.staff.door import Caller, Handler, Handlers, Reply
from examdesk.hub.staff.openings import opening_views
from examdesk.hub.view import View
from examdesk.readmodels import Answers
from examdesk.readmodels.answers import Heard
from examdesk.readmodels.exam import question_views
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import allows
from examdesk.store.rows import JoinRow
from shared.exam.content import Content
from shared.exam.document import schedule_of


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """How the hub is reached now, and where it keeps things."""

    addresses: tuple[str, ...]
    port: int
    advertised: bool
    problem: str
    folder: str
    storage: str
    alerts: tuple[str, ...] = ()
    taken_over: str = ""


class Reads:
    """Handlers of requests that change nothing."""

    def __init__(self, services: Services, view: View, reach: Callable[[], Reach]) -> None:
        self._s = services
        self._view = view
        self._reach = reach
        self._of: Content | None = None
        self._views: tuple[api.QuestionView, ...] = ()

    def _questions(self) -> tuple[api.QuestionView, ...]:
        """Return the questions as they are now; an edition may have changed them."""
        if self._of is not self._view.content:
            self._of, self._views = self._view.content, question_views(self._view.content)
        return self._views

    def handlers(self) -> Handlers:
        """Return who answers which request."""
        return {
            api.GetExam: self.get_exam,
            api.GetLive: self.get_live,
            api.GetSeries: self._from_view(Answers.series),
            api.GetSession: self.get_session,
            api.GetRuns: self._from_view(Answers.runs),
            api.GetText: self._from_view(Answers.text),
            api.GetEvents: self._from_view(Answers.events),
            api.GetPlayback: self._from_view(Answers.playback),
            api.GetGivenTexts: self._from_view(Answers.given_texts),
            api.GetSimilarity: self.get_similarity,
            api.GetSideBySide: self.get_side_by_side,
            api.GetRoster: self.get_roster,
            api.GetAudit: self._from_view(Answers.audit),
            api.GetSignals: self._from_view(Answers.signals),
            api.GetHandIns: self._from_view(Answers.hand_ins),
            api.GetNotices: self._from_view(Answers.notices),
            api.GetDelivery: self._from_view(Answers.delivery),
            api.GetIncidents: self._from_view(Answers.incidents),
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
            phase=exam_phase(self._s, now),
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
            questions=self._questions(),
            hub_ms=now,
            draft=exam.draft,
            storage=reach.storage,
            alerts=reach.alerts,
            taken_over=reach.taken_over,
            approval=msgspec.convert(registry.approval or exam.admission.approval, api.Approval),
            codes=exam.admission.codes,
            rehearsed=self._s.rehearsed,
            openings=opening_views(registry),
        )

    async def get_live(self, request: api.GetLive, caller: Caller) -> Reply:
        """Return rows of the live table; how reviews stand only to those who review."""
        held = tuple(_held(join) for join in self._s.registry.joins.values() if join.state == "waiting")
        heard = self._heard(request.sessions)
        return await self._view.relay(Answers.table, request, held, heard, reviews=_reviews(caller))

    async def get_session(self, request: api.GetSession, caller: Caller) -> Reply:
        """Return one session; how its review stands only to those who review, signals to those who see evidence."""
        signals = allows(caller.role, api.GetSignals.NEEDS)
        return await self._view.relay(Answers.session, request, reviews=_reviews(caller), signals=signals)

    def _heard(self, wanted: Sequence[str] | None) -> dict[str, Heard]:
        """Return what only the connections know: when a desk was last heard, and what it said of its disk."""
        registry = self._s.registry
        rows = registry.sessions.values() if wanted is None else map(registry.session_called, wanted)
        known = [(row.session, registry.main_journal(row.session)) for row in rows if row is not None]
        return {session.hex(): (journal.heard_ms, journal.free_mb) for session, journal in known if journal is not None}

    async def get_similarity(self, request: api.GetSimilarity, _caller: Caller) -> Reply:
        """Compare the class."""
        return await self._view.compare(request)

    async def get_side_by_side(self, request: api.GetSideBySide, _caller: Caller) -> Reply:
        """Look at one pair."""
        return await self._view.side_by_side(request)

    def _from_view(self, question: Callable[[Answers, Any], api.Answer]) -> Handler:
        async def answer(request: Any, _caller: Caller) -> Reply:
            return await self._view.relay(question, request)

        return answer

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
                provisional=row.provisional,
                session=registry.session_of.get(row.student, b"").hex(),
            )
            for row in registry.roster.values()
        )
        return api.RosterView(entries=entries, sections=self._sections())

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


def _reviews(caller: Caller) -> bool:
    """Whether somebody may know how reviews stand: no more people than those who review."""
    return allows(caller.role, api.GetReviews.NEEDS)


def _held(join: JoinRow) -> api.HeldJoin:
    return api.HeldJoin(
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


def _ms(moment: object) -> int | None:
    return None if moment is None else round(moment.timestamp() * 1000)  # type: ignore[attr-defined]
