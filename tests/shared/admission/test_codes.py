import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.admission import crockford
from shared.admission.codes import (
    PersonalCode,
    RoomCode,
    StartCode,
    matches_room_code,
    new_personal_code,
    parse_code,
    room_code,
)
from shared.clock import SystemChance
from shared.crypto.certificate import HubIdentity
from shared.crypto.keys import SigningKey
from shared.ids import ExamId
from shared.problems import Bug, InputProblem

CHANCE = SystemChance()
KEY = SigningKey(b"r" * 32)
EXAM = ExamId(b"exam" * 4)
CERTIFICATE = b"c" * 32


def symbols(count):
    return st.text(alphabet=crockford.ALPHABET, min_size=count, max_size=count)


codes = st.one_of(
    symbols(8).map(RoomCode),
    symbols(10).map(StartCode),
    st.builds(PersonalCode, st.integers(1, 9999), symbols(5)),
)


@given(codes)
def test_a_printed_code_is_read_as_the_same_kind(code):
    assert parse_code(str(code)) == code


@given(codes)
def test_dashes_spaces_and_case_do_not_matter(code):
    typed = str(code).lower().replace("-", "")
    assert parse_code(typed) == code
    assert parse_code(" ".join(typed)) == code
    assert parse_code(typed.replace("0", "o").replace("1", "l")) == code


@given(codes, st.data())
def test_one_wrong_symbol_never_gives_a_code_of_the_same_kind(code, data):
    typed = list(str(code).replace("-", ""))
    index = data.draw(st.integers(0, len(typed) - 1))
    typed[index] = data.draw(st.sampled_from([one for one in crockford.ALPHABET if one != typed[index]]))
    try:
        other = parse_code("".join(typed))
    except InputProblem:
        return
    assert type(other) is not type(code)


@given(st.text(max_size=40))
def test_any_text_is_a_code_or_a_sentence(text):
    try:
        code = parse_code(text)
    except InputProblem:
        return
    assert parse_code(str(code)) == code


def test_the_protocols_example_is_a_personal_code():
    assert parse_code("17-k3qf9c") == PersonalCode(17, "K3QF9")
    assert parse_code("0017 K3QF9C") == PersonalCode(17, "K3QF9")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("", "Type the access code"),
        (" - ", "Type the access code"),
        ("17-K3QF9D", "personal code isn't right"),
        ("17-K3QF", "6 symbols after its number; this one has 4"),
        ("17-K3QF9CC", "6 symbols after its number; this one has 7"),
        ("ABCD-EFGH-J", "room code isn't right"),
        ("1234-5678-9", "room code isn't right"),
        ("ABCD-EFGH-JKM", "start code isn't right"),
        ("ABC", "This code has 3 symbols"),
        ("K" * 30, "This code has 30 symbols"),
        ("ABCD-EFUH-J", "can't be a U"),
        ("x" * 5000, "far too long"),
        ("0-K3QF9" + crockford.check_symbol("0K3QF9", 9), "personal code isn't right"),
    ],
)
def test_a_wrong_code_is_explained(typed, says):
    with pytest.raises(InputProblem, match=says):
        parse_code(typed)


def test_a_drawn_code_can_be_typed():
    for slot in (1, 99, 9999):
        code = new_personal_code(slot, CHANCE)
        assert parse_code(str(code)) == code


@pytest.mark.parametrize("slot", [0, -1, 10_000])
def test_a_slot_out_of_range_is_our_bug(slot):
    with pytest.raises(Bug):
        new_personal_code(slot, CHANCE)


def test_a_secret_is_not_shown_in_logs():
    code = new_personal_code(3, CHANCE)
    assert code.secret not in repr(code)
    start = StartCode("7K3QF9C2XM")
    assert start.secret not in repr(start)


def test_a_room_code_fits_its_hub_and_no_other():
    printed = room_code(KEY.public, CERTIFICATE, EXAM)
    code = parse_code(printed)
    assert isinstance(code, RoomCode)
    assert matches_room_code(code, HubIdentity(EXAM, KEY.public, CERTIFICATE))
    assert not matches_room_code(code, HubIdentity(EXAM, KEY.public, b"d" * 32))
    assert not matches_room_code(code, HubIdentity(EXAM, SigningKey(b"x" * 32).public, CERTIFICATE))
    assert not matches_room_code(code, HubIdentity(ExamId(b"other exam id 16"), KEY.public, CERTIFICATE))


def test_the_room_code_of_a_known_hub_is_the_one_of_the_specification():
    assert room_code(KEY.public, CERTIFICATE, EXAM) == "0RKW-KPF4-K"
