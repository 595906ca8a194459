"""The signals of the class by time, filtered by kind, each with its words and the way to its session."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from examdesk.staffapi.messages import ClassSignal, GetReviews, GetSignals, KindView, LiveRow, SignalList
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.pages.session_tabs import amount_words, rests_on
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, Chip, EmptyState, button, column, label, row, shortcut
from instructor_app.widgets.flow import FlowLayout, flow
from instructor_app.words import NOTHING, clock_time, counted, named, tr
from shared.look import SPACE
from shared.problems import Problem

AGAIN_MS = 3000
MOST = 5000


class ClassSignals(QWidget):
    """See the module; asks again at most once per `AGAIN_MS`, and only while in sight.

    Attributes:
        moment_wanted: (LiveRow, journal, event, ms, file) show this session at the moment of a signal.
        review_wanted: (session) show the review of this session.
    """

    moment_wanted = Signal(object, str, int, object, str)
    review_wanted = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._kinds: set[str] = set()
        self.banner, self.incomplete = Banner(kit.look), Banner(kit.look)
        self.model: RowsModel[ClassSignal] = RowsModel(_columns(), key_of_signal, self)
        self.empty = EmptyState(
            kit.look,
            "evidence",
            tr("No signals"),
            tr("Signals appear here while the exam runs: what happened, when, how much, and the way to that moment."),
        )
        self.table: TableBox[ClassSignal] = TableBox(
            self.model, kit.look, kit.preferences, name="signals", title=tr("Signals of the class"), empty=self.empty
        )
        self.table.sort("at", Qt.SortOrder.DescendingOrder)
        self.table.opened.connect(self._open)
        self.table.chosen_changed.connect(self._chosen)
        self.play = button(kit.look, tr("Play back from there"), "play", then=self._play)
        self.play.setToolTip(tr("Open the session of the chosen signal at its moment"))
        self.play.setEnabled(False)
        self.review = button(kit.look, tr("Review"), "review", tip=tr("Go to the review of this session (R)"))
        self.review.clicked.connect(lambda _: self._review())
        self.review.setEnabled(False)
        kit.bridge.rights.guard(self.review, GetReviews)
        shortcut(QKeySequence("R"), self.table.view, self._review, Qt.ShortcutContext.WidgetShortcut)
        self.count = label("", "muted")
        self.everything = Chip(kit.look, tr("All"))
        self.everything.setChecked(True)
        self.everything.clicked.connect(lambda _: self.show_kinds())
        self.everything.hide()
        self.chips: dict[str, Chip] = {}
        self.said = label("", wrap=True, selectable=True)
        self.said.hide()
        self.basis = label("", "small", wrap=True, selectable=True)
        self._chip_area = flow(self.everything, spacing=SPACE["xs"])
        words = tr("A signal is something that a person may want to look at. It says nothing about why.")
        foot = row(column(self.said, self.basis, spacing=SPACE["xs"]), self.review, self.play)
        foot.setStretch(0, 1)
        self.setLayout(
            column(
                row(label(words, "muted"), None, self.count),
                self.banner,
                self.incomplete,
                self._chip_area,
                self.table,
                foot,
                margin=SPACE["xs"],
            )
        )
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AGAIN_MS)
        self._later.timeout.connect(self.ask)
        kit.state.rows_changed.connect(self._rows_changed)
        kit.bridge.link_changed.connect(self._link_changed)
        self._say_incomplete()

    def ask(self) -> None:
        """Ask for all signals of the class."""
        if self.isVisible() and self._kit.bridge.link is Link.UP:
            self._kit.bridge.query(GetSignals(limit=MOST), self._take, self._problem, key="class signals")

    def show_kinds(self, *kinds: str) -> None:
        """Show only these kinds; none shows all."""
        self._kinds = set(kinds)
        for kind, chip in self.chips.items():
            chip.setChecked(kind in self._kinds)
        self.everything.setChecked(not self._kinds)
        chosen = self._kinds
        self.model.set_filter((lambda one: one.signal.kind in chosen) if chosen else None)

    def showEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """Be up to date when looked at."""
        QTimer.singleShot(0, self, self.ask)

    def _take(self, found: SignalList) -> None:
        self.banner.hide()
        self._fill_chips(found.kinds)
        self.everything.count(found.total)
        self.everything.setVisible(bool(found.kinds))
        self.everything.setAccessibleName(counted(found.total, "All kinds: {n} signal", "All kinds: {n} signals"))
        self.model.replace(found.signals)
        self.model.rearrange()
        self.table.begin_at_top()
        sessions = len({one.session for one in found.signals})
        shown = counted(sessions, "in {n} session", "in {n} sessions")
        self.count.setText(tr("{shown} of {all}", shown=shown, all=found.students))
        if found.basis is not None:
            engine, digest = found.basis.engine, found.basis.given_sha256[:16]
            words = tr("Worked out by {engine} from the events, the exam's thresholds and its texts ({digest}…).")
            self.basis.setText(words.format(engine=engine, digest=digest))
            self.basis.setToolTip(tr("Anyone with the record gets the same: examdesk signals RECORD"))

    def _fill_chips(self, kinds: tuple[KindView, ...]) -> None:
        for each in kinds:
            if each.kind not in self.chips:
                self.chips[each.kind] = self._chip(each)
            chip = self.chips[each.kind]
            chip.count(each.signals)
            having = counted(each.students_with_it, "{n} student has this signal", "{n} students have this signal")
            chip.setToolTip(having)
            chip.setAccessibleName(
                tr("{title}: {n} signals; press to show only these", title=each.title, n=each.signals)
            )
        present = {each.kind for each in kinds}
        for kind, chip in self.chips.items():
            chip.setVisible(kind in present or kind in self._kinds)

    def _chip(self, each: KindView) -> Chip:
        chip = Chip(self._kit.look, each.title)
        chip.clicked.connect(lambda _: self.show_kinds(*(self._kinds ^ {each.kind})))
        area = self._chip_area.layout()
        assert isinstance(area, FlowLayout)
        area.addWidget(chip)
        return chip

    def _rows_changed(self, _rows: list[LiveRow], _everything: bool) -> None:
        self._say_incomplete()
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _link_changed(self, link: Link, _why: str) -> None:
        if link is Link.UP:
            self.ask()

    def _say_incomplete(self) -> None:
        broken = [one for one in self._kit.state.rows.values() if one.problem]
        if not broken:
            self.incomplete.hide()
            return
        one, many = "The session of {n} student is not complete", "The sessions of {n} students are not complete"
        names = named([each.name for each in broken])
        self.incomplete.say("attention", f"{names}: {broken[0].problem}", counted(len(broken), one, many))

    def _open(self, one: ClassSignal) -> None:
        session = self._kit.state.by_session(one.session)
        if session is not None:
            signal = one.signal
            self.moment_wanted.emit(session, signal.journal, signal.seq, signal.at_ms, signal.file)

    def _chosen(self) -> None:
        chosen = self.table.chosen()[:1]
        self.play.setEnabled(bool(chosen))
        self.review.setEnabled(bool(chosen))
        self.said.setVisible(bool(chosen))
        for one in chosen:
            self.said.setText(f"{one.name}: {one.signal.explanation} {rests_on(one.signal)}")

    def _play(self) -> None:
        for one in self.table.chosen()[:1]:
            self._open(one)

    def _review(self) -> None:
        for one in self.table.chosen()[:1]:
            if self.review.isEnabled():
                self.review_wanted.emit(one.session)

    def _problem(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence, tr("The signals can't be shown"), tr("Try again"), self.ask)


def _columns() -> list[Column[ClassSignal]]:
    return [
        Column("at", tr("When"), lambda s: clock_time(s.signal.at_ms, seconds=True), lambda s: s.signal.at_ms, 82),
        Column("kind", tr("Signal"), lambda s: Cell(s.signal.title, bold=True), lambda s: s.signal.title, 226),
        Column("student", tr("Student"), lambda s: student_cell(s.name, s.student), lambda s: s.name.casefold(), 190),
        Column("amount", tr("How much"), lambda s: amount_words(s.signal), lambda s: s.signal.amount, 116),
        Column("common", tr("In this class"), _common, lambda s: s.signal.students_with_it, 104, number=True),
        Column("section", tr("Section"), lambda s: s.section or NOTHING, width=76),
        Column("question", tr("Question"), lambda s: s.question or NOTHING, width=84, hidden=True),
        Column(
            "words",
            tr("What happened"),
            lambda s: s.signal.explanation,
            width=240,
            stretch=True,
            tip=lambda s: f"{s.signal.explanation}\n{rests_on(s.signal)}",
        ),
    ]


def _common(one: ClassSignal) -> str:
    return tr("{n} of {all}", n=one.signal.students_with_it, all=one.signal.students)


def key_of_signal(one: ClassSignal) -> str:
    """Return the id of a row: a signal stands at one event of one journal."""
    signal = one.signal
    return f"{one.session}:{signal.journal}:{signal.seq}:{signal.kind}:{signal.file}:{signal.at_ms}"
