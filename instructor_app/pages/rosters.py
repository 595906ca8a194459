"""The rosters page: the class list, importing one with a preview, adding one student fast."""

from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QLineEdit, QMenu, QProgressBar, QWidget

from examdesk.staffapi.messages import (
    Done,
    GetRoster,
    PreviewRoster,
    PutStudent,
    RemoveStudent,
    RosterEntry,
    RosterPreview,
    RosterView,
)
from instructor_app.bridge import Link
from instructor_app.kit import Kit
from instructor_app.pages.roster_codes import PersonalCodes
from instructor_app.pages.roster_identity import WhoIsIt
from instructor_app.pages.roster_import import PreviewCard
from instructor_app.pages.roster_student import StudentForm, more_time
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, column, label, row
from instructor_app.words import NOTHING, counted, named, tr
from shared.look import SPACE
from shared.problems import Problem

MAX_BYTES = 8 * 1024 * 1024


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
        kit.bridge.rights.guard(self._import, PreviewRoster)
        self.add = StudentForm(kit, self.banner)
        self.add.done.connect(self.refresh)
        self.codes = PersonalCodes(kit, self.banner, self)
        self.who = WhoIsIt(kit, self.banner)
        self.table.chosen_changed.connect(self._chosen)
        self.table.add_menu_action(self._fill_menu)
        head = row(
            *(label(tr("Roster"), "title"), self.count, None, self.search),
            *(self.codes.button, self._import),
            spacing=SPACE["m"],
        )
        self.working = QProgressBar()
        self.working.setRange(0, 0)
        self.working.setAccessibleName(tr("The class list is being read"))
        self.working.hide()
        parts = (head, self.working, self.banner, self.preview, self.table, self.who, self.add)
        layout = column(*parts, spacing=SPACE["m"], margin=SPACE["l"])
        layout.setStretchFactor(self.table, 3)
        layout.setStretchFactor(self.preview, 4)
        self.setLayout(layout)
        self.setAcceptDrops(True)
        self.setFocusProxy(self.table.view)
        self.preview.closed.connect(self._preview_closed)
        kit.state.roster_changed.connect(self.refresh)
        kit.state.exam_changed.connect(self._show_exam)
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
            self, tr("Import a class list"), QDir.homePath(), tr("Class lists (*.csv *.xlsx *.zip *.txt *.tsv)")
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
        self.working.show()

        def shown(preview: RosterPreview) -> None:
            self._import_over()
            self.banner.hide()
            for part in (self.table, self.add, self.who):
                part.hide()
            self.preview.show_preview(path.name, preview)

        def failed(problem: Problem) -> None:
            self._import_over()
            self.banner.say("attention", problem.sentence, tr("{file} was not imported", file=path.name))

        self._kit.bridge.query(PreviewRoster(file_name=path.name, data=data), shown, failed)

    def _import_over(self) -> None:
        self.working.hide()
        self._import.setEnabled(True)
        self._import.setText(tr("Import a class list…"))

    def _preview_closed(self) -> None:
        self.table.show()
        self.add.show()
        self.refresh()

    def _take(self, roster: RosterView) -> None:
        self.model.replace(roster.entries)
        self.who.show_roster(roster.entries)
        self._show_exam()
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

    def _show_exam(self) -> None:
        if self._kit.state.exam is not None:
            self.codes.show_exam(self._kit.state.exam)

    def _chosen(self) -> None:
        chosen = self.table.chosen()
        self.codes.choose(chosen)
        if self.table.isVisible():
            self.who.ask_about(chosen)

    def _fill_menu(self, menu: QMenu) -> None:
        chosen = self.table.chosen()
        if len(chosen) == 1:
            menu.addAction(tr("Change…"), lambda: self._edit(chosen[0]))
        if any(entry.personal_code for entry in chosen):
            menu.addAction(tr("New personal code"), self.codes.renew)
        leaving = [entry for entry in chosen if not entry.joined]
        if leaving:
            take_off = counted(len(leaving), "Take off the roster", "Take {n} students off the roster")
            menu.addAction(take_off, lambda: self._take_off(leaving))

    def _take_off(self, entries: list[RosterEntry]) -> None:
        def gone(_: Done) -> None:
            names = named([entry.name for entry in entries], 3)
            self.banner.say(
                "positive",
                tr("{names} taken off the roster.", names=names),
                act=tr("Undo"),
                then=lambda: self._put_back(entries),
            )
            self.refresh()

        for entry in entries:
            self._kit.bridge.command(RemoveStudent(command="", student=entry.student), gone, self._refused)

    def _put_back(self, entries: list[RosterEntry]) -> None:
        for entry in entries:
            request = PutStudent(
                command="",
                student=entry.student,
                name=entry.name,
                section=entry.section,
                factor=entry.factor,
                extra_minutes=entry.extra_minutes,
                email=entry.email,
                room=entry.room,
                seat=entry.seat,
                tags=entry.tags,
            )
            self._kit.bridge.command(request, lambda _: self.refresh(), self._refused)

    def _refused(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence)

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


def _entry_columns() -> list[Column[RosterEntry]]:
    return [
        Column("name", tr("Name"), lambda e: e.name, lambda e: e.name.casefold(), 220, stretch=True),
        Column("student", tr("Student id"), lambda e: e.student, width=120),
        Column("section", tr("Section"), lambda e: e.section or NOTHING, width=84),
        Column("email", tr("E-mail"), lambda e: e.email or NOTHING, width=210),
        Column("seat", tr("Seat"), lambda e: e.seat or NOTHING, width=70),
        Column("extra", tr("More time"), more_time, lambda e: (e.factor, e.extra_minutes), 96),
        Column("joined", tr("Here"), _joined, lambda e: (not e.joined, e.provisional), 150),
        Column("code", tr("Personal code"), lambda e: e.personal_code or NOTHING, width=130, code=True, hidden=True),
        Column("tags", tr("Tags"), lambda e: ", ".join(e.tags) or NOTHING, width=120, hidden=True),
    ]


def _joined(entry: RosterEntry) -> Cell:
    if entry.provisional:
        return Cell(tr("not on the list"), icon="help", tone="attention")
    return Cell(tr("joined"), icon="check", tone="positive") if entry.joined else Cell(NOTHING, tone="muted")
