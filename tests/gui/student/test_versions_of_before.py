"""After a move to another PC: versions of the first one are listed there, compared, and brought back by keyboard."""

from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest

from shared.events import decode, kinds
from shared.log.entry import unpack_header
from tests.student_app.core.test_earlier_journals import FILE, document, moved


def test_a_version_of_the_other_pc_is_brought_back(bench):
    sitting = moved(bench)
    bench.desk.accept_honor("", "")
    bench.refresh()
    sitting.earlier.keep(document(texts=("print(1)\n", "two\n"), notes="ask about q2"))
    sitting.look_back()
    bench.refresh()
    work = bench.window.work
    work.files.toggle_versions()
    page = work.versions
    assert [page.list.item(at).text().endswith("(other PC)") for at in range(page.list.count())] == [True, True]
    assert page.list.currentRow() == 1, "the first one that is different"
    QTest.keyClick(page.back, Qt.Key.Key_Return)
    bench.refresh()
    assert bench.desk.text(FILE) == "print(1)\n"
    assert bench.desk.state().notes == "ask about q2"
    rows = bench.desk.sitting.journal._file.readable_events(-1)
    payloads = [decode(unpack_header(entry.header).kind, entry.payload) for _, entry in rows]
    assert any(isinstance(one, kinds.Edit) for one in payloads), "it is an edit of the new journal"
    assert [one.text for one in payloads if isinstance(one, kinds.NoteWritten)] == ["ask about q2"]
