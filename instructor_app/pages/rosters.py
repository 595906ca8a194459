"""The rosters page: the class list, importing one with a preview, adding one student fast."""

from pathlib import Path

from PySide6.QtCore import QDir, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFrame, QLineEdit, QWidget

from examdesk.staffapi.messages import (
    ApplyRoster,
    Done,
    GetRoster,
    PreviewRoster,
    PutStudent,
    RosterEntry,
    RosterPreview,
    RosterRow,
    RosterView,
)
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, Chip, EmptyState, button, column, label, row
from instructor_app.words import NOTHING, counted, tr
from shared.look import SPACE
from shared.problems import Problem

MAX_BYTES = 8 * 1024 * 1024
OUTCOMES = ("added", "changed", "doubtful", "refused", "unchanged")
OUTCOME_LOOK = {
    "added": ("add", "positive", "positive_soft"),
    "changed": ("edit", "info", "info_soft"),
    "doubtful": ("help", "attention", "attention_soft"),
    "refused": ("close", "attention", "attention_soft"),
    "unchanged": ("check", "muted", "sunken"),
}


class RostersPage(QWidget):
    """See the module."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.banner = Banner(kit.look)
        self.preview = PreviewCard(kit, self.banner)
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id, section"))
        self.search.setAccessibleName(tr("Search the roster"))
        self.search.setClearButtonEnabled(True)
        self.search.setMaximumWidth(240)
        self.search.textChanged.connect(self._filter)
        self.model: RowsModel[RosterEntry] = RowsModel(_entry_columns(), lambda e: e.student, self)
        empty = EmptyState(
            kit.look,
            "rosters",
            tr("No class list yet"),
            tr(
                "Import the list of your course system as CSV or XLSX: Canvas, Moodle, Blackboard and plain lists are "
                "recognised, and you see what will change before anything does."
            ),
            tr("Import a class list…"),
        )
        empty.acted.connect(self.choose_file)
        self.table: TableBox[RosterEntry] = TableBox(
            self.model, kit.look, kit.preferences, name="roster", title=tr("Roster"), empty=empty
        )
        self.table.sort("name")
        self.table.opened.connect(self._edit)
        self.count = label("", "muted")
        self._import = button(kit.look, tr("Import a class list…"), "import", then=self.choose_file)
        self.add = AddStudent(kit, self.banner)
        self.add.done.connect(self.refresh)
        head = row(label(tr("Roster"), "title"), self.count, None, self.search, self._import, spacing=SPACE["m"])
        layout = column(head, self.banner, self.preview, self.table, self.add, spacing=SPACE["m"], margin=SPACE["l"])
        layout.setStretchFactor(self.table, 3)
        layout.setStretchFactor(self.preview, 4)
        self.setLayout(layout)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.table.view)
        self.preview.closed.connect(self._preview_closed)
        kit.state.roster_changed.connect(self.refresh)
        kit.bridge.link_changed.connect(self._link_changed)
        QShortcut(QKeySequence("Ctrl+I"), self, self.choose_file)
        self.refresh()

    def refresh(self) -> None:
        """Ask for the roster."""
        self._kit.bridge.query(GetRoster(), self._take, self._problem, key="roster")

    def start_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def choose_file(self) -> None:
        """Let the person choose a class list."""
        dialog = QFileDialog(
            self, tr("Import a class list"), QDir.homePath(), tr("Class lists (*.csv *.xlsx *.txt *.tsv)")
        )
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.import_file(Path(chosen)))
        dialog.open()

    def import_file(self, path: Path) -> None:
        """Read a class list and show what it would change."""
        try:
            data = path.read_bytes()
        except OSError as error:
            self.banner.say("attention", tr("{file} can't be read: {why}", file=path.name, why=error.strerror))
            return
        if len(data) > MAX_BYTES:
            self.banner.say("attention", tr("{file} is larger than 8 MiB; that is no class list.", file=path.name))
            return
        self._import.setEnabled(False)
        self._import.setText(tr("Reading {file}…", file=path.name))

        def shown(preview: RosterPreview) -> None:
            self._import_over()
            self.banner.hide()
            self.table.hide()
            self.add.hide()
            self.preview.show_preview(path.name, preview)

        def failed(problem: Problem) -> None:
            self._import_over()
            self.banner.say("attention", problem.sentence, tr("{file} was not imported", file=path.name))

        self._kit.bridge.query(PreviewRoster(file_name=path.name, data=data), shown, failed)

    def _import_over(self) -> None:
        self._import.setEnabled(True)
        self._import.setText(tr("Import a class list…"))

    def _preview_closed(self) -> None:
        self.table.show()
        self.add.show()
        self.refresh()

    def _take(self, roster: RosterView) -> None:
        self.model.replace(roster.entries)
        self.add.show_sections([section.name for section in roster.sections])
        sections = counted(len(roster.sections), "{n} section", "{n} sections")
        students = counted(len(roster.entries), "{n} student", "{n} students")
        self.count.setText(f"{students} · {sections}")

    def _filter(self, text: str) -> None:
        words = text.casefold().split()

        def passes(entry: RosterEntry) -> bool:
            found = f"{entry.name} {entry.student} {entry.section} {entry.email}".casefold()
            return all(word in found for word in words)

        self.model.set_filter(passes if words else None)

    def _edit(self, entry: RosterEntry) -> None:
        self.add.edit(entry)

    def _problem(self, problem: Problem) -> None:
        if self._kit.state.exam is not None:
            self.banner.say("attention", problem.sentence, tr("The roster can't be shown"))

    def _link_changed(self, link: Link, _: str) -> None:
        if link is Link.UP:
            self.refresh()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Import the dropped file."""
        self.import_file(Path(event.mimeData().urls()[0].toLocalFile()))


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
        self.apply = button(kit.look, tr("Import"), "check", "primary", then=self._apply)
        cancel = button(kit.look, tr("Leave it"), then=self._leave)
        self.setLayout(
            column(
                self.title,
                self.columns,
                self.warnings,
                row(*self.chips.values(), None, spacing=SPACE["xs"]),
                self.table,
                row(self.apply, cancel, self.doubtful, None, spacing=SPACE["m"]),
                margin=SPACE["m"],
            )
        )
        QShortcut(
            QKeySequence(Qt.Key.Key_Escape), self, self._leave, context=Qt.ShortcutContext.WidgetWithChildrenShortcut
        )
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

        def done(answer: Done) -> None:
            self.hide()
            self.closed.emit()
            self._banner.say("positive", answer.sentence, tr("The class list is imported"))

        def failed(problem: Problem) -> None:
            self._fit()
            self._banner.say("attention", problem.sentence, tr("Nothing was imported"))

        request = ApplyRoster(command="", preview=self._preview.preview, with_doubtful=self.doubtful.isChecked())
        self._kit.bridge.command(request, done, failed)

    def _leave(self) -> None:
        self.hide()
        self.closed.emit()


