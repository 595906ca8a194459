"""Exams, rosters, evidence, review and export, settings, projector, keyboard."""

import stat

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QVBoxLayout, QWidget

from examdesk.staffapi.messages import (
    SIMILARITY_WORDS,
    ApplyRoster,
    GetSideBySide,
    GetSignals,
    ImportBundle,
    PreviewRoster,
    PutSection,
    PutStudent,
)
from instructor_app.pages.roster_student import read_more_time
from instructor_app.widgets.basic import shortcut
from instructor_app.window import PAGES
from shared.discovery.joining import parse_link, read_join_file


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("", (1.0, 0)), ("1.5", (1.5, 0)), ("x1,25", (1.25, 0)), ("15", (1.0, 15)), ("15 min", (1.0, 15)), ("lots", None)],
)
def test_more_time_is_a_factor_or_minutes(typed, meant):
    assert read_more_time(typed) == meant


def test_an_import_is_shown_before_it_is_done(desk, tmp_path):
    page = desk.program.window.show_page("rosters")
    desk.settle()
    file = tmp_path / "class.csv"
    file.write_text("id;name\ns1;Ada\n")
    page.import_file(file)
    desk.settle()
    assert page.preview.isVisible()
    assert desk.asked(PreviewRoster)[0].data == file.read_bytes()
    assert desk.asked(ApplyRoster) == []
    assert page.preview.apply.text() == "Import 3 students"
    page.preview.doubtful.setChecked(True)
    assert page.preview.apply.text() == "Import 4 students"
    page.preview.apply.click()
    desk.settle()
    assert [(request.preview, request.with_doubtful) for request in desk.asked(ApplyRoster)] == [("p1", True)]
    assert page.table.isVisible()


def test_an_unreadable_file_is_named(desk, tmp_path):
    page = desk.program.window.show_page("rosters")
    page.import_file(tmp_path / "gone.csv")
    assert "gone.csv" in page.banner.text()


def test_one_student_is_added_from_the_keyboard(desk, qtbot):
    page = desk.program.window.show_page("rosters")
    desk.settle()
    qtbot.keyClicks(page.add.student, "s9999")
    qtbot.keyClicks(page.add.name, "Late Student")
    qtbot.keyClick(page.add.name, Qt.Key.Key_Return)
    desk.settle()
    assert [(put.student, put.name) for put in desk.asked(PutStudent)] == [("s9999", "Late Student")]
    assert page.model.by_key("s9999") is not None


def test_a_section_is_added_beside_the_others(desk):
    page = desk.program.window.show_page("exams")
    page.running._section_name.setText("C")
    page.running._section_room.setText("B 208")
    page.running._add_section()
    desk.settle()
    assert [(put.name, put.room) for put in desk.asked(PutSection)] == [("C", "B 208")]


def test_the_qr_code_is_the_join_link_that_desks_read(desk):
    page = desk.program.window.show_page("exams")
    destination = parse_link(page.running.qr._text)
    assert str(destination.addresses[0].host) == "192.168.10.5"
    assert destination.fingerprint == bytes.fromhex("5a" * 32)


def test_a_join_file_leads_to_this_hub(desk, tmp_path):
    page = desk.program.window.show_page("exams")
    file = tmp_path / "quiz.examjoin"
    page.running.files.save_join_file(file)
    destination = read_join_file(file.read_bytes())
    assert [address.host for address in destination.addresses] == ["192.168.10.5", "10.20.0.17"]
    assert destination.fingerprint == bytes.fromhex("5a" * 32)
    page.running.files.save_join_file(tmp_path / "no" / "folder.examjoin")
    assert "folder.examjoin can't be written" in page.banner.text()


def test_the_words_of_care_stand_beside_pairs_and_beside_programs(desk):
    page = desk.program.window.show_page("evidence")
    page.show_similarity()
    desk.settle()
    assert page.pairs.words.isVisible()
    assert page.pairs.words.text() == SIMILARITY_WORDS
    page.pairs.opened.emit(page.pairs.model.shown_rows()[0])
    desk.settle()
    assert page.side.words.isVisible()
    assert page.side.words.text() == SIMILARITY_WORDS
    review = desk.program.window.show_page("review")
    assert any(part.text() == SIMILARITY_WORDS for part in review.findChildren(QLabel) if part.isVisible())


