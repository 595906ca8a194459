"""Similarity in the window: pairs, side by side, passages in time."""

import math

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu

from examdesk.staffapi.messages import (
    SIMILARITY_WORDS,
    AddCorpus,
    AddNote,
    GetSideBySide,
    GetSimilarity,
    GetText,
    KeepCorpus,
    RemoveCorpus,
    SetReview,
)
from instructor_app.pages.class_signals import key_of_signal
from instructor_app.pages.passages import faint_places, how, telling_place
from instructor_app.pages.side_by_side import place_then
from instructor_app.sample import evidence
from instructor_app.widgets.distribution import bands
from instructor_app.widgets.graph import places


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
    window = desk.program.window
    assert window.stack.currentWidget() is window.playback
    window.close_playback()
    assert window.stack.currentWidget() is window.page("evidence")


@pytest.fixture
def pairs(desk):
    page = desk.program.window.show_page("evidence")
    page.show_similarity()
    desk.settle()
    return page.pairs


def test_the_evidence_page_makes_what_it_shows_and_the_rest_when_it_is_looked_at(desk):
    page = desk.program.window.show_page("evidence")
    desk.settle()
    assert (page._pairs, page._side) == (None, None)
    assert not desk.asked(GetSimilarity)
    page.show_similarity()
    desk.settle()
    pairs = page.pairs
    assert (pairs._groups, pairs._figures, page._side) == (None, None, None)
    pairs.table.view.choose(0)
    pairs.show_view(1)  # what came before is in what is made now
    assert pairs.groups.isVisible()
    assert pairs.groups.model.rowCount() > 0
    pairs.show_view(2)
    assert pairs.figures.isVisible()
    assert pairs.views.count() == 3
    assert len(desk.asked(GetSimilarity)) == 1


def test_pairs_say_where_they_lie_in_the_class_and_what_was_too_small(pairs):
    assert "1 too small (under 30 tokens)" in pairs.facts.whole()
    assert "under 20 lines of own code no figure says much" in pairs.facts.whole()
    shown = pairs.model.shown_rows()
    assert [row.rank for row in shown] == sorted((row.rank for row in shown), reverse=True)
    assert shown[0].below > 0.95
    assert sum(bands(pairs.chart._histogram)) == len(pairs.model.all_rows())


def test_the_filter_for_common_code_shows_its_column(pairs, desk):
    place = [column.key for column in pairs.model.columns].index("uncommon")
    assert pairs.table.view.isColumnHidden(place)
    pairs.filter.setCurrentIndex(2)
    desk.settle()
    assert not pairs.table.view.isColumnHidden(place)
    assert desk.asked(GetSimilarity)[-1].most_common == 0.5
    assert all(row.uncommon is not None for row in pairs.model.shown_rows())


def test_a_student_is_found_among_the_pairs(pairs, qtbot):
    name = pairs.model.shown_rows()[0].a_name
    pairs.search.setFocus()
    qtbot.keyClicks(pairs.search, name.split()[0][:4])
    assert pairs.model.rowCount() < len(pairs.model.all_rows())
    part = name.split()[0][:4].casefold()
    assert all(part in f"{row.a_name} {row.b_name}".casefold() for row in pairs.model.shown_rows())


def test_groups_follow_the_figure_and_lead_to_their_pairs(pairs, qtbot):
    pairs.show_view(1)
    groups = pairs.groups
    assert groups.slider.value() == 50
    before = groups.model.shown_rows()
    assert sum(group.pairs for group in before) == sum(row.jaccard >= 0.5 for row in pairs.model.all_rows())
    groups.slider.setFocus()
    qtbot.keyClick(groups.slider, Qt.Key.Key_End)
    assert groups.model.rowCount() == 0
    assert groups.graph.nothing.isVisible()
    groups.slider.setValue(50)
    name = groups.graph.point_near(*groups.graph._places[before[0].members[0]])
    assert name == before[0].members[0]
    groups.graph.picked.emit(name)
    assert pairs.views.currentIndex() == 0
    qtbot.waitUntil(
        lambda: all(before[0].names[0] in (row.a_name, row.b_name) for row in pairs.model.shown_rows()), timeout=20_000
    )


