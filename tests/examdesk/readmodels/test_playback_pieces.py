"""A session's events in pieces: every track whole, whatever the size of the pieces."""

import pytest
import sqlalchemy as sa

from examdesk.readmodels import playback, session
from examdesk.readmodels.playback import MOST_BYTES, tracks_of
from examdesk.staffapi import messages as api
from examdesk.store import schema
from shared.events import KINDS, decode, kinds
from shared.log.receipt import Receipt
from shared.text import Workspace
from shared.text.replay import apply_event, leave_journal
from tests.support.scripted import EXAM, MAIN, Student, moved


def pieces(live, reader, name, track="", limit=7):
    """Return all pieces of a track."""
    found = [playback.playback(live, reader, api.GetPlayback(session=name, track=track, limit=limit))]
    while sum(len(piece.events) for piece in found) < found[-1].track.events:
        start = found[-1].start + len(found[-1].events)
        found.append(playback.playback(live, reader, api.GetPlayback(session=name, track=track, start=start, limit=7)))
        assert found[-1].events
    return found


def replayed(events):
    """Return the files after these events."""
    files, place = Workspace(), 0
    for event in events:
        if event.place != place:
            leave_journal(files)
            place = event.place
        apply_event(files, event.seq, decode(event.kind, event.payload))
    return files


def test_pieces_join_to_the_whole_track_and_replay_to_the_same_text(records, reader, live):
    first, second, _ = moved(records)
    live.load()
    name = first.session.hex()
    whole = [event for piece in pieces(live, reader, name) for event in piece.events]
    cut = live.facts[first.session].journals[first.journal].last_seq + 1
    assert [(event.place, event.seq) for event in whole] == [
        *((0, seq) for seq in range(cut)),
        *((1, seq) for seq in range(len(second.entries))),
    ]
    files = replayed(whole)
    text = session.text_view(live, reader, name, MAIN)
    assert files.text(MAIN) == text.text
    spans = [(span.end - span.start, int(span.origin)) for span in files.model(MAIN).provenance()]
    assert sum(length for length, _ in spans) == sum(length for length, _ in text.spans)
    assert all(event.words.endswith(".") for event in whole)


def test_side_branches_and_late_tails_are_tracks_of_their_own(records, reader, live):
    first, second, third = moved(records)
    live.load()
    tracks = tracks_of(live.facts[first.session])
    assert [(track.role, track.device, len(track.journals)) for track in tracks] == [
        ("main", "pc-ada-2", 2),
        ("side branch", "pc-ada-3", 2),
        ("late tail", "pc-ada", 1),
    ]
    tail = [event for piece in pieces(live, reader, first.session.hex(), tracks[2].name) for event in piece.events]
    assert len(tail) == len(first.entries)
    assert replayed(tail).text(MAIN) == first.files.texts[MAIN]
    side = [event for piece in pieces(live, reader, first.session.hex(), tracks[1].name) for event in piece.events]
    assert [event.seq for event in side if event.place == 1] == list(range(len(third.entries)))
    assert second.journal.hex() not in {each.journal for each in tracks[1].journals}


def test_versions_are_those_of_the_runs(records, reader, live):
    first, second, _ = moved(records)
    live.load()
    [piece] = [playback.playback(live, reader, api.GetPlayback(session=first.session.hex()))]
    assert [(version.journal, version.number, version.why) for version in piece.versions] == [
        (first.journal.hex(), 1, "run"),
        (second.journal.hex(), 1, "run"),
    ]


def test_a_piece_stays_small_however_long_the_texts_are(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin()
    for _ in range(40):
        ada.paste("x" * 40_000)
    records.hand_over(ada)
    live.load()
    first = playback.playback(live, reader, api.GetPlayback(session=ada.session.hex(), limit=100_000))
    size = sum(len(event.payload) for event in first.events)
    assert MOST_BYTES < size < MOST_BYTES + 50_000
    assert sum(len(piece.events) for piece in pieces(live, reader, ada.session.hex())) == len(ada.entries)


def test_erased_and_unknown_events_keep_their_place(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    ada.begin("# start\n")
    ada.type("abc")
    records.hand_over(ada)
    records.sql(sa.update(schema.events).where(schema.events.c.seq == 3).values(payload=None, digest=bytes(32)))
    live.load()
    piece = playback.playback(live, reader, api.GetPlayback(session=ada.session.hex()))
    assert [event.seq for event in piece.events] == list(range(len(ada.entries)))
    assert piece.events[3].payload is None
    assert "erased" in piece.events[3].words
    assert KINDS[piece.events[3].kind] is kinds.FileCreated


def test_a_session_without_events_has_an_empty_track(records, reader, live):
    ada = Student("ada")
    records.join(ada)
    live.load()
    piece = playback.playback(live, reader, api.GetPlayback(session=ada.session.hex()))
    assert (piece.events, piece.track.events, piece.track.first_ms) == ((), 0, None)
    with pytest.raises(session.NotThere, match="side branch"):
        playback.playback(live, reader, api.GetPlayback(session=ada.session.hex(), track="ff+"))


def test_every_event_says_when_it_was_first_confirmed_in_pieces_of_any_size(records, reader, live, monkeypatch):
    monkeypatch.setattr(playback, "RECEIPTS_AT_ONCE", 2)
    first, second, _ = moved(records)
    live.load()
    records.sql(sa.delete(schema.receipts))
    whole = [event for piece in pieces(live, reader, first.session.hex(), limit=500) for event in piece.events]
    assert {event.confirmed_ms for event in whole} == {None}
    signed = ((first, 2, 5_000), (first, 4, 6_000), (first, 4, 7_000), (second, 0, 9_000))
    for number, (journal, last, at_ms) in enumerate(signed):
        receipt = Receipt(EXAM, journal.journal, last, bytes(32), at_ms, number, bytes(32))
        row = {"exam": EXAM, "number": number, "journal": journal.journal, "last": last, "body": receipt.pack()}
        records.sql(sa.insert(schema.receipts).values(signature=bytes(64), **row))
    for limit in (1, 3, 500):
        again = [event for piece in pieces(live, reader, first.session.hex(), limit=limit) for event in piece.events]
        of_first = [event.confirmed_ms for event in again if event.place == 0]
        assert of_first[:5] == [5_000, 5_000, 5_000, 6_000, 6_000]
        assert set(of_first[5:]) <= {None}
        assert [event.confirmed_ms for event in again if event.place == 1][:2] == [9_000, None]
