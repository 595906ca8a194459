"""The evidence page: signals of the class, and how alike programs are, with the words that belong to it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QScrollBar, QStackedWidget, QTabWidget, QWidget

from examdesk.staffapi.messages import (
    SIMILARITY_WORDS,
    GetSideBySide,
    GetSimilarity,
    PairView,
    SideBySide,
    SimilarityView,
)
from instructor_app.kit import Kit
from instructor_app.pages.class_signals import ClassSignals
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, column, holding, label, row
from instructor_app.widgets.charts import DistributionChart
from instructor_app.widgets.code import CodeView
from instructor_app.words import clock_time, counted, percent, tr
from shared.look import SPACE
from shared.problems import Problem


class EvidencePage(QWidget):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session's signals.
    """

    opened = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.signals = ClassSignals(kit)
        self.signals.opened.connect(self.opened)
        self.pairs = PairsView(kit)
        self.side = SideBySideView(kit)
        self.pairs.opened.connect(self._compare)
        self.side.closed.connect(self._back)
        self.side.opened.connect(self._open_session)
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.signals, tr("Signals"))
        self.tabs.addTab(self.pairs, tr("Code similarity"))
        self.tabs.currentChanged.connect(self._tab_changed)
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(column(self.tabs, margin=SPACE["l"])))
        self._stack.addWidget(self.side)
        self.setLayout(column(self._stack))
        self.setFocusProxy(self.signals.table.view)

    def show_similarity(self) -> None:
        """Show the pairs."""
        self.tabs.setCurrentWidget(self.pairs)

    def _tab_changed(self) -> None:
        if self.tabs.currentWidget() is self.pairs:
            self.pairs.ask()

    def _open_session(self, session: str) -> None:
        one = self._kit.state.by_session(session)
        if one is not None:
            self.opened.emit(one)

    def _compare(self, pair: PairView) -> None:
        self.side.show_pair(pair, self.pairs.question())
        self._stack.setCurrentWidget(self.side)

    def _back(self) -> None:
        self._stack.setCurrentIndex(0)
        self.pairs.table.view.setFocus()


class PairsView(QWidget):
    """Pairs of the class, the most alike first, beside where the whole class lies.

    Attributes:
        opened: (PairView) look at this pair side by side.
    """

    opened = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.words = label(SIMILARITY_WORDS, wrap=True)
        self.banner = Banner(kit.look)
        self.questions = QComboBox()
        self.questions.setAccessibleName(tr("Question to compare"))
        self.questions.currentIndexChanged.connect(lambda _: self.ask())
        self.facts = label("", "muted")
        self._again = button(kit.look, tr("Compare again"), "restart", then=self.ask)
        self.chart = DistributionChart(kit.look)
        columns: list[Column[PairView]] = [
            Column("a", tr("One"), lambda p: p.a_name, width=170, stretch=True),
            Column("b", tr("Other"), lambda p: p.b_name, width=170, stretch=True),
            Column("jaccard", tr("Alike"), _alike, lambda p: p.jaccard, 120, number=True),
            Column(
                "lines",
                tr("Lines in common"),
                lambda p: str(p.shared_lines),
                lambda p: p.shared_lines,
                142,
                number=True,
            ),
            Column("note", "", lambda p: tr("too short to say much") if p.too_short else "", width=176),
        ]
        self.model: RowsModel[PairView] = RowsModel(columns, lambda p: f"{p.a}:{p.b}", self)
        self.empty = EmptyState(
            kit.look,
            "similarity",
            tr("No pairs yet"),
            tr("Two students have to write something before it can be compared."),
        )
        self.table: TableBox[PairView] = TableBox(
            self.model, kit.look, kit.preferences, name="pairs", title=tr("Pairs of programs"), empty=self.empty
        )
        self.table.sort("jaccard", Qt.SortOrder.DescendingOrder)
        self.table.opened.connect(self.opened)
        self.table.chosen_changed.connect(self._chosen)
        self._chart_card = card(column(self.chart), margin=SPACE["m"])
        self._chart_card.setFixedHeight(178)
        self._chart_card.hide()
        self.setLayout(
            column(
                words_of_care(kit, self.words),
                row(label(tr("Question"), "muted"), self.questions, self.facts, None, self._again),
                self.banner,
                self._chart_card,
                self.table,
                margin=SPACE["xs"],
            )
        )
        kit.state.exam_changed.connect(self._fill_questions)
        self._fill_questions()

    def question(self) -> str:
        """Return the chosen question; empty for all together."""
        return str(self.questions.currentData() or "")

    def ask(self) -> None:
        """Compare the class as it stands."""
        if self._kit.state.exam is None:
            return
        self.facts.setText(tr("Comparing…"))
        self._kit.bridge.query(GetSimilarity(question=self.question()), self._take, self._problem, key="similarity")

    def _fill_questions(self) -> None:
        exam = self._kit.state.exam
        names = [("", tr("All together"))]
        names += [(question.id, f"{question.id} · {question.title}") for question in (exam.questions if exam else ())]
        if [self.questions.itemData(place) for place in range(self.questions.count())] == [name for name, _ in names]:
            return
        kept = self.questions.currentData()
        self.questions.blockSignals(True)
        self.questions.clear()
        for name, title in names:
            self.questions.addItem(title, name)
        self.questions.setCurrentIndex(max(0, self.questions.findData(kept)))
        self.questions.blockSignals(False)

    def _take(self, view: SimilarityView) -> None:
        self.banner.hide()
        self.model.replace(view.pairs)
        self.model.rearrange()
        self.chart.take(view.quantiles, view.all_pairs)
        self._chart_card.setVisible(bool(view.pairs))
        programs = counted(view.programs, "{n} program", "{n} programs")
        pairs = counted(view.all_pairs, "{n} pair", "{n} pairs")
        shown = tr(", the {n} most alike below", n=len(view.pairs)) if len(view.pairs) < view.all_pairs else ""
        at = clock_time(view.computed_ms)
        self.facts.setText(
            tr("{programs}, {pairs}{shown} · as of {at}", programs=programs, pairs=pairs, shown=shown, at=at)
        )

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        self.chart.mark(chosen[0].jaccard if chosen else None)

    def _problem(self, problem: Problem) -> None:
        self.facts.setText("")
        self.banner.say("attention", problem.sentence, tr("Not compared"), tr("Try again"), self.ask)


