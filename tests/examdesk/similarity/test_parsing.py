"""A program in which something is missing costs only the part in which it is missing."""

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.similarity import Program, compare_all
from examdesk.similarity.parsing import parsed

GOOD = [
    "import random\n",
    "def first(a):\n    total = 0\n    for x in a:\n        total += x * 2\n    return total\n",
    "def second(b):\n    while b[1] > 3:\n        b.pop()\n    else:\n        print(b)\n    return b\n",
    "@property\n@other(1)\ndef third(c):\n    return [d for d in c if d.name != ''\n    ]\n",
    "print(first([1, 2]), second([3]))\n",
]
WRONG = {
    "an open bracket": "def wrong(a:\n    return a[1]\n",
    "a colon too few": "for x in y\n    print(x)\n",
    "half a statement": "result = \n",
    "a quote too few": "print('hello)\n",
    "a strange sign": "x = 3 ? 4\n",
    "an else of nothing": "print(1)\nelse:\n    print(2)\n",
    "a decorator of something wrong": "@property\ndef wrong(a:\n    return 1\n",
    "tabs and blanks": "if a:\n        b = 1\n\tc = 2\n",
}


def names(tree):
    return [node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize("place", range(len(GOOD) + 1))
def test_what_is_wrong_costs_the_piece_in_which_it_stands(wrong, place):
    tree = parsed("".join([*GOOD[:place], WRONG[wrong], *GOOD[place:]]))
    assert names(tree) == ["first", "second", "third"]


def test_what_is_wrong_in_a_method_costs_the_method():
    source = (
        "class Shop:\n    limit = 3\n\n    def good(self):\n        return self.items[1]\n\n"
        "    def bad(self:\n        pass\n\n"
        "    @staticmethod\n    def also(b):\n        if a:\n            pass\n        else:\n            return a\n"
    )
    assert names(parsed(source)) == ["good", "also"]


def test_what_is_left_stands_where_it_stood():
    tree = parsed(WRONG["an open bracket"] + "".join(GOOD))
    assert [(node.lineno, node.col_offset) for node in tree.body[:2]] == [(3, 0), (4, 0)]


@pytest.mark.parametrize(
    "source",
    [
        "def f(:\n    return 1\n",
        "  x = 1\ny = 2\n",
        "class A:\n",
        "class A(:\n    def f(self):\n        pass\n",
        "x = (\n" * 3000,
    ],
)
def test_a_program_of_which_little_is_left_does_not_parse(source):
    with pytest.raises(SyntaxError):
        parsed(source)


@given(
    st.lists(st.sampled_from([*GOOD, *WRONG.values(), "class A:\n", "    x = 1\n", "\t", "#\n", "'''", "\r\n", "\\\n"]))
)
def test_whatever_is_put_together_parses_or_is_a_syntax_error(parts):
    source = "".join(parts)
    try:
        tree = parsed(source)
    except SyntaxError:
        return
    last = max((node.end_lineno for node in tree.body), default=0)
    assert last <= len(source.splitlines()) + 1


def test_a_copy_that_is_broken_somewhere_is_ranked_by_its_structure():
    source = "".join(GOOD)
    copy = source.replace("total", "summe").replace("first", "eins") + "print((1\n"
    other = "numbers = input().split()\nfor one in sorted(numbers):\n    print(one.upper() + '!')\n" * 3
    programs = [Program("a", {"m": source}), Program("copy", {"m": copy}), Program("other", {"m": other})]
    report = compare_all(programs)
    top = report.pairs[0]
    assert (top.a, top.b, top.rank, top.by_tokens) == ("a", "copy", 1.0, False)
    assert report.unparsed == []
