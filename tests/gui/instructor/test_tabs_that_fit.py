"""Every tab beside the code stays in sight, at the sizes of classroom laptops."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from instructor_app.widgets.fitting_tabs import FittingTabs

STUDENT = "s4000"
TITLES = ["Runs", "Events", "Search", "Texts", "Signals", "Messages"]


def played(desk, width, height):
    window = desk.program.window
    window.resize(width, height)
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page.view is not None)
    desk.settle()
    return page


def arrows(tabs):
    return [each for each in tabs.tabBar().findChildren(QToolButton) if each.isVisible()]


@pytest.mark.parametrize(("width", "height"), [(1280, 800), (1024, 700)])
def test_all_tabs_beside_the_code_are_reached_without_arrows(desk, width, height):
    side = played(desk, width, height).side
    desk.wait(lambda: not arrows(side))
    for place in range(side.count()):
        middle = side.tabBar().tabRect(place).center()
        assert side.tabBar().rect().contains(side.tabBar().tabRect(place))
        QTest.mouseClick(side.tabBar(), Qt.MouseButton.LeftButton, pos=middle)
        assert side.currentIndex() == place
        assert side.tabText(place).startswith(TITLES[place])  # the chosen one has its word at every width
        assert not arrows(side)
    assert [side.tabBar().accessibleTabName(place).split()[0] for place in range(side.count())] == TITLES


def test_tabs_give_up_counts_before_they_are_out_of_sight_and_take_words_back(desk, qtbot):
    tabs = FittingTabs(desk.program.kit.look, "Beside")
    qtbot.addWidget(tabs)
    parts = [QWidget() for _ in TITLES]
    for part, title in zip(parts, TITLES, strict=True):
        tabs.add(part, title, "flag")
        tabs.count_at(part, 1234)
    tabs.resize(900, 300)
    tabs.show()
    assert [tabs.tabText(place) for place in range(6)] == [f"{title} 1234" for title in TITLES]
    tabs.resize(480, 300)
    assert [tabs.tabText(place) for place in range(6)] == ["Runs 1234", *TITLES[1:]]
    assert tabs.tabIcon(5).isNull()
    tabs.resize(340, 300)
    assert tabs.tabText(0) == "Runs 1234"
    assert [tabs.tabText(place) for place in range(1, 6)] == [""] * 5
    assert tabs.tabToolTip(5) == "Messages 1234"
    assert not tabs.tabIcon(5).isNull()
    desk.wait(lambda: not arrows(tabs))
    QTest.keyClick(tabs.tabBar(), Qt.Key.Key_Right)
    assert (tabs.currentIndex(), tabs.tabText(1), tabs.tabText(0)) == (1, "Events 1234", "")
    tabs.resize(900, 300)
    assert tabs.tabText(0) == "Runs 1234"
    assert tabs.tabIcon(0).isNull()


def test_the_session_view_never_makes_a_small_window_wider_while_it_loads_and_with_two_records(desk):
    window = desk.program.window
    window.resize(1024, 700)
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    page.progress.show()
    page.controls.live.show()
    assert window.minimumSizeHint().width() <= 1024
    page.progress.hide()
    page.tracks.addItem("A side branch on another PC of the same room")
    page.tracks.show()
    assert window.minimumSizeHint().width() <= 1024
    assert window.width() == 1024
