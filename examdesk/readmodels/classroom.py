"""Over the whole class: signals, who handed in, and how far the staff's words got."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from examdesk.evidence.session import SessionFacts
from examdesk.evidence.signals import KINDS, HowCommon
from examdesk.readmodels.audit import INCIDENT
from examdesk.readmodels.live import LiveModel, Online, nobody
from examdesk.readmodels.session import NotThere, is_for, signal_basis, signal_views
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.collected import Collected, collected_at
from examdesk.store.rows import NoticeRow, SessionRow
from shared.ids import ExamId, SessionId

MOST_SIGNALS = 5_000

_BY_WHY: dict[str, api.HandInState] = {"student": "handed in", "collected": "collected", "time": "at time-up"}
_MISSING = ("as it stands", "not handed in", "not joined")


def class_signals(live: LiveModel, request: api.GetSignals) -> api.SignalList:
    """Return a page of the class's signals by time, and how common each kind is."""
    live.fresh()
    common = live.commonness()
    found = sorted(
        (each for session in live.sessions for each in _of_session(live, session, common) if _wanted(each, request)),
        key=lambda each: (each.signal.at_ms, each.session, each.signal.seq),
    )
    start, limit = max(request.start, 0), max(0, min(request.limit, MOST_SIGNALS))
    return api.SignalList(
        signals=tuple(found[start : start + limit]),
        total=len(found),
        kinds=_kinds(live, common),
        students=common.students,
        basis=signal_basis(live),
    )


def _of_session(live: LiveModel, session: SessionId, common: HowCommon) -> Iterator[api.ClassSignal]:
    for view in signal_views(live, session, common):
        yield api.ClassSignal(
            session=session.hex(),
            student=live.sessions[session].student,
            name=live.name_of(session),
            section=live.section_of(session),
            question=view.file.partition("/")[0],
            signal=view,
        )


def _wanted(each: api.ClassSignal, request: api.GetSignals) -> bool:
    return (
        (not request.kinds or each.signal.kind in request.kinds)
        and (not request.sections or each.section in request.sections)
        and (not request.question or each.question == request.question)
    )


def _kinds(live: LiveModel, common: HowCommon) -> tuple[api.KindView, ...]:
    signals = Counter(signal.kind for facts in live.facts.values() for signal in facts.signals())
    return tuple(
        api.KindView(kind=kind, title=about.title, students_with_it=common.having[kind], signals=signals[kind])
        for kind, about in KINDS.items()
        if signals[kind]
    )


# -- handing in


def hand_ins(
    live: LiveModel, reader: Reader, exam: ExamId, online: Online = nobody, *, missing: bool = False
) -> api.HandIns:
    """Return who handed in; with `missing` only those from whom nothing is handed in."""
    live.fresh()
    with reader.connect() as connection:
        marks = collected_at(connection, exam)
    of = {row.student: row for row in live.sessions.values()}
    rows = [
        _hand_in(live, of[student], marks, online)
        if student in of
        else api.HandInRow(student=student, name=person.name, section=person.section, state="not joined")
        for student, person in live.roster.items()
    ]
    rows += [_hand_in(live, row, marks, online) for row in live.sessions.values() if row.student not in live.roster]
    shown = [row for row in rows if not missing or row.state in _MISSING]
    return api.HandIns(rows=tuple(shown), counts=dict(Counter(str(row.state) for row in rows)))


def _hand_in(live: LiveModel, row: SessionRow, marks: dict[SessionId, Collected], online: Online) -> api.HandInRow:
    facts = live.facts[row.session]
    state, at_ms, code = _state(facts, marks.get(row.session))
    saved = [each.last_ms for each in facts.main if each.last_ms is not None]
    return api.HandInRow(
        student=row.student,
        name=live.name_of(row.session),
        section=live.section_of(row.session),
        state=state,
        session=row.session.hex(),
        at_ms=at_ms,
        online=online(row.session),
        events=facts.events,
        last_saved_ms=max(saved, default=None),
        code=code,
    )


def _state(facts: SessionFacts, mark: Collected | None) -> tuple[api.HandInState, int | None, str]:
    """Return state, time and code; a hand-in of the desk's own counts before what staff noted meanwhile."""
    handed_in = facts.handed_in
    if handed_in is not None:
        return _BY_WHY[handed_in.why], handed_in.at_ms, ""
    if mark is not None:
        return "as it stands", mark.at_ms, mark.code
    return "not handed in", None, ""


# -- what was said


def notices(live: LiveModel) -> api.NoticeList:
    """Return everything that staff wrote, with how far it got."""
    live.fresh()
    return api.NoticeList(notices=tuple(_notice(live, row) for row in live.notices))


def delivery(live: LiveModel, number: int, online: Online = nobody) -> api.Delivery:
    """Return whom a notice reached; raises `NotThere`."""
    live.fresh()
    row = next((each for each in live.notices if each.number == number), None)
    if row is None:
        raise NotThere("There is no such message. Refresh the list.")
    rows = tuple(
        api.DeliveryRow(
            session=session.hex(),
            student=live.sessions[session].student,
            name=live.name_of(session),
            section=live.section_of(session),
            online=online(session),
            delivered_ms=seen[0],
            read_ms=seen[1],
        )
        for session in _addressed(live, row)
        for seen in [_seen(live.facts[session], number)]
    )
    return api.Delivery(notice=_notice(live, row), rows=rows)


def _addressed(live: LiveModel, row: NoticeRow) -> Iterable[SessionId]:
    return [session for session in live.sessions if is_for(row, session, live.section_of(session))]


def _seen(facts: SessionFacts, number: int) -> tuple[int | None, int | None]:
    """Return when a notice was shown first and read first, on any PC of the session."""
    seen = [each.notices[number] for each in facts.main if number in each.notices]
    shown = [each.delivered_ms for each in seen if each.delivered_ms is not None]
    read = [each.read_ms for each in seen if each.read_ms is not None]
    return min(shown, default=None), min(read, default=None)


def _notice(live: LiveModel, row: NoticeRow) -> api.NoticeView:
    seen = [_seen(live.facts[session], row.number) for session in _addressed(live, row)]
    return api.NoticeView(
        number=row.number,
        at_ms=row.at_ms,
        kind=row.kind,
        sender=row.sender,
        text=row.text,
        question=row.question,
        sections=tuple(json.loads(row.sections)),
        sessions=tuple(json.loads(row.sessions)),
        students=len(seen),
        delivered=sum(shown is not None or read is not None for shown, read in seen),
        read=sum(read is not None for _, read in seen),
    )


# -- incidents


def incident_detail(session: str, text: str) -> str:
    """Return how an incident stands in the audit log."""
    return f"session {session}: {text}" if session else f"exam: {text}"


def incidents(reader: Reader, exam: ExamId, session: str = "") -> api.IncidentList:
    """Return what was written down, oldest first; of one session, or everything."""
    c = s.audit.c
    query = sa.select(c.number, c.at_ms, c.who, c.detail).where(c.exam == exam, c.what == INCIDENT).order_by(c.number)
    with reader.connect() as connection:
        found = [_incident(*row) for row in connection.execute(query)]
    return api.IncidentList(incidents=tuple(each for each in found if not session or each.session == session))


def _incident(number: int, at_ms: int, who: str, detail: str) -> api.IncidentView:
    about, _, text = detail.partition(": ")
    return api.IncidentView(
        number=number,
        at_ms=at_ms,
        who=who,
        session=about.removeprefix("session ") if about != "exam" else "",
        text=text,
    )
