import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from zeroconf import ServiceInfo

from shared.discovery.display import cut, shown
from shared.discovery.records import (
    SERVICE_TYPE,
    Advert,
    NotAnAdvertisement,
    Phase,
    decode_txt,
    encode_txt,
    service_name,
)
from shared.problems import Bug

adverts = st.builds(
    Advert,
    st.text(max_size=300),
    st.text(max_size=300),
    st.sampled_from(Phase),
    st.binary(min_size=8, max_size=8),
    st.binary(min_size=10, max_size=10),
    st.lists(st.integers(0, 9999), min_size=1, max_size=8, unique=True).map(lambda many: tuple(sorted(many))),
    st.text(max_size=300),
    st.text(max_size=300),
)
PLAIN = Advert("Quiz 2: Vectors", "B 12", Phase.RUN, b"12345678", b"0123456789", (1, 2))


def over_the_wire(record):
    return {key.encode(): value for key, value in record.items()}


@given(adverts)
def test_a_record_is_small_and_says_the_same_at_the_other_end(advert):
    record = encode_txt(advert)
    assert sum(len(key) + 2 + len(value) for key, value in record.items()) <= 400
    read = decode_txt(over_the_wire(record))
    assert (read.exam_hint, read.key_hint, read.phase, read.protocols) == (
        advert.exam_hint,
        advert.key_hint,
        advert.phase,
        advert.protocols,
    )
    assert encode_txt(read) | {"n": b""} == record | {"n": b""}


def test_a_plain_record_looks_as_specified():
    assert encode_txt(PLAIN) == {
        "v": b"1",
        "id": b"gezdgnbvgy3tq",
        "n": b"Quiz 2: Vectors",
        "r": b"B 12",
        "s": b"run",
        "k": b"gaytemzugu3doobz",
        "p": b"1,2",
    }
    assert decode_txt(over_the_wire(encode_txt(PLAIN))) == PLAIN


@given(
    st.dictionaries(
        st.sampled_from([b"v", b"id", b"n", b"r", b"s", b"k", b"p", b"N", b"", b"\xff"]),
        st.none() | st.binary(max_size=300),
    ),
    st.booleans(),
)
def test_a_hostile_record_is_refused_or_made_harmless(properties, with_hints):
    if with_hints:
        properties |= {b"id": b"gezdgnbvgy3tq", b"k": b"gaytemzugu3doobz"}
    try:
        advert = decode_txt(properties)
    except NotAnAdvertisement:
        return
    for text in (advert.title, advert.room):
        assert len(text.encode()) <= 63
        assert all(unicodedata.category(one)[0] != "C" or one in "\u200c\u200d" for one in text)


@pytest.mark.parametrize(
    ("sent", "seen"),
    [
        ("Quiz\n\n2\t\0!", "Quiz 2 !"),
        ("abc\u202edcba", "abcdcba"),
        ("a\u2066b\u2069\u200e\ufeff", "ab"),
        ("e" + "\u0301" * 40 + "x", "e\u0301\u0301\u0301x"),
        ("line\u2028two", "line two"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # noqa: RUF001
        ("\ud800x", "x"),
        ("  ", ""),
    ],
)
def test_hostile_text_is_shown_plainly(sent, seen):
    assert shown(sent, 63) == seen


def test_text_is_cut_at_a_whole_character():
    assert cut("ééé", 5) == "éé"
    assert cut("\U0001f600\U0001f600", 7) == "\U0001f600"


def test_a_record_without_hints_is_no_exam():
    for missing in ("id", "k"):
        record = encode_txt(PLAIN)
        del record[missing]
        with pytest.raises(NotAnAdvertisement):
            decode_txt(over_the_wire(record))
    with pytest.raises(NotAnAdvertisement):
        decode_txt({b"id": b"gezdgnbvgy3t!", b"k": b"gaytemzugu3doobz"})
    with pytest.raises(NotAnAdvertisement):
        decode_txt({b"id": b"gezdgnbvgy3tq", b"k": b"gaytemzugu3doobz", b"x": bytes(5000)})


def test_what_a_record_leaves_out_gets_a_plain_value():
    advert = decode_txt({b"id": b"GEZDGNBVGY3TQ", b"k": b"gaytemzugu3doobz", b"s": b"later", b"n": None})
    assert advert == Advert("Exam", "", None, b"12345678", b"0123456789", (1,))


def test_hints_of_a_wrong_size_are_our_bug():
    with pytest.raises(Bug):
        encode_txt(Advert("t", "r", Phase.RUN, b"1", b"0123456789"))


def test_an_advert_hints_at_its_certificate():
    assert PLAIN.fits(b"0123456789" + bytes(22))
    assert not PLAIN.fits(b"0123456788" + bytes(22))


@given(st.text(max_size=200), st.text(max_size=200))
def test_zeroconf_accepts_the_name_of_any_exam(title, room):
    name = service_name(title, room)
    assert 0 < len(name.encode()) <= 63
    assert "." not in name
    info = ServiceInfo(SERVICE_TYPE, f"{name}.{SERVICE_TYPE}", port=1, properties=encode_txt(PLAIN))
    assert decode_txt(info.properties) == PLAIN


def test_the_room_stays_in_a_long_name():
    assert service_name("x" * 100, "B 12").endswith(" (B 12)")
    assert service_name("Quiz 2.1", "") == "Quiz 2-1"
    assert service_name("\n", "\n") == "Exam"


def test_who_holds_it_and_for_whom_is_said_where_it_is_known():
    advert = Advert("t", "r", Phase.RUN, b"12345678", b"0123456789", (1,), "Dr. Hopper", "A, B")
    record = encode_txt(advert)
    assert (record["i"], record["c"]) == (b"Dr. Hopper", b"A, B")
    assert decode_txt(over_the_wire(record)) == advert
