"""The code view shows exactly its text, however it changed, and stays quick with texts that no layout bears."""

import random

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QTextCursor, QTextDocument
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from instructor_app.preferences import Preferences
from instructor_app.theme import Look
from instructor_app.widgets.code import SHEETS, CodeView, RowLook
from instructor_app.widgets.code_text import LONGEST_LINE, Stretches, code_text
from shared.text.edits import Origin


def view_of(qtbot, qapp: QApplication) -> CodeView:
    look = Look(qapp, "light", Preferences(None).points)
    view = CodeView(look, "code")
    qtbot.addWidget(view)
    view.resize(500, 300)
    view.show()
    return view


def test_only_differing_lines_are_replaced_and_the_text_is_always_whole(qtbot, qapp):
    view = view_of(qtbot, qapp)
    view.show_origins(True)
    chance = random.Random(7)
    lines = ["def f(x):", "    return x", "", '"""open', "🙂 = 'x'", "# end"]
    for _ in range(300):
        turn = chance.randrange(6)
        place = chance.randrange(len(lines) + 1)
        if turn < 2 or not lines:
            lines[place:place] = [chance.choice(("a = 1", "", "🙂", "x" * 40))] * chance.randrange(1, 4)
        elif turn < 4:
            del lines[place : place + chance.randrange(1, 4)]
        elif turn == 4 and place < len(lines):
            lines[place] += chance.choice(("b", "\r", "\u2028", " "))
        else:
            chance.shuffle(lines)
        text = "\n".join(lines)
        view.show_code(text, [(len(text), int(Origin.OUTSIDE))])
        assert view.toPlainText() == code_text(text).shown
        view.verticalScrollBar().setValue(chance.randrange(max(view.verticalScrollBar().maximum(), 1)))
    view.grab()


def in_sight(view: CodeView) -> list[str]:
    """Return the lines in sight as the document has them, without settling it."""
    block, found = view.firstVisibleBlock(), []
    while block.isValid() and view.blockBoundingGeometry(block).translated(view.contentOffset()).top() < view.height():
        found.append(block.text())
        block = block.next()
    return found


def held(view: CodeView) -> str:
    """Return the document as it is, without settling it."""
    return view.document().toPlainText()


def long_text(chance: random.Random) -> list[str]:
    lines = [f"line {n} of {chance.randrange(3)}" for n in range(chance.choice((1, 90, 300, 700)))]
    if chance.randrange(2):
        lines[0] = "import math"
    return [*lines, ""]


def test_of_a_long_text_what_is_in_sight_is_right_at_once_and_all_of_it_at_rest(qtbot, qapp):
    view = view_of(qtbot, qapp)
    view.show_origins(True)
    bar = view.verticalScrollBar()
    chance = random.Random(11)
    lines = long_text(chance)
    for turn in range(250):
        act = chance.randrange(8)
        if act == 0:
            lines = long_text(chance)
        elif act < 4:
            for _ in range(2):
                place = chance.randrange(len(lines) + 1)
                lines[place:place] = [f"new {turn}"] * chance.randrange(4)
        elif act < 6:
            for _ in range(2):
                place = chance.randrange(len(lines))
                lines[place : place + chance.randrange(4)] = [] if len(lines) > 9 else ["left"]
        else:
            for place in range(0, len(lines), chance.randrange(1, 9)):
                lines[place] = f"{turn} and {place}"
        near = chance.choice((None, chance.randrange(len("\n".join(lines)) + 1)))
        view.show_tinted("\n".join(lines), Stretches(), near=near)
        first = view.firstVisibleBlock().blockNumber()
        seen = in_sight(view)
        assert seen == lines[first : first + len(seen)]
        assert view.blockCount() == len(lines)
        bar.setValue(chance.randrange(bar.maximum() + 1))
        first = view.firstVisibleBlock().blockNumber()
        seen = in_sight(view)
        assert seen == lines[first : first + len(seen)]
        if turn % 25 == 0:
            value, text = bar.value(), "\n".join(lines)
            qtbot.waitUntil(lambda text=text: held(view) == text)
            assert bar.value() == value
            assert picture(view) == picture(whole(qtbot, qapp, lines, view))


def picture(view: CodeView) -> QImage:
    """Return how it looks without the keyboard's cursor."""
    view.clearFocus()
    return view.viewport().grab().toImage()


def whole(qtbot, qapp, lines: list[str], like: CodeView) -> CodeView:
    """Return a view that never showed anything else, where another one stands."""
    view = view_of(qtbot, qapp)
    view.show_origins(True)
    view.show_code("\n".join(lines))
    view.toPlainText()
    qtbot.waitUntil(lambda: view.viewport().size() == like.viewport().size())
    view.verticalScrollBar().setValue(like.verticalScrollBar().value())
    return view


