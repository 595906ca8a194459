"""Names of every shape in every kind of file: no formula runs, no page breaks, nothing is left out or fails."""

import csv
import json
from html.parser import HTMLParser

import openpyxl
import pytest

from examdesk.exports.kinds import KINDS
from tests.examdesk.exports.class_at_work import export
from tests.examdesk.exports.stored_exam import Sitting, store
from tests.support.journals import ExamInMemory

NAMES = {
    "n01": '=HYPERLINK("http://example.org","x")',
    "n02": "+1+1",
    "n03": "-2+3",
    "n04": "@SUM(A1:A9)",
    "n05": "\t=1+1",
    "n06": "\r=1+1",
    "n07": "\n=1+1",
    "n08": "\uff1d1+1",
    "n09": "=cmd|' /C calc'!A0",
    "n10": '"; DROP TABLE students; --',
    "n11": "<script>alert(1)</script>",
    "n12": "</title><img src=x onerror=alert(1)>",
    "n13": "A" * 255,
    "n14": "\u202eevil\u202c",
    "n15": "\u0645\u062d\u0645\u062f \u0628\u0646 \u0633\u0644\u0645\u0627\u0646",
    "n16": "\U0001f469\u200d\U0001f4bb \U0001f1e9\U0001f1ea",
    "n17": "nul\x00byte and \x1b[31m",
    "n18": "a\u0301\u0302\u0303\u0304\u0305\u0306",
    "n20": "../../../etc/passwd",
    "n21": "  spaces  ",
    "n22": 'O\'Brien, "Pat"; x',
}
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    exam = ExamInMemory(91)
    journals = []
    for student in NAMES:
        sitting = Sitting(exam, student)
        sitting.type("    return 0\n")
        sitting.run("0\n")
        sitting.hand_in()
        journals.append(sitting.journal)
    stored = store(tmp_path_factory.mktemp("records"), exam, journals, names=NAMES)
    folder = tmp_path_factory.mktemp("out")
    export(stored, folder, KINDS)
    return folder


def test_no_cell_of_any_table_is_a_formula(out):
    tables = [path for path in out.rglob("*.csv") if "progsnap2" not in path.parts]
    assert len(tables) == 4
    for path in tables:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.reader(file))
        assert len({len(row) for row in rows}) == 1, path
        assert not [cell for row in rows for cell in row if cell.startswith(FORMULA)], path
    book = openpyxl.load_workbook(out / "records.xlsx")
    assert not [cell for sheet in book for row in sheet for cell in row if cell.data_type == "f"]


def test_everybody_is_in_every_table(out):
    for name in ("canvas", "moodle"):
        with (out / f"gradebook-{name}.csv").open(encoding="utf-8", newline="") as file:
            assert {row[2] for row in csv.reader(file)} >= NAMES.keys()
    assert {json.loads(path.read_bytes())["student"]["id"] for path in out.glob("sessions/*.json")} == NAMES.keys()


class Elements(HTMLParser):
    def __init__(self):
        super().__init__()
        self.found = set()
        self.handlers = set()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        self.handlers.update(name for name, _ in attrs if name.startswith("on"))


def test_no_name_becomes_an_element_of_a_page(out):
    for path in out.rglob("*.html"):
        page = Elements()
        page.feed(path.read_text(encoding="utf-8"))
        assert not page.found & {"script", "img"}, path
        assert not page.handlers, path


def test_every_student_has_a_file_of_each_kind_below_the_folder(out):
    for kind in ("students/*.pdf", "students/*.html", "sessions/*.json"):
        files = list(out.glob(kind))
        assert len(files) == len(NAMES), kind
        assert all(path.resolve().is_relative_to(out.resolve()) for path in files)
