"""The tables of the class as sheets: what each is, its columns, its rows; `workbook` and `ods` write them."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from examdesk.evidence.signals import ENGINE, KINDS
from examdesk.exports.alike import Comparison
from examdesk.exports.cells import Value
from examdesk.exports.gathering import Gathered, Gathering, edition_reads, version_offsets
from examdesk.exports.times import Zone
from examdesk.readmodels.exam import edition_documents
from examdesk.staffapi.messages import SIMILARITY_WORDS
from examdesk.store.reviews import in_words

DATE = "yyyy-mm-dd hh:mm:ss"
PERCENT = "0.0%"


class Column(msgspec.Struct, frozen=True):
    """A column: heading, width in characters, and the number format of its cells."""

    title: str
    width: int = 14
    style: str = ""


class Sheet(msgspec.Struct, frozen=True):
    """One sheet: what it is, its columns, its rows."""

    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Iterable[Sequence[Value]]


Columns = tuple[Column, ...]
_WHO = (Column("Student", 16), Column("Name", 26), Column("Section", 10))
_WHEN = Column("Time", 20, DATE)


def _who(one: Gathered) -> tuple[str, str, str]:
    return one.student, one.name, one.section


def all_sheets(gathering: Gathering, alike: list[Comparison], zone: Zone) -> Iterator[Sheet]:
    """Yield the workbook's sheets."""
    yield _summary(gathering, zone)
    yield _roster(gathering)
    yield _sessions(gathering, zone)
    yield _runs(gathering, zone)
    yield _versions(gathering, zone)
    yield _signals(gathering, zone)
    yield _similarity(alike)
    yield _reviews(gathering, zone)
    yield _questions(gathering, alike)
    issued = _issued(gathering)
    if issued:
        yield _editions(gathering, issued, zone)


def _summary(gathering: Gathering, zone: Zone) -> Sheet:
    pages, sessions = gathering.pages, gathering.sessions
    statuses = Counter(str(one.status) for one in sessions)
    reviews = Counter(one.row.review for one in sessions)
    checks = [check for one in sessions for check in one.checks]
    rows: list[tuple[Value, ...]] = [
        ("Exam", pages.exam.long_name),
        ("Course", pages.exam.course),
        ("Exam id", pages.exam_id.hex()),
        ("Rehearsal", pages.rehearsed or "No rehearsal of this exam was written down."),
        ("Of whom", pages.chosen.in_words()),
        ("Made", zone.cell(gathering.made_ms)),
        ("Time zone of all times here", zone.names(_moments(gathering))),
        ("Students on the roster", len(pages.roster)),
        ("Sessions", len(sessions)),
        ("Never joined", len(gathering.absent)),
        *((f"Sessions: {status}", count) for status, count in sorted(statuses.items())),
        ("Events", pages.events),
        ("Runs", sum(len(one.facts.runs) for one in sessions)),
        ("Code versions", sum(one.facts.versions for one in sessions)),
        ("Signals", sum(len(one.facts.signals()) for one in sessions)),
        *((f"Review: {status}", count) for status, count in sorted(reviews.items())),
        ("Journals", len(checks)),
        ("Journals whose record holds", sum(check.holds for check in checks)),
        ("Signals were derived by", ENGINE),
    ]
    return Sheet(
        "Summary",
        "The exam in figures. All of it is derived from the event logs, which the evidence bundle lets anyone check.",
        (Column("What", 34), Column("Value", 44)),
        rows,
    )


def _moments(gathering: Gathering) -> Iterator[int]:
    """Yield moments between which all dates of the tables lie, or which are among them."""
    yield gathering.made_ms
    for one in gathering.sessions:
        yield one.row.joined_ms
        yield from (ms for ms in (one.last_ms, one.row.ends_ms) if ms is not None)
        yield from (step.at_ms for step in one.reviews)


def summary_sheets(gathering: Gathering, alike: list[Comparison], zone: Zone) -> Iterator[Sheet]:
    """Yield the sheets of the summary: figures, one row for each session, one for each question."""
    yield _summary(gathering, zone)
    yield _sessions(gathering, zone)
    yield _questions(gathering, alike)


def _roster(gathering: Gathering) -> Sheet:
    joined = {one.student for one in gathering.sessions}
    columns: Columns = (
        *_WHO,
        Column("E-mail", 28),
        Column("Seat", 8),
        Column("Room", 10),
        Column("Time factor", 12, "0.00"),
    )
    columns += (Column("Extra minutes", 14, "0"), Column("Joined", 8), Column("Added at the door", 18))
    rows = (
        (
            *(row.student, row.name, row.section, row.email, row.seat, row.room, row.factor, row.extra_minutes),
            *(row.student in joined, row.provisional),
        )
        for row in gathering.pages.roster
    )
    return Sheet("Roster", "Everybody who might sit the exam, and whether they joined.", columns, rows)


