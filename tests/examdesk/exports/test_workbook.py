"""The workbook: typed cells, text that stays text, and a file that LibreOffice opens without repair."""

import csv
import json
import subprocess
from datetime import UTC, datetime

import msgspec
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from examdesk.exports.cells import MAX_CELL, visible
from examdesk.exports.everything import export_all
from examdesk.exports.times import Zone
from examdesk.staffapi.messages import SIMILARITY_WORDS
from shared.events import kinds
from tests.examdesk.exports.stored_exam import Sitting, small_class, store
from tests.examdesk.exports.test_signals_over_editions import keep
from tests.support.clocks import ManualClock
from tests.support.editions import EditionsInMemory, content_of
from tests.support.journals import ExamInMemory

SHEETS = ["Summary", "Roster", "Sessions", "Runs", "Versions", "Signals", "Similarity", "Reviews", "Questions"]
ODD = "=cmd|' /C calc'!A0"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    folder = tmp_path_factory.mktemp("workbook")
    exam = ExamInMemory(51)
    twin = Sitting(exam, "s4")
    twin.type("for each in range(10):\n    print(each * each)\n" * 8)
    twin.run("1 of 2 checks holds\n", exit_code=1, checks=True)
    twin.run()
    other = Sitting(exam, "s5")
    other.type("for each in range(10):\n    print(each * each)\n" * 8)
    stored = store(folder, exam, [*small_class(exam), twin.journal, other.journal], names={ODD: "=1+1\x0b_x0041_"})
    reader = stored.reader()
    made = export_all(
        reader,
        exam.id,
        folder / "out",
        {"workbook"},
        lambda *_: None,
        lambda: False,
        clock=ManualClock(),
        zone=Zone(UTC),
    )
    reader.close()
    return made[0]


@pytest.fixture(scope="module")
def book(path):
    return openpyxl.load_workbook(path)


def table(book, name):
    """The rows of a sheet by heading."""
    rows = list(book[name].iter_rows(min_row=2, values_only=True))
    return [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]


def test_every_sheet_says_what_it_is_and_has_a_frozen_filtered_heading(book):
    assert book.sheetnames == SHEETS
    for sheet in book:
        assert isinstance(sheet["A1"].value, str)
        assert len(sheet["A1"].value) > 20
        assert sheet.freeze_panes == "A3"
        assert sheet.auto_filter.ref.startswith("A2:")
        assert sheet.column_dimensions["A"].width > 8


def test_the_similarity_sheet_carries_the_agreed_sentence(book):
    assert book["Similarity"]["A1"].value == SIMILARITY_WORDS
    first = table(book, "Similarity")[0]
    assert {first["Student A"], first["Student B"]} == {"s4", "s5"}
    assert first["Similarity"] == 1.0
    assert first["Question"] == "All questions"


def test_figures_are_numbers_and_times_are_dates(book):
    session = next(row for row in table(book, "Sessions") if row["Student"] == "s2")
    assert isinstance(session["Joined"], datetime)
    assert (session["Runs"], session["Failed runs"], session["Record holds"]) == (1, 1, "yes")
    assert [row["What ran"] for row in table(book, "Runs") if row["Student"] == "s4"] == ["checks", "program"]
    run = next(row for row in table(book, "Runs") if row["Student"] == "s2")
    assert run["Error"] == "NameError: name 'x' is not defined"
    assert isinstance(run["Seconds"], float)
    assert isinstance(table(book, "Versions")[0]["Time"], datetime)
    assert isinstance(table(book, "Signals")[0]["Amount"], int | float)


def test_no_cell_is_a_formula(book):
    assert [
        cell.coordinate for sheet in book for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
    ] == []
    assert ODD in {row["Student"] for row in table(book, "Sessions")}
    assert table(book, "Reviews")[0]["Note"].startswith("=SUM")


def test_roster_lists_those_who_never_joined(book):
    joined = {row["Student"]: row["Joined"] for row in table(book, "Roster")}
    assert joined["absent1"] == "no"
    assert joined["s1"] == "yes"


def test_questions_are_summed_over_the_class(book):
    first = next(row for row in table(book, "Questions") if row["Question"] == "q1")
    assert first["Students who got it"] == 5
    assert first["Runs"] == 3


@given(st.text())
def test_a_visible_text_can_be_carried_by_xml(text):
    shown = visible(text)
    assert all(each in "\t\n" or ord(each) >= 0x20 for each in shown)
    assert not any(0xD800 <= ord(each) <= 0xDFFF or each in "\ufffe\uffff\x7f" for each in shown)


def test_long_texts_are_cut_with_a_note_and_controls_are_shown():
    assert len(visible("x" * 40_000)) == MAX_CELL
    assert "cut here" in visible("x" * 40_000)
    assert visible("a\x00\x1b\r\nb\rc_x0041_") == "a\u2400\u241b\nb\u240dc_x005F_x0041_"


@pytest.mark.libreoffice
def test_libreoffice_opens_it_and_shows_texts_as_they_were_written(path, tmp_path):
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    convert = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"
    command = ["soffice", profile, "--headless", "--convert-to", convert, "--outdir", str(tmp_path), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    files = {file.stem.removeprefix("records-"): file for file in tmp_path.glob("*.csv")}
    assert sorted(files) == sorted(SHEETS)
    with files["Roster"].open(encoding="utf-8", newline="") as opened:
        rows = list(csv.reader(opened))
    names = {row[0]: row[1] for row in rows}
    assert names[ODD] == "=1+1\u240b_x0041_"


def test_who_had_and_read_which_edition_is_a_sheet_where_the_exam_was_edited(tmp_path):
    exam = ExamInMemory(52)
    editions = EditionsInMemory(exam)
    for prompt in ("One.", "Two.", "Three."):
        editions.add(content_of(exam, prompt))
    ada, bob = Sitting(exam, "s1"), Sitting(exam, "s2")
    ada.write(msgspec.structs.replace(editions.taken(1), changed=("q1",), kept=("q1/main.py",)))
    ada.write(kinds.EditionRead(number=1, question="q1"), kinds.EditionRead(number=1))
    ada.write(editions.taken(2))
    bob.write(msgspec.structs.replace(editions.taken(2), changed=("q1", "q2")))
    bob.write(kinds.EditionRead(number=2, question="q2"))
    for sitting in (ada, bob):
        sitting.seal()
    stored = store(tmp_path, exam, [ada.journal, bob.journal])
    keep(stored, editions)
    reader = stored.reader()
    out, when = tmp_path / "out", {"clock": ManualClock(), "zone": Zone(UTC)}
    progress = (lambda *_: None, lambda: False)
    export_all(reader, exam.id, out, {"workbook", "sessions"}, *progress, **when)
    reader.close()
    told = json.loads((out / "sessions/s1.json").read_text("utf-8"))["editions"]
    assert [(each["number"], each["changed"], sorted(each["read"])) for each in told] == [
        (1, ["q1"], ["", "q1"]),
        (2, [], []),
    ]
    book = openpyxl.load_workbook(out / "records.xlsx")
    assert book.sheetnames == [*SHEETS, "Editions"]
    rows = table(book, "Editions")
    assert [(row["Edition"], row["Student"], row["What changed"], row["Read"] is not None) for row in rows] == [
        (1, "s1", "the exam as a whole", True),
        (1, "s1", "q1", True),
        (1, "s2", None, False),
        (2, "s1", None, False),
        (2, "s2", "q1", False),
        (2, "s2", "q2", True),
    ]
    assert isinstance(rows[0]["At the desk"], datetime)
    assert rows[0]["Changed files kept"] == "q1/main.py"
    assert rows[2]["At the desk"] is None
