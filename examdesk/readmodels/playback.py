"""A session's events in pieces, along the line that it went and along each side branch."""

from collections.abc import Iterator
from itertools import islice

import sqlalchemy as sa

from examdesk.evidence.session import SessionFacts
from examdesk.readmodels.live import LiveModel, raw_events
from examdesk.readmodels.session import NotThere, find_session, line_to, summary_of
from examdesk.staffapi import messages as api
from examdesk.store import Reader, schema
from examdesk.store.rows import JournalRow
from shared.ids import JournalId
from shared.log.entry import unpack_header
from shared.log.receipt import unpack_receipt

MOST_EVENTS = 2_000
RECEIPTS_AT_ONCE = 200
MOST_BYTES = 1_000_000
"""Of payloads in a piece; a piece has at least one event."""


def playback(live: LiveModel, reader: Reader, request: api.GetPlayback) -> api.Playback:
    """Return a piece of a track; raises `NotThere`."""
    facts = live.facts[find_session(live, request.session)]
    tracks = tracks_of(facts)
    track = next((each for each in tracks if each.name == request.track), None)
    if track is None:
        raise NotThere("There is no such side branch in this session any more. Open the session again.")
    start = max(request.start, 0)
    with reader.connect() as connection:
        receipts = _Receipts(connection)
        most = min(max(request.limit, 1), MOST_EVENTS)
        found = tuple(_piece(facts, _stored(connection, track, start), most, receipts))
    return api.Playback(
        session=request.session,
        start=start,
        events=found,
        track=track,
        tracks=tracks,
        versions=tuple(_versions(facts, track)),
    )


def tracks_of(facts: SessionFacts) -> tuple[api.Track, ...]:
    """Return the line of a session, then its side branches, then late tails of journals that it had left."""
    line = facts.line
    device = line[-1].device_name if line else ""
    tracks = [_track(facts, line, ("", "main", device))]
    tracks += [
        _track(facts, line_to(facts, row), (row.journal.hex(), "side branch", row.device_name))
        for row in facts.side_branches
    ]
    for row in line:
        tail = facts.tails.get(row.journal)
        if tail is not None:
            name = (f"{row.journal.hex()}+", "late tail", row.device_name)
            tracks.append(_track(facts, line_to(facts, row), name, tail.events))
    return tuple(tracks)


def _track(
    facts: SessionFacts, rows: "list[JournalRow] | tuple[JournalRow, ...]", name: tuple[str, str, str], late: int = 0
) -> api.Track:
    """Return a track by its (name, role, device); `late` events of its last journal came after the line had left it."""
    journals = []
    for place, row in enumerate(rows):
        stop = facts.journals[row.journal].last_seq + 1
        if place + 1 < len(rows):
            stop = min(stop, rows[place + 1].parent_seq + 1)
        else:
            stop += late
        journals.append(api.PlayedJournal(journal=row.journal.hex(), device=row.device_name, stop=stop))
    all_facts = [facts.journals[row.journal] for row in rows]
    tail = facts.tails.get(rows[-1].journal) if rows and late else None
    firsts = [each.first_ms for each in all_facts if each.first_ms is not None]
    lasts = [each.last_ms for each in all_facts if each.last_ms is not None]
    if tail is not None and tail.last_ms is not None:
        lasts.append(tail.last_ms)
    return api.Track(
        name=name[0],
        role=name[1],  # type: ignore[arg-type]
        device=name[2],
        events=sum(each.stop for each in journals),
        journals=tuple(journals),
        first_ms=min(firsts, default=None),
        last_ms=max(lasts, default=None),
    )


def _stored(connection: sa.Connection, track: api.Track, start: int) -> Iterator[tuple[int, bytes, bytes | None]]:
    """Yield (place of the journal, header, payload) from event number `start` of a track on."""
    before = 0
    for place, each in enumerate(track.journals):
        first = max(start - before, 0)
        before += each.stop
        if first < each.stop:
            journal = JournalId(bytes.fromhex(each.journal))
            for header, payload in raw_events(connection, journal, first, each.stop):
                yield place, header, payload


class _Receipts:
    """When the hub first signed for each event, asked in the order of the events."""

    def __init__(self, connection: sa.Connection) -> None:
        self._sql = connection
        self._journal: JournalId | None = None
        self._ahead: Iterator[tuple[int, bytes]] = iter(())
        self._last, self._at_ms = -1, 0

    def of(self, journal: JournalId, seq: int) -> int | None:
        """Return the time of the first receipt that covers an event, None where no receipt does."""
        if journal != self._journal:
            self._journal, self._last, self._at_ms = journal, -1, 0
            self._ahead = iter(self._pages(journal, seq))
        while self._last < seq:
            after = next(self._ahead, None)
            if after is None:
                return None
            self._last, self._at_ms = after[0], unpack_receipt(after[1]).hub_ms
        return self._at_ms

    def _pages(self, journal: JournalId, start: int) -> Iterator[tuple[int, bytes]]:
        columns = schema.receipts.c
        query = sa.select(columns.last, columns.body).where(columns.journal == journal)
        while True:
            page = query.where(columns.last >= start).order_by(columns.last, columns.number).limit(RECEIPTS_AT_ONCE)
            rows = self._sql.execute(page).all()
            yield from ((row.last, row.body) for row in rows)
            if len(rows) < RECEIPTS_AT_ONCE:
                return
            start = rows[-1].last + 1


def _piece(
    facts: SessionFacts, stored: Iterator[tuple[int, bytes, bytes | None]], most: int, receipts: _Receipts
) -> Iterator[api.PlayedEvent]:
    room = MOST_BYTES
    clocks = {row.journal: facts.journals[row.journal].clock for row in (*facts.line, *facts.side_branches)}
    for place, packed, payload in islice(stored, most):
        room -= len(payload or b"")
        header = unpack_header(packed)
        at_ms = clocks[header.journal].past(header)
        words, confirmed = summary_of(header.kind, payload), receipts.of(header.journal, header.seq)
        yield api.PlayedEvent(place, header.seq, header.kind, at_ms, payload, words, confirmed)
        if room < 0:
            return


def _versions(facts: SessionFacts, track: api.Track) -> Iterator[api.PlayedVersion]:
    for each in track.journals:
        for version in facts.journals[JournalId(bytes.fromhex(each.journal))].versions:
            if version.seq < each.stop:
                yield api.PlayedVersion(
                    journal=each.journal,
                    seq=version.seq,
                    at_ms=version.at_ms,
                    number=version.number,
                    why=version.why,
                )