class SideBySideView(QWidget):
    """Two programs beside each other, matching regions marked, scrolling together.

    Attributes:
        closed: back to the pairs.
        opened: (session) show one of the two sessions.
    """

    closed = Signal()
    opened = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._pair: PairView | None = None
        self._answer: SideBySide | None = None
        self._region = -1
        self._following = False
        self.banner = Banner(kit.look)
        self.names = [label("", "subtitle"), label("", "subtitle")]
        self.codes = [CodeView(kit.look, tr("First program")), CodeView(kit.look, tr("Second program"))]
        self.facts = label("", "muted")
        self.together = button(kit.look, tr("Scroll together"), "move-device")
        self.together.setCheckable(True)
        self.together.setChecked(True)
        back = button(kit.look, tr("Back to the pairs"), "chevron-left", then=self.closed.emit)
        self._previous = button(kit.look, tr("Previous match"), "chevron-up", then=lambda: self.step(-1))
        self._next = button(kit.look, tr("Next match"), "chevron-down", then=lambda: self.step(1))
        self.words = label(SIMILARITY_WORDS, wrap=True)
        self.setLayout(
            column(
                row(back, self.facts, None, self._previous, self._next, self.together),
                words_of_care(kit, self.words),
                self.banner,
                self._programs(),
                margin=SPACE["l"],
            )
        )
        for place, code in enumerate(self.codes):
            code.verticalScrollBar().valueChanged.connect(lambda value, place=place: self._follow(place, value))
        for keys, step in (("F3", 1), ("Shift+F3", -1)):
            QShortcut(QKeySequence(keys), self, lambda step=step: self.step(step))
        QShortcut(QKeySequence(Qt.Key.Key_Escape), self, self.closed.emit)

    def show_pair(self, pair: PairView, question: str) -> None:
        """Ask for a pair."""
        self._pair = pair
        for name, text, code in zip(self.names, (pair.a_name, pair.b_name), self.codes, strict=True):
            name.setText(text)
            code.show_code("")
        self.facts.setText(tr("Comparing…"))
        request = GetSideBySide(a=pair.a, b=pair.b, question=question)
        self._kit.bridge.query(request, self._take, self._problem, key="side by side")

    def step(self, by: int) -> None:
        """Go to the next or the previous match."""
        answer = self._answer
        if answer is None or not answer.regions:
            return
        self._region = (self._region + by) % len(answer.regions)
        self._mark()
        start_a, _, start_b, _ = answer.regions[self._region]
        self._following = True
        self.codes[0].go_to(start_a)
        self.codes[1].go_to(start_b)
        self._following = False

    def _programs(self) -> QHBoxLayout:
        sides = []
        for place in (0, 1):
            show = button(self._kit.look, tr("Open session"), kind="link")
            show.clicked.connect(lambda _, place=place: self._open(place))
            sides.append(holding(column(row(self.names[place], None, show), self.codes[place])))
        line = row(*sides, spacing=SPACE["m"])
        line.setStretch(0, 1)
        line.setStretch(1, 1)
        return line

    def _take(self, answer: SideBySide) -> None:
        self.banner.hide()
        self._answer, self._region = answer, -1
        for code, text in zip(self.codes, (answer.a_text, answer.b_text), strict=True):
            code.show_code(text)
        matches = counted(len(answer.regions), "{n} matching region", "{n} matching regions")
        self.facts.setText(tr("{alike} alike · {matches}", alike=percent(answer.jaccard), matches=matches))
        self._mark()

    def _mark(self) -> None:
        if self._answer is None:
            return
        regions = self._answer.regions
        self.codes[0].show_regions([(a, b) for a, b, _, _ in regions], self._region)
        self.codes[1].show_regions([(a, b) for _, _, a, b in regions], self._region)

    def _follow(self, place: int, value: int) -> None:
        if self._following or not self.together.isChecked():
            return
        self._following = True
        other: QScrollBar = self.codes[1 - place].verticalScrollBar()
        other.setValue(value)
        self._following = False

    def _open(self, place: int) -> None:
        if self._pair is not None:
            self.opened.emit(self._pair.a if place == 0 else self._pair.b)

    def _problem(self, problem: Problem) -> None:
        self.facts.setText("")
        self.banner.say("attention", problem.sentence, tr("Not compared"))


def words_of_care(kit: Kit, words: QLabel) -> QWidget:
    """Return the sentence that always stands beside similarity."""
    picture = QLabel()
    kit.look.dress(picture, "info", "info")
    line = row(picture, words, spacing=SPACE["m"])
    line.setStretch(1, 1)
    frame = card(line, kind="banner", margin=SPACE["s"])
    frame.setProperty("level", "info")
    return frame


def _alike(pair: PairView) -> Cell:
    return Cell(percent(pair.jaccard), share=pair.jaccard)
