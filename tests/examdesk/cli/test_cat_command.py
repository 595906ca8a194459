"""`examdesk cat`, `outline`, `sheet`, and the options of `export`, as a person uses them."""

import io
import json
import os
import sys
from pathlib import Path

import openpyxl
import pytest

from examdesk.cli._json_out import write_json
from examdesk.cli.cat import columns_of, table
from examdesk.exports.archive import FIELDS
from tests.examdesk.exports.class_at_work import NAMES
from tests.examdesk.exports.test_pdf_reports import needs_poppler, words_of

FILES = {
    "notes.txt": "hello\n",
    "half.json": '{"format":1,"student":{}}',
    "newer.json": '{"format":2,"student":{}}',
    "report.pdf": "%PDF-1.4\n",
    "journal.jsonl": "{}\n",
    "copy.sqlite": "SQLite format 3\0",
    "quiz.exam": "PK",
    "hub/examdesk.sqlite": "",
    "kept/quiz.examrecord": "",
}


def objects(capsys):
    return {one["student"]: one for one in map(json.loads, capsys.readouterr().out.splitlines())}


def test_records_a_bundle_and_session_files_show_the_same(run, data, out, capsys):
    run("cat", "--data", data, "--json", "--fields", ",".join(FIELDS))
    records = objects(capsys)
    run("cat", out, "--json", "--fields", ",".join(FIELDS))
    documents = objects(capsys)
    run("cat", out / "quiz-2.examrecord", "--json", "--fields", ",".join(FIELDS))
    bundle = objects(capsys)
    assert list(records["s1"]) == list(FIELDS)
    assert records.keys() == set(NAMES) == documents.keys() == bundle.keys()
    for student, one in records.items():
        for name in ("session", "runs", "failed_runs", "holds", "files", "notes", "events", "handed_in"):
            assert one[name] == documents[student][name], (student, name)
            if student != "s4":
                assert one[name] == bundle[student][name], (student, name)
        assert one["signals"] == documents[student]["signals"]
        assert bundle[student]["signals"] is None


def test_a_line_for_each_session_with_headings(run, out, capsys):
    assert run("cat", out) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split()[:3] == ["STUDENT", "NAME", "SECTION"]
    assert len(lines) == 6
    assert any("王小明" in line for line in lines)


def test_all_of_one_student_is_shown_with_the_files(run, out, capsys):
    assert run("cat", out, "--student", "s1") == 0
    said = capsys.readouterr().out
    assert "q1/Helper.py:\n    x = 1\n" in said
    assert "Łukasz" in said
    assert "王小明" not in said


def test_a_student_who_is_not_there_is_said(run, out, capsys):
    assert run("cat", out, "--student", "nobody") == 1
    assert "no such session" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (("cat", "none.examrecord"), "can't be opened"),
        (("cat", "notes.txt"), "neither a bundle"),
        (("cat", "kept"), "There is no session JSON"),
        (("cat", "half.json"), "neither a bundle"),
        (("cat", "newer.json"), "newer.json is a session's JSON of a newer ExamDesk (format 2;"),
        (
            ("cat", "records.xlsx"),
            "records.xlsx is a workbook, for other programs. `examdesk cat` shows what it was made",
        ),
        (("cat", "report.pdf"), "is a PDF report, for other programs"),
        (("cat", "journal.jsonl"), "`examdesk verify` checks it"),
        (("cat", "copy.sqlite"), "say `examdesk cat --data copy.sqlite`"),
        (("cat", "quiz.exam"), "`examdesk exam check` checks it"),
        (("signals", "."), "there is no evidence bundle (*.examrecord) in it"),
        (("signals", "hub"), "say `examdesk signals --data hub`"),
        (("signals", "kept"), "Name the evidence bundle in it: kept/quiz.examrecord"),
        (("cat", "notes.txt", "--users", "notes.txt"), "no users file"),
        (("cat", "--data", "nowhere"), "There are no records"),
    ],
)
def test_what_can_not_be_shown_ends_with_a_sentence(run, tmp_path, monkeypatch, capsys, argv, sentence):
    (tmp_path / "folder").mkdir()
    monkeypatch.chdir(tmp_path / "folder")
    openpyxl.Workbook().save("records.xlsx")
    for name, text in FILES.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    assert run(*argv) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert "Traceback" not in said


def test_a_name_without_end_is_shown_by_its_beginning(run, out, tmp_path, capsys):
    document = json.loads((out / "sessions/s1.json").read_bytes())
    document["student"]["name"] = "n" * 1_000_000
    (tmp_path / "s1.json").write_text(json.dumps(document))
    assert run("cat", tmp_path / "s1.json", "--fields", "student,name") == 0
    assert capsys.readouterr().out.splitlines()[1] == f"s1       {'n' * 31}…"


