"""What the sample class was told, handed in and had written down about it; and what commands would do to its times."""

from collections import Counter
from collections.abc import Iterable
from typing import Literal

import msgspec

from examdesk.staffapi.messages import (
    AddIncident,
    AuditEntry,
    AuditLog,
    CreditTime,
    CreditView,
    Delivery,
    DeliveryRow,
    Done,
    End,
    Extend,
    GetAudit,
    GetDelivery,
    GetHandIns,
    GetLedger,
    GetTimes,
    HandInRow,
    HandIns,
    HandInState,
    IncidentList,
    IncidentView,
    Ledger,
    LedgerRow,
    LiveRow,
    LostItem,
    LostKind,
    NoticeList,
    NoticeView,
    Open,
    Say,
    TakeBackOpening,
    Times,
    TimesRow,
)
from instructor_app.sample.people import drawn, session_id

MINUTE = 60_000
_RUNNING = ("Working", "Idle", "Offline", "Paused")
_STATES: dict[str, HandInState] = {"Submitted": "handed in", "Not joined": "not joined", "Ended": "at time-up"}


class SampleRoom:
    """Notices, incidents and hand-ins, kept in memory."""

    def __init__(self, start_ms: int, now_ms: int) -> None:
        self._start, self._now = start_ms, now_ms
        self.notices: list[NoticeView] = []
        self.incidents: list[IncidentView] = []
        self._decided: dict[str, tuple[CreditTime, CreditView]] = {}

    def begin(self, rows: list[LiveRow]) -> None:
        """Let an hour have passed."""
        students = sum(bool(row.session) for row in rows)
        notices: tuple[tuple[int, Literal["announcement", "correction"], str, str], ...] = (
            (2, "announcement", "Welcome. Phones are off and in your bags. You have 90 minutes.", ""),
            (17, "correction", "In the second line it must say n, not m.", "q1"),
            (31, "announcement", "The doors of the room stay closed for the last half hour.", ""),
        )
        for minute, kind, text, question in notices:
            ask = Say(command="", text=text, kind=kind, question=question)
            self._write(self._start + minute * MINUTE, ask, students)
        self._note(self._start + 9 * MINUTE, "The power of row C was out for about two minutes.", "")
        for row in [row for row in rows if row.session][5:6]:
            self._note(self._start + 25 * MINUTE, "Felt ill and was outside for ten minutes.", row.session)

    def said(self) -> NoticeList:
        """Return what was written."""
        return NoticeList(notices=tuple(self.notices))

    def say(self, ask: Say, rows: list[LiveRow]) -> Done:
        """Write to students."""
        kind = ask.kind or ("message" if ask.target.sessions else "announcement")
        self._write(self._now, msgspec.structs.replace(ask, kind=kind), len(rows))
        return Done(sentence=f"Sent to {len(rows)} students.")

    def delivery(self, ask: GetDelivery, rows: Iterable[LiveRow]) -> Delivery:
        """Return whom a notice reached."""
        notice = next(each for each in self.notices if each.number == ask.number)
        reached = [row for row in rows if row.session and (not notice.sessions or row.session in notice.sessions)]
        return Delivery(notice=notice, rows=tuple(self._reached(notice, row) for row in reached))

    def hand_ins(self, ask: GetHandIns, rows: list[LiveRow]) -> HandIns:
        """Return who handed in."""
        made = [
            HandInRow(
                student=row.student,
                name=row.name,
                section=row.section,
                state=_STATES.get(row.status, "not handed in"),
                session=row.session,
                at_ms=self._now - 4 * MINUTE if row.status == "Submitted" else None,
                online=row.online,
                events=row.events,
                last_saved_ms=row.last_saved_ms,
            )
            for row in rows
        ]
        counts = Counter(str(row.state) for row in made)
        shown = [row for row in made if not ask.missing or row.state in ("not handed in", "not joined")]
        return HandIns(rows=tuple(shown), counts=dict(counts))

    def ledger(self, ask: GetLedger, rows: Iterable[LiveRow]) -> Ledger:
        """Return what was lost: of every seventh student something, of everybody a pause."""
        found = [self._lost(row, place) for place, row in enumerate(rows) if row.session and place % 7 == 3]
        shown = [row for row in found if not ask.session or row.session == ask.session]
        return Ledger(rows=tuple(sorted(shown, key=lambda row: row.name)), hub_ms=self._now)

    def credit(self, ask: CreditTime, row: LiveRow) -> Done:
        """Decide about lost time."""
        decision = CreditView(
            at_ms=self._now, who="Dr. Sato", seconds=ask.seconds, proposed=ask.seconds, reason=ask.reason
        )
        self._decided[ask.session] = (ask, decision)
        given = f"{row.name} got {ask.seconds // 60} min for the time that was lost."
        return Done(sentence=given if ask.seconds else "Noted: nothing is given for it.")

    def _lost(self, row: LiveRow, place: int) -> LedgerRow:
        decided = self._decided.get(row.session)
        kinds: tuple[tuple[LostKind, int, int, str], ...] = (
            ("alarm", 14, 130, "Paused for everybody by Dr. Sato; the time is given back."),
            ("opened", -4, 180, "Opened by Dr. Sato so late that the closing time takes 3 min of it."),
            ("crash", 26, 95 + place * 4, "The exam program or the PC ended by itself and was back."),
            ("moved", 33, 212, "The session moved to another PC and went on there."),
        )
        items = tuple(
            LostItem(
                key=f"{kind}:{row.session}",
                kind=kind,
                start_ms=self._start + minute * MINUTE,
                end_ms=self._start + minute * MINUTE + seconds * 1000,
                seconds=seconds,
                explanation=words,
                state="given back"
                if kind == "alarm"
                else "open"
                if decided is None
                else "credited"
                if decided[0].seconds
                else "declined",
                proposed=kind != "alarm",
                journal="" if kind in ("alarm", "opened") else "c41f9a" * 5 + "07",
                seq=-1 if kind in ("alarm", "opened") else 120,
            )
            for kind, minute, seconds, words in kinds[: 4 if place % 2 else 3]
        )
        lost = sum(item.seconds for item in items if item.kind != "alarm")
        return LedgerRow(
            session=row.session,
            student=row.student,
            name=row.name,
            section=row.section,
            items=items,
            credits=() if decided is None else (decided[1],),
            lost=lost,
            given_back=130,
            credited=0 if decided is None else decided[0].seconds,
            proposed=0 if decided is not None else -(-lost // 60) * 60,
            ends_ms=row.ends_ms,
            over=row.status in ("Submitted", "Ended"),
        )

    def audit(self, ask: GetAudit) -> AuditLog:
        """Return what staff did."""
        words = ask.text.casefold().split()
        found = [
            entry
            for entry in reversed(_audit(self._start))
            if all(word in f"{entry.who} {entry.what} {entry.detail}".casefold() for word in words)
            and (ask.before is None or entry.number < ask.before)
            and (not ask.session or ask.session in entry.detail)
            and (not ask.kind or entry.what.startswith(_LOOKED) == (ask.kind == "looked"))
        ]
        return AuditLog(entries=tuple(found[: ask.limit]), total=len(_DEEDS))

    def noted(self) -> IncidentList:
        """Return what was written down."""
        return IncidentList(incidents=tuple(self.incidents))

    def note(self, ask: AddIncident) -> Done:
        """Write something down."""
        self._note(self._now, ask.text, ask.session)
        return Done(sentence="Written down, in the audit log.")

    def times(self, ask: GetTimes, rows: list[LiveRow], meant: list[LiveRow]) -> Times:
        """Return what a command would do."""
        reached = {row.session for row in meant}
        made = tuple(self._times(ask, row, row.session in reached) for row in rows if row.session)
        return Times(rows=made, changed=sum(row.changes for row in made), hub_ms=self._now)

    def _times(self, ask: GetTimes, row: LiveRow, meant: bool) -> TimesRow:
        ends, starts = row.ends_ms, self._start if row.status != "Waiting" else None
        change = ask.change
        if meant and isinstance(change, Extend) and ends is not None and row.status in _RUNNING:
            keep = not change.target.sessions if change.keep_ratio is None else change.keep_ratio
            factor = 1.5 if keep and ends - self._start > 100 * MINUTE else 1.0
            ends += round(change.seconds * 1000 * factor)
        elif meant and isinstance(change, Open):
            starts = self._now if change.at_ms is None else change.at_ms
            ends = starts + 90 * MINUTE
        elif meant and isinstance(change, End):
            ends = self._now
        elif isinstance(change, TakeBackOpening) and row.status not in ("Submitted", "Ended"):
            starts = ends = None
        return TimesRow(
            session=row.session,
            student=row.student,
            name=row.name,
            section=row.section,
            starts_ms=self._start if row.status != "Waiting" else None,
            ends_ms=row.ends_ms,
            paused=row.status == "Paused",
            ended=row.status == "Ended",
            new_starts_ms=starts,
            new_ends_ms=ends,
            new_paused=row.status == "Paused",
            new_ended=row.status == "Ended" or isinstance(change, End),
            changes=ends != row.ends_ms,
        )

    def _reached(self, notice: NoticeView, row: LiveRow) -> DeliveryRow:
        late = drawn(f"{row.name} {notice.number}", 240) * 1000
        fresh = notice.at_ms >= self._now
        shown = None if row.status == "Offline" or fresh else notice.at_ms + 300 + late // 400
        read = None if shown is None or drawn(row.name + str(notice.number), 9) == 0 else shown + late
        return DeliveryRow(
            session=row.session,
            student=row.student,
            name=row.name,
            section=row.section,
            online=row.online,
            delivered_ms=shown,
            read_ms=read,
        )

    def _write(self, at_ms: int, ask: Say, students: int) -> None:
        fresh = at_ms >= self._now
        self.notices.append(
            NoticeView(
                number=len(self.notices) + 1,
                at_ms=at_ms,
                kind=ask.kind,
                sender="Dr. Sato",
                text=ask.text,
                question=ask.question,
                sections=ask.target.sections,
                sessions=ask.target.sessions,
                students=students,
                delivered=0 if fresh else max(0, students - 1),
                read=0 if fresh else max(0, students * 8 // 9),
            )
        )

    def _note(self, at_ms: int, text: str, session: str) -> None:
        number = len(self.incidents) + 12
        self.incidents.append(IncidentView(number=number, at_ms=at_ms, who="Dr. Sato", session=session, text=text))


_LOOKED = ("looked", "played back", "exported")
_DEEDS: tuple[tuple[int, str, str, str, str, tuple[str, ...]], ...] = (
    (-6, "Dr. Sato", "instructor", "signed in", "", ()),
    (-4, "Dr. Sato", "instructor", "imported a class list", "24 people", ()),
    (-2, "Lin", "proctor", "signed in", "", ()),
    (
        0,
        "Dr. Sato",
        "instructor",
        "opened",
        "everybody",
        (
            "start none → 2026-10-05T09:00:00Z, end none → 2026-10-05T10:30:00Z (s4000, s4037, s4074, s4111)",
            "start none → 2026-10-05T09:00:00Z, end none → 2026-10-05T11:15:00Z (s4148)",
        ),
    ),
    (9, "Dr. Sato", "instructor", "wrote down an incident", "exam: The power of row C was out.", ()),
    (14, "Dr. Sato", "instructor", "paused", "everybody", ("paused since none → 2026-10-05T09:14:00Z (s4000, s4037)",)),
    (
        16,
        "Dr. Sato",
        "instructor",
        "went on",
        "everybody",
        ("end 2026-10-05T10:30:00Z → 2026-10-05T10:32:10Z, paused since 2026-10-05T09:14:00Z → none (s4000, s4037)",),
    ),
    (17, "Dr. Sato", "instructor", "wrote to students", "correction, everybody, question q1", ()),
    (25, "Lin", "proctor", "locked", "sessions 1f9c…", ("locked no → yes (s4222)",)),
    (27, "Lin", "proctor", "unlocked", "sessions 1f9c…", ("locked yes → no (s4222)",)),
    (31, "Jonas Weber", "integrity reviewer", "looked at a session", f"s4000, session {session_id(0)}", ()),
    (32, "Jonas Weber", "integrity reviewer", "looked at similarity of the class", "", ()),
    (
        36,
        "Dr. Sato",
        "instructor",
        "credited 240 s of lost time",
        "s4111, 240 s proposed for crash 211 s, because: Your PC failed.",
        ("end 2026-10-05T10:32:10Z → 2026-10-05T10:36:10Z (s4111)",),
    ),
)


def _audit(start_ms: int) -> list[AuditEntry]:
    return [
        AuditEntry(
            number=number,
            at_ms=start_ms + minute * MINUTE,
            who=who,
            role=role,
            address="192.168.10.5" if who != "Lin" else "192.168.10.44",
            what=what,
            detail=detail,
            changes=changes,
        )
        for number, (minute, who, role, what, detail, changes) in enumerate(_DEEDS)
    ]
