"""All commands of the live page with their forms, ready answers, and the panel about the room."""

import pytest
from PySide6.QtCore import QDateTime, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPushButton

from examdesk.staffapi.messages import (
    AddIncident,
    Collect,
    CreditTime,
    Decide,
    Extend,
    GetDelivery,
    GetText,
    GetTimes,
    HeldJoin,
    Lock,
    LowerHand,
    Open,
    Redraw,
    Reopen,
    Say,
    TakeBackOpening,
    Target,
)
from instructor_app.answers import AnswersDialog, first_answers
from instructor_app.sample.hub import NOW_MS
from instructor_app.words import clock_time


@pytest.fixture
def live(desk):
    page = desk.program.window.show_page("live")
    desk.settle()
    return page


def actions(menu):
    return {action.text(): action for action in menu.actions()}


def test_another_ratio_is_previewed_anew_and_sent_with_its_reason(desk, live, qtbot):
    live.commands.extend(10)
    desk.settle()
    before = live.sheet.preview.sentences()
    qtbot.mouseClick(
        live.sheet.extension.ratio, Qt.MouseButton.LeftButton, pos=live.sheet.extension.ratio.rect().center()
    )
    live.sheet.extension.ratio.setChecked(False)
    assert not live.sheet._act.isEnabled()
    desk.wait(lambda: live.sheet.preview.known)
    assert live.sheet.preview.sentences() != before
    qtbot.keyClicks(live.sheet.extension.reason, "Fire alarm")
    live.sheet.do()
    desk.settle()
    (sent,) = desk.asked(Extend)
    assert (sent.seconds, sent.keep_ratio, sent.reason) == (600, False, "Fire alarm")


def test_every_student_stands_in_the_preview(desk, live):
    live.commands.extend(5)
    desk.settle()
    live.sheet.preview.toggle_table()
    changed = [row for row in live.sheet.preview.model.shown_rows() if row.changes]
    assert (
        len(changed) == len(live.sheet.preview.rows) == sum(row.ends_ms is not None for row in desk.hub.rows.values())
    )
    assert desk.asked(GetTimes)[-1].change.seconds == 300


def test_a_hub_that_can_not_say_the_times_does_not_block_the_command(desk, live):
    desk.hub._answers.pop(GetTimes)
    live.commands.extend(5)
    desk.settle()
    assert live.sheet._act.isEnabled()
    assert "no such session" in " ".join(live.sheet.sentences())


@pytest.mark.parametrize("locked", [True, False])
def test_lock_and_unlock_are_commands_that_can_be_taken_back(desk, live, locked):
    live.commands.lock(locked=locked)
    live.sheet.do()
    desk.settle()
    live.banner._act.click()
    desk.settle()
    assert [request.locked for request in desk.asked(Lock)] == [locked, not locked]


def test_collecting_is_in_the_menu_and_goes_back_by_reopening(desk, live):
    working = [row.session for row in desk.hub.rows.values() if row.status in ("Working", "Idle", "Offline")]
    actions(live.commands.menu)["Collect all work…"].trigger()
    live.sheet.do()
    desk.settle()
    assert [request.target for request in desk.asked(Collect)] == [Target()]
    live.banner._act.click()
    desk.settle()
    assert sorted(desk.asked(Reopen)[0].target.sessions) == sorted(working)


def test_drawing_anew_is_for_one_student_and_needs_a_reason(desk, live):
    row = next(one for one in desk.hub.rows.values() if one.session)
    actions(live.commands.menu)["Draw the questions anew…"].trigger()
    assert "one student" in " ".join(live.sheet.sentences())
    assert not live.sheet._act.isEnabled()
    live.commands.redraw(Target(sessions=(row.session,)))
    assert live.sheet.reason.isVisible()
    assert not live.sheet._act.isEnabled()
    live.sheet.reason.text.setText("question 2 was known")
    assert live.sheet._act.isEnabled()
    live.sheet.do()
    desk.settle()
    (request,) = desk.asked(Redraw)
    assert (request.session, request.reason) == (row.session, "question 2 was known")
    assert live.sheet.plan is None


def test_a_start_at_a_time_in_the_past_can_not_be_sent(make_desk):
    desk = make_desk(6, opened=False)
    live = desk.program.window.show_page("live")
    desk.settle()
    actions(live.commands.menu)["Open for these students at a time…"].trigger()
    desk.settle()
    assert live.sheet.opening.isVisible()
    live.sheet.opening.at.setDateTime(QDateTime.fromMSecsSinceEpoch(NOW_MS - 3_600_000))
    assert not live.sheet._act.isEnabled()
    assert "has passed" in live.sheet.opening.note.text()
    at = NOW_MS // 60_000 * 60_000 + 900_000
    live.sheet.opening.at.setDateTime(QDateTime.fromMSecsSinceEpoch(at))
    desk.wait(live.sheet._act.isEnabled)
    assert clock_time(at + 90 * 60_000) in live.sheet.opening.note.text()
    live.sheet.do()
    desk.settle()
    assert [request.at_ms for request in desk.asked(Open)] == [at]


