"""What an exam's file says of single students is in no bundle under pseudonyms."""

import tomllib
from uuid import UUID

from examdesk.exports.bundle import exam_files
from examdesk.exports.bundle_names import without_people
from shared.exam.exam_folder import read_exam
from shared.exam.packing import pack
from shared.exam.template import new_exam

PEOPLE = """
# Ada asked for more time.
[[accommodations]]
students = ["ada"]
factor = 1.5

[[access]]
students = ["kim@example.org"]
minutes = 30
"""


def test_rules_for_single_students_and_comments_are_left_out_and_the_exam_can_still_be_read(tmp_path):
    for path, text in new_exam(UUID(int=7), title="Vectors").items():
        (tmp_path / "exam" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "exam" / path).write_text(text, encoding="utf-8")
    file = tmp_path / "exam" / "exam.toml"
    file.write_text(file.read_text(encoding="utf-8") + PEOPLE, encoding="utf-8")
    packed = pack(tmp_path / "exam")
    plain, hidden = exam_files(packed), exam_files(packed, people=False)
    assert b"kim@example.org" in plain["exam/exam.toml"]
    assert {name for name in plain if plain[name] != hidden[name]} == {"exam/exam.toml"}
    for word in (b"ada", b"Ada", b"kim@example.org"):
        assert word not in hidden["exam/exam.toml"]
    file.write_bytes(hidden["exam/exam.toml"])
    exam, findings = read_exam(tmp_path / "exam")
    assert exam is not None, findings
    assert exam.signals == read_exam_of(plain, tmp_path).signals
    kept, whole = (tomllib.loads(files["exam/exam.toml"].decode()) for files in (hidden, plain))
    assert kept == {name: whole[name] for name in kept}
    assert whole.keys() - kept.keys() == {"access", "accommodations"}


def read_exam_of(files, tmp_path):
    (tmp_path / "exam" / "exam.toml").write_bytes(files["exam/exam.toml"])
    exam, findings = read_exam(tmp_path / "exam")
    assert exam is not None, findings
    return exam


def test_a_damaged_file_is_left_out_whole():
    assert without_people(b"title = ") == b""
    assert without_people(b"\xff") == b""
