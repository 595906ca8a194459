"""The exam as a student sees it, the list before the day, and the ways to a new exam."""

import json
import tomllib
from uuid import UUID

import pytest
from PySide6.QtCore import Qt

from examdesk.staffapi.messages import GetDraw, Redraw
from instructor_app.app import Program
from instructor_app.pages.authoring.preview import sample_seed
from instructor_app.preferences import Preferences
from shared.exam.content import student_content
from shared.exam.drawing import draw
from shared.exam.template import new_exam
from tests.support.patience import PATIENCE_MS


def make(folder, uuid, questions=4, more=""):
    for path, text in new_exam(uuid, title="Vectors", questions=questions).items():
        where = folder / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text + (more if path == "exam.toml" else ""))
    return folder


def shown(program):
    page = program.window.authoring
    return None if page is None else page.author.folder


@pytest.fixture(scope="module")
def program(qapp):
    made = Program(qapp, preferences=Preferences(None), theme="light")
    made.window.resize(1280, 800)
    made.window.show()
    yield made
    made.close()
    made.window.deleteLater()


def test_samples_show_the_front_page_and_the_draw_that_students_would_get(program, tmp_path):
    folder = make(tmp_path / "quiz", UUID(int=3))
    page = program.window.edit_exam(folder)
    page.show_preview()
    preview = page.preview_page
    assert "Honor code" in preview.front.toPlainText()
    orders = set()
    for at in range(6):
        preview.who.setCurrentIndex(at)
        wanted = draw(student_content(folder), sample_seed(at + 1)).questions()
        assert tuple(preview.shown_questions()) == wanted
        orders.add(wanted)
    assert len(orders) > 1
    preview.list.setCurrentRow(preview.list.count() - 1)
    assert preview.stack.currentWidget() is preview.question
    assert preview.files.count() >= 1
    assert preview.files.widget(0).isReadOnly()
    assert not preview.again.isVisible()


def test_an_edit_shows_in_the_preview_and_a_broken_exam_says_so(program, tmp_path):
    folder = make(tmp_path / "quiz", UUID(int=3), questions=1)
    page = program.window.edit_exam(folder)
    page.show_preview()
    (folder / "questions/weather-station/question.md").write_text("# Rain\n")
    page.show_preview()
    assert page.preview_page.list.item(2).text().endswith("Rain")
    (folder / "exam.toml").write_text("uuid = 3")
    page.show_preview()
    assert page.preview_page.banner.isVisible()


def test_one_students_draw_is_redone_with_a_reason(desk, tmp_path, qtbot):
    folder = make(tmp_path / "quiz", UUID(hex=desk.program.state.exam.exam))
    page = desk.program.window.edit_exam(folder)
    assert page.running.isVisible()
    page.show_preview()
    preview = page.preview_page
    desk.settle()
    row = next(one for one in desk.program.state.rows.values() if one.session == preview.sitter().session)
    assert row.name in preview.who.currentText()
    assert desk.asked(GetDraw)[-1].session == row.session
    assert "recorded" in preview.note.text()
    preview.again.click()
    preview.do.click()
    assert desk.asked(Redraw) == []
    qtbot.keyClicks(preview.reason, "question 2 was known")
    qtbot.keyClick(preview.reason, Qt.Key.Key_Return)
    desk.wait(preview.banner.isVisible)
    (request,) = desk.asked(Redraw)
    assert (request.session, request.reason) == (row.session, "question 2 was known")
    desk.wait(lambda: "1 time" in preview.note.text())


def test_the_list_before_the_day_says_what_to_do_and_leads_there(program, tmp_path):
    folder = make(tmp_path / "quiz", UUID(int=3))
    source = (folder / "exam.toml").read_text()
    (folder / "exam.toml").write_text(source.replace("packages = []", 'packages = ["numpy"]'))
    page = program.window.edit_exam(folder)
    page.show_ready()
    ready = page.ready_page
    assert ready.state_of("packages") == "missing"
    assert ready.state_of("roster") == "unknown"
    assert "1 to do" in ready.summary.text()
    ready.go_wanted.emit("interpreter:()")
    assert page.sides.currentWidget() is page.editor
    assert page.leaf().collect.isEnabled()
    assert "Nothing is collected" in page.leaf().found.text()


