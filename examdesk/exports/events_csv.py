"""`events.csv`: every event as one row, for spreadsheets and scripts."""

import csv
from collections.abc import Collection, Iterator
from pathlib import Path

from examdesk.evidence.moments import HubTime
from examdesk.evidence.summaries import name_of
from examdesk.exports.pages import Pages
from examdesk.exports.redaction import Redaction
from examdesk.exports.tables import defused
from examdesk.exports.times import Zone
from examdesk.exports.writing import Effort
from examdesk.readmodels.session import summary_of
from examdesk.store.rows import JournalRow, SessionRow
from shared.events import decode, kinds
from shared.log.entry import Entry, Header, unpack_header
from shared.problems import PeerFault

NAME = "events.csv"
COLUMNS = (
    *("student", "section", "session", "journal", "seq", "time", "kind", "question", "file"),
    *("summary", "payload"),
)


def write_events(pages: Pages, folder: Path, zone: Zone, effort: Effort, redact: Collection[str] = ()) -> Path:
    """Write the file into `folder`; journals one after the other, each in its order.

    `redact` names what is erased: such an event keeps its row, and its text is gone.
    """
    redaction = Redaction(redact)
    sections = {row.student: row.section for row in pages.roster}
    path = folder / NAME
    with path.open("w", encoding="utf-8-sig", newline="", errors="replace") as out:
        table = csv.writer(out)
        table.writerow(COLUMNS)
        for session in pages.sessions:
            effort.step(0, "writing the events")
            section = sections.get(session.student, "")
            for journal in pages.journals_of(session.session):
                for page in _rows(pages, (session, section), journal, zone, redaction):
                    table.writerows(page)
                    effort.step(len(page))
    return path


def _rows(
    pages: Pages, who: tuple[SessionRow, str], journal: JournalRow, zone: Zone, redaction: Redaction
) -> Iterator[list[tuple[object, ...]]]:
    """Yield the rows of each page."""
    clock = HubTime()
    session, section = who
    start = (defused(session.student), defused(section), session.session.hex(), journal.journal.hex())
    for page in pages.entry_pages(journal):
        headers = [unpack_header(entry.header) for entry in page]
        _anchor(clock, zip(headers, page, strict=True))
        yield [
            (*start, header.seq, zone.iso(clock.past(header)), *_content(header, redaction.of(pages.shown(entry))))
            for header, entry in zip(headers, page, strict=True)
        ]


def _anchor(clock: HubTime, page: Iterator[tuple[Header, Entry]]) -> None:
    """Learn from a page how the PC's clock stood to the hub's."""
    for header, entry in page:
        if header.kind not in (kinds.StandingApplied.KIND, kinds.Slept.KIND) or entry.payload is None:
            continue
        try:
            payload = decode(header.kind, entry.payload)
        except PeerFault:
            continue
        if isinstance(payload, kinds.StandingApplied | kinds.Slept):
            clock.anchor(header, payload.offset_ms)


def _content(header: Header, entry: Entry) -> tuple[str, str, str, str, str]:
    question, file = _place(header, entry)
    text = "" if entry.payload is None else entry.payload.decode(errors="replace")
    said = summary_of(header.kind, entry.payload)
    return name_of(header.kind), defused(question), defused(file), defused(said), defused(text)


def _place(header: Header, entry: Entry) -> tuple[str, str]:
    """Return the question and the file that an event is about, where it names one."""
    if entry.payload is None:
        return "", ""
    try:
        payload = decode(header.kind, entry.payload)
    except PeerFault:
        return "", ""
    file = getattr(payload, "file", "")
    return getattr(payload, "question", "") or file.partition("/")[0], file
