"""The session panel: code now, code at a moment, runs, events, signals, messages."""

import pytest

from examdesk.staffapi.messages import GetEvents, GetText, Say, Target
from instructor_app.widgets.code import CodeView


@pytest.fixture
def panel(desk):
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    window.open_session(desk.program.state.rows["s4000"])
    desk.settle()
    return window.panel


def test_it_shows_the_code_as_it_stands(panel):
    assert "def warmest_day" in panel.code.code.toPlainText()
    assert panel.code.files.currentData() == "q1/main.py"
    assert panel.left.text().endswith("left")


def test_a_signal_leads_to_its_moment_and_back(desk, panel):
    signal = panel.view.signals[0]
    panel.show_moment(signal.journal, signal.seq, signal.at_ms, signal.file)
    desk.settle()
    asked = desk.asked(GetText)[-1]
    assert (asked.journal, asked.seq) == (signal.journal, signal.seq)
    assert panel.tabs.currentWidget() is panel.code
    assert panel.code.banner.isVisible()
    panel.code.show_now()
    desk.settle()
    assert desk.asked(GetText)[-1].seq is None


def test_runs_show_the_newest_output_first(desk, panel):
    panel.tabs.setCurrentWidget(panel.runs)
    desk.settle()
    newest = panel.view.row.runs
    assert panel.runs.model.shown_rows()[0].run == newest
    assert panel.runs.title.text() == f"Output of run {newest}"


def test_events_are_fetched_page_by_page_and_filtered(desk, panel):
    panel.tabs.setCurrentWidget(panel.events)
    desk.wait(lambda: len(panel.events.model.all_rows()) == panel.view.row.events)
    assert desk.asked(GetEvents)[0].start == 0
    panel.events.search.setText("pasted")
    assert {event.kind for event in panel.events.model.shown_rows()} == {"paste"}
    panel.events.table.view.selectRow(0)
    assert '"length": 212' in panel.events.raw.toPlainText()


def test_a_message_reaches_only_this_student(desk, panel):
    panel.messages.field.setText("Please look at line 3")
    panel.messages.field.returnPressed.emit()
    desk.settle()
    assert desk.asked(Say)[0].target == Target(sessions=(panel.session,))
    assert panel.messages.field.text() == ""


def test_it_follows_its_session_live(desk, panel, qtbot):
    row = desk.hub.rows["s4000"]
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub._put(row, runs=row.runs + 1))
    desk.wait(lambda: panel.view.row.runs == row.runs + 1)
    assert panel.tabs.tabText(1).endswith(str(row.runs + 1))


def test_more_time_for_one_student_is_planned_on_the_live_page(desk, panel):
    panel._want_time()
    sheet = desk.program.window.live().sheet
    assert sheet.plan.request.target == Target(sessions=(panel.session,))


def test_regions_count_characters_and_not_utf16_units(qtbot, desk):
    view = CodeView(desk.program.look, "code")
    qtbot.addWidget(view)
    view.show_code("# 🙂🙂\nx = 1\n")
    view.show_regions([(5, 10)], 0)
    look = view.document().findBlockByNumber(1).layout().formats()[-1]
    assert (look.start, look.length) == (0, 5)
    view.show_code("# 🙂🙂 x = 1\n")
    view.show_regions([(5, 10)], 0)
    look = view.document().findBlockByNumber(0).layout().formats()[-1]
    assert (look.start, look.length) == (7, 5)


def test_line_numbers_make_room_for_themselves(qtbot, desk):
    view = CodeView(desk.program.look, "code")
    qtbot.addWidget(view)
    narrow = view.number_width()
    view.show_code("\n" * 5000)
    assert view.number_width() > narrow
