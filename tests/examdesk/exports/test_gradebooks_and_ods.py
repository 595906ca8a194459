"""Columns for gradebooks, and the summary as OpenDocument."""

import csv
import sqlite3
import subprocess
import zipfile
from xml.etree import ElementTree as ET

import pytest

from examdesk.exports.gradebooks import first_and_last, sortable
from examdesk.exports.planning import plan
from examdesk.rosters.preview import apply, preview
from tests.examdesk.exports.canvas_import import User, canvas_import
from tests.examdesk.exports.class_at_work import export, stored_class
from tests.examdesk.exports.stored_exam import small_class, store
from tests.support.journals import ExamInMemory

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    stored = stored_class(tmp_path_factory.mktemp("records"))
    folder = tmp_path_factory.mktemp("out")
    export(stored, folder, {"canvas", "moodle", "summary"})
    return folder


def table(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def test_canvas_gets_its_own_columns_and_the_row_of_points(out):
    rows = table(out / "gradebook-canvas.csv")
    assert rows[0] == ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", "Quiz 2 (handed in)"]
    assert rows[1] == ["    Points Possible", "", "", "", "", "1"]
    marks = {row[2]: row[5] for row in rows[2:]}
    assert marks == {"s1": "1", "s2": "0", "s3": "1", "s4": "1", "Ünï/.. 5": "0", "absent1": ""}
    assert next(row for row in rows if row[2] == "s1")[0] == "Ærøskøbing-Nguyễn, Łukasz"


def test_moodle_gets_its_own_columns(out):
    rows = table(out / "gradebook-moodle.csv")
    assert rows[0] == [
        *("First name", "Surname", "ID number", "Institution", "Department", "Email address"),
        *("Assignment: Quiz 2 (handed in)", "Feedback: Quiz 2 (handed in)"),
    ]
    assert {row[2]: row[7] for row in rows[1:]}["s2"] == "Joined, not handed in"
    assert {row[2]: row[6:] for row in rows[1:]}["absent1"] == ["", ""]


@pytest.mark.parametrize("name", ["canvas", "moodle"])
def test_our_own_class_lists_read_a_gradebook_back(out, name):
    shown = preview(out / f"gradebook-{name}.csv")
    people = {row.student: (row.name, row.section) for row in apply(shown, with_doubtful=True).rows}
    assert people.keys() == {"s1", "s2", "s3", "s4", "Ünï/.. 5", "absent1"}
    assert people["s1"][0] in {"Łukasz Ærøskøbing-Nguyễn", "Ærøskøbing-Nguyễn, Łukasz"}
    assert people["s2"][0] == "王小明"
    if name == "canvas":
        assert people["s1"][1] == "A"


@pytest.mark.parametrize(
    ("name", "parts", "listed"),
    [
        ("Ada Lovelace", ("Ada", "Lovelace"), "Lovelace, Ada"),
        ("Lovelace, Ada King", ("Ada King", "Lovelace"), "Lovelace, Ada King"),
        ("王小明", ("王小明", ""), "王小明"),
        ("", ("", ""), ""),
    ],
)
def test_names_in_one_field_come_apart(name, parts, listed):
    assert first_and_last(name) == parts
    assert sortable(name) == listed


def test_no_cell_of_a_gradebook_is_a_formula(tmp_path):
    exam = ExamInMemory(67)
    names = {"s1": "=HYPERLINK(1)", "s2": "@SUM(A1)"}
    export(store(tmp_path / "records", exam, small_class(exam), names=names), tmp_path / "out", {"canvas", "moodle"})
    for name in ("canvas", "moodle"):
        cells = [cell for row in table(tmp_path / f"out/gradebook-{name}.csv") for cell in row]
        assert not any(cell.startswith(("=", "+", "-", "@")) for cell in cells)


def test_the_summary_has_typed_cells_and_no_formula(out):
    with zipfile.ZipFile(out / "summary.ods") as package:
        first = package.infolist()[0]
        assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
        content = ET.fromstring(package.read("content.xml"))
        listed = ET.fromstring(package.read("META-INF/manifest.xml"))
        assert len(listed) == 1 + len(package.namelist()) - 2
    tables = {each.get(f"{TABLE}name"): each for each in content.iter(f"{TABLE}table")}
    assert list(tables) == ["Summary", "Sessions", "Questions"]
    kinds = {cell.get(f"{OFFICE}value-type") for cell in content.iter(f"{TABLE}table-cell")}
    assert kinds >= {"string", "float", "date"}
    assert not any(f"{TABLE}formula" in cell.attrib for cell in content.iter(f"{TABLE}table-cell"))


@pytest.mark.libreoffice
def test_libreoffice_opens_the_summary(out, tmp_path):
    command = ["soffice", f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to"]
    convert = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    done = subprocess.run(
        [*command, convert, "--outdir", str(tmp_path), str(out / "summary.ods")],
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    rows = table(tmp_path / "summary-Sessions.csv")
    assert rows[1][:3] == ["Student", "Name", "Section"]
    assert {row[1] for row in rows[2:]} >= {"王小明", "दीपा शर्मा"}
    assert rows[2][4][:4] == "2025"


CAMPUS = [
    User("Ærøskøbing-Nguyễn, Łukasz", 1, sis="s1", login="lukasz"),
    User("王小明", 2, sis="u-2", login="s2"),
    User("दीपा शर्मा", 3, login="s3"),
    User("absent, somebody", 4, sis="absent1", login="absent"),
    User("not on the roster", 5, sis="x", login="x"),
]


def test_canvas_makes_one_new_assignment_and_finds_students_by_sis_id_or_login(out):
    found = canvas_import(out / "gradebook-canvas.csv", CAMPUS)
    title = "Quiz 2 (handed in)"
    assert (found.new_assignments, found.points) == ([title], {title: "1"})
    assert found.grades == {"lukasz": {title: "1"}, "s2": {title: "0"}, "s3": {title: "1"}, "absent": {title: ""}}
    assert len(found.strangers) == 2


@pytest.mark.parametrize("title", ["Final Score", "Override Status week", "Current Grade (3)"])
def test_an_exam_that_is_called_like_a_sum_of_canvas_is_an_assignment_all_the_same(tmp_path, title):
    exam = ExamInMemory(67)
    stored = store(tmp_path / "records", exam, small_class(exam))
    with sqlite3.connect(tmp_path / "records/examdesk.sqlite") as sql:
        sql.execute("UPDATE exams SET short_name = ?", (title,))
    sql.close()
    export(stored, tmp_path / "out", {"canvas"})
    (made,) = canvas_import(tmp_path / "out/gradebook-canvas.csv", []).new_assignments
    assert made.replace("\N{NO-BREAK SPACE}", " ") == f"{title} (handed in)"


def test_moodle_gets_nobody_whom_it_does_not_know_and_no_line_without_a_person(out):
    header, *rows = table(out / "gradebook-moodle.csv")
    for person in ("ID number", "Email address"):
        assert all(row[header.index(person)] for row in rows)
    assert preview(out / "gradebook-moodle.csv").rows[0].row.email == ""


def test_who_is_not_on_the_list_is_in_the_canvas_file_and_not_in_that_for_moodle(tmp_path):
    exam = ExamInMemory(67)
    stored = store(tmp_path / "records", exam, small_class(exam))
    with sqlite3.connect(tmp_path / "records/examdesk.sqlite") as sql:
        sql.execute("UPDATE roster SET provisional = 1 WHERE student = 's1'")
    sql.close()
    reader = stored.reader()
    (planned,) = plan(reader, stored.exam.id, {"moodle"})
    reader.close()
    assert "1 student without an entry on it left out" in planned.about
    export(stored, tmp_path / "out", {"canvas", "moodle"})
    assert "s1" in {row[2] for row in table(tmp_path / "out/gradebook-canvas.csv")}
    assert "s1" not in {row[2] for row in table(tmp_path / "out/gradebook-moodle.csv")}
