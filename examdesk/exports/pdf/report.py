"""`integrity-report.pdf` for the class, and `students/<student>.pdf` for each: what was recorded, for a person to read.

A student's own file names no other student: how alike programs are is said within the class, without whose they are.
"""

import math
import tempfile
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from examdesk.evidence.signals import ENGINE, KINDS
from examdesk.evidence.words import count
from examdesk.exports.alike import GROUPS_IN_WORDS, Comparison, LikeGroup, LikePair
from examdesk.exports.gathering import Gathered, Gathering, version_offsets
from examdesk.exports.pdf.document import Document, Table
from examdesk.exports.pdf.fonts import WHOLE, Faces, trimmed
from examdesk.exports.pdf.grid import LINE, Field
from examdesk.exports.pdf.pictures import Pictures
from examdesk.exports.planning import PDF_FOLDER, PDF_NAME
from examdesk.exports.report import charts
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort, file_name
from examdesk.staffapi.messages import SIMILARITY_WORDS, Paper
from examdesk.store.reviews import in_words
from shared.crypto.keys import SigningKey

SHOWN_PAIRS = 25
SHOWN_SIGNALS = 60
SHOWN_RUNS = 80
SHOWN_VERSIONS = 60
SHOWN_LINES = 400
HOW_TO_READ = (
    "This shows what was recorded while the exam ran, so that a person can look at it. It reaches no conclusion about "
    "anybody and ranks nobody. A signal is a moment that may be worth a look; most have an ordinary explanation, and "
    "next to each stands how common it was in this class. Nothing here replaces a conversation with the student."
)
_SIGNALS = (Field("Time", 11), Field("Signal", 24), Field("What was recorded", 66), Field("Students", 13, "R"))
_REVIEWS = (Field("Reviewed", 26), Field("By", 20), Field("What was done", 28), Field("Note", 46))
_RUNS = (
    *(
        Field("Time", 11),
        Field("Run", 7, "R"),
        Field("What ran", 24),
        Field("Version", 10, "R"),
        Field("Seconds", 10, "R"),
    ),
    *(Field("How it ended", 16), Field("Error", 36)),
)
_EVERYBODY = (
    *(Field("Name", 32), Field("Student", 20), Field("Section", 12), Field("Status", 14), Field("Runs", 9, "R")),
    *(Field("Versions", 14, "R"), Field("Signals", 12, "R"), Field("Review", 18), Field("Page", 9, "R")),
)
A_PAGE = 235
"""So many millimetres fit on a page of either paper, below a heading at its top."""
SIGNAL_LETTERS, REVIEW_LETTERS = 62, 40
"""So many letters stand on a line of the widest column of these tables."""
BEGIN_ROOM = 90
"""Left on a page where something begins that is longer than a page."""
_GROUPS = (Field("Programs", 11, "R"), Field("Pairs", 8, "R"), Field("Similarity", 18, "R"), Field("Students", 77))
_VERSIONS = (Field("Version", 10, "R"), Field("Time", 14), Field("Kept at", 20), Field("Event", 12, "R"))


class _Class:
    """What all pages of one export share."""

    def __init__(
        self, gathering: Gathering, alike: list[Comparison], zone: Zone, faces: Faces = WHOLE, paper: Paper = "a4"
    ) -> None:
        self.gathering = gathering
        self.faces, self.paper = faces, paper
        self.sessions = gathering.sessions
        self.zone = zone
        self.alike = alike[0]
        self.common = gathering.commonness
        self.axis = charts.axis_of(self.sessions, gathering.made_ms)
        self.typed = charts.most_typed(self.sessions)
        self.pairs: dict[bytes, list[LikePair]] = {}
        for pair in self.alike.pairs:
            for one in (pair.a, pair.b):
                self.pairs.setdefault(one.row.session, []).append(pair)

    def document(self, title: str) -> tuple[Document, Pictures]:
        """Begin a document."""
        exam = self.gathering.pages.exam
        made = self.zone.day(self.gathering.made_ms)
        document = Document(
            title, f"{exam.long_name} · evidence for review · made {made} by ExamDesk", self.faces, self.paper
        )
        return document, Pictures(document, self.axis, self.zone, self.typed)

    def below(self) -> str:
        """Return what stands under a title: when, and whose times these are."""
        exam, zone = self.gathering.pages.exam, self.zone
        when = zone.span(self.axis.start_ms, self.axis.end_ms) if self.sessions else "not sat yet"
        chosen = self.gathering.pages.chosen
        only = f"only {chosen.in_words()}; all figures are about them" if chosen else ""
        times = f"times are {zone.names((self.axis.start_ms, self.axis.end_ms))} by the hub's clock"
        parts = (exam.course, when, times, only)
        return " · ".join(part for part in parts if part)


