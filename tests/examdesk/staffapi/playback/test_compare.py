"""Differences of two texts, also of ugly ones."""

from hypothesis import given
from hypothesis import strategies as st

from examdesk.staffapi.playback.compare import MOST_CHANGED, counts, difference, lines_of, only_near

TEXTS = st.lists(st.sampled_from(["a", "b", "", "x = 1", "🙂"]), max_size=12)


@given(TEXTS, TEXTS)
def test_the_rows_hold_both_texts_whole_and_in_order(a, b):
    rows = difference(a, b)
    assert [row.a for row in rows if row.a is not None] == list(range(len(a)))
    assert [row.b for row in rows if row.b is not None] == list(range(len(b)))
    assert all(a[row.a] == b[row.b] for row in rows if row.sign == " ")


def test_a_changed_line_says_which_words_differ():
    [row] = difference(["total = total + value  # 🙂"], ["total = total + values * 2  # 🙂"])
    assert (row.sign, row.left, row.right) == ("~", ((16, 21),), ((16, 26),))


def test_lines_with_next_to_nothing_in_common_differ_altogether():
    [row] = difference(["for name in names:"], ["    print(total, end='')"])
    assert (row.left, row.right) == (((0, 18),), ((0, 24),))


@given(st.text("ab (=", max_size=12), st.text("ab (=", max_size=12))
def test_what_differs_of_a_line_is_all_that_differs(one, other):
    if one == other:
        return
    [row] = difference([one], [other])

    def rest(text, stretches):
        return "".join(char for at, char in enumerate(text) if not any(a <= at < b for a, b in stretches))

    assert rest(one, row.left) == rest(other, row.right)


def test_line_ends_and_an_empty_text_make_no_difference():
    assert lines_of("") == []
    assert lines_of("a\r\nb\n") == ["a", "b"]
    assert difference(lines_of("a\r\nb"), lines_of("a\nb\n"))[0].sign == " "


def test_far_too_many_changed_lines_count_as_replaced():
    a, b = [f"a{n}" for n in range(MOST_CHANGED + 1)], ["b"]
    assert counts(difference(a, b)) == (1, MOST_CHANGED + 1, 0)


def test_rows_far_from_a_change_are_left_out():
    a = [str(n) for n in range(30)]
    rows = only_near(difference(a, [*a[:15], "new", *a[15:]]), 2)
    assert [None if row is None else row.sign for row in rows] == [None, " ", " ", "+", " ", " ", None]


def test_what_differs_within_lines_is_worked_out_only_while_it_is_quick():
    a, b = ["x" * 2_000, "value = 1"], ["y" * 2_000, "value = 2"]
    first, second = difference(a, b)
    assert first.left == ((0, 2_000),)
    assert second.left == ((0, 9),)
    assert difference(a[1:], b[1:])[0].left == ((8, 9),)
