"""What the sample class wrote, ran and did."""

import json
import math

import msgspec

from examdesk.staffapi.messages import (
    AddCorpus,
    AppearedView,
    ClassSignal,
    CorpusList,
    CorpusView,
    Done,
    EventList,
    EventView,
    FileView,
    GetCorpora,
    GetEvents,
    GetSignals,
    GetSimilarity,
    GetText,
    JournalView,
    KeepCorpus,
    KindView,
    LiveRow,
    MessageView,
    MomentView,
    PairView,
    Passage,
    RemoveCorpus,
    RunList,
    RunView,
    Series,
    SessionView,
    SideBySide,
    SignalBasis,
    SignalList,
    SignalView,
    SimilarityView,
    TextView,
)
from instructor_app.sample.people import drawn
from instructor_app.sample.programs import FIRST, SECOND, STARTER, THIRD, TRACEBACK, matching
from shared.text.edits import Origin

MINUTE = 60_000
_PROGRAMS = (FIRST, SECOND, THIRD)
_JOURNAL = "c41f9a" * 5 + "07"
_EARLIER = "88b0d2" * 5 + "31"
_TURN: tuple[tuple[str, str, dict[str, object]], ...] = (
    (
        "edit",
        "Typed 14 characters in q1/main.py at line 12",
        {"file": "q1/main.py", "offset": 214, "text": "counts[day] = "},
    ),
    ("edit", "Removed 3 characters in q1/main.py at line 12", {"file": "q1/main.py", "offset": 231, "removed": 3}),
    ("run_started", "Ran q1/main.py", {"run": 7, "file": "q1/main.py"}),
    ("run_ended", "The run ended after 0.2 s: ValueError at line 11", {"run": 7, "exit_code": 1}),
    ("focus_lost", "Another window was in front", {}),
    ("focus_gained", "The desk was in front again after 9 s", {}),
    (
        "paste",
        "Pasted 212 characters into q1/main.py that came from outside the session",
        {"file": "q1/main.py", "length": 212},
    ),
    ("viewed", "Looked at question q2", {"question": "q2"}),
)


def program_of(row: LiveRow) -> str:
    """Return what a student wrote."""
    return _PROGRAMS[drawn(row.name + "program", len(_PROGRAMS))]


