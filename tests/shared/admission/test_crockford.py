import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.admission import crockford
from shared.problems import InputProblem

symbols_of_a_code = st.text(alphabet=crockford.ALPHABET, min_size=1, max_size=20)
tags = st.integers(1, 31)


@given(st.integers(0, 32**8 - 1))
def test_a_number_survives_being_written_as_symbols(value):
    assert crockford.decode(crockford.encode(value, 8)) == value


@given(symbols_of_a_code)
def test_normal_symbols_stay_as_they_are(symbols):
    assert crockford.normalize(symbols) == symbols


@given(symbols_of_a_code, st.data())
def test_however_a_code_is_typed_it_means_the_same(symbols, data):
    looks = {"0": "0oOОο０٠", "1": "1iIlLІ１ıİ", "A": "AaАα", "X": "xXхΧ", "5": "5５५"}  # noqa: RUF001
    typed = "".join(
        data.draw(st.sampled_from(looks.get(symbol, symbol + symbol.lower())))
        + data.draw(st.sampled_from(["", "", " ", "-", "–", "\u00a0", "\t", "_", "\u200b"]))  # noqa: RUF001
        for symbol in symbols
    )
    assert crockford.normalize(typed) == symbols


@given(symbols_of_a_code, tags, st.data())
def test_every_single_wrong_symbol_is_found(symbols, tag, data):
    code = symbols + crockford.check_symbol(symbols, tag)
    index = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from([symbol for symbol in crockford.ALPHABET if symbol != code[index]]))
    assert crockford.is_valid(code, tag)
    assert not crockford.is_valid(code[:index] + other + code[index + 1 :], tag)


@given(symbols_of_a_code, tags, st.data())
def test_every_swap_of_two_symbols_is_found(symbols, tag, data):
    code = list(symbols + crockford.check_symbol(symbols, tag))
    first, second = (data.draw(st.integers(0, len(code) - 1)) for _ in "ab")
    differ = code[first] != code[second]
    code[first], code[second] = code[second], code[first]
    assert crockford.is_valid("".join(code), tag) != differ


@given(symbols_of_a_code, tags, tags)
def test_a_code_is_never_valid_as_two_kinds(symbols, one, other):
    code = symbols + crockford.check_symbol(symbols, one)
    assert crockford.is_valid(code, other) == (one == other)


@pytest.mark.parametrize("typed", ["AB!D", "ABUD", "ABéD", "AB漢D", "AB\U0001f600D", "AB*D", "AB\ud800D"])
def test_a_character_that_no_code_has_is_named_with_its_place(typed):
    with pytest.raises(InputProblem, match="Symbol 3"):
        crockford.normalize(typed)


def test_a_u_may_be_a_v():
    with pytest.raises(InputProblem, match="It may be a V"):
        crockford.normalize("U")


@given(st.text(max_size=300))
def test_any_text_is_symbols_or_a_sentence(text):
    try:
        symbols = crockford.normalize(text)
    except InputProblem:
        return
    assert set(symbols) <= set(crockford.ALPHABET)


def test_a_mistaken_symbol_is_named():
    code = "AB5D" + crockford.check_symbol("AB5D", 1)
    assert crockford.Doubt(3, "S", "5") in crockford.doubts(code.replace("5", "S"), 1)
    assert "symbol 3 (S) is really 5" in crockford.wrong_check_sentence(code.replace("5", "S"), 1)


def test_without_a_likely_symbol_the_person_is_asked_to_compare():
    code = "YYYY" + crockford.check_symbol("YYYY", 1)
    wrong = next(
        "YYY" + symbol + code[4:] for symbol in crockford.ALPHABET if not crockford.doubts("YYY" + symbol + code[4:], 1)
    )
    assert "compare it" in crockford.wrong_check_sentence(wrong, 1)
