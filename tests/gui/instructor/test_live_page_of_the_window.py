"""The live page: chips, search, keyboard, commands, the door."""

import pytest
from msgspec import structs
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from examdesk.staffapi.messages import Decide, Extend, GetLive, LowerHand, Open, Pause, Say, Target


@pytest.fixture
def live(desk):
    page = desk.program.window.show_page("live")
    desk.settle()
    return page


def test_every_student_has_a_row_and_counts_are_by_status(desk, live):
    assert live.model.rowCount() == 24
    assert live.everyone.text().endswith("24")
    assert live.chips["Working"].text() == f"Working  {desk.program.state.counts['Working']}"


def test_a_chip_shows_only_its_status(desk, live, qtbot):
    qtbot.mouseClick(live.chips["Offline"], Qt.MouseButton.LeftButton)
    assert {row.status for row in live.model.shown_rows()} == {"Offline"}
    qtbot.mouseClick(live.chips["Offline"], Qt.MouseButton.LeftButton)
    assert live.model.rowCount() == 24


def test_search_takes_words_of_name_id_and_seat(desk, live, qtbot):
    qtbot.keyClicks(live.search, "okafor s40")
    assert [row.name for row in live.model.shown_rows()] == ["Amara Okafor"]


def test_enter_opens_the_session_and_escape_closes_it(desk, live, qtbot):
    live.table.choose("s4000")
    qtbot.keyClick(live.table.view, Qt.Key.Key_Return)
    panel = desk.program.window.panel
    assert panel.isVisible()
    assert panel.name.text() == "Amara Okafor"
    panel.close_panel()
    assert not panel.isVisible()


def test_a_push_asks_only_for_the_rows_that_changed(desk, live):
    row = desk.hub.rows["s4000"]
    desk.hub.asked.clear()
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub._put(row, runs=99))
    desk.wait(lambda: desk.program.state.rows["s4000"].runs == 99)
    assert desk.asked(GetLive) == [GetLive(sessions=(row.session,))]
    assert live.model.by_key("s4000").runs == 99


def test_more_time_is_shown_first_and_sent_only_when_confirmed(desk, live, qtbot):
    qtbot.mouseClick(live.commands.ten, Qt.MouseButton.LeftButton)
    assert live.sheet.isVisible()
    assert not live.sheet._act.isEnabled()
    desk.settle()
    assert "→" in " ".join(live.sheet.sentences())
    assert desk.asked(Extend) == []
    qtbot.keyClick(live.sheet, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: bool(desk.asked(Extend)))
    desk.settle()
    assert (desk.asked(Extend)[0].seconds, desk.asked(Extend)[0].target) == (600, Target())
    assert not live.sheet.isVisible()
    assert "10 minutes more" in live.banner.text()


def test_undo_sends_the_opposite(desk, live, qtbot):
    live.commands.extend(5)
    desk.settle()
    live.sheet.do()
    desk.settle()
    live.banner._act.click()
    desk.settle()
    assert [request.seconds for request in desk.asked(Extend)] == [300, -300]


def test_selected_students_become_the_target(desk, live):
    view = live.table.view
    view.selectRow(0)
    view.selectionModel().select(
        live.model.index(1, 0), view.selectionModel().SelectionFlag.Select | view.selectionModel().SelectionFlag.Rows
    )
    assert live.commands.target_box.currentData() == "selected"
    live.commands.pause()
    live.sheet.do()
    desk.settle()
    assert len(desk.asked(Pause)[0].target.sessions) == 2


def test_escape_on_the_sheet_does_nothing(desk, live, qtbot):
    live.commands.end()
    qtbot.keyClick(live.sheet, Qt.Key.Key_Escape)
    assert not live.sheet.isVisible()
    desk.settle()
    assert live.sheet.plan is None


def test_a_message_needs_words_before_it_can_be_sent(desk, live):
    live.commands.message()
    assert not live.sheet._act.isEnabled()
    live.sheet.write("Five minutes left")
    assert live.sheet._act.isEnabled()
    live.sheet.do()
    desk.settle()
    assert [request.text for request in desk.asked(Say)] == ["Five minutes left"]


def test_who_waits_at_the_door_is_let_in(desk, live):
    assert live.queue.isVisible()
    live.queue._decide(desk.hub.held[0], admit=True)
    desk.wait(lambda: not desk.program.state.held)
    assert [(request.ticket, request.admit) for request in desk.asked(Decide)] == [("t1", True)]


def test_hands_are_queued_by_how_long_they_are_up(desk, live):
    hands = live.queue.hands()
    assert [hand.hand_ms for hand in hands] == sorted(hand.hand_ms for hand in hands)
    live.queue._lower(hands[0])
    desk.wait(lambda: len(live.queue.hands()) == len(hands) - 1)
    assert desk.asked(LowerHand)[0].session == hands[0].session


def test_rows_are_copied_with_headings(desk, live, qtbot):
    live.table.choose("s4000")
    qtbot.keyClick(live.table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].startswith("Student\tSection\tStatus\tTime left\tLast saved\tRuns\tCode versions\tSignals\tReview")
    assert lines[1].startswith("Amara Okafor\tA\tWorking\t")


def test_a_failed_command_says_so_where_it_was_given(desk, live):
    live.commands.extend(5)
    desk.settle()
    desk.hub._commands.pop(Extend)
    live.sheet.do()
    desk.settle()
    assert live.sheet.isVisible()
    assert "no such session" in live.banner.text()


def test_before_the_start_the_one_command_is_to_open(make_desk):
    desk = make_desk(6, opened=False)
    live = desk.program.window.show_page("live")
    desk.settle()
    assert live.commands.open_button.isVisible()
    assert not live.commands.ten.isVisible()
    live.commands.open_exam()
    desk.settle()
    live.sheet.do()
    desk.settle()
    assert len(desk.asked(Open)) == 1


def test_without_students_the_page_says_how_to_join(make_desk):
    desk = make_desk(0, opened=False)
    live = desk.program.window.show_page("live")
    desk.settle()
    assert live.table.currentWidget() is live.empty
    assert "7KQM-2XVD-8" in live.empty._text.text()


def test_a_thousand_rows_follow_changes(make_desk):
    desk = make_desk(1000)
    live = desk.program.window.show_page("live")
    desk.settle()
    assert live.model.rowCount() == 1000
    for number, (student, row) in enumerate(list(desk.hub.rows.items())[:100]):
        desk.hub.rows[student] = type(row)(
            **{**{f: getattr(row, f) for f in row.__struct_fields__}, "runs": 500 + number}
        )
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub.push(*list(desk.hub.rows)[:100]))
    joined = [row for row in list(desk.hub.rows.values())[:100] if row.session]
    desk.wait(lambda: all(live.model.by_key(row.student).runs >= 500 for row in joined))


def test_what_staff_have_to_do_now_stands_above_everything_until_it_is_over_or_closed(desk, live):
    def hub_says(**said):
        desk.hub.exam = structs.replace(desk.hub.exam, **said)
        desk.program.state.refresh()
        desk.settle()

    assert not live.alerts.isVisible()
    hub_says(alerts=("Another hub of this exam is on this network.",), taken_over="Here up to 10:41:20.")
    assert live.alerts.isVisible()
    assert live.alerts.text() == "Another hub of this exam is on this network.\nHere up to 10:41:20."
    live.alerts.hide()
    hub_says()
    assert not live.alerts.isVisible()
    hub_says(alerts=())
    assert live.alerts.text() == "Here up to 10:41:20."
    hub_says(taken_over="")
    assert not live.alerts.isVisible()
