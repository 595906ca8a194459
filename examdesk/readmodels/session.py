"""One session: its panel, its runs, a text at a moment, its events."""

import json
from collections.abc import Iterator

import msgspec
import sqlalchemy as sa

from examdesk.evidence.fold import JournalFacts
from examdesk.evidence.rules import Rules
from examdesk.evidence.session import SessionFacts
from examdesk.evidence.signals import ENGINE, KINDS, HowCommon
from examdesk.evidence.summaries import ERASED, NUMBERS, UNREADABLE, name_of, summary
from examdesk.evidence.workspace import workspace_along
from examdesk.readmodels.derived import given_digest
from examdesk.readmodels.live import LiveModel, Online, nobody, raw_events, stored_entries
from examdesk.staffapi import messages as api
from examdesk.store import Reader
from examdesk.store import schema as s
from examdesk.store.rows import JournalRow, NoticeRow, entry_of
from shared.admission.receipt_code import receipt_code
from shared.events import decode
from shared.ids import JournalId, SessionId
from shared.log.batch import unpack_batch
from shared.log.entry import advance, start_link, unpack_header
from shared.problems import InputProblem, PeerFault

RUN_OUTPUT_CHARS = 16_000
MOST_EVENTS = 5_000


class NotThere(InputProblem):
    """What was asked about does not exist."""


def find_session(live: LiveModel, session: str) -> SessionId:
    """Return a session by its id in hexadecimal; raises `NotThere`."""
    try:
        found = SessionId(bytes.fromhex(session))
    except ValueError:
        found = SessionId(b"")
    if found not in live.fresh().sessions:
        raise NotThere("There is no such session. Refresh the table and open it again.")
    return found


def session_view(
    live: LiveModel, reader: Reader, session: str, now_ms: int, online: Online = nobody
) -> api.SessionView:
    """Return all that the panel of one session needs; raises `NotThere`."""
    found = find_session(live, session)
    row, facts = live.sessions[found], live.facts[found]
    current = facts.current
    handed_in = facts.handed_in
    start = current.starts[-1] if current is not None and current.starts else None
    grades = [run.grade for _, run in facts.runs if run.grade]
    code = ""
    if handed_in is not None and current is not None:
        code = code_of_hand_in(reader, live.journal_row(current.journal), handed_in.seq)
    return api.SessionView(
        row=live.row(found, now_ms, online),
        joined_ms=row.joined_ms,
        by=row.joined_by,
        journals=journal_views(facts),
        files=_files(facts),
        signals=signal_views(live, found, live.commonness()),
        messages=_messages(live, found),
        receipt_code=code,
        submitted_ms=handed_in.at_ms if handed_in is not None else None,
        sandbox=grades[-1] if grades else (start.sandbox if start is not None else ""),
        platform=start.platform if start is not None else "",
        basis=signal_basis(live, tuple(_inputs(live, reader, found))),
    )


def draw_view(live: LiveModel, session: str) -> api.DrawView:
    """Return what the log of a session says of its draw; raises `NotThere`."""
    current = live.facts[find_session(live, session)].current
    if current is None:
        return api.DrawView(session=session, questions=(), seed="", draws=0)
    return api.DrawView(session=session, questions=current.drawn, seed=current.seed, draws=current.draws)


def journal_views(facts: SessionFacts) -> tuple[api.JournalView, ...]:
    """Return the journals along the line, then side branches: whole journals, and late tails of earlier ones."""
    views: list[api.JournalView] = []
    line = facts.line
    for place, row in enumerate(line):
        views.append(_journal(row, facts.journals[row.journal], "main" if place == len(line) - 1 else "earlier"))
    views += [_journal(row, facts.journals[row.journal], "side branch") for row in facts.side_branches]
    for row in line:
        tail = facts.tails.get(row.journal)
        if tail is not None:
            views.append(
                api.JournalView(
                    journal=row.journal.hex(),
                    device=row.device_name,
                    events=tail.events,
                    first_ms=tail.first_ms,
                    last_ms=tail.last_ms,
                    role="side branch",
                    parent=row.journal.hex(),
                )
            )
    return tuple(views)


