"""Whose a program is, by what its owner may be called elsewhere."""

import pytest

from examdesk.readmodels.persons import person_called, persons
from examdesk.store.rows import RosterRow
from shared.ids import StudentId
from tests.support.scripted import EXAM


def row(student: str, name: str = "", email: str = "") -> RosterRow:
    return RosterRow(exam=EXAM, student=StudentId(student), slot=1, name=name, email=email)


ROSTER = [
    row("s4711", "Ada Lovelace", "ada.lovelace@example.org"),
    row("s4712", "Zo\u00eb M\u00fcller", "zm@example.org"),
    row("s4713", "Kim Lee", "kim1@example.org"),
    row("s4714", "Kim Lee", "kim2@example.org"),
    row("x9", "A. Lovelace", "Ada.Lovelace@example.org"),
    row("s5"),
]


@pytest.mark.parametrize(
    ("label", "person"),
    [
        ("s4711", "s4711"),
        ("S4711", "s4711"),
        ("x9", "s4711"),
        ("ada.lovelace@example.org", "s4711"),
        ("ada.lovelace", "s4711"),
        ("Ada Lovelace", "s4711"),
        ("Lovelace, Ada", "s4711"),
        ("Ada Lovelace_123456_assignsubmission_file_", "s4711"),
        ("lovelaceada_12345_67890_main", "s4711"),
        ("lovelaceada_LATE_12345_67890_main", "s4711"),
        ("zoe_muller", "s4712"),
        ("s5", "s5"),
        ("Kim Lee", "Kim Lee"),
        ("kim1", "s4713"),
        ("zm", "zm"),
        ("a solution from the net", "a solution from the net"),
        ("", ""),
    ],
)
def test_a_person_is_known_by_what_is_theirs_alone(label, person):
    assert person_called(persons(ROSTER), label) == person


def test_without_a_roster_everybody_is_who_they_are_called():
    assert person_called(persons([]), "s4711") == "s4711"
