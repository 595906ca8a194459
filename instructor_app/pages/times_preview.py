"""Which start and end times come of a command, student by student, before it is done."""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from examdesk.staffapi.messages import AnyTiming, GetTimes, Times, TimesRow
from instructor_app.kit import Kit
from instructor_app.plans import difference, times_sentences
from instructor_app.tables.box import TableBox
from instructor_app.tables.delegate import student_cell
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, button, clear, column, holding, label, row
from instructor_app.words import NOTHING, clock_time, counted, tr
from shared.problems import Problem

TABLE_HEIGHT = 190


class TimesPreview(QWidget):
    """Sentences on what changes, and on request a table of everybody whom it touches.

    Attributes:
        known: whether the hub said what the shown change would do, or that it can't say.
    """

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.known = False
        self.rows: list[TimesRow] = []
        self._said: list[str] = []
        self._sentences = column(spacing=2)
        self._each = button(kit.look, tr("Show every student"), kind="link", then=self.toggle_table)
        self.model: RowsModel[TimesRow] = RowsModel(_columns(), lambda one: one.session, self)
        empty = EmptyState(kit.look, "clock", tr("Nobody's times change"), "")
        self.table: TableBox[TimesRow] = TableBox(
            self.model, kit.look, kit.preferences, name="preview", title=tr("Times after the change"), empty=empty
        )
        self.table.setFixedHeight(TABLE_HEIGHT)
        self.table.sort("then")
        self.table.hide()
        self.setLayout(column(holding(self._sentences), row(self._each, None), self.table))

    def ask(self, change: AnyTiming, then: Callable[[], None]) -> None:
        """Ask the hub what `change` would do; `then` is called when it is shown."""
        self.known = False
        self._say([tr("Working out the times…")])

        def take(times: Times) -> None:
            self._take(times)
            then()

        def failed(problem: Problem) -> None:
            self.known, self.rows = True, []
            self._say([problem.sentence])
            then()

        self._kit.bridge.query(GetTimes(change=change), take, failed, key="times preview")

    def sentences(self) -> list[str]:
        """Return what it says."""
        return list(self._said)

    def toggle_table(self) -> None:
        """Show or hide the table."""
        self.table.setVisible(not self.table.isVisible())
        self._name_button()

    def _take(self, times: Times) -> None:
        self.known, self.rows = True, [one for one in times.rows if one.changes]
        self.model.replace(self.rows)
        nobody = tr("Nobody's times change.") if times.rows else tr("Nobody has joined yet.")
        self._say(times_sentences(times) or [nobody])

    def _say(self, sentences: list[str]) -> None:
        self._said = sentences
        clear(self._sentences)
        for sentence in sentences:
            self._sentences.addWidget(label(sentence, wrap=True))
        self._each.setVisible(len(self.rows) > 1 and self.known)
        if not self._each.isVisibleTo(self):
            self.table.hide()
        self._name_button()

    def _name_button(self) -> None:
        several = counted(len(self.rows), "Show {n} student", "Show all {n} students")
        self._each.setText(tr("Hide the students") if self.table.isVisible() else several)


def _columns() -> list[Column[TimesRow]]:
    return [
        Column("student", tr("Student"), lambda one: student_cell(one.name, one.student), width=190, stretch=True),
        Column("section", tr("Section"), lambda one: one.section or NOTHING, width=70),
        Column(
            "now", tr("Ends now"), lambda one: clock_time(one.ends_ms), lambda one: one.ends_ms or 0, 90, number=True
        ),
        Column(
            "then",
            tr("Ends then"),
            lambda one: Cell(clock_time(one.new_ends_ms), bold=True),
            lambda one: one.new_ends_ms or 0,
            90,
            number=True,
        ),
        Column(
            "by",
            tr("Change"),
            lambda one: difference(one.ends_ms, one.new_ends_ms),
            lambda one: (one.new_ends_ms or 0) - (one.ends_ms or 0),
            90,
            number=True,
        ),
    ]