def test_an_opening_is_taken_back_beside_its_answer_and_later_from_the_menu(make_desk):
    desk = make_desk(rows=6, opened=False)
    live = desk.program.window.show_page("live")
    desk.settle()

    def opened():
        return bool(desk.program.state.exam.openings)

    def do():
        desk.wait(live.sheet._act.isEnabled)
        live.sheet.do()

    live.commands.open_exam()
    do()
    desk.wait(opened)
    live.banner._act.click()
    desk.wait(lambda: not opened())
    live.commands.open_exam()
    do()
    desk.wait(opened)
    live.commands.menu.aboutToShow.emit()
    live.commands.back_menu.aboutToShow.emit()
    (again,) = live.commands.back_menu.actions()
    assert "Everybody" in again.text()
    again.trigger()
    assert "wait again" in " ".join(live.sheet.sentences())
    do()
    desk.wait(lambda: not opened())
    assert [each.opened for each in desk.asked(TakeBackOpening)] == [each.command for each in desk.asked(Open)]
    live.commands.menu.aboutToShow.emit()
    assert not live.commands.back_menu.menuAction().isEnabled()


def test_a_correction_names_its_question(desk, live):
    live.commands.message()
    form = live.sheet.message
    form.kind.setCurrentIndex(form.kind.findData("correction"))
    form.write("Read n, not m.")
    form.question.setCurrentIndex(1)
    live.sheet.do()
    desk.settle()
    (sent,) = desk.asked(Say)
    assert (sent.kind, sent.question, sent.target, sent.prompt) == ("correction", "q2", Target(), "")


def test_a_correction_may_bring_the_questions_new_text(desk, live):
    live.commands.message()
    form = live.sheet.message
    form.kind.setCurrentIndex(form.kind.findData("correction"))
    form.write("Read n, not m.")
    form.new_prompt.setChecked(True)
    old = desk.program.state.exam.questions[0].prompt
    assert form.prompt.toPlainText().strip() == old.strip()
    assert not live.sheet._act.isEnabled()
    form.prompt.setPlainText(old.replace("day", "night"))
    assert live.sheet._act.isEnabled()
    live.sheet.do()
    desk.settle()
    assert [request.prompt for request in desk.asked(Say)] == [old.replace("day", "night")]


def test_an_open_menu_of_answers_does_not_vanish_when_another_hand_goes_up(desk, live):
    from_queue = next(each for each in live.queue.findChildren(QPushButton) if each.text() == "Answer")
    from_queue.menu().popup(live.mapToGlobal(live.rect().center()))
    other = next(row for row in desk.hub.rows.values() if row.status == "Working" and not row.hand)
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub._put(other, hand=True, hand_ms=NOW_MS))
    desk.wait(lambda: desk.program.state.rows[other.student].hand)
    assert from_queue.menu().isVisible()
    texts = [action.text() for action in from_queue.menu().actions()]
    assert texts[0] == "Write your own words…"
    from_queue.menu().close()
    live.queue.refresh()
    assert "4 more hands" in [each.text() for each in live.queue.findChildren(QPushButton)]


def test_the_queue_steps_aside_while_a_command_is_looked_at(desk, live):
    assert live.queue.isVisible()
    live.commands.extend(5)
    assert not live.queue.isVisible()
    live.sheet.close_sheet()
    assert live.queue.isVisible()


def test_the_panel_of_a_session_follows_what_is_typed(desk, live):
    row = next(row for row in desk.hub.rows.values() if row.status == "Working")
    desk.program.window.open_session(desk.program.state.rows[row.student])
    desk.settle()
    before = len(desk.asked(GetText))
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub._put(row, events=row.events + 9))
    desk.wait(lambda: len(desk.asked(GetText)) > before)


def test_a_ready_answer_goes_out_and_takes_the_hand_down(desk, live):
    hand = live.queue.hands()[0]
    live.queue._answer(hand, first_answers()[0])
    desk.wait(lambda: bool(desk.asked(LowerHand)))
    desk.wait(lambda: hand.session not in {each.session for each in live.queue.hands()})
    (sent,) = desk.asked(Say)
    assert (sent.text, sent.target) == (first_answers()[0], Target(sessions=(hand.session,)))


def test_ready_answers_are_changed_kept_and_put_into_the_message(desk, live):
    preferences = desk.program.kit.preferences
    dialog = AnswersDialog(desk.program.kit, None)
    dialog.text.setPlainText("Read it again.\n\n\n\n  I come.  \n\n")
    dialog.accept()
    assert preferences.answers([]) == ["Read it again.", "I come."]
    live.commands.message()
    menu = live.sheet.message.answers.menu()
    menu.fill()
    next(action for action in menu.actions() if action.text() == "I come.").trigger()
    assert live.sheet.message.written() == "I come."
    live.sheet.write("Something new")
    menu.fill()
    keep = next(action for action in menu.actions() if isinstance(action, QAction) and action.text().startswith("Keep"))
    keep.trigger()
    assert preferences.answers([])[-1] == "Something new"


