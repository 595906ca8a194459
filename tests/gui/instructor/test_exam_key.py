"""Saving the exam's key, and becoming the hub of an exam with it."""

import shutil
import stat
import sys

import psutil

from examdesk.staffapi.client import read_hub_file
from examdesk.staffapi.messages import GetKeyFile
from instructor_app.bridge import Link
from shared.bundle.desk_file import read_desk_file
from shared.exam.readiness import KeyFacts
from tests.gui.instructor.test_window_and_real_hub import data, exam, start  # noqa: F401 - fixtures
from tests.support.patience import PATIENCE_MS


def test_the_key_is_saved_and_its_passphrase_shown_until_it_is_written_down(desk, tmp_path):
    card = desk.program.window.show_page("exams").running.key
    assert not card.passphrase.isVisible()
    file = tmp_path / "quiz.examkey"
    card.write(file)
    desk.settle()
    assert file.read_bytes() == b"key 1"
    assert "14.2" in card.text.text()
    if sys.platform != "win32":
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (card.passphrase.isVisible(), card.passphrase.text()) == (True, "K3QF-9C7M-2XVD-8ABR-T5WN")
    card.written.click()
    assert (card.passphrase.isVisible(), card.passphrase.text(), card.save.isVisible()) == (False, "", True)
    card.write(tmp_path / "no" / "folder.examkey")
    desk.settle()
    assert "folder.examkey can't be written" in desk.program.window.page("exams").banner.text()
    assert not card.passphrase.isVisible()
    assert len(desk.asked(GetKeyFile)) == 2


def test_the_saved_key_is_written_again_where_something_was_done_and_its_place_is_there(desk, tmp_path):
    card, kept = desk.program.window.show_page("exams").running.key, desk.program.kit.key
    assert (card.age.isVisible(), kept.sentence(), kept.facts()) == (False, "", KeyFacts())
    kept.look()  # nothing was saved: nothing is asked
    file = tmp_path / "stick" / "quiz.examkey"
    file.parent.mkdir()
    card.write(file)
    desk.settle()
    assert "quiz.examkey is less than a minute old" in card.age.text()

    def look():
        kept.look()
        desk.settle()
        return file.read_bytes() if file.exists() else None

    assert look() == b"key 1"
    desk.hub.key_stamp = "2"
    assert look() == b"key 2"
    assert desk.asked(GetKeyFile)[-1].again == b"again"
    assert not any(request.passphrase for request in desk.asked(GetKeyFile))
    asked = len(desk.asked(GetKeyFile))
    file.rename(tmp_path / "taken out")
    desk.hub.key_stamp = "3"
    assert look() is None
    assert (len(desk.asked(GetKeyFile)), list(file.parent.iterdir())) == (asked, [])
    assert "quiz.examkey is not at its place now" in card.age.text()
    assert kept.facts().away
    (tmp_path / "taken out").rename(file)
    assert look() == b"key 3"
    assert not kept.facts().away


def test_another_laptop_takes_over_after_a_wrong_passphrase(qtbot, start, exam, data, tmp_path):  # noqa: F811
    first = start(data)
    first.window.open_exam(exam)
    qtbot.waitUntil(lambda: first.state.exam is not None, timeout=PATIENCE_MS)
    key = first.window.page("exams").running.key
    file = tmp_path / "quiz.examkey"
    key.write(file)
    qtbot.waitUntil(lambda: bool(key.passphrase.text()), timeout=PATIENCE_MS)
    passphrase, before = key.passphrase.text(), first.state.exam
    stick = tmp_path / "quiz.examdesk"
    first.window.page("exams").running.files.save_exam(stick)
    qtbot.waitUntil(stick.exists, timeout=PATIENCE_MS)
    assert read_desk_file(stick.read_bytes()).page.long_name == before.long_name
    hub = psutil.Process(read_hub_file(data / "hub.json").pid)
    hub.terminate()
    hub.wait(20)
    first.close()
    shutil.rmtree(data)

    second = start(data)
    page = second.window.page("exams")
    page.take_over.ask(file)
    assert page.take_over.isVisible()
    page.take_over.passphrase.setText("not this one at all")
    page.take_over.go.click()
    qtbot.waitUntil(page.banner.isVisible, timeout=PATIENCE_MS)
    assert "The passphrase doesn't open this key file" in page.banner.text()
    assert second.kit.preferences.recent() == []
    page.take_over.ask(file)
    page.take_over.passphrase.setText(passphrase.lower())
    page.take_over.go.click()
    qtbot.waitUntil(lambda: second.bridge.link is Link.UP and second.state.exam is not None, timeout=PATIENCE_MS)
    assert (second.state.exam.fingerprint, second.state.exam.room_code) == (before.fingerprint, before.room_code)
    assert not (data / "passphrase").exists()
    assert [recent.title for recent in second.kit.preferences.recent()] == ["quiz"]
