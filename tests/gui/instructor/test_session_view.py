"""The session view: opened, dragged, played, stepped, compared, followed; by mouse and by keys."""

import msgspec
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from examdesk.staffapi.client import Refused
from examdesk.staffapi.messages import Failed, GetPlayback, PlayedEvent, Say
from examdesk.staffapi.playback.marks import Said
from instructor_app.pages.playback.runs import RunPane
from instructor_app.pages.playback.timeline import LABELS, RULER
from instructor_app.widgets.code_text import code_text
from shared.events import encode, kinds

STUDENT = "s4000"


def opened(desk):
    """Open the student's session from the live page; return its view, whole."""
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page._goal is None)
    desk.wait(lambda: page.view is not None and not page._redraw.isActive())  # every lane is there
    return page


@pytest.fixture
def page(desk):
    return opened(desk)


def press(widget, key, modifier=Qt.KeyboardModifier.NoModifier):
    QTest.keyClick(widget, key, modifier)


def after(page, number):
    """Return the text of the main file at a moment, from the tape."""
    return page.loader.tape.at(number).text("q1/main.py")


def test_enter_on_the_open_session_shows_its_timeline_and_escape_goes_back(desk):
    window = desk.program.window
    live = window.show_page("live")
    desk.settle()
    live.table.choose(STUDENT)
    press(live.table.view, Qt.Key.Key_Return)
    desk.settle()
    assert window.panel.isVisible()
    press(live.table.view, Qt.Key.Key_Return)
    assert window.stack.currentWidget() is window.playback
    assert not window.panel.isVisible()
    desk.wait(lambda: window.playback.loader.complete)
    press(window.playback.timeline, Qt.Key.Key_Escape)
    assert window.stack.currentWidget() is live
    assert window.panel.isVisible()


def test_all_events_come_in_pieces_and_the_view_opens_at_the_end_of_a_session_at_work(desk, page):
    assert len(page.loader.tape) == page.loader.total == page.one.events
    assert [ask.start for ask in desk.asked(GetPlayback)] == list(range(0, page.loader.total, 1000))
    assert page.player.following
    assert page.player.number == page.loader.total
    assert page.code.code.toPlainText() == page.loader.tape.at(page.loader.total).text(page.code.file())


def test_dragging_and_clicking_a_mark_show_the_text_of_that_moment(page):
    line = page.timeline
    middle = (page.player.first_ms + page.player.last_ms) // 2
    QTest.mousePress(
        line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(round(line.x_of(middle)), RULER + 3)
    )
    first = page.player.at_ms
    assert abs(first - middle) < 15_000
    QTest.mouseMove(line, QPoint(LABELS + 300, RULER + 3))
    QTest.mouseRelease(line, Qt.MouseButton.LeftButton)
    assert page.player.at_ms < first
    assert not page.player.following
    tape = page.loader.tape
    shown = tape.at(page.player.number, page.player.until_ms())
    assert page.code.code.toPlainText() == shown.text(page.code.file())
    paste = page.loader.marks.pastes[0]
    row = line.lanes().index("pastes")
    at = QPoint(round(line.x_of(paste.at_ms)), RULER + round((row + 0.5) * line._lane()))
    assert "Pasted" in line.words_at(QPointF(at))
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    assert page.player.number == paste.number
    assert "from my notes" in page.code.code.toPlainText()
    assert "from outside" in page.code.facts.whole()


class Layouts(QObject):
    """Counts how often a widget is asked to lay out its children."""

    def __init__(self, widget):
        super().__init__(widget)
        self.times = 0
        widget.installEventFilter(self)

    def eventFilter(self, _widget, event):
        self.times += event.type() == QEvent.Type.LayoutRequest
        return False