def test_many_at_the_door_are_let_in_at_once(desk, live):
    first = desk.hub.held[0]
    desk.hub.held = tuple(
        HeldJoin(**{**{name: getattr(first, name) for name in first.__struct_fields__}, "ticket": f"t{n}"})
        for n in range(9)
    )
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub.push(topics=("held",)))
    desk.wait(lambda: len(desk.program.state.held) == 9)
    live.queue._admit(desk.program.state.held)
    desk.wait(lambda: not desk.program.state.held)
    assert {request.ticket for request in desk.asked(Decide)} == {f"t{n}" for n in range(9)}


def test_the_room_panel_shows_whom_a_message_reached_and_writes_to_the_others(desk, live, qtbot):
    qtbot.mouseClick(live.room_button, Qt.MouseButton.LeftButton)
    live.room.tabs.setCurrentWidget(live.room.said)
    desk.wait(lambda: live.room.said.delivery is not None)
    desk.settle()
    said = live.room.said
    assert desk.asked(GetDelivery)[-1].number == 3
    unread = {row.session for row in said.delivery.rows if row.read_ms is None}
    qtbot.mouseClick(said.again, Qt.MouseButton.LeftButton)
    assert live.sheet.isVisible()
    assert set(live.sheet.request().target.sessions) == unread
    live.sheet.close_sheet()
    said.table.view.setFocus()
    qtbot.keyClick(said.table.view, Qt.Key.Key_Escape)
    assert live.room.isHidden()
    assert not live.room_button.isChecked()


def test_who_has_not_handed_in_is_listed_and_collected(desk, live):
    live.show_room("hand_ins")
    desk.settle()
    tab = live.room.hand_ins
    assert "handed in" in tab.summary.text()
    tab._toggle("not handed in")
    assert {row.state for row in tab.model.shown_rows()} == {"not handed in"}
    tab._collect()
    assert isinstance(live.sheet.request(), Collect)


def test_an_incident_is_written_down_about_a_student(desk, live, qtbot):
    one = next(row for row in desk.hub.rows.values() if row.session)
    live.note_incident(one)
    desk.settle()
    tab = live.room.incidents
    assert not tab.write.isEnabled()
    qtbot.keyClicks(tab.text, "The screen went black.")
    qtbot.mouseClick(tab.write, Qt.MouseButton.LeftButton)
    desk.settle()
    (sent,) = desk.asked(AddIncident)
    assert (sent.text, sent.session) == ("The screen went black.", one.session)
    assert tab.text.toPlainText() == ""
    assert any(row.text == "The screen went black." for row in tab.model.all_rows())


def test_a_credit_is_proposed_changed_given_and_shown_as_decided(desk, live, qtbot):
    live.show_room("lost_time")
    desk.settle()
    tab = live.room.lost_time
    one = tab.current()
    assert one.proposed == tab.minutes.value() * 60 > 0
    tab.minutes.setValue(3)
    assert tab.ends.text() == f"ends {clock_time(one.ends_ms)} → {clock_time(one.ends_ms + 180_000)}"
    qtbot.keyClicks(tab.reason, "Your PC failed.")
    qtbot.mouseClick(tab.give, Qt.MouseButton.LeftButton)
    desk.wait(lambda: tab.current().credited == 180)
    (sent,) = desk.asked(CreditTime)
    assert (sent.session, sent.seconds, sent.reason) == (one.session, 180, "Your PC failed.")
    assert set(sent.items) == {item.key for item in one.items if item.state == "open"}
    assert tab.form.isHidden()
    assert "Your PC failed." in tab.decided.text()


def test_all_proposals_are_given_once_asked_and_none_to_who_is_done(desk, live, qtbot):
    live.show_room("lost_time")
    desk.settle()
    tab = live.room.lost_time
    proposed = {one.session for one in tab.model.all_rows() if one.proposed and not one.over}
    qtbot.mouseClick(tab.all_button, Qt.MouseButton.LeftButton)
    assert desk.asked(CreditTime) == []
    tab.banner._act.click()
    desk.settle()
    assert {request.session for request in desk.asked(CreditTime)} == proposed
    assert all(request.seconds for request in desk.asked(CreditTime))


def test_the_evidence_of_a_stretch_opens_in_the_session(desk, live):
    live.show_room("lost_time")
    desk.settle()
    tab = live.room.lost_time
    item = next(item for item in tab.items.all_rows() if item.journal)
    tab.items_table.opened.emit(item)
    window = desk.program.window
    assert window.playback is not None
    assert window.stack.currentWidget() is window.playback
    desk.settle()
