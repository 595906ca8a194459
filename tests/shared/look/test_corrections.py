"""Corrected prompts: what is different is marked, and without the marks both texts are whole."""

import re

from hypothesis import given
from hypothesis import strategies as st

from shared.look import Theme, palette
from shared.look.corrections import corrected_html
from shared.look.prompt import html_of

COLOURS = palette(Theme.LIGHT)
WORDS = st.lists(st.sampled_from(["n", "m", "sum", "<b>", "&", "`x`", "**y**", "ä"]), min_size=1, max_size=8)
BLOCKS = st.one_of(
    WORDS.map(" ".join),
    WORDS.map(lambda words: "# " + " ".join(words)),
    WORDS.map(lambda words: "- " + "\n- ".join(words)),
    WORDS.map(lambda words: "```\n" + "\n\n".join(words) + "\n```"),
)
TEXTS = st.lists(BLOCKS, max_size=6).map("\n\n".join)


def words_of(html, *, without):
    html = re.sub(rf"<{without}\b[^>]*>.*?</{without}>", "", html, flags=re.DOTALL)
    html = re.sub(r"<b>(New|No longer):</b>", "", html)
    return "".join(re.sub(r"<[^>]+>", "", html).split())


def test_changed_words_are_struck_out_and_underlined():
    html = corrected_html("Print the sum of n numbers.", "Print the sum of m numbers.", COLOURS)
    assert re.search(r"<s [^>]+>n</s><u [^>]+>m</u>", html)
    assert "New:" not in html


def test_a_new_paragraph_and_one_that_went_have_a_word_before_them():
    html = corrected_html("Stays.\n\nGoes away entirely.", "Stays.\n\n```\nx = 1\n```", COLOURS)
    assert re.search(r"<b>No longer:</b></p><p><s>Goes away entirely\.</s></p>", html)
    assert re.search(r"<b>New:</b></p><pre><code>x = 1</code></pre>", html)


def test_cells_of_a_table_are_compared():
    table = "| p | q |\n|---|---|\n| 1 | 2 |\n"
    html = corrected_html(table, table.replace("2", "3"), COLOURS)
    assert html.count("<table>") == 1
    assert re.search(r"<s [^>]+>2</s><u [^>]+>3</u>", html)


def test_equal_texts_have_no_marks():
    text = "# T\n\n- a\n- b\n\n```\n\nx\n```"
    assert not re.search("<s>|<s |<u |New:|No longer:", corrected_html(text, text, COLOURS))


def test_html_of_an_author_stays_text():
    assert "<script>" not in corrected_html("a", "a <script>alert(1)</script>", COLOURS)


@given(TEXTS, TEXTS)
def test_without_what_went_the_new_text_is_all_there(before, after):
    html = corrected_html(before, after, COLOURS)
    html = re.sub(r"<table width=.{0,220}?<b>No longer:</b>.*?</td></tr></table>", "", html, flags=re.DOTALL)
    assert words_of(html, without="s") == "".join(re.sub(r"<[^>]+>", "", html_of(after)).split())
