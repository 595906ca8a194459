"""Everybody's start, end and time as the exam gives them, and as changes that wait would give them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from PySide6.QtCore import QDateTime, QDir, QLocale, Qt, QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from examdesk.staffapi.messages import GetRoster, RosterEntry, RosterView
from instructor_app.engine import EngineCommand, sentence_of
from instructor_app.kit import Kit
from instructor_app.pages.authoring.staged import Staged
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import EmptyState, button, column, label, row
from instructor_app.words import NOTHING, counted, tr
from shared.exam.document import Exam
from shared.exam.sittings import Person, Sitting, people_named, sitting_for
from shared.look import SPACE
from shared.problems import Problem

SETTLE_MS = 120


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One student's times now, and as they would be; `was` is None where there were none."""

    name: str
    person: Person
    was: Sitting | None
    now: Sitting

    @property
    def key(self) -> str:
        """What tells rows apart."""
        return "\n".join((self.person.student, self.name, self.person.section, *self.person.tags))

    @property
    def changes(self) -> bool:
        """Whether the student's times would be others."""
        return self.was is not None and times_of(self.was) != times_of(self.now)


def times_of(sitting: Sitting) -> tuple[object, ...]:
    """What counts as a student's times."""
    return sitting.active, sitting.starts_ms, sitting.ends_ms, sitting.closes_ms, sitting.working_ms


def person_of(entry: RosterEntry) -> Person:
    """A roster entry as the rules see it."""
    return Person(
        student=entry.student,
        section=entry.section,
        email=entry.email,
        tags=entry.tags,
        factor=entry.factor,
        extra_minutes=entry.extra_minutes,
    )


def rows_for(people: Sequence[tuple[str, Person]], was: Exam | None, now: Exam) -> list[TimeRow]:
    """Everybody's times; the same in both where `was` is None."""
    return [
        TimeRow(name, person, None if was is None else sitting_for(was, person), sitting_for(now, person))
        for name, person in people
    ]


def moment_words(at_ms: int | None, other: str) -> str:
    """Day and time, with the day of the week left out; `other` where there is none."""
    if at_ms is None:
        return other
    return QLocale().toString(QDateTime.fromMSecsSinceEpoch(at_ms), QLocale.FormatType.ShortFormat)


def minutes_words(sitting: Sitting) -> str:
    """The working time."""
    return NOTHING if sitting.minutes is None else f"{sitting.minutes:g}"


class _Student(msgspec.Struct, frozen=True):
    """What the window reads of a student in `examdesk exam times --json`."""

    student: str
    name: str
    section: str = ""
    email: str = ""
    tags: tuple[str, ...] = ()
    factor: float = 1.0
    extra_minutes: int = 0

    @property
    def person(self) -> Person:
        """The student as the rules see one."""
        return Person(
            student=self.student,
            section=self.section,
            email=self.email,
            tags=self.tags,
            factor=self.factor,
            extra_minutes=self.extra_minutes,
        )


class _Listed(msgspec.Struct, frozen=True):
    students: list[_Student]


