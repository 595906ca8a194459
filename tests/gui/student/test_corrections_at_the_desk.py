"""A corrected prompt at the desk: shown as a difference until it was read, kept over a restart, part of the record."""

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QPushButton

from shared.events import decode, kinds
from shared.log.entry import unpack_header
from shared.wire.standing import Notice, sign_notice
from tests.student_app.kit import EXAM, EXAM_KEY

NEW = "Prompt of q1: print the product.\n"


def correct(bench, number=1, question="q1", prompt=NEW):
    notice = Notice(
        exam=EXAM.hex(), session=bench.session.hex(), number=number, issued_ms=bench.clock.wall, kind="correction",
        text="Product, not sum.", sender="Dr. Hopper", question=question, prompt=prompt,
    )  # fmt: skip
    bench.desk.sitting.notice(sign_notice(notice, EXAM_KEY))
    bench.refresh()


def seen(bench):
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    return [one.how for one in payloads if isinstance(one, kinds.MessageSeen)]


def test_a_correction_is_a_difference_in_the_prompt_until_it_was_understood(bench):
    work = bench.begin()
    correct(bench)
    assert "print the sumproduct." in work.prompt.toPlainText()
    assert "notice1" not in work.banners._shown
    understood = next(b for b in work.question.findChildren(QPushButton) if b.text() == "Understood")
    QTest.keyClick(understood, Qt.Key.Key_Space)
    bench.refresh()
    assert seen(bench) == ["delivered", "read"]
    QTest.keyClick(work.question.changes, Qt.Key.Key_Space)
    assert "print the product." in work.prompt.toPlainText()
    QTest.keyClick(work.question.changes, Qt.Key.Key_Space)
    assert "print the sumproduct." in work.prompt.toPlainText()


def test_a_second_correction_is_compared_with_the_first(bench):
    work = bench.begin()
    correct(bench)
    correct(bench, 2, prompt="Prompt of q1: return the product.\n")
    assert "printreturn the product." in work.prompt.toPlainText()


def test_a_correction_of_another_question_is_a_banner_and_marks_it_when_one_turns_there(bench):
    work = bench.begin()
    correct(bench, question="q2", prompt="Prompt of q2: print the product.\n")
    assert "notice1" in work.banners._shown
    assert "sum." in work.prompt.toPlainText()
    work.turn_to("q2")
    assert "print the sumproduct." in work.prompt.toPlainText()


def test_what_the_corrected_prompt_says_may_be_pasted_as_own_text(bench):
    from tests.student_app.kit import content

    bench.begin(content(paste="own"))
    assert not bench.desk.paste("q1/main.py", 0, 0, "print the product")
    correct(bench)
    assert bench.desk.paste("q1/main.py", 0, 0, "print the product")


def test_the_thread_of_messages_says_what_has_not_arrived_yet(bench):
    from PyQt6.QtWidgets import QLabel

    work = bench.begin()
    correct(bench, question="q2", prompt="")
    work.report_problem()
    QTest.keyClicks(work.messages.text, "The table looks wrong.")
    QTest.keyClick(work.messages._send, Qt.Key.Key_Space)
    bench.refresh()

    def said():
        return [label.text() for label in work.messages.findChildren(QLabel)]

    assert any("You report a problem" in text and "not yet with your instructor" in text for text in said())
