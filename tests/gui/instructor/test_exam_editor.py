"""The exam editor: what is typed and clicked ends in the files, and nothing is lost."""

import shutil
import tomllib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractItemView

from instructor_app.app import Program
from instructor_app.pages.authoring.fields import field_for
from instructor_app.pages.authoring.outline import Node, drop_spot
from instructor_app.pages.authoring.page import AuthoringPage
from instructor_app.pages.authoring.question import QuestionPage
from instructor_app.preferences import Preferences
from shared.exam import question_edits
from shared.exam.schema import all_fields
from shared.exam.template import new_exam
from tests.support.patience import PATIENCE_MS


@dataclass
class Editor:
    """The editor with a new exam of two questions."""

    program: Program
    page: AuthoringPage
    folder: object
    bot: object

    def toml(self):
        return tomllib.loads((self.folder / "exam.toml").read_text())

    def ids(self):
        return list(question_edits.question_places(self.toml()))

    def type_into(self, widget, text):
        widget.setFocus()
        self.bot.keyClick(widget, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self.bot.keyClicks(widget, text)

    def wait(self, ready):
        self.bot.waitUntil(ready, timeout=PATIENCE_MS)

    def question(self, name):
        assert self.page.outline.choose(f"question:{name}")
        leaf = self.page.leaf()
        assert isinstance(leaf, QuestionPage)
        return leaf


@pytest.fixture(scope="module")
def program(qapp):
    """One window for all tests; each edits an exam of its own in it."""
    made = Program(qapp, preferences=Preferences(None), theme="light")
    made.window.resize(1280, 800)
    yield made
    made.close()
    made.window.deleteLater()


@pytest.fixture
def editor(qtbot, qapp, tmp_path, program):
    for path, text in new_exam(UUID(int=7), title="Vectors", course="CS 101").items():
        where = tmp_path / "quiz" / path
        where.parent.mkdir(parents=True, exist_ok=True)
        where.write_text(text)
    page = program.window.edit_exam(tmp_path / "quiz")
    with qtbot.waitActive(program.window, timeout=PATIENCE_MS):
        program.window.show()
        program.window.activateWindow()
    return Editor(program, page, tmp_path / "quiz", qtbot)


def test_a_field_is_written_on_leaving_it_and_undo_takes_it_back(editor):
    before = (editor.folder / "exam.toml").read_text()
    form = editor.page.leaf().forms[0]
    line = form.rows["title"].field.control()
    editor.type_into(line, "Matrices")
    assert editor.toml()["title"] == "Vectors"
    editor.bot.keyClick(line, Qt.Key.Key_Return)
    assert editor.toml()["title"] == "Matrices"
    assert "Matrices" in editor.page.name.whole()
    after = (editor.folder / "exam.toml").read_text()
    assert after == before.replace('title = "Vectors"', 'title = "Matrices"')
    editor.page.undo.click()
    assert (editor.folder / "exam.toml").read_text() == before
    assert line.text() == "Vectors"


def test_looking_at_every_part_changes_nothing_and_each_fits_a_small_screen(editor):
    before = {path: path.read_bytes() for path in editor.folder.rglob("*") if path.is_file()}
    for key in editor.page.outline.lines():
        assert editor.page.outline.choose(key)
        editor.page.flush()
        least = editor.program.window.minimumSizeHint()
        assert (least.width() <= 1024, least.height() <= 700) == (True, True), key
    assert {path: path.read_bytes() for path in editor.folder.rglob("*") if path.is_file()} == before
    assert editor.page.author.draft.undo_label == ""


def test_a_value_that_can_not_be_is_said_at_the_field_and_not_written(editor):
    form = editor.page.leaf().forms[0]
    row = form.rows["title"]
    editor.type_into(row.field.control(), "x" * 201)
    editor.bot.keyClick(row.field.control(), Qt.Key.Key_Return)
    assert editor.toml()["title"] == "Vectors"
    assert row.wrong.isVisible()
    assert "200" in row.wrong.text()
    editor.page.outline.choose("schedule:()")
    start = editor.page.leaf().forms[0].rows["start"]
    editor.type_into(start.field.control(), "tomorrow")
    editor.bot.keyClick(start.field.control(), Qt.Key.Key_Return)
    assert "tomorrow" in start.wrong.text()
    assert "start" not in editor.toml()["schedule"]
    editor.type_into(start.field.control(), "2026-10-05 09:00")
    editor.bot.keyClick(start.field.control(), Qt.Key.Key_Return)
    assert editor.toml()["schedule"]["start"] == "2026-10-05T09:00"
    assert not start.wrong.isVisible()


def test_questions_are_added_moved_copied_renamed_and_taken_out_by_keys(editor):
    outline = editor.page.outline
    tree = outline.tree
    editor.question("weather-station")
    tree.setFocus()
    editor.bot.keyClick(tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert editor.ids() == ["parking-meter", "weather-station"]
    editor.bot.keyClick(tree, Qt.Key.Key_D, Qt.KeyboardModifier.ControlModifier)
    assert editor.ids() == ["parking-meter", "weather-station", "weather-station-2"]
    assert outline.node().name == "weather-station-2"
    tree.setFocus()
    editor.bot.keyClick(tree, Qt.Key.Key_F2)
    name = editor.page.leaf().name
    editor.wait(name.hasFocus)
    editor.type_into(name, "rain")
    editor.bot.keyClick(name, Qt.Key.Key_Return)
    assert editor.ids() == ["parking-meter", "weather-station", "rain"]
    assert (editor.folder / "questions" / "rain" / "question.md").exists()
    assert outline.node().name == "rain"
    assert editor.page.leaf().built_for == "rain"
    tree.setFocus()
    editor.bot.keyClick(tree, Qt.Key.Key_Delete)
    assert editor.ids() == ["parking-meter", "weather-station"]
    assert not (editor.folder / "questions" / "rain").exists()
    assert editor.page.banner.isVisible()
    editor.page.undo.click()
    assert editor.ids() == ["parking-meter", "weather-station", "rain"]
    outline.actions_["question"].trigger()
    assert editor.ids()[-1].startswith("new-question") or "new-question" in editor.ids()
    assert editor.page.author.now.sound


def test_a_bad_name_of_a_question_is_refused_and_the_old_one_stays(editor):
    leaf = editor.question("parking-meter")
    editor.type_into(leaf.name, "weather station!")
    editor.bot.keyClick(leaf.name, Qt.Key.Key_Return)
    assert "folder" in editor.page.banner.text()
    assert leaf.name.text() == "parking-meter"
    assert editor.ids() == ["weather-station", "parking-meter"]


def test_zones_and_alternatives(editor):
    outline = editor.page.outline
    editor.question("weather-station")
    outline.actions_["group"].trigger()
    group = editor.toml()["zones"][0]["questions"][0]
    assert [each["id"] for each in group["alternatives"]] == ["weather-station", "parking-meter"]
    assert group["number_choose"] == 1
    outline.choose("group:('zones', 0, 'questions', 0)")
    outline.actions_["ungroup"].trigger()
    assert editor.ids() == ["weather-station", "parking-meter"]
    outline.actions_["zone"].trigger()
    assert outline.node().kind == "zone"
    assert len(editor.page.author.now.findings) > 0
    editor.question("parking-meter")
    outline.tree.setFocus()
    editor.bot.keyClick(outline.tree, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert [len(zone["questions"]) for zone in editor.toml()["zones"]] == [1, 1]
    assert outline.node().name == "parking-meter"


def test_dropping_a_line_says_where_it_goes():
    on, above, below = (
        QAbstractItemView.DropIndicatorPosition.OnItem,
        QAbstractItemView.DropIndicatorPosition.AboveItem,
        QAbstractItemView.DropIndicatorPosition.BelowItem,
    )
    here = ("zones", 0, "questions")
    question = Node("question", "a", (*here, 0))
    count = {here: 3, ("zones",): 2}.get
    assert drop_spot(question, Node("question", "c", (*here, 2)), below, count) == (here, 2)
    assert drop_spot(question, Node("question", "c", (*here, 2)), above, count) == (here, 1)
    assert drop_spot(question, Node("zone", "", ("zones", 0)), on, count) == (here, 2)
    there = ("zones", 1, "questions")
    assert drop_spot(question, Node("question", "x", (*there, 0)), above, count) == (there, 0)
    group = Node("group", "", (*here, 1))
    alternatives = (*here, 1, "alternatives")
    assert drop_spot(question, group, on, {alternatives: 2}.get) == (alternatives, 2)
    assert drop_spot(group, Node("question", "x", (*there, 0, "alternatives", 0)), below, count) is None
    assert drop_spot(Node("zone", "", ("zones", 0)), Node("zone", "", ("zones", 1)), below, count) == (("zones",), 1)
    assert drop_spot(question, Node("desk"), on, count) is None


def test_a_line_that_the_mouse_drops_moves_its_question(editor):
    tree = editor.page.outline.tree
    editor.question("weather-station")
    spot = tree.visualItemRect(editor.page.outline._items["question:parking-meter"]).center()
    mime = tree.model().mimeData([tree.currentIndex()])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    tree.dropEvent(QDropEvent(QPointF(spot), Qt.DropAction.MoveAction, mime, buttons, keys))
    assert editor.ids() == ["parking-meter", "weather-station"]
    assert editor.page.outline.node().name == "weather-station"


def test_the_text_of_a_question_is_saved_while_typing_and_shown_as_students_see_it(editor):
    leaf = editor.question("parking-meter")
    pane = leaf.prompt.pane
    pane.editor.setFocus()
    pane.editor.load("")
    editor.bot.keyClicks(pane.editor, "# Lots")
    editor.bot.keyClick(pane.editor, Qt.Key.Key_Return)
    editor.bot.keyClicks(pane.editor, "Some **strong** words")
    file = editor.folder / "questions" / "parking-meter" / "question.md"
    editor.wait(lambda: file.read_text() == "# Lots\nSome **strong** words")
    editor.wait(lambda: leaf.prompt.view.toPlainText().startswith("Lots"))
    assert "<b>" in leaf.prompt.view.toHtml() or "font-weight" in leaf.prompt.view.toHtml()
    assert editor.page.outline._items["question:parking-meter"].text(0) == "Lots"


def test_starter_files_are_edited_added_and_named_as_main(editor):
    leaf = editor.question("parking-meter")
    leaf.tabs.setCurrentWidget(leaf.starter)
    leaf.starter.make("helper.py")
    pane = leaf.starter.pane()
    pane.editor.load("")
    pane.editor.setFocus()
    editor.bot.keyClicks(pane.editor, "def f(x):")
    editor.bot.keyClick(pane.editor, Qt.Key.Key_Return)
    editor.bot.keyClicks(pane.editor, "return x")
    leaf.flush()
    starter = editor.folder / "questions" / "parking-meter" / "starter"
    assert (starter / "helper.py").read_text() == "def f(x):\n    return x"
    leaf.starter.main.click()
    assert editor.toml()["zones"][0]["questions"][1]["main"] == "helper.py"
    leaf.starter.make("main.py")
    assert "already" in editor.page.banner.text()
    leaf.starter.give_name("tools.py")
    assert sorted(path.name for path in starter.iterdir()) == ["main.py", "tools.py"]
    assert any("helper.py" in each.sentence for each in editor.page.author.now.findings)


def test_checks_are_written_for_students_or_hidden(editor):
    leaf = editor.question("parking-meter")
    leaf.checks.files.begin("check_price.py")
    leaf.checks.hidden.setChecked(True)
    leaf.checks.files.begin("check_days.py")
    leaf.checks.files._pane.editor.load("assert True\n")
    leaf.flush()
    folder = editor.folder / "questions" / "parking-meter"
    assert (folder / "checks" / "check_price.py").exists()
    assert (folder / "hidden-checks" / "check_days.py").read_text() == "assert True\n"
    assert leaf.tabs.tabText(leaf.tabs.indexOf(leaf.checks)) == "Checks 2"
    leaf.show_file("checks/check_price.py", 1)
    assert leaf.checks.files.chosen() == "check_price.py"
    assert editor.page.author.now.sound


def test_data_files_come_from_the_disk_and_never_over_another(editor, tmp_path):
    leaf = editor.question("weather-station")
    (tmp_path / "more.csv").write_text("a,b\n")
    (tmp_path / "blob.bin").write_bytes(b"\0\1")
    leaf.data.take_in([tmp_path / "more.csv", tmp_path / "blob.bin"])
    data = editor.folder / "questions" / "weather-station" / "data"
    assert (data / "blob.bin").read_bytes() == b"\0\1"
    (tmp_path / "temperatures.csv").write_text("mine")
    leaf.data.take_in([tmp_path / "temperatures.csv"])
    assert "already" in editor.page.banner.text()
    assert "mine" not in (data / "temperatures.csv").read_text()
    leaf.data.choose("more.csv")
    leaf.data.remove()
    assert not (data / "more.csv").exists()
    editor.page.undo.click()
    assert (data / "more.csv").read_text() == "a,b\n"


def test_an_edit_from_outside_appears_and_a_conflict_is_asked_once(editor):
    leaf = editor.question("parking-meter")
    file = editor.folder / "questions" / "parking-meter" / "question.md"
    file.write_text("# From outside\n")
    editor.wait(lambda: leaf.prompt.pane.text() == "# From outside\n")
    pane = leaf.prompt.pane
    pane.editor.setFocus()
    editor.bot.keyClicks(pane.editor, "x")
    typed = pane.text()
    file.write_text("# Again from outside\n")
    editor.wait(pane.banner.isVisible)
    assert pane.text() == typed
    pane.flush()
    assert file.read_text() == "# Again from outside\n"
    pane.banner._act.click()
    assert file.read_text() == typed
    editor.bot.keyClicks(pane.editor, "y")
    file.write_text("# Third\n")
    editor.wait(pane.banner.isVisible)
    pane.banner._other.click()
    assert pane.text() == "# Third\n"
    assert file.read_text() == "# Third\n"


def test_a_broken_exam_file_is_said_and_can_be_mended_here(editor):
    where = editor.folder / "exam.toml"
    good = where.read_text()
    where.write_text(good.replace("draft", "draft").replace("[desk]", "[desk"))
    editor.wait(lambda: editor.page.author.broken != "")
    assert editor.page.banner.isVisible()
    assert not editor.page.open.isEnabled()
    finding = next(each for each in editor.page.author.now.findings if each.severity == "error")
    editor.page.go_to(finding)
    files = editor.page.leaf()
    pane = files._pane
    assert pane.path == "exam.toml"
    pane.editor.setFocus()
    pane.editor.load(good)
    pane.flush()
    assert editor.page.author.broken == ""
    assert editor.page.open.isEnabled()


def test_what_is_typed_is_kept_when_the_question_goes_and_a_lost_exam_file_is_never_made_up(editor):
    leaf = editor.question("parking-meter")
    pane = leaf.prompt.pane
    pane.editor.setFocus()
    editor.bot.keyClicks(pane.editor, "kept ")
    where = editor.folder / "exam.toml"
    good = where.read_text()
    shutil.rmtree(editor.folder / "questions" / "parking-meter")
    where.write_text(good.replace('  { id = "parking-meter" },\n', ""))
    editor.page.author.look()
    assert (editor.folder / "questions/parking-meter/question.md").read_text().startswith("kept ")
    assert "kept in" in editor.page.banner.text()
    for data in (None, b"\xff\xfex"):
        where.unlink(missing_ok=True)
        if data is not None:
            where.write_bytes(data)
        editor.page.author.look()
        assert editor.page.author.broken
        editor.page.outline.add_question()
        editor.page.outline.choose("exam:()")
        title = editor.page.leaf().forms[0].rows["title"].field
        title.line.setText("Lost")
        title.flush()
        assert (where.read_bytes() if where.exists() else None) == data
    where.write_text(good)
    editor.page.author.look()
    assert editor.page.author.broken == ""


def test_a_question_that_is_written_as_a_bare_id_gets_fields_and_another_name_too(editor):
    where = editor.folder / "exam.toml"
    where.write_text(where.read_text().replace('{ id = "parking-meter" }', '"parking-meter"'))
    editor.page.author.look()
    leaf = editor.question("parking-meter")
    title = leaf.form.rows["title"].field
    title.line.setText("Meter")
    title.flush()
    assert editor.toml()["zones"][0]["questions"][1] == {"id": "parking-meter", "title": "Meter"}
    where.write_text(where.read_text().replace('{ id = "weather-station" }', '"weather-station"'))
    editor.page.author.look()
    leaf = editor.question("weather-station")
    leaf.name.setText("weather")
    leaf._rename()
    assert editor.ids() == ["weather", "parking-meter"]


def test_each_mistake_leads_to_its_field(editor):
    where = editor.folder / "exam.toml"
    where.write_text(
        where.read_text()
        .replace('paste = "allow"', 'paste = "perhaps"')
        .replace('{ id = "parking-meter" }', '{ id = "parking-meter", main = "gone.py" }')
        .replace("duration = 60", "duration = 0")
    )
    (editor.folder / "questions" / "weather-station" / "question.md").write_text("")
    editor.page.author.look()
    seen = {}
    for finding in editor.page.author.now.findings:
        editor.page.go_to(finding)
        seen[finding.field or finding.file] = editor.page.outline.node().key
    assert seen["desk.paste"] == "desk:()"
    assert seen["schedule.duration"] == "schedule:()"
    assert seen["zones[1].questions[2].main"] == "question:parking-meter"
    assert seen["questions/weather-station/question.md"] == "question:weather-station"
    editor.page.go_to(next(each for each in editor.page.author.now.findings if each.field == "desk.paste"))
    assert editor.page.leaf().forms[0].rows["paste"].wrong.isVisible()
    assert editor.page.outline._items["desk:()"].text(1) == "1"


def test_rules_and_extra_time_show_their_effect_at_once(editor):
    editor.page.outline.choose("access:()")
    leaf = editor.page.leaf()
    rules, extra = leaf.forms
    extra.add.click()
    students = extra.form.rows["students"].field
    students.text.setFocus()
    editor.bot.keyClicks(students.text, "s1, s2")
    leaf.flush()
    assert editor.toml()["accommodations"] == [{"students": ["s1", "s2"], "factor": 1.5}]
    rows = lambda: {one.person.student: one.now.minutes for one in leaf.times.model.all_rows()}  # noqa: E731
    editor.wait(lambda: rows().get("s2") == 90)
    rules.add.click()
    rules.add.click()
    assert [each["name"] for each in editor.toml()["access"]] == ["Rule 1", "Rule 2"]
    rules.up.click()
    assert [each["name"] for each in editor.toml()["access"]] == ["Rule 2", "Rule 1"]
    rules.drop.click()
    assert [each["name"] for each in editor.toml()["access"]] == ["Rule 1"]
    assert rules.list.count() == 1


def test_attachments_come_from_the_disk_and_go_with_undo(editor, tmp_path):
    editor.page.outline.choose("instructions:()")
    attachments = editor.page.leaf().attachments
    (tmp_path / "formulas.pdf").write_bytes(b"%PDF-1.4")
    attachments.take_in([tmp_path / "formulas.pdf"])
    assert editor.toml()["attachments"] == ["attachments/formulas.pdf"]
    assert (editor.folder / "attachments" / "formulas.pdf").read_bytes() == b"%PDF-1.4"
    assert editor.page.author.now.sound
    attachments.list.setCurrentRow(0)
    attachments.drop.click()
    assert "attachments" not in editor.toml()
    assert not (editor.folder / "attachments").exists()
    editor.page.undo.click()
    assert editor.toml()["attachments"] == ["attachments/formulas.pdf"]
    assert (editor.folder / "attachments" / "formulas.pdf").exists()


def test_everybody_of_a_class_list_is_shown_before_the_hub_runs(editor, tmp_path):
    editor.page.outline.choose("access:()")
    leaf = editor.page.leaf()
    (tmp_path / "class.csv").write_text("id,name,section,tags\ns1,Ada,A,slow\ns2,Bo,A,\n")
    leaf.times.read_list(tmp_path / "class.csv")
    rows = lambda: {one.name: one.now.minutes for one in leaf.times.model.all_rows()}  # noqa: E731
    editor.wait(lambda: rows() == {"Ada": 60, "Bo": 60})
    leaf.forms[1].add.click()
    tags = leaf.forms[1].form.rows["tags"].field
    tags.text.setPlainText("slow")
    tags.flush()
    editor.wait(lambda: rows() == {"Ada": 90, "Bo": 60})
    leaf.times.read_list(tmp_path / "gone.csv")
    editor.wait(lambda: "gone.csv" in leaf.times.note.text() and "Reading" not in leaf.times.note.text())


def test_a_packed_exam_is_unpacked_before_it_is_edited(editor, tmp_path):
    from shared.exam.packing import pack

    (tmp_path / "other.exam").write_bytes(pack(editor.folder))
    page = editor.program.window.show_page("exams")
    page.edit(tmp_path / "other.exam")
    assert "unpacked" in page.banner.text()
    page.banner._act.click()
    editor.wait(lambda: editor.program.window.authoring.author.folder == tmp_path / "other")
    assert editor.program.window.authoring.author.now.sound


def test_a_value_of_the_wrong_kind_in_any_field_is_shown_and_breaks_nothing(program, qtbot):
    odd = (2, "words", True, 1.5, ["a", 2], [[1]], {"a": 1}, datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 2), [])
    for _, spec in all_fields():
        field = field_for(spec, program.look, program.kit.clock)
        qtbot.addWidget(field)
        said = []
        field.committed.connect(said.append)
        for value in odd:
            field.show_value(value)
        assert not said, "showing a value writes nothing"
