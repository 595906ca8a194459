"""The tokens that the plain measure is defined on."""

import io
import keyword
import tokenize
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.similarity.lexing import KEYWORDS, OPERATORS, ngrams, symbols, tokens

PROGRAMS = sorted((Path(__file__).parents[2] / "data" / "programs").glob("*/*.py"))
DROPPED = {
    tokenize.COMMENT,
    tokenize.NL,
    tokenize.NEWLINE,
    tokenize.INDENT,
    tokenize.DEDENT,
    tokenize.ENDMARKER,
    tokenize.ENCODING,
}


def test_keywords_are_those_of_python():
    assert sorted(KEYWORDS) == sorted(keyword.kwlist)


def test_each_keyword_and_operator_has_a_symbol_of_its_own():
    found = [symbols(word) for word in [*KEYWORDS, *OPERATORS, "name", "1", "1.0", "1j", "''", "b''", "?"]]
    assert all(len(symbol) == 1 for symbol in found)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("path", PROGRAMS, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_tokens_are_those_of_the_standard_tokenizer(path):
    source = path.read_text("utf-8")
    try:
        expected = [t.string for t in tokenize.generate_tokens(io.StringIO(source).readline) if t.type not in DROPPED]
    except (tokenize.TokenError, IndentationError):
        pytest.skip("the standard tokenizer gives up on code that does not parse")
    text_parts = getattr(tokenize, "FSTRING_START", None)
    if text_parts is not None and 'f"' in source:
        pytest.skip("since Python 3.12 the standard tokenizer takes f-strings apart")
    assert [source[token.start : token.end] for token in tokens(source)] == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("total = 1", "x = 25"),
        ("a=f(b)  # call", "value  =  g ( item )"),
        ("s = 'a'", 's = """long\ntext"""'),
        ("s = f'{x}'", "s = r'plain'"),
        ("x = 1.5", "y = .5e3"),
        ("x = 0xFF", "x = 1_000"),
        ("if x:\n    y = 1", "if x: y = 1"),
        ("x = (1 +\n     2)", "x = (1 + 2)"),
        ("x = 1 + \\\n    2", "x = 1 + 2"),
        ("match = 1", "case = 1"),
        ("é = 1", "变量 = 2"),
    ],
)
def test_names_values_comments_and_layout_do_not_count(one, other):
    assert symbols(one) == symbols(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("x = 1", "x = 1.0"),
        ("x = 1", "x = '1'"),
        ("x = 'a'", "x = b'a'"),
        ("x = True", "x = False"),
        ("x < y", "x > y"),
    ],
)
def test_types_of_literals_keywords_and_operators_count(one, other):
    assert symbols(one) != symbols(other)


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ('print"x"', 2),
        ("s = 'never closed\ny = 2", 6),
        ("s = '''never closed\ny = 2", 3),
        ("a $ b ? c", 5),
        ("x = '\\", 3),
        ("", 0),
        ("\\", 0),
    ],
)
def test_broken_code_still_has_tokens(source, count):
    assert len(symbols(source)) == count


@given(st.text(max_size=200))
def test_places_are_in_order_inside_the_source_and_hold_no_blanks_at_the_ends(source):
    found = tokens(source)
    assert "".join(token.symbol for token in found) == symbols(source)
    end = 0
    for token in found:
        assert end <= token.start < token.end <= len(source)
        assert not source[token.start].isspace()
        end = token.end


@given(st.lists(st.sampled_from([*KEYWORDS, *OPERATORS, "name", "1", "'s'"]), max_size=30))
def test_words_with_blanks_between_are_tokens(words):
    assert len(symbols(" ".join(words))) == len(words)


def test_ngrams_are_every_run_of_five():
    assert ngrams("abcdef") == {"abcde", "bcdef"}
    assert ngrams("abcd") == set()


def test_much_white_space_takes_no_time():
    assert symbols("x" + " \n" * 500_000) == symbols("x")
    assert symbols("x" + " \n" * 500_000 + "y") == symbols("x y")