def test_two_programs_scroll_together_and_step_through_matches(desk):
    page = desk.program.window.show_page("evidence")
    page.show_similarity()
    desk.settle()
    pair = page.pairs.model.shown_rows()[0]
    page.pairs.opened.emit(pair)
    desk.settle()
    assert (desk.asked(GetSideBySide)[0].a, desk.asked(GetSideBySide)[0].b) == (pair.a, pair.b)
    first, second = page.side.codes
    first.verticalScrollBar().setValue(4)
    assert second.verticalScrollBar().value() == min(4, second.verticalScrollBar().maximum())
    assert len(first.regions()) == len(second.regions()) > 1
    assert page.side._region == 0
    page.side.step(1)
    assert page.side._region == 1


def test_signals_of_the_class_are_listed_and_lead_to_their_session(desk):
    page = desk.program.window.show_page("evidence")
    desk.wait(lambda: page.signals.model.rowCount() > 0)
    rows = page.signals.model.shown_rows()
    assert [row.signal.at_ms for row in rows] == sorted((row.signal.at_ms for row in rows), reverse=True)
    page.signals.table.opened.emit(rows[0])
    view = desk.program.window.playback
    assert desk.program.window.stack.currentWidget() is view
    desk.wait(lambda: view.loader.complete and view._goal is None)
    assert view.one.session == rows[0].session
    assert view.player.number == rows[0].signal.seq + 1
    assert view.back.toolTip() == "Back to Evidence (Esc)"


def test_from_a_signal_to_the_review_of_its_session_by_one_key(desk, qtbot):
    page = desk.program.window.show_page("evidence")
    desk.wait(lambda: page.signals.model.rowCount() > 0)
    assert not page.signals.review.isEnabled()
    one = page.signals.model.row_at(2)
    page.signals.table.view.choose(2)
    qtbot.keyClick(page.signals.table.view, Qt.Key.Key_R)
    queue = desk.program.window.page("review").queue
    assert desk.program.window.stack.currentWidget() is desk.program.window.page("review")
    assert [chosen.live.session for chosen in queue.table.chosen()] == [one.session]


def test_signals_are_filtered_by_kind_and_asked_for_only_in_sight(desk):
    assert desk.asked(GetSignals) == []
    page = desk.program.window.show_page("evidence").signals
    desk.wait(lambda: page.model.rowCount() > 0)
    everything = page.model.rowCount()
    page.chips["outside_paste"].click()
    assert {row.signal.kind for row in page.model.shown_rows()} == {"outside_paste"}
    page.everything.click()
    assert page.model.rowCount() == everything
    assert len(desk.asked(GetSignals)) == 1


def test_a_session_that_is_not_complete_says_so_everywhere(desk):
    words = "This row can't be worked out."
    student, row = next((student, row) for student, row in desk.hub.rows.items() if row.session)
    desk.hub.rows[student] = msgspec.structs.replace(row, problem=words)
    desk.program.state.refresh()
    desk.wait(lambda: bool(desk.program.state.rows[student].problem))
    live = desk.program.window.show_page("live")
    assert live.model.by_key(student).problem == words
    page = desk.program.window.show_page("evidence")
    assert words in page.signals.incomplete.text()
    desk.program.window.open_session(live.model.by_key(student))
    assert desk.program.window.panel.incomplete.text() == words


def test_a_bundle_is_handed_in_piece_by_piece(desk, tmp_path):
    page = desk.program.window.show_page("review")
    page.show_export()
    bundle = tmp_path / "work.examwork"
    bundle.write_bytes(bytes(range(256)) * 3000)
    page.handing_in.hand_in(bundle)
    desk.wait(page.handing_in.banner.isVisible)
    pieces = desk.asked(ImportBundle)
    assert b"".join(piece.data for piece in pieces) == bundle.read_bytes()
    assert [piece.last for piece in pieces] == [False, True]
    assert len({piece.upload for piece in pieces}) == 1
    assert "412 events" in page.handing_in.banner.text()


