"""Formula sheets and other files that students may open during the exam."""

from pathlib import Path

from PySide6.QtCore import QDir, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QListWidget, QListWidgetItem, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.files import read_from_disk, size_words
from instructor_app.widgets.basic import Complaint, button, column, label, row
from instructor_app.widgets.dropping import dropped_files, offers_files
from instructor_app.words import tr
from shared.exam.editing import Change, apply
from shared.exam.paths import path_mistake
from shared.exam.reading import EXAM_FILE
from shared.look import SPACE
from shared.problems import InputProblem

FOLDER = "attachments"
LINE_HEIGHT = 28
MOST_LINES = 4


class Attachments(QWidget):
    """The list, to add to from the disk and to take out of; each as one step that can be taken back."""

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self.setAcceptDrops(True)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Attachments"))
        self.list.currentRowChanged.connect(lambda _: self._enable())
        self.wrong = Complaint(kit.look)
        self.hint = label(tr("None yet. Add formula sheets here, or drop files."), "muted")
        self.add = button(kit.look, tr("Add files…"), "add", then=self._browse)
        self.drop = button(kit.look, "", "trash", "quiet", tip=tr("Take out"), then=self.remove)
        self.drop.setFixedWidth(32)
        head = row(label(tr("Attachments"), "subtitle"), None, self.drop, self.add)
        self.setLayout(column(head, self.hint, self.list, self.wrong, spacing=SPACE["xs"]))
        self.refresh()

    def names(self) -> list[str]:
        """Return the attachments as exam.toml lists them."""
        found = self._author.value(("attachments",))
        if isinstance(found, str):
            return [found]
        return [each for each in found or [] if isinstance(each, str)]

    def refresh(self) -> None:
        """Show what the file says."""
        at = self.list.currentRow()
        self.list.clear()
        for name in self.names():
            where = self._author.now.scan.files.get(name)
            size = size_words(where.stat().st_size) if where is not None and where.exists() else tr("not there")
            item = QListWidgetItem(self._kit.look.icon("file", "muted", 16), f"{name}    {size}")
            self.list.addItem(item)
        self.list.setCurrentRow(min(at, self.list.count() - 1))
        self.list.setFixedHeight(min(MOST_LINES, self.list.count()) * LINE_HEIGHT + 12)
        self.list.setVisible(self.list.count() > 0)
        self.hint.setVisible(self.list.count() == 0)
        found = " ".join(each.sentence for each in self._author.findings_of(("attachments",)))
        self.wrong.say(found)
        self._enable()

    def take_in(self, paths: list[Path]) -> None:
        """Copy files from the disk and list them."""

        def work() -> None:
            files: dict[str, bytes | None] = {}
            names = self.names()
            for path in paths:
                name = f"{FOLDER}/{path.name}"
                mistake = path_mistake(name)
                if mistake:
                    raise InputProblem(tr("The name “{name}” {mistake}. Rename it.", name=path.name, mistake=mistake))
                if name in self._author.now.scan.files:
                    raise InputProblem(tr("There is an attachment {name} already.", name=path.name))
                files[name] = read_from_disk(path)
                names.append(name)
            files[EXAM_FILE] = self._listed(names)
            self._author.write(files, tr("attachments"))

        self._author.attempt(work)

    def remove(self) -> None:
        """Take the chosen one out; undo brings it back."""
        at = self.list.currentRow()
        names = self.names()
        if not 0 <= at < len(names):
            return
        gone = names.pop(at)

        def work() -> None:
            files: dict[str, bytes | None] = {EXAM_FILE: self._listed(names)}
            if gone.startswith(f"{FOLDER}/") and gone not in names:
                files[gone] = None
            self._author.write(files, tr("attachments"))

        self._author.attempt(work)

    def _listed(self, names: list[str]) -> bytes:
        return apply(self._author.now.source, [Change(("attachments",), names or None)])[0].encode()

    def _enable(self) -> None:
        self.drop.setEnabled(self.list.currentRow() >= 0)
        self.drop.setVisible(self.list.count() > 0)

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Add attachments"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda chosen: self.take_in([Path(each) for each in chosen]))
        dialog.open()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if offers_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Copy what was dropped."""
        self.take_in(dropped_files(event))