def _journal(row: JournalRow, facts: JournalFacts, role: str) -> api.JournalView:
    return api.JournalView(
        journal=row.journal.hex(),
        device=row.device_name,
        events=facts.events,
        first_ms=facts.first_ms,
        last_ms=facts.last_ms,
        role=role,  # type: ignore[arg-type]
        parent=row.parent.hex() if row.parent is not None else "",
        verified=row.state != "damaged",
        surroundings=facts.surroundings,
    )


def signal_views(live: LiveModel, session: SessionId, common: HowCommon) -> tuple[api.SignalView, ...]:
    """Return a session's signals by time, each with how many of the class's students have one of its kind."""
    return tuple(
        api.SignalView(
            kind=signal.kind,
            title=KINDS[signal.kind].title,
            explanation=signal.explanation,
            journal=signal.journal,
            seq=signal.seq,
            at_ms=signal.at_ms,
            amount=signal.amount,
            unit=signal.unit,
            file=signal.file,
            students_with_it=common.having[signal.kind],
            students=common.students,
            parameters=KINDS[signal.kind].parameters(live.rules.signals),
            meaning=KINDS[signal.kind].meaning,
        )
        for signal in live.facts[session].signals()
    )


def signal_basis(live: LiveModel, inputs: tuple[tuple[str, int, str], ...] = ()) -> api.SignalBasis:
    """Return what signals follow from besides events; `inputs` are the journals read, where it is about a session."""
    return api.SignalBasis(engine=ENGINE, given_sha256=given_digest(live.rules.given), inputs=inputs)


def _inputs(live: LiveModel, reader: Reader, session: SessionId) -> Iterator[tuple[str, int, str]]:
    """Yield up to which event, and to which link, each journal of a session was read: events come batch by batch."""
    columns = s.batches.c
    with reader.connect() as connection:
        for journal in live.facts[session].journals:
            last = live.facts[session].next_seq(journal) - 1
            query = sa.select(columns.last, columns.body).where(columns.journal == journal, columns.last <= last)
            found = connection.execute(query.order_by(columns.last.desc()).limit(1)).first()
            if found is not None:
                yield journal.hex(), found.last, unpack_batch(found.body).link.hex()


def _files(facts: SessionFacts) -> tuple[api.FileView, ...]:
    source = next((each for each in reversed(facts.main) if each.files.texts), None)
    if source is None:
        return ()
    return tuple(
        api.FileView(
            file=file,
            question=file.partition("/")[0],
            length=len(text),
            changed_ms=source.files.changed_ms.get(file),
        )
        for file, text in source.files.texts.items()
    )


def is_for(notice: NoticeRow, session: SessionId, section: str) -> bool:
    """Tell whether a notice is for a session."""
    sections, sessions = json.loads(notice.sections), json.loads(notice.sessions)
    return (not sections and not sessions) or section in sections or session.hex() in sessions


def _messages(live: LiveModel, session: SessionId) -> tuple[api.MessageView, ...]:
    facts, section = live.facts[session], live.section_of(session)
    views = []
    for notice in live.notices:
        if not is_for(notice, session, section):
            continue
        seen = next((each.notices[notice.number] for each in facts.main if notice.number in each.notices), None)
        views.append(
            api.MessageView(
                number=notice.number,
                at_ms=notice.at_ms,
                sender=notice.sender,
                text=notice.text,
                kind=notice.kind,
                from_student=False,
                delivered_ms=seen.delivered_ms if seen is not None else None,
                read_ms=seen.read_ms if seen is not None else None,
            )
        )
    views += [
        api.MessageView(
            number=sent.seq,
            at_ms=sent.at_ms,
            sender=live.name_of(session),
            text=sent.text,
            kind=sent.about,
            from_student=True,
        )
        for journal in facts.main
        for sent in journal.sent
    ]
    return tuple(sorted(views, key=lambda view: view.at_ms))


