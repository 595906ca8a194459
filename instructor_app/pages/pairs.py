"""Code similarity of the class: pairs, groups, and how alike the class is as a whole."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLineEdit, QMenu, QStackedWidget, QWidget

from examdesk.staffapi.messages import (
    SIMILARITY_WORDS,
    AddNote,
    GetReviews,
    GetSimilarity,
    LiveRow,
    PairView,
    SimilarityView,
)
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.pages.class_figures import ClassFigures
from instructor_app.pages.corpora import CorporaButton
from instructor_app.pages.groups import GroupsView
from instructor_app.pages.review_card import STATUSES
from instructor_app.pages.side_by_side import words_of_care
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, Elided, EmptyState, button, card, column, holding, label, row
from instructor_app.widgets.distribution import DistributionChart
from instructor_app.words import NOTHING, clock_time, counted, percent, tr
from shared.look import SPACE
from shared.problems import Problem

AGAIN_MS = 15_000
MOST_PAIRS = 2_000
FILTERS = (0.0, 0.75, 0.5, 0.25, 0.1)
SHORT_LINES = 20


class PairsView(QWidget):
    """See the module; asks again at most once per `AGAIN_MS` while it is in sight and the class writes on.

    Attributes:
        opened: (PairView) look at this pair side by side.
        note_wanted: (PairView) do so, and write a note about it.
        review_wanted: (session) show the review of one of the two.
    """

    opened = Signal(object)
    note_wanted = Signal(object)
    review_wanted = Signal(str)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.words = label(SIMILARITY_WORDS, wrap=True)
        self.banner = Banner(kit.look)
        self.facts = Elided("", "muted")
        self.questions = QComboBox()
        self.questions.setAccessibleName(tr("Question to compare"))
        self.questions.currentIndexChanged.connect(lambda _: self.ask())
        self.filter = _filter_box()
        for box in (self.questions, self.filter):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(7)
        self.filter.currentIndexChanged.connect(lambda _: self._filter_changed())
        self.corpora = CorporaButton(kit)
        self.corpora.changed.connect(self._corpora_changed)
        self.corpora.failed.connect(self._problem)
        self._again = button(kit.look, "", "restart", tip=tr("Compare again"), then=self.ask)
        self.chart = DistributionChart(kit.look, tr("All pairs of the class by similarity"))
        self.table = self._make_table()
        self._make_finding()
        self._group: frozenset[str] = frozenset()
        self._one = ""
        self._failed = False
        self.one_words = label("", "subtitle")
        everybody = button(kit.look, tr("Show everybody's pairs"), "chevron-left", then=self.show_everybody)
        everybody.setShortcut(Qt.Key.Key_Escape)
        self.one_bar = card(row(self.one_words, None, everybody), margin=SPACE["s"])
        self.one_bar.hide()
        self._groups: GroupsView | None = None
        self._figures: ClassFigures | None = None
        self._class: SimilarityView | None = None
        self._chart_card = card(column(self.chart), margin=SPACE["m"])
        self._chart_card.setFixedHeight(150)
        self._chart_card.hide()
        self.views = QStackedWidget()
        self.views.addWidget(holding(column(self.one_bar, self._chart_card, self.table)))
        self._lay_out()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(AGAIN_MS)
        self._later.timeout.connect(self._ask_if_seen)
        kit.state.exam_changed.connect(self._fill_questions)
        kit.state.rows_changed.connect(self._rows_changed)
        self._fill_questions()

    @property
    def groups(self) -> GroupsView:
        """The groups, made when they are first looked at."""
        if self._groups is None:
            self._groups = made = GroupsView(self._kit)
            made.opened.connect(self.opened)
            made.program_wanted.connect(self.show_program)
            made.group_wanted.connect(self.show_group)
            self.views.addWidget(made)
            if self._class is not None:
                made.take(self._class)
        return self._groups

    @property
    def figures(self) -> ClassFigures:
        """The figures of the whole class, made when they are first looked at."""
        if self._figures is None:
            self._figures = made = ClassFigures(self._kit)
            self.views.addWidget(made)
            if self._class is not None:
                made.take(self._class)
            made.mark(next(iter(self.table.chosen()), None))
        return self._figures

    def _make_finding(self) -> None:
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Find a student"))
        self.search.setAccessibleName(tr("Find a student among the pairs"))
        self.search.setClearButtonEnabled(True)
        self.search.setMinimumWidth(140)
        self.search.setMaximumWidth(200)
        self.search.textChanged.connect(lambda _: self._search())
        self.open_only = button(self._kit.look, tr("Not reviewed"), "review", "quiet")
        self.open_only.setCheckable(True)
        self.open_only.setToolTip(tr("Only pairs of which at least one student's session is not reviewed"))
        self.open_only.toggled.connect(lambda _: self._search())

    def _lay_out(self) -> None:
        self._switch = [
            button(self._kit.look, title, icon, "quiet", then=partial(self.show_view, place))
            for place, (title, icon) in enumerate(
                ((tr("Pairs"), "sort"), (tr("Groups"), "similarity"), (tr("Whole class"), "evidence"))
            )
        ]
        for each in self._switch:
            each.setCheckable(True)
        self._switch[0].setChecked(True)
        controls = row(self.questions, self.filter, self.corpora, None, *self._switch)
        controls.setStretch(0, 2)
        controls.setStretch(1, 2)
        controls.setStretch(3, 1)
        facts = row(self.facts, self._again, self.open_only)
        facts.setStretch(0, 1)
        self.setLayout(
            column(
                words_of_care(self._kit, self.words),
                controls,
                row(facts, self.search),
                self.banner,
                self.views,
                margin=SPACE["xs"],
            )
        )

    def _make_table(self) -> TableBox[PairView]:
        columns: list[Column[PairView]] = [
            Column(
                "a", tr("One"), lambda p: self._student(p.a, p.a_name), lambda p: p.a_name.casefold(), 164, stretch=True
            ),
            Column(
                "b",
                tr("Other"),
                lambda p: self._student(p.b, p.b_name),
                lambda p: p.b_name.casefold(),
                164,
                stretch=True,
            ),
            Column("jaccard", tr("Alike"), _alike, lambda p: p.jaccard, 96, number=True),
            Column("rank", tr("Rank"), _rank, lambda p: p.rank or 0.0, 66, number=True),
            Column(
                "uncommon", tr("Without common"), _uncommon, lambda p: p.uncommon or 0.0, 136, number=True, hidden=True
            ),
            Column("below", tr("In this class"), _below, lambda p: p.below, 132, number=True),
            Column("lines", tr("Shared lines"), _lines, lambda p: p.shared_lines, 108, number=True),
            Column("review", tr("Reviews"), self._reviews, width=196, tip=self._reviews),
            Column("note", tr("Note"), note_of, width=176, tip=note_of),
        ]
        self.model: RowsModel[PairView] = RowsModel(columns, _key, self)
        self.empty = EmptyState(
            self._kit.look,
            "similarity",
            tr("No pairs yet"),
            tr("Two students have to write something before it can be compared."),
        )
        table: TableBox[PairView] = TableBox(
            self.model,
            self._kit.look,
            self._kit.preferences,
            name="pairs",
            title=tr("Pairs of programs"),
            empty=self.empty,
        )
        table.sort("rank", Qt.SortOrder.DescendingOrder)
        table.opened.connect(self.opened)
        table.chosen_changed.connect(self._chosen)
        table.add_menu_action(self._fill_menu)
        return table

    def _fill_menu(self, menu: QMenu) -> None:
        for pair in self.table.chosen()[:1]:
            menu.addAction(tr("Side by side"), partial(self.opened.emit, pair))
            noting = menu.addAction(tr("Write a note about this pair…"), partial(self.note_wanted.emit, pair))
            self._kit.bridge.rights.guard_menu(menu, noting, AddNote)
            for program, name in ((pair.a, pair.a_name), (pair.b, pair.b_name)):
                menu.addAction(tr("All pairs of {name}", name=name), partial(self.show_program, program, name))
                if self._kit.state.by_session(program) is not None:
                    review = menu.addAction(
                        tr("Review of {name}", name=name), partial(self.review_wanted.emit, program)
                    )
                    self._kit.bridge.rights.guard_menu(menu, review, GetReviews)

    def question(self) -> str:
        """Return the chosen question; empty for all together."""
        return str(self.questions.currentData() or "")

    def ask(self) -> None:
        """Compare the class as it stands."""
        if self._kit.state.exam is None:
            return
        self._later.stop()
        self.facts.setText(tr("Comparing…"))
        request = GetSimilarity(
            question=self.question(),
            limit=MOST_PAIRS,
            most_common=float(self.filter.currentData() or 0.0),
            session=self._one,
        )
        self._kit.bridge.query(request, self._take, self._problem, key="similarity")
        self.corpora.ask()

    def choose(self, pair: PairView) -> tuple[int, int]:
        """Choose a pair; return where it stands in the list, from 1 (0: not there), and how long the list is."""
        self.table.choose(_key(pair))
        return self.model.place_of(_key(pair)) + 1, self.model.rowCount()

    def step(self, by: int) -> None:
        """Open the pair so many places on from the chosen one."""
        places = self.table.view.chosen()
        pair = self.model.row_at((places[0] if places else -1) + by)
        if pair is not None:
            self.opened.emit(pair)

    def show_view(self, place: int) -> None:
        """Show pairs (0), groups (1) or the whole class (2)."""
        if place == 0:
            self.views.setCurrentIndex(0)
        else:
            self.views.setCurrentWidget(self.groups if place == 1 else self.figures)
        for only_pairs in (self.search, self.open_only):
            only_pairs.setVisible(place == 0)
        for number, each in enumerate(self._switch):
            each.setChecked(number == place)

    def show_group(self, members: Sequence[str]) -> None:
        """Show the listed pairs between members of a group."""
        self._group = frozenset(members)
        self._search()
        self.one_words.setText(tr("Pairs within a group of {n} programs", n=len(members)))
        self.one_bar.show()
        self.show_view(0)
        self.table.view.setFocus()

    def show_program(self, program: str, name: str) -> None:
        """Show all pairs that one program is in, also those far down the list of the class."""
        self._one, self._group = program, frozenset()
        self.one_words.setText(tr("All pairs of {name}", name=name))
        self.one_bar.show()
        self.search.clear()
        self.show_view(0)
        self.table.view.setFocus()
        self.ask()

    def show_everybody(self) -> None:
        """Show the pairs of the class again."""
        self._one, self._group = "", frozenset()
        self._search()
        self.one_bar.hide()
        self.table.view.setFocus()
        self.ask()

    def _ask_if_seen(self) -> None:
        if self.isVisible() and self._kit.bridge.link is Link.UP:
            self.ask()

    def _rows_changed(self, _rows: list[LiveRow], _everything: bool) -> None:
        self.table.view.viewport().update()  # reviews stand in the live rows
        if self.isVisible() and not self._later.isActive():
            self._later.start()

    def _corpora_changed(self, sentence: str) -> None:
        self.banner.say("positive", sentence)
        self.ask()

    def _filter_changed(self) -> None:
        wanted = bool(self.filter.currentData())
        places = [place for place, each in enumerate(self.model.columns) if each.key == "uncommon"]
        self.table.view.setColumnHidden(places[0], not wanted)
        self.table.fill_width()
        self.ask()

    def _search(self) -> None:
        words = self.search.text().casefold().split()
        group, still_open = self._group, self.open_only.isChecked()

        def passes(pair: PairView) -> bool:
            here = (self._kit.state.by_session(session) for session in (pair.a, pair.b))
            ids = " ".join(one.student for one in here if one is not None)
            names = f"{pair.a_name} {pair.b_name} {ids}".casefold()
            return (
                all(word in names for word in words)
                and (not group or {pair.a, pair.b} <= group)
                and (not still_open or STATUSES[0] in self._statuses(pair))
            )

        self.model.set_filter(passes)

    def _student(self, session: str, name: str) -> Cell:
        """Return a name with its id, where it is somebody's of this class: two may have one name."""
        one = self._kit.state.by_session(session)
        return Cell(name) if one is None else student_cell(name, one.student)

    def _statuses(self, pair: PairView) -> list[str]:
        rows = (self._kit.state.by_session(session) for session in (pair.a, pair.b))
        return [one.review for one in rows if one is not None and one.review is not None]

    def _reviews(self, pair: PairView) -> str:
        """Say how the reviews of both students stand."""
        return " · ".join(tr(status) for status in dict.fromkeys(self._statuses(pair))) or NOTHING

    def _fill_questions(self) -> None:
        exam = self._kit.state.exam
        names = [("", tr("All questions together"))]
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
        if view.of != self._one:
            return
        if self._failed:
            self._failed = False
            self.banner.hide()
        self.model.replace(view.pairs)
        self.model.rearrange()
        self.table.begin_at_top()
        self.chart.take(view.histogram)
        if not view.of:
            self._class = view
            for made in (self._groups, self._figures):
                if made is not None:
                    made.take(view)
        self._chart_card.setVisible(bool(view.pairs))
        self.facts.setText(" · ".join(facts_of(view)))
        if view.too_small:
            self.empty.say(
                tr("No pairs yet"),
                tr("What was written so far is shorter than {n} tokens, too short to compare.", n=view.least_tokens),
            )

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        pair = chosen[0] if chosen else None
        self.chart.mark(None if pair is None else pair.jaccard)
        if self._figures is not None:
            self._figures.mark(pair)

    def _problem(self, problem: Problem) -> None:
        self.facts.setText("")
        self._failed = True
        if self._one:
            self.model.replace(())
        self.banner.say("attention", problem.sentence, tr("Not compared"), tr("Try again"), self.ask)


