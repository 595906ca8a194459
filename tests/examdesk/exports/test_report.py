"""The report: self-contained, escaped, neutral, and the same facts as the other exports."""

import re
from datetime import UTC
from html.parser import HTMLParser

import pytest

from examdesk.evidence.signals import KINDS
from examdesk.exports.everything import export_all
from examdesk.exports.report.svg import Axis, esc
from examdesk.exports.times import Zone
from examdesk.staffapi.messages import SIMILARITY_WORDS
from tests.examdesk.exports.class_at_work import NAMES, export, stored_class
from tests.examdesk.exports.stored_exam import small_class, store
from tests.support.clocks import ManualClock
from tests.support.journals import ExamInMemory

ODD = "=cmd|' /C calc'!A0"
HOSTILE = "<script>alert(1)</script>\u202e"
VOID = {"meta", "br", "line", "rect", "circle", "polygon"}


class Page(HTMLParser):
    """Collects elements, attributes and text, and whether everything that opens is closed."""

    def __init__(self):
        super().__init__()
        self.open = []
        self.tags = []
        self.attributes = []
        self.words = []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)


def report_of(folder, exam, journals, **named):
    stored = store(folder, exam, journals, **named)
    reader = stored.reader()
    (path,) = export_all(
        reader, exam.id, folder / "out", {"report"}, lambda *_: None, lambda: False, clock=ManualClock(), zone=Zone(UTC)
    )
    reader.close()
    return path


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    exam = ExamInMemory(61)
    return report_of(tmp_path_factory.mktemp("report"), exam, small_class(exam), names={ODD: HOSTILE})


@pytest.fixture(scope="module")
def page(path):
    parsed = Page()
    parsed.feed(path.read_text(encoding="utf-8"))
    assert parsed.open == []
    return parsed


def test_nothing_is_loaded_from_anywhere(path, page):
    text = path.read_text(encoding="utf-8")
    assert "http://" not in text
    assert "https://" not in text
    assert not {"script", "link", "img", "iframe", "object"} & set(page.tags)
    assert all(value.startswith("#") for name, value in page.attributes if name in ("href", "src"))
    assert not re.search(r"url\(|@import", text)
    assert ("default-src 'none'; style-src 'unsafe-inline'; img-src data:") in text


def test_texts_of_students_are_escaped(path):
    text = path.read_text(encoding="utf-8")
    assert "<script>" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;\ufffd" in text
    assert "\u202e" not in text


def test_each_kind_of_signal_that_was_seen_is_explained_once(page):
    words = "".join(page.words)
    for kind in ("outside_paste", "large_paste", "focus_away"):
        assert words.count(KINDS[kind].meaning) == 1
    assert "of 3" in words


def test_the_report_says_what_it_is_and_reaches_no_verdict(page):
    words = " ".join("".join(page.words).split())
    assert "evidence for review" in words
    assert SIMILARITY_WORDS in words
    assert "It reaches no conclusion about anybody and ranks nobody." in words
    assert not re.search(r"\b(cheat|suspicio|guilt|culprit|misconduct (?!decisions))", words, re.IGNORECASE)


def test_every_session_has_a_chart_with_a_name_for_screen_readers(page):
    labels = [value for name, value in page.attributes if name == "aria-label"]
    assert sum(label.startswith("Rhythm of the session of") for label in labels) == 3
    assert "The record holds" in "".join(page.words)


def test_a_class_of_nobody_makes_a_report_too(tmp_path):
    path = report_of(tmp_path, ExamInMemory(62), [], absent=2)
    assert "nobody joined" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("days", [0.01, 0.2, 1, 3, 20, 90, 400, 4_000, 100_000])
def test_an_axis_has_few_ticks_and_different_words_below_them_however_long_it_is(days):
    axis = Axis(1_790_000_000_000, 1_790_000_000_000 + round(days * 86_400_000), 0, 100)
    labels = [label for _, label in axis.labels(Zone(UTC))]
    assert 2 <= len(labels) <= 9
    assert len(set(labels)) == len(labels)


def test_a_span_of_several_days_names_both():
    start = 1_790_000_000_000
    assert Zone(UTC).span(start, start + 3_600_000) == "21 September 2026, 14:13 to 15:13"
    assert Zone(UTC).span(start, start + 90_000_000) == "21 September 2026, 14:13 to 22 September 2026, 15:13"


def test_an_axis_has_few_round_ticks_and_keeps_everything_inside():
    axis = Axis(1_000_000, 1_000_000 + 90 * 60_000, 10, 110)
    assert len(axis.ticks()) <= 9
    assert all(tick % (15 * 60_000) == 0 for tick in axis.ticks())
    assert (axis.x(0), axis.x(10**12)) == (10, 110)
    assert Axis(5, 5, 0, 1).x(5) == 0


def test_escaping_shows_what_cannot_be_seen():
    assert esc('a"<&\x00\u200b') == "a&quot;&lt;&amp;\u2400\ufffd"


def test_a_students_page_is_whole_and_names_nobody_else(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pages")
    stored = stored_class(folder / "records")
    export(stored, folder / "out", {"student-pages"})
    found = sorted((folder / "out" / "students").iterdir())
    assert len(found) == len(NAMES)
    for student in ("s1", "s2"):
        text = (folder / "out" / "students" / f"{student}.html").read_text(encoding="utf-8")
        parsed = Page()
        parsed.feed(text)
        assert parsed.open == []
        words = "".join(parsed.words)
        assert NAMES[student] in words
        assert SIMILARITY_WORDS in words
        assert "The record holds" in words
        assert not [name for other, name in NAMES.items() if other != student and name in words]
        assert not {"script", "link", "img", "iframe", "object"} & set(parsed.tags)
    assert "NameError: name" in words
    assert "def solve(a):" in words
