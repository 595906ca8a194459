"""Staff records that a desk keeps for the hub: durable, bounded, given back on request, never believed."""

import pytest

from shared.wire.parcel import FIRST, BadParcel, ParcelHead, ParcelId, seal_parcel
from student_app.core.parcels import LINES_OF_A_HUB, MOST_BYTES, Parcels, id_of, name_of, too_much
from tests.student_app.kit import EXAM, EXAM_KEY, Bench

OURS, THEIRS = b"o" * 8, b"t" * 8


def parcel(number=0, line=1, hub=THEIRS, key=EXAM_KEY):
    where = ParcelId(0, line, hub, number)
    head = ParcelHead(exam=EXAM, id=where, base=1, at_ms=1, previous=FIRST, nonce=bytes(12))
    return seal_parcel(head, bytes([number]) * 100, key)


def shelf(bench):
    return Parcels(bench.desk.sitting.journal, EXAM, EXAM_KEY.public)


def given(bench, parcels, hub=OURS, have=()):
    found = []
    parcels.give(hub, have, found.append)
    bench.committer.step(100)
    return found


def test_parcels_are_there_after_the_program_started_anew(tmp_path):
    bench = Bench(tmp_path)
    bench.open_exam()
    kept = [parcel(0), parcel(1), parcel(0, hub=OURS)]
    for each in [*kept, kept[0]]:
        shelf(bench).keep(each)
        bench.committer.step(100)
    bench.desk.close()
    bench.committer.step(100)
    bench.new_desk()
    bench.come_back()
    assert given(bench, shelf(bench)) == kept[:2]
    assert given(bench, shelf(bench), hub=THEIRS) == kept[2:]
    assert given(bench, shelf(bench), have=(ParcelId(0, 1, THEIRS, 0),)) == kept[1:2]


def test_only_what_the_exams_hub_made_is_kept(tmp_path):
    bench = Bench(tmp_path)
    bench.open_exam()
    for false in (b"", parcel()[:-1], parcel()[:80] + b"x" + parcel()[81:], parcel(key=type(EXAM_KEY)(b"z" * 32))):
        with pytest.raises(BadParcel):
            shelf(bench).keep(false)
    assert given(bench, shelf(bench)) == []


def test_lines_that_newer_ones_replace_go(tmp_path):
    bench = Bench(tmp_path)
    bench.open_exam()
    kept = shelf(bench)
    for line in range(1, LINES_OF_A_HUB + 3):
        kept.keep(parcel(line=line))
        bench.committer.step(100)
    assert given(bench, kept) == [parcel(line=line) for line in (3, 4)]
    kept.keep(parcel(line=1))
    bench.committer.step(100)
    assert given(bench, kept) == [parcel(line=line) for line in (3, 4)]


def test_what_is_kept_stays_below_its_limit():
    sizes = {ParcelId(0, 1, THEIRS, number): 1024 * 1024 for number in range(15)}
    gone = too_much(sizes)
    assert gone == [ParcelId(0, 1, THEIRS, number) for number in range(3)]
    assert sum(sizes.values()) - sum(sizes[each] for each in gone) <= MOST_BYTES


def test_a_name_says_which_parcel_it_is():
    where = ParcelId(2, 1_790_000_000_000, THEIRS, 17)
    assert id_of(name_of(where)) == where