def _key(pair: PairView) -> str:
    return f"{pair.a}:{pair.b}"


def facts_of(view: SimilarityView) -> list[str]:
    """Say what was compared, what was not, and when."""
    facts = [
        counted(view.programs, "{n} program", "{n} programs"),
        counted(view.all_pairs, "{n} pair", "{n} pairs"),
    ]
    if view.outside:
        facts[0] += tr(", {n} of them from elsewhere", n=view.outside)
    if view.of:
        facts[1] = tr("{n} of {all} pairs", n=len(view.pairs), all=view.all_pairs)
    elif len(view.pairs) < view.all_pairs:
        facts[1] += tr(", the {n} highest listed", n=len(view.pairs))
    if view.too_small:
        facts.append(tr("{n} too small (under {least} tokens)", n=view.too_small, least=view.least_tokens))
    if view.unparsed:
        facts.append(tr("{n} don't parse", n=view.unparsed))
    facts.append(tr("under {n} lines of own code no figure says much", n=SHORT_LINES))
    facts.append(tr("as of {at}", at=clock_time(view.computed_ms, seconds=True)))
    return facts


def note_of(pair: PairView) -> str:
    """Say what one has to know about a pair's figures."""
    notes = []
    if pair.too_short:
        notes.append(tr("too short to say much"))
    if pair.by_tokens:
        notes.append(tr("does not parse, by tokens"))
    return ", ".join(notes)


def _filter_box() -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(tr("Leave out what many of the class wrote"))
    box.setToolTip(tr("Shows beside it how alike pairs are without what more than so many of the class wrote"))
    for share in FILTERS:
        words = tr("Without what over {n} wrote", n=percent(share)) if share else tr("All code")
        box.addItem(words, share)
    return box


def _alike(pair: PairView) -> Cell:
    return Cell(percent(pair.jaccard), share=pair.jaccard)


def _rank(pair: PairView) -> str:
    return NOTHING if pair.rank is None else f"{pair.rank:.2f}"


def _uncommon(pair: PairView) -> str:
    return NOTHING if pair.uncommon is None else percent(pair.uncommon)


def _below(pair: PairView) -> str:
    share = f"{min(pair.below * 100, 99.9):.1f} %" if pair.below < 1 else "100 %"
    return tr("{n} are lower", n=share)


def _lines(pair: PairView) -> str:
    return str(pair.shared_lines) if pair.shared_lines else NOTHING