def _sessions(gathering: Gathering, zone: Zone) -> Sheet:
    columns: Columns = (
        *_WHO,
        Column("Status", 12),
        Column("Joined", 20),
        Column("Began", 20),
        Column("Last event", 20),
    )
    columns += (Column("Handed in", 20), Column("Receipt code", 14), Column("Ends", 20))
    columns += (Column("Minutes left then", 16, "0.0"), Column("Devices", 9, "0"))
    columns += (Column("Events", 10, "#,##0"), Column("Runs", 8, "0"), Column("Failed runs", 12, "0"))
    columns += (Column("Versions", 10, "0"), Column("Signals", 9, "0"), Column("Record holds", 13))
    columns += (Column("Review", 16), Column("To be reviewed by", 18), Column("Asked to escalate by", 20))
    columns += (Column("Session id", 34),)
    return Sheet(
        "Sessions",
        "One row for each student who joined. Signals are for a person to look at; their number alone says nothing.",
        columns,
        (_session(one, zone) for one in gathering.sessions),
    )


def _session(one: Gathered, zone: Zone) -> tuple[Value, ...]:
    facts, handed_in = one.facts, one.facts.handed_in
    began = next((each.first_ms for each in facts.main if each.first_ms is not None), None)
    return (
        *_who(one),
        str(one.status),
        zone.cell(one.row.joined_ms),
        zone.cell(began),
        zone.cell(one.last_ms),
        None if handed_in is None else zone.cell(handed_in.at_ms),
        one.receipt_code,
        zone.cell(one.row.ends_ms),
        _minutes_left(one),
        len({check.row.device for check in one.checks}),
        sum(check.events for check in one.checks),
        len(facts.runs),
        sum(run.failed for _, run in facts.runs),
        facts.versions,
        len(facts.signals()),
        all(check.holds for check in one.checks),
        one.row.review,
        one.review.assignee,
        one.review.asked_by,
        one.row.session.hex(),
    )


def _minutes_left(one: Gathered) -> float | None:
    """Return how much time was left at the hand-in; None where nobody handed in, or there is no end."""
    handed_in, ends_ms = one.facts.handed_in, one.row.ends_ms
    if handed_in is None or ends_ms is None:
        return None
    return max(0, ends_ms - handed_in.at_ms) / 60_000


def _runs(gathering: Gathering, zone: Zone) -> Sheet:
    columns: Columns = (*_WHO, Column("Run", 7, "0"), _WHEN, Column("Question", 14), Column("File", 20))
    columns += (
        Column("What ran", 10),
        Column("Version", 9, "0"),
        Column("Seconds", 10, "0.00"),
        Column("How it ended", 16),
    )
    columns += (Column("Exit code", 10, "0"), Column("Error", 48), Column("Isolation", 14))
    rows = (
        (
            *(*_who(one), run.run, zone.cell(run.at_ms), run.question, run.file),
            *("checks" if run.checks else "program", run.version + offsets[facts.journal.hex()]),
            *(run.seconds, run.reason, run.exit_code, run.error, run.grade),
        )
        for one in gathering.sessions
        for offsets in [version_offsets(one)]
        for facts, run in one.facts.runs
    )
    return Sheet(
        "Runs",
        "Every execution of a student's program, or of an exam's shown checks over it, oldest first.",
        columns,
        rows,
    )


def _versions(gathering: Gathering, zone: Zone) -> Sheet:
    columns: Columns = (*_WHO, Column("Version", 9, "0"), _WHEN, Column("Kept at", 14), Column("Event", 9, "0"))
    columns += (Column("Journal", 34),)
    rows = (
        (
            *(*_who(one), version.number + offsets[facts.journal.hex()], zone.cell(version.at_ms), version.why),
            *(version.seq, facts.journal.hex()),
        )
        for one in gathering.sessions
        for offsets in [version_offsets(one)]
        for facts in one.facts.main
        for version in facts.versions
    )
    about = "The code at each run, hand-in or checkpoint where it had changed. The texts are in the session's JSON."
    return Sheet("Versions", about, columns, rows)


def _signals(gathering: Gathering, zone: Zone) -> Sheet:
    common = gathering.commonness
    columns: Columns = (*_WHO, _WHEN, Column("Signal", 26), Column("Explanation", 70), Column("Amount", 10, "#,##0.##"))
    columns += (Column("Unit", 12), Column("File", 20), Column("Students with it", 16, "0"), Column("of", 7, "0"))
    columns += (Column("Event", 9, "0"), Column("Journal", 34))
    rows = (
        (
            *(*_who(one), zone.cell(signal.at_ms), KINDS[signal.kind].title, signal.explanation, signal.amount),
            *(signal.unit, signal.file, common.having[signal.kind], common.students, signal.seq, signal.journal),
        )
        for one in gathering.sessions
        for signal in one.facts.signals()
    )
    about = (
        "Moments that a person may want to look at, each with its explanation and how common it was in this class. "
        "Evidence for review, not findings."
    )
    return Sheet("Signals", about, columns, rows)


