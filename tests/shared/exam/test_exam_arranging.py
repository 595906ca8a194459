import copy
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.exam import arranging
from shared.problems import InputProblem

HEADERS = """\
# the exam
title = "t"

# who comes later
[[access]]
name = "first"   # a reason
sections = ["A"]

[[access]]
name = "second"
students = [
  "s1",  # Ada
]

# the end
[desk]
paste = "block"

[[sections]]
name = "A"
[sections.schedule]
duration = 30

[[sections]]
name = "B"

[[zones]]
title = "One"
[[zones.questions]]
id = "a"

# the second question
[[zones.questions]]
id = "b"
points = [10, 5]

[[zones]]
title = "Two"
shuffle = false
questions = [
  { id = "c" }, # easy
  "d",
  { numberChoose = 1, alternatives = [{ id = "e" }, { id = "f" }] },
]
"""
BRACKETS = """\
title = "t"
access = [{ name = "first", sections = ["A"] }, { name = "second" }]
sections = [
  { name = "A", schedule = { duration = 30 } },
  # B comes last
  { name = "B" },
]
zones = [
  { title = "One", questions = [{ id = "a" }, { id = "b", points = [10, 5] }] },
  { title = "Two", questions = ["c", "d", { number_choose = 1, alternatives = ["e", "f"] }] },
]
"""
LISTS = (("access",), ("sections",), ("zones",), ("zones", 0, "questions"), ("zones", 1, "questions"))


def comments(text):
    return sorted(row.split("#", 1)[1].strip() for row in text.splitlines() if "#" in row)


@settings(deadline=None, max_examples=60)
@given(st.data(), st.sampled_from([HEADERS, BRACKETS]))
def test_elements_come_go_and_move_as_in_a_plain_list(data, source):
    text = source
    for _ in range(data.draw(st.integers(1, 6))):
        plain = tomllib.loads(text)
        where = data.draw(st.sampled_from(LISTS))
        elements = arranging.value_at(plain, where)
        if not elements:
            continue
        expected = copy.deepcopy(plain)
        wanted = arranging.value_at(expected, where)
        at, other = (data.draw(st.integers(0, len(elements) - 1)) for _ in range(2))
        does = data.draw(st.sampled_from(["insert", "move", "duplicate", "remove"]))
        if does == "insert":
            wanted.insert(at, {"id": "new", "title": 'a "b" #'})
            text = arranging.insert(text, where, at, {"id": "new", "title": 'a "b" #'})
        elif does == "move":
            wanted.insert(other, wanted.pop(at))
            text = arranging.move(text, (*where, at), where, other)
        elif does == "duplicate":
            wanted.insert(at + 1, copy.deepcopy(wanted[at]))
            text = arranging.duplicate(text, (*where, at))
        elif len(elements) > 1:
            del wanted[at]
            text = arranging.remove(text, (*where, at))
        assert tomllib.loads(text) == expected


def test_a_moved_element_takes_its_comments_along_and_the_others_stay():
    text = arranging.move(HEADERS, ("access", 0), ("access",), 1)
    assert comments(text) == comments(HEADERS)
    assert text.index("second") < text.index("# who comes later") < text.index("first") < text.index("# the end")
    text = arranging.move(HEADERS, ("zones", 0, "questions", 1), ("zones", 0, "questions"), 0)
    assert comments(text) == comments(HEADERS)


def test_an_element_moves_between_lists_of_different_style():
    text = arranging.move(HEADERS, ("zones", 0, "questions", 0), ("zones", 1, "questions"), 1)
    zones = tomllib.loads(text)["zones"]
    assert [each["id"] for each in zones[0]["questions"]] == ["b"]
    assert zones[1]["questions"][:2] == [{"id": "c"}, {"id": "a"}]
    assert "# easy" in text


def test_an_element_moves_into_a_list_that_comes_after_it():
    text = arranging.move(HEADERS, ("zones", 1), ("zones",), 0)
    assert [each["title"] for each in tomllib.loads(text)["zones"]] == ["Two", "One"]


def test_a_list_is_begun_emptied_and_begun_again():
    text = arranging.insert(HEADERS, ("accommodations",), 0, {"students": ["s1"], "factor": 1.5})
    assert tomllib.loads(text)["accommodations"] == [{"students": ["s1"], "factor": 1.5}]
    text = arranging.remove(text, ("accommodations", 0))
    assert tomllib.loads(text) == tomllib.loads(HEADERS)
    text = arranging.insert(text.replace('title = "t"', 'title = "t"\naccommodations = []'), ("accommodations",), 0, {})
    assert tomllib.loads(text)["accommodations"] == [{}]


def test_an_alternative_joins_its_group():
    text = arranging.insert(HEADERS, ("zones", 1, "questions", 2, "alternatives"), 2, {"id": "g"})
    assert [each["id"] for each in tomllib.loads(text)["zones"][1]["questions"][2]["alternatives"]] == ["e", "f", "g"]


@pytest.mark.parametrize("path", [("access", 7), ("zones", 9, "questions", 0), ("nothing", 0)])
def test_what_is_not_there_any_more_is_said(path):
    with pytest.raises(InputProblem, match=r"exam\.toml"):
        arranging.remove(HEADERS, path)


def test_a_broken_file_is_left_alone():
    with pytest.raises(InputProblem, match="valid TOML"):
        arranging.insert("title = ", ("access",), 0, {})
