"""A table with all that belongs to it: sorting, copying, remembered columns, an empty state."""

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QByteArray, QEvent, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStackedWidget, QTabBar, QTableView, QWidget

from instructor_app.preferences import Preferences
from instructor_app.tables.delegate import CellDelegate, row_height
from instructor_app.tables.model import RowsModel
from instructor_app.theme import Look
from instructor_app.words import tr

T = TypeVar("T")


class RowsView(QTableView):
    """A table view that copies its selection and tells when a row is opened."""

    opened = Signal(int)
    copied = Signal(int)
    resized = Signal()

    def __init__(self, model: RowsModel[Any], look: Look, name: str) -> None:
        super().__init__()
        self._rows = model
        self._look = look
        self.setModel(model)
        self.setItemDelegate(CellDelegate(look, self))
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.verticalHeader().hide()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.opened.emit(index.row()))
        look.changed.connect(self.fit_rows)
        self.fit_rows()

    def fit_rows(self) -> None:
        """Give rows the height that the font needs."""
        self.verticalHeader().setDefaultSectionSize(row_height(self.fontMetrics()))
        self.viewport().update()

    def choose(self, place: int) -> None:
        """Select one row and no other, whatever keys are held down."""
        only = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(place, 0), only)

    def chosen(self) -> list[int]:
        """Return the places of the selected rows, in order."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def copy(self) -> None:
        """Put the selected rows, or all, on the clipboard as tab-separated text."""
        places = self.chosen() or range(self._rows.rowCount())
        header = self.horizontalHeader()
        order = sorted(range(header.count()), key=header.visualIndex)
        columns = [column for column in order if not self.isColumnHidden(column)]
        QGuiApplication.clipboard().setText(self._rows.as_text(places, columns))
        self.copied.emit(len(places))

    def visible_places(self) -> tuple[int, int]:
        """Return the first and the last row in sight."""
        first = self.rowAt(0)
        last = self.rowAt(self.viewport().height() - 1)
        return max(0, first), self._rows.rowCount() - 1 if last < 0 else last

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Let columns stretch; a chosen row that was in sight stays so where the table gets lower."""
        current = self.currentIndex()
        place = self.visualRect(current)
        seen = current.isValid() and place.top() >= 0 and place.bottom() < event.oldSize().height()
        super().resizeEvent(event)
        self.resized.emit()
        if seen and place.bottom() >= self.viewport().height():
            self.scrollTo(current.siblingAtColumn(0), QAbstractItemView.ScrollHint.EnsureVisible)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Enter opens a row, Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)