class TimesTable(QWidget):
    """See the module.

    Attributes:
        shown: the table shows the times as they are now.
    """

    shown = Signal()

    def __init__(self, kit: Kit, staged: Staged) -> None:
        super().__init__()
        self._kit, self._staged = kit, staged
        self._people: list[tuple[str, Person]] | None = None
        self._listed: list[tuple[str, Person]] | None = None
        self.served = False
        columns: list[Column[TimeRow]] = [
            Column(
                "student", tr("Student"), _who, lambda r: (r.name or r.person.student).casefold(), 150, stretch=True
            ),
            Column("section", tr("Section"), lambda r: r.person.section or NOTHING, width=80),
            Column("start", tr("Start"), self._start, lambda r: r.now.starts_ms or 0, 138),
            Column("end", tr("End"), self._end, lambda r: r.now.ends_ms or 0, 138),
            Column("minutes", tr("Minutes"), _minutes, lambda r: r.now.working_ms or 0, 78),
            Column("why", tr("Why"), lambda r: r.now.reason, width=200, stretch=True, tip=lambda r: r.now.reason),
        ]
        self.model: RowsModel[TimeRow] = RowsModel(columns, lambda r: r.key, self)
        empty = EmptyState(
            kit.look, "clock", tr("No times yet"), tr("Mistakes in the exam keep the times from being known.")
        )
        self.table: TableBox[TimeRow] = TableBox(
            self.model, kit.look, kit.preferences, name="author-times", title=tr("Everybody's times"), empty=empty
        )
        self.table.setMinimumHeight(170)
        self.title = label("", "subtitle")
        self.note = label("", "small", wrap=True)
        self.lists = button(kit.look, tr("Class list…"), "rosters", kind="quiet", then=self._browse)
        self.lists.setToolTip(tr("Show everybody of a class list before the exam's hub runs"))
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Search name, id"))
        self.search.setAccessibleName(tr("Search the table of times"))
        self.search.setClearButtonEnabled(True)
        self.search.setFixedWidth(160)
        self.search.textChanged.connect(lambda _: self._filter())
        self.only = button(kit.look, tr("Only changes"), kind="quiet")
        self.only.setCheckable(True)
        self.only.toggled.connect(lambda _: self._filter())
        head = row(self.title, None, self.only, self.lists, self.search)
        self.setLayout(column(head, self.note, self.table, spacing=SPACE["xs"]))
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(SETTLE_MS)
        self._later.timeout.connect(self._show)
        staged.read.connect(self._later.start)
        staged.waiting_changed.connect(self._later.start)
        kit.state.roster_changed.connect(self.ask)
        kit.state.exam_changed.connect(self.ask)
        self.ask()

    def ask(self) -> None:
        """Ask the hub that serves this exam for its roster."""
        exam = self._kit.state.exam
        mine = self._staged.author.now.exam
        self.served = exam is not None and mine is not None and exam.exam == mine.uuid.hex
        if self.served:
            self._kit.bridge.query(GetRoster(), self._take, self._none, key="author-roster")
        else:
            self._people = self._listed
            self._later.start()
        self.lists.setVisible(not self.served)

    def changed(self) -> int:
        """Return how many students would have other times."""
        return sum(each.changes for each in self.model.all_rows())

    def _take(self, roster: RosterView) -> None:
        self._people = [(entry.name, person_of(entry)) for entry in roster.entries] or None
        self._later.start()

    def _browse(self) -> None:
        kinds = tr("Class lists (*.csv *.xlsx *.txt *.tsv *.zip);;All files (*)")
        dialog = QFileDialog(self, tr("Choose a class list"), QDir.homePath(), kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.read_list(Path(chosen)))
        dialog.open()

    def read_list(self, file: Path) -> None:
        """Show everybody of a class list; it is read by the engine and kept nowhere."""
        folder = self._staged.author.folder
        self.note.setText(tr("Reading {name}…", name=file.name))

        def read(_: int, output: bytes, errors: bytes) -> None:
            try:
                found = msgspec.json.decode(output, type=_Listed).students
            except msgspec.DecodeError:
                self.note.setText(sentence_of(errors))
                return
            self._listed = [(each.name, each.person) for each in found] or None
            self.ask()

        EngineCommand(["exam", "times", str(folder), "--roster", str(file), "--json"], self).start(read)

    def _none(self, _: Problem) -> None:
        self._people = self._listed
        self._later.start()

    def _show(self) -> None:
        exam, was = self._staged.exam, self._staged.author.now.exam
        if exam is None:
            self.model.replace([])
            return
        people = self._people if self._people is not None else people_named(exam)
        self.model.replace(rows_for(people, was if self._staged.waiting else None, exam))
        self.only.setVisible(self._staged.waiting > 0)
        if not self._staged.waiting and self.only.isChecked():
            self.only.setChecked(False)
        changed = self.changed()
        title = tr("Everybody's times")
        if self._staged.waiting:
            title = counted(changed, "{n} student gets other times", "{n} students get other times")
        self.title.setText(title)
        usual = tr("Ends are those of students who start when it opens; who comes later ends later, until it closes.")
        kinds = tr("Shown are the kinds of students that the exam names; choose a class list to see everybody.")
        self.note.setText(kinds if self._people is None else usual)
        self._filter()
        self.shown.emit()

    def _filter(self) -> None:
        words = self.search.text().casefold().split()
        only = self.only.isChecked()

        def passes(one: TimeRow) -> bool:
            text = f"{one.name} {one.person.student} {one.person.section}".casefold()
            return (one.changes or not only) and all(word in text for word in words)

        self.model.set_filter(passes)

    def _start(self, one: TimeRow) -> Cell:
        def words(sitting: Sitting) -> str:
            return self._words(sitting.starts_ms) if sitting.active else tr("may not start")

        return _cell(words(one.now), "" if one.was is None else words(one.was))

    def _words(self, at_ms: int | None) -> str:
        return moment_words(at_ms, tr("by hand"))

    def _end(self, one: TimeRow) -> Cell:
        before = "" if one.was is None else moment_words(one.was.ends_ms, NOTHING)
        return _cell(moment_words(one.now.ends_ms, NOTHING), before)


def _who(one: TimeRow) -> Cell:
    return Cell(one.name or one.person.student, note=one.person.student if one.name else "", bold=one.changes)


def _minutes(one: TimeRow) -> Cell:
    return _cell(minutes_words(one.now), "" if one.was is None else minutes_words(one.was))


def _cell(text: str, before: str) -> Cell:
    if not before or before == text:
        return Cell(text)
    return Cell(text, tone="accent_text", note=tr("was {value}", value=before), bold=True)
