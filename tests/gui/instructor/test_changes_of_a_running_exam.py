"""What an edit of a running exam changes at the desks is shown before it is brought to them."""

from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from examdesk.staffapi.messages import ApplyEdition, PreviewEdition
from tests.gui.instructor.test_exam_preview_and_start import make


def page_of(desk, tmp_path):
    folder = make(tmp_path / "quiz", UUID(hex=desk.program.state.exam.exam))
    return desk.program.window.edit_exam(folder)


def said(page):
    return [each.text() for each in page.changes_card.findChildren(QLabel)]


def test_changes_are_seen_with_whom_they_concern_and_then_brought_to_the_desks(desk, tmp_path, qtbot):
    page = page_of(desk, tmp_path)
    assert page.edition.isVisible()
    page.edition.click()
    edition = page.edition_page
    desk.wait(lambda: edition.seen is not None)
    assert "Question q1: the text is different." in said(edition)
    assert "21 students" in said(edition)
    assert "19 of them connected now" in edition.summary.text()
    assert desk.asked(ApplyEdition) == []
    qtbot.keyClicks(edition.reason, "a word was missing")
    qtbot.keyClick(edition.apply, Qt.Key.Key_Space)
    desk.wait(edition.banner.isVisible)
    (request,) = desk.asked(ApplyEdition)
    assert (request.token, request.give, request.reason) == ("now", (), "a word was missing")
    desk.wait(lambda: "Desks have what the exam's folder says." in edition.summary.text())
    assert not edition.apply.isEnabled()
    edition.closed.emit()
    assert page.sides.currentWidget() is page.editor


def test_a_new_question_goes_to_nobody_unless_somebody_is_chosen(desk, tmp_path, qtbot):
    page = page_of(desk, tmp_path)
    page.show_edition()
    edition = page.edition_page
    desk.wait(lambda: "q4" in edition.who and edition.who["q4"].count() > 10)
    box = edition.who["q4"]
    assert box.currentText() == "Nobody who has begun"
    row = next(one for one in desk.program.state.rows.values() if one.session)
    box.setCurrentIndex(box.findData(row.session))
    before = len(desk.asked(PreviewEdition))
    edition.refresh()
    desk.wait(lambda: len(desk.asked(PreviewEdition)) > before)
    desk.settle()
    assert edition.who["q4"].currentData() == row.session
    edition.apply.click()
    desk.wait(lambda: bool(desk.asked(ApplyEdition)))
    (gift,) = desk.asked(ApplyEdition)[-1].give
    assert (gift.question, gift.target.sessions) == ("q4", (row.session,))
