"""A table model for rows of one type: holds them by id, updates just the changed ones, sorts and filters sparingly."""

import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from instructor_app.words import tr
from shared.look import plain_tip

T = TypeVar("T")
Index = QModelIndex | QPersistentModelIndex
REARRANGE_MS = 1000
NOWHERE = QModelIndex()
_ROWS_ONLY = QAbstractTableModel.LayoutChangeHint.VerticalSortHint
_HINTED = "QList<QPersistentModelIndex>,QAbstractItemModel::LayoutChangeHint"
"""Without the hint the header takes every section anew, in the middle of which its state is not fit to be kept."""
_log = logging.getLogger("examdesk.instructor")


@dataclass(frozen=True, slots=True)
class Cell:
    """What a delegate paints.

    Attributes:
        icon: name of an icon before the text.
        tone: name of a palette colour for text and icon; empty is the text's own.
        fill: name of a palette colour behind the text as a pill.
        status: a word of `shared.look.Status`, which chooses text and pill colour.
        note: muted words after the text.
        share: 0 to 1, a bar behind the text.
    """

    text: str
    icon: str = ""
    tone: str = ""
    fill: str = ""
    status: str = ""
    note: str = ""
    share: float = -1.0
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Column(Generic[T]):
    """One column: how a row is shown, sorted and copied.

    Attributes:
        cell: text, or a `Cell` for more than that.
        sort: what to sort by; the text by default.
        live: the text also changes with the clock.
        hidden: not shown until the person asks for it.
    """

    key: str
    title: str
    cell: Callable[[T], str | Cell]
    sort: Callable[[T], Any] | None = None
    width: int = 90
    number: bool = False
    stretch: bool = False
    live: bool = False
    hidden: bool = False
    tip: Callable[[T], str] | None = None
    code: bool = False


