"""The reports as PDF: whole, neutral, and every name can be read."""

import re
import shutil
import subprocess
from contextlib import closing
from itertools import pairwise
from types import SimpleNamespace

import pytest

from examdesk.exports.alike import LikePair, groups_among
from examdesk.exports.options import Options
from examdesk.exports.pdf.document import Document
from examdesk.exports.pdf.fonts import CJK, SANS, face_for, is_plain, letters_of, printable
from examdesk.exports.pdf.page import rgb
from examdesk.exports.pdf.pictures import shade
from examdesk.exports.pdf.report import _REVIEWS, _SIGNALS, REVIEW_LETTERS, SIGNAL_LETTERS, room_of_table
from examdesk.exports.report.charts import ORDER, SHADES
from examdesk.staffapi.messages import SIMILARITY_WORDS
from shared.look.tokens import Status, Theme, palette
from tests.examdesk.exports.class_at_work import NAMES, export, stored_class
from tests.examdesk.exports.stored_exam import store
from tests.support.journals import ExamInMemory

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs poppler-utils")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    folder = tmp_path_factory.mktemp("out")
    export(stored_class(tmp_path_factory.mktemp("records")), folder, {"report-pdf", "student-pdfs"})
    return folder


def words_of(path):
    done = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True)
    return " ".join(done.stdout.decode().split())


@needs_poppler
def test_the_class_report_shows_everybody_and_says_what_it_is(out):
    said = words_of(out / "integrity-report.pdf")
    for name in ("Łukasz Ærøskøbing-Nguyễn", "王小明", "김철수"):
        assert name in said
    assert SIMILARITY_WORDS[:40] in said
    assert "It reaches no conclusion about anybody and ranks nobody" in said
    assert "The chain and the signatures of every journal hold" in said
    assert not any(word in said.lower() for word in ("cheat", "suspicio", "guilty", "fraud"))


def test_the_room_of_a_session_is_told_beforehand_so_that_its_tables_are_not_torn():
    texts = [
        "400 characters in 20 lines were pasted into rain/main.py; the session had none of it before.",
        "Another window had the keyboard for 6 s.",
        "The PC had no connection to the hub for 19 s; what was written meanwhile came afterwards, complete.",
    ] * 3
    for fields, letters, place in ((_SIGNALS, SIGNAL_LETTERS, 2), (_REVIEWS, REVIEW_LETTERS, 3)):
        rows = [tuple(text if field == place else "short" for field in range(len(fields))) for text in texts]
        with closing(Document("", "")) as document:
            before = document.get_y()
            document.grid(fields, rows)
            assert document.page == 1
            taken = document.get_y() - before
        assert taken <= room_of_table(texts, letters) <= 1.3 * taken


@needs_poppler
def test_everybody_is_found_by_the_page_and_in_the_outline(out):
    done = subprocess.run(
        ["pdftotext", "-layout", str(out / "integrity-report.pdf"), "-"], capture_output=True, check=True
    )
    pages = done.stdout.decode().split("\f")
    listed = next(line for page in pages for line in page.splitlines() if line.split()[:2] == ["김철수", "s4"])
    assert "김철수 · s4" in pages[int(listed.split()[-1]) - 1]
    assert b"/Outlines" in (out / "integrity-report.pdf").read_bytes()


def test_statuses_that_meet_in_the_picture_differ_in_lightness_as_well():
    def grey(status):
        red, green, blue = rgb(shade(palette(Theme.LIGHT).status[Status(status)].text, SHADES[status]))
        return 0.299 * red + 0.587 * green + 0.114 * blue

    assert set(SHADES) == set(ORDER)
    steps = [abs(grey(one) - grey(other)) for one, other in pairwise(ORDER)]
    assert min(steps) > 20


def test_pairs_that_share_a_session_make_groups_the_largest_first():
    people = {name: SimpleNamespace(row=SimpleNamespace(session=name.encode())) for name in "abcdef"}

    def pair(one, other, figure):
        return LikePair(a=people[one], b=people[other], jaccard=figure, rank=figure, below=1.0, too_short=False)

    small, large = pair("e", "f", 0.9), [pair("a", "b", 0.8), pair("c", "d", 0.6), pair("b", "d", 0.5)]
    found = groups_among([small, *large])
    assert [[one.row.session for one in group.members] for group in found] == [[b"a", b"b", b"c", b"d"], [b"e", b"f"]]
    assert [(group.pairs, group.low, group.high) for group in found] == [(3, 0.5, 0.8), (1, 0.9, 0.9)]


@needs_poppler
def test_a_student_s_file_shows_runs_versions_and_code_and_no_other_student(out):
    said = words_of(out / "students" / "s1.pdf")
    for words in ("Łukasz", "q1/Helper.py, as handed in", "naïve", "Runs", "Versions", "time"):
        assert words in said
    others = [name for student, name in NAMES.items() if student != "s1"]
    assert not any(name in said for name in others)
    assert "as last saved" in words_of(out / "students" / "s2.pdf")


@needs_poppler
def test_an_exam_that_nobody_sat_has_a_report(tmp_path):
    stored = store(tmp_path / "records", ExamInMemory(68), [], absent=2)
    export(stored, tmp_path / "out", {"report-pdf", "student-pdfs"})
    assert "Never joined: Student absent1" in words_of(tmp_path / "out" / "integrity-report.pdf")


@needs_poppler
@needs_poppler
def test_a_long_title_leaves_room_for_the_number_of_the_page(tmp_path):
    Document("T" * 300, "F" * 300).output(str(tmp_path / "long.pdf"))
    assert re.fullmatch(r"F{20,150}… 1 ?/ ?1", words_of(tmp_path / "long.pdf"))


def test_pages_may_be_of_us_letter(tmp_path):
    stored = store(tmp_path / "records", ExamInMemory(69), [], absent=1)
    export(stored, tmp_path / "out", {"report-pdf"}, options=Options(paper="letter"))
    command = ["pdfinfo", str(tmp_path / "out" / "integrity-report.pdf")]
    assert b"612 x 792 pts (letter)" in subprocess.run(command, capture_output=True, check=True).stdout


def test_there_is_one_file_for_each_session(out):
    assert len(list((out / "students").iterdir())) == 5


def test_the_fonts_that_come_along_have_the_letters_of_most_names():
    for text in ("ŁукаςĄğİøþ", "אבג", "أحمد", "Հայք", "საქართველო"):
        assert all(face_for(ord(letter)) == SANS for letter in text), text
    for text in ("王小明", "鈴木さくら", "김철수"):
        assert all(face_for(ord(letter)) == CJK for letter in text), text


def test_a_letter_without_a_font_is_numbered_and_never_a_box():
    assert printable("a\U0001b170b")[0] in ("a\U0001b170b", "a[U+1B170]b")
    shown, _ = printable("\U000f0000")
    assert shown == "[U+F0000]"
    assert printable("plain") == ("plain", frozenset())
    assert letters_of(SANS.path) > set(range(0x20, 0x7F))


def test_text_that_turns_direction_is_made_visible():
    assert "\u202e" not in printable("a\u202eb")[0]


def test_only_text_that_needs_it_is_shaped():
    assert is_plain("Łukasz 王小明 김")
    assert not is_plain("أحمد")
    assert not is_plain("दीपा")
    assert not is_plain("e\u0301")
