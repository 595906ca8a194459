"""What a role may not do rests in the window, with the reason: by what the hub says at sign-in, a real one too."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from examdesk.staffapi.messages import Pause
from examdesk.staffapi.permissions import Role
from instructor_app.bridge import Link
from instructor_app.colleague import colleague_file
from instructor_app.pages.all_rooms_sheet import commands
from instructor_app.preferences import WatchedHub
from shared.exam.whole_file import write_private
from tests.examdesk.hub.hub_fixtures import make_exam

ROOT = Path(__file__).parents[3]
WHY_PROCTOR = "As proctor you may not do this. Ask the instructor."
LIVE = ("five", "ten", "more", "pause_button", "message_button", "end_button")


def as_role(desk, role):
    """Sign in again with another role's token."""
    desk.hub.role = role
    signed = desk.program.bridge.rights
    desk.hub.cut()
    desk.program.state.refresh()  # wakes the engine's thread
    desk.wait(lambda: desk.program.bridge.link is Link.UP and signed.role == ("" if role == "instructor" else role))
    desk.settle()


def rail(desk):
    return {name: button.isEnabled() for name, button in desk.program.window._rail.items()}


def entries(menu):
    return {action.text(): action for action in menu.actions() if action.text()}


def test_a_proctor_runs_the_room_and_nothing_else(desk):
    desk.program.window.show_page("rosters")
    as_role(desk, Role.PROCTOR)
    window = desk.program.window
    assert rail(desk) == {
        "exams": True, "rosters": False, "live": True, "rooms": True,
        "evidence": False, "review": False, "audit": False, "settings": True,
    }  # fmt: skip
    assert window._rail["rosters"].toolTip() == WHY_PROCTOR
    live = window.live()
    assert window.stack.currentWidget() is live  # the page of rosters would be empty
    assert all(getattr(live.commands, name).isEnabled() for name in LIVE)
    live.table.choose(next(one.student for one in desk.program.state.rows.values() if one.session))
    menu = QMenu()
    live._fill_menu(menu)
    assert not entries(menu)["Open session"].isEnabled()
    assert entries(menu)["Open session"].toolTip() == WHY_PROCTOR
    assert entries(menu)["Pause…"].isEnabled()
    before = len(desk.hub.asked)
    live.table.opened.emit(live.selected()[0])
    assert not window.panel.isVisible()
    assert live.banner.text() == WHY_PROCTOR
    QTest.keyClick(window, Qt.Key.Key_5, Qt.KeyboardModifier.AltModifier)  # the review page's shortcut
    assert window.stack.currentWidget() is live
    assert not [ask for ask in desk.hub.asked[before:] if ask.NEEDS not in (None, "watch")]


def test_who_may_not_review_has_no_column_of_reviews_and_gets_it_back_with_the_right(desk):
    live = desk.program.window.show_page("live")
    place = [column.key for column in live.model.columns].index("review")

    def columns():
        menu = live.table.columns_menu()
        titles = [action.text() for action in menu.actions()]
        menu.deleteLater()
        return titles

    kept = live.current_view()
    assert "Review" in columns()
    as_role(desk, Role.PROCTOR)
    assert {one.review for one in desk.program.state.rows.values()} == {None}
    assert live.table.view.isColumnHidden(place)
    assert "Review" not in columns()
    live.show_view(kept)  # made by somebody who may
    assert live.table.view.isColumnHidden(place)
    live.table.view.sortByColumn(place, Qt.SortOrder.AscendingOrder)
    live.table.view.selectAll()
    live.table.view.copy()
    assert "Not reviewed" not in QGuiApplication.clipboard().text()
    as_role(desk, Role.INSTRUCTOR)
    assert not live.table.view.isColumnHidden(place)
    assert "Not reviewed" in {one.review for one in desk.program.state.rows.values()}


