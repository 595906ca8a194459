"""The review queue with keys and mouse: filters, status and notes, assigning, two people, hidden names."""

import msgspec
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from examdesk.staffapi.messages import AddNote, Assign, GetSimilarity, HideNames, SetReview, SetReviewRules
from instructor_app.app import Program
from instructor_app.begun import BegunNotes, Place
from instructor_app.preferences import Preferences
from instructor_app.sample import SampleHub
from instructor_app.sample.people import session_id
from instructor_app.sample.reviews import LONG_NOTE, ME


@pytest.fixture
def queue(desk):
    page = desk.program.window.show_page("review")
    desk.settle()
    desk.wait(lambda: page.queue.model.rowCount() > 0 and desk.program.bridge.waiting == 0)
    page.queue.table.view.setFocus()
    return page.queue


def press(queue, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(queue.table.view, key, modifier)


def words_of(widget):
    return [part.text() for part in widget.findChildren(QLabel)]


def test_a_status_is_set_by_a_number_with_its_note_and_taken_back(desk, queue):
    queue.table.choose(session_id(0))
    press(queue, Qt.Key.Key_N)
    assert queue.card.note.hasFocus()
    QTest.keyClicks(queue.card.note, "Talked to her.")
    QTest.keyClick(queue.card.note, Qt.Key.Key_Escape)
    press(queue, Qt.Key.Key_5)
    desk.settle()
    assert [(put.sessions, put.status, put.note) for put in desk.asked(SetReview)] == [
        ((session_id(0),), "Cleared", "Talked to her.")
    ]
    assert queue.card.note.toPlainText() == ""
    desk.wait(queue.card.statuses["Cleared"].isChecked)
    desk.wait(lambda: "Talked to her." in words_of(queue.card))
    queue.banner._act.click()
    desk.settle()
    assert (desk.asked(SetReview)[-1].status, desk.asked(SetReview)[-1].note) == ("Not reviewed", "Taken back")


def test_the_queue_is_walked_through_by_keys_the_session_follows_and_a_note_alone_leaves_the_status(desk, queue):
    press(queue, Qt.Key.Key_J)
    first = queue.table.chosen()[0].live
    press(queue, Qt.Key.Key_J)
    second = queue.table.chosen()[0].live
    assert first != second
    press(queue, Qt.Key.Key_K)
    press(queue, Qt.Key.Key_K)
    assert queue.table.chosen()[0].live == first
    press(queue, Qt.Key.Key_Return)
    panel = desk.program.window.panel
    desk.wait(panel.isVisible)
    assert panel.session == first.session
    press(queue, Qt.Key.Key_J)
    assert panel.session == second.session
    press(queue, Qt.Key.Key_N)
    QTest.keyClicks(queue.card.note, "Look again on Friday.")
    QTest.keyClick(queue.card.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert [put.note for put in desk.asked(AddNote)] == ["Look again on Friday."]
    assert not desk.asked(SetReview)
    assert queue.table.view.hasFocus()


def test_filters_narrow_the_queue_and_are_taken_off_together(desk, queue):
    everybody = queue.model.rowCount()
    reviewed = sum(one.review.status == "Reviewed" for one in queue.model.all_rows())
    QTest.mouseClick(queue.chips["Reviewed"], Qt.MouseButton.LeftButton)
    assert queue.model.rowCount() == reviewed < everybody
    queue.people.setCurrentIndex(queue.people.findText("Jonas Weber"))
    queue.signals.setCurrentIndex(2)
    shown = queue.model.shown_rows()
    assert all(one.review.assignee == "Jonas Weber" and not one.live.signals for one in shown)
    queue.all.click()
    assert queue.model.rowCount() == everybody
    queue.alike.setCurrentIndex(queue.alike.count() - 1)
    assert desk.asked(GetSimilarity)
    assert all((one.alike or 0) >= 0.9 for one in queue.model.shown_rows())
    assert all(ask.limit == 1 for ask in desk.asked(GetSimilarity))  # the figures of everybody, not a list of pairs
    queue.show_all()
    queue.search.setText("no such student")
    assert queue.model.rowCount() == 0
    assert queue.found.text() == f"0 of {everybody} sessions"


def test_whole_selections_are_assigned_at_once(desk, queue):
    queue.table.view.selectAll()
    queue.card.mine.click()
    desk.settle()
    (assigned,) = desk.asked(Assign)
    assert assigned.to == ME
    assert len(assigned.sessions) == queue.model.rowCount()
    desk.wait(lambda: all(one.review.assignee == ME for one in queue.model.all_rows()))
    queue.people.setCurrentIndex(queue.people.findText("Mine"))
    assert queue.model.rowCount() == len(assigned.sessions)


def test_the_one_who_leaves_the_filter_gives_way_to_the_next(desk, queue):
    QTest.mouseClick(queue.chips["Not reviewed"], Qt.MouseButton.LeftButton)
    queue.table.view.setFocus()
    queue.table.view.selectRow(0)
    first, following = (row.live.session for row in queue.model.shown_rows()[:2])
    press(queue, Qt.Key.Key_2)
    desk.wait(lambda: [one.live.session for one in queue.table.chosen()] == [following])
    assert desk.asked(SetReview)[-1].sessions == (first,)


def test_who_is_asked_as_the_second_person_confirms_and_everybody_sees_the_whole_history(desk, queue):
    asked = next(one for one in queue.model.all_rows() if one.review.asked_by)
    queue.table.choose(asked.live.session)
    assert queue.card.asked.isVisible()
    assert "Jonas Weber asks" in queue.card.asked.text()
    queue.card.asked._act.click()
    desk.settle()
    assert (desk.asked(SetReview)[-1].sessions, desk.asked(SetReview)[-1].status) == (
        (asked.live.session,),
        "Escalated",
    )
    queue.card.acts.undo()
    assert "whoever asked before has to ask again" in queue.banner.text()
    reviewed = next(one for one in queue.model.all_rows() if one.review.status == "Reviewed")
    queue.table.choose(reviewed.live.session)
    desk.wait(lambda: LONG_NOTE in words_of(queue.card))
    assert {"Ask for the lab file.", "To be reviewed by Jonas Weber"} <= set(words_of(queue.card))
    queue.rules.two.click()
    desk.settle()
    assert desk.asked(SetReviewRules)[-1].second_person
    assert "two people" in queue.banner.text()


def test_hidden_names_are_hidden_on_every_page_also_after_the_connection_was_lost(desk, queue):
    names = {row.name for row in desk.hub.rows.values() if row.session}
    queue.names.click()
    desk.wait(lambda: not names & {one.live.name for one in queue.model.all_rows()})
    assert queue.names.text() == "Show names"
    live = desk.program.window.show_page("live")
    desk.settle()
    assert not names & {row.name for row in live.model.all_rows()}
    desk.program.bridge._loop.call_soon_threadsafe(desk.hub.cut)
    desk.wait(lambda: len(desk.asked(HideNames)) == 2)
    desk.program.window.show_page("review")
    queue.names.click()
    desk.wait(lambda: names & {one.live.name for one in queue.model.all_rows()} != set())
    assert [ask.hidden for ask in desk.asked(HideNames)] == [True, True, False]
    assert "audit log" in queue.banner.text()


def test_what_the_hub_refuses_is_said_and_the_status_stays(desk, queue):
    session = session_id(2)
    queue.table.choose(session)
    before = queue.model.by_key(session)
    del desk.hub._commands[SetReview]
    QTest.keyClicks(queue.card.note, "See 10:31")
    press(queue, Qt.Key.Key_4)
    assert queue.card.note.toPlainText() == ""
    QTest.keyClicks(queue.card.note, "and 10:40")
    desk.settle()
    assert queue.banner.isVisible()
    assert queue.model.by_key(session).review == before.review
    assert queue.card.note.toPlainText() == "See 10:31\nand 10:40"
    assert queue.begun.isVisible()
    queue.card.acts.undo()
    assert queue.banner.text().endswith("There is nothing to take back.")


def test_whole_selections_get_a_status_and_a_note_in_one_step_and_each_gets_its_own_back(desk, queue):
    before = {one.live.session: one.review.status for one in queue.model.all_rows()}
    assert len(set(before.values())) > 1
    queue.table.view.selectAll()
    QTest.keyClicks(queue.card.note, "Read all of them.")
    press(queue, Qt.Key.Key_2)
    desk.settle()
    (put,) = desk.asked(SetReview)
    assert set(put.sessions) == set(before)
    assert put.note == "Read all of them."
    assert f"{len(before)} sessions" in queue.banner.text()
    desk.wait(lambda: {one.review.status for one in queue.model.all_rows()} == {"Reviewed"})
    press(queue, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: {one.live.session: one.review.status for one in queue.model.all_rows()} == before)
    assert len(desk.asked(SetReview)) == 1 + len(set(before.values()))


def test_who_is_chosen_is_let_go_when_names_are_hidden_or_shown(desk, queue):
    for hidden in (True, False):
        chosen = queue.model.row_at(7)
        queue.table.choose(chosen.live.session)
        queue.names.click()
        desk.wait(lambda hidden=hidden: desk.program.state.names_hidden is hidden)
        desk.settle()
        assert chosen.live.session not in {one.live.session for one in queue.table.chosen()}


def test_the_field_of_a_note_grows_with_what_is_written(desk, queue):
    queue.table.choose(session_id(2))
    before = queue.card.note.height()
    queue.card.note.setPlainText("line\n" * 8)
    assert queue.card.note.height() > before
    desk.wait(lambda: not queue.card.note.verticalScrollBar().isVisible())
    queue.card.note.clear()
    assert queue.card.note.height() == before


def test_opening_a_session_never_makes_the_window_wider_than_it_is(desk, queue):
    window = desk.program.window
    window.show_page("evidence")  # a page that needs more room than others
    window.show_page("review")
    for width, covered in ((1280, False), (1024, True)):

        def resized(width=width):
            window.resize(width, 700)  # no narrower than what was shown last needs, until that is laid out anew
            return window.width() == width

        desk.wait(resized)
        queue.table.view.setFocus()
        press(queue, Qt.Key.Key_J)
        press(queue, Qt.Key.Key_Return)
        desk.settle()
        assert window.panel.isVisible()
        assert window.width() == width
        assert queue.isVisible() is not covered
        window.panel.close_panel()
        desk.settle()
        assert queue.isVisible()


def test_an_empty_queue_says_what_comes(make_desk):
    desk = make_desk(0, opened=False)
    page = desk.program.window.show_page("review")
    desk.settle()
    assert page.queue.empty.isVisible()
    press(page.queue, Qt.Key.Key_5)
    assert not desk.asked(SetReview)


def by_a_colleague(desk, session, status, note=""):
    """Let Jonas Weber add to a review, as the hub tells the window."""
    reviews = desk.hub.reviews
    step = msgspec.structs.replace(reviews._step(0, "Jonas Weber", "status", status, note))
    reviews.steps.setdefault(session, []).append(step)
    desk.program.bridge._loop.call_soon_threadsafe(desk.hub._reviewed, [session])


def test_a_note_that_is_begun_stays_with_its_session_whatever_a_colleague_does(desk, queue):
    QTest.mouseClick(queue.chips["Not reviewed"], Qt.MouseButton.LeftButton)
    first, second = (row.live.session for row in queue.model.shown_rows()[:2])
    queue.table.choose(first)
    queue.card.start_note()
    QTest.keyClicks(queue.card.note, "See 10:31")
    by_a_colleague(desk, first, "Reviewed")
    desk.wait(queue.card.news.isVisible)
    queue.model.rearrange()
    assert [one.live.session for one in queue.table.chosen()] == [first]
    assert queue.card.note.toPlainText() == "See 10:31"
    queue.table.choose(second)
    assert queue.card.note.toPlainText() == ""
    assert queue.begun.isVisible()
    assert queue.card.news.isHidden()
    queue.show_all()
    queue.table.choose(first)
    assert queue.card.note.toPlainText() == "See 10:31"
    QTest.keyClick(queue.card.note, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert [(put.sessions, put.note) for put in desk.asked(AddNote)] == [((first,), "See 10:31")]
    assert queue.begun.isHidden()


def test_one_key_goes_to_the_next_that_nobody_reviewed_and_says_when_there_is_none(desk, queue):
    expected = [one.live.session for one in queue.model.shown_rows() if one.review.status == "Not reviewed"]
    press(queue, Qt.Key.Key_U)
    press(queue, Qt.Key.Key_U)
    assert [one.live.session for one in queue.table.chosen()] == [expected[1]]
    QTest.mouseClick(queue.chips["Reviewed"], Qt.MouseButton.LeftButton)
    press(queue, Qt.Key.Key_U)
    assert "has been reviewed" in queue.banner.text()


def test_the_last_acts_are_taken_back_one_by_one_but_not_over_a_colleagues(desk, queue):
    one, other = session_id(0), session_id(2)
    queue.table.choose(one)
    press(queue, Qt.Key.Key_5)
    queue.card.mine.click()
    desk.wait(lambda: queue.model.by_key(one).review.assignee == ME)
    queue.table.view.setFocus()
    press(queue, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: queue.model.by_key(one).review.assignee == "")
    press(queue, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    desk.wait(lambda: queue.model.by_key(one).review.status == "Not reviewed")
    queue.table.choose(other)
    press(queue, Qt.Key.Key_5)
    desk.wait(lambda: queue.model.by_key(other).review.status == "Cleared")
    by_a_colleague(desk, other, "Needs follow-up")
    desk.wait(lambda: queue.model.by_key(other).review.status == "Needs follow-up")
    asked = len(desk.asked(SetReview))
    press(queue, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert "somebody else changed it" in queue.banner.text()
    assert len(desk.asked(SetReview)) == asked


def test_filters_are_kept_under_a_name(desk, queue):
    QTest.mouseClick(queue.chips["Reviewed"], Qt.MouseButton.LeftButton)
    queue.people.setCurrentIndex(queue.people.findText("Jonas Weber"))
    shown = [one.live.session for one in queue.model.shown_rows()]
    queue.views.save("Of Jonas")
    queue.show_all()
    assert len(queue.model.shown_rows()) > len(shown)
    (view,) = queue._kit.preferences.views("review")
    assert not queue._kit.preferences.views()
    queue.views.choose(view)
    assert [one.live.session for one in queue.model.shown_rows()] == shown
    assert queue.people.currentText() == "Jonas Weber"


def test_the_window_points_out_notes_that_are_begun_once_before_it_closes(desk, queue):
    queue.table.choose(session_id(0))
    queue.card.note.setPlainText("See 10:31")
    desk.program.window.show_page("live")
    assert not desk.program.window.close()
    assert desk.program.window.isVisible()
    assert [one.live.session for one in queue.model.shown_rows()] == [session_id(0)]
    assert "they wait for you on this computer" in queue.banner.text()
    assert desk.program.window.close()


def test_a_note_that_is_begun_is_there_again_after_the_window_was_gone_and_only_under_the_names_it_was_written_with(
    qtbot, qapp, tmp_path
):
    def window(seen):
        program = Program(qapp, preferences=Preferences(tmp_path / "instructor.ini"), theme="light")
        hub = SampleHub(24)

        async def opener():
            return hub

        program.bridge.connect_to(opener)
        qtbot.waitUntil(lambda: program.state.exam is not None, timeout=20_000)
        page = program.window.show_page("review")
        qtbot.waitUntil(lambda: page.queue.model.rowCount() > 0, timeout=20_000)
        try:
            seen(program, page.queue)
        finally:
            program.bridge.close()  # the window is gone without a word, as in a crash
            program.window.deleteLater()
            qapp.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def begin(_program, queue):
        queue.table.choose(session_id(3))
        queue.card.note.setPlainText("See 10:31")
        qtbot.waitUntil(lambda: any((tmp_path / "begun-notes").glob("*.json")), timeout=5_000)

    def find(program, queue):
        assert queue.begun.isVisibleTo(queue)
        assert "A note about 1 session waits" in words_of(queue.banner)
        queue.table.choose(session_id(3))
        assert queue.card.note.toPlainText() == "See 10:31"
        program.state.hide_names(True)
        qtbot.waitUntil(lambda: program.state.names_hidden, timeout=5_000)
        assert queue.card.note.toPlainText() == ""
        assert not queue.begun.isVisibleTo(queue)
        program.state.hide_names(False)
        qtbot.waitUntil(lambda: not program.state.names_hidden, timeout=5_000)
        queue.table.choose(session_id(3))
        assert queue.card.note.toPlainText() == "See 10:31"
        queue.card.add_note()
        queue.card.drafts.flush()

    window(begin)
    (kept,) = (tmp_path / "begun-notes").iterdir()
    assert not kept.stat().st_mode & 0o077
    window(find)
    assert not list((tmp_path / "begun-notes").iterdir())
    kept.write_bytes(b"half of a no")
    window(lambda _program, queue: queue.table.choose(session_id(3)))
    assert [each.suffix for each in (tmp_path / "begun-notes").iterdir()] == [".unread"]


def test_two_windows_of_one_person_keep_each_others_begun_notes(tmp_path):
    place = Place("exam", "Dr. Sato", "review", names_hidden=False)
    first, second = BegunNotes(tmp_path), BegunNotes(tmp_path)
    one, other = frozenset({"a"}), frozenset({"b", "c"})
    assert first.read(place) == second.read(place) == {}
    assert first.keep(place, {one: "See 10:31"}) == ""
    assert second.keep(place, {other: "Same room"}) == ""
    assert first.keep(place, {one: "See 10:31 again"}) == ""
    assert BegunNotes(tmp_path).read(place) == {one: "See 10:31 again", other: "Same room"}
    assert BegunNotes(tmp_path).read(place._replace(person="DR. SATO")) != {}
    assert BegunNotes(tmp_path).read(place._replace(person="Jonas Weber")) == {}
    assert first.keep(place, {one: ""}) == second.keep(place, {other: " "}) == ""
    assert not list(tmp_path.iterdir())
    (tmp_path / "file").touch()
    assert BegunNotes(tmp_path / "file" / "no").keep(place, {one: "x"}) != ""


def test_a_field_out_of_sight_comes_into_sight_when_a_key_leads_to_it(desk, queue):
    window = desk.program.window
    window.resize(1280, 620)
    queue.table.choose(session_id(0))
    desk.program.window.open_session(queue.table.chosen()[0].live)
    desk.settle()
    queue._side.verticalScrollBar().setValue(0)
    window.activateWindow()
    queue.table.view.setFocus()
    desk.wait(queue.table.view.hasFocus)
    press(queue, Qt.Key.Key_A)
    assert queue.card.reviewer.hasFocus()
    shown, field = queue._side.viewport(), queue.card.reviewer
    assert shown.rect().contains(field.mapTo(shown, field.rect().center()))


def test_keys_of_the_queue_set_nothing_while_the_keyboard_is_in_the_session_beside_it(desk, queue):
    queue.table.choose(session_id(0))
    window = desk.program.window
    window.open_session(queue.table.chosen()[0].live)
    desk.settle()
    window.panel.tabs.tabBar().setFocus()
    desk.wait(window.panel.tabs.tabBar().hasFocus)
    for key in (Qt.Key.Key_5, Qt.Key.Key_J):
        QTest.keyClick(window.panel.tabs.tabBar(), key)
    desk.settle()
    assert not desk.asked(SetReview)
    assert [one.live.session for one in queue.table.chosen()] == [session_id(0)]
    queue.card.start_note()
    QTest.keyClick(queue.card.note, Qt.Key.Key_Escape)
    assert queue.table.view.hasFocus()
    assert window.panel.isVisible()


def test_one_key_leads_to_the_pairs_of_a_program_and_their_menu_back_to_its_review(desk, queue):
    QTest.mouseClick(queue.chips["Not reviewed"], Qt.MouseButton.LeftButton)
    reviewed = next(one.live for one in queue.model.all_rows() if one.review.status == "Reviewed")
    chosen = queue.model.shown_rows()[0].live
    queue.table.choose(chosen.session)
    queue.table.view.setFocus()
    press(queue, Qt.Key.Key_P)
    evidence = desk.program.window.stack.currentWidget()
    assert chosen.name in evidence.pairs.one_words.text()
    desk.wait(lambda: desk.asked(GetSimilarity)[-1].session == chosen.session)
    evidence.pairs.review_wanted.emit(reviewed.session)
    assert desk.program.window.stack.currentWidget() is desk.program.window.page("review")
    assert [one.live.session for one in queue.table.chosen()] == [reviewed.session]
