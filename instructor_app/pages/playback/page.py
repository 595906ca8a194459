"""The session view: a session's timeline, its text at any moment, runs, events, differences; live or afterwards."""

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QProgressBar, QSplitter, QWidget

from examdesk.staffapi.messages import GetSession, LiveRow, Say, SessionView, Target
from examdesk.staffapi.playback.marks import Mark
from examdesk.staffapi.playback.player import Player
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.pages.playback.citing import Citing
from instructor_app.pages.playback.code_pane import CodePane
from instructor_app.pages.playback.comparing import Comparing
from instructor_app.pages.playback.controls import Controls, ExamTimes
from instructor_app.pages.playback.keys import act_of, scrolls
from instructor_app.pages.playback.legend import Legend
from instructor_app.pages.playback.loader import Loader
from instructor_app.pages.playback.moment_note import MomentNote
from instructor_app.pages.playback.notes import TrackBox, trouble_words
from instructor_app.pages.playback.panning import Panning
from instructor_app.pages.playback.seeking import Seeking
from instructor_app.pages.playback.showing import first_with_text, lanes_of, moments_of
from instructor_app.pages.playback.side import SidePane
from instructor_app.pages.playback.steering import Steering
from instructor_app.pages.playback.timeline import Intensity, Timeline, mark_words
from instructor_app.tuning import keep_loaded
from instructor_app.widgets.basic import (
    Banner,
    Elided,
    button,
    card,
    column,
    pill,
    restyle,
    row,
)
from instructor_app.words import clock_time, tr
from shared.look import SPACE
from shared.problems import Problem

FRAME_MS = 33
REDRAW_MS, LOADING_MS = 150, 600
LEAST_PROGRESS = 40
FOLLOW_MS = 1_000
GOING_ON = ("Waiting", "Working", "Idle", "Offline", "Paused")
"""Statuses of a session to which more events come."""
Where = tuple[str, int]
"""A journal, and an event of it."""


