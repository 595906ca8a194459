"""A pair as a page: the words of care, everything escaped, marks that fit, nothing that loads or runs."""

import re
from hashlib import sha256
from html.parser import HTMLParser

import msgspec
import pytest

from examdesk.staffapi.messages import SIMILARITY_WORDS, AppearedView, MomentView, Passage, SideBySide
from examdesk.staffapi.pair_report import PairPage, pair_page

A = "x = 1\ndef f(a):\n    return a + 1\n"
B = "def g(b):\n    return b + 1\n<script>alert(1)</script>\n"
ABOUT = PairPage(exam="Quiz 2: Loops", question="q1", made="today", clock=lambda at_ms: f"{at_ms} ms", below=0.993)


def side(at_ms: int, **shares: float) -> AppearedView:
    moment = MomentView(journal="", seq=1, at_ms=at_ms)
    shares = {"typed": 0.0, "pasted": 0.0, "moved": 0.0, "given": 0.0} | shares
    return AppearedView(began=moment, there=moment, last=moment, **shares)


def pair(**changes) -> SideBySide:
    start = A.index("def")
    shown = SideBySide(
        a_name="Ada <b>",
        b_name="B\u202eob",
        a_text=A,
        b_text=B,
        regions=((start, len(A) - 1, 0, B.index("<") - 1),),
        jaccard=0.614,
        rank=0.5,
        passages=(
            Passage(
                file_a="q1/main.py",
                start_a=start,
                end_a=len(A) - 1,
                file_b="q1/main.py",
                start_b=0,
                end_b=B.index("<") - 1,
                tokens=14,
                programs_with_it=2,
                a=side(5, typed=1.0),
                b=side(70_000, pasted=0.8, typed=0.2),
                first="a",
            ),
        ),
        programs=24,
    )
    return msgspec.structs.replace(shown, **changes)


class Reader(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags, self.open, self.ids, self.links, self.text = [], [], [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        found = dict(attrs)
        self.ids += [found["id"]] if "id" in found else []
        self.links += [found["href"]] if "href" in found else []
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data


def test_the_page_says_what_it_is_and_what_it_is_not():
    page = pair_page(pair(), ABOUT)
    read = Reader(page)
    assert read.open == []
    assert SIMILARITY_WORDS in read.text
    for words in ("61 %", "99.3 %", "rank", "Quiz 2: Loops", "there at 5 ms", "80 % pasted, 20 % typed", "2 of 24"):
        assert words.lower() in read.text.lower()
    assert {link.removeprefix("#") for link in read.links} <= set(read.ids)
    assert set(read.ids) == {"a1", "b1"}


def test_the_page_says_what_worked_it_out_and_from_which_texts():
    text = Reader(pair_page(pair(engine="examdesk similarity 3"), ABOUT)).text
    assert "examdesk similarity 3" in text
    assert all(sha256(each.encode()).hexdigest() in text for each in (A, B))


def test_nothing_of_a_student_becomes_part_of_the_page():
    page = pair_page(pair(), ABOUT)
    assert "<script" not in page
    assert "Ada &lt;b&gt;" in page
    assert "\u202e" not in page
    assert re.search(r"https?://|src=|url\(", page) is None
    assert "alert(1)" in Reader(page).text


def test_a_mark_ends_with_its_line_and_the_text_stays_whole():
    page = pair_page(pair(), ABOUT)
    lines = re.findall(r'<span class="l">(.*?)</span>', page)
    assert len(lines) == len(A.split("\n")) + len(B.split("\n"))
    assert all(line.count("<mark") == line.count("</mark") for line in lines)
    plain = [re.sub(r"<a.*?</a>|<[^>]*>", "", line) for line in lines]
    assert plain[:3] == A.split("\n")[:3]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"regions": (), "passages": ()}, "No stretch of 12 tokens"),
        ({"too_short": True}, "too short for any figure"),
        ({"by_tokens": True}, "does not parse"),
        ({"a_text": "", "regions": (), "passages": ()}, "Side by side"),
    ],
)
def test_what_limits_the_figures_is_said(changes, words):
    assert words in pair_page(pair(**changes), ABOUT)


def test_a_program_from_elsewhere_has_no_times():
    passage = msgspec.structs.replace(pair().passages[0], b=None, first="")
    about = PairPage(exam="Quiz", question="", made="today", clock=str)
    page = pair_page(pair(passages=(passage,), rank=None), about)
    assert "from elsewhere, without times" in page
    assert "not known" in page
    assert "all questions together" in page
    assert "Rank" not in page
    assert "lower figure" not in page