def test_an_empty_file_is_no_database_of_a_hub(run, tmp_path, capsys):
    (tmp_path / "examdesk.sqlite").touch()
    assert run("cat", "--data", tmp_path) == 2
    assert "holds no records of a hub" in capsys.readouterr().err


@pytest.mark.skipif(sys.platform != "linux", reason="other systems take no such names")
def test_a_folder_whose_name_is_no_text_is_refused_in_a_sentence(run, tmp_path, capsys):
    folder = tmp_path / os.fsdecode(b"\xff")
    folder.mkdir()
    (folder / "examdesk.sqlite").touch()
    assert run("cat", "--data", folder) == 2
    assert "letters that are no text" in capsys.readouterr().err


def test_an_unknown_field_is_refused_by_name(run, out, capsys):
    assert run("cat", out, "--fields", "student,score") == 2
    assert "There is no field score" in capsys.readouterr().err


def test_a_changed_bundle_is_not_shown(run, out, tmp_path, capsys):
    data = bytearray((out / "quiz-2.examrecord").read_bytes())
    data[len(data) // 2] ^= 1
    (tmp_path / "changed.examrecord").write_bytes(data)
    assert run("cat", tmp_path / "changed.examrecord") == 2
    assert capsys.readouterr().out == ""


def test_a_terminal_is_never_commanded_and_columns_line_up():
    rows = [{"student": "\x1b[31ms1", "runs": 3}, {"student": "王\u202e小明\n", "runs": 12}]
    lines = table(["student", "runs"], rows).splitlines()
    assert "\x1b" not in "".join(lines)
    assert "\u202e" not in "".join(lines)
    assert len({columns_of(line) for line in lines}) == 1


# -- the other commands


def test_outline_writes_the_pdfs_and_the_summary(run, data, tmp_path, capsys):
    assert run("outline", "--data", data, "--out", tmp_path / "out", "--quiet") == 0
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["integrity-report.pdf", "students", "summary.ods"]
    assert len(capsys.readouterr().out.splitlines()) == 7


def test_sheet_writes_the_workbook(run, data, tmp_path):
    assert run("sheet", "--data", data, "--out", tmp_path / "out", "--quiet") == 0
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["records.xlsx"]


def test_pseudonyms_make_a_key_and_a_users_file_that_puts_names_back(run, data, tmp_path, capsys):
    key, out = tmp_path / "key", tmp_path / "out"
    argv = ("export", "--data", data, "--out", out, "--pseudonyms", key, "--quiet", "--what", "sessions")
    assert run(*argv) == 0
    assert "Keep it apart" in capsys.readouterr().err
    run("cat", out, "--users", tmp_path / "key.users.csv", "--fields", "name", "--json")
    assert {json.loads(line)["name"] for line in capsys.readouterr().out.splitlines()} == set(NAMES.values())
    before = sorted(path.name for path in (out / "sessions").iterdir())
    assert run(*argv) == 0
    assert sorted(path.name for path in (out / "sessions").iterdir()) == before


def test_a_key_among_the_exports_is_refused(run, data, tmp_path, capsys):
    assert run("export", "--data", data, "--out", tmp_path, "--pseudonyms", tmp_path / "key", "--what", "events") == 2
    assert "Keep the key in another folder" in capsys.readouterr().err
    assert not (tmp_path / "key").exists()


def test_a_dry_run_lists_and_writes_nothing(run, data, tmp_path, capsys):
    argv = ("export", "--data", data, "--out", tmp_path / "out", "--dry-run", "--pseudonyms", tmp_path / "key")
    assert run(*argv) == 0
    said = capsys.readouterr().out
    assert "integrity-report.pdf" in said
    assert "-pseudonyms.examrecord" in said
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "key").exists()


def test_redact_takes_what_can_be_redacted(run, data, tmp_path, capsys):
    assert run("export", "--data", data, "--out", tmp_path / "out", "--redact", "output", "--quiet") == 0
    made = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert made == ["events.csv", "quiz-2-redacted.examrecord"]
    assert run("verify", tmp_path / "out" / "quiz-2-redacted.examrecord") == 0
    assert "6 erased payloads" in capsys.readouterr().out
    assert run("export", "--data", data, "--out", tmp_path, "--redact", "output", "--what", "workbook") == 2
    assert "workbook can't" in capsys.readouterr().err


