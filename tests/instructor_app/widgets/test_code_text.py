"""Code as it is shown: lines, cuts, colours."""

from instructor_app.widgets.code_text import LONGEST_LINE, Stretches, code_text, open_quotes, python_colours


def test_a_line_too_long_to_lay_out_is_cut_and_says_by_how_much():
    text = code_text("a\n" + "x" * (LONGEST_LINE + 7) + "\nb")
    assert text.hidden == {1: 7}
    assert text.starts == [0, 2, LONGEST_LINE + 10]
    assert text.column_of(LONGEST_LINE + 9) == (1, LONGEST_LINE)


def test_odd_line_ends_become_one_character_each():
    text = code_text("a\r\nb\rc\u2028d\x0ce\n")
    assert text.lines == ["a", "b␍c␤d␌e", ""]
    assert text.windows_ends


def test_triple_quotes_stay_open_over_lines():
    lines = ['x = """one', "def two", 'three""" + 1']
    assert open_quotes(lines, 1) == open_quotes(lines, 2) == 0
    assert open_quotes(lines, 3) == -1
    assert python_colours(lines[1], 0)[0][-1] == (0, 7, "string")
    assert (0, 3, "keyword") in python_colours("def f(): pass", -1)[0]


def test_stretches_are_found_by_place():
    stretches = Stretches(((3, 4), (0, 9), (5, 1)))
    assert stretches.in_line(0, 2, 6) == [(0, 1, "4"), (1, 4, "1")]
    assert stretches.in_line(1, 8, 9) == []
