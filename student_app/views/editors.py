"""The editors of a question's files, as tabs."""

from functools import partial

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtWidgets import QMenu, QSizePolicy, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from shared.exam.rules import EditorAids
from shared.problems import PeerFault
from student_app.core.content import QuestionView
from student_app.editor.capture import EditSink
from student_app.editor.code_editor import CodeEditor
from student_app.editor.find_bar import FindBar
from student_app.views import words
from student_app.views.look import Look
from student_app.views.pieces import button, row
from student_app.views.tab_names import tab_names

FEW_FILES = 4
"""From so many files on, there is a list of all of them beside the tabs."""


class Editors(QWidget):
    """Tabs for the files of one question at a time; each file keeps its editor, its place and its undo."""

    turned = pyqtSignal(str)
    """The student looks at this file now."""
    refused = pyqtSignal(str)
    new_file = pyqtSignal()
    versions = pyqtSignal()
    moved = pyqtSignal(int, int)

    def __init__(self, sink: EditSink, look: Look) -> None:
        super().__init__()
        self._sink = sink
        self._look = look
        self._aids = EditorAids()
        self._made: dict[str, CodeEditor] = {}
        self._current: dict[str, str] = {}
        self._question = ""
        self._files: tuple[str, ...] = ()
        self._locked = False
        self.tabs = QTabBar()
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setUsesScrollButtons(True)
        self.tabs.setMinimumWidth(104)
        self.tabs.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.tabs.setAccessibleName(self.tr("Files"))
        for arrow, where in zip(
            self.tabs.findChildren(QToolButton), (self.tr("Files before"), self.tr("More files")), strict=True
        ):
            arrow.setToolTip(where)
            arrow.setAccessibleName(where)
        self.tabs.currentChanged.connect(self._turned)
        self._new = button("", self.new_file.emit, "quiet")
        self._new.setToolTip(self.tr("New file"))
        self._new.setAccessibleName(self.tr("New file"))
        look.dress(self._new, "add", "muted")
        self._past = button("", self.versions.emit, "quiet")
        self._past.setToolTip(self.tr("Versions of this file (Ctrl+Shift+S)"))
        self._past.setAccessibleName(self.tr("Versions of this file"))
        look.dress(self._past, "clock", "muted")
        self._all = button("", self._list_files, "quiet")
        self._all.setToolTip(self.tr("All files of this question"))
        self._all.setAccessibleName(self.tr("All files of this question"))
        look.dress(self._all, "chevron-down", "muted")
        self._all.hide()
        for small in (self._all, self._new, self._past):
            small.setStyleSheet("padding: 4px 7px;")
        self._stack = QStackedWidget()
        self.find_bar = FindBar()
        self._line = row(self.tabs, self._all, self._new, self._past, 1, spacing=2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._line)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self.find_bar)
        look.changed.connect(self._dress)

    @property
    def editor(self) -> CodeEditor | None:
        """The editor that is seen."""
        widget = self._stack.currentWidget()
        return widget if isinstance(widget, CodeEditor) else None

    def add_beside_tabs(self, widget: QWidget) -> None:
        """Put a widget at the end of the line of tabs."""
        self._line.addWidget(widget)

    def last_file(self, view: QuestionView) -> str:
        """Return the file of a question that was looked at last."""
        return self._current.get(view.id, view.main)

    def use(self, aids: EditorAids) -> None:
        """Use these aids, as the exam's rules say now."""
        if aids != self._aids:
            self._aids = aids
            for editor in self._made.values():
                editor.use(aids)

    def show_question(self, view: QuestionView, file: str = "") -> None:
        """Show a question's files; `file` in front, or the one that was there last, or the main one."""
        wanted = next(
            (each for each in (file, self._current.get(view.id, ""), view.main) if each in view.files),
            view.files[0] if view.files else "",
        )
        if (view.id, view.files) != (self._question, self._files):
            self._question, self._files = view.id, view.files
            self.tabs.blockSignals(True)
            while self.tabs.count():
                self.tabs.removeTab(0)
            paths = tuple(words.file_name(each) for each in view.files)
            for name, path in zip(tab_names(paths), paths, strict=True):
                at = self.tabs.addTab(name)
                self.tabs.setTabToolTip(at, path)
                self.tabs.setAccessibleTabName(at, path)
            self.tabs.blockSignals(False)
            self._all.setVisible(len(paths) > FEW_FILES)
        if wanted:
            self.tabs.setCurrentIndex(view.files.index(wanted))
            self._show(wanted)

    def lock(self, locked: bool) -> None:
        """Let nothing be written, or let it be written again."""
        self._locked = locked
        self._new.setEnabled(not locked)
        for editor in self._made.values():
            editor.setReadOnly(locked)

    def reload(self) -> None:
        """Load again what is recorded, in every editor: another journal is open."""
        for file in list(self._made):
            if not self._exists(file):
                self.forget(file)
            elif not self._made[file].capture.in_step(self._made[file].text()):
                self._made[file].load()

    def forget(self, file: str) -> None:
        """A file is gone or has another name: close its editor."""
        editor = self._made.pop(file, None)
        if editor is not None:
            self._stack.removeWidget(editor)
            editor.deleteLater()

    def check(self) -> None:
        """Compare every open editor with what is recorded."""
        for editor in self._made.values():
            if not editor.isReadOnly():
                editor.check()

    def open_find(self, *, replace: bool) -> None:
        """Show the line for finding."""
        if self.editor is not None:
            self.find_bar.open(self.editor, replace=replace)

    def go_to(self, file: str, line: int) -> None:
        """Show a line of a file of this question."""
        if self.show_file(f"{self._question}/{file}") and self.editor is not None:
            self.editor.go_to(line)

    def show_file(self, file: str) -> bool:
        """Put a file (`question/name`) in front; False: it is none of this question's."""
        if file not in self._files:
            return False
        self.tabs.setCurrentIndex(self._files.index(file))
        return True

    def _list_files(self) -> None:
        """Let the student choose among all files, where the tabs have no room for them."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for file in self._files:
            action = menu.addAction(words.file_name(file).replace("&", "&&"))
            if action is not None:
                action.setCheckable(True)
                action.setChecked(file == self._current.get(self._question))
                action.triggered.connect(partial(self.show_file, file))
        menu.popup(self._all.mapToGlobal(self._all.rect().bottomLeft()))

    def _exists(self, file: str) -> bool:
        try:
            self._sink.model(file)
        except PeerFault:
            return False
        return True

    def _turned(self, at: int) -> None:
        if 0 <= at < len(self._files):
            self._show(self._files[at])
            self.turned.emit(self._files[at])

    def _show(self, file: str) -> None:
        editor = self._made.get(file)
        if editor is None:
            editor = self._made[file] = self._open(file)
        self._current[self._question] = file
        if self._stack.currentWidget() is not editor:
            self._stack.setCurrentWidget(editor)
            self.find_bar.follow(editor)
            line, column = editor.getCursorPosition()
            self.moved.emit(line + 1, column + 1)

    def _open(self, file: str) -> CodeEditor:
        editor = CodeEditor(self._sink, file, self._aids)
        editor.dress(self._look.colours, self._look.code_font)
        editor.setReadOnly(self._locked)
        editor.refused.connect(self.refused)
        editor.moved.connect(self.moved)
        editor.zoomed.connect(self._look.grow)
        self._stack.addWidget(editor)
        return editor

    def _dress(self) -> None:
        for editor in self._made.values():
            editor.dress(self._look.colours, self._look.code_font)