def test_a_drag_lays_out_nothing_anew_and_all_its_words_follow(page, desk):
    runs = page.loader.marks.runs
    page.go_to(runs[0].number)
    desk.settle()
    counted = [Layouts(page), Layouts(page.runs)]
    first, last = page.loader.tape.times[runs[0].number], page.player.last_ms
    frames = 60
    for step in range(frames):
        page.go_to_ms(first + (last - first) * step // frames)
        QApplication.processEvents()
    assert len(runs) < frames // 8
    assert all(each.times < frames // 2 for each in counted), "a run's proof may wrap, which comes a little after it"
    at = page.player.number
    assert f"event {at:,} of" in page.controls.place.whole()
    assert page.runs.title.whole() == f"Run {page.loader.marks.run_at(at).run}"
    for words in (page.runs.title, page.runs.facts, page.controls.place, page.code.facts):
        assert words.isVisible()
        assert words.text() == words.whole(), "there is room for all of it"
        assert words.height() >= words.fontMetrics().height()


def test_a_run_has_its_room_also_where_there_was_none_before(page, desk):
    page.go_to(0)
    desk.settle()
    assert not page.runs.end.isVisible()
    page.go_to(page.loader.marks.runs[0].ended)
    desk.settle()
    for part in (page.runs.end, page.runs.facts, page.runs.code):
        assert part.isVisible()
        assert part.height() >= part.fontMetrics().height()
        assert page.runs.rect().contains(part.mapTo(page.runs, part.rect().bottomRight()))


def test_keys_step_play_and_set_the_speed_also_from_within_the_code(page):
    line = page.timeline
    press(line, Qt.Key.Key_Home)
    assert page.player.number == 0
    press(line, Qt.Key.Key_Right)
    assert page.player.number == 1
    press(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    assert page.player.number == page.steering.stops[0]
    press(line, Qt.Key.Key_Right, Qt.KeyboardModifier.ControlModifier)
    press(line, Qt.Key.Key_Left, Qt.KeyboardModifier.ControlModifier)
    assert page.player.number == page.steering.stops[0]
    press(line, Qt.Key.Key_Left)
    assert page.player.number == page.steering.stops[0] - 1
    press(line, Qt.Key.Key_End)
    assert page.player.number == len(page.loader.tape)
    press(line, Qt.Key.Key_Home)
    press(line, Qt.Key.Key_7)
    assert page.player.speed == 64
    assert page.controls.speed.currentData() == 64
    press(line, Qt.Key.Key_Space)
    assert page.player.playing
    assert page._frames.isActive()
    before = page.player.at_ms
    page._last_us -= 100_000
    page._frame()
    assert page.player.at_ms > before
    page.go_to_ms(page.player.last_ms - 60_000)
    assert page.player.playing
    press(line, Qt.Key.Key_Space)
    assert not page._frames.isActive()
    page.code.code.setFocus()
    press(page.code.code, Qt.Key.Key_Space)
    assert page.player.playing
    press(page.code.code, Qt.Key.Key_Space)
    number = page.player.number
    press(page.code.code, Qt.Key.Key_Right)
    assert page.player.number == number


def test_zoom_keeps_the_place_and_shows_all_again(page):
    line = page.timeline
    page.go_to(len(page.loader.tape) // 2)
    place = line.x_of(page.player.at_ms)
    press(line, Qt.Key.Key_Plus)
    assert abs(line.x_of(page.player.at_ms) - place) < 2
    start, end, first, last = line.view()
    assert end - start < last - first
    assert page.pan.isVisible()
    at = QPointF(LABELS + 200, 40)
    under = line.ms_of(at.x())
    wheel = QWheelEvent(
        at, line.mapToGlobal(at), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase, False,
    )  # fmt: skip
    QApplication.sendEvent(line, wheel)
    assert abs(line.ms_of(at.x()) - under) < 50
    press(line, Qt.Key.Key_0)
    assert line.view()[:2] == (float(first), float(last))
    assert not page.pan.isVisible()


def test_a_run_shows_its_input_output_and_exact_code(page, desk):
    run = next(run for run in page.loader.marks.runs if any(said.stream == "in" for said in run.said))
    page.go_to(run.ended)
    pane = page.runs
    assert pane.title.text() == f"Run {run.run}"
    assert "File? temperatures.csv" in pane.output.toPlainText()
    desk.wait(lambda: pane.proof.text().startswith("Exactly the code that ran"))
    page.go_to(run.number)
    assert pane.end.text() == "running"
    page.go_to(len(page.loader.tape))
    page._go_to_run(run.number)
    assert page.player.number == run.number
    assert page.code.code.toPlainText() == after(page, run.number)


def test_the_list_of_events_goes_along_and_leads_back(page):
    page.side.setCurrentWidget(page.events)
    paste = page.loader.marks.pastes[0]
    page.go_to(paste.number)
    place = page.events.view.currentIndex().row()
    assert page.events.model.places[place] == paste.number - 1
    assert '"clip":"outside"' in page.events.raw.toPlainText()
    page.events.what.setCurrentIndex(page.events.what.findData("runs"))
    page.events.view.selectRow(0)
    assert page.player.number == page.loader.marks.runs[0].number
    page.events.search.setText("no such words")
    assert page.events.model.rowCount() == 0
    assert page.events.count.text().startswith("0 of ")


def test_versions_and_any_two_moments_are_compared_beside_and_below_each_other(page):
    page.go_to(page.loader.marks.pastes[0].number)
    press(page.timeline, Qt.Key.Key_D)
    pane = page.code.difference
    assert page.code.comparing()
    assert page.controls.compare.text() == "Back to the code"
    before, now = pane.numbers()
    assert before < now == page.player.number
    left, right = pane.left.toPlainText().split("\n"), pane.right.toPlainText().split("\n")
    assert len(left) == len(right)
    assert [line for line in right if line] == [line for line in after(page, now).split("\n") if line]
    pane.unified.setChecked(True)
    pane.near.setChecked(True)
    shown = pane.both.toPlainText()
    assert "from my notes" in shown
    assert len(shown.split("\n")) < len(left) + 10
    press(page.timeline, Qt.Key.Key_Escape)
    assert not page.code.comparing()
    pane.unified.setChecked(False)
    page.comparing.toggle()
    assert pane.one.itemText(pane.one.count() - 1) == "As it was given"
    pane.one.setCurrentIndex(pane.one.count() - 1)
    pane.other.setCurrentIndex(1)
    assert pane.numbers() == (pane.one.currentData(), pane.other.currentData())
    assert "added" in pane.facts.text()
    pane.swap.click()
    assert "removed" in pane.facts.text()
    pane.other.setCurrentIndex(pane.one.currentIndex())
    assert pane.facts.text().startswith("No difference")
    page.comparing.toggle()
    page.go_to(len(page.loader.tape))
    line = page.timeline
    at = QPoint(round(line.x_of((page.player.first_ms + page.player.last_ms) / 2)), RULER + 3)
    QTest.mouseClick(line, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ShiftModifier, at)
    assert page.code.comparing()
    one, other = page.code.difference.numbers()
    assert 0 < one < other == len(page.loader.tape)
    assert page.code.difference.one.currentText().startswith("Event ")


def grow(desk, page, *texts):
    """Let the student type on, and the hub tell of it."""
    events = page.loader.tape.events
    added = []
    for text in texts:
        payload = kinds.Edit(file="q2/words.py", changes=(kinds.Change(0, 0, 0, text),))
        last = (events[-1:] + added)[-1]
        added.append(PlayedEvent(0, last.seq + 1, payload.KIND, last.at_ms + 900, encode(payload), f"Typed {text}."))
    answer = desk.hub._answers[GetPlayback]

    def more(ask):
        piece = answer(ask)
        whole = [*there, *added]
        journals = (msgspec.structs.replace(piece.track.journals[0], stop=len(whole)),)
        track = msgspec.structs.replace(piece.track, events=len(whole), journals=journals)
        return msgspec.structs.replace(
            piece, track=track, tracks=(track,), events=tuple(whole[ask.start : ask.start + ask.limit])
        )

    there = list(events)
    desk.hub._answers[GetPlayback] = more
    desk.program.bridge._loop.call_soon_threadsafe(lambda: desk.hub.push(STUDENT))
    desk.wait(lambda: len(page.loader.tape) == len(there) + len(added))
    desk.settle()


def test_it_follows_a_live_session_until_the_person_drags(desk, page):
    grow(desk, page, "n")
    assert page.player.number == len(page.loader.tape)
    assert page.controls.live.text() == "Live"
    assert page.code.code.toPlainText().startswith("n")
    page.go_to_ms(page.player.first_ms + 60_000)
    number = page.player.number
    grow(desk, page, "m", "o")
    assert page.player.number == number
    assert page.controls.live.text() == "Go to live"
    press(page.timeline, Qt.Key.Key_End)
    assert page.player.following
    assert page.player.number == len(page.loader.tape)


def test_a_moment_on_a_side_branch_opens_that_record_and_one_that_is_nowhere_is_told(desk):
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    one = next(one for one in desk.program.state.rows.values() if one.devices > 1)
    window.open_playback(one, ("88b0d2" * 5 + "31", 20))
    page = window.playback
    desk.wait(lambda: page.loader.complete and page._goal is None)
    assert page.loader.track_name != ""
    assert page.player.number == 21
    assert page.tracks.currentIndex() == 1
    desk.wait(page.trouble.isVisible)
    assert "after the session had gone on elsewhere" in page.trouble.text()
    assert not page.goes_on()
    page.tracks.setCurrentIndex(0)
    page._track_chosen()
    desk.wait(lambda: page.loader.complete and page.loader.track_name == "" and page._goal is None)
    desk.wait(lambda: page.tracks.count() == 2)
    window.open_playback(desk.program.state.rows[STUDENT], ("00" * 16, 20))
    desk.wait(lambda: page.loader.complete and page._goal is None)
    assert "not in the record" in page.banner.text()


def test_a_hub_that_does_not_answer_is_told_and_asked_again(desk):
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    answer = desk.hub._answers[GetPlayback]

    def refuse(_ask):
        raise Refused(Failed(code="trouble", sentence="The records can't be read now."))

    desk.hub._answers[GetPlayback] = refuse
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    desk.wait(page.banner.isVisible)
    assert page.banner.text() == "The records can't be read now."
    desk.hub._answers[GetPlayback] = answer
    page.banner._act.click()
    desk.wait(lambda: page.loader.complete and page._goal is None)
    assert page.player.number == len(page.loader.tape) > 0
    before = len(desk.asked(GetPlayback))
    page.banner.say("attention", "The hub does not answer.")
    desk.program.bridge._loop.call_soon_threadsafe(desk.hub.cut)
    desk.wait(lambda: len(desk.asked(GetPlayback)) > before)
    assert not page.banner.isVisible()


def strange(desk, events):
    """Open a session whose record is these events."""
    answer = desk.hub._answers[GetPlayback]

    def these(ask):
        piece = answer(ask)
        journals = (msgspec.structs.replace(piece.track.journals[0], stop=len(events)),)
        track = msgspec.structs.replace(piece.track, events=len(events), journals=journals, first_ms=None, last_ms=None)
        return msgspec.structs.replace(
            piece, track=track, tracks=(track,), versions=(), events=tuple(events[ask.start :])
        )

    desk.hub._answers[GetPlayback] = these
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    window.open_playback(desk.program.state.rows[STUDENT])
    page = window.playback
    desk.wait(lambda: page.loader.complete and page._goal is None)
    return page


def event(seq, payload, at_ms=0):
    return PlayedEvent(0, seq, payload.KIND, 1_000_000 + seq * 500 + at_ms, encode(payload), f"Event {seq}.")


def test_a_session_without_events_says_so_and_every_key_is_harmless(desk):
    page = strange(desk, [])
    assert page.code.stack.currentWidget() is page.code.nothing
    for key in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_Plus, Qt.Key.Key_D):
        press(page.timeline, key)
    page.timeline.grab()
    assert page.player.number == 0


def test_ugly_events_are_shown_with_words_and_without_a_freeze(desk):
    file = "q1/🙂 file.py"
    events = [
        event(0, kinds.FileCreated(file=file, origin="starter", text="a = 1\r\nb = '🙂'\r\n")),
        event(1, kinds.FileCreated(file="q1/other.py", origin="student")),
    ]
    for part in range(1, 11):
        paste = kinds.Paste(
            file=file, at=7 + 10_000 * (part - 1), removed=0, text="x" * 10_000, clip="outside", part=part, parts=10
        )
        events.append(event(1 + part, paste))
    events += [
        event(12, kinds.FileRenamed(file=file, to="q1/new.py")),
        event(13, kinds.FileRemoved(file="q1/other.py")),
        event(14, kinds.Edit(file="q1/new.py", changes=(kinds.Change(0, 500_000, 1, "?"),))),
        PlayedEvent(0, 15, 222, 1_010_000, b'{"new":true}', "Something new."),
        PlayedEvent(0, 16, 7, 1_010_500, None, "Erased."),
    ]
    page = strange(desk, events)
    assert page.code.file() == "q1/new.py"
    assert "line ends as on Windows" in page.code.facts.whole()
    assert page.code.code.hidden() == 100_000 + 0 - 2_000 + len("b = '🙂'")
    for words in ("erased", "does not know", "does not fit"):
        assert words in page.trouble.text()
    assert len(page.loader.marks.pastes) == 1
    page.code.choose("q1/other.py")
    page.go_to(len(events))
    assert page.code.stack.currentWidget() is page.code.nothing
    assert "q1/other.py" in page.code.nothing._title.text()
    page.comparing.toggle()
    page.code.grab()


def test_every_character_says_when_it_came_and_leads_there(page):
    paste = page.loader.marks.pastes[0]
    page.go_to(len(page.loader.tape))
    page.code.choose("q1/main.py")
    page.go_to(len(page.loader.tape))
    text = page.code.code.toPlainText()
    came = page.code.came_with(text.index("# from my notes") + 3)
    assert came is not None
    assert came[1] == paste.number
    page.code.code.go_to(text.index("# from my notes"))
    cursor = page.code.code.cursorRect(page.code.code.textCursor())
    assert page.code.code.offset_at(cursor.center()) == text.index("# from my notes")
    page.code._pointed(text.index("# from my notes"))
    assert page.code.code.viewport().toolTip().startswith("from outside · came at ")
    page.code.wanted.emit(came[1])
    assert page.player.number == paste.number
    assert page.code.came_with(None) is None


def test_signals_and_messages_lead_to_their_moment(desk):
    window = desk.program.window
    window.show_page("live")
    desk.settle()
    window.open_session(desk.program.state.rows[STUDENT])
    desk.settle()
    signal = window.panel.view.signals[0]
    window.panel.playback_wanted.emit(signal.journal, signal.seq, signal.file)
    page = window.playback
    desk.wait(lambda: page.loader.complete and page._goal is None)
    assert page.player.number == signal.seq + 1
    assert page.code.file() == signal.file
    assert not page.player.following
    assert page.code.follow.isChecked() == (page.loader.tape.file_at(page.player.number) == signal.file)
    desk.wait(lambda: page.view is not None)
    assert page.side.tabText(page.side.indexOf(page.side.signals)) == f"Signals {len(page.view.signals)}"
    signal = page.view.signals[-1]
    page.side.signals.moment.emit(signal.journal, signal.seq, signal.at_ms, signal.file)
    assert page.player.number == signal.seq + 1
    page.side.messages.field.setText("Well done")
    page.side.messages.field.returnPressed.emit()
    desk.settle()
    assert desk.asked(Say)[-1].target.sessions == (page.loader.session,)
    page.start_search()
    assert page.side.currentWidget() is page.events


def test_the_texts_are_those_of_the_edition_at_the_playhead(desk, page):
    given, contents = page.side.given, page.loader.marks.contents
    taken = next(mark for mark in page.loader.marks.exam if mark.look == "edition")
    page._go_to_mark(taken)
    assert page.side.currentWidget() is given
    desk.wait(lambda: "exactly 0.5 mm" in given.text.toPlainText())
    assert given.edition.text().startswith("Edition 1 of the exam, since ")
    assert "Not marked as read" in given.note.text()
    press(page.timeline, Qt.Key.Key_End)
    assert "Read at" in given.note.text()
    assert [given.which.itemData(place) for place in range(given.which.count())] == ["q1", "q2", "q4"]
    page.go_to(taken.number - 1)
    desk.wait(lambda: given.edition.text() == "The exam as it was first given")
    desk.wait(lambda: given.which.count() == 2)
    assert contents.questions_at(taken.number) == ("q1", "q2")
    assert "0.5 mm" not in given.text.toPlainText()


def test_what_no_hub_confirmed_is_said_at_the_events_and_can_be_filtered(desk, page):
    late = page.loader.marks.receipts
    assert [mark.look for mark in late] == ["late"]
    page.events.what.setCurrentIndex(page.events.what.findData("receipts"))
    words = [page.events.model.index(row, 1).data() for row in range(page.events.model.rowCount())]
    assert len(words) == 2
    assert all("after it was written" in each for each in words)


def test_a_long_output_shows_its_end_at_once_and_all_of_it_soon(page, desk, qtbot):
    pane = RunPane(page._kit)
    qtbot.addWidget(pane)
    pane.resize(500, 700)
    pane.show()
    tape, run = page.loader.tape, page.loader.marks.runs[0]
    text = "".join(f"line {n}\r\n" if n % 3 else f"{n} 🙂\n" for n in range(9_000))
    said = [Said(run.number, "out", text[:30_001]), Said(run.number, "err", text[30_001:])]
    pane.show_run(msgspec.structs.replace(run, said=said, ended=run.number), tape, run.number)
    whole = code_text(text).shown
    end = pane.output.document().toPlainText()
    assert 3_000 <= len(end) < 8_000
    assert whole.endswith(end)
    bar = pane.output.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    desk.wait(lambda: pane.output.document().toPlainText() == whole)
    assert bar.value() == bar.maximum()
    pane.show_run(msgspec.structs.replace(run, said=said), tape, run.number)
    short = [Said(run.number, "out", "short")]
    pane.show_run(msgspec.structs.replace(run, said=short, ended=run.number), tape, run.number)
    assert pane.output.document().toPlainText() == "short"
    desk.wait(lambda: pane.proof.text().strip() != "")
    assert pane.output.document().toPlainText() == "short"