def code_of_hand_in(reader: Reader, row: JournalRow | None, seq: int) -> str:
    """Return the short code that the student got for a hand-in."""
    if row is None:
        return ""
    with reader.connect() as connection:
        columns = s.batches.c
        query = sa.select(columns.last, columns.body).where(columns.journal == row.journal, columns.last <= seq)
        before = connection.execute(query.order_by(columns.last.desc()).limit(1)).first()
        at, link = (
            (-1, start_link(row.endorsement)) if before is None else (before.last, unpack_batch(before.body).link)
        )
        for entry in stored_entries(connection, row.journal, at + 1, seq + 1):
            link = advance(link, entry)
    return receipt_code(link)


def runs(live: LiveModel, reader: Reader, session: str) -> api.RunList:
    """Return the runs of a session with their output, oldest first; raises `NotThere`."""
    facts = live.facts[find_session(live, session)]
    views = []
    with reader.connect() as connection:
        for row in facts.line:
            wanted = facts.journals[row.journal]
            if wanted.runs:
                views += _runs(connection, row, wanted, live.rules)
    return api.RunList(runs=tuple(views))


def _runs(connection: sa.Connection, row: JournalRow, facts: JournalFacts, rules: Rules) -> list[api.RunView]:
    again = JournalFacts(row.journal, msgspec.structs.replace(rules, output_chars=RUN_OUTPUT_CHARS))
    for header, payload in raw_events(connection, row.journal, 0, facts.last_seq + 1):
        if header[1] in _FOR_RUNS:
            again.take_raw(header, payload)
    return [
        api.RunView(
            run=run.run,
            journal=row.journal.hex(),
            seq=run.seq,
            at_ms=run.at_ms,
            question=run.question,
            file=run.file,
            seconds=run.seconds,
            reason=run.reason,
            exit_code=run.exit_code,
            error=run.error,
            output=with_output.output,
            version=run.version,
            checks=run.checks,
        )
        for run, with_output in zip(facts.runs, again.runs, strict=False)
    ]


_FOR_RUNS = frozenset(
    NUMBERS[name] for name in ("RunStarted", "RunOutput", "RunInput", "RunEnded", "StandingApplied", "Slept")
)


def text_view(
    live: LiveModel, reader: Reader, session: str, file: str, moment: tuple[str, int | None] = ("", None)
) -> api.TextView:
    """Return a file's text now, or after an event of a journal, with the origin of each character.

    `moment` is (journal in hexadecimal, event); an empty journal means the newest, no event its end.

    Raises:
        NotThere: there is no such session, journal or file at that moment.
    """
    facts = live.facts[find_session(live, session)]
    asked, seq = moment
    row = _journal_asked(facts, asked)
    last = live.facts[row.session].journals[row.journal].last_seq if seq is None else seq
    with reader.connect() as connection:
        workspace = workspace_along(
            [(each.journal, each.parent_seq) for each in line_to(facts, row)],
            last,
            lambda journal, stop: stored_entries(connection, journal, 0, stop),
        )
    if file not in workspace.files:
        raise NotThere(f"There was no file {file} at that moment.")
    model = workspace.model(file)
    spans = tuple((span.end - span.start, int(span.origin)) for span in model.provenance())
    return api.TextView(file=file, text=model.text, spans=_joined(spans), journal=row.journal.hex(), seq=last)


def _joined(spans: tuple[tuple[int, int], ...]) -> tuple[tuple[int, int], ...]:
    """Put neighbours of one origin together."""
    joined: list[tuple[int, int]] = []
    for length, origin in spans:
        if joined and joined[-1][1] == origin:
            joined[-1] = (joined[-1][0] + length, origin)
        else:
            joined.append((length, origin))
    return tuple(joined)


def _journal_asked(facts: SessionFacts, asked: str) -> JournalRow:
    rows = [*facts.line, *facts.side_branches]
    if not asked:
        with_files = [row for row in facts.line if facts.journals[row.journal].files.texts]
        if with_files or facts.line:
            return (with_files or list(facts.line))[-1]
    for row in rows:
        if row.journal.hex() == asked:
            return row
    raise NotThere("There is no such journal in this session.")


