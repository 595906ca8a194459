"""Differences: what is shown, and that replacing line by line gives exactly the other text."""

from hypothesis import given
from hypothesis import strategies as st

from student_app.editor.differences import Line, difference, replacements

lines = st.lists(st.sampled_from(["a\n", "b\n", "ä😀\n", "\n", "\r\n", "end"]), max_size=12)


@given(lines, lines)
def test_replacements_make_the_one_text_into_the_other(before, after):
    made = list(before)
    for change in reversed(replacements(before, after)):
        made[change.first : change.last] = change.lines
    assert made == after


def test_equal_texts_have_no_difference():
    assert difference("a\nb\n", "a\nb\n") == []


def test_far_equal_lines_are_left_out_and_counted():
    before = "".join(f"{n}\n" for n in range(20))
    shown = difference(before, before.replace("10\n", "ten\n"), context=1)
    assert shown == [
        Line("gap", skipped=9),
        Line("same", "9"),
        Line("gone", "10"),
        Line("new", "ten"),
        Line("same", "11"),
        Line("gap", skipped=8),
    ]


def test_huge_texts_are_compared_without_a_pause():
    before = "".join(f"{n}\n" for n in range(60_000))
    after = "first\n" + before.replace("7", "8") + "last\n"
    assert len(replacements(before.splitlines(True), after.splitlines(True))) == 1
