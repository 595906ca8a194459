"""One person watching several hubs, the audit log, the projector and the start code in the window."""

import json

import pytest
from PySide6.QtCore import Qt

from examdesk.staffapi.client import read_hub_file
from examdesk.staffapi.messages import AuditEntry, GetAudit, GetExam, Pause, Say, Target
from instructor_app.opening import address_of
from instructor_app.pages.audit import local_times
from instructor_app.preferences import WatchedHub
from instructor_app.projector import Projector
from instructor_app.sample import SampleHub
from instructor_app.sample.people import session_id
from shared.problems import EnvironmentProblem, InputProblem


class Building:
    """Other hubs by the path of their file; one that is missing does not answer."""

    def __init__(self) -> None:
        self.hubs: dict[str, SampleHub] = {}

    def opener(self, hub: WatchedHub):
        async def connect() -> SampleHub:
            if hub.path not in self.hubs:
                raise EnvironmentProblem("No hub answers there. Is it running?")
            return self.hubs[hub.path]

        return connect


@pytest.fixture
def building(desk):
    made = Building()
    made.hubs["c"] = SampleHub(18, room="C 101")
    desk.program.opening.opener = made.opener
    return made


@pytest.fixture
def page(desk, building):
    for path in ("c", "d"):
        desk.program.rooms.watch(WatchedHub(path=path))
    shown = desk.program.window.show_page("rooms")
    desk.wait(lambda: len(shown.model.all_rows()) == 24 + 18)
    return shown


def card_of(page, key):
    return next(card for card in page._cards if card.room.key == key)


def test_students_of_all_rooms_stand_in_one_table(desk, page):
    assert {row.title for row in page.model.all_rows()} == {"B 204, B 206", "C 101"}
    assert len({row.key for row in page.model.all_rows()}) == 42
    page.search.setText("C 101")
    assert {row.room for row in page.model.shown_rows()} == {"c"}


def test_a_hub_that_can_not_be_reached_is_shown_as_such_and_stops_no_other(desk, page):
    desk.wait(lambda: "No hub answers" in card_of(page, "d").counts.text())
    assert card_of(page, "d").state.text() == "Not reached"
    assert card_of(page, "c").state.text() == "Connected"


def test_a_hub_that_goes_away_keeps_its_last_rows_and_says_since_when(desk, page, building):
    hub = building.hubs.pop("c")
    room = card_of(page, "c").room
    room.bridge._loop.call_soon_threadsafe(hub.cut)
    desk.wait(lambda: not room.reached)
    assert card_of(page, "c").state.text().startswith("Not reached since")
    assert "Its students go on" in card_of(page, "c").counts.text()
    rows = [row for row in page.model.all_rows() if row.room == "c"]
    assert len(rows) == 18
    assert not any(row.reached for row in rows)
    building.hubs["c"] = hub
    desk.wait(lambda: room.reached and all(row.reached for row in page.model.all_rows() if row.room == "c"))


def test_a_change_in_another_room_updates_its_row(desk, page, building):
    hub = building.hubs["c"]
    row = next(row for row in hub.rows.values() if row.session)
    card_of(page, "c").room.bridge._loop.call_soon_threadsafe(lambda: hub._put(row, runs=77))
    desk.wait(lambda: page.model.by_key(f"c\n{row.student}").row.runs == 77)
    assert page.model.by_key(f"\n{row.student}").row.runs != 77


def test_going_to_a_room_changes_the_hub_of_the_window(desk, page, building):
    desk.program.opening.attached = WatchedHub(path="b")
    building.hubs |= {"b": SampleHub(), "c": SampleHub(18, room="C 101")}  # a sample belongs to one loop
    card_of(page, "c").go.click()
    desk.wait(lambda: desk.program.state.exam is not None and desk.program.state.exam.sections[0].room == "C 101")
    assert desk.program.window.stack.currentWidget() is desk.program.window.live()
    assert [room.key for room in desk.program.rooms.others()] == ["d", "b"]
    desk.wait(lambda: len(page.model.all_rows()) == 42)