def write_report_pdf(
    gathering: Gathering, alike: list[Comparison], folder: Path, zone: Zone, effort: Effort, *, paper: Paper = "a4"
) -> Path:
    """Write the class's report into `folder`."""
    shared = _Class(gathering, alike, zone, WHOLE, paper)
    document, pictures = shared.document(f"Integrity report: {gathering.pages.exam.long_name}")
    with closing(document):
        _report(document, pictures, shared, effort)
        return document.save(folder / PDF_NAME)


def _report(document: Document, pictures: Pictures, shared: _Class, effort: Effort) -> None:
    gathering = shared.gathering
    document.kicker("Integrity report · evidence for review")
    document.head(gathering.pages.exam.long_name, shared.below())
    document.figures(_class_figures(gathering), 6)
    document.note(f"How to read this. {HOW_TO_READ}")
    if shared.sessions:
        document.section("Sessions by status", 60)
        pictures.statuses(shared.sessions)
        document.section("Runs of programs", 45)
        pictures.runs(shared.sessions)
    _kinds(document, shared)
    _class_similarity(document, pictures, shared)
    everybody = _everybody(document, shared)
    document.section("Session by session", 60)
    document.prose("Every chart has the same time axis.")
    pictures.legend()
    pages = []
    for one in shared.sessions:
        effort.step(1, "writing the report as PDF")
        pages.append(_brief(document, pictures, shared, one))
    _record(document, gathering)
    if everybody is not None:
        everybody.fill_in(len(_EVERYBODY) - 1, pages)


def write_student_pdfs(
    gathering: Gathering,
    alike: list[Comparison],
    folder: Path,
    zone: Zone,
    effort: Effort,
    *,
    timeline: bool = True,
    paper: Paper = "a4",
) -> list[Path]:
    """Write one file for each session into `folder`/students; `timeline`: with the session over time."""
    target = folder / PDF_FOLDER
    target.mkdir(exist_ok=True)
    paths = []
    with tempfile.TemporaryDirectory(prefix=".fonts-", dir=folder) as fonts:
        shared = _Class(gathering, alike, zone, trimmed(Path(fonts)), paper)
        for one in gathering.sessions:
            effort.step(1, "writing the students' PDFs")
            document, pictures = shared.document(f"{one.name}: {gathering.pages.exam.long_name}")
            with closing(document):
                _student(document, pictures, shared, one, timeline=timeline)
                paths.append(document.save(target / f"{file_name(one.student)}.pdf"))
    return paths


# ---------------------------------------------------------------------------------------------- the class


def _class_figures(gathering: Gathering) -> list[tuple[str, str]]:
    sessions = gathering.sessions
    checks = [check for one in sessions for check in one.checks]
    return [
        (f"{len(gathering.pages.roster):,}", "on the roster"),
        (f"{len(sessions):,}", "joined"),
        (f"{sum(one.facts.handed_in is not None for one in sessions):,}", "handed in"),
        (f"{sum(len(one.facts.runs) for one in sessions):,}", "runs"),
        (f"{gathering.pages.events:,}", "events recorded"),
        (f"{sum(check.holds for check in checks):,} of {len(checks):,}", "journals that verify"),
    ]


