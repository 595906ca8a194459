"""Points that a person gave reach the gradebooks as they stand, each at its student, or nothing is written."""

import csv
import io

import openpyxl
import pytest

from examdesk.cli.main import Program
from tests.examdesk.exports.canvas_import import User, canvas_import
from tests.examdesk.exports.class_at_work import NAMES, stored_class

TITLE = "Quiz 2 (points)"


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    folder = tmp_path_factory.mktemp("records")
    stored_class(folder)
    return folder


@pytest.fixture
def export(records, tmp_path, capsys):
    def run(points, *more, possible="20", what="canvas,moodle"):
        file = tmp_path / "points.csv"
        file.write_bytes(points if isinstance(points, bytes) else points.encode())
        argv = ["export", "--data", records, "--out", tmp_path / "out", "--what", what, "--points", file, "--quiet"]
        argv += ["--points-possible", possible] if possible else []
        code = Program(log_dir=tmp_path / "log").run([*map(str, argv), *more])
        return code, capsys.readouterr()

    return run


def column(folder, name, key, value):
    with (folder / f"out/gradebook-{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return {row[key]: row[value] for row in csv.DictReader(file)}


def workbook(*rows):
    book, out = openpyxl.Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    "points",
    [
        "Student ID;Points\ns1;17,5\nS2;9\ns3;\n",
        f"name,comment,score\n{NAMES['s1']},good,17.5\n{NAMES['s2']},,9\n",
        workbook(["id", "Total"], ["s1", 17.5], ["s2", 9]),
    ],
)
def test_points_stand_at_their_students_and_nobody_else_has_any(export, tmp_path, points):
    code, said = export(points)
    assert (code, said.err) == (0, "")
    given = {who: value for who, value in column(tmp_path, "canvas", "SIS User ID", TITLE).items() if value}
    assert given == {"": "20", "s1": "17.5", "s2": "9"}
    given = {
        who: value for who, value in column(tmp_path, "moodle", "ID number", f"Assignment: {TITLE}").items() if value
    }
    assert given == {"s1": "17.5", "s2": "9"}
    found = canvas_import(tmp_path / "out/gradebook-canvas.csv", [User("x", 1, login="s1"), User("y", 2, sis="s2")])
    assert (found.new_assignments, found.points) == ([TITLE], {TITLE: "20"})
    assert found.grades == {"s1": {TITLE: "17.5"}, "": {TITLE: "9"}}


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ("id,points\ns1,5\nnobody-here,6\n", "line 3: nobody-here is not on the roster"),
        ("id,points\ns1,5\ns1,6\n", "line 3: s1 has points already"),
        ("id,points\ns1,five\n", "line 2: “five” is no number of points"),
        ("id,points\ns1,-1\n", "line 2: “-1” is no number of points"),
        ("id,points\ns1,=1+1\n", "line 2: “=1+1” is no number of points"),
        ("id,points\ns1,1e9\n", "is no number of points"),
        ("id,points\n,5\n", "line 2: it names no student"),
        ("id,result\ns1,5\n", "names no column for points"),
        ("points,comment\n5,x\n", "names no column for a student"),
        ("", "This file is empty"),
        (b"%PDF-1.7", "This is a PDF"),
    ],
)
def test_a_line_that_can_not_be_used_is_named_and_nothing_is_written(export, tmp_path, points, words):
    code, said = export(points)
    assert (code, said.out) == (2, "")
    assert words in said.err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"possible": ""}, "no number of points above 0"),
        ({"possible": "0"}, "no number of points above 0"),
        ({"what": "events"}, "go into a gradebook"),
    ],
)
def test_points_need_a_gradebook_and_a_number(export, more, words):
    code, said = export("id,points\ns1,5\n", **more)
    assert (code, words in said.err) == (2, True)


def test_points_and_pseudonyms_do_not_go_together(export, tmp_path):
    code, said = export("id,points\ns1,5\n", "--pseudonyms", str(tmp_path / "key"))
    assert (code, "belong to names" in said.err) == (2, True)
    assert not (tmp_path / "key").exists()


def test_the_preview_says_how_many_have_points(export):
    code, said = export("id,points\ns1,5\n", "--dry-run")
    assert code == 0
    assert "points of 1 student" in said.out
