"""The exams page: the exam that runs and how to join it; opening, making and checking exams."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QGridLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QScrollArea,
    QWidget,
)

from examdesk.staffapi.messages import (
    Done,
    ExamView,
    PreviewRoster,
    PutSection,
    SectionView,
)
from instructor_app.engine import EngineCommand, FindingLine, read_findings, sentence_of
from instructor_app.joining import addresses, join_link, reach_words
from instructor_app.kit import Kit
from instructor_app.pages.exam_key import SaveKey, TakeOver
from instructor_app.pages.new_exam import ImportReport, NewExam
from instructor_app.pages.student_files import StudentFiles
from instructor_app.preferences import RecentExam
from instructor_app.tables.box import TableBox
from instructor_app.tables.model import Cell, Column, RowsModel
from instructor_app.widgets.basic import Banner, EmptyState, button, card, clear, column, holding, label, row
from instructor_app.widgets.qr import QrCode
from instructor_app.words import clock_time, counted, day_and_time, tr
from shared.look import SPACE


class ExamsPage(QScrollArea):
    """See the module.

    Attributes:
        open_wanted: (path of an exam folder or .exam file).
        edit_wanted: (path of an exam folder) show it in the editor.
        take_over_wanted: (key file, passphrase) become the hub of the exam in it.
    """

    open_wanted = Signal(object)
    edit_wanted = Signal(object)
    take_over_wanted = Signal(object, str)
    projector_wanted = Signal()
    live_wanted = Signal()
    roster_wanted = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.banner = Banner(kit.look)
        self.take_over = TakeOver(kit)
        self.take_over.wanted.connect(self.take_over_wanted)
        self.running = RunningExam(kit, self.banner)
        self.findings = Findings(kit)
        self.new_exam = NewExam(kit)
        self.report = ImportReport(kit)
        self.recent = column(spacing=SPACE["xs"])
        self._working = QProgressBar()
        self._working.setRange(0, 0)
        self._working_text = label("", "muted")
        self.working = card(column(self._working_text, self._working), margin=SPACE["m"])
        self.working.hide()
        self.empty = EmptyState(
            kit.look,
            "exams",
            tr("Open an exam, or make one"),
            tr(
                "An exam is a folder with exam.toml and one folder per question. It is checked first; then its hub "
                "starts and students in this network can find it."
            ),
            tr("Open an exam folder…"),
        )
        new = button(kit.look, tr("Make a new exam…"), "add", then=self.show_new)
        file = button(kit.look, tr("Open an .exam file…"), kind="link", then=self.choose_file)
        key = button(kit.look, tr("Take over with a key file…"), kind="link", then=self.take_over.choose_file)
        self.empty.extra.addLayout(row(None, new, file, key, None))
        self.empty.acted.connect(self.choose_folder)
        self._others = self._make_others()
        self._lay_out()
        self._connect()
        self.setFocusProxy(self.empty.act)
        self.refresh()

    def _lay_out(self) -> None:
        body = column(
            self.banner,
            self.working,
            self.findings,
            self.take_over,
            self.new_exam,
            self.report,
            self.running,
            self._others,
            self.empty,
            None,
            spacing=SPACE["l"],
            margin=SPACE["xl"],
        )
        body.setStretchFactor(self.empty, 1)
        self.setWidgetResizable(True)
        self.setWidget(holding(body))

    def _connect(self) -> None:
        self._kit.state.exam_changed.connect(self.refresh)
        self.new_exam.made.connect(self._made)
        self.new_exam.imported.connect(self._imported)
        self.new_exam.closed.connect(self.refresh)
        self.report.edit_wanted.connect(self.edit)
        self.running.projector_wanted.connect(self.projector_wanted)
        self.running.live_wanted.connect(self.live_wanted)
        self.running.roster_wanted.connect(self.roster_wanted)
        self.running.edit_wanted.connect(self.edit)
        self.findings.edit_wanted.connect(self.edit)

    def refresh(self) -> None:
        """Show the running exam, or how to get one."""
        exam = self._kit.state.exam
        making = self.new_exam.isVisibleTo(self)
        self.running.setVisible(exam is not None)
        self.running.show_exam(exam)
        self.empty.setVisible(exam is None and not making)
        self._fill_recent(exam)

    def show_new(self) -> None:
        """Show the form for a new exam."""
        self.new_exam.begin()
        self.empty.hide()
        self.verticalScrollBar().setValue(0)

    def choose_folder(self) -> None:
        """Let the person choose an exam folder."""
        dialog = QFileDialog(self, tr("Open an exam folder"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._open_dialog(dialog)

    def choose_file(self) -> None:
        """Let the person choose an .exam file."""
        dialog = QFileDialog(self, tr("Open an exam file"), QDir.homePath(), tr("Exams (*.exam)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        self._open_dialog(dialog)

    def check_and_open(self, path: Path) -> None:
        """Check an exam, show what is wrong, and open it if it can run."""
        self.show_working(tr("Checking {name}…", name=path.name))
        self.findings.hide()

        def checked(code: int, output: bytes, errors: bytes) -> None:
            findings = read_findings(output)
            self.hide_working()
            self.findings.show_findings(path, findings)
            if any(finding.severity == "error" for finding in findings):
                how_many = counted(len(findings), "{n} mistake", "{n} mistakes")
                self.banner.say(
                    "attention",
                    tr("Correct them in the folder, then check again. Nothing was started."),
                    tr("{name} has {mistakes}", name=path.name, mistakes=how_many),
                    tr("Check again"),
                    partial(self.check_and_open, path),
                )
            elif code not in (0, 1):
                self.banner.say("attention", sentence_of(errors), tr("{name} can't be opened", name=path.name))
            else:
                self.open_wanted.emit(path)

        EngineCommand(["exam", "check", str(path), "--json"], self).start(checked)

    def show_working(self, text: str) -> None:
        """Say that something is being done."""
        self.banner.hide()
        self._working_text.setText(text)
        self.working.show()

    def hide_working(self) -> None:
        """It is done."""
        self.working.hide()

    def edit(self, path: Path) -> None:
        """Show an exam folder in the editor, or say why that can't be."""
        path = path.expanduser()
        if path.is_dir():
            self.banner.hide()
            self.edit_wanted.emit(path)
        elif path.is_file():
            self.banner.say(
                "info",
                tr("A packed exam is unpacked into a folder beside it first; the file stays as it is."),
                tr("{name} is packed", name=path.name),
                tr("Unpack and edit"),
                lambda: self._unpack(path),
            )
        else:
            words = tr("There is no exam at {path}. Was it moved? Open the folder where it is now.", path=path)
            self.banner.say("attention", words)

    def _unpack(self, path: Path) -> None:
        folder = path.with_suffix("")

        def unpacked(code: int, _: bytes, errors: bytes) -> None:
            if code:
                self.banner.say("attention", sentence_of(errors), tr("{name} was not unpacked", name=path.name))
                return
            self.check_and_open_later(folder)
            self.edit_wanted.emit(folder)

        EngineCommand(["exam", "unpack", str(path), "-o", str(folder)], self).start(unpacked)

    def _made(self, path: Path) -> None:
        self.check_and_open_later(path)
        self.edit_wanted.emit(path)

    def _imported(self, path: Path, output: bytes) -> None:
        self.check_and_open_later(path)
        self.report.show_report(path, output)

    def show_import(self) -> None:
        """Show the form for a new exam that is made of a PrairieLearn assessment."""
        self.show_new()
        self.new_exam.begin_import()

    def copy(self, path: Path) -> None:
        """Show the form for a new exam that is made of this one."""
        self.show_new()
        self.new_exam.start_from("copy", path)

    def check_and_open_later(self, path: Path) -> None:
        """Put an exam on the list without opening it."""
        self._kit.preferences.remember_exam(
            RecentExam(path=str(path), data="", title=path.name, opened_ms=self._kit.clock.wall_ms())
        )
        self.refresh()

    def _open_dialog(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.check_and_open(Path(chosen)))
        dialog.open()

    def _make_others(self) -> QFrame:
        look = self._kit.look
        self._others_title = label(tr("Recent exams"), "subtitle")
        line = row(
            self._others_title,
            None,
            button(look, tr("New exam…"), "add", then=self.show_new),
            button(look, tr("Open folder…"), "folder", then=self.choose_folder),
            button(look, tr("Open .exam…"), "file", then=self.choose_file),
        )
        return card(column(line, self.recent))

    def _fill_recent(self, exam: ExamView | None) -> None:
        clear(self.recent)
        entries = self._kit.preferences.recent()
        self._others.setVisible(bool(entries) or exam is not None)
        if not entries:
            self.recent.addWidget(label(tr("Exams that you open are listed here."), "muted"))
        for entry in entries:
            self.recent.addWidget(self._recent_line(entry))

    def _recent_line(self, entry: RecentExam) -> QWidget:
        look = self._kit.look
        picture = QLabel()
        look.dress(picture, "exams", "muted")
        title = label(entry.title)
        where = label(entry.path, "small")
        opened = label(day_and_time(entry.opened_ms), "small")
        edit = button(look, tr("Edit"), "edit", then=lambda: self.edit(Path(entry.path)))
        edit.setAccessibleName(tr("Edit {title}", title=entry.title))
        go = button(look, tr("Open"), then=lambda: self.check_and_open(Path(entry.path)))
        go.setAccessibleName(tr("Open {title}", title=entry.title))
        drop = button(look, "", "close", "quiet", tip=tr("Take off this list; the files stay"))
        drop.clicked.connect(lambda _: self._forget(entry.path))
        line = row(picture, column(title, where, spacing=0), None, opened, edit, go, drop, spacing=SPACE["m"])
        return holding(line)

    def _forget(self, path: str) -> None:
        self._kit.preferences.forget_exam(path)
        self.refresh()