def _kinds(document: Document, shared: _Class) -> None:
    document.section("Signals, and what each kind means", 40)
    document.prose(
        "Each kind is explained once, here. The same events and thresholds give the same signals on every computer "
        f"(engine {ENGINE})."
    )
    times = Counter(signal.kind for one in shared.sessions for signal in one.facts.signals())
    rows = [
        (
            kind.title,
            kind.meaning,
            f"{shared.common.having[kind.name]} of {shared.common.students}",
            str(times[kind.name]),
        )
        for kind in KINDS.values()
        if times[kind.name]
    ]
    if rows:
        fields = (Field("Signal", 24), Field("What it means", 68), Field("Students", 13, "R"), Field("Times", 9, "R"))
        document.grid(fields, rows)
    else:
        document.prose("No signal of any kind was derived for this class.", muted=True)


def _class_similarity(document: Document, pictures: Pictures, shared: _Class) -> None:
    document.section("Code similarity", 60)
    document.note(SIMILARITY_WORDS)
    pairs = shared.alike.spread.pairs
    if not pairs:
        document.prose("There are no two programs to compare.", muted=True)
        return
    document.prose(
        "Jaccard similarity over normalized Python token 5-grams, starter code removed. Students who solve the same "
        "small task write similar code; what matters is where a pair lies within its own class: here are all "
        f"{pairs:,} pairs of {shared.alike.programs} programs."
    )
    pictures.likeness(shared.alike)
    _class_groups(document, shared.alike)
    fields = (Field("Student", 30), Field("Student", 30), Field("Similarity", 14, "R"), Field("Within this class", 40))
    rows = [(pair.a.name, pair.b.name, _percent(pair.jaccard), _within(pair)) for pair in shared.alike.pairs]
    document.grid(fields, rows[:SHOWN_PAIRS])
    if pairs > SHOWN_PAIRS:
        document.prose("The pairs that rank highest are listed; the workbook has more.", muted=True, small=True)


def _class_groups(document: Document, alike: Comparison) -> None:
    if not alike.groups:
        return
    document.prose(GROUPS_IN_WORDS.format(percent=_percent(alike.grouped_from)))
    rows = [
        (str(len(group.members)), str(group.pairs), _figures_of(group), ", ".join(one.name for one in group.members))
        for group in alike.groups
    ]
    document.grid(_GROUPS, rows)


def _figures_of(group: LikeGroup) -> str:
    low, high = _percent(group.low), _percent(group.high)
    return high if low == high else f"{low} to {high}"


def _everybody(document: Document, shared: _Class) -> Table | None:
    document.section("Everybody", 40)
    document.prose("In the order of the roster.")
    rows = [
        (
            *(one.name, one.student, one.section, str(one.status), str(len(one.facts.runs)), str(one.facts.versions)),
            *(str(len(one.facts.signals())), one.row.review, ""),
        )
        for one in shared.sessions
    ]
    table = document.grid(_EVERYBODY, rows) if rows else None
    absent = ", ".join(f"{row.name} ({row.student})" for row in shared.gathering.absent)
    if absent:
        document.prose(f"Never joined: {absent}.", muted=True)
    return table


def _brief(document: Document, pictures: Pictures, shared: _Class, one: Gathered) -> str:
    """Write what there is of one session, on one page where it fits; return on which it begins."""
    room = _room_for(shared, one)
    document.section(_who(one), room if room <= A_PAGE else BEGIN_ROOM, level=1)
    page = str(document.page)
    document.prose(
        " · ".join(f"{words} {value}" for value, words in _figures(one, shared.zone)), muted=True, small=True
    )
    pictures.rhythm(one)
    _signals(document, shared, one)
    _near(document, shared, one, named=True)
    _reviews(document, shared.zone, one)
    _checks(document, one)
    return page


