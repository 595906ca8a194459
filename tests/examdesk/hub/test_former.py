"""What parcels say together, in whatever order and however often they came; and what is taken in of it."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.hub.records.former import Former, pack_content, read_content
from examdesk.store import schema as s
from examdesk.store.staff_rows import FATES, Change, apply_change, change_between, pack, pieces_of
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.wire.parcel import FIRST, BadParcel, ParcelHead, ParcelId, parcel_hash, seal_parcel
from tests.support.clocks import SeededChance

KEY = SigningKey.generate(SeededChance(1))
EXAM = ExamId(b"e" * 16)
NAMES = st.sampled_from(["a", "b", "c", "d"])
STATES = st.lists(st.dictionaries(NAMES, st.binary(min_size=1, max_size=3), max_size=4), min_size=1, max_size=6)


def rows_of(state):
    return {("meta", name): value for name, value in state.items()}


def line_of(states, *, generation=0, line=1, hub=b"h" * 8):
    """Return the parcels of a line in which the rows were these, one after the other."""
    parcels, before, previous = [], {}, FIRST
    for number, state in enumerate(states):
        after = rows_of(state)
        where = ParcelId(generation, line, hub, number)
        head = ParcelHead(exam=EXAM, id=where, base=1, at_ms=line + number, previous=previous, nonce=bytes(12))
        parcels.append(seal_parcel(head, pack_content(change_between(before, after)), KEY))
        before, previous = after, parcel_hash(parcels[-1])
    return parcels


@pytest.fixture
def former(tmp_path):
    return Former(tmp_path, EXAM, KEY)


@settings(deadline=None, max_examples=60)
@given(lines=st.lists(STATES, min_size=1, max_size=3), data=st.data())
def test_the_order_and_number_of_deliveries_change_nothing(lines, data):
    parcels = [parcel for number, states in enumerate(lines) for parcel in line_of(states, line=number + 1)]
    mixed = data.draw(st.permutations(parcels))
    again = data.draw(st.lists(st.sampled_from(parcels), max_size=4))
    with tempfile.TemporaryDirectory() as scratch:
        former = Former(Path(scratch), EXAM, KEY)
        for parcel in [*mixed, *again]:
            former.add(parcel)
        assert former.rows() == rows_of(lines[-1][-1])
        assert (former.known().missing, former.known().broken) == (0, False)
        anew = Former(Path(scratch), EXAM, KEY)
        anew.load()
        assert (anew.rows(), anew.known(), anew.have()) == (former.rows(), former.known(), former.have())


def test_what_is_missing_is_counted_and_the_rest_counts(former):
    parcels = line_of([{"a": b"1"}, {"a": b"1", "b": b"2"}, {"a": b"1", "b": b"2", "c": b"3"}])
    former.add(parcels[0])
    former.add(parcels[2])
    assert former.rows() == rows_of({"a": b"1", "c": b"3"})
    assert (former.known().missing, former.known().until_ms) == (1, 3)
    former.add(parcels[1])
    assert former.rows() == rows_of({"a": b"1", "b": b"2", "c": b"3"})


def test_an_earlier_line_counts_until_the_base_of_a_later_one_is_whole(former):
    for parcel in line_of([{"a": b"1"}, {"a": b"1", "b": b"2"}], line=1):
        former.add(parcel)
    later = line_of([{"b": b"9"}, {"b": b"9", "c": b"3"}], line=50)
    former.add(later[1])
    assert former.rows() == rows_of({"a": b"1", "b": b"2", "c": b"3"})
    former.add(later[0])
    assert former.rows() == rows_of({"b": b"9", "c": b"3"})


def test_two_hubs_before_this_one_count_both_the_later_one_wins(former):
    for parcel in line_of([{"a": b"1", "b": b"1"}], generation=0, line=900, hub=b"A" * 8):
        former.add(parcel)
    for parcel in line_of([{"b": b"2"}], generation=1, line=5, hub=b"B" * 8):
        former.add(parcel)
    assert former.rows() == rows_of({"a": b"1", "b": b"2"})


def test_what_the_key_file_said_is_the_oldest(former):
    former.inherit(change_between({}, rows_of({"a": b"0", "z": b"0"})))
    former.add(line_of([{"a": b"1"}])[0])
    assert former.rows() == rows_of({"a": b"1", "z": b"0"})


def test_a_parcel_that_does_not_follow_the_one_before_it_is_noticed(former):
    first, other = line_of([{"a": b"1"}, {"a": b"2"}]), line_of([{"a": b"9"}, {"a": b"8"}])
    former.add(first[0])
    former.add(other[1])
    assert former.known().broken


def test_content_that_is_none_is_refused_and_a_flood_is_not_unpacked():
    for content in (b"", b"nonsense", pack_content(Change())[:-3]):
        with pytest.raises(BadParcel):
            read_content(content)
    bomb = pack_content(Change(put=(("meta", "a", bytes(40 * 1024 * 1024)),)))
    assert len(bomb) < 100_000
    with pytest.raises(BadParcel, match="larger than one can be"):
        read_content(bomb)


def test_a_change_in_pieces_is_the_same_change():
    change = change_between({("meta", "gone"): b"1"}, {("meta", str(n)): pack({"n": "x" * 500}) for n in range(50)})
    pieces = list(pieces_of(change, 4000))
    rows = {("meta", "gone"): b"1"}
    for piece in pieces:
        apply_change(rows, piece)
    assert len(pieces) > 5
    assert change_between(rows, {("meta", str(n)): pack({"n": "x" * 500}) for n in range(50)}) == Change()


def test_every_table_of_the_records_has_a_fate():
    assert set(FATES) == set(s.metadata.tables)
