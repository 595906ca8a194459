"""Every way by which text gets into the editor goes by the exam's rule: input methods, the middle button, drops."""

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt
from PyQt6.QtGui import QClipboard, QDropEvent, QGuiApplication, QInputMethodEvent
from PyQt6.QtTest import QTest

from shared.events import kinds
from student_app.core.clips import Clips
from student_app.editor.find_bar import FindBar
from tests.gui.student.editor_desk import open_bench
from tests.gui.student.test_code_editor import FILE, editor_of, events
from tests.student_app.kit import content

SENTENCE = "total = sum(values) / len(values)  # the mean of all"


@pytest.fixture(params=["allow", "own", "block"])
def rule(request):
    return request.param


@pytest.fixture
def bench(tmp_path, rule):
    bench = open_bench(tmp_path, content(paste=rule))
    yield bench
    bench.desk.close()
    bench.committer.step(1)


@pytest.fixture
def editor(qtbot, bench):
    return editor_of(qtbot, bench)


def commit(editor, text):
    event = QInputMethodEvent()
    event.setCommitString(text)
    editor.inputMethodEvent(event)


def drop(editor, text):
    mime = QMimeData()
    mime.setText(text)
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    editor.dropEvent(QDropEvent(QPointF(40, 2), action, mime, button, keys))


WAYS = {
    "paste": lambda editor: (QGuiApplication.clipboard().setText(SENTENCE), editor.paste()),
    "drop": lambda editor: drop(editor, SENTENCE),
    "input method": lambda editor: commit(editor, SENTENCE),
    "selection": lambda editor: editor.put_in(SENTENCE, "selection"),
}


@pytest.mark.parametrize("way", WAYS)
def test_text_from_outside_comes_in_only_where_the_rule_lets_it(bench, editor, rule, way):
    WAYS[way](editor)
    bench.committer.step(300)
    assert bench.desk.text(FILE) == editor.text()
    if rule == "allow" and way == "input method":
        (spoken,) = events(bench.desk, kinds.Edit)
        assert (spoken.how, [change.text for change in spoken.changes]) == ("type", [SENTENCE])
    elif rule == "allow":
        (paste,) = events(bench.desk, kinds.Paste)
        assert (paste.text, paste.clip) == (SENTENCE, "outside")
    else:
        assert editor.text() == "# start\n"
        assert events(bench.desk, kinds.Paste) == []
        (refused,) = events(bench.desk, kinds.Refused)
        assert SENTENCE not in refused.detail


@pytest.mark.parametrize("way", WAYS)
def test_own_text_comes_back_in_unless_pasting_is_off(bench, editor, rule, way):
    QTest.keyClicks(editor, SENTENCE)
    WAYS[way](editor)
    bench.committer.step(300)
    pastes = [paste.clip for paste in events(bench.desk, kinds.Paste)]
    spoken = rule == "allow" and way == "input method"
    assert pastes == ([] if rule == "block" or spoken else ["own"])
    assert len(editor.text()) == len("# start\n") + len(SENTENCE) * (1 if rule == "block" else 2)


def test_a_phrase_that_an_input_method_composed_is_typing(bench, editor, rule):
    commit(editor, "变量")
    bench.committer.step(300)
    (edit,) = events(bench.desk, kinds.Edit)
    assert edit.how == "type"
    assert editor.text() == bench.desk.text(FILE) == "变量# start\n"
    assert events(bench.desk, kinds.Refused) == []


def test_what_was_pasted_into_the_field_of_replace_goes_by_the_rule(qtbot, bench, editor, rule):
    bar = FindBar()
    qtbot.addWidget(bar)
    bar.open(editor, replace=True)
    bar.needle.setText("start")
    QGuiApplication.clipboard().setText(SENTENCE)
    bar.by.paste()
    bar.replace_all()
    bench.committer.step(300)
    assert bench.desk.text(FILE) == editor.text() == (f"# {SENTENCE}\n" if rule == "allow" else "# start\n")
    assert len(events(bench.desk, kinds.Paste if rule == "allow" else kinds.Refused)) == 1
    bar.by.clear()
    QTest.keyClicks(bar.by, "typed")
    bar.needle.setText(SENTENCE if rule == "allow" else "start")
    bar.replace_all()
    assert bench.desk.text(FILE) == editor.text() == "# typed\n"


def test_the_middle_button_is_harmless_where_there_is_no_selection_to_paste(bench, editor, rule):
    clipboard = QGuiApplication.clipboard()
    clipboard.setText(SENTENCE)
    if clipboard.supportsSelection():  # of a test before, on a display of its own
        clipboard.clear(QClipboard.Mode.Selection)
    QTest.mouseClick(editor.viewport(), Qt.MouseButton.MiddleButton)
    bench.committer.step(300)
    assert editor.text() == bench.desk.text(FILE) == "# start\n"


@pytest.mark.parametrize("handed_back", ["a = 1", "a = 1\n", "\na = 1\r\n\r\n", "a = 1\r"])
def test_line_ends_of_a_clipboard_manager_do_not_make_own_text_foreign(handed_back):
    clips = Clips()
    clips.copied("a = 1\n")
    assert clips.knows(handed_back)
    assert not clips.knows(handed_back + "b = 2")
