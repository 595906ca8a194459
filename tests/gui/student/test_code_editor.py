"""What is typed, pasted, undone and moved in the editor is what the desk records."""

import random

import pytest
from PyQt6.QtCore import QMimeData, QPointF, Qt
from PyQt6.QtGui import QDropEvent, QFont, QGuiApplication
from PyQt6.QtTest import QTest

from shared.events import decode, kinds
from shared.exam.rules import EditorAids
from shared.log.entry import unpack_header
from shared.look import Theme, palette
from student_app.editor.code_editor import CodeEditor
from student_app.editor.find_bar import FindBar
from tests.gui.student.editor_desk import DeskSink, open_bench
from tests.student_app.kit import content
from tests.support.patience import PATIENCE_MS

FILE = "q1/main.py"


def events(desk, kind):
    rows = desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [payload for payload in payloads if isinstance(payload, kind)]


@pytest.fixture
def bench(tmp_path):
    bench = open_bench(tmp_path)
    yield bench
    bench.desk.close()
    bench.committer.step(1)


def editor_of(qtbot, bench):
    editor = CodeEditor(DeskSink(bench.desk), FILE, EditorAids())
    editor.dress(palette(Theme.LIGHT), QFont("monospace", 10))
    qtbot.addWidget(editor)
    editor.resize(600, 400)
    editor.show()
    editor.SCN_MODIFIED.connect(lambda *_: in_step(editor))
    return editor


@pytest.fixture
def editor(qtbot, bench):
    return editor_of(qtbot, bench)


def in_step(editor):
    if not editor.capture._silent:
        assert editor.capture.text == editor.text()


def put_clipboard(text):
    QGuiApplication.clipboard().setText(text)


def test_the_starter_is_shown_and_not_recorded_as_an_edit(bench, editor):
    bench.committer.step(300)
    assert editor.text() == "# start\n"
    assert events(bench.desk, kinds.Edit) == []


def test_typed_keys_become_one_burst(bench, editor):
    QTest.keyClicks(editor, "x = 1")
    bench.committer.step(300)
    (edit,) = events(bench.desk, kinds.Edit)
    assert "".join(change.text for change in edit.changes) == "x = 1"
    assert edit.how == "type"


def test_undo_and_redo_are_told_from_typing(bench, editor):
    QTest.keyClicks(editor, "abc")
    editor.undo()
    editor.redo()
    bench.committer.step(300)
    assert [edit.how for edit in events(bench.desk, kinds.Edit)] == ["type", "undo", "redo"]
    assert bench.desk.text(FILE) == editor.text() == "abc# start\n"


def test_characters_outside_the_basic_plane_keep_their_places(bench, editor):
    editor.put_in("# 🐍é𐍈\n", "paste")
    editor.setCursorPosition(0, 3)
    QTest.keyClick(editor, Qt.Key.Key_Backspace)
    QTest.keyClicks(editor, "y")
    assert bench.desk.text(FILE) == editor.text() == "# yé𐍈\n# start\n"