def test_the_roster_of_the_running_exam_counts(desk, tmp_path):
    folder = make(tmp_path / "quiz", UUID(hex=desk.program.state.exam.exam))
    page = desk.program.window.edit_exam(folder)
    page.show_ready()
    desk.wait(lambda: page.ready_page.state_of("roster") != "unknown")
    assert "student" in next(item.said for item in page.ready_page.items if item.name == "roster")
    desk.wait(lambda: page.ready_page.state_of("pcs") == "missing")
    said = {item.name: item.said for item in page.ready_page.items}
    assert "2 have something in the way" in said["pcs"]
    assert "PCs agree with it" in said["clock"]
    page.ready_page.go_wanted.emit("pcs")
    desk.settle()
    assert desk.program.window.live().room.pcs.isVisible()


def test_a_running_exams_times_wait_until_they_are_applied(desk, tmp_path, qtbot):
    folder = make(tmp_path / "quiz", UUID(hex=desk.program.state.exam.exam))
    before = (folder / "exam.toml").read_text()
    page = desk.program.window.edit_exam(folder)
    page.outline.choose("schedule:()")
    leaf = page.leaf()
    desk.wait(lambda: len(leaf.times.model.all_rows()) == 24)
    assert leaf.bar.isVisible()
    duration = leaf.forms[0].rows["duration"].field
    duration.box.setValue(90)
    assert (folder / "exam.toml").read_text() == before
    desk.wait(lambda: "24 students" in leaf.waiting.text())
    assert leaf.times.changed() == 24
    leaf.discard.click()
    assert duration.box.value() == 60
    duration.box.setValue(75)
    desk.wait(lambda: leaf.times.changed() == 24)
    leaf.apply.click()
    assert (folder / "exam.toml").read_text() == before.replace("duration = 60", "duration = 75")
    assert leaf.times._staged.waiting == 0


def test_a_new_exam_is_made_of_an_earlier_one(program, tmp_path, qtbot):
    old = make(tmp_path / "old", UUID(int=3))
    page = program.window.show_page("exams")
    page.copy(old)
    form = page.new_exam
    assert form.isVisible()
    form.folder.setText(str(tmp_path / "new"))
    form.title.setText("Matrices")
    form.make.click()
    qtbot.waitUntil((tmp_path / "new" / "exam.toml").exists, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: shown(program) == tmp_path / "new", timeout=PATIENCE_MS)
    toml = tomllib.loads((tmp_path / "new" / "exam.toml").read_text())
    assert toml["title"] == "Matrices"
    assert toml["uuid"] != str(UUID(int=3))
    assert program.window.authoring.author.now.sound


def test_a_prairielearn_assessment_comes_in_with_its_report(program, tmp_path, qtbot):
    where = tmp_path / "course/courseInstances/Fa/assessments/quiz"
    where.mkdir(parents=True)
    (tmp_path / "course/infoCourse.json").write_text(json.dumps({"uuid": str(UUID(int=9)), "name": "CS", "title": "C"}))
    info = {
        "uuid": str(UUID(int=5)),
        "type": "Exam",
        "title": "Loops",
        "set": "Quiz",
        "number": "1",
        "honorBadge": "gold",
        "zones": [{"questions": [{"id": "sum", "points": 5}]}],
    }
    (where / "infoAssessment.json").write_text(json.dumps(info))
    question = tmp_path / "course/questions/sum"
    question.mkdir(parents=True)
    (question / "info.json").write_text(json.dumps({"uuid": str(UUID(int=6)), "title": "Sum", "type": "v3"}))
    (question / "question.html").write_text("<p>Add them.</p>")
    page = program.window.show_page("exams")
    page.show_new()
    form = page.new_exam
    form.start.setCurrentIndex(2)
    form.make.click()
    assert form.problem.isVisible()
    form.source.setText(str(where))
    form.folder.setText(str(tmp_path / "quiz"))
    form.make.click()
    qtbot.waitUntil(page.report.isVisible, timeout=PATIENCE_MS)
    assert "honorBadge" in {row.field for row in page.report.model.all_rows()}
    page.report.edit_wanted.emit(tmp_path / "quiz")
    assert program.window.authoring.author.now.exam.title == "Loops"


def test_an_exam_is_packed_into_one_file(program, tmp_path, qtbot):
    page = program.window.edit_exam(make(tmp_path / "quiz", UUID(int=3)))
    page.pack_into(tmp_path / "quiz.exam")
    qtbot.waitUntil(page.banner.isVisible, timeout=PATIENCE_MS)
    assert (tmp_path / "quiz.exam").stat().st_size > 1000