def test_a_session_of_another_room_says_where_it_is(desk, page, building):
    other = next(row for row in page.model.all_rows() if row.room == "c" and row.row.session)
    page.table.opened.emit(other)
    assert "sits in another room" in page.banner.text()
    mine = next(row for row in page.model.all_rows() if row.room == "" and row.row.session)
    page.table.opened.emit(mine)
    assert desk.program.window.panel.isVisible()


def test_rooms_are_remembered_and_taken_off(desk, page, qtbot):
    preferences = desk.program.kit.preferences
    assert [hub.path for hub in preferences.watched()] == ["c", "d"]
    qtbot.mouseClick(card_of(page, "d").leave, Qt.MouseButton.LeftButton)
    assert [hub.path for hub in preferences.watched()] == ["c"]
    assert [room.key for room in desk.program.rooms.others()] == ["c"]


def test_a_file_or_an_address_that_is_none_says_so(desk, tmp_path):
    page = desk.program.window.show_page("rooms")
    page.add_file(tmp_path / "hub.json")
    assert "No hub serves the data" in page.banner.text()
    file = tmp_path / "hub.json"
    file.write_text(json.dumps({"port": 23926, "fingerprint": "5a" * 32, "token": "t"}))
    page.address.setText("room c:seven")
    page.add_file(file)
    assert "is no address" in page.banner.text()
    found = address_of(WatchedHub(path=str(file), address="192.168.1.30"))
    assert (found.host, found.port) == ("192.168.1.30", 23926)
    assert address_of(WatchedHub(path=str(file), address="10.0.0.9:99")).port == 99
    with pytest.raises(InputProblem):
        address_of(WatchedHub(path=str(file), address=":99"))
    assert desk.program.rooms.others() == []


def test_the_audit_log_is_searched_at_the_hub_and_shows_before_and_after(desk, qtbot):
    page = desk.program.window.show_page("audit")
    desk.settle()
    desk.wait(lambda: len(page.model.all_rows()) == 13)
    page.table.choose("3")
    shown = [page._changes.itemAt(place).widget().text() for place in range(page._changes.count())]
    assert shown[0].startswith("start none → ")
    page.kind.setCurrentIndex(page.kind.findData("done"))
    desk.wait(lambda: desk.asked(GetAudit)[-1].kind == "done")
    page.kind.setCurrentIndex(0)
    qtbot.keyClicks(page.search, "lost time")
    desk.wait(lambda: [row.number for row in page.model.all_rows()] == [12])
    assert desk.asked(GetAudit)[-1].text == "lost time"


def test_who_looked_at_a_session_is_one_click_from_its_review(desk, qtbot):
    queue = desk.program.window.show_page("review").queue
    desk.wait(lambda: queue.model.rowCount() > 0 and desk.program.bridge.waiting == 0)
    queue.table.choose(session_id(0))
    desk.wait(queue.card.looking.isVisible)
    assert "Jonas Weber" in queue.card.looking.text()
    queue.card.looks.click()
    page = desk.program.window.stack.currentWidget()
    desk.wait(lambda: [row.detail for row in page.model.all_rows()] == [f"s4000, session {session_id(0)}"])
    assert (desk.asked(GetAudit)[-1].kind, desk.asked(GetAudit)[-1].session) == ("looked", session_id(0))
    shown = page.model.cell(0, [column.key for column in page.model.columns].index("about")).text
    assert shown == f"{desk.program.state.by_session(session_id(0)).name} (s4000)"
    other = next(row for row in desk.program.state.rows.values() if row.session not in ("", session_id(0)))
    page.about.lineEdit().selectAll()
    qtbot.keyClicks(page.about.lineEdit(), f"{other.name} ({other.student})")
    qtbot.keyClick(page.about.lineEdit(), Qt.Key.Key_Return)
    desk.wait(lambda: desk.asked(GetAudit)[-1].session == other.session)


