"""What the student sees of the exam's packages: a bar while they come, a sentence when they don't."""

import msgspec
import pytest
from PyQt6.QtWidgets import QApplication, QLabel

from student_app.core.packages import PackagesView
from student_app.views.banners import Banners
from student_app.views.look import Look
from student_app.views.packages_line import PackagesLine
from student_app.views.sample import WORKING


@pytest.fixture
def look(qapp) -> Look:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    return Look(app, "light")


def test_the_waiting_room_shows_how_far_they_are(qtbot, look):
    line = PackagesLine(look)
    qtbot.addWidget(line)
    line.refresh(PackagesView())
    assert line.isHidden()
    line.refresh(PackagesView("fetching", 11_000_000, 22_000_000))
    assert "11 of 22 MB" in line._words.text()
    assert line._bar.value() == 500
    line.refresh(PackagesView("ready"))
    assert line._bar.isHidden()
    line.refresh(PackagesView("missing", sentence="No room. Tell the proctor."))
    assert line._words.text() == "No room. Tell the proctor."


def shown(banners: Banners) -> str:
    return " ".join(each.text() for each in banners.findChildren(QLabel) if not each.isHidden())


def test_at_work_late_packages_are_said_once_and_then_that_they_came(qtbot, look):
    banners = Banners(look)
    qtbot.addWidget(banners)
    coming = msgspec.structs.replace(WORKING, packages=PackagesView("fetching", 1, 2))
    banners.refresh(coming, 0)
    assert "still coming to this PC" in shown(banners)
    banners.refresh(msgspec.structs.replace(WORKING, packages=PackagesView("ready")), 0)
    assert "are ready on this PC now" in shown(banners)
