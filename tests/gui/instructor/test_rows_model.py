"""The model behind every table: by id, by row, and it never raises."""

from dataclasses import dataclass, replace

from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QWidget

from instructor_app.preferences import Preferences
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel, ranges
from instructor_app.theme import Look


@dataclass(frozen=True)
class Row:
    id: str
    name: str
    runs: int = 0


def name_or_fail(row: Row) -> str:
    if row.name == "broken":
        raise ValueError(row.name)
    return row.name


def make(*rows: Row) -> RowsModel[Row]:
    model: RowsModel[Row] = RowsModel(
        [
            Column("name", "Name", name_or_fail),
            Column("runs", "Runs", lambda r: str(r.runs), lambda r: r.runs, live=True),
        ],
        lambda row: row.id,
    )
    model.replace(rows)
    return model


def changed_ranges(model: RowsModel[Row]) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    return told


THREE = (Row("1", "Cem"), Row("2", "Ada"), Row("3", "Bo"))


def test_only_changed_rows_are_told_to_the_view(qapp):
    model = make(*THREE)
    told = changed_ranges(model)
    model.update([Row("2", "Ada"), Row("3", "Bo", 7)])
    assert told == [(2, 2)]


def test_a_full_answer_touches_only_what_differs(qapp):
    model = make(*THREE)
    told = changed_ranges(model)
    removed = []
    model.rowsRemoved.connect(lambda _, first, last: removed.append((first, last)))
    model.replace([Row("1", "Cem", 1), Row("3", "Bo")])
    assert (told, removed) == ([(0, 0)], [(1, 1)])


def test_a_row_that_fails_says_so_and_the_others_stay(qapp):
    model = make(Row("1", "broken"), Row("2", "Ada"))
    assert model.cell(0, 0) == Cell("can't be shown", icon="warning", tone="attention")
    assert model.data(model.index(0, 0)) == "can't be shown"
    assert model.data(model.index(1, 0)) == "Ada"


def test_a_changed_figure_moves_its_row_only_at_the_next_arranging(qapp):
    model = make(Row("1", "a", 1), Row("2", "b", 2), Row("3", "c", 3))
    model.sort(1, Qt.SortOrder.DescendingOrder)
    model.update([Row("1", "a", 9)])
    assert [row.id for row in model.shown_rows()] == ["3", "2", "1"]
    model.rearrange()
    assert [row.id for row in model.shown_rows()] == ["1", "3", "2"]


def test_a_selection_stays_with_its_student_when_the_order_changes(qapp):
    model = make(*THREE)
    kept = QPersistentModelIndex(model.index(model.place_of("3"), 0))
    model.sort(0)
    assert model.row_at(kept.row()) == Row("3", "Bo")
    model.set_filter(lambda row: row.name != "Ada")
    assert model.row_at(kept.row()) == Row("3", "Bo")


def test_rows_are_copied_as_tab_separated_text(qapp):
    model = make(Row("1", "A\tda", 3))
    assert model.as_text([0], [1, 0]) == "Runs\tName\n3\tA da"


def test_time_touches_only_the_columns_that_show_time(qapp):
    model = make(*THREE)
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.row(), first.column(), last.row(), last.column())))
    model.touch_live(0, 1)
    assert told == [(0, 1, 1, 1)]


@given(st.lists(st.integers(0, 60)))
def test_ranges_cover_each_place_once_in_order(places: list[int]):
    covered = [place for first, last in ranges(places) for place in range(first, last + 1)]
    assert covered == sorted(set(places))


rows_drawn = st.builds(Row, st.sampled_from("abcdefgh"), st.sampled_from(["x", "y", "broken"]), st.integers(0, 5))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("replace"), st.lists(rows_drawn, max_size=8, unique_by=lambda row: row.id)),
        st.tuples(st.just("update"), st.lists(rows_drawn, max_size=4, unique_by=lambda row: row.id)),
        st.tuples(st.just("sort"), st.sampled_from([-1, 0, 1])),
        st.tuples(st.just("filter"), st.integers(0, 5)),
    ),
    max_size=12,
)


@settings(max_examples=60)
@given(steps)
def test_the_view_always_shows_what_a_plain_list_would(qapp, steps: list):
    model = make()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    expected: dict[str, Row] = {}
    least, column = 0, -1
    for step, value in steps:
        if step == "replace":
            model.replace(value)
            expected = {row.id: row for row in value}
        elif step == "update":
            model.update(value)
            expected.update({row.id: row for row in value})
        elif step == "sort":
            column = value
            model.sort(column)
        else:
            least = value
            model.set_filter(lambda row, least=least: row.runs >= least)
    model.rearrange()
    passing = {row.id for row in expected.values() if row.runs >= least}
    shown = model.shown_rows()
    assert {row.id for row in shown} == passing
    assert all(expected[row.id] == row for row in shown)
    if column == 1:
        assert [row.runs for row in shown] == sorted(row.runs for row in shown)
    assert model.rowCount() == len(passing)
    assert all(model.place_of(row.id) == place for place, row in enumerate(shown))
    del tester


def test_a_replaced_row_is_a_new_version_of_the_same_student(qapp):
    model = make(*THREE)
    model.update([replace(THREE[0], name="Cem Y.")])
    assert model.by_key("1") == Row("1", "Cem Y.")
    assert model.rowCount() == 3


def test_rows_that_change_places_leave_the_header_and_its_remembered_state_alone(qtbot, qapp):
    kept = Preferences(None)
    model = make(Row("a", "Ada", 1), Row("b", "Ben", 2), Row("c", "Cem", 3))
    box = TableBox(model, Look(qapp, "light", 0), kept, name="rows", title="Rows", empty=QWidget())
    qtbot.addWidget(box)
    box.sort("runs")
    box.show()
    box.view.setColumnHidden(0, True)
    header = box.view.horizontalHeader()
    with qtbot.assertNotEmitted(header.sectionResized):
        model.update([Row("a", "Ada", 9)])
        model.rearrange()
    assert [row.id for row in model.shown_rows()] == ["b", "c", "a"]
    box.view.setColumnHidden(0, False)
    header.resizeSection(0, 140)
    again = make(Row("a", "Ada", 9), Row("b", "Ben", 2), Row("c", "Cem", 3))
    restored = TableBox(again, Look(qapp, "light", 0), kept, name="rows", title="Rows", empty=QWidget())
    qtbot.addWidget(restored)
    restored.sort("name")
    assert [row.id for row in again.shown_rows()] == ["b", "c", "a"]
    assert restored.view.columnWidth(0) == 140
