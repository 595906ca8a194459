"""Is the exam that runs the one that was rehearsed?"""

import pytest

from examdesk.rehearsal.rehearse import open_copy
from shared.exam.exam_folder import read_exam
from shared.exam.packing import pack
from shared.exam.rehearsal_note import RehearsalNote, compare, fingerprint, note_path, read_note, write_note
from tests.examdesk.hub.hub_fixtures import make_exam

TIMES = """draft = true
[schedule]
start = "2030-01-01T09:00"
duration = 60
[admission]
codes = "personal"
unlisted = "refuse"
[[access]]
students = ["s1"]
opens = "2030-01-01T20:00"
"""


@pytest.fixture
def exam(tmp_path):
    return make_exam(tmp_path / "exam", TIMES)


def note_of(exam, **more):
    return RehearsalNote(
        **{"at_ms": 1_795_000_000_000, "app": "1", "desks": 60, "seconds": 30, "holds": True, **more},
        exam=fingerprint(exam),
    )


def test_an_untouched_exam_is_the_one_rehearsed(exam):
    write_note(exam, note_of(exam))
    found = compare(read_note(exam), fingerprint(exam))
    assert found.same
    assert found.sentence.startswith("This exam is the one rehearsed on 2026-11-")
    assert found.sentence.endswith("with 60 desks, file by file.")


@pytest.mark.parametrize(
    ("file", "text", "same", "says"),
    [
        ("exam.toml", None, True, "since then exam.toml changed in what stays at the hub, such as times"),
        (
            "questions/q1/hidden-checks/test.py",
            "assert 1",
            True,
            "stays at the hub: questions/q1/hidden-checks/test.py.",
        ),
        ("questions/q1/question.md", "# Sum\n\nSubtract.\n", False, "it differs in questions/q1/question.md."),
        ("questions/q1/starter/more.py", "", False, "it differs in questions/q1/starter/more.py."),
    ],
)
def test_a_changed_exam_says_in_which_files(exam, file, text, same, says):
    note = note_of(exam, holds=False)
    path = exam / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(path.read_text().replace("duration = 60", "duration = 70") if text is None else text)
    found = compare(note, fingerprint(exam))
    assert (found.same, says in found.sentence) == (same, True), found.sentence
    assert "which this laptop did not hold" in found.sentence


def test_many_changed_files_are_counted(exam):
    note = note_of(exam)
    for number in range(6):
        (exam / f"questions/q1/starter/f{number}.py").write_text("")
    assert compare(note, fingerprint(exam)).sentence.endswith("f2.py and 3 more.")


def test_the_note_is_no_part_of_the_exam_and_a_packed_exam_has_it_beside_itself(exam, tmp_path):
    before = pack(exam)
    write_note(exam, note_of(exam))
    assert pack(exam) == before
    packed = tmp_path / "quiz.exam"
    packed.write_bytes(before)
    write_note(packed, note_of(packed))
    assert note_path(packed).name == "quiz.exam.rehearsal.json"
    assert compare(read_note(packed), fingerprint(exam)).same


@pytest.mark.parametrize("text", ["", "{}", "[1", '{"format": 2}'])
def test_a_damaged_note_counts_as_none(exam, text):
    note_path(exam).write_text(text)
    assert read_note(exam) is None


def test_the_copy_for_a_rehearsal_lets_anybody_in_and_gives_the_same_to_students(exam, tmp_path):
    open_copy(exam, tmp_path / "copy")
    document, findings = read_exam(tmp_path / "copy")
    assert [finding for finding in findings if finding.severity == "error"] == []
    assert (document.draft, document.schedule.start, document.access) == (False, None, ())
    assert (document.admission.codes, document.admission.unlisted) == ("room", "provisional")
    assert fingerprint(tmp_path / "copy").content == fingerprint(exam).content
