"""Renders any page to a PNG: with the sample class, or with the hub that runs."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QTimer, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QWidget

from examdesk.staffapi.messages import OpeningView
from instructor_app.app import Program
from instructor_app.bridge import Link
from instructor_app.engine import FindingLine
from instructor_app.pages.audit import AuditPage
from instructor_app.pages.class_signals import key_of_signal
from instructor_app.pages.evidence import EvidencePage
from instructor_app.pages.exams import ExamsPage
from instructor_app.pages.export_pace import Pace
from instructor_app.pages.playback.legend import Legend
from instructor_app.pages.playback.page import PlaybackPage
from instructor_app.pages.review import ReviewPage
from instructor_app.pages.rooms import RoomsPage
from instructor_app.pages.rosters import RostersPage
from instructor_app.port import Hub
from instructor_app.preferences import RecentExam, WatchedHub
from instructor_app.projector import Projector
from instructor_app.review_book import ReviewRow
from instructor_app.sample import SampleHub
from instructor_app.sample.authoring import IMPORT_REPORT, author_steps
from instructor_app.sample.odd import dress
from instructor_app.sample.people import session_id
from shared.problems import EnvironmentProblem

PAGES = (
    "exams",
    "exams-empty",
    "exams-findings",
    "exams-new",
    "exams-import",
    "author-exam",
    "author-question",
    "author-starter",
    "author-desk",
    "author-access",
    "author-packages",
    "author-findings",
    "author-empty",
    "author-40",
    "author-preview",
    "author-ready",
    "author-edition",
    "rosters",
    "unlisted",
    "roster-preview",
    "live",
    "live-empty",
    "live-300",
    "live-extend",
    "live-message",
    "live-open-later",
    "live-look",
    "live-start-code",
    "live-written",
    "live-hand-ins",
    "live-incidents",
    "live-lost-time",
    "live-pcs",
    "live-pcs-empty",
    "live-take-back",
    "live-waiting",
    "live-end",
    "live-300-end",
    "live-hub-gone",
    "live-refused",
    "live-long-names",
    "live-proctor",
    "projector-empty",
    "projector-long",
    "session",
    "session-runs",
    "session-events",
    "session-signals",
    "session-devices",
    "playback",
    "playback-compare",
    "playback-unified",
    "playback-events",
    "playback-texts",
    "playback-zoom",
    "playback-empty",
    "playback-ugly",
    "playback-search",
    "playback-line",
    "playback-legend",
    "evidence",
    "similarity",
    "similarity-groups",
    "similarity-class",
    "similarity-one",
    "side-by-side",
    "side-by-side-then",
    "side-by-side-note",
    "review",
    "review-empty",
    "review-300",
    "review-hidden",
    "review-asked",
    "review-session",
    "review-begun",
    "export",
    "export-running",
    "projector",
    "audit",
    "audit-looks",
    "rooms",
    "rooms-pause",
    "settings",
    "keyboard",
)
_BEFORE = ("live-open-later", "live-waiting")
SETTLE_MS = 350
ENOUGH_MS = 2_000
"""A class at work never rests: so long after its first answer a page is complete enough for the next step."""
PATIENCE_MS = 15_000


@dataclass(frozen=True, slots=True)
class Shot:
    """What to render."""

    page: str
    file: Path
    size: QSize
    rows: int


class Photographer(QObject):
    """Brings the window to a page, waits until nothing is asked any more, takes the picture.

    Attributes:
        done: (problem) the picture is written, or why not.
    """

    done = Signal(str)

    def __init__(self, program: Program, shot: Shot, *, sample: bool) -> None:
        super().__init__()
        self._program, self._shot, self._sample = program, shot, sample
        self._steps: list[Callable[[], None]] = []
        self._subject: QWidget = program.window
        self._hub: SampleHub | None = None
        self._gone = False
        self._quiet = QTimer(self)
        self._quiet.setSingleShot(True)
        self._quiet.setInterval(SETTLE_MS)
        self._quiet.timeout.connect(self._next)
        self._enough = QTimer(self)
        self._enough.setSingleShot(True)
        self._enough.setInterval(ENOUGH_MS)
        self._enough.timeout.connect(self._next)
        program.bridge.busy_changed.connect(self._busy)
        program.bridge.link_changed.connect(self._linked)
        program.opening.failed.connect(self._fail)
        self._limit = QTimer(self)
        self._limit.setSingleShot(True)
        self._limit.setInterval(PATIENCE_MS)
        self._limit.timeout.connect(lambda: self._fail("The page did not come to rest within 15 seconds."))

    def start(self) -> None:
        """Begin; `done` tells the end."""
        window = self._program.window
        window.resize(self._shot.size)
        window.show()
        self._steps = [*self._steps_of(self._shot.page), self._take]
        if self._sample:
            self._connect_sample()
        self._limit.start()
        self._quiet.start()

    def _connect_sample(self) -> None:
        page = self._shot.page
        if page in ("exams-empty", "exams-findings", "exams-new", "exams-import") or (
            page.startswith("author") and page != "author-edition"
        ):
            return
        rows = 300 if "-300" in page and self._shot.rows == 24 else self._shot.rows
        nobody = page in ("live-empty", "review-empty", "projector-empty")
        hub = dress(SampleHub(0 if nobody else rows, opened=not nobody and page not in _BEFORE), page)
        preferences = self._program.kit.preferences
        for title, path in (("cs101-quiz-1", "~/exams/cs101-quiz-1"), ("cs101-quiz-2", "~/exams/cs101-quiz-2")):
            preferences.remember_exam(RecentExam(path=path, data="", title=title, opened_ms=hub.exam.hub_ms))

        async def opener() -> Hub:
            if self._gone:
                raise EnvironmentProblem("No hub answers at 127.0.0.1:23926. Is it running?")
            return hub

        self._hub = hub
        self._program.bridge.connect_to(opener)
        if page.startswith("rooms"):
            self._watch_others()

    def _linked(self, link: Link, why: str) -> None:
        if link is Link.LOST and not self._gone:
            self._fail(why)
        elif link is Link.UP:
            self._quiet.start()

    def _fail(self, sentence: str) -> None:
        for timer in (self._quiet, self._enough, self._limit):
            timer.stop()
        self._steps.clear()
        self.done.emit(sentence)

    def _busy(self, busy: bool) -> None:
        if not busy and self._steps:
            self._quiet.start()
            if not self._enough.isActive():
                self._enough.start()

    def _next(self) -> None:
        self._quiet.stop()
        self._enough.stop()
        if not self._sample and self._program.bridge.link is not Link.UP:
            return  # the hub's first word starts the steps
        if self._program.bridge.waiting:
            self._quiet.start()
        elif self._steps:
            step = self._steps.pop(0)
            step()
            if self._steps:
                self._quiet.start()

    def _steps_of(self, page: str) -> list[Callable[[], None]]:
        window = self._program.window
        base = page.partition("-")[0]
        if base in ("exams", "rosters", "review", "settings", "evidence", "audit", "rooms"):
            return [lambda: _ignore(window.show_page(base)), *self._extra(page)]
        if base == "author":
            return author_steps(window, page.partition("-")[2])
        steps: dict[str, list[Callable[[], None]]] = {
            "roster": [lambda: _ignore(window.show_page("rosters")), self._preview],
            "unlisted": [lambda: _ignore(window.show_page("rosters")), self._unlisted],
            "live": [lambda: _ignore(window.show_page("live")), *self._extra(page)],
            "session": [lambda: _ignore(window.show_page("live")), self._open_session, *self._extra(page)],
            "playback": [lambda: _ignore(window.show_page("live")), self._open_playback, *self._extra(page)],
            "similarity": [lambda: _ignore(window.show_page("evidence")), self._similarity, *self._extra(page)],
            "side": [
                lambda: _ignore(window.show_page("evidence")),
                self._similarity,
                self._side_by_side,
                *self._extra(page),
            ],
            "export": [self._export, *self._extra(page)],
            "projector": [self._projector],
            "keyboard": [window.show_cheat_sheet, self._cheat_sheet],
        }
        return steps[base]

    def _extra(self, page: str) -> list[Callable[[], None]]:
        window = self._program.window
        extras: dict[str, Callable[[], None]] = {
            "exams-findings": self._findings,
            "similarity-groups": self._groups,
            "similarity-class": lambda: self._evidence().pairs.show_view(2),
            "similarity-one": self._pairs_of_one,
            "side-by-side-note": self._begin_pair_note,
            "review-begun": self._begin_note,
            "audit-looks": self._looks,
            "side-by-side-then": lambda: self._evidence().side.show_then(0),
            "exams-new": lambda: self._exams().show_new(),
            "exams-import": lambda: self._exams().report.show_report(Path("midterm-1"), IMPORT_REPORT),
            "live-extend": self._extend,
            "live-message": self._message,
            "live-open-later": lambda: window.live().commands.open_exam(later=True),
            "live-start-code": self._start_code,
            "live-look": lambda: window.live().show_room("look"),
            "live-written": lambda: window.live().show_room("said"),
            "live-hand-ins": lambda: window.live().show_room("hand_ins"),
            "live-lost-time": lambda: window.live().show_room("lost_time"),
            "live-pcs-empty": lambda: window.live().show_room("pcs"),
            "live-take-back": self._take_back,
            "live-end": self._end,
            "live-300-end": self._end,
            "live-hub-gone": self._lose_hub,
            "live-refused": self._refused,
            "live-pcs": lambda: window.live().show_room("pcs"),
            "live-incidents": lambda: window.live().show_room("incidents"),
            "session-runs": lambda: window.panel.tabs.setCurrentWidget(window.panel.runs),
            "session-events": lambda: window.panel.tabs.setCurrentWidget(window.panel.events),
            "session-signals": lambda: window.panel.tabs.setCurrentWidget(window.panel.signals),
            "session-devices": lambda: window.panel.tabs.setCurrentWidget(window.panel.devices),
            "session": lambda: window.panel.code.origins.setChecked(True),
            "playback": lambda: self._playback().go_to(len(self._playback().loader.tape) * 13 // 20),
            "playback-compare": lambda: self._compare(unified=False),
            "playback-unified": lambda: self._compare(unified=True),
            "playback-events": self._playback_events,
            "playback-texts": self._playback_texts,
            "playback-zoom": self._playback_zoom,
            "playback-search": self._playback_search,
            "playback-line": self._playback_line,
            "playback-legend": self._playback_legend,
            "review": self._choose_for_review,
            "audit": self._choose_for_audit,
            "rooms-pause": self._pause_all_rooms,
            "review-300": self._choose_for_review,
            "review-hidden": self._hide_names,
            "review-asked": self._choose_asked,
            "review-session": self._review_session,
            "export-running": self._export_running,
            "evidence": self._choose_for_evidence,
        }
        return [extras[page]] if page in extras else []

    def _lose_hub(self) -> None:
        self._gone = True
        if self._hub is not None:
            self._hub.cut()
            self._program.state.refresh()  # wakes the engine's thread

    def _end(self) -> None:
        self._program.window.live().commands.end()

    def _refused(self) -> None:
        live = self._program.window.live()
        live.commands.pause()
        live.sheet.do()

    def _take_back(self) -> None:
        exam = self._program.state.exam
        if exam is not None:
            opening = OpeningView(
                command="1", opens_ms=exam.hub_ms - 120_000, by="Ada Instructor", done_ms=exam.hub_ms - 120_000
            )
            self._program.window.live().commands.take_back(opening)

    def _start_code(self) -> None:
        live = self._program.window.live()
        live.show_start_code()
        self._subject = live.start_code

    def _pause_all_rooms(self) -> None:
        page = self._program.window.page("rooms")
        assert isinstance(page, RoomsPage)
        page.commands.menu().actions()[0].trigger()

    def _choose_for_audit(self) -> None:
        page = self._program.window.page("audit")
        assert isinstance(page, AuditPage)
        page.table.choose("6")

    def _watch_others(self) -> None:
        """Let two more rooms be watched, one of which can't be reached."""

        def opener(hub: WatchedHub) -> Callable[[], Awaitable[Hub]]:
            made = SampleHub(18, room="C 101")

            async def connect() -> Hub:
                if hub.path != "room-c":
                    raise EnvironmentProblem("No hub answers at 192.168.1.30:23926. Is it running?")
                return made

            return connect

        self._program.opening.opener = opener
        for path in ("room-c", "/media/stick/room-d/hub.json"):
            self._program.rooms.watch(WatchedHub(path=path))

    def _message(self) -> None:
        commands, sheet = self._program.window.live().commands, self._program.window.live().sheet
        commands.message()
        sheet.message.kind.setCurrentIndex(2)
        sheet.write("In question 1, the second line must say n, not m.")

    def _extend(self) -> None:
        commands = self._program.window.live().commands
        commands.target_box.setCurrentIndex(1)
        commands.extend(10)

    def _exams(self) -> ExamsPage:
        page = self._program.window.page("exams")
        assert isinstance(page, ExamsPage)
        return page

    def _findings(self) -> None:
        line = "schedule.duration must be a whole number between 1 and 10080, not “90 min”."
        findings = [
            FindingLine(file="exam.toml", line=28, field="schedule.duration", sentence=line),
            FindingLine(
                file="questions/words/question.md",
                line=1,
                sentence="The question has no title. Start it with “# Title”.",
            ),
            FindingLine(
                file="exam.toml",
                line=31,
                sentence="Section B has no room; students are not told where it is.",
                severity="warning",
            ),
        ]
        page = self._exams()
        page.empty.hide()
        page.findings.show_findings(Path("cs101-quiz-3"), findings)
        page.banner.say(
            "attention",
            "Correct them in the folder, then check again. Nothing was started.",
            "cs101-quiz-3 has 2 mistakes",
            "Check again",
        )

    def _preview(self) -> None:
        page = self._program.window.page("rosters")
        assert isinstance(page, RostersPage)
        page.import_file(Path(__file__).parent / "sample" / "names.txt")

    def _unlisted(self) -> None:
        page = self._program.window.page("rosters")
        assert isinstance(page, RostersPage)
        for entry in page.model.shown_rows():
            if entry.provisional:
                page.table.choose(entry.student)

    def _open_session(self) -> None:
        window = self._program.window
        rows = [one for one in self._program.state.rows.values() if one.session]
        chosen = sorted(rows, key=lambda one: (-one.signals, one.status != "Working"))[:1]
        for one in chosen:
            window.live().table.choose(one.student)
            window.open_session(one)

    def _open_playback(self) -> None:
        rows = [one for one in self._program.state.rows.values() if one.session]
        if self._shot.page == "playback-empty":
            rows = [one for one in rows if one.events < 10]
        elif self._shot.page == "playback-ugly":
            rows = [one for one in rows if one.provisional]
        else:
            rows.sort(key=lambda one: (-one.signals, one.devices == 1, one.status != "Working"))
        for one in rows[:1]:
            self._program.window.open_playback(one)

    def _playback(self) -> PlaybackPage:
        page = self._program.window.playback
        assert page is not None
        return page

    def _compare(self, *, unified: bool) -> None:
        page = self._playback()
        page.go_to(len(page.loader.tape) * 13 // 20)
        page.comparing.toggle()
        page.code.difference.unified.setChecked(unified)

    def _playback_events(self) -> None:
        page = self._playback()
        page.side.setCurrentWidget(page.events)
        page.go_to(len(page.loader.tape) // 2)

    def _playback_texts(self) -> None:
        page = self._playback()
        page.side.setCurrentWidget(page.side.given)
        page.go_to(len(page.loader.tape) * 13 // 20)

    def _playback_search(self) -> None:
        page = self._playback()
        page.go_to(page.loader.marks.pastes[0].number)
        page.citing.write_note()
        text = page.note.text.toPlainText()
        page.note.text.setPlainText(f"{text}How the student explained this in week 4: see the notes handed in then.")
        page.note.send()
        page.side.setCurrentWidget(page.side.trace)
        page.side.trace.start("mean(values)")

    def _playback_line(self) -> None:
        page = self._playback()
        page.go_to(len(page.loader.tape) * 13 // 20)
        model = page.code.model()
        assert model is not None
        page.code.traced.emit(max(model.text.find("counts[day]"), 0))
        page.note.begin("09:21:14 [c41f9a41/505]")
        page.steering.loop(page.player.at_ms - 300_000, page.player.at_ms)

    def _playback_legend(self) -> None:
        self._subject = Legend(self._playback(), self._program.kit)
        self._subject.show()

    def _playback_zoom(self) -> None:
        page = self._playback()
        page.go_to(len(page.loader.tape) // 2)
        page.timeline.zoom(0.15)

    def _evidence(self) -> EvidencePage:
        page = self._program.window.page("evidence")
        assert isinstance(page, EvidencePage)
        return page

    def _choose_for_evidence(self) -> None:
        page = self._evidence()
        for one in page.signals.model.shown_rows()[:1]:
            page.signals.table.choose(key_of_signal(one))

    def _similarity(self) -> None:
        self._evidence().show_similarity()

    def _groups(self) -> None:
        pairs = self._evidence().pairs
        pairs.show_view(1)
        for group in pairs.groups.model.shown_rows()[:1]:
            pairs.groups.table.choose(" ".join(group.members))

    def _pairs_of_one(self) -> None:
        pairs = self._evidence().pairs
        for pair in pairs.model.shown_rows()[:1]:
            pairs.show_program(pair.a, pair.a_name)

    def _side_by_side(self) -> None:
        page = self._evidence()
        for pair in page.pairs.model.shown_rows()[:1]:
            page.pairs.opened.emit(pair)

    def _review(self) -> ReviewPage:
        page = self._program.window.page("review")
        assert isinstance(page, ReviewPage)
        return page

    def _choose_for_review(self) -> None:
        self._choose_where(lambda one: one.review.notes > 1)

    def _choose_asked(self) -> None:
        self._choose_where(lambda one: bool(one.review.asked_by))

    def _choose_where(self, wanted: Callable[[ReviewRow], bool]) -> None:
        queue = self._review().queue
        for one in [row for row in queue.model.shown_rows() if wanted(row)][:1]:
            queue.table.choose(one.live.session)

    def _hide_names(self) -> None:
        self._review().queue.names.click()
        self._steps.insert(0, self._choose_for_review)

    def _begin_pair_note(self) -> None:
        self._evidence().side.start_note()

    def _begin_note(self) -> None:
        """Begin a note about one session, then choose another, at which somebody else looks as well."""
        queue = self._review().queue
        self._choose_asked()
        queue.card.note.setPlainText("The paste at 10:31 is the parser of last week's lab.")
        queue.table.choose(session_id(0))

    def _looks(self) -> None:
        page, one = self._program.window.page("audit"), self._program.state.by_session(session_id(0))
        if isinstance(page, AuditPage) and one is not None:
            page.show_looks_at(one)

    def _review_session(self) -> None:
        self._choose_for_review()
        for one in self._review().queue.table.chosen():
            self._program.window.open_session(one.live)

    def _export(self) -> None:
        self._program.window.show_page("review")
        self._review().show_export()

    def _export_running(self) -> None:
        card = self._review().export
        card._running(on=True)  # noqa: SLF001 - a picture of the middle of an export needs no export
        card._pace = Pace(self._program.kit.clock.mono_us() // 1000 - 31_000)  # noqa: SLF001 - the same
        card.show_progress(0.42, "Writing events.csv: 41,200 of 98,400 events")

    def _projector(self) -> None:
        view = Projector(self._program.kit)
        view.resize(self._shot.size)
        view.show()
        self._subject = view

    def _cheat_sheet(self) -> None:
        sheets = [child for child in self._program.window.children() if type(child).__name__ == "CheatSheet"]
        if sheets and isinstance(sheets[0], QWidget):
            self._subject = sheets[0]

    def _take(self) -> None:
        picture: QPixmap = self._subject.grab()
        self._shot.file.parent.mkdir(parents=True, exist_ok=True)
        written = picture.save(str(self._shot.file))
        self._limit.stop()
        self._subject.close()
        self.done.emit("" if written else f"{self._shot.file} can't be written.")


def _ignore(_: object) -> None:
    """Take a result that nobody needs."""
