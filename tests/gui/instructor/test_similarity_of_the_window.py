"""Similarity in the window: pairs, side by side, passages in time."""

import pytest
from PySide6.QtCore import Qt

from examdesk.staffapi.messages import GetText
from instructor_app.pages.passages import how


@pytest.fixture
def side(desk):
    page = desk.program.window.show_page("evidence")
    page.show_similarity()
    desk.settle()
    page.pairs.opened.emit(page.pairs.model.shown_rows()[0])
    desk.settle()
    return page.side


def test_each_passage_says_who_had_it_first_and_how_it_came(side):
    first = side.passages.model.shown_rows()[0]
    assert first.passage.first == "a"
    cells = [column.cell(first) for column in side.passages.model.columns]
    assert getattr(cells[1], "text", cells[1]) == side._pair.a_name
    assert (how(first.passage.a), how(first.passage.b)) == ("typed", "pasted")
    assert len(side.passages.lanes.timed()) == len(side.passages.model.shown_rows())


def test_a_chosen_passage_is_marked_in_both_texts_and_in_the_picture(side, qtbot):
    side.passages.table.view.setFocus()
    side.passages.choose(1)
    assert side._region == 1
    assert side.passages.lanes._current == 1
    qtbot.keyClick(side.passages.table.view, Qt.Key.Key_Up)
    assert side._region == 0
    side.passages.lanes.picked.emit(1)
    assert side._region == 1


def test_one_click_shows_both_texts_as_they_stood_when_the_passage_was_there(side, desk, qtbot):
    side.passages.choose(0)
    qtbot.mouseClick(side.passages.then, Qt.MouseButton.LeftButton)
    desk.settle()
    passage = side._answer.passages[0]
    asked = [(ask.session, ask.journal, ask.seq) for ask in desk.asked(GetText)]
    assert asked == [
        (side._pair.a, passage.a.there.journal, passage.a.there.seq),
        (side._pair.b, passage.b.there.journal, passage.b.there.seq),
    ]
    assert side.banner.isVisible()
    assert side.codes[0].toPlainText() != ""
    side.show_now()
    assert side.banner.isHidden()
    assert side.codes[0].toPlainText() == side._answer.a_text


def test_playing_back_from_a_passage_opens_its_session_at_that_moment(side, desk):
    side.passages.choose(0)
    moments = []
    desk.program.window.page("evidence").moment_wanted.connect(lambda *args: moments.append(args))
    side._play(1)
    desk.settle()
    passage = side._answer.passages[0]
    ((row, journal, seq, at_ms, file),) = moments
    assert (row.session, journal, seq) == (side._pair.b, passage.b.there.journal, passage.b.there.seq)
    assert (at_ms, file) == (passage.b.there.at_ms, "q1/main.py")
    assert desk.program.window.panel.session == side._pair.b