class AddStudent(QFrame):
    """One line: add a student, or correct one, in a few seconds."""

    done = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self.student, self.name = QLineEdit(), QLineEdit()
        self.section = QComboBox()
        self.section.setEditable(True)
        self.section.setMinimumWidth(110)
        self.extra = QLineEdit()
        self.extra.setMaximumWidth(90)
        self.extra.setPlaceholderText(tr("1.5 or 15"))
        for field, words in (
            (self.student, tr("Student id")),
            (self.name, tr("Name")),
            (self.section, tr("Section")),
            (self.extra, tr("More time: a factor such as 1.5, or minutes such as 15")),
        ):
            field.setAccessibleName(words)
            field.setToolTip(words)
        self.student.setPlaceholderText(tr("Student id"))
        self.name.setPlaceholderText(tr("Name"))
        self.put = button(kit.look, tr("Add student"), "add", then=self._put)
        for line in (self.student, self.name, self.extra):
            line.returnPressed.connect(self._put)
        self._tags: tuple[str, ...] = ()
        layout = row(
            label(tr("Add or change one"), "muted"),
            self.student,
            self.name,
            label(tr("Section"), "muted"),
            self.section,
            label(tr("More time"), "muted"),
            self.extra,
            self.put,
        )
        layout.setStretch(2, 1)
        self.setProperty("kind", "card")
        layout.setContentsMargins(SPACE["m"], SPACE["s"], SPACE["m"], SPACE["s"])
        self.setLayout(layout)

    def show_sections(self, names: list[str]) -> None:
        """Offer the sections that there are."""
        kept = self.section.currentText()
        self.section.clear()
        self.section.addItems(names)
        self.section.setCurrentText(kept or (names[0] if names else ""))

    def edit(self, entry: RosterEntry) -> None:
        """Put a student into the fields."""
        self.student.setText(entry.student)
        self.name.setText(entry.name)
        self.section.setCurrentText(entry.section)
        self.extra.setText(more_time(entry, empty=""))
        self.name.setFocus()
        self.name.selectAll()

    def _put(self) -> None:
        student, name = self.student.text().strip(), self.name.text().strip()
        if not student or not name:
            (self.name if student else self.student).setFocus()
            return
        extra = read_more_time(self.extra.text())
        if extra is None:
            self.extra.setProperty("state", "wrong")
            self._banner.say("attention", tr("More time is a factor such as 1.5 or minutes such as 15."))
            return
        factor, minutes = extra

        def done(answer: Done) -> None:
            for field in (self.student, self.name, self.extra):
                field.clear()
            self.student.setFocus()
            self._banner.say("positive", answer.sentence)
            self.done.emit()

        request = PutStudent(
            command="",
            student=student,
            name=name,
            section=self.section.currentText().strip(),
            factor=factor,
            extra_minutes=minutes,
        )
        self._kit.bridge.command(request, done, lambda problem: self._banner.say("attention", problem.sentence))


