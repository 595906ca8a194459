"""The difference between two moments of a file, beside each other or one below the other."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import accumulate, chain

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QStackedWidget, QWidget

from examdesk.staffapi.playback.compare import Hunk, Line, Rows, counts, difference, differing, lines_of, only_near
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.widgets.basic import button, column, holding, label, name_for_readers, row
from instructor_app.widgets.code import CodeView, RowLook
from instructor_app.widgets.code_text import Piece, code_text
from instructor_app.widgets.flow import flow
from instructor_app.widgets.provenance import Provenance
from instructor_app.words import counted, tr
from shared.look import SPACE
from shared.text import TextModel

Moment = tuple[int, str]
"""After how many events, and what it is called."""
PLAYHEAD = -1
SIDES = 8
"""So many texts are kept: those of the moment that stands still, while the playhead goes through the files."""
FILLS = {"-": "attention_soft", "+": "positive_soft", "~": "info_soft", " ": ""}
SIGNS = {"-": "−", "+": "+", "~": "≠", " ": ""}  # noqa: RUF001


class Side:
    """One of the two texts: its lines as shown, and where each of their characters came from."""

    def __init__(self, tape: Tape, number: int, file: str) -> None:
        files = tape.at(number)
        self.there = file in files.files
        text = files.text(file) if self.there else ""
        self.lines = lines_of(text)
        self._text = text
        self.provenance = Provenance(files.model(file) if self.there else TextModel())

    @cached_property
    def starts(self) -> list[int]:
        """Where its lines begin in the text."""
        if "\r" in self._text:
            return code_text(self._text).starts
        return list(accumulate((len(line) + 1 for line in self.lines[:-1]), initial=0))

    def pieces(self, line: int | None, start: int, end: int) -> list[Piece]:
        """Return where the characters `start` to `end` of a line came from."""
        begin = 0 if line is None else self.starts[line]
        return [] if line is None else self.provenance.within(begin + start, begin + end)


Row = tuple[Side, int | None, bool, Line | None]
"""A row as it is shown: which text, the number of its line, whether that is the left text, and what the row is."""


class RowTints:
    """Where the characters of rows came from, each row a line of one of two sides; asked only for rows in sight."""

    def __init__(self, many: int, row: Callable[[int], Row]) -> None:
        self._many, self._row = many, row

    def in_line(self, line: int, start: int, end: int) -> list[Piece]:
        """See `Tints`; where there are no rows a view still has a line."""
        if line >= self._many:
            return []
        side, number, _, _ = self._row(line)
        return side.pieces(number, 0, end - start)


class RowLooks(Mapping[int, RowLook]):
    """How rows look, worked out when one comes in sight."""

    def __init__(self, many: int, look: Callable[[int], RowLook]) -> None:
        self._many, self._look = many, look
        self._known: dict[int, RowLook] = {}

    def __getitem__(self, place: int) -> RowLook:
        """Return the look of a row."""
        if not 0 <= place < self._many:
            raise KeyError(place)
        known = self._known.get(place)
        if known is None:
            known = self._known[place] = self._look(place)
        return known

    def __iter__(self) -> Iterator[int]:
        """Go through the rows."""
        return iter(range(self._many))

    def __len__(self) -> int:
        """Return how many rows there are."""
        return self._many


class DifferencePane(QWidget):
    """See the module.

    Attributes:
        compared: (number, number) these moments are compared now.
    """

    compared = Signal(int, int)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._tape, self._file, self._head = Tape(), "", 0
        self._sides: dict[tuple[Tape, int, str], Side] = {}
        self.one, self.other = QComboBox(), QComboBox()
        for box, name in ((self.one, tr("Earlier moment")), (self.other, tr("Later moment"))):
            box.setAccessibleName(name)
            box.setMinimumWidth(110)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(12)
            box.currentIndexChanged.connect(lambda _: self.refresh())
        look = kit.look
        self.swap = button(look, "", "sort", "quiet", tip=tr("Swap the two"), then=self._swap)
        self.unified = QCheckBox(tr("One below the other"))
        self.near = QCheckBox(tr("Only changes"))
        for box_ in (self.unified, self.near):
            box_.toggled.connect(lambda _: self.refresh())
        self.facts = label("", "muted")
        self.left, self.right = CodeView(look, tr("Earlier text")), CodeView(look, tr("Later text"))
        self.both = CodeView(look, tr("Both texts"))
        beside = row(self.left, self.right, spacing=SPACE["s"])
        self._stack = QStackedWidget()
        self._stack.addWidget(holding(beside))
        self._stack.addWidget(self.both)
        name_for_readers(self, tr("Difference"))
        chosen = row(label(tr("From")), self.one, label(tr("to")), self.other, self.swap, spacing=SPACE["s"])
        chosen.setStretch(1, 1)
        chosen.setStretch(3, 1)
        self.setLayout(
            column(
                chosen,
                flow(self.unified, self.near, self.facts, spacing=SPACE["m"]),
                self._stack,
                spacing=SPACE["xs"],
            )
        )
        self._following = False
        self._compared: tuple[object, ...] = ()
        for view, peer in ((self.left, self.right), (self.right, self.left)):
            view.verticalScrollBar().valueChanged.connect(lambda value, peer=peer: self._follow(peer, value))
            view.horizontalScrollBar().valueChanged.connect(lambda value, peer=peer: self._along(peer, value))

    # ------------------------------------------------------------------------------------- choosing

    def take_moments(self, moments: Sequence[Moment]) -> None:
        """Offer these moments and the playhead; what is chosen stays chosen."""
        wanted = [(PLAYHEAD, tr("The playhead")), *reversed(moments)]
        have = [(self.one.itemData(place), self.one.itemText(place)) for place in range(self.one.count())]
        if have == wanted:
            return
        for box in (self.one, self.other):
            kept = box.currentData()
            box.blockSignals(True)
            box.clear()
            for number, words in wanted:
                box.addItem(words, number)
            box.setCurrentIndex(max(box.findData(kept), 0))
            box.blockSignals(False)

    def choose(self, one: int, other: int) -> None:
        """Compare two moments that are offered; `PLAYHEAD` is where the playhead is."""
        for box, number in ((self.one, one), (self.other, other)):
            box.blockSignals(True)
            box.setCurrentIndex(max(box.findData(number), 0))
            box.blockSignals(False)
        self.refresh()

    def show_file(self, tape: Tape, file: str, head: int) -> None:
        """Compare this file; `head` is the moment of the playhead."""
        if tape is not self._tape:
            self._sides.clear()
        if (tape, file, head) != (self._tape, self._file, self._head):
            self._tape, self._file, self._head = tape, file, head
            self.refresh()

    def show_origins(self, on: bool) -> None:
        """Tint by where text came from, beside what differs."""
        for view in (self.left, self.right, self.both):
            view.show_origins(on)

    def numbers(self) -> tuple[int, int]:
        """Return the two moments."""
        return self._number(self.one), self._number(self.other)

    def _number(self, box: QComboBox) -> int:
        number = box.currentData()
        return self._head if number is None or number == PLAYHEAD else int(number)

    def _swap(self) -> None:
        self.choose(int(self.other.currentData() or 0), int(self.one.currentData() or 0))

    # ------------------------------------------------------------------------------------- showing

    def refresh(self) -> None:
        """Compare again."""
        if not self.isVisible() and not self._file:
            return
        for view in (self.left, self.right, self.both):
            view.turn_to(self._file)
        one, other = self.numbers()
        a, b = self._side(one), self._side(other)
        rows = difference(a.lines, b.lines)
        self._say(a, b, rows)
        shown: Sequence[Line | None] = only_near(rows) if self.near.isChecked() else rows
        compared = (one, other, self._file, self.unified.isChecked(), self.near.isChecked())
        top = _first(shown) if compared != self._compared else None
        self._compared = compared
        self._stack.setCurrentIndex(1 if self.unified.isChecked() else 0)
        self._following = True
        if self.unified.isChecked():
            self._show_below((a, b), shown, top)
        else:
            for view, left in ((self.left, True), (self.right, False)):
                self._show_one(view, (a, b), shown, top, left=left)
        self._following = False
        self._follow(self.right, self.left.verticalScrollBar().value())
        self._along(self.right, self.left.horizontalScrollBar().value())
        self.compared.emit(one, other)

    def _side(self, number: int) -> Side:
        """Return a text; the moment that stands still while the playhead moves is not read again."""
        key = (self._tape, number, self._file)
        if key not in self._sides:
            while len(self._sides) >= SIDES:
                del self._sides[next(iter(self._sides))]
            self._sides[key] = Side(*key)
        self._sides[key] = self._sides.pop(key)
        return self._sides[key]

    def _say(self, a: Side, b: Side, rows: Rows) -> None:
        if not a.there and not b.there:
            self.facts.setText(tr("There was no file {file} at either moment.", file=self._file))
            return
        added, removed, changed = counts(rows)
        if not (added or removed or changed):
            self.facts.setText(tr("No difference in {file}.", file=self._file))
            return
        parts = [
            counted(added, "{n} line added", "{n} lines added") if added else "",
            counted(removed, "{n} line removed", "{n} lines removed") if removed else "",
            counted(changed, "{n} line changed", "{n} lines changed") if changed else "",
        ]
        self.facts.setText(", ".join(part for part in parts if part))

    def _show_one(
        self, view: CodeView, sides: tuple[Side, Side], shown: Sequence[Line | None], top: int | None, *, left: bool
    ) -> None:
        side = sides[0] if left else sides[1]

        def row(place: int) -> Row:
            line = shown[place]
            return side, None if line is None else (line.a if left else line.b), left, line

        looks = RowLooks(len(shown), lambda place: _look_of(row(place), sides))
        view.show_rows(_lines(side, shown, left=left), looks, RowTints(len(shown), row), top)

    def _show_below(self, sides: tuple[Side, Side], shown: Sequence[Line | None], top: int | None) -> None:
        rows = [each for line in shown for each in _below(*sides, line)]
        lines = ["" if number is None else side.lines[number] for side, number, _, _ in rows]
        looks = RowLooks(len(rows), lambda place: _look_of(rows[place], sides, unified=True))
        self.both.show_rows(lines, looks, RowTints(len(rows), rows.__getitem__), top)

    # ------------------------------------------------------------------------------------- scrolling

    def _follow(self, peer: CodeView, value: int) -> None:
        if not self._following:
            self._following = True
            peer.verticalScrollBar().setValue(value)
            self._following = False

    def _along(self, peer: CodeView, value: int) -> None:
        if not self._following:
            self._following = True
            peer.horizontalScrollBar().setValue(value)
            self._following = False


def _first(shown: Sequence[Line | None]) -> int:
    """Return where to scroll to for the first change to be in sight."""
    if isinstance(shown, Rows):
        return max(shown.first_change() - 3, 0)
    return max(next((place for place, line in enumerate(shown) if line is not None and line.sign != " "), 0) - 3, 0)


def _lines(side: Side, shown: Sequence[Line | None], *, left: bool) -> list[str]:
    """Return what one side's rows say."""
    if isinstance(shown, Rows):
        return list(chain.from_iterable(_lines_of(side, hunk, left=left) for hunk in shown.hunks))
    numbers = [None if line is None else (line.a if left else line.b) for line in shown]
    return ["" if number is None else side.lines[number] for number in numbers]


def _lines_of(side: Side, hunk: Hunk, *, left: bool) -> list[str]:
    if hunk.sign == ("+" if left else "-"):
        return [""] * hunk.many
    start = hunk.a if left else hunk.b
    return side.lines[start : start + hunk.many]


def _look_of(row: Row, sides: tuple[Side, Side], *, unified: bool = False) -> RowLook:
    _, number, left, line = row
    if line is None:
        return RowLook("sunken", "⋮", "")
    if number is None:
        return RowLook("sunken", "", "")
    sign = line.sign
    strong = differing(line, sides[0].lines, sides[1].lines)[0 if left else 1]
    if sign == "~" and unified:
        sign = "-" if left else "+"
    return RowLook(FILLS[sign], SIGNS[sign], str(number + 1), strong, "selection")


def _below(a: Side, b: Side, line: Line | None) -> list[Row]:
    """Return the lines that a row becomes where both texts stand below each other."""
    if line is None:
        return [(a, None, True, None)]
    if line.sign == " ":
        return [(b, line.b, False, line)]
    both: list[Row] = [(a, line.a, True, line), (b, line.b, False, line)]
    return [each for each in both if each[1] is not None]
