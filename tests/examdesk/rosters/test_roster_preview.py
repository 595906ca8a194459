import io
import itertools
import json
import zipfile
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from examdesk.rosters.preview import Outcome, apply, preview
from examdesk.rosters.roster import Roster, RosterRow
from shared.problems import EnvironmentProblem, InputProblem

PLAIN = "id,name,section\n1001,Ada Lovelace,A\n1002,Alan Turing,B\n"


def student(ident, name="Some Name", **more):
    return RosterRow(student=ident, name=name, **more)


def read(text, existing=None):
    return preview(text.encode(), existing)


def students(found):
    return [(one.row.student, one.row.name) for one in found.rows if one.row]


def outcomes(found):
    return [one.outcome.value for one in found.rows]


def workbook(*sheets):
    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets:
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def test_a_plain_list_is_read_and_every_line_is_added():
    found = read(PLAIN)
    assert students(found) == [("1001", "Ada Lovelace"), ("1002", "Alan Turing")]
    assert outcomes(found) == ["added", "added"]
    assert found.columns == (("student", "id"), ("name", "name"), ("section", "section"))
    assert apply(found).find("1002").section == "B"
    assert found.counts() == {"added": 2, "changed": 0, "unchanged": 0, "doubtful": 0, "refused": 0}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_encoding_and_separator_do_not_matter(encoding, separator, newline):
    lines = [["Matrikelnummer", "Name", "Vorname"], ["7", "Müller", "Jörg"], ["8", "Núñez", "Åsa, María"]]
    text = newline.join(separator.join(f'"{cell}"' for cell in line) for line in lines)
    found = preview(text.encode(encoding))
    assert students(found)[0] == ("7", "Jörg Müller")
    assert any("UTF-8" in warning for warning in found.warnings) == (encoding == "latin-1")


@pytest.mark.parametrize(
    ("headings", "cells"),
    [
        ("Student ID;First Name;Surname", "7;Ada;Lovelace"),
        ("N° étudiant;NOM;Prénom", "7;Lovelace;Ada"),
        ("Matrikel-Nr.;Nachname;Vorname", "7;Lovelace;Ada"),
        ("Apellidos;Nombre;DNI", "Lovelace;Ada;7"),
        ("Cognome;Nome;Matricola", "Lovelace;Ada;7"),
        ("Neptun kód;Név", "7;Ada Lovelace"),
        ("Фамилия;Имя;Логин", "Lovelace;Ada;7"),
        ("学号;姓名", "7;Ada Lovelace"),
        ("학번;이름", "7;Ada Lovelace"),
        ("Matr.-Nr.;Vor- und Nachname", "7;Ada Lovelace"),
        ("Roll No.;Name of student", "7;Ada Lovelace"),
        ("Öğrenci No;Ad;Soyad", "7;Ada;Lovelace"),
        ("Ваш логин;Логин;ФИО", ";7;Ada Lovelace"),
        ("Your student number please;Name", "7;Ada Lovelace"),
        ("Studnet ID;Name", "7;Ada Lovelace"),
        ("STUDENT_NUMBER (7 digits);Full name *", "7;Ada Lovelace"),
        ("login;student", "7;Lovelace, Ada"),
        ("Name;Email;id", "Ada Lovelace;ada@example.org;7"),
    ],
)
def test_headings_are_understood_in_many_languages(headings, cells):
    assert students(read(f"{headings}\n{cells}\n")) == [("7", "Ada Lovelace")]


def test_headings_need_not_be_in_the_first_line():
    found = read("Course CS 101\n\nPrinted on 1 October\nid,name\n1,Ada Lovelace\n")
    assert students(found) == [("1", "Ada Lovelace")]
    assert found.rows[0].line == 5


def test_a_quoted_field_over_several_lines_keeps_the_line_numbers_right():
    found = read('id,name\n1,"Ada\nLovelace"\n,Nobody\n')
    assert students(found) == [("1", "Ada Lovelace")]
    assert found.rows[1].sentence == "Line 4 can't be taken: it has no student id."