class RunningExam(QWidget):
    """The exam that this hub serves: how to join, sections, where everything is."""

    projector_wanted = Signal()
    live_wanted = Signal()
    roster_wanted = Signal()
    edit_wanted = Signal(object)

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        look = kit.look
        self.name = label("", "title", wrap=True)
        self.facts = label("", "muted", wrap=True)
        self.rehearsed = label("", "muted", wrap=True)
        self.code = label("", "figure", selectable=True)
        self.code.setAccessibleName(tr("Room code"))
        self.steps = label("", wrap=True, selectable=True)
        self.reach = label("", "muted", wrap=True)
        self.qr = QrCode(tr("Join link as a QR code"), 186)
        self.sections = QGridLayout()
        self.sections.setHorizontalSpacing(SPACE["m"])
        self.sections.setVerticalSpacing(SPACE["s"])
        self._section_name, self._section_room = QLineEdit(), QLineEdit()
        self._section_name.setPlaceholderText(tr("Section, such as B"))
        self._section_name.setAccessibleName(tr("Name of the new section"))
        self._section_room.setPlaceholderText(tr("Room"))
        self._section_room.setAccessibleName(tr("Room of the new section"))
        self._section_room.returnPressed.connect(self._add_section)
        live = button(look, tr("Go to the live table"), "live", "primary", then=self.live_wanted.emit)
        roster = button(look, tr("Import a class list"), "import", then=self.roster_wanted.emit)
        add_section = button(look, tr("Add"), "add", tip=tr("Add a section"), then=self._add_section)
        for control, kind in (
            (roster, PreviewRoster),
            (add_section, PutSection),
            (self._section_name, PutSection),
            (self._section_room, PutSection),
        ):
            kit.bridge.rights.guard(control, kind)
        folder = button(look, "", "folder", "quiet", tip=tr("Show the folder"), then=self._show_folder)
        edit = button(look, tr("Edit"), "edit", then=self._edit)
        self.files = StudentFiles(kit, banner, self)
        projector = button(look, tr("Show on the projector"), "projector", then=self.projector_wanted.emit)
        code_title = label(tr("Room code"), "muted")
        join = row(
            column(
                label(tr("How students join"), "subtitle"),
                SPACE["xs"],
                code_title,
                self.code,
                self.steps,
                self.reach,
                None,
                row(projector, None),
                row(self.files.button, None),
            ),
            self.qr,
            spacing=SPACE["xl"],
        )
        join.setStretch(0, 1)
        add = row(
            self._section_name,
            self._section_room,
            add_section,
        )
        sections = column(label(tr("Sections"), "subtitle"), self.sections, None, add)
        cards = row(card(join), card(sections), spacing=SPACE["l"])
        cards.setStretch(0, 3)
        cards.setStretch(1, 2)
        head = row(column(self.name, self.facts, spacing=2), edit, folder, roster, live)
        head.setStretch(0, 1)
        self.key = SaveKey(kit, banner)
        self.setLayout(column(head, self.rehearsed, cards, self.key, spacing=SPACE["l"]))

    def show_exam(self, exam: ExamView | None) -> None:
        """Show an exam."""
        if exam is None:
            return
        self.name.setText(exam.long_name)
        length = counted(exam.minutes, "{n} minute", "{n} minutes") if exam.minutes else tr("no fixed length")
        questions = counted(len(exam.questions), "{n} question", "{n} questions")
        parts = (exam.course, length, questions, exam.folder)
        self.facts.setToolTip(exam.storage)
        self.facts.setText(" · ".join(part for part in parts if part))
        self.rehearsed.setText(exam.rehearsed)
        self.rehearsed.setVisible(bool(exam.rehearsed))
        self.code.setText(exam.room_code)
        known = addresses(exam)
        self.steps.setText(
            tr("Open ExamDesk, choose “{exam}”, type the room code, student id and name.", exam=exam.short_name)
        )
        where = tr("Address to type: {list}", list=tr(" or ").join(known)) if known else ""
        problem = exam.advertising_problem
        self.reach.setText(" · ".join(part for part in (where, reach_words(exam), problem) if part))
        self.qr.show_text(join_link(exam))
        self._show_sections(exam.sections)

    def _show_sections(self, sections: tuple[SectionView, ...]) -> None:
        clear(self.sections)
        for at, title in enumerate((tr("Section"), tr("Room"), tr("Students"), tr("Time"))):
            self.sections.addWidget(label(title, "small"), 0, at)
        for line, section in enumerate(sections, start=1):
            span = ""
            if section.starts_ms is not None or section.ends_ms is not None:
                span = f"{clock_time(section.starts_ms)} – {clock_time(section.ends_ms)}"  # noqa: RUF001
            values = (
                section.name,
                section.room or tr("no room yet"),
                str(section.students),
                span or tr("opened by hand"),
            )
            for at, value in enumerate(values):
                self.sections.addWidget(label(value, "" if at in (0, 2) else "muted"), line, at)

    def _add_section(self) -> None:
        name = self._section_name.text().strip()
        if not name:
            self._section_name.setFocus()
            return

        def done(answer: Done) -> None:
            self._section_name.clear()
            self._section_room.clear()
            self._banner.say("positive", answer.sentence)
            self._kit.state.refresh()

        request = PutSection(command="", name=name, room=self._section_room.text().strip())
        self._kit.bridge.command(request, done, lambda problem: self._banner.say("attention", problem.sentence))

    def _edit(self) -> None:
        exam = self._kit.state.exam
        if exam is not None:
            self.edit_wanted.emit(Path(exam.folder))

    def _show_folder(self) -> None:
        exam = self._kit.state.exam
        if exam is not None:
            _show_folder(Path(exam.folder))