def _room_for(shared: _Class, one: Gathered) -> float:
    """Return about how many millimetres a session takes, rather more than less."""
    near = shared.pairs.get(one.row.session)
    table = room_of_table([signal.explanation for signal in one.facts.signals()[:SHOWN_SIGNALS]], SIGNAL_LETTERS)
    reviews = room_of_table([step.note for step in one.reviews], REVIEW_LETTERS) if one.reviews else 0
    return 50 + table + reviews + (8 if near else 0) + 4 * len(one.checks)


def room_of_table(texts: Sequence[str], letters: int) -> float:
    """Return about how many millimetres a table takes whose longest cells are these, so many letters to a line."""
    return 8 + sum(2 + LINE * max(1, math.ceil(len(text) / letters)) for text in texts)


def _record(document: Document, gathering: Gathering) -> None:
    key = SigningKey.from_bytes(gathering.pages.keys.signing).public.to_bytes().hex()
    checks = [check for one in gathering.sessions for check in one.checks]
    broken = sum(not check.holds for check in checks)
    said = (
        f"{count(broken, 'journal')} of {len(checks)} did not verify; why is said with each session."
        if broken
        else "The chain and the signatures of every journal hold."
    )
    document.section("The record behind this report", 50)
    document.prose(
        f"Everything here is derived from {gathering.pages.events:,} events, each chained to the one before and signed "
        f"at the student's PC, and receipted by the hub. {said} The evidence bundle (.examrecord) holds these events "
        "and a small program with which anyone can check them. ExamDesk records and shows; it does not accuse and it "
        "does not grade."
    )
    document.prose(f"Exam {gathering.pages.exam_id.hex()}\nPublic key of the exam {key}", muted=True, small=True)


# ---------------------------------------------------------------------------------------------- one student


def _student(document: Document, pictures: Pictures, shared: _Class, one: Gathered, *, timeline: bool) -> None:
    document.kicker(f"{shared.gathering.pages.exam.long_name} · evidence for review")
    document.head(one.name, f"{_who(one)} · {shared.below()}")
    document.figures([(value, words) for value, words in _figures(one, shared.zone)], 4)
    document.note(f"How to read this. {HOW_TO_READ}")
    if timeline:
        document.section("The session over time", 60)
        pictures.rhythm(one)
        pictures.legend()
    document.section("Signals", 30)
    _signals(document, shared, one)
    _runs(document, shared, one)
    if timeline:
        _versions(document, shared, one)
    document.section("Code similarity", 70)
    document.note(SIMILARITY_WORDS)
    _near(document, shared, one, named=False)
    nearest = shared.pairs.get(one.row.session, [])
    if nearest:
        pictures.likeness(shared.alike, nearest[0].jaccard)
    if one.reviews:
        document.section("Review", 25)
        _reviews(document, shared.zone, one)
    _files(document, one)
    document.section("The record behind this page", 25)
    _checks(document, one)


def _who(one: Gathered) -> str:
    name = "" if one.name == one.student else f"{one.name} · "
    return f"{name}{one.student}" + (f" · section {one.section}" if one.section else "")


def _figures(one: Gathered, zone: Zone) -> list[tuple[str, str]]:
    facts, handed_in = one.facts, one.facts.handed_in
    failed = sum(run.failed for _, run in facts.runs)
    shown = [
        (str(one.status), "status"),
        (zone.clock(one.row.joined_ms), "joined"),
        (zone.clock(one.last_ms), "last event"),
        (zone.clock(handed_in.at_ms) if handed_in is not None else "no", "handed in"),
        (f"{len(facts.runs)} ({failed} failed)", "runs"),
        (str(facts.versions), "versions"),
        (f"{sum(one.rhythm.typed.values()):,}", "characters typed"),
    ]
    return [*shown, (one.receipt_code, "receipt code") if one.receipt_code else (one.row.review, "review")]