def test_an_auditor_sees_the_room_and_gives_no_command(desk):
    live = desk.program.window.show_page("live")
    as_role(desk, Role.AUDITOR)
    assert rail(desk)["audit"]
    assert not any(getattr(live.commands, name).isEnabled() for name in LIVE)
    assert live.commands.end_button.toolTip() == "As auditor you may not do this. Ask the instructor."
    live.commands.refresh()  # it switches buttons on by the phase of the exam
    assert not live.commands.message_button.isEnabled()
    QTest.keyClick(desk.program.window, Qt.Key.Key_P, Qt.KeyboardModifier.ControlModifier)
    assert live.sheet.isHidden()
    tabs = live.room.tabs
    enabled = {tabs.tabText(place).split(" ·")[0]: tabs.isTabEnabled(place) for place in range(tabs.count())}
    assert enabled["Hand-ins"]
    assert not enabled["Messages"]
    assert not enabled["Incidents"]
    assert not desk.asked(Pause)


def test_what_may_be_done_in_no_room_rests_in_the_menu_for_all_rooms(desk):
    page = desk.program.window.show_page("rooms")
    as_role(desk, Role.INTEGRITY_REVIEWER)
    menu = page.commands.menu()
    menu.aboutToShow.emit()
    why = "As integrity reviewer you may not do this. Ask the instructor."
    assert {(action.isEnabled(), action.toolTip()) for action in menu.actions()} == {(False, why)}
    page.sheet.show_command(commands()[0])
    assert page.sheet.lines()[0].endswith(why)
    assert not page.sheet.act.isEnabled()
    as_role(desk, Role.PROCTOR)
    menu.aboutToShow.emit()
    assert all(action.isEnabled() for action in menu.actions())


def test_an_integrity_reviewer_reviews_and_compares_and_leaves_the_rule_of_two_to_the_instructor(desk):
    queue = desk.program.window.show_page("review").queue
    pairs = desk.program.window.show_page("evidence").pairs
    as_role(desk, Role.INTEGRITY_REVIEWER)
    assert not queue.rules.two.isEnabled()
    assert queue.rules.two.toolTip().startswith("As integrity reviewer you may not")
    assert all(action.isEnabled() for action in pairs.corpora.menu().actions() if not action.isSeparator())
    assert not queue.card.looks.isEnabled()
    as_role(desk, Role.TEACHING_ASSISTANT)
    assert not any(action.isEnabled() for action in pairs.corpora.menu().actions() if action.text())


def test_with_the_instructors_token_again_everything_is_as_before(desk):
    live = desk.program.window.show_page("live")
    tip = live.commands.message_button.toolTip()
    as_role(desk, Role.AUDITOR)
    as_role(desk, Role.INSTRUCTOR)
    assert all(rail(desk).values())
    assert all(getattr(live.commands, name).isEnabled() for name in LIVE)
    assert live.commands.message_button.toolTip() == tip


@pytest.fixture
def proctors_file(tmp_path):
    """Run a hub; yield the file with which a proctor's laptop reaches it."""
    data = tmp_path / "data"
    command = [sys.executable, "-m", "examdesk.cli.main", "hub", "--exam", make_exam(tmp_path / "exam"), "--data", data]
    command += ["--host", "127.0.0.1", "--port", "0", "--no-advertise"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as hub:
        assert json.loads(hub.stdout.readline())["port"]
        file = tmp_path / "hub-proctor.json"
        write_private(file, colleague_file(data / "hub.json", "proctor", "127.0.0.1"))
        yield file
        hub.terminate()
        hub.communicate(timeout=60)


def test_a_real_hub_tells_a_proctor_what_rests(desk, proctors_file):
    desk.program.bridge.connect_to(desk.program.opening.opener(WatchedHub(path=str(proctors_file))))
    desk.wait(lambda: desk.program.bridge.rights.role == "proctor")
    desk.settle()
    assert not rail(desk)["review"]
    assert rail(desk)["live"]
    desk.wait(lambda: desk.program.window.top.hub.text() == "0 desks connected · as proctor")
    page = desk.program.window.show_page("exams")
    assert not page.running.key.save.isEnabled()
    assert page.running.key.save.toolTip() == WHY_PROCTOR
