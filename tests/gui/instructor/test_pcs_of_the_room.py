"""How the lab's PCs are prepared, beside the live table."""

import pytest
from PySide6.QtWidgets import QLabel

from examdesk.staffapi.messages import Changed, GetPreflights, PreflightList
from instructor_app.pages.room.pcs import PcsTab


@pytest.fixture
def pcs(desk) -> PcsTab:
    live = desk.program.window.show_page("live")
    live.show_room("pcs")
    desk.settle()
    return live.room.pcs


def said(tab):
    return " ".join(each.text() for each in tab.found.findChildren(QLabel) if not each.isHidden())


def test_the_worst_pc_stands_first_and_says_what_to_do(pcs):
    levels = [seat.level for seat in pcs.model.shown_rows()]
    assert levels == sorted(levels, key=("blocked", "warning", "untested", "ok").index)
    assert "At 2 something is in the way" in pcs.summary.text()
    assert "never reported" in pcs.summary.text()
    (chosen,) = pcs.table.chosen()
    assert chosen.level == "blocked"
    assert "UDP port 5353" in said(pcs)
    assert "In order: " in said(pcs)


def test_a_level_filters_and_the_tab_follows_new_reports(desk, pcs):
    pcs.chips["warning"].click()
    assert {seat.level for seat in pcs.model.shown_rows()} == {"warning"}
    pcs.chips["warning"].click()
    desk.hub.answer_with(GetPreflights, lambda _: PreflightList(seats=()))
    desk.program.bridge.changed.emit(Changed((), ("preflights",)))
    desk.wait(lambda: pcs.table.currentIndex() == 1)
    assert not pcs.found.isVisible()


def test_a_students_pc_is_reached_from_its_row_also_when_it_never_reported(desk, pcs):
    live = desk.program.window.live()
    known = next(seat for seat in pcs.model.all_rows() if seat.student and seat.level == "ok")
    live.show_pc(desk.hub.rows[known.student])
    desk.settle()
    assert [seat.device for seat in pcs.table.chosen()] == [known.device]
    silent = next(
        row
        for row in desk.hub.rows.values()
        if row.session and row.student not in {seat.student for seat in pcs.model.all_rows()}
    )
    desk.program.window.open_session(silent, "devices")
    desk.settle()
    desk.program.window.panel.devices.pc_wanted.emit()
    desk.settle()
    assert not desk.program.window.panel.isVisible()
    assert pcs.banner.isVisible()
