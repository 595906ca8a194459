"""`examdesk exam for-students`: sticks can be made before any hub runs, and the hub on the same records is theirs."""

import pytest

from examdesk.cli.main import Program
from examdesk.hub.records.place import HubLock, place_of
from shared.admission.codes import parse_code
from shared.bundle.desk_file import copy_wheels, read_desk_file
from shared.crypto.keys import VerifyKey
from shared.exam.exam_folder import exam_or_problem
from shared.exam.packages import LIST_NAME, WHEELS, Target, Wheel, WheelList, encode_list, file_digest
from shared.exam.sealing import Sealed, open_sealed, unwrap_key
from tests.support.wheels import shapes


@pytest.fixture
def quiz(tmp_path, capsys):
    folder = tmp_path / "quiz"
    assert Program().run(["exam", "new", str(folder), "--title", "Loops"]) == 0
    capsys.readouterr()
    return folder


def made(quiz, tmp_path, capsys, *more):
    code = Program().run(["exam", "for-students", str(quiz), "--data", str(tmp_path / "records"), *more])
    return code, capsys.readouterr()


def test_the_file_opens_with_the_start_code_that_is_shown(quiz, tmp_path, capsys):
    code, said = made(quiz, tmp_path, capsys, "--start-code")
    assert code == 0, said.err
    file = read_desk_file((tmp_path / "quiz.examdesk").read_bytes())
    shown = next(line for line in said.out.splitlines() if line.startswith("Start code: "))
    key = unwrap_key(parse_code(shown.removeprefix("Start code: ")), file.page.start, file.exam)
    sealed = Sealed(file.manifest, file.signature, file.pieces)
    assert open_sealed(sealed, file.exam, key, VerifyKey(file.exam_key).verify)
    _, said = made(quiz, tmp_path, capsys, "--start-code")
    assert shown in said.out, "an exam has one start code for ever"
    assert read_desk_file((tmp_path / "quiz.examdesk").read_bytes()).exam_key == file.exam_key


def test_without_being_asked_the_start_code_is_not_shown(quiz, tmp_path, capsys):
    code, said = made(quiz, tmp_path, capsys)
    assert code == 0
    assert "Start code:" not in said.out


def test_while_a_hub_serves_the_records_the_other_command_is_named(quiz, tmp_path, capsys):
    lock = HubLock(place_of(str(tmp_path / "records")), exam_or_problem(quiz)[0].id)
    lock.take()
    try:
        code, said = made(quiz, tmp_path, capsys)
    finally:
        lock.release()
    assert code != 0
    assert "examdesk control desk-file" in said.err
    assert not (tmp_path / "quiz.examdesk").exists()


def test_packages_lie_beside_the_file(tmp_path):
    folder = tmp_path / "quiz"
    links = shapes(folder / WHEELS)
    wheels = tuple(
        Wheel(file=each.name, size=each.stat().st_size, sha256=file_digest(each), name="shapes", version="1.0")
        for each in sorted(links.iterdir())
    )
    target = Target(platform="linux-x86_64", python="3.11", wheels=tuple(each.file for each in wheels))
    listing = WheelList(format=1, requirements=("shapes",), targets=(target,), wheels=wheels)
    (links / LIST_NAME).write_bytes(encode_list(listing))
    assert copy_wheels(folder, tmp_path / "quiz.examdesk") == 2
    assert sorted(each.name for each in (tmp_path / "quiz.wheels").iterdir()) == sorted(each.file for each in wheels)
    assert copy_wheels(tmp_path / "nothing", tmp_path / "other.examdesk") == 0
