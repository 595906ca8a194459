"""The sample class: answers every request of the window, and obeys its commands."""

import asyncio
from collections.abc import Callable, Iterable
from typing import Any, TypeVar

import msgspec

from examdesk.staffapi.client import Refused
from examdesk.staffapi.messages import (
    AddCorpus,
    AddIncident,
    Answer,
    ApplyEdition,
    ApplyRoster,
    CancelJob,
    Changed,
    CodeSheet,
    Collect,
    Command,
    CreditTime,
    Decide,
    Done,
    End,
    ExamView,
    Extend,
    Failed,
    FilePiece,
    GetAudit,
    GetCodeSheet,
    GetCorpora,
    GetDelivery,
    GetDraw,
    GetEvents,
    GetExam,
    GetFile,
    GetGivenTexts,
    GetHandIns,
    GetIncidents,
    GetJob,
    GetKeyFile,
    GetLedger,
    GetLive,
    GetNotices,
    GetPlayback,
    GetPreflights,
    GetReviewHistory,
    GetReviews,
    GetRoster,
    GetRuns,
    GetSeries,
    GetSession,
    GetSideBySide,
    GetSignals,
    GetSimilarity,
    GetText,
    GetTimes,
    HeldJoin,
    HideNames,
    ImportBundle,
    Imported,
    Job,
    KeepCorpus,
    KeyFileMade,
    LiveRow,
    LiveTable,
    Lock,
    LowerHand,
    NewCodes,
    Open,
    OpeningView,
    Pause,
    PlanExport,
    PreviewEdition,
    PreviewRoster,
    PutSection,
    PutStudent,
    QuestionView,
    Redraw,
    RemoveCorpus,
    RemoveStudent,
    Reopen,
    Request,
    RosterEntry,
    RosterView,
    Say,
    SectionView,
    SessionView,
    SetIdentity,
    ShowStartCode,
    SignedIn,
    StartCodeShown,
    StartExport,
    TakeBackOpening,
    Target,
)
from examdesk.staffapi.permissions import GRANTS, Role, allows
from instructor_app.sample import evidence, pcs, playback, records
from instructor_app.sample.draws import SampleDraws
from instructor_app.sample.editions import SampleEditions
from instructor_app.sample.people import drawn, section_of, session_id, student_id, student_name
from instructor_app.sample.programs import PROMPT, STARTER
from instructor_app.sample.reviews import SampleReviews, blinded
from instructor_app.sample.room import SampleRoom

A = TypeVar("A", bound=Answer)
NOW_MS = 1_791_193_338_000
"""2026-10-05 09:42:18 UTC: the sample's present."""
PASSPHRASE = "K3QF-9C7M-2XVD-8ABR-T5WN"  # noqa: S105 - of the sample
START_MS = NOW_MS - 42 * 60_000 - 18_000
END_MS = START_MS + 90 * 60_000
_STATUS = ("Working",) * 13 + ("Idle", "Idle", "Offline", "Submitted", "Waiting", "Not joined", "Working")


