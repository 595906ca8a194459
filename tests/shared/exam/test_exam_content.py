import contextlib
from uuid import UUID

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.exam.content import Content, ContentFile, content_digest, encode_content, open_content, student_content
from shared.exam.drawing import draw
from shared.exam.exam_folder import read_exam
from shared.exam.recorded import what_is_recorded
from shared.exam.rules import RecordingPolicy
from shared.exam.template import new_exam
from shared.problems import InputProblem, PeerFault

SECRET = "def test_hidden(): assert solve([]) == 'HIDDEN-7c1'"


@pytest.fixture
def full(exam_dir, spoil):
    question = exam_dir / "questions/question-3"
    for name, data in {
        "hidden-checks/test_it.py": SECRET.encode(),
        "checks/test_shown.py": b"def test_shown(): ...",
        "images/a.png": b"\x89PNG",
        "data/deep/numbers.bin": bytes(range(256)),
        "starter/café.py": "# naïve".encode(),
    }.items():
        (question / name).parent.mkdir(parents=True, exist_ok=True)
        (question / name).write_bytes(data)
    (exam_dir / "sheet.pdf").write_bytes(b"%PDF")
    spoil('number = "1"', 'attachments = ["sheet.pdf"]')
    spoil(
        "[admission]",
        '[[access]]\nstudents = ["SECRET-STUDENT"]\n[[accommodations]]\ntags = ["SECRET-TAG"]\n[admission]',
    )
    return exam_dir


def test_a_desk_gets_everything_that_it_needs(full):
    content = open_content(encode_content(student_content(full)))
    exam, _ = read_exam(full)
    assert content.exam_id == exam.id
    assert content.long_name == "Exam 1: Coordinates and Vectors"
    assert content.attachments == (ContentFile("sheet.pdf", b"%PDF"),)
    question = content.question("question-3")
    assert question.title == "Question 3"
    assert [each.path for each in question.starter] == ["café.py", "main.py"]
    assert question.main == "main.py"
    assert [each.path for each in question.data] == ["deep/numbers.bin"]
    assert [each.path for each in question.checks] == ["test_shown.py"]
    assert [each.path for each in question.images] == ["images/a.png"]
    assert "certify" in content.honor_code
    assert content.desk == exam.desk
    assert draw(content, b"s" * 16) == draw(exam, b"s" * 16)


def test_nothing_that_students_must_not_see_is_in_it(full):
    data = encode_content(student_content(full))
    for secret in (b"HIDDEN-7c1", b"hidden", b"SECRET-STUDENT", b"SECRET-TAG", b"large_paste"):
        assert secret not in data


def test_the_same_folder_gives_the_same_bytes_wherever_it_lies(full, tmp_path):
    copy = tmp_path / "elsewhere/other name"
    copy.mkdir(parents=True)
    for path in sorted(full.rglob("*"), reverse=True):
        if path.is_file():
            target = copy / path.relative_to(full)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    one, two = encode_content(student_content(full)), encode_content(student_content(copy))
    assert one == two
    assert content_digest(one) == content_digest(two)


def test_an_exam_with_mistakes_gives_no_content(exam_dir, spoil):
    spoil("duration = 60 ", "duration = -1")
    with pytest.raises(InputProblem, match="has a mistake"):
        student_content(exam_dir)


def with_file(content: Content, path: str) -> bytes:
    first = content.questions[0]
    bad = msgspec.structs.replace(first, data=(*first.data, ContentFile(path, b"x")))
    return encode_content(msgspec.structs.replace(content, questions=(bad, *content.questions[1:])))


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../b", "C:/x", "a\\b", "", "CON", "a//b", "MAIN.py"])
def test_paths_that_leave_the_folder_or_clash_are_refused(exam_dir, path):
    content = student_content(exam_dir)
    with pytest.raises(PeerFault):
        open_content(with_file(content, path))


def test_too_many_files_are_refused(exam_dir):
    content = student_content(exam_dir)
    many = tuple(ContentFile(f"f{number}", b"") for number in range(5000))
    with pytest.raises(PeerFault, match="too many"):
        open_content(encode_content(msgspec.structs.replace(content, attachments=many)))


def test_content_whose_zones_name_other_questions_is_refused(exam_dir):
    content = student_content(exam_dir)
    with pytest.raises(PeerFault, match="exactly the questions"):
        open_content(encode_content(msgspec.structs.replace(content, questions=content.questions[1:])))


@pytest.mark.parametrize(
    "data", [b"", b"EDCONTENT1\n", b"EDCONTENT2\n", b"EDCONTENT1\n" + b"\x91" * 100_000, b"PK\3\4"]
)
def test_what_is_no_content_is_refused_with_a_sentence(data):
    with pytest.raises(PeerFault):
        open_content(data)


@settings(max_examples=80)
@given(st.data())
def test_a_changed_byte_gives_content_or_a_sentence_but_never_a_crash(tmp_path_factory, data):
    folder = tmp_path_factory.mktemp("exam")
    for path, text in new_exam(UUID(int=1), title="t", questions=1).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    whole = bytearray(encode_content(student_content(folder)))
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with contextlib.suppress(PeerFault):
        open_content(bytes(whole[: data.draw(st.integers(len(whole) - 5, len(whole)))]))


def test_students_read_what_is_recorded_and_what_is_not():
    everything = what_is_recorded(RecordingPolicy(surroundings=True))
    nothing = what_is_recorded(
        RecordingPolicy(
            keystrokes=False, pastes=False, paste_text=False, runs=False, output=False, focus=False, device=False
        )
    )
    assert len(everything) == len(nothing) == 10
    assert "Whether this PC is a virtual machine or worked at from another PC is not recorded." in nothing
    assert any("When you leave the exam window" in line for line in everything)
    assert any("Leaving the exam window is not recorded" in line for line in nothing)
    assert everything[0] == nothing[0]
    assert everything[-1] == nothing[-1]


def test_pasted_text_and_output_need_pastes_and_runs():
    sentences = what_is_recorded(RecordingPolicy(pastes=False, runs=False))
    assert "Text on your clipboard is not recorded, only what ends up in your program." in sentences
    assert "What your program prints and what you type into it is not recorded." in sentences