def test_a_list_that_was_squeezed_into_one_column_is_split_and_said_aloud():
    source = workbook(("Sheet1", [["Name;Email;id"], ["Ada Lovelace;ada@example.org;7"], ["Alan Turing;;8"]]))
    found = preview(source)
    assert students(found) == [("7", "Ada Lovelace"), ("8", "Alan Turing")]
    assert any("split at its semicolons" in warning for warning in found.warnings)


def test_a_list_of_quoted_lines_is_split_as_well():
    found = read('"Name;id"\n"Ada Lovelace;7"\n')
    assert students(found) == [("7", "Ada Lovelace")]


def test_odd_quotation_marks_are_read_and_pointed_out():
    found = read('id,name\n1,"Ada "Countess" Lovelace"\n2,Alan Turing\n')
    assert [one for one, _ in students(found)] == ["1", "2"]
    assert any("quotation marks on line 2" in warning for warning in found.warnings)


def test_a_cell_at_the_far_end_of_a_sheet_does_not_hold_anybody_up():
    book = Workbook()
    book.active.append(["id", "name"])
    book.active["XFD70000"] = "x"
    book.active["A70001"], book.active["B70001"] = 7, "Ada"
    target = io.BytesIO()
    book.save(target)
    assert preview(target.getvalue()).rows[-1].line == 70_001


def test_excels_own_separator_line_is_followed():
    assert students(read("sep=;\nid;name\n1;Lovelace, Ada\n")) == [("1", "Ada Lovelace")]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "empty"),
        ("\n\n  \n", "empty"),
        ("1001,Ada Lovelace\n1002,Alan Turing\n", "No line of this file names its columns; line 1 is “1001 | Ada"),
        ("name,section\nAda,A\n", "No column holds the students' ids. Line 1 names “name”, “section”"),
        ("id,section\n1,A\n", "No column holds the names"),
        ("<html><table><tr><td>id</td></tr></table></html>", "web page"),
        ("%PDF-1.4", "a PDF"),
        ("{\\rtf1 id;name}", "RTF"),
        ("id,name\n1,a\0b\n", "isn't a text file"),
        ('id,name\n1,Ada\n2,"Alan\n3,Grace\n', "opens on line 3 is never closed"),
        ("PK\x03\x04 and then something", "may be damaged"),
        ("id,name\n" + "1,x\n" * 20_001, "more than 20,000 lines"),
    ],
)
def test_a_file_that_is_no_class_list_is_refused_with_advice(text, says):
    with pytest.raises(InputProblem, match=says.replace("|", r"\|")):
        read(text)