def line_to(facts: SessionFacts, row: JournalRow) -> list[JournalRow]:
    """Return a journal and its parents, oldest first."""
    rows = {each.journal: each for each in (*facts.line, *facts.side_branches)}
    line = [row]
    while line[-1].parent is not None and line[-1].parent in rows and rows[line[-1].parent] not in line:
        line.append(rows[line[-1].parent])
    return line[::-1]


def events(
    live: LiveModel, reader: Reader, session: str, page: tuple[int, int] = (0, 500), kinds: tuple[str, ...] = ()
) -> api.EventList:
    """Return a page (start, limit) of a session's events: the line oldest first, then side branches.

    With `kinds` only events of these names, and `total` counts just them. Raises `NotThere`.
    """
    facts = live.facts[find_session(live, session)]
    start, limit = max(page[0], 0), max(0, min(page[1], MOST_EVENTS))
    found: list[api.EventView] = []
    total = 0
    with reader.connect() as connection:
        for journal, first, stop in _stretches(facts):
            size = _count(connection, journal, first, stop, kinds)
            skip = max(start - total, 0)
            total += size
            if skip < size and len(found) < limit:
                rows = _page(connection, (journal, first, stop), kinds, (skip, limit - len(found)))
                found += [_event(facts.journals[journal], row) for row in rows]
    return api.EventList(events=tuple(found), total=total)


def _stretches(facts: SessionFacts) -> list[tuple[JournalId, int, int]]:
    stretches = [(row.journal, 0, facts.journals[row.journal].last_seq + 1) for row in facts.line]
    stretches += [(row.journal, 0, facts.journals[row.journal].last_seq + 1) for row in facts.side_branches]
    for row in facts.line:
        if row.journal in facts.tails:
            first = facts.journals[row.journal].last_seq + 1
            stretches.append((row.journal, first, first + facts.tails[row.journal].events))
    return stretches


def _where(journal: JournalId, first: int, stop: int, kinds: tuple[str, ...]) -> list["sa.ColumnElement[bool]"]:
    columns = s.events.c
    where = [columns.journal == journal, columns.seq >= first, columns.seq < stop]
    if kinds:
        numbers = [bytes([NUMBERS[name]]) for name in kinds if name in NUMBERS]
        where.append(sa.func.substr(columns.header, 2, 1, type_=sa.LargeBinary).in_(numbers))
    return where


def _count(connection: sa.Connection, journal: JournalId, first: int, stop: int, kinds: tuple[str, ...]) -> int:
    if not kinds:
        return max(stop - first, 0)
    query = sa.select(sa.func.count()).select_from(s.events).where(*_where(journal, first, stop, kinds))
    return int(connection.execute(query).scalar_one())


def _page(
    connection: sa.Connection, stretch: tuple[JournalId, int, int], kinds: tuple[str, ...], page: tuple[int, int]
) -> "list[sa.Row[tuple[object, ...]]]":
    query = sa.select(s.events).where(*_where(*stretch, kinds)).order_by(s.events.c.seq)
    return list(connection.execute(query.offset(page[0]).limit(page[1])))


def _event(facts: JournalFacts, row: "sa.Row[tuple[object, ...]]") -> api.EventView:
    entry = entry_of(row)
    header = unpack_header(entry.header)
    return api.EventView(
        journal=facts.journal.hex(),
        seq=header.seq,
        kind=name_of(header.kind),
        at_ms=facts.clock.past(header),
        summary=summary_of(header.kind, entry.payload),
        payload=(entry.payload or b"").decode(errors="replace"),
    )


def summary_of(kind: int, payload: bytes | None) -> str:
    """Return one sentence for an event as it is stored."""
    if payload is None:
        return ERASED
    try:
        return summary(decode(kind, payload))
    except PeerFault:
        return UNREADABLE