def test_a_text_is_whole_as_soon_as_somebody_takes_it(qtbot, qapp):
    view = view_of(qtbot, qapp)
    one, other = ("\n".join(f"{name} {n}" for n in range(500)) for name in ("one", "other"))
    view.show_code(one)
    view.show_code(other)
    assert held(view) != other
    view.selectAll()
    assert view.textCursor().selectedText().replace("\u2029", "\n") == other
    view.show_code(one)
    assert held(view) == one
    view.setTextCursor(QTextCursor(view.document()))
    view.show_code(other)
    assert held(view) != other
    QTest.mousePress(view.viewport(), Qt.MouseButton.LeftButton)
    assert held(view) == other
    view.show_code(one)
    view.go_to(one.index("one 400"))
    assert held(view) == one
    assert view.caret_offset() == one.index("one 400")


def test_the_longest_line_can_be_scrolled_to_before_it_is_in_sight(qtbot, qapp):
    view = view_of(qtbot, qapp)
    view.show_code("\n".join(["short"] * 400 + ["long " * 60]))
    assert view.horizontalScrollBar().maximum() > 0
    view.show_code("\n".join(f"other {n}" for n in range(300)))
    assert view.horizontalScrollBar().maximum() == 0


def test_the_place_that_is_read_stays_while_the_text_changes_above_and_below(qtbot, qapp):
    view = view_of(qtbot, qapp)
    lines = [f"line {n}" for n in range(300)]
    view.show_code("\n".join(lines))
    view.verticalScrollBar().setValue(120)
    lines[10] = "changed"
    lines[290:] = []
    view.show_code("\n".join(lines))
    assert view.verticalScrollBar().value() == 120
    view.keep_in_sight(len("\n".join(lines[:250])) + 1)
    first = view.firstVisibleBlock().blockNumber()
    assert first < 250 < first + 40


def test_a_line_of_a_million_characters_is_cut_and_the_lines_below_it_keep_their_origin(qtbot, qapp):
    view = view_of(qtbot, qapp)
    view.show_origins(True)
    long = "x" * 1_000_000
    view.show_code(f"{long}\nabc\n", [(1_000_001, int(Origin.TYPED)), (3, int(Origin.OUTSIDE)), (1, int(Origin.TYPED))])
    assert view.hidden() == 1_000_000 - LONGEST_LINE
    below = view.document().findBlockByNumber(1)
    looks = [each for each in below.layout().formats() if each.format.fontUnderline()]
    assert [(each.start, each.length) for each in looks] == [(0, 3)]
    view.go_to(1_000_002)
    assert view.textCursor().blockNumber() == 1
    view.show_place(999_999)
    view.grab()


def test_rows_of_a_difference_have_numbers_signs_and_fills(qtbot, qapp):
    view = view_of(qtbot, qapp)
    narrow = view.number_width()
    rows = {
        0: RowLook("", "", "1"),
        1: RowLook("attention_soft", "-", "2", ((0, 1),), "selection"),
        2: RowLook("sunken", "", ""),
    }
    spans = [(2, int(Origin.TYPED)), (2, int(Origin.STARTER)), (1, int(Origin.TYPED))]
    view.show_rows(["a", "b", ""], rows, Stretches(spans))
    view.show_origins(True)
    assert view.number_width() > narrow
    assert view.document().findBlockByNumber(1).layout().formats()[-1].length == 1
    view.grab()
    view.show_code("a")
    assert view.toPlainText() == "a"


def test_files_that_take_turns_keep_their_documents_and_the_font_of_the_view(qtbot, qapp):
    view = view_of(qtbot, qapp)
    chance = random.Random(3)
    texts = {f"{n}.py": long_text(chance) for n in range(SHEETS + 3)}
    for _ in range(60):
        name = chance.choice(list(texts))
        texts[name][chance.randrange(len(texts[name]))] = f"changed {chance.random()}"
        view.turn_to(name)
        view.show_code("\n".join(texts[name]))
        first = view.firstVisibleBlock().blockNumber()
        seen = in_sight(view)
        assert seen == texts[name][first : first + len(seen)]
        assert view.blockCount() == len(texts[name])
        if chance.randrange(8) == 0:
            view.zoomIn(1)
        assert view.document().defaultFont() == view.font()
    qtbot.waitUntil(lambda: len(view.findChildren(QTextDocument)) == SHEETS)
    view.turn_to("")
    view.show_code("another\nthing")
    assert view.toPlainText() == "another\nthing"