def test_a_paste_is_one_event_that_knows_whose_text_it_is(bench, editor):
    put_clipboard("import os\r\nprint(os)\n")
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    editor.selectAll()
    QTest.keyClick(editor, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(editor, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    bench.committer.step(300)
    pastes = events(bench.desk, kinds.Paste)
    assert [(paste.clip, paste.removed) for paste in pastes] == [("outside", 0), ("own", 28)]
    assert events(bench.desk, kinds.Edit) == []


def test_a_paste_can_be_undone(bench, editor):
    put_clipboard("one\ntwo\n")
    editor.paste()
    editor.undo()
    assert bench.desk.text(FILE) == editor.text() == "# start\n"


def test_a_forbidden_paste_changes_nothing_and_says_so(qtbot, tmp_path):
    bench = open_bench(tmp_path, content(paste="block"))
    editor = editor_of(qtbot, bench)
    put_clipboard("from outside")
    with qtbot.waitSignal(editor.refused, timeout=PATIENCE_MS):
        editor.paste()
    bench.committer.step(300)
    assert editor.text() == bench.desk.text(FILE) == "# start\n"
    assert [refused.what for refused in events(bench.desk, kinds.Refused)] == ["paste"]
    bench.desk.close()
    bench.committer.step(1)


def test_a_drop_from_another_window_is_recorded_as_one(bench, editor):
    mime = QMimeData()
    mime.setText("dropped")
    event = QDropEvent(
        QPointF(40, 2), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    editor.dropEvent(event)
    bench.committer.step(300)
    assert [(paste.how, paste.text) for paste in events(bench.desk, kinds.Paste)] == [("drop", "dropped")]
    assert "dropped" in editor.text()


def test_files_can_not_be_dropped(editor):
    from PyQt6.QtCore import QUrl

    mime = QMimeData()
    mime.setText("file:///etc/passwd")
    mime.setUrls([QUrl("file:///etc/passwd")])
    event = QDropEvent(
        QPointF(40, 2), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    editor.dropEvent(event)
    assert editor.text() == "# start\n"


def test_enter_after_a_colon_indents_and_after_return_goes_back(bench, editor):
    editor.selectAll()
    QTest.keyClicks(editor, "def f():")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "return 1")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    QTest.keyClicks(editor, "f()")
    assert bench.desk.text(FILE) == editor.text() == "def f():\n    return 1\nf()"


def test_comment_toggle_comes_and_goes_as_one_step(bench, editor):
    editor.put_in("if x:\n    y = 'é'\n", "paste")
    editor.setSelection(0, 0, 2, 0)
    editor.toggle_comment()
    assert editor.text() == "# if x:\n#     y = 'é'\n# start\n"
    editor.toggle_comment()
    assert editor.text().startswith("if x:\n    y = 'é'\n")
    editor.undo()
    assert bench.desk.text(FILE) == editor.text() == "# if x:\n#     y = 'é'\n# start\n"


def test_replace_all_counts_and_is_one_step_of_undo(bench, editor):
    editor.put_in("é = A\na = é\n", "paste")
    assert editor.replace_all("a", "🐍", case=False) == 3
    assert bench.desk.text(FILE) == editor.text() == "é = 🐍\n🐍 = é\n# st🐍rt\n"
    editor.undo()
    assert editor.text() == "é = A\na = é\n# start\n"


def test_when_the_exam_is_over_typing_is_not_let_in(qtbot, bench, editor):
    bench.desk.sitting.standing(bench.standing(ended=True))
    editor.SCN_MODIFIED.disconnect()
    editor.SCN_MODIFIED.connect(editor._modified)
    with qtbot.waitSignal(editor.refused, timeout=PATIENCE_MS):
        QTest.keyClicks(editor, "x")
    qtbot.waitUntil(lambda: editor.text() == "# start\n", timeout=PATIENCE_MS)
    assert bench.desk.text(FILE) == "# start\n"


def test_a_difference_is_found_and_recorded(bench, editor):
    with editor.capture.silent():
        editor.insert("lost in a crash")
    assert not editor.check()
    assert editor.check()
    assert bench.desk.text(FILE) == editor.text()


def test_random_editing_stays_in_step(bench, editor):
    chance = random.Random(7)
    pieces = ["x", "🐍", "\n", "    ", "é", "for i in range(3):\n", "\u0301", "٣", "a\tb"]
    for _ in range(150):
        lines = editor.lines()
        first, last = sorted(chance.randrange(lines) for _ in range(2))
        editor.setSelection(first, 0, last, editor.lineLength(last) // 2)
        match chance.randrange(6):
            case 0:
                editor.put_in(chance.choice(pieces) * 3, "paste")
            case 1:
                editor.undo()
            case 2:
                editor.redo()
            case 3:
                QTest.keyClicks(editor, chance.choice("abc("))
            case 4:
                QTest.keyClick(editor, chance.choice([Qt.Key.Key_Return, Qt.Key.Key_Delete, Qt.Key.Key_Tab]))
            case _:
                editor.toggle_comment()
        assert editor.capture.text == editor.text()


def test_find_goes_round_and_replace_takes_one(qtbot, bench, editor):
    bar = FindBar()
    qtbot.addWidget(bar)
    editor.put_in("one two one\n", "paste")
    bar.open(editor, replace=True)
    bar.needle.setText("one")
    assert bar.count.text() == "2 found"
    bar.by.setText("1")
    assert bar.find_on()
    bar.replace()
    assert editor.text().count("1") == 1
    assert bench.desk.text(FILE) == editor.text()
