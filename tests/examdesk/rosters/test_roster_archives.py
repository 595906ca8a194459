"""Class lists of several files: OneRoster 1.1 and 1.2, Canvas's SIS files, zipped or as a folder."""

import io
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from examdesk.rosters.preview import preview
from shared.problems import InputProblem

ONEROSTER_11 = {
    "users.csv": "sourcedId,status,enabledUser,orgSourcedIds,role,username,givenName,familyName,identifier,email\n"
    "u1,active,true,o,student,ada,Ada,Lovelace,s1,ada@x.org\n"
    "u2,active,true,o,teacher,tea,Terry,Teacher,t1,t@x.org\n"
    "u3,active,true,o,student,alan,Alan,Turing,s3,alan@x.org\n",
    "classes.csv": 'sourcedId,status,title\nc1,active,"CS 101, A"\nc2,active,CS 101 B\n',
    "enrollments.csv": "sourcedId,status,classSourcedId,schoolSourcedId,userSourcedId,role\n"
    "e1,active,c1,o,u1,student\ne2,active,c2,o,u1,student\ne3,active,c1,o,u2,teacher\n"
    "e4,tobedeleted,c2,o,u3,student\n",
}
ONEROSTER_12 = {
    "export/Users.CSV": "sourcedId,status,username,givenName,familyName,email\n"
    "u1,active,ada,Ada,Lovelace,a@x.org\nu2,active,tea,Terry,T,t@x.org\n",
    "export/roles.csv": "sourcedId,status,userSourcedId,roleType,role\n"
    "r1,active,u1,primary,student\nr2,active,u2,primary,teacher\n",
    "export/manifest.csv": "propertyName,value\n",
}
CANVAS = {
    "users.csv": "user_id,login_id,full_name,email,status\n"
    "1,ada,Ada Lovelace,a@x.org,active\n2,tea,Terry T,t@x.org,active\n",
    "sections.csv": "section_id,course_id,name,status\nS1,C,Lab A,active\n",
    "enrollments.csv": "course_id,user_id,role,section_id,status\nC,1,student,S1,active\nC,2,teacher,S1,active\n",
}


def packed(files):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return target.getvalue()


def people(found):
    return {one.row.student: (one.row.name, one.row.section, one.row.tags) for one in found.rows}


def test_oneroster_gives_students_their_classes_and_leaves_out_others():
    found = preview(packed(ONEROSTER_11))
    assert found.format == "OneRoster users"
    assert people(found) == {
        "s1": ("Ada Lovelace", "CS 101 A", ("CS 101 B",)),
        "s3": ("Alan Turing", "", ()),
    }
    assert any("Line 3 is a teacher, not a student" in note for note in found.warnings)


def test_oneroster_1_2_keeps_roles_in_a_file_of_their_own():
    assert people(preview(packed(ONEROSTER_12))) == {"ada": ("Ada Lovelace", "", ())}


def test_canvas_files_belong_together(tmp_path):
    assert people(preview(packed(CANVAS))) == {"ada": ("Ada Lovelace", "Lab A", ())}
    for name, text in CANVAS.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "notes.txt").write_text("not a list")
    assert people(preview(tmp_path)) == {"ada": ("Ada Lovelace", "Lab A", ())}


def test_users_alone_are_a_list_too():
    assert set(people(preview(packed({"users.csv": ONEROSTER_11["users.csv"]})))) == {"s1", "s3"}
    assert people(preview(packed({"class.csv": "id,name\n1,Ada\n"}))) == {"1": ("Ada", "", ())}


@pytest.mark.parametrize("files", [{"folder/": ""}, {"readme.txt": "x"}, {"a.csv": "id,name\n", "b.csv": "id,name\n"}])
def test_a_zip_without_a_class_list_says_so(files):
    with pytest.raises(InputProblem, match="holds no class list"):
        preview(packed(files))


def test_a_bomb_is_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("users.csv", b"x" * (65 * 1024 * 1024))
    with pytest.raises(InputProblem, match="far too large"):
        preview(target.getvalue())


GOOD = packed(ONEROSTER_11)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_archive_is_a_preview_or_a_sentence(data):
    source = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        source[data.draw(st.integers(4, len(source) - 1))] = data.draw(st.integers(0, 255))
    try:
        preview(bytes(source))
    except InputProblem:
        return