def read_more_time(text: str) -> tuple[float, int] | None:
    """Return (factor, minutes) of `1.5`, `×1.5` or `15 min`; None for anything else."""  # noqa: RUF002
    bare = text.strip().lower().removeprefix("×").removeprefix("x").removesuffix("min").strip().replace(",", ".")  # noqa: RUF001
    if not bare:
        return 1.0, 0
    try:
        value = float(bare)
    except ValueError:
        return None
    if not 0 < value <= 480:
        return None
    return (value, 0) if 1 <= value < 5 and "min" not in text else (1.0, round(value))


def more_time(entry: RosterEntry, empty: str = NOTHING) -> str:
    """Say how much more time a student has."""
    parts = []
    if entry.factor != 1:
        parts.append(f"×{entry.factor:g}")  # noqa: RUF001
    if entry.extra_minutes:
        parts.append(tr("{n} min", n=entry.extra_minutes))
    return " + ".join(parts) or empty


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


def _entry_columns() -> list[Column[RosterEntry]]:
    return [
        Column("name", tr("Name"), lambda e: e.name, lambda e: e.name.casefold(), 220, stretch=True),
        Column("student", tr("Student id"), lambda e: e.student, width=120),
        Column("section", tr("Section"), lambda e: e.section or NOTHING, width=84),
        Column("email", tr("E-mail"), lambda e: e.email or NOTHING, width=210),
        Column("seat", tr("Seat"), lambda e: e.seat or NOTHING, width=70),
        Column("extra", tr("More time"), more_time, lambda e: (e.factor, e.extra_minutes), 96),
        Column("joined", tr("Here"), _joined, lambda e: not e.joined, 110),
        Column("code", tr("Personal code"), lambda e: e.personal_code or NOTHING, width=130, code=True, hidden=True),
        Column("tags", tr("Tags"), lambda e: ", ".join(e.tags) or NOTHING, width=120, hidden=True),
    ]


def _joined(entry: RosterEntry) -> Cell:
    return Cell(tr("joined"), icon="check", tone="positive") if entry.joined else Cell(NOTHING, tone="muted")


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
