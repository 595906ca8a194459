"""What the student does with files: new, rename, remove, starter code again, versions."""

from collections.abc import Callable
from dataclasses import dataclass

from PyQt6.QtCore import QObject
from PyQt6.QtWidgets import QStackedWidget, QWidget

from shared.problems import Problem
from student_app.core.content import QuestionView
from student_app.views import words
from student_app.views.banners import Banners
from student_app.views.editors import Editors
from student_app.views.file_dialog import ask_file_name
from student_app.views.port import DeskPort, Surroundings
from student_app.views.progress import Progress
from student_app.views.versions_page import VersionsPage


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """Where on the work page files are shown; `page` owns the dialogs, `middle` holds editors or versions."""

    page: QWidget
    middle: QStackedWidget
    editing: QWidget
    editors: Editors
    versions: VersionsPage
    banners: Banners


class FileActions(QObject):
    """Acts on the file that is shown, of the question that is shown; `refresh` is called after each change."""

    def __init__(
        self, desk: DeskPort, around: Surroundings, places: FilePlaces, progress: Progress, refresh: Callable[[], None]
    ) -> None:
        super().__init__(places.page)
        self._desk = desk
        self._around = around
        self._page = places.page
        self._middle = places.middle
        self._editing = places.editing
        self._editors = places.editors
        self._versions = places.versions
        self._banners = places.banners
        self._progress = progress
        self._refresh = refresh
        self._view: QuestionView | None = None
        self._removed: dict[str, str] = {}
        self._versions.closed.connect(self.close_versions)
        self._versions.restore.connect(self.restore)
        self._banners.undo.connect(self._bring_back)
        self._editors.new_file.connect(self.new)
        self._editors.versions.connect(self.toggle_versions)

    def turn(self, view: QuestionView) -> None:
        """Act on the files of this question from now on."""
        if self._view is None or (view.id, view.files) != (self._view.id, self._view.files):
            self._middle.setCurrentWidget(self._editing)
        self._view = view

    def new(self) -> None:
        """Ask for a name and make a file."""
        if self._editors.editor is not None and not self._editors.editor.isReadOnly():
            ask_file_name(self._page, self.tr("New file"), "", self._taken(), self.make)

    def make(self, name: str) -> None:
        """Make an empty file in this question."""
        file = f"{self._question}/{name}"
        self._do(lambda: self._desk.new_file(file), file)

    def rename(self) -> None:
        """Ask for another name of the file that is shown; the main file keeps its own."""
        file = self._own_file()
        if file is not None:
            name = words.file_name(file)
            ask_file_name(self._page, self.tr("Rename file"), name, self._taken(), lambda to: self.give_name(file, to))

    def give_name(self, file: str, name: str) -> None:
        """Give a file of this question another name."""
        to = f"{self._question}/{name}"
        if to != file:
            self._do(lambda: self._desk.rename_file(file, to), to, gone=file)

    def remove(self) -> None:
        """Remove the file that is shown; it can be brought back."""
        file = self._own_file()
        if file is not None:
            self._removed[file] = self._desk.text(file)
            self._do(lambda: self._desk.remove_file(file), "", gone=file)
            self._banners.removed(file, words.file_name(file))

    def reset(self) -> None:
        """Put the starter code back, so that undo brings the own text again."""
        editor = self._editors.editor
        if editor is None or editor.isReadOnly():
            return
        starter = self._progress.starters.get(editor.file)
        if starter is None:
            self._banners.hint(self.tr("This file has no starter code."))
        elif editor.text() == starter:
            self._banners.hint(self.tr("This file is the starter code, unchanged."), "info")
        elif self._replace(starter):
            self._banners.hint(self.tr("The starter code is back. Ctrl+Z brings your own text again."), "info")

    def toggle_versions(self) -> None:
        """Show the versions of the file that is shown, or the editor again."""
        editor = self._editors.editor
        if self._middle.currentWidget() is self._versions or editor is None:
            self.close_versions()
            return
        locked = editor.isReadOnly()
        if not locked:
            editor.check()
        now = {file: self._desk.text(file) for file in self._files}
        self._middle.setCurrentWidget(self._versions)
        self._versions.open(self._around.versions(), self._question, now, editor.file, locked=locked)

    def close_versions(self) -> None:
        """Show the editor again."""
        self._middle.setCurrentWidget(self._editing)
        if self._editors.editor is not None:
            self._editors.editor.setFocus()

    def restore(self, file: str, text: str) -> None:
        """Bring an earlier text of a file back: an edit like any other, and undone like any other."""
        self.close_versions()
        if file not in self._files:
            self._do(lambda: self._desk.new_file(file, text), file)
            return
        self._editors.show_file(file)
        if self._replace(text):
            self._banners.hint(self.tr("The earlier version is back. Ctrl+Z brings your newer text again."), "info")

    @property
    def _question(self) -> str:
        return self._view.id if self._view is not None else ""

    @property
    def _files(self) -> tuple[str, ...]:
        return self._view.files if self._view is not None else ()

    def _replace(self, text: str) -> bool:
        editor = self._editors.editor
        if editor is None or editor.isReadOnly():
            return False
        try:
            self._desk.keep_version()
        except Problem as problem:
            self._banners.hint(problem.sentence)
            return False
        editor.replace_text(text)
        return True

    def _own_file(self) -> str | None:
        editor = self._editors.editor
        if editor is None or editor.isReadOnly():
            return None
        if self._view is None or editor.file == self._view.main:
            self._banners.hint(self.tr("This is the file that Run starts; it keeps its name and its place."))
            return None
        return editor.file

    def _taken(self) -> list[str]:
        return [words.file_name(file) for file in self._files]

    def _do(self, change: Callable[[], object], show: str, gone: str = "") -> None:
        try:
            change()
        except Problem as problem:
            self._banners.hint(problem.sentence)
            return
        if gone:
            self._editors.forget(gone)
        if show:
            self._desk.view(self._question, show)
        self._refresh()

    def _bring_back(self, file: str) -> None:
        text = self._removed.pop(file, None)
        if text is not None:
            self._do(lambda: self._desk.new_file(file, text), file)
