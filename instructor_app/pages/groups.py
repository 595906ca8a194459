"""Groups of programs that hang together by alike pairs: a picture, its numbers beside it, one figure to move."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QSizePolicy, QSlider, QSplitter, QWidget

from examdesk.staffapi.groups import groups_of
from examdesk.staffapi.messages import PairView, SimilarityView
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Column, RowsModel
from instructor_app.widgets.basic import Elided, EmptyState, column, label, row
from instructor_app.widgets.graph import Edge, GroupGraph, Picture
from instructor_app.words import counted, percent, tr
from shared.look import SPACE

LEAST, MOST = 10, 100
MANY = 30
"""From so many members on a group that is more than a third of the class tells nobody anything."""
OUTSIDE = "outside:"


@dataclass(frozen=True, slots=True)
class Group:
    """Programs that hang together: their ids and names, how many pairs join them, the lowest and highest figure."""

    members: tuple[str, ...]
    names: tuple[str, ...]
    pairs: int
    low: float
    high: float


class GroupsView(QWidget):
    """See the module.

    Attributes:
        program_wanted: (program, its name) show the pairs of this program.
        opened: (PairView) look at this pair side by side.
        group_wanted: (programs) show the pairs within this group.
    """

    program_wanted = Signal(str, str)
    opened = Signal(object)
    group_wanted = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._pairs: Sequence[PairView] = ()
        self._touched = False
        self._left_out = ""
        self._count = 0, 0
        self._programs, self._largest = 0, 0
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(LEAST, MOST)
        self.slider.setValue(50)
        self.slider.setFixedWidth(220)
        self.slider.setAccessibleName(tr("Pairs from how alike on make groups, in percent"))
        self.slider.valueChanged.connect(lambda _: self._draw())
        self.slider.sliderMoved.connect(lambda _: self._touch())
        self.by = QComboBox()
        self.by.addItem(tr("alike"), "alike")
        self.by.addItem(tr("by rank"), "rank")
        self.by.setAccessibleName(tr("Figure by which pairs make groups"))
        self.by.setToolTip(tr("The rank holds rewritten copies together and leaves out what much of the class wrote"))
        self.by.currentIndexChanged.connect(lambda _: self._draw())
        self.from_words = label("")
        self.from_words.setMinimumWidth(48)
        self.facts = Elided("", "muted")
        self.graph = GroupGraph(kit.look)
        self.graph.picked.connect(self._picked)
        self.graph.reached.connect(self._reached)
        self.graph.pair_picked.connect(self._pair_picked)
        columns: list[Column[Group]] = [
            Column("size", tr("Programs"), lambda g: str(len(g.members)), lambda g: len(g.members), 96, number=True),
            Column("pairs", tr("Pairs"), lambda g: str(g.pairs), lambda g: g.pairs, 64, number=True),
            Column("figures", tr("Figures"), _figures, lambda g: g.high, 92, number=True),
            Column("names", tr("Who"), lambda g: ", ".join(g.names), width=160, stretch=True, tip=_all_names),
        ]
        self.model: RowsModel[Group] = RowsModel(columns, _key, self)
        empty = EmptyState(
            kit.look, "similarity", tr("No groups"), tr("No pair is as alike as that. Move the figure down.")
        )
        self.table: TableBox[Group] = TableBox(
            self.model, kit.look, kit.preferences, name="groups", title=tr("Groups of programs"), empty=empty
        )
        self.table.sort("size", Qt.SortOrder.DescendingOrder)
        self.table.chosen_changed.connect(self._chosen)
        self.table.opened.connect(lambda group: self.group_wanted.emit(group.members))
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.graph)
        split.addWidget(self.table)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setChildrenCollapsible(False)
        split.setSizes([560, 480])
        note = label(
            tr(
                "A line is a pair, thicker the more alike. Members of a group need not all be alike. "
                "Hollow points are from elsewhere. Choose a group to see names, Enter shows its pairs."
            ),
            "small",
            wrap=True,
        )
        self.facts.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(
            column(
                row(
                    label(tr("Pairs"), "muted"),
                    self.by,
                    label(tr("from"), "muted"),
                    self.slider,
                    self.from_words,
                    self.facts,
                ),
                split,
                note,
                spacing=SPACE["s"],
            )
        )
        split.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._draw()

    def take(self, view: SimilarityView) -> None:
        """Show the groups of the class; the figure starts where the exam's author set it."""
        self._pairs, self._programs = view.pairs, view.programs
        listed = len(view.pairs)
        self._left_out = tr("of the {n} pairs with the highest rank", n=listed) if listed < view.all_pairs else ""
        if not self._touched:
            self.slider.blockSignals(True)
            self.slider.setValue(round(view.listed_from * 100))
            self.slider.blockSignals(False)
        self._draw()

    def _touch(self) -> None:
        self._touched = True

    def _draw(self) -> None:
        figure = self.slider.value() / 100
        self.from_words.setText(percent(figure))
        of = _rank_of if self.by.currentData() == "rank" else _alike_of
        chosen = [pair for pair in self._pairs if of(pair) >= figure]
        groups = groups_from(chosen, of)
        names = {name: shown for pair in chosen for name, shown in ((pair.a, pair.a_name), (pair.b, pair.b_name))}
        self.graph.take(
            Picture(
                groups=[group.members for group in groups],
                edges=[Edge(pair.a, pair.b, of(pair)) for pair in chosen],
                names=names,
                hollow=frozenset(name for name in names if name.startswith(OUTSIDE)),
            )
        )
        self.model.replace(groups)
        self._count = len(groups), len(chosen)
        self._largest = max((len(group.members) for group in groups), default=0)
        self._say_facts()

    def _say_facts(self) -> None:
        groups, chosen = self._count
        said = counted(groups, "{n} group", "{n} groups")
        pairs = counted(chosen, "{n} pair", "{n} pairs")
        words = tr("{groups} from {pairs}", groups=said, pairs=pairs)
        crowded = self._largest >= MANY and self._largest * 3 > self._programs
        hint = tr("much of the class is one group here: move the figure up") if crowded else ""
        self.facts.setText(" · ".join(part for part in (words, hint, self._left_out) if part))

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        self.graph.mark(chosen[0].members if chosen else ())

    def _reached(self, program: str) -> None:
        """Say which point the keyboard is at, and choose its group in the table."""
        group = next((each for each in self.model.all_rows() if program in each.members), None)
        if group is None:
            self._say_facts()
            return
        self.table.choose(_key(group))
        self.facts.setText(tr("{name}: Enter shows this student's pairs", name=self.graph.name(program)))

    def _picked(self, program: str) -> None:
        self.program_wanted.emit(program, self.graph.name(program))

    def _pair_picked(self, a: str, b: str) -> None:
        for pair in self._pairs:
            if (pair.a, pair.b) == (a, b):
                self.opened.emit(pair)


def _alike_of(pair: PairView) -> float:
    return pair.jaccard


def _rank_of(pair: PairView) -> float:
    return pair.rank or 0.0


def groups_from(pairs: Sequence[PairView], of: Callable[[PairView], float] = _alike_of) -> list[Group]:
    """Return the groups that pairs make, the largest first."""
    names = {name: shown for pair in pairs for name, shown in ((pair.a, pair.a_name), (pair.b, pair.b_name))}
    found = []
    for members in groups_of((pair.a, pair.b) for pair in pairs):
        inside = set(members)
        figures = [of(pair) for pair in pairs if pair.a in inside]
        found.append(
            Group(
                members=tuple(members),
                names=tuple(names[member] for member in members),
                pairs=len(figures),
                low=min(figures),
                high=max(figures),
            )
        )
    return found


def _key(group: Group) -> str:
    return " ".join(group.members)


def _figures(group: Group) -> str:
    low, high = percent(group.low), percent(group.high)
    return high if low == high else f"{low.removesuffix(' %')}–{high}"  # noqa: RUF001


def _all_names(group: Group) -> str:
    return "\n".join(group.names)