def test_all_pairs_of_one_student_are_asked_for_and_left_again(pairs, desk, qtbot):
    everybody = pairs.model.rowCount()
    first = pairs.model.shown_rows()[0]
    pairs.table.choose(f"{first.a}:{first.b}")
    menu = QMenu()
    pairs._fill_menu(menu)
    (action,) = [each for each in menu.actions() if each.text() == f"All pairs of {first.b_name}"]
    action.trigger()
    desk.settle()
    assert desk.asked(GetSimilarity)[-1].session == first.b
    assert first.b_name in pairs.one_words.text()
    shown = pairs.model.shown_rows()
    assert 0 < len(shown) < everybody
    assert all(first.b in (row.a, row.b) for row in shown)
    assert f"{len(shown)} of {everybody} pairs" in pairs.facts.whole()
    pairs.show_view(1)
    assert pairs.groups.model.rowCount() > 0
    pairs.show_view(0)
    pairs.show_everybody()
    desk.settle()
    assert pairs.model.rowCount() == everybody
    assert pairs.one_bar.isHidden()


def test_a_pair_is_saved_as_a_page_with_the_words_of_care(side, desk, qtbot, tmp_path):
    assert side.file.button.isEnabled()
    side.file.save(tmp_path / "pair.html")
    desk.settle()
    assert desk.asked(GetSideBySide)[-1].taken
    page = (tmp_path / "pair.html").read_text("utf-8")
    assert SIMILARITY_WORDS in page
    assert page.count("<mark") >= 2 * len(side._answer.regions)
    assert "names and code of two students" in side.banner.text()
    qtbot.mouseClick(side.file.button, Qt.MouseButton.LeftButton)
    (dialog,) = side.findChildren(QFileDialog)
    assert dialog.isVisible()
    dialog.reject()
    side.file.save(tmp_path / "no such folder" / "pair.html")
    desk.settle()
    assert "pair.html can't be written" in side.banner.text()


def test_groups_may_be_made_by_rank(pairs, qtbot):
    pairs.show_view(1)
    groups = pairs.groups
    groups.slider.setValue(60)
    by_likeness = sum(group.pairs for group in groups.model.all_rows())
    groups.by.setFocus()
    qtbot.keyClick(groups.by, Qt.Key.Key_Down)
    assert groups.by.currentData() == "rank"
    by_rank = sum(group.pairs for group in groups.model.all_rows())
    assert by_likeness == sum(row.jaccard >= 0.6 for row in pairs.model.all_rows())
    assert by_rank == sum((row.rank or 0) >= 0.6 for row in pairs.model.all_rows())
    assert all(0.6 <= group.low <= group.high for group in groups.model.all_rows())


def test_groups_say_when_they_come_from_the_highest_pairs_alone(pairs):
    whole = evidence.similarity(GetSimilarity(limit=5_000), list(pairs._kit.state.rows.values()), 0)
    pairs.groups.take(whole)
    assert "highest rank" not in pairs.groups.facts.whole()
    chain = [
        msgspec.structs.replace(whole.pairs[0], a=f"a{number}", b=f"a{number + 1}", jaccard=0.9) for number in range(40)
    ]
    pairs.groups.take(msgspec.structs.replace(whole, pairs=tuple(chain), programs=60))
    assert "move the figure up" in pairs.groups.facts.whole()
    pairs.groups.take(msgspec.structs.replace(whole, pairs=whole.pairs[:5]))
    assert "of the 5 pairs with the highest rank" in pairs.groups.facts.whole()


