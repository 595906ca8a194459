"""The ledger of lost time of the class, from the facts, what staff did with clocks, and the hub's contacts."""

from collections.abc import Iterable, Mapping, Sequence

from examdesk.evidence.lost_time import Lost, Stop, WorkingTime, lost_time, proposal_s
from examdesk.readmodels.live import LiveModel
from examdesk.readmodels.session import NotThere
from examdesk.readmodels.status import standing_of
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from examdesk.store.contacts import contacts_of
from examdesk.store.credits import Decision, decisions_of
from shared.ids import ExamId, JournalId, SessionId

Stops = Mapping[SessionId, Sequence[Stop]]


def ledger(
    live: LiveModel, reader: Reader, exam: ExamId, stops: Stops, request: api.GetLedger, *, now_ms: int
) -> api.Ledger:
    """Return what was lost, one row per student who lost something; raises `NotThere`."""
    live.fresh()
    wanted = [session for session in live.sessions if not request.session or session.hex() == request.session]
    if request.session and not wanted:
        raise NotThere("This session does not exist.")
    with reader.connect() as connection:
        heard = {journal: [each.heard_ms for each in found] for journal, found in contacts_of(connection, exam).items()}
        decided = decisions_of(connection, exam)
    rows = [
        _row(live, session, (stops.get(session, ()), heard, decided.get(session, [])), now_ms) for session in wanted
    ]
    rows = [row for row in rows if request.session or row.items or row.credits]
    return api.Ledger(rows=tuple(sorted(rows, key=lambda row: (row.name.casefold(), row.student))), hub_ms=now_ms)


def _row(
    live: LiveModel,
    session: SessionId,
    known: tuple[Sequence[Stop], Mapping[JournalId, Sequence[int]], Sequence[Decision]],
    now_ms: int,
) -> api.LedgerRow:
    stops, heard, decisions = known
    row, facts = live.sessions[session], live.facts[session]
    credited = sum(each.seconds for each in decisions)
    times = WorkingTime(starts_ms=row.starts_ms, ends_ms=row.ends_ms)
    found = lost_time(facts, times, stops, heard, now_ms, credited_ms=credited * 1000)
    given = {item for each in decisions if each.seconds for item in each.items}
    declined = {item for each in decisions if not each.seconds for item in each.items} - given
    return api.LedgerRow(
        session=session.hex(),
        student=row.student,
        name=live.name_of(session),
        section=live.section_of(session),
        items=tuple(_item(each, given, declined) for each in found),
        credits=tuple(
            api.CreditView(at_ms=d.at_ms, who=d.who, seconds=d.seconds, proposed=d.proposed, reason=d.reason)
            for d in decisions
        ),
        lost=_seconds(each for each in found if not each.given_back),
        given_back=_seconds(each for each in found if each.given_back),
        credited=credited,
        proposed=proposal_s(found, given | declined),
        ends_ms=row.ends_ms,
        over=facts.handed_in is not None or standing_of(row).phase(now_ms) == "ended",
    )


def _item(lost: Lost, given: set[str], declined: set[str]) -> api.LostItem:
    if lost.given_back:
        state: api.LostState = "given back"
    elif lost.key in given:
        state = "credited"
    else:
        state = "declined" if lost.key in declined else "open"
    return api.LostItem(
        key=lost.key,
        kind=lost.kind,
        start_ms=lost.start_ms,
        end_ms=lost.end_ms,
        seconds=round(lost.ms / 1000),
        explanation=lost.explanation,
        state=state,
        proposed=lost.proposed,
        journal=lost.journal,
        seq=lost.seq,
    )


def _seconds(lost: Iterable[Lost]) -> int:
    return round(sum(each.ms for each in lost) / 1000)