class RowsModel(QAbstractTableModel, Generic[T]):
    """Rows of `T` in the order that people see.

    Updates change only their rows. A change that would move or hide rows takes effect once per `REARRANGE_MS`, so
    that rows don't jump under the hand.

    Attributes:
        arranged: number or order of visible rows changed.
    """

    arranged = Signal()

    def __init__(self, columns: Sequence[Column[T]], key: Callable[[T], str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._rows: dict[str, T] = {}
        self._shown: list[str] = []
        self._place: dict[str, int] = {}
        self._filter: Callable[[T], bool] | None = None
        self._sort: tuple[int, bool] | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(REARRANGE_MS)
        self._later.timeout.connect(self.rearrange)

    # ------------------------------------------------------------------------------------- rows

    def all_rows(self) -> list[T]:
        """Return every row, filtered out or not."""
        return list(self._rows.values())

    def shown_rows(self) -> list[T]:
        """Return the rows that people see, in their order."""
        return [self._rows[key] for key in self._shown]

    def row_at(self, place: int) -> T | None:
        """Return the row at a place in the view."""
        return self._rows[self._shown[place]] if 0 <= place < len(self._shown) else None

    def by_key(self, key: str) -> T | None:
        """Return a row by its id."""
        return self._rows.get(key)

    def place_of(self, key: str) -> int:
        """Return where a row stands in the view; -1 if it isn't there."""
        return self._place.get(key, -1)

    def replace(self, rows: Iterable[T]) -> None:
        """Take these rows and no others; rows that stay are updated in place."""
        fresh = {self._key(row): row for row in rows}
        gone = [key for key in self._rows if key not in fresh]
        if gone and len(gone) == len(self._rows):
            self.beginResetModel()
            self._rows, self._shown, self._place = {}, [], {}
            self.endResetModel()
        else:
            self._hide(set(gone))
            for key in gone:
                del self._rows[key]
        self.update(fresh.values())
        self.rearrange()

    def update(self, rows: Iterable[T]) -> None:
        """Take new versions of rows, and new rows; only what differs is told to the view."""
        changed: list[int] = []
        new: list[str] = []
        late = False
        for row in rows:
            key = self._key(row)
            old = self._rows.get(key)
            self._rows[key] = row
            if old is None:
                new.append(key)
            elif old != row:
                if key in self._place:
                    changed.append(self._place[key])
                late = late or self._moves(old, row)
        for first, last in ranges(changed):
            self.dataChanged.emit(self.index(first, 0), self.index(last, len(self.columns) - 1))
        if new:
            self._append([key for key in new if self._passes(self._rows[key])])
        if new or late:
            self._plan()

    def touch_live(self, first: int, last: int) -> None:
        """Say that time went on for the visible rows `first` to `last`."""
        last = min(last, len(self._shown) - 1)
        if first > last:
            return
        for place, column in enumerate(self.columns):
            if column.live:
                self.dataChanged.emit(self.index(first, place), self.index(last, place))

    # ------------------------------------------------------------------------------------- order and filter

    def set_filter(self, passes: Callable[[T], bool] | None) -> None:
        """Show only rows that pass."""
        self._filter = passes
        self.rearrange()

    def rearrange(self) -> None:
        """Bring filter and order up to date now."""
        self._later.stop()
        wanted = [key for key, row in self._rows.items() if self._passes(row)]
        if self._sort is not None:
            column, descending = self._sort
            wanted.sort(key=lambda key: self._sort_key(column, self._rows[key]), reverse=descending)
        if wanted == self._shown:
            return
        keep = set(wanted)
        self._hide({key for key in self._shown if key not in keep})
        self._append([key for key in wanted if key not in self._place])
        if wanted != self._shown:
            self._reorder(wanted)
        self.arranged.emit()

    def _reorder(self, wanted: list[str]) -> None:
        self.layoutAboutToBeChanged[_HINTED].emit([], _ROWS_ONLY)  # type: ignore[index] # the stubs lack overloads
        old = self.persistentIndexList()
        keys = [self._shown[index.row()] for index in old]
        self._settle(wanted)
        new = [self.index(self._place[key], index.column()) for key, index in zip(keys, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged[_HINTED].emit([], _ROWS_ONLY)  # type: ignore[index]

    def _settle(self, shown: list[str]) -> None:
        self._shown = shown
        self._place = {key: place for place, key in enumerate(shown)}

    def _hide(self, keys: set[str]) -> None:
        places = [self._place[key] for key in keys if key in self._place]
        for first, last in reversed(ranges(sorted(places))):
            self.beginRemoveRows(QModelIndex(), first, last)
            self._settle(self._shown[:first] + self._shown[last + 1 :])
            self.endRemoveRows()

    def _append(self, keys: list[str]) -> None:
        if not keys:
            return
        start = len(self._shown)
        self.beginInsertRows(QModelIndex(), start, start + len(keys) - 1)
        self._shown.extend(keys)
        self._place.update({key: start + place for place, key in enumerate(keys)})
        self.endInsertRows()

    def _plan(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _moves(self, old: T, new: T) -> bool:
        if self._passes(old) != self._passes(new):
            return True
        if self._sort is None:
            return False
        return bool(self._sort_key(self._sort[0], old) != self._sort_key(self._sort[0], new))

    def _passes(self, row: T) -> bool:
        return self._filter is None or self._filter(row)

    def _sort_key(self, place: int, row: T) -> Any:
        column = self.columns[place]
        try:
            value = column.sort(row) if column.sort is not None else plain(column.cell(row)).casefold()
        except Exception:  # noqa: BLE001 - a row that can't be read still has to stand somewhere
            value = None
        return (value is not None, value) if not isinstance(value, tuple) else (True, value)

    # ------------------------------------------------------------------------------------- for delegates and copies

    def cell(self, place: int, column: int) -> Cell:
        """Return what is painted at a place; a row that fails says so instead."""
        row = self._rows[self._shown[place]]
        try:
            made = self.columns[column].cell(row)
        except Exception as error:  # noqa: BLE001 - data() never raises: one bad row must not take the table down
            _log.error("a cell of %s failed: %s", self.columns[column].key, type(error).__name__)
            return Cell(tr("can't be shown"), icon="warning", tone="attention")
        return made if isinstance(made, Cell) else Cell(made)

    def as_text(self, places: Iterable[int], columns: Sequence[int]) -> str:
        """Return rows as tab-separated text with a line of headings."""
        lines = [[self.columns[column].title for column in columns]]
        lines += [[self.cell(place, column).text for column in columns] for place in places]
        return "\n".join("\t".join(text.replace("\t", " ").replace("\n", " ") for text in line) for line in lines)

    # ------------------------------------------------------------------------------------- Qt

    def rowCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many rows are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = NOWHERE) -> int:  # noqa: N802
        """Return how many columns there are."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.columns[section].title
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if self.columns[section].number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = 0) -> Any:
        """Return what screen readers, tool tips and typing ahead need; painting goes through `cell`."""
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self.cell(index.row(), index.column()).text
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tip(self._tip(index.row(), index.column()))
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 keeps the order of arrival."""
        self._sort = (column, order == Qt.SortOrder.DescendingOrder) if column >= 0 else None
        self.rearrange()

    def _tip(self, place: int, column: int) -> str:
        tip = self.columns[column].tip
        if tip is None:
            return self.cell(place, column).text
        try:
            return tip(self._rows[self._shown[place]])
        except Exception:  # noqa: BLE001 - see `cell`
            return tr("can't be shown")


def plain(cell: str | Cell) -> str:
    """Return a cell's text."""
    return cell.text if isinstance(cell, Cell) else cell


def ranges(places: Iterable[int]) -> list[tuple[int, int]]:
    """Return places as runs of neighbours (first, last), in order."""
    runs: list[tuple[int, int]] = []
    for place in sorted(set(places)):
        if runs and runs[-1][1] == place - 1:
            runs[-1] = (runs[-1][0], place)
        else:
            runs.append((place, place))
    return runs