def test_a_line_of_the_picture_opens_its_pair(pairs):
    opened = []
    pairs.opened.connect(opened.append)
    edge = pairs.groups.graph._picture.edges[0]
    one, other = (pairs.groups.graph._places[name] for name in (edge.a, edge.b))
    found = pairs.groups.graph.edge_near((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
    assert found is not None
    pairs.groups.graph.pair_picked.emit(found.a, found.b)
    assert (opened[0].a, opened[0].b) == (found.a, found.b)


def test_rings_of_many_are_drawn_without_touching_each_other():
    groups = [[f"{group} {n}" for n in range(size)] for group, size in enumerate((16, 9, 5, 3, 2, 2, 2))]
    at = places(groups)
    assert len(at) == 39
    names = list(at)
    apart = [math.dist(at[a], at[b]) for n, a in enumerate(names) for b in names[n + 1 :]]
    assert min(apart) > 0.9
    assert places([]) == {}


def test_the_numbers_of_the_whole_class_stand_beside_the_picture(pairs):
    pairs.show_view(2)
    rows = pairs.figures.model.shown_rows()
    assert sum(row.plain for row in rows) == len(pairs.model.all_rows())
    assert rows[-1].not_higher == 1.0
    assert pairs.figures.plain.plot.isVisible()


def submenu_of(pairs):
    """Return the menu of the one source that there is."""
    (submenu,) = [action.menu() for action in pairs.corpora.menu().actions() if action.menu() is not None]
    return submenu


def test_a_folder_is_added_and_removed(pairs, desk, tmp_path):
    (tmp_path / "ada.py").write_text("print(1)\n")
    asked = len(desk.asked(GetSimilarity))
    pairs.corpora.add(tmp_path)
    desk.wait(lambda: len(desk.asked(GetSimilarity)) > asked)
    desk.settle()
    (command,) = desk.asked(AddCorpus)
    assert (command.name, [file.path for file in command.files]) == (tmp_path.name, ["ada.py"])
    assert tmp_path.name in pairs.banner.text()
    assert pairs.corpora.text().endswith("1")
    submenu = submenu_of(pairs)
    (days,) = [action.menu() for action in submenu.actions() if action.menu() is not None]
    assert [action.text() for action in days.actions()] == [
        "in 30 days",
        "in 180 days",
        "in 365 days",
        "never by itself",
    ]
    days.actions()[0].trigger()
    desk.wait(lambda: bool(desk.asked(KeepCorpus)))
    desk.settle()
    desk.wait(lambda: any("the hub deletes it on" in action.text() for action in submenu_of(pairs).actions()))
    submenu_of(pairs).actions()[-1].trigger()
    desk.wait(lambda: bool(desk.asked(RemoveCorpus)))
    desk.settle()
    desk.wait(lambda: not pairs.corpora.text().endswith("1"))


def test_an_empty_folder_is_told_and_nothing_is_asked(pairs, desk, tmp_path):
    pairs.corpora.add(tmp_path)
    desk.wait(pairs.banner.isVisible)
    assert "no Python file" in pairs.banner.text()
    assert desk.asked(AddCorpus) == []
    assert pairs.corpora.isEnabled()


def test_a_passage_is_found_in_an_earlier_text_whole_or_by_its_lines():
    assert place_then("total = 0\nprint(total)", "x = 1\ntotal = 0\nprint(total)\n") == (6, 28)
    assert place_then("total = 0\nprint(total, 2)", "total = 0\nprint(total)\n") == (0, 9)
    assert place_then("return best", "x = 1\n") == (0, 0)


def test_a_signal_of_the_class_leads_to_its_moment_in_the_timeline(desk, qtbot):
    window = desk.program.window
    signals = window.show_page("evidence").signals
    desk.wait(lambda: signals.model.rowCount() > 0)
    assert not signals.play.isEnabled()
    one = signals.model.shown_rows()[0]
    signals.table.choose(key_of_signal(one))
    assert one.signal.explanation in signals.said.text()
    qtbot.mouseClick(signals.play, Qt.MouseButton.LeftButton)
    desk.settle()
    assert window.stack.currentWidget() is window.playback
    assert window.playback.one.session == one.session


def test_a_note_about_a_pair_cites_the_passage_and_is_kept_with_both(side, desk, qtbot):
    side.passages.choose(0)
    qtbot.keyClick(side.passages.table.view, Qt.Key.Key_N)
    assert side.note.text.hasFocus()
    cited = side.note.text.toPlainText()
    a, b = side._pair.a_name, side._pair.b_name
    assert f"{a} and {b}: 78 % alike. Lines 4 to 11 and 4 to 11" in cited
    assert "typed" in cited
    assert "pasted" in cited
    qtbot.keyClicks(side.note.text, "Ask both on Monday.")
    side.stepped.emit(1)
    desk.settle()
    assert side._pair.a_name != a or side._pair.b_name != b
    assert side.note.isHidden()
    side.stepped.emit(-1)
    desk.settle()
    assert side.note.text.toPlainText().endswith("Ask both on Monday.")
    side.note.text.setFocus()
    side.note.status.setCurrentIndex(3)
    qtbot.keyClick(side.note.text, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    (put,) = desk.asked(SetReview)
    assert (put.sessions, put.status) == ((side._pair.a, side._pair.b), "Needs follow-up")
    assert put.note.endswith("Ask both on Monday.")
    assert f"In the review of {a} and {b}." in side.banner.text()
    assert side.note.isHidden()


def test_a_note_that_the_hub_refuses_is_still_there(side, desk, qtbot):
    del desk.hub._commands[AddNote]
    side.start_note()
    side.note.whose[1].setChecked(False)
    side.note.send()
    desk.settle()
    assert side.banner.isVisible()
    assert "78 % alike" in side.note.text.toPlainText()
    assert side.note.isVisible()


def test_pairs_are_gone_through_by_key_and_say_where_they_stand(side, desk, qtbot):
    pairs = desk.program.window.page("evidence").pairs
    among = pairs.model.rowCount()
    first = pairs.model.row_at(0)
    qtbot.keyClick(side.passages.table.view, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert side._pair == pairs.model.row_at(1)
    assert side.place.text() == f"2 of {among}"
    qtbot.keyClick(side.passages.table.view, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    desk.settle()
    assert side._pair == first
    assert not side.earlier.isEnabled()


def test_only_pairs_with_an_open_review_are_listed_when_asked(pairs, desk):
    everybody = pairs.model.rowCount()
    first = pairs.model.shown_rows()[0]
    for session in (first.a, first.b):
        desk.program.bridge.command(SetReview(command="", sessions=(session,), status="Cleared"), id, id)
    desk.wait(lambda: pairs._reviews(first) == "Cleared")
    pairs.open_only.click()
    assert pairs.model.rowCount() < everybody
    assert first not in pairs.model.shown_rows()


def test_a_group_leads_to_its_pairs_and_its_points_are_reached_by_keys(pairs, desk, qtbot):
    pairs.show_view(1)
    groups = pairs.groups
    chosen = groups.model.shown_rows()[0]
    groups.table.opened.emit(chosen)
    assert pairs.views.currentIndex() == 0
    assert all({row.a, row.b} <= set(chosen.members) for row in pairs.model.shown_rows())
    assert pairs.model.rowCount() >= chosen.pairs
    pairs.show_everybody()
    desk.settle()
    pairs.show_view(1)
    groups.graph.setFocus()
    members = groups.graph._picture.groups
    assert groups.graph._here == members[0][0]
    qtbot.keyClick(groups.graph, Qt.Key.Key_Right)
    assert members[0][1] == groups.graph._here
    qtbot.keyClick(groups.graph, Qt.Key.Key_Down)
    assert members[1][0] == groups.graph._here
    name = groups.graph.name(members[1][0])
    assert name in groups.facts.whole()
    qtbot.keyClick(groups.graph, Qt.Key.Key_Return)
    desk.settle()
    assert name in pairs.one_words.text()


def test_what_much_of_the_class_has_or_was_given_is_marked_pale(side):
    answer = side._answer
    common = msgspec.structs.replace(answer.passages[1], programs_with_it=12)
    assert faint_places(answer) == frozenset()
    assert telling_place(msgspec.structs.replace(answer, passages=answer.passages[::-1])) == 1
    assert faint_places(msgspec.structs.replace(answer, passages=(answer.passages[0], common))) == {1}


def test_a_note_about_a_pair_waits_while_names_are_hidden_and_is_pointed_out_before_the_window_closes(side, desk):
    side.start_note()
    pair, text = side._pair, side.note.text.toPlainText()
    window = desk.program.window
    queue = window.show_page("review").queue
    desk.settle()
    queue.names.click()
    desk.wait(lambda: desk.program.state.names_hidden)
    page = window.show_page("evidence")
    assert page.waiting.isHidden()
    queue.names.click()
    desk.wait(lambda: not desk.program.state.names_hidden)
    page = window.show_page("evidence")
    desk.settle()
    assert page.waiting.isVisible()
    page.show_similarity()
    desk.settle()
    page.waiting._act.click()
    assert page.side._pair == pair
    assert page.side.note.text.toPlainText() == text
    assert not window.close()
    assert "it waits for you on this computer" in page.side.banner.text()
    page.side.note.text.clear()
    assert window.close()


LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschaferswessen"


def test_two_of_one_very_long_name_are_told_apart_and_never_widen_the_window(desk):
    state = desk.program.state
    for key in ("s4000", "s4037", "s4518"):
        desk.hub.rows[key] = msgspec.structs.replace(desk.hub.rows[key], name=LONG)
    state.refresh()
    desk.wait(lambda: state.rows["s4037"].name == LONG)
    window = desk.program.window
    window.resize(1024, 700)
    page = window.show_page("evidence")
    page.show_similarity()
    desk.settle()
    pairs = page.pairs
    pair = next(one for one in pairs.model.all_rows() if one.a_name == one.b_name == LONG)
    ids = [state.by_session(session).student for session in (pair.a, pair.b)]
    assert [column.cell(pair).note for column in pairs.model.columns[:2]] == ids
    pairs.search.setText(ids[0])
    assert all(
        ids[0] in {state.by_session(each).student for each in (row.a, row.b)} for row in pairs.model.shown_rows()
    )
    page._compare(pair)
    desk.settle()
    page.side.start_note()
    desk.settle()
    assert [shown.text() for shown in page.side.ids] == ids
    assert [box.text().endswith(f"({student})") for box, student in zip(page.side.note.whose, ids, strict=True)] == [
        True,
        True,
    ]
    assert LONG in page.side.note.whose[0].toolTip()
    assert page.side.note.minimumSizeHint().width() <= 600
    assert window.width() == 1024


def test_the_keyboard_begins_at_the_top_of_signals_and_pairs_and_stays_with_what_is_chosen(desk, qtbot):
    page = desk.program.window.show_page("evidence")
    desk.settle()
    view = page.signals.table.view
    assert view.currentIndex().row() == 0
    qtbot.keyClick(view, Qt.Key.Key_Down)
    (chosen,) = page.signals.table.chosen()
    page.signals.ask()
    desk.settle()
    assert page.signals.table.chosen() == [chosen]
    page.show_similarity()
    desk.settle()
    assert page.pairs.table.view.currentIndex().row() == 0


def test_ctrl_tab_goes_between_signals_and_pairs_with_the_keyboard_in_their_tables(desk, qtbot):
    page = desk.program.window.show_page("evidence")
    desk.settle()
    qtbot.keyClick(page.signals.table.view, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    desk.settle()
    assert page.pairs.table.view.hasFocus()
    qtbot.keyClick(page.pairs.table.view, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert page.signals.table.view.hasFocus()