def test_a_theme_is_worn_at_once_and_remembered(desk):
    page = desk.program.window.show_page("settings")
    page.themes["dark"].setChecked(True)
    assert desk.program.kit.preferences.theme == "dark"
    assert desk.program.look.colours.window == "#171a1f"
    page.points.setValue(13)
    assert desk.program.window.font().pointSizeF() == 13
    page.themes["light"].setChecked(True)


def test_the_size_that_was_chosen_is_no_new_programs_own(make_desk):
    first = make_desk().program
    size = first.look.points
    first.window.show_page("settings").points.setValue(16)
    assert make_desk().program.window.font().pointSizeF() == size


def test_the_projector_shows_how_to_join_and_no_student(desk):
    desk.program.window.show_projector()
    projector = desk.program.window.projector
    words = " ".join(part.text() for part in projector.findChildren(QLabel))
    assert "7KQM-2XVD-8" in words
    assert "Quiz 2" in words
    assert not any(row.name in words or row.student in words for row in desk.hub.rows.values())
    desk.program.window.show_projector()
    assert not projector.isVisible()


def test_every_button_and_field_has_a_name_for_screen_readers(desk):
    window = desk.program.window
    nameless = []
    for page in PAGES:
        window.show_page(page)
        desk.settle()
    window.open_session(desk.program.state.rows["s4000"])
    desk.settle()
    for widget in [*window.findChildren(QAbstractButton), *window.findChildren(QLineEdit)]:
        if widget.isHidden():
            continue
        inner = widget.objectName().startswith(("qt_", "Scroll")) or type(widget.parent()).__name__ in (
            "QLineEdit",
            "QTabBar",
            "QTableView",
        )
        spin = (
            type(widget.parent()).__name__ in ("QSpinBox", "QDoubleSpinBox", "QComboBox")
            or "RowsView" in type(widget.parent()).__name__
        )
        text = widget.text() if isinstance(widget, QAbstractButton) else ""
        if not (inner or spin or widget.accessibleName() or text):
            nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
    assert nameless == []


def test_a_shortcut_acts_only_where_it_is_meant_to(qtbot):
    top, field, beside, done = QWidget(), QPushButton("a"), QPushButton("b"), []
    layout = QVBoxLayout(top)
    for button in (field, beside):
        layout.addWidget(button)
    qtbot.addWidget(top)
    made = shortcut(QKeySequence("R"), field, lambda: done.append("r"), Qt.ShortcutContext.WidgetShortcut)
    assert made.context() == Qt.ShortcutContext.WidgetShortcut
    with qtbot.waitActive(top):
        top.show()
        top.activateWindow()
    beside.setFocus()
    qtbot.keyClick(beside, Qt.Key.Key_R)
    assert not done
    field.setFocus()
    qtbot.keyClick(field, Qt.Key.Key_R)
    assert done == ["r"]


def test_pages_are_reached_by_keys_and_the_cheat_sheet_lists_them(desk, qtbot):
    window = desk.program.window
    window.show_cheat_sheet()
    sheet = next(child for child in window.children() if type(child).__name__ == "CheatSheet")
    words = [part.text() for part in sheet.findChildren(QLabel)]
    assert "Alt+3" in words
    assert "F11" in words
    assert "Review & export" in words
    sheet.close()


def test_a_lost_hub_is_said_on_every_page(desk):
    window = desk.program.window
    desk.program.bridge._loop.call_soon_threadsafe(desk.hub.cut)
    desk.wait(lambda: not window.link_banner.isHidden() or window.top.hub.text() == "Hub not reached")
    desk.wait(window.link_banner.isHidden)


def test_a_folder_that_cannot_be_written_is_named(desk, tmp_path):
    sealed = tmp_path / "file"
    sealed.write_text("")
    sealed.chmod(stat.S_IRUSR)
    said = []
    starter = desk.program.opening._starter
    starter.failed.connect(said.append)
    starter.start(tmp_path / "exam", sealed / "data")
    assert "can't be written" in said[0]


def test_no_two_entries_of_the_menus_have_the_same_keys(desk):
    menus = [action.menu() for action in desk.program.window.menuBar().actions()]
    keys = [entry.shortcut().toString() for menu in menus for entry in menu.actions() if not entry.shortcut().isEmpty()]
    assert sorted(keys) == sorted(set(keys))
