"""The window with the real engine: exams made and checked, a hub started, watched, left and found again."""

import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from examdesk.staffapi.client import read_hub_file
from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.engine import data_folder, read_findings, sentence_of
from instructor_app.preferences import Preferences
from tests.support.patience import PATIENCE_MS

ROOT = Path(__file__).parents[3]


@pytest.fixture
def start(qapp):
    made = []

    def make(data: Path) -> Program:
        made.append(Program(qapp, preferences=Preferences(None), theme="light", data=data, name="Dr. Sato"))
        made[-1].window.show()
        return made[-1]

    yield make
    for program in made:
        program.close()
        program.window.deleteLater()


@pytest.fixture
def exam(tmp_path):
    folder = tmp_path / "quiz"
    command = [
        sys.executable,
        "-m",
        "examdesk.cli.main",
        "exam",
        "new",
        str(folder),
        "--title",
        "Quiz",
        "--questions",
        "1",
    ]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    return folder


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    yield folder
    hub_file = folder / "hub.json"
    if hub_file.exists():
        process = psutil.Process(read_hub_file(hub_file).pid)
        process.terminate()
        process.wait(15)


def test_a_new_exam_is_made_by_the_engine(qtbot, start, tmp_path):
    program = start(tmp_path / "data")
    form = program.window.page("exams").new_exam
    program.window.page("exams").show_new()
    form.title.setText("Quiz 3")
    form.folder.setText(str(tmp_path / "new"))
    form.make.click()
    qtbot.waitUntil(lambda: (tmp_path / "new" / "exam.toml").exists() and not form.isVisible(), timeout=PATIENCE_MS)
    assert program.kit.preferences.recent()[0].path == str(tmp_path / "new")


def test_mistakes_are_listed_with_their_lines_and_nothing_starts(qtbot, start, tmp_path, exam):
    toml = exam / "exam.toml"
    toml.write_text(toml.read_text().replace("duration = 60", 'duration = "long"'))
    program = start(tmp_path / "data")
    page = program.window.page("exams")
    page.check_and_open(exam)
    qtbot.waitUntil(page.findings.isVisible, timeout=PATIENCE_MS)
    errors = [finding for finding in page.findings.model.shown_rows() if finding.severity == "error"]
    assert [(finding.file, finding.line is not None) for finding in errors] == [("exam.toml", True)]
    assert not (tmp_path / "data" / "hub.json").exists()


def test_a_hub_outlives_the_window_and_the_next_window_finds_it(qtbot, start, data, exam):
    first = start(data)
    first.window.page("exams").check_and_open(exam)
    qtbot.waitUntil(lambda: first.state.exam is not None, timeout=PATIENCE_MS)
    assert first.state.exam.phase == "waiting"
    roster = first.window.show_page("rosters")
    roster.add.student.setText("s1")
    roster.add.name.setText("Ada Byron")
    roster.add.put.click()
    qtbot.waitUntil(lambda: "s1" in first.state.rows, timeout=PATIENCE_MS)
    live = first.window.show_page("live")
    live.commands.open_exam()
    qtbot.waitUntil(lambda: live.sheet.preview.known, timeout=PATIENCE_MS)
    live.sheet.do()
    qtbot.waitUntil(live.banner.isVisible, timeout=PATIENCE_MS)
    assert live.sheet.plan is None
    first.close()
    assert psutil.pid_exists(read_hub_file(data / "hub.json").pid)
    second = start(data)
    assert second.opening.reconnect()
    qtbot.waitUntil(lambda: second.bridge.link is Link.UP and bool(second.state.rows), timeout=PATIENCE_MS)
    assert second.state.rows["s1"].name == "Ada Byron"


def test_a_hub_that_cannot_start_says_why(qtbot, start, tmp_path):
    program = start(tmp_path / "data")
    said = []
    program.opening.failed.connect(said.append)
    program.opening.open_exam(tmp_path / "no-such-exam")
    qtbot.waitUntil(lambda: bool(said), timeout=PATIENCE_MS)
    assert "no-such-exam" in said[0]
    assert "Traceback" not in said[0]


def test_records_are_kept_by_the_exams_id(exam, tmp_path):
    moved = tmp_path / "moved"
    before = data_folder(exam)
    exam.rename(moved)
    assert data_folder(moved) == before


def test_what_a_command_said_loses_the_programs_name():
    assert sentence_of(b"warning: x\nexamdesk: The folder is full.\n") == "The folder is full."
    assert read_findings(b"not json") == []


@pytest.mark.parametrize(("page", "theme"), [("live", "dark"), ("session", "light"), ("exams-empty", "contrast")])
def test_any_page_is_rendered_to_a_picture(page, theme, tmp_path):
    picture = tmp_path / "page.png"
    command = [
        sys.executable,
        "-m",
        "instructor_app.main",
        "--screenshot",
        str(picture),
        "--page",
        page,
        "--theme",
        theme,
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert int.from_bytes(picture.read_bytes()[16:20], "big") == 1280


def test_records_without_a_hub_are_never_shown_as_the_sample_class(qtbot, start, tmp_path):
    program = start(tmp_path)
    assert not program.opening.reconnect()
    program.window.say_no_hub(program.opening.absence())
    assert str(tmp_path) in program.window.page("exams").banner.text()
    assert program.state.exam is None


@pytest.mark.parametrize("option", ["--data", "--hub-file"])
def test_a_picture_of_a_hub_that_is_not_there_is_refused(option, tmp_path):
    picture = tmp_path / "page.png"
    where = tmp_path if option == "--data" else tmp_path / "hub.json"
    command = [sys.executable, "-m", "instructor_app.main", "--screenshot", str(picture), option, str(where)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "No hub serves" in done.stderr
    assert not picture.exists()


def test_an_unknown_page_is_refused_with_the_list(tmp_path):
    command = [sys.executable, "-m", "instructor_app.main", "--screenshot", str(tmp_path / "x.png"), "--page", "moon"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert "There is no page moon" in done.stderr