def _similarity(alike: list[Comparison]) -> Sheet:
    columns: Columns = (Column("Question", 22), Column("Student A", 16), Column("Name A", 24), Column("Student B", 16))
    columns += (Column("Name B", 24), Column("Similarity", 12, PERCENT), Column("Ranking figure", 15, PERCENT))
    columns += (Column("Pairs of the class below", 24, PERCENT), Column("Too short to say", 16))
    rows = (
        (
            *(comparison.title, pair.a.student, pair.a.name, pair.b.student, pair.b.name),
            *(pair.jaccard, pair.rank, pair.below, pair.too_short),
        )
        for comparison in alike
        for pair in comparison.pairs
    )
    return Sheet("Similarity", SIMILARITY_WORDS, columns, rows)


def _reviews(gathering: Gathering, zone: Zone) -> Sheet:
    columns: Columns = (*_WHO, _WHEN, Column("Reviewer", 20), Column("What was done", 40))
    columns += (Column("Status after it", 18), Column("Note", 60))
    rows = (
        (*_who(one), zone.cell(step.at_ms), step.who, in_words(step), step.status, step.note)
        for one in gathering.sessions
        for step in one.reviews
    )
    return Sheet(
        "Reviews",
        "What reviewers did and wrote, and when, oldest first for each student; nothing of it is ever changed.",
        columns,
        rows,
    )


def _questions(gathering: Gathering, alike: list[Comparison]) -> Sheet:
    columns: Columns = (Column("Question", 18), Column("Title", 34), Column("Students who got it", 18, "0"))
    columns += (Column("who wrote in it", 16, "0"), Column("who ran it", 12, "0"), Column("Runs", 8, "0"))
    columns += (Column("Failed runs", 12, "0"), Column("Mean length (characters)", 22, "0"))
    columns += (Column("Median similarity", 18, PERCENT), Column("Highest similarity", 18, PERCENT))
    by_question = {comparison.question: comparison for comparison in alike}
    if len(gathering.opened.content.every_question) == 1:
        by_question = {question.id: alike[0] for question in gathering.opened.content.every_question}
    rows = (
        _question(gathering, question.id, question.title, by_question.get(question.id))
        for question in gathering.opened.content.every_question
    )
    return Sheet(
        "Questions", "Each question over the class: who wrote, who ran, how alike the programs are.", columns, rows
    )


def _question(gathering: Gathering, question: str, title: str, alike: Comparison | None) -> tuple[Value, ...]:
    got = [one for one in gathering.sessions if (current := one.facts.current) and question in current.drawn]
    runs = [
        (one, run)
        for one in gathering.sessions
        for _, run in one.facts.runs
        if run.question == question and not run.checks
    ]
    texts = [sum(map(len, files.values())) for _, files in gathering.texts_of(question)]
    quantiles = alike.spread.quantiles if alike is not None else {}
    return (
        question,
        title,
        len(got),
        alike.programs if alike is not None else 0,
        len({one.student for one, _ in runs}),
        len(runs),
        sum(run.failed for _, run in runs),
        round(sum(texts) / len(texts)) if texts else None,
        quantiles.get("0.5"),
        quantiles.get("1"),
    )


def _issued(gathering: Gathering) -> dict[int, int]:
    """Return when each edition of the exam was made, by its number; empty where it was never edited."""
    documents = edition_documents(gathering.pages.reader, gathering.pages.exam_id)
    return {edition.number: edition.issued_ms for edition, _ in documents}


def _editions(gathering: Gathering, issued: dict[int, int], zone: Zone) -> Sheet:
    columns: Columns = (Column("Edition", 9, "0"), Column("Made", 20, DATE), *_WHO, Column("At the desk", 20, DATE))
    columns += (Column("What changed", 22), Column("Read", 20, DATE), Column("Starter files replaced", 26))
    columns += (Column("Changed files kept", 26), Column("Event", 9, "0"), Column("Journal", 34))
    rows = (
        row
        for number, made_ms in sorted(issued.items())
        for one in gathering.sessions
        for row in _edition_rows(one, number, made_ms, zone)
    )
    about = (
        "When each edition of the exam held at each desk, what it changed for the student, and when that was read. "
        "Empty: it was not at that desk (one may go straight to a later), changed nothing there, or was not read."
    )
    return Sheet("Editions", about, columns, rows)


def _edition_rows(one: Gathered, number: int, made_ms: int, zone: Zone) -> Iterator[tuple[Value, ...]]:
    """Yield a row for each thing that an edition changed for a student, or one that says that it changed nothing."""
    head = (number, zone.cell(made_ms), *_who(one))
    found = [(facts, held) for facts in one.facts.main for held in facts.editions if held.number == number]
    read = edition_reads(one, number)
    if not found:
        yield (*head, *[None] * 7)
        return
    facts, held = found[0]
    files = (", ".join(held.replaced), ", ".join(held.kept))
    place = (held.seq, facts.journal.hex())
    changed = list(dict.fromkeys((*sorted(read.keys() & {""}), *held.changed, *read)))
    if not changed:
        yield (*head, zone.cell(held.at_ms), None, None, *files, *place)
    for question in changed:
        what = question or "the exam as a whole"
        yield (*head, zone.cell(held.at_ms), what, zone.cell(read.get(question)), *files, *place)
