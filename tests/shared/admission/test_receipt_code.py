"""The code of a hand-in."""

from hypothesis import given
from hypothesis import strategies as st

from shared.admission import crockford
from shared.admission.receipt_code import receipt_code


def test_a_receipt_code_is_written_the_same_for_ever():
    assert receipt_code(bytes(range(32))) == "000G-40R4-J"


@given(st.binary(min_size=32, max_size=32))
def test_a_receipt_code_is_forty_bits_of_the_link_with_a_check_symbol(link):
    symbols = receipt_code(link).replace("-", "")
    assert crockford.decode(symbols[:-1]) == int.from_bytes(link[:5])
    assert crockford.is_valid(symbols, 5)
    assert receipt_code(link) == receipt_code(link[:5] + bytes(27))
