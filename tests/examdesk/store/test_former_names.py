"""Names that are read back from the audit log, however odd they are."""

import pytest

from examdesk.store.former_names import former_names


@pytest.mark.parametrize(
    ("change", "student", "words"),
    [
        ("new: name Ada Lovelace, section A, email ada@uni (s1)", "s1", {"Ada Lovelace", "ada@uni"}),
        ("new: name Lovelace, Ada (s1)", "s1", {"Lovelace, Ada"}),
        ("new: name Ada (Countess), email a@b (s(1))", "s(1)", {"Ada (Countess)", "a@b"}),
        ("name Byron, Ada → King, Augusta, section A → B (s1)", "s1", {"Byron, Ada", "King, Augusta"}),
        ("section A → B, email a@b → c@d (s1)", "s1", {"a@b", "c@d"}),
        ("email none → c@d (s1)", "s1", {"c@d"}),
    ],
)
def test_a_change_of_a_person_tells_names_addresses_and_the_id(change, student, words):
    found = set(former_names(f"whatever it was about\n± {change}"))
    assert found == {(student, word) for word in words} | {(student, student)}


def test_who_is_taken_off_and_whose_work_it_was_are_told_by_their_ids():
    assert set(former_names("zz17\n± on the roster yes → no")) == {("zz17", "zz17")}
    assert set(former_names("about\n± whose work Ada L. → s1")) == {("Ada L.", "Ada L."), ("s1", "s1")}


def test_other_changes_name_nobody():
    for detail in ("everybody\n± end none → 2026-10-05T10:30:00Z (s1, s2)", "name Ada (s1)", "x\n± new: note", ""):
        assert set(former_names(detail)) == set()
