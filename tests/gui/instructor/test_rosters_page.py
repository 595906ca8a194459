"""The rosters page: personal codes, who somebody is, more fields, taking off and putting back."""

import pytest
from PySide6.QtCore import Qt

from examdesk.staffapi.messages import GetCodeSheet, NewCodes, PutStudent, RemoveStudent, SetIdentity


@pytest.fixture
def page(desk):
    page = desk.program.window.show_page("rosters")
    desk.settle()
    return page


def of(page, wanted):
    return next(entry for entry in page.model.shown_rows() if wanted(entry))


def test_the_sheet_of_codes_is_written_whole(desk, page, tmp_path):
    assert page.codes.button.isVisible()
    file = tmp_path / "codes.pdf"
    page.codes.save(file, "pdf", ())
    desk.settle()
    assert file.read_bytes() == b"codes\n"
    assert "Whoever has this file can join" in page.banner.text()
    page.codes.save(tmp_path / "no" / "such" / "folder.csv", "csv", ("s4000",))
    desk.settle()
    assert "folder.csv can't be written" in page.banner.text()
    assert [(ask.form, ask.students) for ask in desk.asked(GetCodeSheet)] == [("pdf", ()), ("csv", ("s4000",))]


def test_selected_students_get_new_codes(desk, page):
    chosen = of(page, lambda entry: entry.personal_code)
    page.table.choose(chosen.student)
    page.codes.renew()
    assert desk.asked(NewCodes) == []
    page.banner._act.click()
    desk.settle()
    assert [ask.students for ask in desk.asked(NewCodes)] == [(chosen.student,)]
    assert page.banner.text().startswith("New personal codes")


def test_who_joined_unlisted_is_found_on_the_roster_by_a_part_of_the_name_and_undone(make_desk, qtbot):
    desk = make_desk(60)
    page = desk.program.window.show_page("rosters")
    desk.settle()
    stranger = of(page, lambda entry: entry.provisional)
    listed = of(page, lambda entry: not entry.joined)
    page.table.choose(stranger.student)
    assert page.who.isVisible()
    assert stranger.name in page.who.asks.text()
    page.who.say.click()
    assert "Choose a student of the roster" in page.banner.text()
    page.who.who.setFocus()
    qtbot.keyClicks(page.who.who.lineEdit(), listed.student)
    page.who.who.completer().popup().hide()
    page.who.who.setCurrentText(f"{listed.name} · {listed.student}")
    page.who.say.click()
    desk.wait(lambda: page.model.by_key(stranger.student) is None)
    assert page.model.by_key(listed.student).session == stranger.session
    page.banner._act.click()
    desk.settle()
    assert [(ask.session, ask.student) for ask in desk.asked(SetIdentity)] == [
        (stranger.session, listed.student),
        (stranger.session, stranger.student),
    ]


def test_fields_below_are_sent_only_when_they_are_shown(desk, page, qtbot):
    qtbot.keyClicks(page.add.student, "s9999")
    qtbot.keyClicks(page.add.name, "Late Student")
    qtbot.keyClick(page.add.name, Qt.Key.Key_Return)
    desk.settle()
    page.table.opened.emit(page.model.by_key("s9999"))
    assert page.add.seat.isVisible()
    qtbot.keyClicks(page.add.seat, "B7")
    qtbot.keyClicks(page.add.tags, "late, conflict ,")
    qtbot.keyClick(page.add.seat, Qt.Key.Key_Return)
    desk.settle()
    first, second = desk.asked(PutStudent)
    assert (first.seat, first.tags) == (None, None)
    assert (second.student, second.seat, second.tags) == ("s9999", "B7", ("late", "conflict"))
    assert not page.add.seat.isVisible()


def test_who_is_taken_off_the_roster_comes_back_by_undo(make_desk):
    desk = make_desk(60)
    page = desk.program.window.show_page("rosters")
    desk.settle()
    gone = of(page, lambda entry: not entry.joined)
    page._take_off([gone])
    desk.wait(lambda: page.model.by_key(gone.student) is None)
    assert [ask.student for ask in desk.asked(RemoveStudent)] == [gone.student]
    page.banner._act.click()
    desk.settle()
    (back,) = desk.asked(PutStudent)
    assert (back.student, back.name, back.email) == (gone.student, gone.name, gone.email)