@pytest.fixture
def make_log(desk):
    def make(total):
        def entries(ask):
            first = total if ask.before is None else ask.before
            found = tuple(
                AuditEntry(number=n, at_ms=n, who="Lin", role="proctor", address="", what="paused", detail="")
                for n in range(first - 1, max(-1, first - 1 - ask.limit), -1)
            )
            return type(desk.hub.room.audit(GetAudit()))(entries=found, total=total)

        desk.hub._answers[GetAudit] = entries
        return desk.program.window.show_page("audit")

    return make


def test_older_entries_come_on_request(desk, make_log):
    page = make_log(900)
    desk.wait(lambda: len(page.model.all_rows()) == 300)
    page.older.click()
    desk.wait(lambda: len(page.model.all_rows()) == 600)
    assert page.summary.text() == "600 shown · 900 entries in all"


def test_older_entries_that_were_asked_for_are_not_taken_away_by_news(desk, make_log):
    page = make_log(900)
    desk.wait(lambda: len(page.model.all_rows()) == 300)
    desk.hub.push(topics=("audit",))
    desk.wait(page._later.isActive)
    page.older.click()
    desk.hub.push(topics=("audit",))
    desk.wait(lambda: len(page.model.all_rows()) == 600)
    asked, exams = len(desk.asked(GetAudit)), len(desk.asked(GetExam))
    desk.hub.push(topics=("audit", "exam"))
    desk.wait(lambda: len(desk.asked(GetExam)) > exams)
    assert not page._later.isActive()
    assert len(desk.asked(GetAudit)) == asked


def test_older_entries_of_another_search_are_not_mixed_in(desk, make_log):
    page = make_log(900)
    desk.wait(lambda: len(page.model.all_rows()) == 300)
    page.search.setText("Lin")
    page.older.click()
    desk.settle()
    assert (desk.asked(GetAudit)[-1].text, desk.asked(GetAudit)[-1].before) == ("Lin", None)
    assert len(page.model.all_rows()) == 300


def test_moments_of_the_log_are_written_in_local_time():
    text = local_times("end 2026-10-05T10:30:00Z → 2026-10-05T10:40:00Z (s1)")
    assert "T" not in text
    assert text.endswith(":40:00 (s1)")


@pytest.mark.parametrize("size", [(1280, 720), (1024, 768), (3840, 2160)])
def test_the_projector_fits_its_screen_with_the_newest_announcement(desk, qtbot, size):
    view = Projector(desk.program.kit)
    qtbot.addWidget(view)
    view.resize(*size)
    view.show()
    view.refresh()
    desk.settle()
    desk.wait(view.board.isVisible)
    assert view.news.text() == "The doors of the room stay closed for the last half hour."
    assert (view.width(), view.height()) == size
    assert view.minimumSizeHint().height() <= size[1]
    assert not {row.name for row in desk.hub.rows.values()} & {line.text() for line, _, _ in view._sized}


def test_what_was_said_to_some_is_not_on_the_projector(desk, qtbot):
    one = next(row for row in desk.hub.rows.values() if row.session)
    desk.hub.room.say(Say(command="", text="Only for you", target=Target(sessions=(one.session,))), [one])
    desk.hub.room.say(Say(command="", text="For B", kind="announcement", target=Target(sections=("B",))), [one])
    view = Projector(desk.program.kit)
    qtbot.addWidget(view)
    view.refresh()
    desk.settle()
    assert view.news.text().startswith("The doors")


def test_the_start_code_is_asked_for_and_shown(desk):
    live = desk.program.window.show_page("live")
    live.commands.start_code_wanted.emit()
    desk.settle()
    assert live.start_code.code.text() == "4K7Q-9TXM-2"
    live.start_code.reject()


