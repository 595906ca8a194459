"""Parcels: nobody but the exam's hub makes one, and nobody but it reads one."""

from itertools import pairwise

import pytest

from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.wire.codec import MAX_FRAME_BYTES, encode_frame
from shared.wire.messages import Parcel
from shared.wire.parcel import (
    FIRST,
    MAX_PARCEL_BYTES,
    BadParcel,
    ParcelHead,
    ParcelId,
    open_parcel,
    read_parcel,
    seal_parcel,
)
from tests.support.clocks import SeededChance

KEY, OTHER = (SigningKey.generate(SeededChance(seed)) for seed in (1, 2))
EXAM = ExamId(b"e" * 16)
HEAD = ParcelHead(exam=EXAM, id=ParcelId(3, 99, b"h" * 8, 7), base=2, at_ms=5, previous=FIRST, nonce=b"n" * 12)


def test_a_parcel_opens_to_what_was_put_in_and_shows_nothing_of_it():
    parcel = seal_parcel(HEAD, b"Dora came late", KEY)
    assert open_parcel(parcel, EXAM, KEY) == (HEAD, b"Dora came late")
    assert read_parcel(parcel, EXAM, KEY.public) == HEAD
    assert b"Dora" not in parcel


def test_each_changed_byte_is_found():
    parcel = seal_parcel(HEAD, b"x" * 20, KEY)
    for place in range(len(parcel)):
        changed = parcel[:place] + bytes([parcel[place] ^ 1]) + parcel[place + 1 :]
        with pytest.raises(BadParcel):
            read_parcel(changed, EXAM, KEY.public)
    for length in range(0, len(parcel), 7):
        with pytest.raises(BadParcel):
            read_parcel(parcel[:length], EXAM, KEY.public)


def test_a_parcel_of_another_key_or_exam_is_refused():
    with pytest.raises(BadParcel, match="isn't signed by this exam's key"):
        read_parcel(seal_parcel(HEAD, b"", OTHER), EXAM, KEY.public)
    with pytest.raises(BadParcel, match="another exam"):
        read_parcel(seal_parcel(HEAD, b"", KEY), ExamId(b"f" * 16), KEY.public)


def test_later_parcels_come_after_earlier_ones():
    order = [ParcelId(0, 9, b"z", 9), ParcelId(1, 2, b"b", 0), ParcelId(1, 2, b"b", 1), ParcelId(1, 3, b"a", 0)]
    assert all(earlier < later for earlier, later in pairwise(order))


def test_the_largest_parcel_fits_a_frame():
    assert len(encode_frame(Parcel(bytes(MAX_PARCEL_BYTES)))) < MAX_FRAME_BYTES
