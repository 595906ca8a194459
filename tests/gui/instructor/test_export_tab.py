"""Exports from the window: what comes is shown before, all of it is fetched or none, and every end is said."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton

from examdesk.staffapi.messages import CancelJob, FilePiece, GetFile, Job, PlanExport, StartExport
from instructor_app.pages.export_pace import Pace
from instructor_app.sample.people import session_id
from shared.problems import EnvironmentProblem


@pytest.fixture
def tab(desk, tmp_path):
    page = desk.program.window.show_page("review")
    desk.settle()
    page.show_export()
    desk.wait(lambda: page.export.kinds.chosen_size()[0] > 0)
    page.export.folder.setText(str(tmp_path / "out"))
    return page.export


def made_in(tmp_path):
    out = tmp_path / "out"
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file())


def test_what_comes_is_shown_before_with_its_size(desk, tab):
    files, _ = tab.kinds.chosen_size()
    assert f"{files} files, about" in tab.summary.text()
    words = [part.text() for part in tab.kinds.findChildren(QLabel)]
    assert any("sessions/s4000.json and" in text for text in words)
    for box in tab.what.values():
        box.setChecked(False)
    assert not tab.start.isEnabled()
    assert "at least one" in tab.summary.text()


def test_an_export_is_fetched_whole_listed_and_leaves_nothing_else(desk, tab, tmp_path):
    tab.what["bundle"].setChecked(False)
    QTest.mouseClick(tab.start, Qt.MouseButton.LeftButton)
    desk.wait(tab.banner.isVisible)
    assert set(desk.asked(StartExport)[0].what) == {"workbook", "report", "sessions", "events"}
    assert made_in(tmp_path) == ["events.csv", "integrity-report.html", "records.xlsx", "sessions/s4000.json"]
    assert "4 files" in tab.banner.text()
    links = {link.text() for link in tab.findChildren(QPushButton) if link.property("kind") == "link"}
    assert {"events.csv", "sessions"} <= links
    assert not [path for path in (tmp_path / "out").iterdir() if path.name.startswith(".")]


def test_a_cancelled_export_leaves_no_file_and_stops_the_hub(desk, tab, tmp_path):
    tab.begin()
    tab._stop()
    desk.wait(tab.banner.isVisible)
    assert tab.start.isVisible()
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())
    assert len(desk.asked(CancelJob)) == len(desk.asked(StartExport))


def test_what_fails_in_the_middle_of_fetching_leaves_no_file_and_earlier_ones_stay(desk, tab, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "events.csv").write_text("of yesterday")

    def fetch(ask):
        if ask.name == "records.xlsx":
            raise EnvironmentProblem("The hub went away.")
        return FilePiece(data=b"sample" if not ask.offset else b"")

    desk.hub._answers[GetFile] = fetch
    tab.begin()
    desk.wait(tab.banner.isVisible)
    assert tab.banner.text() == "The hub went away."
    assert made_in(tmp_path) == ["events.csv"]
    assert (tmp_path / "out" / "events.csv").read_text() == "of yesterday"


def test_a_file_outside_the_folder_is_refused(desk, tab, tmp_path):
    for name in ("../outside.csv", "/outside.csv", "C:outside.csv"):
        made = Job(job="1", done=True, share=1, sentence="", files=((name, 3),))
        desk.hub._answers[StartExport] = lambda _, made=made: made
        tab.begin()
        desk.wait(tab.banner.isVisible)
        assert "outside the folder" in tab.banner.text()
    assert made_in(tmp_path) == []


def test_an_export_into_a_file_that_stands_there_says_so(desk, tab, tmp_path):
    (tmp_path / "out").write_text("I am a file")
    tab.begin()
    desk.wait(tab.banner.isVisible)
    assert str(tmp_path / "out") in tab.banner.text()


def test_options_reach_the_hub_and_say_what_they_leave_out(desk, tab):
    tab.options.pseudonyms.setChecked(True)
    tab.options.whom.setCurrentIndex(tab.options.whom.findData("A"))
    desk.wait(lambda: not tab.what["bundle"].isEnabled())
    desk.wait(lambda: desk.asked(PlanExport)[-1].options.sections == ("A",))
    assert desk.asked(PlanExport)[-1].options.pseudonyms
    desk.wait(lambda: any("holds the whole exam" in part.text() for part in tab.kinds.findChildren(QLabel)))
    assert "bundle" not in tab.kinds.chosen()
    tab.options.pseudonyms.setChecked(False)
    tab.options.whom.setCurrentIndex(0)
    tab.options.redacting.setChecked(True)
    tab.options.redact["code"].setChecked(True)
    desk.wait(lambda: not tab.what["workbook"].isEnabled())
    tab.begin()
    desk.wait(tab.banner.isVisible)
    started = desk.asked(StartExport)[-1]
    assert (set(started.what), started.options.redact) == ({"bundle", "events"}, ("code",))


def test_sessions_that_are_chosen_in_the_queue_can_be_exported_alone(desk, tab):
    page = desk.program.window.page("review")
    page.tabs.setCurrentIndex(0)
    page.queue.table.choose(session_id(0))
    page.show_export()
    tab.options.whom.setCurrentIndex(tab.options.whom.count() - 1)
    assert "1 session chosen" in tab.options.whom.currentText()
    desk.wait(lambda: desk.asked(PlanExport)[-1].options.sessions == (session_id(0),))


def test_free_space_stands_beside_the_size_and_too_little_is_said_before_the_start(desk, tab, tmp_path):
    desk.wait(lambda: "free there" in tab.summary.text())
    assert not tab.tight.isVisible()
    tab._take_room(2_000)
    assert tab.tight.isVisible()
    assert "2 kB are free there" in tab.tight.text()
    assert tab.start.isEnabled()
    tab.folder.setText(str(tmp_path / "elsewhere"))
    assert not tab.tight.isVisible()
    desk.wait(lambda: "free there" in tab.summary.text())


@pytest.mark.parametrize(
    ("took_ms", "share", "words"),
    [
        (1_000, 0.5, ""),
        (60_000, 0.01, ""),
        (5_000, 0.5, "a few seconds left"),
        (31_000, 0.42, "about 50 s left"),
        (60_000, 0.25, "about 3 min left"),
        (60_000, 1.0, ""),
    ],
)
def test_the_time_left_is_said_as_soon_as_it_can_be_told(took_ms, share, words):
    assert Pace(1_000).left(share, 1_000 + took_ms) == words


def test_the_end_is_seen_in_a_small_window_too(desk, tab, tmp_path):
    desk.program.window.resize(1000, 640)
    tab.folder.setText(str(tmp_path / ("a long name of a folder, " * 5)))
    tab.what["bundle"].setChecked(False)
    tab.begin()
    desk.wait(tab.banner.isVisible)
    desk.wait(lambda: tab.banner.visibleRegion().boundingRect().height() == tab.banner.height())
