import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.rosters.matching import did_you_mean, name_key
from examdesk.rosters.roster import Roster, RosterRow

ROSTER = Roster(
    (
        RosterRow(student="1234567", name="Ada Lovelace", email="ada@example.org"),
        RosterRow(student="1234999", name="José Núñez"),
        RosterRow(student="hopperg", name="Grace Hopper"),
        RosterRow(student="2", name="Wei Wang"),
        RosterRow(student="3", name="Wang Wei"),
    )
)


def found(typed):
    return [(match.row.student, match.exact) for match in did_you_mean(typed, ROSTER)]


@pytest.mark.parametrize(
    ("typed", "student"),
    [
        ("1234567", "1234567"),
        (" HOPPERG ", "hopperg"),
        ("ada@example.org", "1234567"),
        ("ADA", "1234567"),
        ("jose nunez", "1234999"),
        ("Hopper, Grace", "hopperg"),
    ],
)
def test_an_id_an_address_or_a_name_is_found_exactly(typed, student):
    assert found(typed) == [(student, True)]


@pytest.mark.parametrize(
    ("typed", "student"),
    [
        ("1234576", "1234567"),
        ("123456", "1234567"),
        ("hoperg", "hopperg"),
        ("Ada Lovelase", "1234567"),
        ("Hopper", "hopperg"),
    ],
)
def test_a_slip_is_forgiven_but_never_exact(typed, student):
    assert found(typed)[0] == (student, False)


def test_two_students_of_one_name_are_both_shown():
    assert found("wang wei") == [("2", True), ("3", True)]


@pytest.mark.parametrize("typed", ["", "x", "9999999", "Zebulon Quick"])
def test_nobody_is_found_for_something_else(typed):
    assert found(typed) == []


@given(st.text(max_size=30))
def test_anything_may_be_typed(typed):
    assert len(did_you_mean(typed, ROSTER)) <= 5


def test_a_name_is_compared_without_accents_order_and_signs():
    assert name_key("O'Brien, Zoë") == name_key("zoe o brien")


def test_a_roster_keeps_each_id_once_whatever_its_case():
    roster = ROSTER.with_rows([RosterRow(student="HOPPERG", name="Grace M. Hopper")])
    assert len(roster) == len(ROSTER)
    assert roster.find("hopperg").name == "Grace M. Hopper"
    assert roster.find("nobody") is None