def test_what_is_asked_for_is_listed_from_every_archive(run, data, out, capsys):
    for archive in (("--data", data), (out,)):
        assert run("cat", *archive, "--student", "s2", "--runs", "--errors", "--signals", "--files") == 0
        said = capsys.readouterr().out
        assert "NameError: name 'x' is not defined" in said
        assert "errors:\n    run 1 of q1/main.py at " in said
        assert "q1/main.py" in said
        assert "def solve" not in said
        assert "outside" in said.casefold()
    run("cat", out / "quiz-2.examrecord", "--signals", "--student", "s2")
    assert "are not here" in capsys.readouterr().out
    run("cat", out, "--answers", "--runs", "--json")
    one = objects(capsys)["s2"]
    assert "def solve" in one["files"]["q1/main.py"]
    assert [each["run"] for each in one["run_list"]] == [1]


def test_files_are_extracted_byte_for_byte_and_stay_in_their_folder(run, out, tmp_path, capsys):
    assert run("cat", out, "--extract-files", tmp_path / "files") == 0
    named = capsys.readouterr().out.splitlines()
    found = sorted(path for path in (tmp_path / "files").rglob("*") if path.is_file())
    assert sorted(named) == [str(path) for path in found]
    assert (tmp_path / "files/s1/q1/Helper.py").read_bytes() == b"x = 1\n"
    assert len({path.relative_to(tmp_path / "files").parts[0] for path in found}) == len(NAMES)


@needs_poppler
def test_an_outline_takes_names_from_a_list_and_leaves_the_timeline_out(run, data, tmp_path, capsys):
    people = tmp_path / "people.txt"
    people.write_text("# who they are\ns1  Lucia Wolf lucia@uni.example\ns2;Ming Wang\n", encoding="utf-8")
    argv = ("--data", data, "--users-file", people, "--student", "s1", "--student", "s2", "--quiet")
    assert run("outline", *argv, "--out", tmp_path / "short", "--no-timeline") == 0
    assert run("outline", *argv, "--out", tmp_path / "long") == 0
    assert run("sheet", *argv, "--out", tmp_path / "sheet") == 0
    rows = list(openpyxl.load_workbook(tmp_path / "sheet" / "records.xlsx")["Roster"].values)
    assert [row[:4] for row in rows[2:]] == [
        ("s1", "Lucia Wolf", "A", "lucia@uni.example"),
        ("s2", "Ming Wang", "B", rows[3][3]),
    ]
    texts = [words_of(tmp_path / kind / "students" / "s1.pdf") for kind in ("short", "long")]
    assert all("Lucia Wolf" in text for text in texts)
    assert ["over time" in text for text in texts] == [False, True]
    capsys.readouterr()


@pytest.mark.parametrize(
    ("text", "words"), [("s1\n", "line 1: there is no name"), ("s1 A B\n\ns1 C D\n", "line 3: s1 stands here twice")]
)
def test_a_list_of_people_with_a_mistake_names_its_line(run, data, tmp_path, capsys, text, words):
    (tmp_path / "people.txt").write_text(text)
    out = tmp_path / "out"
    assert run("sheet", "--data", data, "--out", out, "--users-file", tmp_path / "people.txt", "--quiet") == 2
    assert words in capsys.readouterr().err
    assert not out.exists()


def test_an_export_of_one_student_says_so(run, data, tmp_path, capsys):
    argv = ("--data", data, "--out", tmp_path / "out", "--what", "sessions,events", "--quiet")
    assert run("export", *argv, "--student", "s2") == 0
    assert [path.name for path in (tmp_path / "out" / "sessions").iterdir()] == ["s2.json"]
    assert run("export", *argv, "--section", "nowhere") == 2
    assert "no section nowhere" in capsys.readouterr().err


def test_a_narrow_terminal_has_whole_lines_and_is_told_what_is_missing():
    rows = [{"student": "s1", "name": "Ada Lovelace", "status": "Submitted", "runs": 3}]
    fields = ("student", "name", "status", "runs")
    assert table(fields, rows, 200) == table(fields, rows)
    lines = table(fields, rows, 30).splitlines()
    assert lines[0] == "STUDENT  NAME"
    assert lines[1] == "s1       Ada Lovelace"
    assert lines[-1] == "Not shown, for lack of width: status, runs. Name fields with --fields."
    assert table(fields, rows, 3).splitlines()[0] == "STUDENT"


@pytest.mark.parametrize("encoding", ["cp437", "cp1252", "ascii", "utf-8"])
def test_json_loses_no_letter_on_any_code_page(encoding, monkeypatch):
    out = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="replace")
    monkeypatch.setattr(sys, "stdout", out)
    name = "Łukasz 王小明 🙂 \u202e\n"
    write_json({"name": name})
    out.flush()
    assert json.loads(out.buffer.getvalue().decode(encoding)) == {"name": name}
