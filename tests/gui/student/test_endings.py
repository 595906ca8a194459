"""Handing in, the receipt, what the student keeps, and the rules that decide what may be done at the end."""

import threading

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel

from examdesk.cli.verify import verify_file
from shared.log.receipt import Receipt, sign_receipt
from shared.problems import InputProblem
from student_app.core.session import Phase
from tests.student_app.kit import EXAM, EXAM_KEY, content
from tests.support.patience import PATIENCE_MS


def texts(widget):
    return [label.text() for label in widget.findChildren(QLabel) if label.text()]


def hand_in(bench):
    bench.window.ask_submit()
    QTest.keyClick(bench.window.submitting.go, Qt.Key.Key_Return)
    bench.refresh()
    bench.refresh()


def confirm(bench):
    """Let the hub sign for everything that is sealed."""
    bench.committer.step(1000)
    journal = bench.desk.sitting.journal
    last = bench.net.sealed_to[-1]
    receipt = Receipt(EXAM, journal.identity.journal, last, journal.link_at(last), bench.clock.wall, 0, bytes(32))
    bench.desk.sitting.receipt(last, sign_receipt(receipt, EXAM_KEY))
    bench.committer.step(2000)
    bench.window.refresh()
    bench.committer.step(10)


def test_before_handing_in_each_question_says_what_was_written_run_and_changed(bench):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "print(1)")
    work.run()
    bench.window.ask_submit()
    page = bench.window.submitting
    assert "Nothing written yet in: Q2." in texts(page)
    said = texts(page.summary)
    assert said[said.index("1  Q1") + 1 : said.index("1  Q1") + 3] == ["1 line", "1 run"]
    assert said[said.index("2  Q2") + 1 : said.index("2  Q2") + 4] == ["The starter code, unchanged", "Never run", "-"]


def test_the_receipt_shows_who_has_signed_and_is_saved_as_text_html_and_pdf(bench, tmp_path):
    bench.begin()
    hand_in(bench)
    done = bench.window.done
    assert done.save.isEnabled()
    assert "as soon as your work has arrived" in done._signatures._words[1].text()
    confirm(bench)
    assert done._receipt.receipt
    assert "has everything on its disk" in done._signatures._words[1].text()
    code = bench.desk.state().code
    for name in ("receipt.txt", "receipt.html", "receipt.pdf"):
        done.carrying.save_receipt(done._receipt, tmp_path / name)
        assert f"Saved as {name}." in done._told.text.text()
    text = (tmp_path / "receipt.txt").read_text("utf-8")
    assert code in text
    assert done._receipt.files[0].sha256 in text
    assert done._receipt.exam_key in text
    assert code in (tmp_path / "receipt.html").read_text("utf-8")
    assert (tmp_path / "receipt.pdf").read_bytes().startswith(b"%PDF")
    done.carrying.save_receipt(done._receipt, tmp_path / "missing" / "receipt.pdf")
    assert "Choose another folder" in done._told.text.text()


def test_the_own_record_is_kept_from_the_window_and_verifies(qtbot, bench, tmp_path):
    work = bench.begin()
    QTest.keyClicks(work.editors.editor, "x = 1")
    work.carrying.write_record(tmp_path / "mine.jsonl")
    bench.committer.step(10)
    qtbot.waitUntil(lambda: "hint" in work.banners._shown, timeout=PATIENCE_MS)
    assert "mine.jsonl" in work.banners._shown["hint"].text.text()
    assert verify_file(tmp_path / "mine.jsonl", EXAM_KEY.public).holds
    for thread in threading.enumerate():
        if thread.name == "record":
            thread.join(20)


def test_where_a_hand_in_is_final_nothing_offers_to_take_it_back(bench):
    bench.begin(content(take_back=False))
    bench.window.ask_submit()
    assert "can't be taken back" in bench.window.submitting._left.text()
    hand_in(bench)
    assert bench.window.done.back.isHidden()
    with pytest.raises(InputProblem):
        bench.desk.take_back()
    assert bench.desk.state().phase is Phase.SUBMITTED


def test_where_no_problems_are_reported_the_menu_does_not_offer_it(bench):
    bench.begin(content(issue_reporting=False))
    assert not bench.window._report.isVisible()
    with pytest.raises(InputProblem):
        bench.desk.message("wrong", "problem")
    bench.desk.message("a question")


def test_after_the_end_the_own_work_can_be_read_only_where_the_exam_lets_it(bench):
    work = bench.begin(ends_ms=bench.clock.wall + 1_000)
    bench.committer.step(2_000)
    bench.refresh()
    assert bench.window.done.read.isHidden()
    bench.desk.sitting.standing(bench.standing(ends_ms=bench.clock.wall - 1_000, review=True))
    bench.refresh()
    QTest.keyClick(bench.window.done.read, Qt.Key.Key_Space)
    assert work.isVisible()
    assert work.editors.editor.isReadOnly()
    assert not work.run_button.isEnabled()
    QTest.keyClick(work.top.back_button, Qt.Key.Key_Space)
    assert bench.window.done.isVisible()
