"""Pairs of the class, the most alike first, beside where the whole class lies."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from examdesk.staffapi.messages import SIMILARITY_WORDS, GetSimilarity, PairView, SimilarityView
from instructor_app.kit import Kit
from instructor_app.pages.side_by_side import words_of_care
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, column, label, row
from instructor_app.widgets.charts import DistributionChart
from instructor_app.words import clock_time, counted, percent, tr
from shared.look import SPACE
from shared.problems import Problem


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


def _alike(pair: PairView) -> Cell:
    return Cell(percent(pair.jaccard), share=pair.jaccard)
