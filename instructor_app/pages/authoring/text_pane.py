"""One text file in an editor: saved while it is typed, and never over what another program wrote."""

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.widgets.basic import Banner, column
from instructor_app.widgets.code_editor import CodeEditor
from instructor_app.words import tr
from shared.exam.drafting import ChangedOutside
from shared.look import SPACE
from shared.problems import Problem

SAVE_MS = 700


class TextPane(QWidget):
    """See the module.

    Attributes:
        edited: (text) it changed, saved or not.
    """

    edited = Signal(str)

    def __init__(self, kit: Kit, author: Author, path: str, name: str) -> None:
        super().__init__()
        self.path = path
        self._author = author
        self._loading = False
        self._unsaved = False
        self._disputed = False
        self._writing = False
        self._crlf = False
        self.banner = Banner(kit.look)
        self.editor = CodeEditor(kit.look, name, path)
        self.setLayout(column(self.banner, self.editor, spacing=SPACE["xs"]))
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_MS)
        self._save.timeout.connect(self.flush)
        self.editor.textChanged.connect(self._typed)
        self.editor.left.connect(self.flush)
        self.setFocusProxy(self.editor)
        self._load(first=True)

    def text(self) -> str:
        """Return what is in the editor."""
        return self.editor.toPlainText()

    def refresh(self) -> None:
        """Show what is on the disk now, unless something typed would be lost: then ask once."""
        disk = self._disk()
        if disk == self.text():
            self._settle()
        elif not self._unsaved:
            self._load(first=False)
        elif not self._disputed and not self._writing:
            self._dispute()

    def flush(self) -> None:
        """Write what is typed and not written yet."""
        self._save.stop()
        if not self._unsaved or self._disputed:
            return
        self._writing = True
        try:
            self._author.write({self.path: self._bytes()}, self._label(), joins=True)
            self._unsaved = False
        except ChangedOutside:
            self._author.draft.look()
            self._dispute()
        except Problem as problem:
            self.banner.say("danger", problem.sentence, tr("Not saved"), tr("Try again"), self.flush)
        finally:
            self._writing = False

    def rescue(self) -> bool:
        """Write what is typed even though the file is gone, so that nothing is lost; true where there was something."""
        self._save.stop()
        if not self._unsaved:
            return False
        self._unsaved = self._disputed = False
        files: dict[str, bytes | None] = {self.path: self._bytes()}
        return self._author.attempt(lambda: self._author.write(files, self._label(), force=True))

    def go_to_line(self, line: int) -> None:
        """Show a line, counted from 1."""
        self.editor.go_to_line(line)

    def _label(self) -> str:
        return tr("text of {path}", path=self.path)

    def _disk(self) -> str:
        text, reason = self._author.draft.text_or_reason(self.path)
        self._crlf = "\r\n" in text
        self.editor.setReadOnly(bool(reason))
        if reason:
            self.banner.say("attention", reason, tr("This file can't be edited here"))
        return text.replace("\r\n", "\n")

    def _bytes(self) -> bytes:
        text = self.text()
        return (text.replace("\n", "\r\n") if self._crlf else text).encode()

    def _typed(self) -> None:
        if self._loading:
            return
        self._unsaved = True
        self._save.start()
        self.edited.emit(self.text())

    def _load(self, *, first: bool) -> None:
        self._loading = True
        self._settle()
        text = self._disk()
        if first:
            self.editor.load_first(text)
        else:
            self.editor.load(text)
        self._loading = False
        self.edited.emit(text)

    def _settle(self) -> None:
        self._save.stop()
        self._unsaved = self._disputed = False
        self.banner.hide()

    def _dispute(self) -> None:
        self._disputed = True
        self._save.stop()
        self.banner.ask(
            tr("What you typed stands here and is not saved. Which of the two shall be kept?"),
            tr("Another program changed {path}", path=self.path),
            (tr("Keep mine"), self._keep_mine),
            (tr("Take theirs"), lambda: self._load(first=False)),
        )

    def _keep_mine(self) -> None:
        self._disputed = False
        self._author.attempt(lambda: self._author.write({self.path: self._bytes()}, self._label(), force=True))
        self._settle()
