"""The front page: what students may read before the start, and nothing else."""

import msgspec
import pytest

from shared.crypto.dsse import BadEnvelopeSignature, UnknownSigner, open_envelope
from shared.crypto.keys import SigningKey
from shared.exam.content import student_content
from shared.exam.front import (
    PAYLOAD_TYPE,
    FrontPage,
    FrontPageOfAnotherExam,
    NotAFrontPage,
    front_of,
    read_front,
    sign_front,
)
from shared.exam.sealing import start_code_of, unwrap_key, wrap_key
from shared.ids import ExamId
from tests.shared.exam.test_exam_content import full  # noqa: F401

KEY = SigningKey(b"k" * 32)
EXAM = ExamId(bytes(16))
PAGE = FrontPage(exam=EXAM.hex(), honor_code="I certify.", instructions="Answer all.")


def test_what_was_signed_is_read():
    assert read_front(sign_front(PAGE, KEY), KEY.public, EXAM) == PAGE


@pytest.mark.parametrize(
    ("envelope", "error"),
    [
        (sign_front(PAGE, SigningKey(b"x" * 32)), UnknownSigner),
        (sign_front(PAGE, KEY).replace(b'"sig":"', b'"sig":"AAAA')[:-1], Exception),
        (sign_front(msgspec.structs.replace(PAGE, exam="11" * 16), KEY), FrontPageOfAnotherExam),
        (b"x" * 400_000, NotAFrontPage),
    ],
)
def test_a_front_page_of_somebody_else_is_refused(envelope, error):
    with pytest.raises(error):
        read_front(envelope, KEY.public, EXAM)


def test_a_changed_front_page_is_refused():
    import base64

    envelope = msgspec.json.decode(sign_front(PAGE, KEY))
    payload = base64.b64decode(envelope["payload"]).replace(b"I certify", b"I certifi")
    envelope["payload"] = base64.b64encode(payload).decode()
    with pytest.raises(BadEnvelopeSignature):
        read_front(msgspec.json.encode(envelope), KEY.public, EXAM)


def test_instructions_that_are_too_long_are_left_out_and_it_says_so():
    page = msgspec.structs.replace(PAGE, instructions="é" * 90_000)
    read = read_front(sign_front(page, KEY), KEY.public, EXAM)
    assert (read.instructions, read.cut, read.honor_code) == ("", True, "I certify.")


def test_nothing_of_the_questions_is_on_the_front_page(full):  # noqa: F811
    content = student_content(full)
    payload = open_envelope(sign_front(front_of(content), KEY), PAYLOAD_TYPE, [KEY.public])
    for question in content.questions:
        for text in (question.title, question.prompt, *(each.path for each in question.data)):
            assert text.encode() not in payload


def test_the_start_code_follows_from_the_key_and_opens_it():
    code, salt = start_code_of(b"c" * 32, EXAM)
    assert start_code_of(b"c" * 32, EXAM) == (code, salt)
    assert start_code_of(b"d" * 32, EXAM)[0] != code
    assert len(str(code)) == len("ABCD-EFGH-JKM")
    assert unwrap_key(code, wrap_key(code, b"c" * 32, EXAM, salt), EXAM) == b"c" * 32
