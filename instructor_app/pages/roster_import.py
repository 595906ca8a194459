"""Importing a class list: what it would do, line by line; nothing is done before a person says so."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QCheckBox, QFrame, QProgressBar

from examdesk.staffapi.messages import ApplyRoster, Done, RosterPreview, RosterRow
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, Chip, EmptyState, button, column, label, row, shortcut
from instructor_app.words import NOTHING, counted, tr
from shared.look import SPACE
from shared.problems import Problem

OUTCOMES = ("added", "changed", "doubtful", "refused", "unchanged")
OUTCOME_LOOK = {
    "added": ("add", "positive", "positive_soft"),
    "changed": ("edit", "info", "info_soft"),
    "doubtful": ("help", "attention", "attention_soft"),
    "refused": ("close", "attention", "attention_soft"),
    "unchanged": ("check", "muted", "sunken"),
}


class PreviewCard(QFrame):
    """What an import would do, line by line; nothing is done before `Apply`.

    Attributes:
        closed: applied or left.
    """

    closed = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._preview: RosterPreview | None = None
        self._outcome = ""
        self.setProperty("kind", "card")
        self.title = label("", "subtitle", wrap=True)
        self.columns = label("", "muted", wrap=True)
        self.warnings = label("", wrap=True)
        self.chips = {
            outcome: Chip(kit.look, outcome_word(outcome), *OUTCOME_LOOK[outcome][:2]) for outcome in OUTCOMES
        }
        for outcome, chip in self.chips.items():
            chip.clicked.connect(lambda _, outcome=outcome: self._toggle(outcome))
        self.model: RowsModel[RosterRow] = RowsModel(_preview_columns(), lambda r: str(r.line), self)
        empty = EmptyState(kit.look, "rosters", tr("Nothing in this file"), tr("No line of it could be read."))
        self.table: TableBox[RosterRow] = TableBox(
            self.model, kit.look, kit.preferences, name="roster preview", title=tr("What the import does"), empty=empty
        )
        self.doubtful = QCheckBox(tr("Import the doubtful lines too"))
        self.doubtful.toggled.connect(lambda _: self._fit())
        self.working = QProgressBar()
        self.working.setRange(0, 0)
        self.working.setAccessibleName(tr("The class list is being imported"))
        self.working.hide()
        self.apply = button(kit.look, tr("Import"), "check", "primary", then=self._apply)
        cancel = button(kit.look, tr("Leave it"), then=self._leave)
        self.setLayout(
            column(
                self.title,
                self.columns,
                self.warnings,
                row(*self.chips.values(), None, spacing=SPACE["xs"]),
                self.table,
                self.working,
                row(self.apply, cancel, self.doubtful, None, spacing=SPACE["m"]),
                margin=SPACE["m"],
            )
        )
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self._leave, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.hide()

    def show_preview(self, file: str, preview: RosterPreview) -> None:
        """Show what would change; lines that need a look come first."""
        self._preview, self._outcome = preview, ""
        self.title.setText(tr("What importing {file} would do", file=file))
        found = ", ".join(f"{field_word(field)} ← “{heading}”" for field, heading in preview.columns)
        self.columns.setText(tr("Columns found: {found}", found=found) if found else tr("No column was recognised."))
        self.warnings.setText("\n".join(preview.warnings))
        self.warnings.setVisible(bool(preview.warnings))
        for outcome, chip in self.chips.items():
            chip.count(preview.counts.get(outcome, 0))
            chip.setChecked(False)
            chip.setVisible(bool(preview.counts.get(outcome, 0)))
        self.model.replace(preview.rows)
        self.model.set_filter(None)
        place = [c.key for c in self.model.columns].index("outcome")
        self.table.view.sortByColumn(place, Qt.SortOrder.AscendingOrder)
        self.doubtful.setChecked(False)
        self.doubtful.setVisible(bool(preview.counts.get("doubtful")))
        self._fit()
        self.show()
        self.apply.setFocus()

    def _toggle(self, outcome: str) -> None:
        self._outcome = "" if self._outcome == outcome else outcome
        for name, chip in self.chips.items():
            chip.setChecked(name == self._outcome)
        chosen = self._outcome
        self.model.set_filter((lambda one: one.outcome == chosen) if chosen else None)

    def _fit(self) -> None:
        counts = self._preview.counts if self._preview is not None else {}
        doubtful = counts.get("doubtful", 0) if self.doubtful.isChecked() else 0
        total = counts.get("added", 0) + counts.get("changed", 0) + doubtful
        self.apply.setText(counted(total, "Import {n} student", "Import {n} students"))
        self.apply.setEnabled(total > 0)

    def _apply(self) -> None:
        if self._preview is None:
            return
        self.apply.setEnabled(False)
        self.working.show()

        def done(answer: Done) -> None:
            self.working.hide()
            self.hide()
            self.closed.emit()
            self._banner.say("positive", answer.sentence, tr("The class list is imported"))

        def failed(problem: Problem) -> None:
            self.working.hide()
            self._fit()
            self._banner.say("attention", problem.sentence, tr("Nothing was imported"))

        request = ApplyRoster(command="", preview=self._preview.preview, with_doubtful=self.doubtful.isChecked())
        self._kit.bridge.command(request, done, failed)

    def _leave(self) -> None:
        self.hide()
        self.closed.emit()


def outcome_word(outcome: str) -> str:
    """Return the word for what becomes of a line."""
    return {
        "added": tr("Added"),
        "changed": tr("Changed"),
        "doubtful": tr("Doubtful"),
        "refused": tr("Refused"),
        "unchanged": tr("Unchanged"),
    }[outcome]


def field_word(field: str) -> str:
    """Return the word for a field of ours."""
    known = {
        "student": tr("student id"),
        "name": tr("name"),
        "section": tr("section"),
        "email": tr("e-mail"),
        "first": tr("first name"),
        "last": tr("last name"),
    }
    return known.get(field, field)


def _preview_columns() -> list[Column[RosterRow]]:
    def outcome(one: RosterRow) -> Cell:
        icon, tone, fill = OUTCOME_LOOK[one.outcome]
        return Cell(outcome_word(one.outcome), icon=icon, tone=tone, fill=fill)

    order = ("doubtful", "refused", "changed", "added", "unchanged")
    return [
        Column("line", tr("Line"), lambda r: str(r.line), lambda r: r.line, 60, number=True),
        Column("outcome", tr("What happens"), outcome, lambda r: (order.index(r.outcome), r.line), 130),
        Column("student", tr("Student id"), lambda r: r.student or NOTHING, width=110),
        Column("name", tr("Name"), lambda r: r.name or NOTHING, width=190),
        Column("section", tr("Section"), lambda r: r.section or NOTHING, width=80),
        Column("sentence", tr("Why"), lambda r: r.sentence, width=260, stretch=True),
    ]