def _signals(document: Document, shared: _Class, one: Gathered) -> None:
    signals = one.facts.signals()
    if not signals:
        document.prose("No signals.", muted=True)
        return
    rows = [
        (
            *(shared.zone.clock(signal.at_ms), KINDS[signal.kind].title, signal.explanation),
            f"{shared.common.having[signal.kind]} of {shared.common.students}",
        )
        for signal in signals
    ]
    document.grid(_SIGNALS, rows[:SHOWN_SIGNALS])
    _more(document, len(rows) - SHOWN_SIGNALS)


def _runs(document: Document, shared: _Class, one: Gathered) -> None:
    document.section("Runs", 30)
    offsets = version_offsets(one)
    rows = [
        (
            *(shared.zone.clock(run.at_ms), str(run.run), run.what, str(run.version + offsets[facts.journal.hex()])),
            *("" if run.seconds is None else f"{run.seconds:.2f}", run.reason, run.error),
        )
        for facts, run in one.facts.runs
    ]
    if not rows:
        document.prose("No program was run.", muted=True)
        return
    document.grid(_RUNS, rows[:SHOWN_RUNS])
    _more(document, len(rows) - SHOWN_RUNS)


def _versions(document: Document, shared: _Class, one: Gathered) -> None:
    document.section("Versions", 30)
    document.prose("The code at each run, hand-in or checkpoint where it had changed.", muted=True)
    offsets = version_offsets(one)
    rows = [
        (
            *(str(version.number + offsets[facts.journal.hex()]), shared.zone.clock(version.at_ms), version.why),
            str(version.seq),
        )
        for facts in one.facts.main
        for version in facts.versions
    ]
    if rows:
        document.grid(_VERSIONS, rows[:SHOWN_VERSIONS])
    _more(document, len(rows) - SHOWN_VERSIONS)


def _more(document: Document, more: int) -> None:
    if more > 0:
        document.prose(f"{more} more are in the workbook.", muted=True, small=True)


def _near(document: Document, shared: _Class, one: Gathered, *, named: bool) -> None:
    pairs = shared.pairs.get(one.row.session, [])[:3]
    if not pairs:
        if not named:
            document.prose("There is no program of the class to compare with, or none that ranks among the nearest.")
        return
    if named:
        said = "; ".join(
            f"{(pair.b if pair.a is one else pair.a).name} {_percent(pair.jaccard)} ({_within(pair)})" for pair in pairs
        )
        document.prose(f"Most similar programs of the class: {said}.", muted=True, small=True)
        return
    said = "; ".join(f"{_percent(pair.jaccard)} ({_within(pair)})" for pair in pairs)
    document.prose(
        f"The most similar other programs of the class: {said}. Below, all {shared.alike.spread.pairs:,} pairs of the "
        "class, and where the nearest one lies. Whose programs they are is in the class's report."
    )


def _reviews(document: Document, zone: Zone, one: Gathered) -> None:
    if one.reviews:
        document.grid(_REVIEWS, [(zone.day(step.at_ms), step.who, in_words(step), step.note) for step in one.reviews])


def _files(document: Document, one: Gathered) -> None:
    texts = one.facts.texts() if one.handed is None else one.handed.texts
    state = "as handed in" if one.handed is not None else "as last saved"
    for file, text in sorted(texts.items()):
        document.section(f"{file}, {state}", 25)
        if text.strip():
            document.listing(text, SHOWN_LINES)
        else:
            document.prose("Empty.", muted=True)


def _checks(document: Document, one: Gathered) -> None:
    said = [
        f"Journal {check.row.journal.hex()[:8]} on {check.row.device_name or 'a PC'}: {check.sentence}"
        for check in one.checks
    ]
    document.prose("\n".join([*said, *([one.facts.problem] if one.facts.problem else [])]), muted=True, small=True)


def _percent(value: float) -> str:
    return f"{value:.0%}".replace("%", "\u00a0%")


def _within(pair: LikePair) -> str:
    if pair.too_short:
        return "a program is too short to say"
    return f"above {pair.below:.1%} of all pairs".replace("%", "\u00a0%")