class SampleHub:
    """A hub of `rows` made-up students; nothing that is asked of it reaches a disk or a network."""

    def __init__(self, rows: int = 24, *, opened: bool = True, room: str = "") -> None:
        self.asked: list[Request[Any]] = []
        self._changes: asyncio.Queue[Changed | None] = asyncio.Queue()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._jobs: dict[str, records.SampleJob] = {}
        self._sections = 2 if rows <= 60 else 4
        self.opened = opened
        self.role = Role.INSTRUCTOR
        self.rows = {row.student: row for row in (self._row(number) for number in range(rows))}
        self.held: tuple[HeldJoin, ...] = _held() if opened and rows else ()
        self.exam = self._exam(rows, room)
        self.room = SampleRoom(START_MS, NOW_MS)
        if opened and rows:
            self.room.begin(list(self.rows.values()))
        self.draws = SampleDraws()
        self.editions = SampleEditions()
        self.hidden = False
        self.reviews = SampleReviews(self.rows.values(), NOW_MS)
        self.corpora = evidence.SampleCorpora()
        self.key_stamp = "1"
        self._answers: dict[type[Any], Callable[[Any], Answer]] = {
            GetExam: lambda _: self.exam,
            GetLive: self._live,
            GetSeries: lambda _: evidence.series(START_MS, NOW_MS, len(self.rows)),
            GetSession: self._session,
            GetRuns: lambda ask: evidence.runs(self._of(ask.session), START_MS),
            GetText: evidence.text,
            GetEvents: lambda ask: evidence.events(ask, self._of(ask.session), START_MS),
            GetPlayback: self._playback,
            GetGivenTexts: lambda ask: playback.given_texts(ask, self.exam.questions),
            GetSignals: lambda ask: evidence.class_signals(ask, list(self.rows.values()), START_MS),
            GetSimilarity: lambda ask: evidence.similarity(ask, list(self.rows.values()), NOW_MS),
            GetCorpora: self.corpora.list,
            GetSideBySide: lambda ask: evidence.side_by_side(self._of(ask.a), self._of(ask.b), START_MS),
            GetRoster: lambda _: self._roster(),
            GetDraw: self.draws.view,
            PreviewEdition: self.editions.preview,
            PreviewRoster: lambda ask: records.preview(ask.file_name, list(self.rows.values())),
            ApplyRoster: lambda _: Done(sentence="5 students were added, 2 changed."),
            GetCodeSheet: self._code_sheet,
            GetKeyFile: self._key_file,
            GetReviews: self.reviews.list,
            GetReviewHistory: self.reviews.history,
            HideNames: self._hide_names,
            StartExport: self._export,
            PlanExport: lambda ask: records.plan(ask, [row for row in self.rows.values() if row.session]),
            GetJob: lambda ask: self._jobs[ask.job].step(),
            CancelJob: lambda _: Done(sentence="The export was stopped. No half file was left."),
            GetFile: lambda ask: FilePiece(data=b"sample\n" if not ask.offset else b""),
            GetTimes: lambda ask: self.room.times(ask, list(self.rows.values()), self._meant(_target(ask.change))),
            GetNotices: lambda _: self.room.said(),
            GetDelivery: lambda ask: self.room.delivery(ask, self.rows.values()),
            GetHandIns: lambda ask: self.room.hand_ins(ask, list(self.rows.values())),
            GetIncidents: lambda _: self.room.noted(),
            GetAudit: self.room.audit,
            ShowStartCode: lambda _: StartCodeShown(
                code="4K7Q-9TXM-2", sentence="Read it aloud when the exam opens at 09:00, not before."
            ),
            GetPreflights: lambda ask: pcs.preflights(ask, self.rows.values(), NOW_MS),
            GetLedger: lambda ask: self.room.ledger(ask, self.rows.values()),
            ImportBundle: lambda ask: Imported(sentences=records.BROUGHT if ask.last else (), new_events=412),
        }
        self._commands: dict[type[Command], Callable[[Any], Done]] = {
            AddCorpus: self.corpora.add,
            RemoveCorpus: self.corpora.remove,
            KeepCorpus: self.corpora.keep,
            Open: self._open,
            TakeBackOpening: self._take_back,
            End: self._end,
            Extend: self._extend,
            Pause: self._pause,
            Reopen: lambda ask: self._all(ask.target, status="Working", left_ms=END_MS - NOW_MS),
            Redraw: self.draws.redo,
            ApplyEdition: self.editions.apply,
            Lock: self._lock,
            Collect: self._collect,
            AddIncident: self.room.note,
            CreditTime: lambda ask: self.room.credit(ask, self._of(ask.session)),
            Say: lambda ask: self.room.say(ask, self._meant(ask.target)),
            LowerHand: lambda ask: self._put(self._of(ask.session), hand=False, hand_ms=None),
            Decide: self._decide,
            **self.reviews.commands(self._reviewed),
            PutStudent: self._put_student,
            RemoveStudent: self._remove_student,
            NewCodes: lambda ask: Done(sentence=f"New personal codes: {', '.join(ask.students)}."),
            SetIdentity: self._identify,
            PutSection: lambda ask: Done(sentence=f"Section {ask.name} is there."),
        }

    @property
    def person(self) -> str:
        """Who sits here."""
        return "Ada Instructor"

    @property
    def me(self) -> SignedIn:
        """What a hub tells who signs in with `role`."""
        return SignedIn(
            name=self.person, role=self.role, permissions=tuple(sorted(GRANTS[self.role])), hub_ms=self.exam.hub_ms
        )

    def answer_with(self, kind: type[Any], answer: Callable[[Any], Any]) -> None:
        """Answer one kind of request another way from now on."""
        (self._commands if issubclass(kind, Command) else self._answers)[kind] = answer

    async def ask(self, request: Request[A]) -> A:
        """Answer at once."""
        self.asked.append(request)
        if not allows(self.role, request.NEEDS):
            raise Refused(Failed(code="not-allowed", sentence="You may not do this."))
        try:
            if isinstance(request, Command) and type(request) in self._commands:
                return self._commands[type(request)](request)  # type: ignore[return-value]
            return self._answers[type(request)](request)  # type: ignore[return-value]
        except KeyError as error:
            raise Refused(Failed(code="not-found", sentence="There is no such session.")) from error

    async def next_change(self) -> Changed | None:
        """Wait for what a command changed."""
        self._loop = asyncio.get_running_loop()
        return await self._changes.get()

    async def close(self) -> None:
        """Forget nothing; there is nothing to leave."""

    def push(self, *students: str, topics: tuple[str, ...] = ()) -> None:
        """Tell that these students' rows changed."""
        sessions = tuple(self.rows[student].session for student in students if self.rows[student].session)
        self._tell(Changed(sessions, topics))

    def cut(self) -> None:
        """Let the connection end."""
        self._tell(None)

    def _tell(self, change: Changed | None) -> None:
        """Tell from any thread; nobody waits before the first loop does."""
        if self._loop is None:
            self._changes.put_nowait(change)
        else:
            self._loop.call_soon_threadsafe(self._changes.put_nowait, change)

    # ------------------------------------------------------------------------------------- answers

    def _row(self, number: int) -> LiveRow:
        student, name = student_id(number), student_name(number)
        status = _STATUS[(number * 7 + drawn(name, 5)) % len(_STATUS)] if self.opened else "Not joined"
        bare = LiveRow(student=student, name=name, section=section_of(number, self._sections))
        if status == "Not joined":
            return bare
        begun = status != "Waiting"
        longer = 45 * 60_000 if number % 11 == 4 else 0
        return msgspec.structs.replace(
            bare,
            session=session_id(number),
            status=status,
            online=status != "Offline",
            left_ms=END_MS + longer - NOW_MS if status in ("Working", "Idle", "Offline") else None,
            ends_ms=END_MS + longer if status in ("Working", "Idle", "Offline") else None,
            last_saved_ms=NOW_MS - (drawn(name + "saved", 9) * 700 if status == "Working" else 240_000)
            if begun
            else None,
            events=drawn(name + "events", 1800) + 200 if begun else 3,
            runs=drawn(name + "runs", 31) if begun else 0,
            failed_runs=drawn(name + "failed", 6) if begun else 0,
            versions=drawn(name + "versions", 40) + 3 if begun else 0,
            signals=(drawn(name + "signals", 5) if drawn(name + "any", 3) == 0 else 0) if begun else 0,
            review="Reviewed" if status == "Submitted" and number % 2 else "Not reviewed",
            hand=status == "Working" and drawn(name + "hand", 12) == 1,
            hand_ms=NOW_MS - drawn(name + "hand ms", 400_000) if drawn(name + "hand", 12) == 1 else None,
            question="q1" if drawn(name + "q", 3) else "q2",
            seat=f"{'ABCDEFGH'[number // 6 % 8]}{number % 6 + 1}",
            device=f"LAB2-PC{number + 1:02}",
            devices=2 if number % 13 == 5 else 1,
            provisional=number == 5,
            heard_ms=NOW_MS - (240_000 if status == "Offline" else 140_000 if number % 17 == 9 else 4_000),
            active_ms=NOW_MS - (14 * 60_000 if status == "Idle" else 9_000),
            failing=6 if number % 19 == 6 else 0,
            free_mb=180 if number % 23 == 12 else 41_000,
        )

    def _exam(self, rows: int, room: str) -> ExamView:
        sections = tuple(
            SectionView(
                name="ABCD"[n],
                room=room or ("B 204", "B 206", "C 101", "C 102")[n],
                students=sum(row.section == "ABCD"[n] for row in self.rows.values()),
                starts_ms=START_MS,
                ends_ms=END_MS,
            )
            for n in range(self._sections)
        )
        return ExamView(
            exam="7f3a" * 8,
            short_name="Quiz 2",
            long_name="Quiz 2: Files and Dictionaries",
            course="CS 101",
            room="B 204",
            phase="active" if self.opened else "waiting",
            starts_ms=START_MS if self.opened else None,
            ends_ms=END_MS if self.opened else None,
            minutes=90,
            room_code="7KQM-2XVD-8",
            addresses=("192.168.10.5", "10.20.0.17"),
            port=23926,
            fingerprint="5a" * 32,
            advertised=True,
            advertising_problem="",
            connected=sum(row.online for row in self.rows.values()),
            folder="~/exams/cs101-quiz-2",
            sections=sections,
            questions=(
                QuestionView(id="q1", title="Weather station", prompt=PROMPT, starters=(("main.py", STARTER),)),
                QuestionView(id="q2", title="Word counts", prompt=PROMPT, starters=(("words.py", ""),)),
            ),
            hub_ms=NOW_MS,
            codes="personal",
            rehearsed="This exam is the one rehearsed on 2026-10-04 16:20 with 60 desks, file by file.",
            storage="this laptop" if rows else "this laptop, empty so far",
        )

    def _live(self, ask: GetLive) -> LiveTable:
        rows = list(self.rows.values())
        counts: dict[str, int] = {}
        for row in rows:
            counts[row.status] = counts.get(row.status, 0) + 1
        rows = [self._told(row) for row in rows]
        if self.hidden:
            rows = [blinded(row) for row in rows]
        if ask.sessions is not None:
            rows = [row for row in rows if row.session in ask.sessions]
        return LiveTable(rows=tuple(rows), counts=counts, held=self.held, hub_ms=NOW_MS)

    def _session(self, ask: GetSession) -> SessionView:
        found = evidence.session(self._told(self._of(ask.session)), NOW_MS, START_MS)
        return found if allows(self.role, GetSignals.NEEDS) else msgspec.structs.replace(found, signals=())

    def _told(self, row: LiveRow) -> LiveRow:
        """Return a row with how its review stands, for those who review."""
        review = self.reviews.status(row.session) if allows(self.role, GetReviews.NEEDS) else None
        return msgspec.structs.replace(row, review=review)

    def _hide_names(self, ask: HideNames) -> Done:
        self.hidden = ask.hidden
        return Done()

    def _reviewed(self, sessions: Iterable[str]) -> None:
        self._tell(Changed(tuple(sessions), ("review", "audit")))

    def _roster(self) -> RosterView:
        entries = tuple(
            RosterEntry(
                student=row.student,
                name=row.name,
                section=row.section,
                seat=row.seat,
                joined=bool(row.session),
                email=f"{row.student}@uni.example",
                factor=1.5 if place % 11 == 4 else 1.0,
                personal_code="" if row.provisional else f"{place + 1}-K3QF9C",
                provisional=row.provisional,
                session=row.session,
            )
            for place, row in enumerate(self.rows.values())
        )
        return RosterView(entries=entries, sections=self.exam.sections)

    def _export(self, ask: StartExport) -> Job:
        job = records.SampleJob(str(len(self._jobs) + 1), ask.what)
        self._jobs[job.name] = job
        return job.step()

    def _playback(self, ask: GetPlayback) -> Answer:
        row = self._of(ask.session)
        return playback.playback(ask, row, evidence.program_of(row), (START_MS, NOW_MS))

    def _of(self, session: str) -> LiveRow:
        return next((row for row in self.rows.values() if row.session == session), None) or self.rows[session]

    # ------------------------------------------------------------------------------------- commands

    def _meant(self, target: Target) -> list[LiveRow]:
        everybody = not target.sections and not target.sessions
        return [
            row
            for row in self.rows.values()
            if row.session and (everybody or row.section in target.sections or row.session in target.sessions)
        ]

    def _put(self, row: LiveRow, **values: Any) -> Done:
        self.rows[row.student] = msgspec.structs.replace(row, **values)
        self.push(row.student)
        return Done(sentence="Done.")

    def _all(self, target: Target, **values: Any) -> Done:
        rows = self._meant(target)
        for row in rows:
            self.rows[row.student] = msgspec.structs.replace(row, **values)
        self.push(*(row.student for row in rows))
        return Done(sentence=f"Done for {len(rows)} students.")

    def _open(self, ask: Open) -> Done:
        opening = OpeningView(
            command=ask.command,
            opens_ms=NOW_MS if ask.at_ms is None else ask.at_ms,
            by=self.person,
            done_ms=NOW_MS,
            sections=ask.target.sections,
            students=len(ask.target.sessions),
        )
        self.exam = msgspec.structs.replace(
            self.exam,
            phase="active",
            starts_ms=NOW_MS,
            ends_ms=NOW_MS + 90 * 60_000,
            openings=(opening, *self.exam.openings),
        )
        self.push(topics=("exam",))
        return self._all(ask.target, status="Working", ends_ms=NOW_MS + 90 * 60_000, left_ms=90 * 60_000)

    def _take_back(self, ask: TakeBackOpening) -> Done:
        left = tuple(each for each in self.exam.openings if each.command != ask.opened)
        self.exam = msgspec.structs.replace(self.exam, phase="waiting", openings=left)
        self.push(topics=("exam",))
        return self._all(Target(), status="Waiting", ends_ms=None, left_ms=None)

    def _end(self, ask: End) -> Done:
        if ask.target == Target():
            self.exam = msgspec.structs.replace(self.exam, phase="ended", ends_ms=NOW_MS)
            self.push(topics=("exam",))
        return self._all(ask.target, status="Ended", left_ms=0, ends_ms=NOW_MS)

    def _extend(self, ask: Extend) -> Done:
        rows = [row for row in self._meant(ask.target) if row.ends_ms is not None]
        for row in rows:
            ends = (row.ends_ms or 0) + ask.seconds * 1000
            self.rows[row.student] = msgspec.structs.replace(row, ends_ms=ends, left_ms=ends - NOW_MS)
        self.push(*(row.student for row in rows))
        return Done(sentence=f"{len(rows)} students have {ask.seconds // 60} minutes more.")

    def _pause(self, ask: Pause) -> Done:
        if ask.target == Target():
            self.exam = msgspec.structs.replace(self.exam, phase="paused" if ask.paused else "active")
            self.push(topics=("exam",))
        return self._all(ask.target, status="Paused" if ask.paused else "Working")

    def _lock(self, ask: Lock) -> Done:
        return self._all(ask.target, status="Paused" if ask.locked else "Working")

    def _collect(self, ask: Collect) -> Done:
        return self._all(ask.target, status="Submitted", left_ms=0)

    def _decide(self, ask: Decide) -> Done:
        self.held = tuple(held for held in self.held if held.ticket != ask.ticket)
        self.push(topics=("held",))
        return Done(sentence="Let in." if ask.admit else "Not let in.")

    def _put_student(self, ask: PutStudent) -> Done:
        old = self.rows.get(ask.student) or LiveRow(student=ask.student, name=ask.name, section=ask.section)
        self.rows[ask.student] = msgspec.structs.replace(old, name=ask.name, section=ask.section)
        self.push(topics=("roster",))
        return Done(sentence=f"{ask.name} is on the roster.")

    def _remove_student(self, ask: RemoveStudent) -> Done:
        row = self.rows.pop(ask.student)
        self.push(topics=("roster",))
        return Done(sentence=f"{row.name} is off the roster.")

    def _key_file(self, ask: GetKeyFile) -> KeyFileMade:
        if ask.stamp == self.key_stamp:
            return KeyFileMade(data=b"", passphrase="", stamp=self.key_stamp)
        data = f"key {self.key_stamp}".strip().encode()
        return KeyFileMade(data=data, passphrase=PASSPHRASE, packages=14_200_000, again=b"again", stamp=self.key_stamp)

    def _code_sheet(self, ask: GetCodeSheet) -> CodeSheet:
        return CodeSheet(name=f"personal-codes.{ask.form}", data=b"codes\n", people=len(ask.students or self.rows))

    def _identify(self, ask: SetIdentity) -> Done:
        row, listed = self._of(ask.session), self.rows.get(ask.student)
        name = listed.name if listed is not None else ask.student
        del self.rows[row.student]
        self.rows[ask.student] = msgspec.structs.replace(
            row, student=ask.student, name=name, provisional=listed is None
        )
        self.push(ask.student, topics=("roster",))
        return Done(sentence=f"The work of {row.name} is that of {name} now.")


def _target(change: Any) -> Target:
    return getattr(change, "target", Target())


def _held() -> tuple[HeldJoin, ...]:
    return (
        HeldJoin(
            ticket="t1",
            student="s9917",
            name="Malik Johansson",
            section="",
            device="LAB2-PC31",
            address="192.168.10.61",
            seat="E1",
            since_ms=NOW_MS - 75_000,
            why="is not on the roster",
        ),
    )
