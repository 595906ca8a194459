"""The session view's looks through time: a text, a line, notes at moments, citations, jumps, loops, playing back."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from examdesk.staffapi.messages import AddNote
from instructor_app.pages.playback.timeline import RULER
from tests.gui.instructor.test_session_view import opened, press

SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def page(desk):
    page = opened(desk)
    desk.settle()
    return page


def test_a_text_is_found_through_time_marked_in_the_code_and_on_the_timeline(desk, page):
    trace, line = page.side.trace, page.timeline
    press(line, Qt.Key.Key_F)
    assert page.side.currentWidget() is trace
    assert trace.text.hasFocus()
    QTest.keyClicks(trace.text, "def mean")
    press(trace.text, Qt.Key.Key_Return)
    desk.wait(lambda: trace.model.rowCount() == 1)
    paste = page.loader.marks.pastes[0]
    assert trace.model.rows[0].number == paste.number
    assert trace.words.text().endswith("It still stands at the end.")
    desk.wait(lambda: "found" in line.lanes())
    trace.view.selectRow(0)
    assert page.player.number == paste.number
    assert page.code.code._sought
    trace.text.setText("DEF MEAN")
    trace.search()
    desk.wait(lambda: "no file" in trace.words.text())
    trace.exact.setChecked(False)
    trace.search()
    desk.wait(lambda: trace.model.rowCount() == 1)
    trace.text.clear()
    assert not page.code.code._sought
    desk.wait(lambda: "found" not in line.lanes())


def test_a_line_is_followed_back_by_key_and_each_form_leads_to_its_moment(desk, page):
    paste = page.loader.marks.pastes[0]
    page.go_to(paste.number)
    offset = page.code.model().text.index("return sum")
    page.code.traced.emit(offset)
    trace = page.side.trace
    desk.wait(lambda: trace.model.rowCount() == 1)
    assert "pasted, from outside" in trace.model.rows[0].words
    page.go_to(len(page.loader.tape))
    trace.view.clicked.emit(trace.model.index(0, 0))
    assert page.player.number == paste.number
    page.go_to(paste.number - 1)
    press(page.timeline, Qt.Key.Key_H)
    desk.wait(lambda: trace.model.rowCount() > 0 and "typed" in trace.model.rows[0].words)
    page.go_to(0)
    press(page.timeline, Qt.Key.Key_H)
    assert "no line to follow" in page.controls.place.whole()


def test_a_note_about_a_moment_is_kept_in_the_review_and_leads_back(desk, page):
    line, note = page.timeline, page.note
    number = page.loader.marks.pastes[0].number
    page.go_to(number)
    press(line, Qt.Key.Key_N)
    assert note.text.hasFocus()
    QTest.keyClicks(note.text, "Ask about this.")
    written = note.text.toPlainText()
    press(note.text, Qt.Key.Key_Escape)
    assert not note.isVisible()
    press(line, Qt.Key.Key_N)
    assert note.text.toPlainText() == written
    press(note.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: bool(page.steering.lanes.get("notes")))
    assert [ask.note for ask in desk.asked(AddNote)] == [written]
    assert not note.isVisible()
    page.go_to(1)
    press(line, Qt.Key.Key_B)
    assert page.player.number == number
    assert "Ask about this." in page.controls.place.whole()
    press(line, Qt.Key.Key_B)
    assert page.controls.place.whole() == "No note of a reviewer after this moment."


def test_a_copied_moment_leads_back_when_it_is_pasted_and_a_wrong_one_is_told(page):
    line = page.timeline
    page.go_to(321)
    press(line, Qt.Key.Key_C)
    copied = QGuiApplication.clipboard().text()
    assert "event 321 [c41f9ac4/320]" in copied
    page.go_to(5)
    press(line, Qt.Key.Key_G)
    assert page.controls.go.hasFocus()
    page.controls.go.setText(copied)
    press(page.controls.go, Qt.Key.Key_Return)
    assert page.player.number == 321
    assert not page.controls.go.isVisible()
    press(line, Qt.Key.Key_G)
    page.controls.go.setText("next Friday")
    press(page.controls.go, Qt.Key.Key_Return)
    assert "is no moment" in page.banner.text()
    press(page.controls.go, Qt.Key.Key_Escape)
    assert page.controls.place.isVisible()


def test_keys_jump_between_pastes_runs_and_signals_and_say_where_there_is_none(page):
    line, marks = page.timeline, page.loader.marks
    press(line, Qt.Key.Key_Home)
    press(line, Qt.Key.Key_R)
    assert page.player.number == marks.runs[0].number
    assert page.side.currentWidget() is page.runs
    press(line, Qt.Key.Key_P)
    press(line, Qt.Key.Key_P)
    assert page.player.number == marks.pastes[1].number
    press(line, Qt.Key.Key_P, SHIFT)
    assert page.player.number == marks.pastes[0].number
    press(line, Qt.Key.Key_P, SHIFT)
    assert page.controls.place.whole() == "No paste before this moment."
    press(line, Qt.Key.Key_Right)
    assert "event " in page.controls.place.whole()
    press(line, Qt.Key.Key_Home)
    press(line, Qt.Key.Key_S)
    assert page.side.currentWidget() is page.side.signals


def test_it_plays_back_and_in_a_loop_by_keys_and_by_a_stretch_drawn_with_the_mouse(page):
    line = page.timeline
    page.go_to(400)
    press(line, Qt.Key.Key_J)
    assert page.player.playing
    page._last_us -= 100_000
    before = page.player.at_ms
    page._frame()
    assert page.player.at_ms < before
    press(line, Qt.Key.Key_J)
    assert page.player.speed == 2
    press(line, Qt.Key.Key_K)
    assert not page.player.playing
    QTest.keyClick(line, "[")
    at_ms = page.player.at_ms
    page.go_to_ms(at_ms + 60_000)
    QTest.keyClick(line, "]")
    assert page.player.loop == (at_ms, page.player.at_ms)
    assert "again and again" in page.controls.place.whole()
    QTest.keyClick(line, "\\")
    assert page.player.loop is None
    start, end = QPoint(300, RULER + 2), QPoint(500, RULER + 2)
    control = Qt.KeyboardModifier.ControlModifier
    QTest.mousePress(line, Qt.MouseButton.LeftButton, control, start)
    QTest.mouseMove(line, end)
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton, control, end)
    assert page.player.loop == (round(line.ms_of(300)), round(line.ms_of(500)))
    press(line, Qt.Key.Key_Space)
    assert page.player.loop[0] <= page.player.at_ms <= page.player.loop[1]
