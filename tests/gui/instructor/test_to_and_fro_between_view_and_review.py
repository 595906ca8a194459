"""From a session's view to its review and back to the same moment, by keyboard and by mouse."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu

from examdesk.staffapi.messages import SetReview
from examdesk.staffapi.permissions import Role
from tests.gui.instructor.test_rights_of_roles import as_role

STUDENT = "s4000"


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def played(desk, student=STUDENT):
    window = desk.program.window
    window.show_page("evidence")
    window.open_playback(desk.program.state.rows[student])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page.view is not None)
    desk.settle()
    return page


def queue_of(desk):
    return desk.program.window.page("review").queue


def test_v_leads_to_the_review_and_v_back_to_the_moment_and_escape_to_where_one_came_from(desk):
    window, page = desk.program.window, played(desk)
    press(page.timeline, Qt.Key.Key_P)  # to a paste
    moment = page.player.number
    press(page.timeline, Qt.Key.Key_D)  # and compare there
    press(page.timeline, Qt.Key.Key_V)
    queue = queue_of(desk)
    assert window.stack.currentWidget() is window.page("review")
    assert queue.chosen_sessions() == [page.one.session]
    assert queue.card.view.text() == page.time_words()
    desk.settle()
    press(queue.table.view, Qt.Key.Key_2)
    desk.wait(lambda: bool(desk.asked(SetReview)))
    desk.settle()
    press(queue.table.view, Qt.Key.Key_V)
    assert window.stack.currentWidget() is page
    assert page.code.comparing()
    desk.settle()
    assert page.player.number == moment
    desk.wait(lambda: page.one.review == "Reviewed")
    press(page.timeline, Qt.Key.Key_Escape)  # the comparison
    press(page.timeline, Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.page("evidence")


def test_buttons_lead_the_same_way_and_say_where_to(desk):
    window, page = desk.program.window, played(desk)
    press(page.timeline, Qt.Key.Key_R)
    moment, button = page.player.number, page.controls.review
    assert button.isVisible()
    assert button.toolTip() == f"{page.one.review}. To its review (V)"
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    card = queue_of(desk).card
    desk.settle()
    desk.wait(card.view.isVisible)
    assert card.view.text() == page.time_words()
    QTest.mouseClick(card.view, Qt.MouseButton.LeftButton)
    desk.settle()
    assert (window.stack.currentWidget(), page.player.number) == (page, moment)


def test_the_view_of_another_session_begins_as_usual_and_leads_back_to_the_queue(desk):
    window, page = desk.program.window, played(desk)
    press(page.timeline, Qt.Key.Key_P)
    press(page.timeline, Qt.Key.Key_V)
    queue = queue_of(desk)
    desk.settle()
    press(queue.table.view, Qt.Key.Key_J)
    assert queue.card.view.text() == "View"
    (other,) = queue.chosen_sessions()
    press(queue.table.view, Qt.Key.Key_V)
    desk.wait(lambda: page.loader.session == other and page.loader.complete)
    press(page.timeline, Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is window.page("review")


def test_a_session_that_the_filters_leave_out_stands_among_the_others_until_another_is_chosen(desk):
    desk.program.window.show_page("review")
    desk.settle()
    queue = queue_of(desk)
    queue.search.setText("Kowalczyk")
    assert queue.model.rowCount() == 1
    press(played(desk).timeline, Qt.Key.Key_V)
    assert queue.search.text() == "Kowalczyk"
    assert [one.live.student for one in queue.table.chosen()] == [STUDENT]
    assert queue.model.rowCount() == 2
    press(queue.table.view, Qt.Key.Key_J)
    desk.settle()
    desk.wait(lambda: queue.model.rowCount() == 1)
    assert [one.live.name for one in queue.table.chosen()] == ["Ben Kowalczyk"]


def test_the_chosen_row_stays_in_sight_when_a_session_opens_beside_the_queue(desk):
    window = desk.program.window
    window.show_page("review")
    desk.settle()
    table = queue_of(desk).table
    table.view.choose(13)
    assert table.view.viewport().rect().contains(table.view.visualRect(table.view.currentIndex()).center())
    press(table.view, Qt.Key.Key_Return)
    desk.settle()
    desk.wait(lambda: table.view.viewport().height() < 300)
    place = table.view.visualRect(table.view.currentIndex())
    assert 0 <= place.top() < place.bottom() < table.view.viewport().height()


def test_the_panel_beside_the_table_and_the_table_itself_lead_to_the_review_too(desk):
    window = desk.program.window
    live = window.show_page("live")
    one = desk.program.state.rows[STUDENT]
    live.table.choose(STUDENT)
    menu = QMenu()
    live._fill_menu(menu)
    next(action for action in menu.actions() if action.text() == "Review").trigger()
    assert window.stack.currentWidget() is window.page("review")
    assert queue_of(desk).chosen_sessions() == [one.session]
    window.show_page("live")
    window.open_session(one)
    desk.settle()
    QTest.mouseClick(window.panel._review, Qt.MouseButton.LeftButton)
    assert window.stack.currentWidget() is window.page("review")
    window.show_page("live")
    press(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    assert window.stack.currentWidget() is window.page("review")


def test_who_may_not_review_is_told_so_where_the_way_would_be(desk):
    as_role(desk, Role.TEACHING_ASSISTANT)
    window = desk.program.window
    window.show_page("live")
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page.view is not None)
    assert page.one.review is None
    assert page.view.signals == ()
    words = [each.text() for each in page.side.signals.findChildren(QLabel)]
    assert "Signals are not shown" in words
    assert not page.controls.review.isEnabled()
    press(page.timeline, Qt.Key.Key_V)
    assert window.stack.currentWidget() is page
    assert page.controls.place.text() == "As teaching assistant you may not do this. Ask the instructor."
    assert not window.panel._review.isEnabled()


def test_names_that_are_hidden_meanwhile_leave_no_way_back_to_what_was_shown(desk):
    page = played(desk)
    press(page.timeline, Qt.Key.Key_P)
    press(page.timeline, Qt.Key.Key_V)
    desk.settle()
    desk.program.state.hide_names(True)
    desk.wait(lambda: desk.program.state.names_hidden)
    desk.settle()
    queue = queue_of(desk)
    queue.table.view.choose(0)
    assert queue.card.view.text() == "View"