class PlaybackPage(QWidget):
    """See the module.

    Attributes:
        closed: back to where the person came from.
        review_wanted: (LiveRow) show the review of this session.
    """

    closed = Signal()
    review_wanted = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.one: LiveRow | None = None
        self.view: SessionView | None = None
        self._goal: tuple[Where | None, str] | None = None
        self._last_us = 0
        self.loader = Loader(kit, self)
        self.player = Player(self.loader.tape)
        self.steering = Steering(lambda: self.player, self._arrived, self._say_briefly)
        self._brief = ""
        look = kit.look
        self.back = button(look, tr("Back"), "chevron-left", "quiet", then=self.closed.emit)
        self.name = Elided("", "title")
        self.facts = Elided("", "muted")
        self.status = pill("")
        self.tracks = TrackBox()
        self.tracks.activated.connect(lambda _: self._track_chosen())
        self.progress = QProgressBar()
        self.progress.setMinimumWidth(LEAST_PROGRESS)
        self.progress.setMaximumWidth(160)
        self.progress.setAccessibleName(tr("Loading the session"))
        self.banner, self.trouble = Banner(look), Banner(look)
        self.timeline = Timeline(look)
        self.pan = Panning(self.timeline)
        self.controls = Controls(kit)
        self.note = MomentNote(kit, self.banner)
        self.code = CodePane(kit)
        self.side = SidePane(kit, self._say)
        self.runs, self.events = self.side.runs, self.side.events
        self._lay_out()
        self._connect()
        parts = self.loader, self.code, self.timeline, self.controls
        self.comparing = Comparing(parts, lambda: self.player, lambda: self.steering.stops)
        self.citing = Citing(self.loader, (self.controls, self.note, self.banner), lambda: self.player, self._go_there)
        self.seeking = Seeking((self.code, self.side), lambda: self.player, self._say_briefly)
        self._make_timers()
        self.setFocusProxy(self.timeline)

    def _lay_out(self) -> None:
        head = row(
            self.back, self.name, self.status, self.facts, self.progress, self.tracks,
            self.controls.live, self.controls.review, self.controls.compare, self.controls.more, self.controls.legend,
            spacing=SPACE["s"],
        )  # fmt: skip
        head.setStretch(3, 1)
        top = column(self.timeline, self.pan, spacing=0)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.code)
        self._split.addWidget(card(column(self.side), margin=0))
        self._split.setChildrenCollapsible(False)
        self._split.setStretchFactor(0, 3)
        self._split.setStretchFactor(1, 2)
        self._split.setSizes([600, 450])
        body = column(
            head, self.banner, self.trouble, card(top, margin=1), self.controls, self.note, self._split,
            spacing=SPACE["s"], margin=SPACE["m"],
        )  # fmt: skip
        body.setStretch(6, 1)
        self.setLayout(body)

    def _connect(self) -> None:
        self.loader.began.connect(self._begin)
        self.loader.grew.connect(self._grew)
        self.loader.failed.connect(self._problem)
        self.timeline.dragged.connect(self.go_to_ms)
        self.timeline.chosen.connect(self._go_to_mark)
        self.code.wanted.connect(self.go_to)
        self.controls.acted.connect(self._act)
        self.controls.speed_chosen.connect(lambda speed: self.steering.act(f"speed {speed}"))
        self.note.changed.connect(self._redraw_soon)
        self.note.closed.connect(self.timeline.setFocus)
        self.side.trace.wanted.connect(self._go_to_trace)
        self.side.trace.traced.connect(self._redraw_soon)
        self.timeline.looped.connect(self._loop)
        self.controls.skip_chosen.connect(lambda on: setattr(self.player, "skip_idle", on))
        self.side.signals.moment.connect(self._go_to_signal)
        self.runs.wanted.connect(self._go_to_run)
        self.runs.stepped.connect(self._step_run)
        self.events.wanted.connect(self.go_to)
        self._kit.state.session_changed.connect(self._changed)
        self._kit.look.changed.connect(self._moved)
        self._kit.bridge.link_changed.connect(self._link_changed)
        pane = self.code.difference
        for view in (self.code.code, pane.left, pane.right, pane.both, self.runs.output, self.events.raw):
            view.leave_keys_to(self._take_from_text)

    def _make_timers(self) -> None:
        self._frames = QTimer(self)
        self._frames.setInterval(FRAME_MS)
        self._frames.timeout.connect(self._frame)
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(REDRAW_MS)
        self._redraw.timeout.connect(self._draw_tape)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(FOLLOW_MS)
        self._later.timeout.connect(self._refresh)

    # ------------------------------------------------------------------------------------- opening

    def open(
        self, one: LiveRow, where: Where | None = None, file: str = "", back: str = "", *, stay: bool = False
    ) -> None:
        """Show a session at an event of a journal, else its end while it goes on, else its beginning.

        With `stay`, a session that was shown before is shown as it was left.
        """
        self.back.setToolTip(tr("Back to {page} (Esc)", page=back) if back else tr("Back (Esc)"))
        if stay and one.session == self.loader.session and len(self.loader.tape):
            self._show_row(one)
            self._refresh()
            return
        self._goal = (where, file)
        if one.session == self.loader.session and not self.loader.track_name and len(self.loader.tape):
            self._show_row(one)
            self._refresh()
            self._reach_goal()
            return
        self.view = None
        self.banner.hide()
        self._show_row(one)
        self.loader.open(one.session)
        self.note.open(one.session)
        self._ask_session()

    def close_session(self) -> None:
        """Let go of the session; the next opening fetches it again."""
        self.player.stop()
        self._frames.stop()
        self.loader.close()
        self.one = self.view = None
        self.name.setText("")
        self.facts.setText("")
        self.side.clear_session()
        self.note.open("")

    def time_words(self) -> str:
        """Return the time of day at the playhead; empty where nothing is loaded."""
        return clock_time(self.player.at_ms, seconds=True) if len(self.loader.tape) else ""

    def _want_review(self) -> None:
        if self.one is not None and self.controls.review.isEnabled():
            self.review_wanted.emit(self.one)
        else:
            self._say_briefly(self.controls.review.toolTip())

    def _show_row(self, one: LiveRow) -> None:
        self.one = one
        self.controls.show_review(one.review)
        self.name.setText(one.name)
        section = tr("section {name}", name=one.section) if one.section else ""
        self.facts.setText(" · ".join(part for part in (one.student, section, one.seat, one.device) if part))
        self.status.setText(one.status)
        restyle(self.status, status=one.status)
        self._show_live()

    def _ask_session(self) -> None:
        if self.loader.session:
            request = GetSession(session=self.loader.session)
            self._kit.bridge.query(request, self._take_session, self._problem, key="playback session")

    def _take_session(self, view: SessionView) -> None:
        if view.row.session == self.loader.session:
            self.view = view
            self._show_row(view.row)
            self.side.take_session(view)
            self._redraw.start()

    def _say(self, text: str) -> None:
        request = Say(command="", text=text, target=Target(sessions=(self.loader.session,)))
        self._kit.bridge.command(request, lambda _: self._ask_session(), self._problem)

    def _track_chosen(self) -> None:
        name = str(self.tracks.currentData() or "")
        if name != self.loader.track_name:
            self._goal = (None, "")
            self.loader.open(self.loader.session, name)

    def _changed(self, session: str) -> None:
        if session == self.loader.session and self.isVisible() and not self._later.isActive():
            self._later.start()

    def _link_changed(self, link: Link, _why: str) -> None:
        if link is Link.UP and self.loader.session and self.isVisible():
            self.banner.hide()
            self._refresh()

    def _refresh(self) -> None:
        self.loader.refresh()
        self.note.refresh()
        self._ask_session()

    def _problem(self, problem: Problem) -> None:
        self.progress.hide()
        self.banner.say("attention", problem.sentence, act=tr("Try again"), then=self._refresh)

    # ------------------------------------------------------------------------------------- the tape

    def _begin(self) -> None:
        before = self.player
        self.player = Player(self.loader.tape)
        self.player.speed, self.player.skip_idle = before.speed, before.skip_idle
        self.side.given.open(self.loader.session)
        self._frames.stop()
        self.trouble.hide()
        self._draw_tape()

    def _grew(self) -> None:
        loader = self.loader
        self.progress.setVisible(not loader.complete and loader.total > 0)
        self.progress.setMaximum(max(loader.total, 1))
        self.progress.setValue(len(loader.tape))
        self._redraw_soon()
        if loader.complete:
            if self._goal is not None:
                keep_loaded()
            self._reach_goal()
        if self.player.grew():
            self._moved()

    def _reach_goal(self) -> None:
        """Go to where the page was asked to open, once that is on the tape."""
        if self._goal is None or not self.loader.complete:
            return
        where, file = self._goal
        number = self.loader.tape.number_of(*where) if where is not None else None
        if number is None and where is not None and self._goes_elsewhere(where):
            return
        self._goal = None
        if number is not None:
            self.player.to_number(number)
        elif where is not None:
            self.player.to_end()
            self.banner.say("info", tr("That moment is not in the record of this session any more; this is its end."))
        elif self.goes_on():
            self.player.to_end(follow=True)
        else:
            self.player.to_start()
            self.player.to_number(first_with_text(self.loader.tape))
        self._draw_tape()
        if file:
            self.code.choose(file)
            self._moved()

    def _goes_elsewhere(self, where: Where) -> bool:
        """Fetch the side branch that has an event, if another one has it."""
        for track in self.loader.tracks:
            if track.name != self.loader.track_name and any(
                each.journal == where[0] and where[1] < each.stop for each in track.journals
            ):
                self.loader.open(self.loader.session, track.name)
                return True
        return False

    def _draw_tape(self) -> None:
        loader, marks = self.loader, self.loader.marks
        tape = loader.tape
        first, last = self._span()
        self.side.trace.show_tape(tape)
        lanes = lanes_of(loader, self.view, self.player.last_ms, self.note.steps, self.side.trace.marks)
        intensity = Intensity(marks.edit_ms, marks.typed, marks.removed)
        self.timeline.show_tape(first, last, intensity, lanes)
        self.steering.lanes = lanes
        self.steering.stops = sorted({mark.number for name in ("versions", "runs") for mark in lanes[name]})
        self.events.show_tape(tape, marks)
        if self.code.comparing():
            self.code.difference.take_moments(moments_of(loader))
        self.side.count_runs(len(marks.runs))
        self.tracks.show_tracks(loader.tracks, loader.track_name)
        self._say_troubles()
        self._moved()

    def _span(self) -> tuple[int, int]:
        """Return from when to when the track goes, also before its events are on the tape."""
        track = self.loader.track
        if not len(self.loader.tape):
            known = track is not None and track.first_ms is not None and track.last_ms is not None
            return (track.first_ms or 0, track.last_ms or 0) if track is not None and known else (0, 0)
        whole = (track.last_ms or 0) if track is not None else 0
        return self.player.first_ms, max(self.player.last_ms, whole)

    def _say_troubles(self) -> None:
        words = trouble_words(self.loader.tape, self.loader.track)
        if words and words != self.trouble.text():
            self.trouble.say("attention" if self.loader.tape.troubles.any() else "info", words)
        elif not words:
            self.trouble.hide()

    # ------------------------------------------------------------------------------------- the playhead

    def go_to(self, number: int) -> None:
        """Go to just after so many events."""
        self.player.stop()
        self.player.to_number(number)
        self._brief = ""
        self._moved()

    def go_to_ms(self, at_ms: int) -> None:
        """Go to a time."""
        self.player.to_ms(at_ms)
        self._brief = ""
        self._moved()

    def _go_to_mark(self, mark: Mark) -> None:
        self.go_to(mark.number)
        self._arrived(mark)

    def _arrived(self, mark: Mark) -> None:
        """Show what belongs to a mark that was gone to."""
        self.side.show_lane(mark.lane)
        if mark.lane == "notes":
            self._say_briefly(mark_words(mark))

    def _go_there(self, number: int) -> None:
        self.timeline.setFocus()
        self.go_to(number)
        self.timeline.keep_head_in_sight()

    def _say_briefly(self, words: str) -> None:
        """Say something until the playhead moves."""
        self._brief = words
        self.controls.say(words)

    # ------------------------------------------------------------------------------------- traces

    def _go_to_trace(self, number: int, file: str) -> None:
        self.go_to(number)
        self.code.choose(file)
        self.timeline.keep_head_in_sight()
        self._moved()

    def _loop(self, start_ms: int, end_ms: int) -> None:
        self.steering.loop(start_ms, end_ms)
        self.timeline.show_loop(self.player.loop)

    def _redraw_soon(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start(REDRAW_MS if self.loader.complete else LOADING_MS)

    def _go_to_signal(self, journal: str, seq: int, _at_ms: int, file: str) -> None:
        self.player.stop()
        self._goal = ((journal, seq), file)
        self._reach_goal()

    def _go_to_run(self, number: int) -> None:
        self.go_to(number)
        run = self.loader.marks.run_at(number)
        if run is not None:
            self.code.choose(run.file)
        self._moved()

    def _step_run(self, by: int) -> None:
        if self.player.step_to([run.number for run in self.loader.marks.runs], by):
            self._moved()

    def goes_on(self) -> bool:
        """Tell whether more events are expected on this track."""
        return self.one is not None and self.one.status in GOING_ON and not self.loader.track_name

    def _frame(self) -> None:
        now = self._kit.clock.mono_us()
        elapsed, self._last_us = (now - self._last_us) / 1000, now
        self.player.tick(min(elapsed, 500))
        self._brief = ""
        self.timeline.keep_head_in_sight()
        self._moved()

    def _moved(self) -> None:
        """Show everything as it stood where the playhead is."""
        player = self.player
        self._show_frames()
        standing = self.loader.marks.standing_at(player.number)
        times = ExamTimes(
            player.at_ms,
            standing.starts_ms if standing is not None else None,
            standing.ends_ms if standing is not None else None,
            paused=standing is not None and (standing.paused or standing.phase == "paused"),
        )
        words = self._place_words()
        self.controls.show_player(player, times, self._brief or words)
        self.timeline.show_loop(player.loop)
        self.timeline.show_head(player.at_ms, f"{clock_time(player.at_ms, seconds=True)} · {words}")
        self.code.show_moment(player)
        self.runs.show_run(self.loader.marks.run_at(player.number), player.tape, player.number)
        self.side.given.show_moment(player.tape, self.loader.marks, player.number)
        self.events.show_moment(player.number)
        self._show_live()

    def _place_words(self) -> str:
        player = self.player
        if not len(player.tape):
            return tr("No events yet")
        words = tr("event {n} of {all}", n=f"{player.number:,}", all=f"{len(player.tape):,}")
        if player.number:
            words = f"{words} · {self.loader.marks.words_of(player.tape, player.number - 1)}"
        return words

    def _show_frames(self) -> None:
        if self.player.playing and not self._frames.isActive():
            self._last_us = self._kit.clock.mono_us()
            self._frames.start()
        elif not self.player.playing:
            self._frames.stop()

    def _show_live(self) -> None:
        live = self.controls.live
        live.setVisible(self.goes_on())
        live.setEnabled(not self.player.following)
        live.setText(tr("Live") if self.player.following else tr("Go to live"))

    # ------------------------------------------------------------------------------------- the view

    def start_search(self) -> None:
        """Put the cursor into the search field of the events."""
        self.side.setCurrentWidget(self.events)
        self.events.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.events.search.selectAll()

    # ------------------------------------------------------------------------------------- keys

    def _act(self, name: str) -> None:
        acts: dict[str, Callable[[], object]] = {
            "end": lambda: self.player.to_end(follow=self.goes_on()),
            "live": lambda: self.player.to_end(follow=True),
            "compare": self.comparing.toggle,
            "closer": lambda: self.timeline.zoom(0.7),
            "farther": lambda: self.timeline.zoom(1 / 0.7),
            "fit": self.timeline.fit,
            "skip": self.controls.skip.toggle,
            "legend": lambda: Legend(self, self._kit).show(),
            "note": self.citing.write_note,
            "copy": lambda: self._say_briefly(tr("Copied: {words}", words=self.citing.copy(self.one))),
            "go-to": self.controls.ask_moment,
            "find": self.seeking.seek,
            "line": lambda: self.seeking.follow_line(self.code.line_offset()),
            "review": self._want_review,
        }
        before = self.player.number, self.player.at_ms
        if not self.steering.act(name):
            acts[name]()
        self.timeline.keep_head_in_sight()
        if (self.player.number, self.player.at_ms) != before and not name.startswith(("next", "previous")):
            self._brief = ""
        self._moved()

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key means here; False where it means nothing."""
        act = act_of(event)
        if not act:
            return False
        if act == "leave" and not self.code.comparing():
            self.closed.emit()
        elif act == "leave":
            self.comparing.stop()
        else:
            self._act(act)
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Do what a key means, wherever the focus is and nothing else takes it."""
        if not self.take_key(event):
            super().keyPressEvent(event)

    def _take_from_text(self, event: QKeyEvent) -> bool:
        """Take the page's keys from texts, which keep those that scroll and select."""
        return not scrolls(event) and self.take_key(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Stand still while out of sight."""
        self.player.stop()
        self._frames.stop()
        super().hideEvent(event)