def test_a_colleague_gets_a_file_with_one_roles_token_and_no_other(desk, tmp_path):
    page = desk.program.window.show_page("rooms")
    page.write_for("proctor", tmp_path / "for-lin.json")
    assert "Open an exam first" in page.banner.text()
    hub_file = tmp_path / "hub.json"
    tokens = {"proctor": "tp", "auditor": "ta"}
    hub_file.write_text(json.dumps({"port": 23926, "fingerprint": "5a" * 32, "token": "owner", "tokens": tokens}))
    desk.program.opening.attached = WatchedHub(path=str(hub_file))
    page.write_for("proctor", tmp_path / "for-lin.json")
    written = read_hub_file(tmp_path / "for-lin.json")
    assert (written.host, written.port, written.token) == ("192.168.10.5", 23926, "tp")
    assert "owner" not in (tmp_path / "for-lin.json").read_text()
    page.write_for("integrity reviewer", tmp_path / "other.json")
    assert "no tokens for others" in page.banner.text()
    assert not (tmp_path / "other.json").exists()
    page.write_for("proctor", tmp_path / "no" / "such" / "folder.json")
    assert "can't be written" in page.banner.text()


def choose(page, beginning):
    next(each for each in page.commands.menu().actions() if each.text().startswith(beginning)).trigger()


def test_a_fire_alarm_pauses_all_rooms_that_are_reached_and_names_those_that_are_not(desk, page, building, qtbot):
    choose(page, "Pause in all rooms")
    assert page.sheet.isVisible()
    assert [line.partition(":")[0] for line in page.sheet.lines()] == ["B 204, B 206", "C 101", "d"]
    assert page.sheet.lines()[2].endswith("nothing is done there.")
    assert desk.asked(Pause) == []
    qtbot.mouseClick(page.sheet.act, Qt.MouseButton.LeftButton)
    desk.wait(page.banner.isVisible)
    sent = [each for hub in (desk.hub, building.hubs["c"]) for each in hub.asked if isinstance(each, Pause)]
    assert [each.paused for each in sent] == [True, True]
    assert page.banner.text().splitlines()[2] == "d: not reached, nothing was done there"
    qtbot.mouseClick(page.banner._act, Qt.MouseButton.LeftButton)
    desk.wait(lambda: len(page.banner.text().splitlines()) == 2)
    sent = [each for hub in (desk.hub, building.hubs["c"]) for each in hub.asked if isinstance(each, Pause)]
    assert sorted(each.paused for each in sent) == [False, False, True, True]
    assert not page.banner._act.isVisible()


def test_an_announcement_to_all_rooms_needs_words(desk, page, building, qtbot):
    choose(page, "Announce in all rooms")
    assert not page.sheet.act.isEnabled()
    qtbot.keyClicks(page.sheet.text, "Ten minutes left")
    qtbot.keyClick(page.sheet.text, Qt.Key.Key_Return)
    desk.wait(page.banner.isVisible)
    sent = [each for hub in (desk.hub, building.hubs["c"]) for each in hub.asked if isinstance(each, Say)]
    assert [(each.text, each.kind) for each in sent] == [("Ten minutes left", "announcement")] * 2


def test_names_are_hidden_in_every_room_also_where_one_is_watched_later(desk, page, building):
    names = {row.row.name for row in page.model.all_rows() if row.row.session}
    building.hubs["e"] = SampleHub(6, room="E 1")
    desk.program.state.hide_names(True)
    desk.wait(lambda: not names & {row.row.name for row in page.model.all_rows() if row.row.session})
    desk.program.rooms.watch(WatchedHub(path="e"))
    desk.wait(lambda: len(page.model.all_rows()) == 24 + 18 + 6)
    assert not names & {row.row.name for row in page.model.all_rows() if row.row.session}
    desk.program.state.hide_names(False)
    desk.wait(lambda: names <= {row.row.name for row in page.model.all_rows()})
