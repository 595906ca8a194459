"""Personal codes on the rosters page: the sheet to print, and new codes for students who lost theirs."""

from pathlib import Path
from typing import Literal

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton, QWidget

from examdesk.staffapi.messages import CodeSheet, Done, ExamView, GetCodeSheet, NewCodes, RosterEntry
from instructor_app.kit import Kit
from instructor_app.saving import save_whole
from instructor_app.widgets.basic import Banner
from instructor_app.words import counted, tr
from shared.problems import Problem

Form = Literal["pdf", "csv"]
_FILTERS: dict[Form, str] = {"pdf": "PDF (*.pdf)", "csv": "CSV (*.csv)"}


class PersonalCodes:
    """A button with a menu; absent in exams that everybody joins with the room's code."""

    def __init__(self, kit: Kit, banner: Banner, page: QWidget) -> None:
        self._kit, self._banner, self._page = kit, banner, page
        self._chosen: list[RosterEntry] = []
        self.button = QPushButton(tr("Personal codes"))
        kit.look.dress(self.button, "key", "text")
        self.button.setAccessibleName(tr("Personal codes"))
        menu = QMenu(self.button)
        menu.addAction(tr("Slips to print, for everybody…"), lambda: self._choose_file("pdf", ()))
        menu.addAction(tr("A table (CSV), for everybody…"), lambda: self._choose_file("csv", ()))
        menu.addSeparator()
        self._slips = menu.addAction(QIcon(), tr("Slips of the selected students…"), self._slips_of_chosen)
        self._new = menu.addAction(QIcon(), tr("New codes for the selected students…"), self.renew)
        self.button.setMenu(menu)
        self.choose([])

    def show_exam(self, exam: ExamView) -> None:
        """Show the button where it has a use."""
        self.button.setVisible(exam.codes == "personal")

    def choose(self, entries: list[RosterEntry]) -> None:
        """Take which students are selected."""
        self._chosen = [entry for entry in entries if entry.personal_code]
        for action in (self._slips, self._new):
            action.setEnabled(bool(self._chosen))

    def renew(self) -> None:
        """Ask, and then give the selected students new codes; the old ones stop at once, which nothing takes back."""
        students = tuple(entry.student for entry in self._chosen)
        if students:
            self._banner.ask(
                tr("The codes on slips that were handed out stop at once. Who is in stays in."),
                counted(len(students), "Give {n} student a new code?", "Give {n} students new codes?"),
                (tr("New codes"), lambda: self._renew(students)),
                (tr("Keep the old ones"), self._banner.hide),
            )

    def _renew(self, students: tuple[str, ...]) -> None:
        def done(answer: Done) -> None:
            self._banner.say(
                "positive",
                answer.sentence,
                act=counted(len(students), "Print {n} slip…", "Print {n} slips…"),
                then=lambda: self._choose_file("pdf", students),
            )

        self._kit.bridge.command(NewCodes(command="", students=students), done, self._failed)

    def save(self, path: Path, form: Form, students: tuple[str, ...]) -> None:
        """Fetch the sheet and write it, whole or not at all."""

        def write(sheet: CodeSheet) -> None:
            why = save_whole(path, sheet.data)
            if why:
                self._banner.say("attention", tr("{file} can't be written: {why}", file=path.name, why=why))
                return
            people = counted(sheet.people, "{n} personal code", "{n} personal codes")
            self._banner.say(
                "positive",
                tr("Whoever has this file can join as any of these students. Delete it after printing."),
                tr("{people} in {file}", people=people, file=path.name),
            )

        self._kit.bridge.query(GetCodeSheet(form=form, students=students), write, self._failed)

    def _slips_of_chosen(self) -> None:
        self._choose_file("pdf", tuple(entry.student for entry in self._chosen))

    def _choose_file(self, form: Form, students: tuple[str, ...]) -> None:
        dialog = QFileDialog(self._page, tr("Save personal codes"), QDir.homePath(), _FILTERS[form])
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(form)
        dialog.selectFile(f"personal-codes.{form}")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.save(Path(chosen), form, students))
        dialog.open()

    def _failed(self, problem: Problem) -> None:
        self._banner.say("attention", problem.sentence)