def test_other_files_are_named_for_what_they_are():
    with pytest.raises(InputProblem, match="old Excel"):
        preview(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    with pytest.raises(InputProblem, match="larger than 8 MiB"):
        preview(bytes(9 * 1024 * 1024))
    with pytest.raises(InputProblem, match="breaks off"):
        preview("id,name\n".encode("utf-16") + b"1")


def test_a_missing_file_is_the_computers_matter(tmp_path):
    with pytest.raises(EnvironmentProblem, match=r"nothing\.csv can't be read"):
        preview(tmp_path / "nothing.csv")


@pytest.mark.parametrize(
    ("cell", "outcome", "says"),
    [
        ("", "refused", "it has no student id"),
        ("n/a", "refused", "it has no student id"),
        ("1.23E+05", "refused", "a spreadsheet shortened its id"),
        ("=A1", "refused", "is a formula"),
        ("@SUM(1)", "refused", "is a formula"),
        ("x" * 150, "refused", "far too long"),
        ("12345.0", "doubtful", "12345 is taken"),
        ("Alan Turing", "doubtful", "looks like a name"),
        ("'0012", "added", ""),
        ("1e5", "added", ""),
        ("s-12.b@uni", "added", ""),
    ],
)
def test_a_strange_id_is_pointed_out(cell, outcome, says):
    found = read(f"id,name\n{cell},Ada Lovelace\n")
    assert outcomes(found) == [outcome]
    assert says in found.rows[0].sentence
    assert found.rows[0].sentence.startswith("Line 2") == (outcome != "added")


@pytest.mark.parametrize(
    ("line", "outcome", "says"),
    [
        ("1,,A,a@b.c,", "doubtful", "it has no name"),
        ('1,"=HYPERLINK(""x"")",A,a@b.c,', "refused", "its name is a formula"),
        ("1,12345,A,a@b.c,", "doubtful", "doesn't look like a name"),
        ("1,Ada,A,ada,", "doubtful", "isn't an e-mail address"),
        ("1,Ada,A,a@b.c,soon", "doubtful", "extra time “soon” can't be understood"),
        ("1,Lovelace,Ada,A,a@b.c,30", "refused", "more cells than the 5 headings"),
    ],
)
def test_a_strange_line_is_pointed_out(line, outcome, says):
    found = read(f"id,name,section,email,extra time\n{line}\n")
    assert outcomes(found) == [outcome]
    assert says in found.rows[0].sentence


@pytest.mark.parametrize(
    ("cell", "factor", "minutes"),
    [
        ("30", 1.0, 30),
        ("+30 min", 1.0, 30),
        ("1.5", 1.5, 0),
        ("1,25", 1.25, 0),
        ("×2", 2.0, 0),  # noqa: RUF001
        ("150 %", 1.5, 0),
        ("25%", 1.25, 0),
        ("", 1.0, 0),
        ("-", 1.0, 0),
        ("Nein", 1.0, 0),
    ],
)
def test_extra_time_is_understood_as_factor_or_minutes(cell, factor, minutes):
    row = read(f"id;name;Nachteilsausgleich\n1;Ada;{cell}\n").rows[0]
    assert (row.row.factor, row.row.extra_minutes) == (factor, minutes)
    assert row.outcome is Outcome.ADDED


def test_factor_and_minutes_may_have_columns_of_their_own():
    row = read("id,name,factor,extra minutes,room,seat,tags\n1,Ada,1.5,10,B 12,7,early; quiet\n").rows[0].row
    assert row == student("1", "Ada", factor=1.5, extra_minutes=10, room="B 12", seat="7", tags=("early", "quiet"))
    assert outcomes(read("id,name,factor\n1,Ada,9\n2,Alan,0.5\n")) == ["doubtful", "doubtful"]


def test_the_same_line_twice_counts_once():
    assert outcomes(read("id,name\nS1,Ada\ns1,Ada\n")) == ["added", "refused"]
    assert outcomes(read("id,name\n1,Ada\n1,Ada\n")) == ["added", "refused"]


def test_one_id_with_two_names_is_doubtful_and_the_second_refused():
    found = read("id,name\n1,Ada Lovelace\n1,Alan Turing\n")
    assert outcomes(found) == ["doubtful", "refused"]
    assert "line 3 says something else" in found.rows[0].sentence
    assert "line 2 says something else about the same id (1)" in found.rows[1].sentence
    assert len(apply(found)) == 0
    assert students_of(apply(found, with_doubtful=True)) == ["1"]


def students_of(roster):
    return [row.student for row in roster]


def test_names_that_are_nearly_the_same_are_pointed_out():
    found = read("id,name\n1,Katherine Johnson\n2,Johnson Katherine\n3,Dorothy Vaughan\n")
    assert outcomes(found) == ["doubtful", "doubtful", "added"]
    assert "(2) on line 3" in found.rows[0].sentence
    existing = Roster((student("9", "Dorothy Vaughn"),))
    found = read("id,name\n3,Dorothy Vaughan\n", existing)
    assert "Dorothy Vaughn (9) on the roster" in found.rows[0].sentence


def test_namesakes_with_addresses_of_their_own_are_two_people():
    found = read("id,name,email\n1,Wei Zhang,wz1@x.org\n2,Wei Zhang,wz2@x.org\n3,Wei Zhang,WZ2@x.org\n")
    assert outcomes(found) == ["added", "doubtful", "doubtful"]
    assert found.rows[0].sentence.endswith("their e-mail addresses differ.")
    assert "(3) on line 4" in found.rows[1].sentence


def test_only_what_the_file_says_changes():
    existing = Roster((student("1", "Ada Lovelace", section="A", seat="7", tags=("x",)), student("2", "Alan Turing")))
    found = read("id,name,section,email\n1,Ada Lovelace,B,\n2,Alan Turing,,\n3,Grace Hopper,A,\n", existing)
    assert outcomes(found) == ["changed", "unchanged", "added"]
    assert [(one.field, one.old, one.new) for one in found.rows[0].changes] == [("section", "A", "B")]
    after = apply(found)
    assert after.find("1") == student("1", "Ada Lovelace", section="B", seat="7", tags=("x",))
    assert students_of(after) == ["1", "2", "3"]
    assert existing.find("1").section == "A"


def test_a_known_student_without_a_name_in_the_file_keeps_the_name():
    found = read("id,name,section\n1,,B\n", Roster((student("1", "Ada Lovelace"),)))
    assert outcomes(found) == ["changed"]
    assert found.rows[0].row == student("1", "Ada Lovelace", section="B")


def test_a_very_long_list_is_read_without_comparing_all_names():
    found = read("id,name\n" + "".join(f"{number},Ada Lovelace\n" for number in range(10_001)))
    assert found.counts()["added"] == 10_001
    assert any("too long to look for names" in warning for warning in found.warnings)


def test_students_who_are_not_in_the_file_are_left_alone():
    found = read(PLAIN, Roster((student("7", "Grace Hopper"),)))
    assert found.not_in_file == 1
    assert any("left alone: 1" in warning for warning in found.warnings)
    assert apply(found).find("7") is not None


def test_importing_the_same_file_again_changes_nothing():
    after = apply(read(PLAIN))
    again = read(PLAIN, after)
    assert outcomes(again) == ["unchanged", "unchanged"]
    assert apply(again) == after


def test_a_workbook_is_read_from_any_sheet_and_line():
    source = workbook(
        ("Notes", [["made by"], ["the office"]]),
        (
            "List",
            [[None], ["CS 101"], ["id", "name", "seat"], [1001, "Ada Lovelace", 7.0], [1002.0, "Alan Turing", None]],
        ),
    )
    found = preview(source)
    assert students(found) == [("1001", "Ada Lovelace"), ("1002", "Alan Turing")]
    assert found.rows[0].row.seat == "7"
    assert found.rows[0].line == 4
    assert found.sheet == "List"
    assert any("“List” was read; left alone: “Notes”" in warning for warning in found.warnings)


def test_numbers_that_a_workbook_spoilt_are_refused():
    source = workbook(("S", [["id", "name"], [12345678901234567890, "A B"], [date(2024, 3, 1), "C D"], [True, "E F"]]))
    found = preview(source)
    assert outcomes(found)[:2] == ["refused", "refused"]
    assert "rounded" in found.rows[0].sentence
    assert "made a date of it" in found.rows[1].sentence


def test_leading_zeros_that_a_workbook_shows_are_kept():
    book = Workbook()
    book.active.append(["id", "name"])
    book.active.append([42, "Ada"])
    book.active["A2"].number_format = "00000"
    target = io.BytesIO()
    book.save(target)
    assert students(preview(target.getvalue())) == [("00042", "Ada")]


@pytest.mark.parametrize(
    ("text", "kind", "expected", "notes"),
    [
        (
            (
                "Student,ID,SIS User ID,SIS Login ID,Section,Quiz 1 (12)\n    Points Possible,,,,,10\n"
                '"Lovelace, Ada",5,U5,ada,"CS-A and CS-B",9\n"Student, Test",6,,x,CS-A,\n'
            ),
            "Canvas gradebook",
            [("ada", "Ada Lovelace")],
            ["possible points", "test student"],
        ),
        (
            (
                "Student,ID,SIS Login ID,Section,Quiz 1 (12)\n,,,,Manual Posting\n    Points Possible,,,,10\n"
                '"Lovelace, Ada",5,ada,CS-A,9\nTest Student,6,,CS-A,\n'
            ),
            "Canvas gradebook",
            [("ada", "Ada Lovelace")],
            ["how grades are posted", "possible points", "test student", "“SIS Login ID”"],
        ),
        (
            'Student,ID,Section,Quiz (1)\nPoints Possible,,,10\n"Lovelace, Ada",5,CS-A,9\n"Student, Test",6,CS-A,\n',
            "Canvas gradebook",
            [("5", "Ada Lovelace")],
            ["possible points", "test student"],
        ),
        (
            "user_id,login_id,full_name,status\nU1,ada,Ada Lovelace,active\nU2,alan,Alan Turing,deleted\n",
            "Canvas users",
            [("ada", "Ada Lovelace")],
            ["is deleted in Canvas"],
        ),
        (
            "username,firstname,lastname,email,idnumber,group1\nada,Ada,Lovelace,a@b.c,,G1\n",
            "Moodle users",
            [("ada", "Ada Lovelace")],
            [],
        ),
        (
            '"First name",Surname,"ID number",Institution,Department,"Email address"\nAda,Lovelace,,,,a@b.c\n',
            "Moodle grades",
            [("a@b.c", "Ada Lovelace")],
            ["“Email address”"],
        ),
        (
            '\ufeff"Last Name"\t"First Name"\t"Username"\t"Student ID"\t"Q [Pts: 5] |1"\nLovelace\tAda\tada\t7\t5\n',
            "Blackboard gradebook",
            [("7", "Ada Lovelace")],
            [],
        ),
        (
            (
                "sourcedId,status,role,username,givenName,familyName,identifier\n1,active,student,ada,Ada,Lovelace,\n"
                "2,active,teacher,t,T,T,\n3,tobedeleted,student,x,X,X,\n"
            ),
            "OneRoster users",
            [("ada", "Ada Lovelace")],
            ["a teacher, not a student", "marked for deletion"],
        ),
        (
            "login,registrationNumber,email,room,seat,firstname,lastname\nada,7,a@b.c,B,3,Ada,Lovelace\n",
            "Artemis",
            [("7", "Ada Lovelace")],
            [],
        ),
    ],
)
def test_the_lists_of_other_systems_are_recognised(text, kind, expected, notes):
    found = read(text)
    assert found.format == kind
    assert students(found) == expected
    for note in notes:
        assert any(note in warning for warning in found.warnings)


@pytest.mark.parametrize(
    ("cells", "taken"),
    [
        (["CS-A and CS-B"], ["CS-A", "CS-B"]),
        (["CS-A, CS-B, and CS-Lab"], ["CS-A", "CS-B", "CS-Lab"]),
        (["Data and Algorithms", "Data and Algorithms"], ["Data and Algorithms"]),
        (["Lecture 1 and Lab 3", "Lecture 1"], ["Lecture 1", "Lab 3"]),
        (["Lecture 1 and Lab 3"], ["Lecture 1 and Lab 3"]),
        (["Law and Order, Ethics, and Data and Algorithms"], ["Law and Order", "Ethics", "Data and Algorithms"]),
        ([""], [""]),
    ],
)
def test_canvas_sections_in_one_cell_are_taken_apart_where_they_are_several(cells, taken):
    lines = "".join(f'Student {number},{number},login{number},"{cell}"\n' for number, cell in enumerate(cells))
    row = read(f"Student,ID,SIS Login ID,Section\n{lines}").rows[0].row
    assert [row.section, *row.tags] == taken


def test_the_name_of_a_class_with_and_in_it_is_one_section_where_lists_have_commas():
    row = read('sourcedId,givenName,familyName,section\n1,Ada,Lovelace,"Data and Algorithms, Lab A"\n').rows[0].row
    assert (row.section, row.tags) == ("Data and Algorithms", ("Lab A",))


@settings(max_examples=60)
@given(st.text(max_size=200) | st.lists(st.text(max_size=12)).map(lambda some: "id,name\n" + "\n".join(some)))
def test_any_text_is_a_preview_or_a_sentence(text):
    try:
        found = preview(text.encode("utf-8", "replace"))
    except InputProblem:
        return
    for row in found.rows:
        assert bool(row.sentence) == (row.outcome in {Outcome.DOUBTFUL, Outcome.REFUSED})


@settings(max_examples=60)
@given(st.binary(max_size=300))
def test_any_bytes_are_a_preview_or_a_sentence(source):
    for data in (source, b"PK\x03\x04" + source, b"id,name\n" + source):
        try:
            preview(data)
        except InputProblem:
            continue


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_a_damaged_workbook_is_a_preview_or_a_sentence(data):
    source = bytearray(DAMAGED)
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(4, len(source) - 1))] = data.draw(st.integers(0, 255))
    try:
        preview(bytes(source))
    except InputProblem:
        return


