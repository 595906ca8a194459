"""Differences of two texts, also of ugly ones."""

from hypothesis import given
from hypothesis import strategies as st

from examdesk.staffapi.playback.compare import (
    MOST_CHANGED,
    Hunk,
    Rows,
    counts,
    difference,
    differing,
    lines_of,
    only_near,
)

TEXTS = st.lists(st.sampled_from(["a", "b", "", "x = 1", "🙂"]), max_size=12)


def changed(one, other):
    """Return which stretches differ of the two lines."""
    [row] = difference([one], [other])
    assert row.sign == "~"
    return differing(row, [one], [other])


@given(TEXTS, TEXTS)
def test_the_rows_hold_both_texts_whole_and_in_order(a, b):
    rows = difference(a, b)
    assert [row.a for row in rows if row.a is not None] == list(range(len(a)))
    assert [row.b for row in rows if row.b is not None] == list(range(len(b)))
    assert all(a[row.a] == b[row.b] for row in rows if row.sign == " ")


def test_a_changed_line_says_which_words_differ():
    found = changed("total = total + value  # 🙂", "total = total + values * 2  # 🙂")
    assert found == (((16, 21),), ((16, 26),))


def test_lines_with_next_to_nothing_in_common_differ_altogether():
    assert changed("for name in names:", "    print(total, end='')") == (((0, 18),), ((0, 24),))


@given(st.text("ab (=", max_size=12), st.text("ab (=", max_size=12))
def test_what_differs_of_a_line_is_all_that_differs(one, other):
    if one == other:
        return
    left, right = changed(one, other)

    def rest(text, stretches):
        return "".join(char for at, char in enumerate(text) if not any(a <= at < b for a, b in stretches))

    assert rest(one, left) == rest(other, right)


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
    assert differing(first, a, b)[0] == ((0, 2_000),)
    assert differing(second, a, b)[0] == ((0, 9),)
    assert changed(a[1], b[1])[0] == ((8, 9),)


@given(TEXTS, TEXTS)
def test_rows_are_the_same_one_by_one_as_all_of_them_and_counted(a, b):
    rows = difference(a, b)
    whole = list(rows)
    assert [rows[place] for place in range(len(rows))] == whole == rows[:]
    signs = [row.sign for row in whole]
    assert counts(rows) == (signs.count("+"), signs.count("-"), signs.count("~"))
    assert rows.first_change() == next((place for place, sign in enumerate(signs) if sign != " "), 0)


@given(TEXTS, TEXTS, st.integers(1, 3))
def test_rows_near_a_change_are_those_that_are_not_farther_away(a, b, around):
    rows = list(difference(a, b))
    places = [place for place, row in enumerate(rows) if row.sign != " "]
    kept = [row if any(abs(place - each) <= around for each in places) else None for place, row in enumerate(rows)]
    wanted = [row for place, row in enumerate(kept) if row is not None or place == 0 or kept[place - 1] is not None]
    assert only_near(difference(a, b), around) == wanted


@given(st.lists(st.integers(0, 9), max_size=12), st.permutations(range(12)))
def test_lines_that_each_text_has_once_stay_beside_each_other_wherever_they_are_in_order(blanks, order):
    """As long as the longest ordered choice of them: what differs is never more than it has to be for these lines."""
    a = [f"line {n}" for n in range(12)]
    b = [f"line {n}" for n in order]
    for place in blanks:
        b.insert(place, "")
    same = [row for row in difference(a, b) if row.sign == " "]
    assert len(same) >= longest_rise(order)


def longest_rise(numbers):
    """Return how many of these can be chosen so that they rise."""
    best = []
    for place, number in enumerate(numbers):
        best.append(1 + max((best[at] for at in range(place) if numbers[at] < number), default=0))
    return max(best, default=0)


def test_a_function_put_between_two_others_is_added_as_a_whole():
    def function(name):
        return [f"def {name}(x):", "    y = x", "", "    return y", ""]

    a = [*function("one"), *function("two")]
    b = [*function("one"), *function("new"), *function("two")]
    assert difference(a, b).hunks == [Hunk(" ", 0, 0, 5), Hunk("+", 5, 5, 5), Hunk(" ", 5, 10, 5)]
    assert len(Rows([])) == 0