def series(start_ms: int, now_ms: int, students: int) -> Series:
    """Return status and runs over time, as a class usually goes."""
    if not students:
        return Series(start_ms=start_ms, step_ms=MINUTE, runs=(), status={})
    minutes = (now_ms - start_ms) // MINUTE + 1
    working, idle, waiting, submitted, offline = [], [], [], [], []
    for minute in range(minutes):
        joined = round(students * min(1.0, 0.72 + minute * 0.04) * 0.95)
        done = round(students * max(0, minute - 30) * 0.006)
        resting = round(joined * (0.08 + 0.05 * math.sin(minute / 4)))
        away = 1 + (minute % 9 == 4) * round(students * 0.06)
        late = max(0, round(students * 0.15) - minute * 2)
        waiting.append(late)
        submitted.append(done)
        offline.append(away)
        idle.append(resting)
        working.append(max(0, joined - done - resting - away - late))
    runs = tuple(
        round(students * (0.1 + 0.28 * min(1, m / 15)) + drawn(f"runs {m}", max(2, students // 6)))
        for m in range(minutes)
    )
    status = {
        "Working": tuple(working),
        "Idle": tuple(idle),
        "Offline": tuple(offline),
        "Waiting": tuple(waiting),
        "Submitted": tuple(submitted),
    }
    return Series(start_ms=start_ms, step_ms=MINUTE, runs=runs, status=status)


def session(row: LiveRow, now_ms: int, start_ms: int) -> SessionView:
    """Return a session as its side panel needs it."""
    return SessionView(
        row=row,
        joined_ms=start_ms - 4 * MINUTE,
        by="room code",
        journals=_journals(row, start_ms, now_ms),
        files=(
            FileView(file="q1/main.py", question="q1", length=len(program_of(row)), changed_ms=row.last_saved_ms),
            FileView(file="q2/words.py", question="q2", length=0, changed_ms=None),
        ),
        signals=signals(row, start_ms),
        messages=(
            MessageView(
                number=1,
                at_ms=start_ms + 12 * MINUTE,
                sender="Dr. Sato",
                kind="message",
                from_student=False,
                text="In question 1, days are compared by their mean, not by their highest measurement.",
                delivered_ms=start_ms + 12 * MINUTE + 300,
                read_ms=start_ms + 13 * MINUTE,
            ),
            MessageView(
                number=2,
                at_ms=start_ms + 33 * MINUTE,
                sender=row.name,
                kind="question",
                from_student=True,
                text="Is the file sorted by day?",
            ),
        ),
        receipt_code="" if row.status != "Submitted" else "R4QX-71MD-0C",
        submitted_ms=now_ms - 4 * MINUTE if row.status == "Submitted" else None,
        sandbox="own namespaces, memory and time limits, no network",
        platform="Linux 6.8, Python 3.12.3",
    )


def signals(row: LiveRow, start_ms: int) -> tuple[SignalView, ...]:
    """Return as many signals as the row counts."""
    made = (
        SignalView(
            kind="outside_paste",
            title="Paste from outside",
            amount=212,
            unit="characters",
            file="q1/main.py",
            explanation="212 characters were pasted. 4 % of them are found in the student's earlier text, 0 % in the "
            "starter code and 6 % in the prompt.",
            journal=_JOURNAL,
            seq=418,
            at_ms=start_ms + 21 * MINUTE,
            students_with_it=3,
            students=24,
            parameters={"outside_paste_chars": 40, "own_text_percent": 85},
            meaning="Text was pasted that was not in the student's own work, the starter code, the prompt or other "
            "text of this exam before. Notes, an earlier program or a permitted source look the same.",
        ),
        SignalView(
            kind="focus_away",
            title="Away from the exam window",
            amount=94,
            unit="s",
            explanation="Another window was in front for 94 seconds. Other windows are not recorded.",
            journal=_JOURNAL,
            seq=377,
            at_ms=start_ms + 19 * MINUTE,
            students_with_it=7,
            students=24,
            parameters={"focus_away_seconds": 15},
        ),
        SignalView(
            kind="restart",
            title="Restart",
            amount=38,
            unit="s",
            explanation="The desk was started again after 38 seconds. It went on where it was; nothing is missing.",
            journal=_JOURNAL,
            seq=120,
            at_ms=start_ms + 9 * MINUTE,
            students_with_it=2,
            students=24,
        ),
        SignalView(
            kind="offline",
            title="Offline stretch",
            amount=210,
            unit="s",
            explanation="The desk had no connection for 3.5 minutes and kept everything; all of it arrived later.",
            journal=_JOURNAL,
            seq=512,
            at_ms=start_ms + 28 * MINUTE,
            students_with_it=5,
            students=24,
        ),
    )
    return made[: row.signals]


def class_signals(ask: GetSignals, rows: list[LiveRow], start_ms: int) -> SignalList:
    """Return the signals of all sessions by time, each student's at moments of their own."""
    found = []
    for one in rows:
        for signal in signals(one, start_ms) if one.session else ():
            moved = signal.at_ms + drawn(one.name + signal.kind, 9 * MINUTE)
            found.append(
                ClassSignal(
                    session=one.session,
                    student=one.student,
                    name=one.name,
                    section=one.section,
                    question=signal.file.partition("/")[0],
                    signal=msgspec.structs.replace(signal, at_ms=moved),
                )
            )
    found.sort(key=lambda each: each.signal.at_ms)
    kept = [each for each in found if not ask.kinds or each.signal.kind in ask.kinds]
    page = tuple(kept[ask.start : ask.start + ask.limit])
    students = sum(bool(one.session) for one in rows)
    basis = SignalBasis(engine="examdesk signals 6", given_sha256="6fd1b2" * 10 + "90ae")
    return SignalList(signals=page, total=len(kept), kinds=_kinds(found), students=students, basis=basis)


def _kinds(found: list[ClassSignal]) -> tuple[KindView, ...]:
    titles = {each.signal.kind: each.signal.title for each in found}
    return tuple(
        KindView(
            kind=kind,
            title=title,
            students_with_it=len({each.session for each in found if each.signal.kind == kind}),
            signals=sum(each.signal.kind == kind for each in found),
        )
        for kind, title in sorted(titles.items())
    )


def runs(row: LiveRow, start_ms: int) -> RunList:
    """Return a student's runs."""
    made = []
    for number in range(1, row.runs + 1):
        broken = number % 4 == 3
        made.append(
            RunView(
                run=number,
                journal=_JOURNAL,
                seq=40 + number * 21,
                at_ms=start_ms + (6 + number) * MINUTE,
                question="q1",
                file="q1/main.py",
                seconds=0.18 + number % 5 / 10,
                reason="ended",
                exit_code=1 if broken else 0,
                error="ValueError" if broken else "",
                output=TRACEBACK if broken else "2026-03-03\n",
                version=number,
                checks=number % 6 == 5,
            )
        )
    return RunList(runs=tuple(made))


def text(ask: GetText) -> TextView:
    """Return a file's text with the origin of every stretch."""
    if not ask.file.endswith("main.py"):
        return TextView(file=ask.file, text="", spans=(), journal=_JOURNAL, seq=0)
    written = _PROGRAMS[drawn(ask.session, len(_PROGRAMS))]
    pasted = written.find("    best") if "    best" in written else len(written) - 120
    spans = (
        (len(STARTER), int(Origin.STARTER)),
        (pasted - len(STARTER), int(Origin.TYPED)),
        (96, int(Origin.OUTSIDE)),
        (24, int(Origin.MOVED)),
        (len(written) - pasted - 120, int(Origin.TYPED)),
    )
    return TextView(file=ask.file, text=written, spans=spans, journal=_JOURNAL, seq=640)


def events(ask: GetEvents, row: LiveRow, start_ms: int) -> EventList:
    """Return a page of events."""
    made = []
    for seq in range(row.events):
        kind, summary, payload = _TURN[seq * 5 % len(_TURN)] if seq else ("started", "Started on LAB2-PC07", {})
        made.append(
            EventView(
                journal=_JOURNAL,
                seq=seq,
                kind=kind,
                at_ms=start_ms + seq * 3100,
                summary=summary,
                payload=json.dumps({"kind": kind, **payload}),
            )
        )
    kept = [event for event in made if not ask.kinds or event.kind in ask.kinds]
    return EventList(events=tuple(kept[ask.start : ask.start + ask.limit]), total=len(kept))


def similarity(ask: GetSimilarity, rows: list[LiveRow], now_ms: int) -> SimilarityView:
    """Return pairs with a long tail of ordinary likeness."""
    writers = [row for row in rows if row.session and row.runs]
    pairs = []
    for place, a in enumerate(writers[:40]):
        for b in writers[place + 1 : place + 40]:
            alike = 0.05 + drawn(a.name + b.name, 1000) / 1000 * 0.3
            if drawn(a.name + b.name + "tail", 60) == 1:
                alike = 0.55 + drawn(b.name, 400) / 1000
            pairs.append(
                PairView(
                    a=a.session,
                    b=b.session,
                    a_name=a.name,
                    b_name=b.name,
                    jaccard=alike,
                    rank=alike * 0.93,
                    shared_lines=round(alike * 30),
                    too_short=alike < 0.06,
                    uncommon=alike * 0.8 if ask.most_common else None,
                )
            )
    pairs.sort(key=lambda pair: -pair.jaccard)
    pairs = [
        msgspec.structs.replace(pair, below=(len(pairs) - place - 1) / len(pairs)) for place, pair in enumerate(pairs)
    ]
    shown = [pair for pair in pairs if not ask.session or ask.session in {pair.a, pair.b}]
    return SimilarityView(
        pairs=tuple(shown[: ask.limit]),
        programs=len(writers),
        all_pairs=len(pairs),
        quantiles=_quantiles([pair.jaccard for pair in pairs]),
        question=ask.question,
        computed_ms=now_ms - 20_000,
        histogram=_histogram([pair.jaccard for pair in pairs]),
        rank_histogram=_histogram([pair.rank or 0.0 for pair in pairs]),
        least_tokens=30,
        too_small=1 if writers else 0,
        highest={} if ask.session else _highest(pairs),
        of=ask.session,
    )


def _highest(pairs: list[PairView]) -> dict[str, float]:
    """Return the highest figure of each session; `pairs` are sorted, the highest first."""
    found: dict[str, float] = {}
    for pair in pairs:
        if not pair.too_short:
            found.setdefault(pair.a, pair.jaccard)
            found.setdefault(pair.b, pair.jaccard)
    return found


def _quantiles(figures: list[float]) -> tuple[float, ...]:
    ordered = sorted(figures) or [0.0]
    return tuple(ordered[min(len(ordered) - 1, len(ordered) * step // 100)] for step in range(101))


def _histogram(figures: list[float]) -> tuple[int, ...]:
    counts = [0] * 101
    for figure in figures:
        counts[int(figure * 100)] += 1
    return tuple(counts)


class SampleCorpora:
    """Programs from elsewhere, as staff add and remove them."""

    def __init__(self) -> None:
        self._known: dict[str, CorpusView] = {}

    def list(self, _ask: GetCorpora) -> CorpusList:
        """Return what there is."""
        return CorpusList(corpora=tuple(self._known.values()))

    def add(self, ask: AddCorpus) -> Done:
        """Add a source."""
        corpus = f"{len(self._known):016x}"
        self._known[corpus] = CorpusView(
            corpus=corpus, name=ask.name, programs=len(ask.files), added_ms=0, by="Dr. Sato"
        )
        return Done(sentence=f"The class is now compared with {ask.name} as well.")

    def keep(self, ask: KeepCorpus) -> Done:
        """Keep a source for so many days, counted from the beginning of all time."""
        until = ask.days * 86_400_000 or None
        self._known[ask.corpus] = msgspec.structs.replace(self._known[ask.corpus], until_ms=until)
        return Done(sentence=f"{self._known[ask.corpus].name} is kept for {ask.days} days.")

    def remove(self, ask: RemoveCorpus) -> Done:
        """Remove a source."""
        return Done(sentence=f"{self._known.pop(ask.corpus).name} is no longer compared with.")


def side_by_side(a: LiveRow, b: LiveRow, start_ms: int) -> SideBySide:
    """Return two programs, where they match, and when each passage appeared."""
    regions = matching(FIRST, SECOND)
    passages = []
    for place, (start_a, end_a, start_b, end_b) in enumerate(regions):
        begun, later = start_ms + (6 + 5 * place) * MINUTE, start_ms + (21 + 4 * place) * MINUTE
        one = _appeared(begun, begun + 3 * MINUTE, 0.0, 40 + place)
        pasted = place % 2 == 0
        other = _appeared(later, later if pasted else later + MINUTE, 1.0 if pasted else 0.0, 300 + place)
        passages.append(
            Passage(
                file_a="q1/main.py",
                start_a=start_a,
                end_a=end_a,
                file_b="q1/main.py",
                start_b=start_b,
                end_b=end_b,
                tokens=(end_a - start_a) // 4,
                programs_with_it=2 + place * 3,
                a=one,
                b=other,
                first="a",
            )
        )
    return SideBySide(
        a_name=a.name,
        b_name=b.name,
        a_text=FIRST,
        b_text=SECOND,
        regions=regions,
        jaccard=0.78,
        rank=0.81,
        passages=tuple(passages),
        programs=24,
    )


def _appeared(began_ms: int, there_ms: int, pasted: float, seq: int) -> AppearedView:
    began, there = (MomentView(journal=_JOURNAL, seq=seq, at_ms=at) for at in (began_ms, there_ms))
    return AppearedView(began=began, there=there, last=there, typed=1.0 - pasted, pasted=pasted, moved=0.0, given=0.0)


def _journals(row: LiveRow, start_ms: int, now_ms: int) -> tuple[JournalView, ...]:
    main = JournalView(
        journal=_JOURNAL,
        device=row.device,
        events=row.events,
        first_ms=start_ms,
        last_ms=now_ms,
        role="main",
        parent=_EARLIER if row.devices > 1 else "",
    )
    if row.devices < 2:
        return (main,)
    earlier = JournalView(
        journal=_EARLIER,
        device="LAB2-PC03",
        events=88,
        first_ms=start_ms - 4 * MINUTE,
        last_ms=start_ms + 9 * MINUTE,
        role="earlier",
    )
    return main, earlier