class Findings(QFrame):
    """What is wrong with an exam folder: file, line and sentence of every mistake.

    Attributes:
        edit_wanted: (path) mend it in the editor.
    """

    edit_wanted = Signal(object)

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "card")
        columns: list[Column[FindingLine]] = [
            Column("severity", tr("Kind"), _severity, width=100),
            Column(
                "place", tr("Place"), lambda f: f.file if f.line is None else f"{f.file}:{f.line}", width=190, code=True
            ),
            Column("sentence", tr("What to correct"), lambda f: f.sentence, width=420, stretch=True),
        ]
        self.model: RowsModel[FindingLine] = RowsModel(columns, lambda f: f"{f.file}:{f.line}:{f.sentence}", self)
        empty = EmptyState(kit.look, "check", tr("Nothing to correct"), "")
        self.table: TableBox[FindingLine] = TableBox(
            self.model, kit.look, kit.preferences, name="findings", title=tr("Mistakes in the exam"), empty=empty
        )
        self.title = label("", "subtitle")
        close = button(kit.look, "", "close", "quiet", tip=tr("Close"), then=self.hide)
        edit = button(kit.look, tr("Edit the exam"), "edit", then=lambda: self.edit_wanted.emit(self._folder))
        self.setLayout(column(row(self.title, None, edit, close), self.table, margin=SPACE["m"]))
        self.table.opened.connect(self._open_file)
        self._folder = Path()
        self.hide()

    def show_findings(self, folder: Path, findings: list[FindingLine]) -> None:
        """Show them; none hides the table."""
        self._folder = folder
        self.model.replace(findings)
        errors = sum(finding.severity == "error" for finding in findings)
        self.title.setText(
            tr(
                "{errors} and {notes} in {name}",
                errors=counted(errors, "{n} mistake", "{n} mistakes"),
                notes=counted(len(findings) - errors, "{n} hint", "{n} hints"),
                name=folder.name,
            )
        )
        self.table.setMinimumHeight(min(300, 60 + 32 * len(findings)))
        self.setVisible(bool(findings))

    def _open_file(self, finding: FindingLine) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._folder / finding.file)))


def _severity(finding: FindingLine) -> Cell:
    if finding.severity == "error":
        return Cell(tr("Mistake"), icon="warning", tone="attention")
    return Cell(tr("Hint"), icon="info", tone="info")


def _show_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.expanduser())))
