"""A new exam: ready-made questions, an earlier exam, or a PrairieLearn assessment to start from."""

from pathlib import Path
from typing import Any, Literal

import msgspec
from PySide6.QtCore import QDir, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QFrame, QGridLayout, QLabel, QLineEdit, QSpinBox, QWidget

from instructor_app.engine import EngineCommand, FindingLine, sentence_of
from instructor_app.kit import Kit
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, column, label, roomy, row
from instructor_app.words import counted, tr
from shared.look import SPACE

Start = Literal["new", "copy", "prairielearn"]


class NewExam(QFrame):
    """The form; `examdesk exam new`, `copy` or `import` makes the exam.

    Attributes:
        made: (path) it is there.
        imported: (path, output of the import) it is there, with a report.
    """

    made = Signal(object)
    imported = Signal(object, bytes)
    closed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "card")
        self.start = QComboBox()
        self._starts: tuple[tuple[Start, str], ...] = (
            ("new", tr("Ready-made questions")),
            ("copy", tr("An earlier exam")),
            ("prairielearn", tr("A PrairieLearn assessment")),
        )
        self.start.addItems([words for _, words in self._starts])
        self.start.currentIndexChanged.connect(lambda _: self._fit())
        self.source, self.title, self.course, self.folder = QLineEdit(), QLineEdit(), QLineEdit(), QLineEdit()
        self.title.setPlaceholderText(tr("Quiz 2: Coordinates and Vectors"))
        self.course.setPlaceholderText(tr("CS 101"))
        self.questions = roomy(QSpinBox())
        self.questions.setRange(1, 50)
        self.questions.setValue(2)
        self.hint = label("", "muted", wrap=True)
        self.problem = Banner(kit.look)
        self.make = button(kit.look, tr("Make the exam"), "add", "primary", then=self._make)
        cancel = button(kit.look, tr("Cancel"), then=self._cancel)
        self._lines: dict[str, tuple[QWidget, ...]] = {}
        self.grid = QGridLayout()
        self.grid.setHorizontalSpacing(SPACE["m"])
        self.grid.setVerticalSpacing(SPACE["s"])
        browse_source = button(kit.look, tr("Choose…"), "folder", then=self._browse_source)
        browse = button(kit.look, tr("Choose…"), "folder", then=self._browse)
        self._add("start", tr("&Start from"), self.start)
        self._add("source", tr("&Where it is"), self.source, browse_source)
        self._add("title", tr("&Title"), self.title)
        self._add("course", tr("&Course"), self.course)
        self._add("questions", tr("&Questions"), self.questions)
        self._add("folder", tr("&Folder to make"), self.folder, browse)
        self.title.textChanged.connect(self._suggest)
        self.source.textChanged.connect(lambda text: self._suggest(self.title.text() or Path(text.strip()).name))
        self._suggested = ""
        self.setLayout(
            column(
                label(tr("New exam"), "subtitle"),
                self.hint,
                self.grid,
                self.problem,
                row(self.make, cancel, None),
                spacing=SPACE["m"],
                margin=SPACE["l"],
            )
        )
        self._fit()
        self.hide()

    def begin(self) -> None:
        """Show the empty form."""
        self.problem.hide()
        self.title.clear()
        self.source.clear()
        self.start.setCurrentIndex(0)
        self._suggest("")
        self.show()
        self.title.setFocus()

    def start_from(self, kind: Start, source: Path) -> None:
        """Choose what it starts from."""
        self.start.setCurrentIndex([each for each, _ in self._starts].index(kind))
        self.source.setText(str(source))
        self._suggest(f"{source.name} copy" if kind == "copy" else source.name)
        self.title.setFocus()

    def begin_import(self) -> None:
        """Choose a PrairieLearn assessment to start from."""
        self.start.setCurrentIndex([each for each, _ in self._starts].index("prairielearn"))
        self.source.setFocus()

    def kind(self) -> Start:
        """Return what it starts from."""
        return self._starts[self.start.currentIndex()][0]

    def _add(self, name: str, words: str, *parts: QWidget) -> None:
        line = self.grid.rowCount()
        caption = QLabel(words)
        caption.setBuddy(parts[0])
        parts[0].setAccessibleName(words.replace("&", ""))
        self.grid.addWidget(caption, line, 0)
        for at, part in enumerate(parts, start=1):
            self.grid.addWidget(part, line, at)
        self._lines[name] = (caption, *parts)

    def _fit(self) -> None:
        kind = self.kind()
        shown: dict[str, bool] = {
            "source": kind != "new",
            "title": kind != "prairielearn",
            "course": kind == "new",
            "questions": kind == "new",
        }
        for name, on in shown.items():
            for part in self._lines[name]:
                part.setVisible(on)
        hints = {
            "new": tr("It starts with questions that run as they are; change them here or with any editor."),
            "copy": tr(
                "Its questions and rules, with an identity of its own: no records, no dates, no access rules or extra "
                "time. Leave the title empty to keep it."
            ),
            "prairielearn": tr(
                "Choose the assessment's folder inside its course. What has a place here is taken over; what has none "
                "is listed by name, nothing is dropped silently."
            ),
        }
        self.hint.setText(hints[kind])

    def _suggest(self, title: str) -> None:
        if self.folder.text() not in ("", self._suggested):
            return
        words = "".join(c if c.isalnum() else "-" for c in title.casefold())
        name = "-".join(part for part in words.split("-") if part) or "exam"
        self._suggested = str(Path.home() / "exams" / name)
        self.folder.setText(self._suggested)

    def _browse_source(self) -> None:
        dialog = QFileDialog(self, tr("Where is it?"), self.source.text() or QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.source.setText)
        dialog.open()

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Where shall the new folder be?"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(
            lambda chosen: self.folder.setText(str(Path(chosen) / Path(self.folder.text()).name))
        )
        dialog.open()

    def _arguments(self, path: Path) -> list[str]:
        title, course = self.title.text().strip(), self.course.text().strip()
        source = str(Path(self.source.text().strip()).expanduser())
        if self.kind() == "prairielearn":
            return ["exam", "import", source, "-o", str(path), "--json"]
        if self.kind() == "copy":
            return ["exam", "copy", source, "-o", str(path), *(["--title", title] if title else [])]
        arguments = ["exam", "new", str(path), "--questions", str(self.questions.value())]
        for flag, text in (("--title", title), ("--course", course)):
            arguments += [flag, text] if text else []
        return arguments

    def _make(self) -> None:
        kind = self.kind()
        if kind != "new" and not self.source.text().strip():
            self.problem.say("attention", tr("Say where it is: the folder of the earlier exam or of the assessment."))
            self.source.setFocus()
            return
        path = Path(self.folder.text().strip()).expanduser()
        self.make.setEnabled(False)
        self.make.setText(tr("Making…"))

        def made(code: int, output: bytes, errors: bytes) -> None:
            self.make.setEnabled(True)
            self.make.setText(tr("Make the exam"))
            if code > 1 or (code and kind != "prairielearn") or (kind == "prairielearn" and not output.strip()):
                self.problem.say("attention", sentence_of(errors), tr("The exam was not made"))
                return
            self.hide()
            self.closed.emit()
            if kind == "prairielearn":
                self.imported.emit(path, output)
            else:
                self.made.emit(path)

        EngineCommand(self._arguments(path), self).start(made)

    def _cancel(self) -> None:
        self.hide()
        self.closed.emit()


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A field that was not taken over, as `examdesk exam import --json` prints it."""

    file: str
    field: str
    value: str = ""
    reason: str


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What the window reads of `examdesk exam import --json`."""

    mapped: list[Any]
    not_mapped: list[ReportRow]
    findings: list[FindingLine]