DAMAGED = workbook(("S", [["id", "name"], [1, "Ada"], [2, "Alan"]]))


@pytest.mark.parametrize("entity", ['SYSTEM "file:///etc/hostname"', '"' + "a" * 1000 + '"'])
def test_a_workbook_with_entities_of_its_own_shows_nobody_elses_file(entity):
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(DAMAGED)) as old, zipfile.ZipFile(target, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith("sheet1.xml"):
                bomb = f"<!DOCTYPE x [<!ENTITY a {entity}>"
                bomb += "".join(f'<!ENTITY {b} "{f"&{a};" * 20}">' for a, b in itertools.pairwise("abcdefg")) + "]>"
                content = bomb.encode() + content.replace(b"Ada", b"&a;" if "SYSTEM" in entity else b"&g;")
            new.writestr(name, content)
    with pytest.raises(InputProblem, match="may be damaged"):
        preview(target.getvalue())


def test_a_workbook_that_unpacks_to_a_huge_one_is_refused_unread():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", bytes(65 * 1024 * 1024))
    with pytest.raises(InputProblem, match="far too large"):
        preview(target.getvalue())


def test_another_zip_is_no_workbook():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("content.xml", "x")
    with pytest.raises(InputProblem, match="holds no class list"):
        preview(target.getvalue())


def test_the_command_prints_a_preview(tmp_path, capsys):
    import argparse

    from examdesk.cli import roster

    parser = argparse.ArgumentParser()
    roster.add_parser(parser.add_subparsers())
    path = tmp_path / "list.csv"
    path.write_text("id,name\n1,Ada\n,Alan\n", encoding="utf-8")
    assert roster.run(parser.parse_args(["roster", "preview", str(path)])) == 1
    text = capsys.readouterr().out
    assert "Line 3 can't be taken: it has no student id." in text
    assert "1 added, 0 changed, 0 unchanged, 0 doubtful, 1 refused. Nothing was changed." in text
    path.write_text(PLAIN, encoding="utf-8")
    assert roster.run(parser.parse_args(["roster", "preview", str(path), "--json"])) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["counts"]["added"] == 2
    assert printed["rows"][0]["name"] == "Ada Lovelace"


def test_two_ids_with_one_email_address_in_whatever_capitals_are_pointed_out():
    shown = preview(b"Student ID,Name,Email\n1,Ann Ash,A@x.edu\n2,Bob Birch,a@X.edu\n3,Cy Cedar,c@x.edu\n4,Di Dill,\n")
    assert [row.outcome for row in shown.rows] == [Outcome.DOUBTFUL, Outcome.DOUBTFUL, Outcome.ADDED, Outcome.ADDED]
    assert shown.rows[0].sentence == "Line 2: Bob Birch (2) on line 3 has the same e-mail address."
    later = preview(b"Student ID,Name,Email\n9,Eve Elm,C@X.EDU\n3,Cy Cedar,c@x.edu\n", apply(shown))
    assert [row.outcome for row in later.rows] == [Outcome.DOUBTFUL, Outcome.UNCHANGED]
