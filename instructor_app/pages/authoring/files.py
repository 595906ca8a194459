"""Files of the exam: those of one folder to add, rename and take out, and all of them to look into."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QLocale, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QInputDialog,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.text_pane import TextPane
from instructor_app.widgets.basic import EmptyState, button, column, label, row
from instructor_app.widgets.dropping import dropped_files, offers_files
from instructor_app.words import tr
from shared.exam.folder import MAX_FILE_BYTES
from shared.exam.paths import path_mistake
from shared.exam.reading import EXAM_FILE
from shared.look import SPACE
from shared.problems import InputProblem

TEXT_BYTES = 1024 * 1024
_MEBIBYTE = 1024 * 1024


def size_words(size: int) -> str:
    """`12.5 KiB`."""
    return QLocale().formattedDataSize(size, 1)


def is_text(path: Path) -> bool:
    """Whether a file can be edited here: not large, and UTF-8 without NUL."""
    try:
        if path.stat().st_size > TEXT_BYTES:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    if b"\0" in data:
        return False
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


class FileList(QWidget):
    """The files below one folder of the exam, with the chosen one in an editor where it is text.

    Attributes:
        inserted: (path within the folder) the person wants it in the text.
    """

    inserted = Signal(str)

    def __init__(self, kit: Kit, author: Author, prefix: str, hint: str, *, insertable: bool = False) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self._prefix = prefix
        self._pane: TextPane | None = None
        self.setAcceptDrops(bool(prefix))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Files"))
        self.list.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.currentItemChanged.connect(lambda *_: self._show())
        self.list.itemActivated.connect(lambda _: self._open())
        self.side = QStackedWidget()
        self.nothing = EmptyState(kit.look, "file", tr("No file chosen"), hint)
        self.side.addWidget(self.nothing)
        look = kit.look
        self.add = button(look, tr("Add files…"), "add", then=self._browse)
        self.fresh = button(look, tr("New…"), "file", then=self._ask_fresh)
        self.fresh.setToolTip(tr("Make a new text file"))
        self.name = button(look, "", "edit", "quiet", tip=tr("Rename"), then=self._ask_name)
        self.drop = button(look, "", "trash", "quiet", tip=tr("Take out"), then=self.remove)
        self.use = button(look, tr("Put into the text"), "import", then=self._insert)
        self.use.setVisible(insertable)
        self.show_ = button(look, "", "eye", "quiet", tip=tr("Open with its own program"), then=self._open)
        for small in (self.name, self.drop, self.show_):
            small.setFixedWidth(34)
        if not prefix:
            for each in (self.add, self.fresh, self.name, self.drop):
                each.hide()
        left = QSplitter(Qt.Orientation.Horizontal)
        left.addWidget(self.list)
        left.addWidget(self.side)
        left.setStretchFactor(0, 2)
        left.setStretchFactor(1, 3)
        left.setChildrenCollapsible(False)
        self.hint = label(hint, "small", wrap=True)
        buttons = row(self.add, self.fresh, self.name, self.drop, self.use, None, self.show_)
        layout = column(self.hint, left, buttons, spacing=SPACE["s"])
        layout.setStretch(1, 1)
        self.setLayout(layout)
        self.setFocusProxy(self.list)
        self.refresh()

    def show_folder(self, prefix: str) -> None:
        """Show the files of another folder."""
        self.flush()
        self._prefix = prefix
        self.list.setCurrentRow(-1)
        self.refresh()

    def refresh(self) -> None:
        """Show the files as they are now."""
        before = self.chosen()
        self.list.blockSignals(True)
        self.list.clear()
        for path, where in self._files().items():
            item = QListWidgetItem(f"{path}    {size_words(where.stat().st_size if where.exists() else 0)}")
            item.setData(Qt.ItemDataRole.UserRole, path)
            item.setToolTip(item.text())
            item.setIcon(self._kit.look.icon("file", "muted", 16))
            self.list.addItem(item)
        self.list.blockSignals(False)
        if not self.choose(before) and not self.choose(EXAM_FILE if not self._prefix else ""):
            self._show()
        if self._pane is not None:
            self._pane.refresh()
        self._enable()

    def choose(self, path: str) -> bool:
        """Choose a file by its path in the folder."""
        for at in range(self.list.count()):
            if self.list.item(at).data(Qt.ItemDataRole.UserRole) == path:
                self.list.setCurrentRow(at)
                return True
        return False

    def chosen(self) -> str:
        """Return the chosen file's path in the folder; empty for none."""
        item = self.list.currentItem()
        return "" if item is None else str(item.data(Qt.ItemDataRole.UserRole))

    def go_to(self, path: str, line: int | None) -> None:
        """Show a file, and a line of it."""
        if self.choose(path) and self._pane is not None:
            self._pane.go_to_line(line or 1)

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        if self._pane is not None:
            self._pane.flush()

    def take_in(self, paths: list[Path]) -> None:
        """Copy files from the disk into the folder, as one step."""

        def work() -> None:
            files: dict[str, bytes | None] = {}
            for path in paths:
                files[self._free(path)] = read_from_disk(path)
            self._author.write(files, tr("add files"))

        if self._author.attempt(work) and paths:
            self.choose(paths[-1].name)

    def begin(self, name: str) -> None:
        """Make a new text file."""

        def work() -> None:
            self._author.write({self._free(Path(name)): b"\n"}, tr("add {name}", name=name))

        self.flush()
        if name and self._author.attempt(work):
            self.go_to(name, 1)

    def rename(self, new: str) -> None:
        """Give the chosen file another name."""
        old = self.chosen()

        def work() -> None:
            target = self._free(Path(new))
            data = self._author.draft.bytes_of(self._whole(old))
            self._author.write({self._whole(old): None, target: data}, tr("rename {name}", name=old))

        self.flush()
        if old and new and new != old and self._author.attempt(work):
            self.choose(new)

    def remove(self) -> None:
        """Take the chosen file out; undo brings it back."""
        path = self.chosen()
        if path:
            self._author.attempt(
                lambda: self._author.write({self._whole(path): None}, tr("take out {name}", name=path))
            )

    def _files(self) -> dict[str, Path]:
        found = self._author.now.scan
        if self._prefix:
            return found.below(self._prefix)
        return {path: found.files[path] for path in sorted(found.files, key=lambda each: (each != EXAM_FILE, each))}

    def _whole(self, path: str) -> str:
        return f"{self._prefix}/{path}" if self._prefix else path

    def _free(self, path: Path) -> str:
        name = path.as_posix() if not path.is_absolute() else path.name
        mistake = path_mistake(name)
        if mistake:
            raise InputProblem(tr("The name “{name}” {mistake}. Choose another name.", name=name, mistake=mistake))
        if name.casefold() in {each.casefold() for each in self._files()}:
            raise InputProblem(tr("There is a file {name} already; nothing was written over it.", name=name))
        return self._whole(name)

    def _show(self) -> None:
        path = self.chosen()
        where = self._files().get(path)
        if self._pane is not None:
            if self._pane.path == self._whole(path) and where is not None:
                return
            self._pane.flush()
            self.side.removeWidget(self._pane)
            self._pane.deleteLater()
            self._pane = None
        if where is None:
            self.nothing.say(tr("No file chosen"), "")
        elif is_text(where):
            self._pane = TextPane(self._kit, self._author, self._whole(path), path)
            self.side.addWidget(self._pane)
            self.side.setCurrentWidget(self._pane)
        else:
            self.nothing.say(
                path, tr("{size}; no text that could be edited here.", size=size_words(where.stat().st_size))
            )
        self._enable()

    def _enable(self) -> None:
        for each in (self.name, self.drop, self.use, self.show_):
            each.setEnabled(bool(self.chosen()))

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Add files"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda chosen: self.take_in([Path(each) for each in chosen]))
        dialog.open()

    def _ask_fresh(self) -> None:
        ask_text(self, tr("Make a new text file"), tr("Name"), "", self.begin)

    def _ask_name(self) -> None:
        ask_text(self, tr("Rename a file"), tr("New name"), self.chosen(), self.rename)

    def _insert(self) -> None:
        self.inserted.emit(self.chosen())

    def _open(self) -> None:
        where = self._files().get(self.chosen())
        if where is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(where)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Take files."""
        if offers_files(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        """Copy what was dropped."""
        self.take_in(dropped_files(event))


def ask_text(parent: QWidget, title: str, words: str, text: str, then: Callable[[str], None]) -> None:
    """Ask for one line of text in a small window that stops nothing else."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(words)
    dialog.setTextValue(text)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(lambda said: then(said.strip()))
    dialog.open()


def read_from_disk(path: Path) -> bytes:
    """Return a file that is to come into the exam; `InputProblem` for one too large or that can't be read."""
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise InputProblem(
                tr(
                    "{name} is too large: a file of an exam may have {n} MiB.",
                    name=path.name,
                    n=MAX_FILE_BYTES // _MEBIBYTE,
                )
            )
        return path.read_bytes()
    except OSError as problem:
        raise InputProblem(tr("{name} can't be read: {why}.", name=path.name, why=problem.strerror or "")) from problem