class ImportReport(QFrame):
    """What became of a PrairieLearn assessment: how much was taken over, and by name what was not.

    Attributes:
        edit_wanted: (path) look at the new exam.
    """

    edit_wanted = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._path = Path()
        self.setProperty("kind", "card")
        columns: list[Column[ReportRow]] = [
            Column("field", tr("Field"), lambda r: Cell(r.field, note=r.value), lambda r: r.field, 230, stretch=True),
            Column(
                "reason", tr("Why it has no place"), lambda r: r.reason, width=320, stretch=True, tip=lambda r: r.reason
            ),
            Column("file", tr("File"), lambda r: r.file, width=200, code=True),
        ]
        self.model: RowsModel[ReportRow] = RowsModel(
            columns, lambda r: f"{r.file}\n{r.field}\n{r.value}\n{r.reason}", self
        )
        empty = EmptyState(kit.look, "check", tr("Everything was taken over"), "")
        self.table: TableBox[ReportRow] = TableBox(
            self.model,
            kit.look,
            kit.preferences,
            name="import-report",
            title=tr("What was not taken over"),
            empty=empty,
        )
        self.table.setMinimumHeight(260)
        self.title = label("", "subtitle", wrap=True)
        self.words = label("", "muted", wrap=True)
        edit = button(
            kit.look, tr("Look at the exam"), "edit", "primary", then=lambda: self.edit_wanted.emit(self._path)
        )
        close = button(kit.look, "", "close", "quiet", tip=tr("Close"), then=self.hide)
        head = row(self.title, edit, close)
        head.setStretch(0, 1)
        self.setLayout(column(head, self.words, self.table, margin=SPACE["m"]))
        self.hide()

    def show_report(self, path: Path, output: bytes) -> None:
        """Show what an import said."""
        self._path = path
        try:
            report = msgspec.json.decode(output, type=Report)
        except msgspec.DecodeError:
            report = Report(mapped=[], not_mapped=[], findings=[])
        self.model.replace(report.not_mapped)
        taken = counted(len(report.mapped), "{n} field was taken over", "{n} fields were taken over")
        left = counted(
            len(report.not_mapped), "{n} has no place here, or only in part", "{n} have no place here, or only in part"
        )
        self.title.setText(tr("Imported into {name}", name=path.name))
        wrong = sum(each.severity == "error" for each in report.findings)
        mistakes = counted(wrong, "{n} mistake to correct in the editor", "{n} mistakes to correct in the editor")
        words = [taken, left, *([mistakes] if wrong else [])]
        self.words.setText("; ".join(words) + ".")
        self.show()
