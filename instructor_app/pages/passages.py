"""The passages that two programs share: how long, how common, and when each appeared in each session."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from examdesk.staffapi.messages import AppearedView, Passage, SideBySide
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Elided, EmptyState, button, column, row
from instructor_app.widgets.lanes import PassageLanes
from instructor_app.words import NOTHING, clock_time, percent, tr
from shared.look import SPACE

QUOTED_CHARS = 60
MOSTLY = 0.9
LEAST_TABLE = 108
LEAST_CLASS = 4
"""In a class of two or three, half of it is the pair itself."""
LEGEND = "Disc: typed. Square: pasted from outside. Pale in the text: half of the class has it, or it was given."


@dataclass(frozen=True, slots=True)
class PassageRow:
    """A passage as the table has it; `lines` are the first and last line in each text."""

    place: int
    passage: Passage
    quote: str
    lines: tuple[int, int, int, int]
    names: tuple[str, str]
    programs: int


class PassagesView(QWidget):
    """Picture and table of the passages of a pair.

    Attributes:
        chosen: (place) another passage is current.
        moment_wanted: (place) show both texts as they stood when this passage was there.
    """

    chosen = Signal(int)
    moment_wanted = Signal(int)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self.lanes = PassageLanes(kit.look)
        self.lanes.setMinimumHeight(84)
        self.lanes.setMaximumHeight(108)
        self.lanes.picked.connect(self.choose)
        self.model: RowsModel[PassageRow] = RowsModel(_columns(), lambda one: str(one.place), self)
        empty = EmptyState(
            kit.look, "similarity", tr("No passage in common"), tr("No stretch of 12 tokens or more is the same.")
        )
        self.table: TableBox[PassageRow] = TableBox(
            self.model, kit.look, kit.preferences, name="passages", title=tr("Passages in common"), empty=empty
        )
        self.table.chosen_changed.connect(self._chosen)
        self.table.opened.connect(lambda one: self.moment_wanted.emit(one.place))
        self.then = button(kit.look, tr("Show both as they stood then"), "clock", then=self._then)
        self.then.setToolTip(tr("Both texts at the moment when the chosen passage was there (Enter)"))
        self.then.setEnabled(False)
        self.table.setMinimumHeight(LEAST_TABLE)
        self.note = Elided(tr(LEGEND), "small")
        foot = row(self.note, self.then)
        foot.setStretch(0, 1)
        self.setLayout(column(self.lanes, self.table, foot, spacing=SPACE["xs"]))

    def take(self, answer: SideBySide) -> None:
        """Show the passages of a pair."""
        self.lanes.take(answer.passages, (answer.a_name, answer.b_name))
        self.model.replace(rows_of(answer))
        self.then.setEnabled(False)
        self.note.setText(tr(LEGEND))

    def choose(self, place: int) -> None:
        """Make a passage the current one."""
        self.table.choose(str(place))

    def current(self) -> int:
        """Return the place of the chosen passage, -1 for none."""
        chosen = self.table.chosen()
        return chosen[0].place if chosen else -1

    def _chosen(self) -> None:
        place = self.current()
        self.lanes.mark(place)
        row_shown = self.model.by_key(str(place))
        self.then.setEnabled(row_shown is not None and row_shown.passage.first != "")
        if place >= 0 and row_shown is not None:
            self.note.setText(story(row_shown))
            self.chosen.emit(place)

    def _then(self) -> None:
        if self.current() >= 0:
            self.moment_wanted.emit(self.current())


def faint_places(answer: SideBySide) -> frozenset[int]:
    """Return the places of passages that say little: half of the class has them, or both were given them."""
    return frozenset(
        place
        for place, one in enumerate(answer.passages)
        if one.programs_with_it * 2 >= max(answer.programs, LEAST_CLASS)
        or all(side is not None and side.given >= MOSTLY for side in (one.a, one.b))
    )


def telling_place(answer: SideBySide) -> int:
    """Return the place of the passage that says most: the one that fewest of the class have, the longest of these."""
    passages = answer.passages
    return min(range(len(passages)), key=lambda at: (passages[at].programs_with_it, -passages[at].tokens))


def story(one: PassageRow) -> str:
    """Say in a sentence where a passage was first, and how it came into each program."""
    sides = [
        (name, side) for name, side in zip(one.names, (one.passage.a, one.passage.b), strict=True) if side is not None
    ]
    if len(sides) < len(one.names):
        return tr("There are no times: one of the two is not a session of this exam.")
    if one.passage.first == "b":
        sides.reverse()
    at = [
        tr("in {name} at {at}, {how}", name=name, at=clock_time(side.there.at_ms, seconds=True), how=how(side))
        for name, side in sides
    ]
    if one.passage.first == "together":
        return tr("About the same time: {first}; {second}.", first=at[0], second=at[1])
    return tr("First {first}; then {second}.", first=at[0], second=at[1])


def rows_of(answer: SideBySide) -> Sequence[PassageRow]:
    """Return the passages of a pair as rows."""
    return [
        PassageRow(
            place=place,
            passage=passage,
            quote=" ".join(answer.a_text[region[0] : region[1]].split())[:QUOTED_CHARS],
            lines=(
                answer.a_text.count("\n", 0, region[0]) + 1,
                answer.a_text.count("\n", 0, region[1]) + 1,
                answer.b_text.count("\n", 0, region[2]) + 1,
                answer.b_text.count("\n", 0, region[3]) + 1,
            ),
            names=(answer.a_name, answer.b_name),
            programs=answer.programs,
        )
        for place, (region, passage) in enumerate(zip(answer.regions, answer.passages, strict=False))
    ]


def _columns() -> list[Column[PassageRow]]:
    return [
        Column("lines", tr("Lines"), _lines, lambda one: one.place, 124),
        Column("first", tr("First in"), first_words, lambda one: one.passage.first, 190),
        _side_column("a", tr("Left, there at"), lambda one: one.passage.a),
        _side_column("b", tr("Right, there at"), lambda one: one.passage.b),
        Column("common", tr("In this class"), _common, lambda one: one.passage.programs_with_it, 104, number=True),
        Column(
            "tokens", tr("Tokens"), lambda one: str(one.passage.tokens), lambda one: one.passage.tokens, 70, number=True
        ),
        Column("quote", tr("Passage"), lambda one: one.quote, width=150, stretch=True, code=True),
    ]


def _side_column(key: str, title: str, side: Callable[[PassageRow], AppearedView | None]) -> Column[PassageRow]:
    return Column(
        key, title, lambda one: _when(side(one)), lambda one: _at(side(one)), 196, tip=lambda one: _tip(side(one))
    )


def _lines(one: PassageRow) -> str:
    a, a_end, b, b_end = one.lines
    return f"{a}–{a_end} ↔ {b}–{b_end}"  # noqa: RUF001


def first_words(one: PassageRow) -> Cell:
    """Say in which session a passage was first."""
    words = {"a": one.names[0], "b": one.names[1], "together": tr("about the same time"), "": NOTHING}
    return Cell(words[one.passage.first])


def how(side: AppearedView) -> str:
    """Say how a passage came about, in a word or two."""
    share, words = max(_shares(side), key=lambda each: each[0])
    return words if share >= MOSTLY else tr("{n} {words}", n=percent(share), words=words)


def _shares(side: AppearedView) -> list[tuple[float, str]]:
    return [
        (side.typed, tr("typed")),
        (side.pasted, tr("pasted")),
        (side.moved, tr("moved")),
        (side.given, tr("given")),
    ]


def _when(side: AppearedView | None) -> Cell:
    if side is None:
        return Cell(NOTHING)
    return Cell(clock_time(side.there.at_ms, seconds=True), note=how(side))


def _at(side: AppearedView | None) -> int:
    return 0 if side is None else side.there.at_ms


def _tip(side: AppearedView | None) -> str:
    if side is None:
        return tr("This program is not a session of this exam, so nothing is known about when it was written.")
    began, last = (clock_time(moment.at_ms, seconds=True) for moment in (side.began, side.last))
    shares = ", ".join(f"{percent(share)} {words}" for share, words in _shares(side) if share >= 0.005)
    return tr("First characters {began}, last change {last}\n{shares}", began=began, last=last, shares=shares)


def _common(one: PassageRow) -> str:
    return tr("{n} of {all}", n=one.passage.programs_with_it, all=one.programs)
