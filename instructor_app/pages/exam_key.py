"""The exam's key as a file: saving it before the day, and taking an exam over with it."""

from pathlib import Path

from PySide6.QtCore import QDir, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QLineEdit

from examdesk.staffapi.messages import GetKeyFile, KeyFileMade
from instructor_app.bridge import Progress
from instructor_app.kept_key import save_key
from instructor_app.kit import Kit
from instructor_app.port import Hub
from instructor_app.widgets.basic import Banner, button, column, label, row
from instructor_app.words import bytes_words, tr
from shared.look import SPACE
from shared.problems import Problem

SUFFIX = "examkey"


class SaveKey(QFrame):
    """What to do before this laptop fails; shows the passphrase until the person has written it down."""

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self.setProperty("kind", "card")
        self.title = label(tr("If this laptop fails"), "subtitle")
        self.text = label("", wrap=True)
        self.passphrase = label("", "figure", selectable=True)
        self.passphrase.setAccessibleName(tr("Passphrase of the key file"))
        self.age = label("", "muted", wrap=True)
        self.save = button(kit.look, tr("Save the exam's key…"), "key", then=self._choose)
        kit.bridge.rights.guard(self.save, GetKeyFile)
        self.copy = button(kit.look, tr("Copy"), "copy", then=self._copy)
        self.written = button(kit.look, tr("I have written it down"), "check", "primary", then=self._written)
        self.setLayout(
            column(
                self.title,
                self.text,
                self.passphrase,
                self.age,
                row(self.save, self.written, self.copy, None),
                margin=SPACE["l"],
            )
        )
        self._written()
        self._show_age()
        kit.key.changed.connect(self._show_age)
        kit.state.exam_changed.connect(self._show_age)

    def write(self, path: Path) -> None:
        """Take the key out and write it, whole or not at all."""

        def made(answer: KeyFileMade) -> None:
            self._kit.key.keep(path, answer)
            self._show_passphrase(path, answer)

        async def work(hub: Hub, _: Progress) -> KeyFileMade:
            return await save_key(hub, path)

        self._kit.bridge.task(work, made, self._failed)

    def _show_passphrase(self, path: Path, made: KeyFileMade) -> None:
        words = tr(
            "{file} is saved. This passphrase opens it; it is shown only now and kept nowhere. Write it down, and keep "
            "it apart from the file and from this laptop.",
            file=path.name,
        )
        self.text.setText(f"{words} {packages_words(made)}".strip())
        self.passphrase.setText(made.passphrase)
        for part, shown in ((self.passphrase, True), (self.written, True), (self.copy, True), (self.save, False)):
            part.setVisible(shown)
        self.written.setFocus()

    def _written(self) -> None:
        self.text.setText(
            tr(
                "Save the exam's key on a stick. With it another laptop becomes this exam's hub: students' PCs find it "
                "by themselves and hand over everything that they wrote."
            )
        )
        self.passphrase.clear()
        for part, shown in ((self.passphrase, False), (self.written, False), (self.copy, False), (self.save, True)):
            part.setVisible(shown)

    def _show_age(self) -> None:
        said = self._kit.key.sentence()
        self.age.setText(said)
        self.age.setVisible(bool(said))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.passphrase.text())

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Save the exam's key"), QDir.homePath(), tr("Key of an exam (*.examkey)"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX)
        exam = self._kit.state.exam
        dialog.selectFile(f"{exam.short_name if exam is not None else 'exam'}.{SUFFIX}".replace("/", "-"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.write(Path(chosen)))
        dialog.open()

    def _failed(self, problem: Problem) -> None:
        self._banner.say("attention", problem.sentence, tr("The key was not saved"))


def packages_words(made: KeyFileMade) -> str:
    """Say whether the exam's packages are in a key file; empty for an exam without any."""
    if made.packages:
        return tr("The exam's packages are in it ({size}).", size=bytes_words(made.packages))
    if made.left_out:
        return tr(
            "The exam's packages ({size}) are too large for it: keep a copy of the exam's folder for the other laptop.",
            size=bytes_words(made.left_out),
        )
    return ""


class TakeOver(QFrame):
    """The form by which this laptop becomes the hub of an exam whose laptop failed.

    Attributes:
        wanted: (key file, passphrase) take it over.
        closed: the person left it.
    """

    wanted = Signal(object, str)
    closed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._file: Path | None = None
        self.setProperty("kind", "card")
        self.text = label("", wrap=True)
        self.passphrase = QLineEdit()
        self.passphrase.setAccessibleName(tr("Passphrase of the key file"))
        self.passphrase.setPlaceholderText(tr("Passphrase, such as K3QF-9C7M-…"))
        self.passphrase.returnPressed.connect(self._go)
        self.go = button(kit.look, tr("Take over"), "key", "primary", then=self._go)
        leave = button(kit.look, tr("Cancel"), then=self._leave)
        line = row(self.passphrase, self.go, leave)
        line.setStretch(0, 1)
        self.setLayout(
            column(label(tr("Take over an exam"), "subtitle"), self.text, line, spacing=SPACE["m"], margin=SPACE["l"])
        )
        self.hide()

    def choose_file(self) -> None:
        """Let the person choose a key file."""
        dialog = QFileDialog(self.parentWidget(), tr("Open a key file"), QDir.homePath(), tr("Key (*.examkey)"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.ask(Path(chosen)))
        dialog.open()

    def ask(self, file: Path) -> None:
        """Ask for the passphrase of a key file."""
        self._file = file
        words = tr(
            "This laptop becomes the hub of the exam in {file}. Do this only when the first laptop is gone or switched "
            "off: two hubs of one exam must never run at the same time.",
            file=file.name,
        )
        self.text.setText(words)
        self.passphrase.clear()
        self.show()
        self.passphrase.setFocus()

    def _go(self) -> None:
        if self._file is None or not self.passphrase.text().strip():
            self.passphrase.setFocus()
            return
        self.hide()
        self.wanted.emit(self._file, self.passphrase.text().strip())
        self.passphrase.clear()

    def _leave(self) -> None:
        self.passphrase.clear()
        self.hide()
        self.closed.emit()