class TableBox(QStackedWidget, Generic[T]):
    """A table, or its empty state.

    Attributes:
        opened: a row was opened by double click or Enter.
        chosen_changed: another row is current or the selection changed.
    """

    opened = Signal(object)
    chosen_changed = Signal()
    copied = Signal(int)

    def __init__(
        self, model: RowsModel[T], look: Look, preferences: Preferences, *, name: str, title: str, empty: QWidget
    ) -> None:
        super().__init__()
        self.model = model
        self.view = RowsView(model, look, title)
        self._preferences, self._name = preferences, name
        self._filling = False
        self._left_out: dict[int, bool] = {}
        """Columns that are not to be had at all, and whether they were hidden by choice."""
        self.addWidget(self.view)
        self.addWidget(empty)
        self.view.opened.connect(self._open)
        self.view.copied.connect(self.copied)
        self.view.selectionModel().selectionChanged.connect(lambda *_: self.chosen_changed.emit())
        model.rowsInserted.connect(self._choose_page)
        model.rowsRemoved.connect(self._choose_page)
        model.modelReset.connect(self._choose_page)
        self._dress_header()
        self.view.resized.connect(self.fill_width)
        self._choose_page()

    def chosen(self) -> list[T]:
        """Return the selected rows."""
        rows = [self.model.row_at(place) for place in self.view.chosen()]
        return [row for row in rows if row is not None]

    def choose(self, key: str) -> bool:
        """Select a row by its id and scroll to it; false if it isn't shown."""
        place = self.model.place_of(key)
        if place < 0:
            return False
        self.view.choose(place)
        self.view.scrollTo(self.model.index(place, 0), QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def begin_at_top(self) -> None:
        """Let the keyboard begin in the first row while nothing is chosen, not in the one that came first."""
        if self.model.rowCount() and not self.view.chosen():
            keep = QItemSelectionModel.SelectionFlag.NoUpdate
            self.view.selectionModel().setCurrentIndex(self.model.index(0, 0), keep)

    def sort(self, key: str, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column unless the person has a remembered order."""
        if self._preferences.remembered("table", self._name).isEmpty():
            places = [place for place, column in enumerate(self.model.columns) if column.key == key]
            self.view.sortByColumn(places[0], order)

    def first_layout(self) -> QByteArray:
        """Return how columns and order were before the person changed anything."""
        return self._first

    def layout_state(self) -> QByteArray:
        """Return how columns and order are, to be kept: as they were chosen, also where one is left out just now."""
        header, filling = self.view.horizontalHeader(), self._filling
        self._filling = True
        for place, hidden in self._left_out.items():
            header.setSectionHidden(place, hidden)
        state = header.saveState()
        for place in self._left_out:
            header.setSectionHidden(place, True)
        self._filling = filling
        return state

    def put_layout(self, state: QByteArray) -> None:
        """Put columns and order as they were kept."""
        left_out, self._left_out = tuple(self._left_out), {}
        self.view.horizontalHeader().restoreState(state)
        for place in left_out:
            self._left_out[place] = self.view.isColumnHidden(place)
            self.view.setColumnHidden(place, True)
        self.fill_width()
        self._remember()

    def leave_out(self, key: str, *, out: bool) -> None:
        """Have no such column, whatever a person chose or kept; or have it again as it was chosen."""
        for place, column in enumerate(self.model.columns):
            if column.key != key or out == (place in self._left_out):
                continue
            if out:
                self._left_out[place] = self.view.isColumnHidden(place)
            self.view.setColumnHidden(place, out or self._left_out.pop(place))
        self.fill_width()

    def add_menu_action(self, menu: Callable[[QMenu], None]) -> None:
        """Let a page fill the context menu of rows."""
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)

        def show(at: QPoint) -> None:
            made = QMenu(self.view)
            menu(made)
            made.addSeparator()
            made.addAction(tr("Copy"), QKeySequence(QKeySequence.StandardKey.Copy), self.view.copy)
            made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            made.popup(self.view.viewport().mapToGlobal(at))

        self.view.customContextMenuRequested.connect(show)

    def _dress_header(self) -> None:
        header = self.view.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setMinimumSectionSize(44)
        for place, column in enumerate(self.model.columns):
            self.view.setColumnWidth(place, column.width)
            self.view.setColumnHidden(place, column.hidden)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.view.setSortingEnabled(True)
        self._first = header.saveState()
        header.restoreState(self._preferences.remembered("table", self._name))
        header.sectionResized.connect(lambda *_: self._resized())
        header.sectionMoved.connect(lambda *_: self._remember())
        header.sortIndicatorChanged.connect(lambda *_: self._remember())
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._header_menu)

    def _resized(self) -> None:
        if not self._filling:
            self._remember()
            self.fill_width()

    def fill_width(self) -> None:
        """Give what is left of the width to the columns that stretch; none gets narrower than it needs."""
        shown = [place for place in range(len(self.model.columns)) if not self.view.isColumnHidden(place)]
        stretching = [place for place in shown if self.model.columns[place].stretch]
        fixed = sum(self.view.columnWidth(place) for place in shown if place not in stretching)
        if not stretching:
            return
        left = self.view.viewport().width() - fixed
        self._filling = True
        for place in stretching:
            self.view.setColumnWidth(place, max(self.model.columns[place].width, left // len(stretching)))
        self._filling = False

    def _remember(self) -> None:
        if self.isVisible():
            self._preferences.remember("table", self._name, self.layout_state())

    def _header_menu(self, at: QPoint) -> None:
        self.columns_menu().popup(self.view.horizontalHeader().mapToGlobal(at))

    def columns_menu(self) -> QMenu:
        """Return a menu that shows and hides columns."""
        menu = QMenu(self.view)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for place, column in enumerate(self.model.columns):
            if place in self._left_out:
                continue
            action = menu.addAction(column.title)
            action.setCheckable(True)
            action.setChecked(not self.view.isColumnHidden(place))
            action.setEnabled(place > 0)
            action.toggled.connect(lambda on, place=place: self._show_column(place, on))
        return menu

    def _show_column(self, place: int, on: bool) -> None:
        self.view.setColumnHidden(place, not on)
        self.fill_width()
        self._remember()

    def _choose_page(self, *_: QModelIndex | int) -> None:
        was_empty = self.currentIndex() == 1
        self.setCurrentIndex(0 if self.model.rowCount() or self.model.all_rows() else 1)
        if was_empty and self.currentIndex() == 0 and isinstance(self.window().focusWidget(), QTabBar):
            self.view.setFocus()  # the page wanted it as it was shown, and could not have it without rows

    def _open(self, place: int) -> None:
        row = self.model.row_at(place)
        if row is not None:
            self.opened.emit(row)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Follow the font's size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.view.fit_rows()
