"""Indicators and their thresholds, the quiet list, saved views."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import Qt

from examdesk.staffapi.messages import GetLive, LiveRow
from instructor_app.indicators import THRESHOLDS, defaults, indicators, maybe_silent
from instructor_app.preferences import Preferences, SavedView

NOW = 1_791_193_338_000
AT_WORK = LiveRow(
    student="s1",
    name="Ada",
    section="A",
    session="ab" * 16,
    status="Working",
    online=True,
    heard_ms=NOW - 1000,
    active_ms=NOW - 1000,
    free_mb=9_000,
)


def kinds(**changes):
    return [mark.kind for mark in indicators(msgspec.structs.replace(AT_WORK, **changes), NOW, defaults())]


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({}, []),
        ({"hand": True, "hand_ms": NOW - 121_000}, ["hand"]),
        ({"hand": True, "hand_ms": NOW - 119_000}, []),
        ({"heard_ms": NOW - 91_000}, ["silent"]),
        ({"heard_ms": NOW - 89_000}, []),
        ({"status": "Offline", "online": False, "heard_ms": NOW - 61_000}, ["offline"]),
        ({"status": "Offline", "online": False, "heard_ms": NOW - 59_000}, []),
        ({"failing": 5}, ["failing"]),
        ({"failing": 4}, []),
        ({"active_ms": NOW - 601_000, "status": "Idle"}, ["idle"]),
        ({"active_ms": NOW - 601_000, "status": "Paused"}, []),
        ({"skew_ms": -61_000}, ["skew"]),
        ({"free_mb": 499}, ["disk"]),
        ({"free_mb": None}, []),
        ({"problem": "This row can't be worked out."}, ["problem"]),
        ({"session": "", "problem": "x"}, []),
        ({"status": "Submitted", "free_mb": 1}, []),
        ({"free_mb": 1, "failing": 9, "skew_ms": 99_000}, ["disk", "failing", "skew"]),
    ],
)
def test_each_threshold_marks_from_its_value_on(changes, found):
    assert kinds(**changes) == found


def test_zero_switches_a_line_off_and_wrong_settings_count_as_the_default():
    off = dict.fromkeys(defaults(), 0)
    loud = msgspec.structs.replace(AT_WORK, heard_ms=NOW - 9_000_000, failing=99, free_mb=0, skew_ms=999_999)
    assert indicators(loud, NOW, off) == []
    assert maybe_silent([loud], NOW, off) == []
    preferences = Preferences(None)
    for each in THRESHOLDS:
        preferences._write(f"look-at/{each.kind}", "many")
    assert preferences.limits() == defaults()
    preferences.keep_limit("silent", 10**9)
    assert preferences.limits()["silent"] == 3600


def test_a_silent_desk_is_asked_about_again_before_it_counts(desk):
    live = desk.program.window.show_page("live")
    desk.settle()
    student = next(row.student for row in desk.hub.rows.values() if row.status == "Working")
    old = msgspec.structs.replace(desk.hub.rows[student], heard_ms=NOW - 9_000_000)
    desk.program.state.rows[student] = old
    desk.hub.asked.clear()
    live.watch._asked_ms = 0
    live.watch.look()
    desk.settle()
    assert any(old.session in (request.sessions or ()) for request in desk.asked(GetLive))
    assert all(mark.kind != "silent" for mark in live.watch.marks.get(student, []))


def test_what_was_seen_counts_no_more_until_it_comes_again(desk, qtbot):
    live = desk.program.window.show_page("live")
    desk.settle()
    fresh = len(live.watch.unseen())
    assert fresh > 3
    assert live.room_button.text() == f"Room · {fresh}"
    live.show_room("look")
    tab = live.room.look
    one = tab.model.shown_rows()[0]
    tab.table.choose(one.key)
    qtbot.mouseClick(tab.away, Qt.MouseButton.LeftButton)
    assert len(live.watch.unseen()) == fresh - 1
    student = one.row.student
    calm = msgspec.structs.replace(AT_WORK, student=student, session=one.row.session, heard_ms=None, active_ms=None)
    live.watch._take([calm], everything=False)
    desk.program.state.rows[student] = one.row
    live.watch._take([one.row], everything=False)
    assert len(live.watch.unseen()) == fresh


def test_the_chip_shows_only_who_wants_a_look(desk, qtbot):
    live = desk.program.window.show_page("live")
    desk.settle()
    qtbot.mouseClick(live.marked, Qt.MouseButton.LeftButton)
    shown = live.model.shown_rows()
    assert shown
    assert all(live.watch.of(row) for row in shown)
    assert len(shown) < len(live.model.all_rows())


def test_a_saved_view_brings_filter_search_order_and_columns_back(desk):
    live = desk.program.window.show_page("live")
    desk.settle()
    live.show_status("Working")
    live.search.setText("a")
    live.table._show_column(1, False)
    live.table.view.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    shown = [row.student for row in live.model.shown_rows()]
    live.views.save("  Busy   ones ")
    live.views.choose(SavedView(name=""))
    assert live.model.rowCount() == 24
    assert not live.table.view.isColumnHidden(1)
    (kept,) = desk.program.kit.preferences.views()
    live.views.fill()
    action = next(action for action in live.views.menu().actions() if action.text() == "Busy ones")
    action.trigger()
    assert [row.student for row in live.model.shown_rows()] == shown
    assert live.table.view.isColumnHidden(1)
    assert (kept.name, live.views.text()) == ("Busy ones", "Busy ones")
    live.views.forget()
    assert desk.program.kit.preferences.views() == []


def test_thresholds_are_set_on_the_settings_page(desk):
    page = desk.program.window.show_page("settings")
    page.limits["failing"].setValue(2)
    assert desk.program.kit.preferences.limits()["failing"] == 2
    assert set(page.limits) == set(defaults())


def test_every_threshold_stands_in_the_manual():
    manual = (Path(__file__).parents[3] / "docs" / "live.md").read_text(encoding="utf-8")
    for each in THRESHOLDS:
        assert f"| {each.title} |" in manual, each.title
        assert any(
            line.startswith(f"| {each.title} |") and line.endswith(f"| {each.default} |")
            for line in manual.splitlines()
        )
