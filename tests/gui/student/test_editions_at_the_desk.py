"""What an edition of a running exam changes on the student's screen, by keyboard."""

import msgspec
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QPushButton

from shared.exam.content import ContentFile
from shared.exam.rules import EditorAids
from tests.student_app.kit import changed, content, with_question, without_question


def edit(bench, number, exam, before=None):
    bench.deliver_edition(number, exam, before)
    bench.refresh()


def test_a_changed_text_is_marked_until_it_was_understood(bench):
    work = bench.begin()
    edit(bench, 1, changed(prompt="Prompt of q1: print the product."))
    assert "print the sumproduct." in work.prompt.toPlainText()
    understood = next(b for b in work.question.findChildren(QPushButton) if b.text() == "Understood")
    QTest.keyClick(understood, Qt.Key.Key_Space)
    bench.refresh()
    assert (1, "q1") in bench.desk.sitting.memory.editions_read
    QTest.keyClick(work.question.changes, Qt.Key.Key_Space)
    assert "print the product." in work.prompt.toPlainText()


def test_a_change_of_another_question_is_a_banner_that_names_it(bench):
    work = bench.begin()
    edit(bench, 1, changed(question="q2", prompt="Prompt of q2: print the product."))
    (banner,) = [each for key, each in work.banners._shown.items() if key.startswith("notice")]
    assert any("“Q2” was changed" in text for text in texts(banner))


def texts(widget):
    return [each.text() for each in widget.findChildren(QLabel)]


def test_a_given_question_stands_at_the_end_and_is_marked_new_until_one_turns_there(bench):
    work = bench.begin()
    edit(bench, 1, with_question("q3"))
    bench.desk.sitting.standing(bench.standing(added=("q3",)))
    bench.refresh()
    assert list(work.rail._buttons)[-1] == "q3"
    assert work.rail._buttons["q3"].text().endswith("(new)")
    assert work.rail._buttons["q3"].accessibleDescription() == "Added while the exam runs"
    work.turn_to("q3")
    bench.refresh()
    assert "(new)" not in work.rail._buttons["q3"].text()


def test_a_withdrawn_question_says_so_and_can_still_be_written(bench):
    work = bench.begin()
    edit(bench, 1, without_question("q1"))
    assert "withdrawn" in work.question.number.text()
    assert work.rail._buttons["q1"].text().endswith("(withdrawn)")
    assert not work.editors.editor.isReadOnly()


def test_an_untouched_starter_file_is_the_new_one_in_the_editor_and_typing_goes_on_in_it(bench):
    work = bench.begin()
    edit(bench, 1, changed(starter=(ContentFile("main.py", b"# better\n"),)))
    editor = work.editors.editor
    assert editor.text() == "# better\n"
    editor.setFocus()
    QTest.keyClicks(editor, "x")
    bench.refresh()
    assert bench.desk.text("q1/main.py") == editor.text()
    assert "x" in editor.text()


def test_rules_of_the_editor_hold_at_once(bench):
    work = bench.begin()
    assert work.editors.editor.marginWidth(0) > 0
    exam = content(editor=EditorAids(line_numbers=False))
    edit(bench, 1, msgspec.structs.replace(exam, title="Other"))
    assert work.editors.editor.marginWidth(0) == 0
