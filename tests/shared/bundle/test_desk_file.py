"""The exam on a stick: what opens, what is refused, and that nothing of the questions can be read in it."""

import pytest

from shared.admission.codes import RoomCode, parse_code, room_code
from shared.bundle.desk_file import (
    MAGIC,
    DamagedDeskFile,
    DeskFileOfAnotherRoom,
    NotADeskFile,
    read_desk_file,
    write_desk_file,
)
from tests.student_app.kit import EXAM, EXAM_KEY, content, desk_file, front


def test_the_file_opens_and_says_nothing_of_the_questions():
    data = write_desk_file(desk_file())
    file = read_desk_file(data)
    assert (file.page.long_name, file.page.minutes) == ("Quiz 1: Loops", 60)
    assert b"Prompt of" not in data


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", MAGIC, MAGIC + b"\x93", write_desk_file(desk_file())[:-9]])
def test_what_is_no_such_file_is_said(data):
    with pytest.raises(NotADeskFile, match="X1"):
        read_desk_file(data)


@pytest.mark.parametrize(
    "facts",
    [
        {"signature": b"s" * 64},
        {"pieces": ()},
        {"pieces": (b"another",)},
        {"front": front(content()).replace(b'"sig":"', b'"sig":"AAAA')},
        {"front": front(content())},
        {"exam_key": b"x" * 32},
        {"exam": bytes(16)},
    ],
)
def test_what_the_exam_did_not_sign_is_refused(facts):
    with pytest.raises(DamagedDeskFile, match="X2"):
        read_desk_file(write_desk_file(desk_file(**facts)))


def test_a_file_of_another_version_asks_for_the_same_program():
    with pytest.raises(NotADeskFile, match="another version"):
        read_desk_file(write_desk_file(desk_file(format=2)))


def test_the_room_code_tells_whether_it_is_this_rooms_exam():
    file = read_desk_file(write_desk_file(desk_file()))
    file.check_room_code(parse_code(room_code(EXAM_KEY.public, b"f" * 32, EXAM)))
    with pytest.raises(DeskFileOfAnotherRoom, match="X3"):
        file.check_room_code(RoomCode("ABCDEFGH"))
