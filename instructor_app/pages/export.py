"""Records out, students' bundles in."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QDir, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QCheckBox, QFileDialog, QFrame, QLineEdit, QProgressBar

from examdesk.staffapi.messages import ExportKind, Imported
from instructor_app import transfers
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Banner, button, column, label, row
from instructor_app.words import counted, tr
from shared.look import SPACE
from shared.problems import Problem


class ExportCard(QFrame):
    """Chooses what to export, fetches it into a folder, can be cancelled."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self._cancel: Callable[[], None] = _nothing
        self.setProperty("kind", "card")
        kinds: tuple[tuple[ExportKind, str], ...] = (
            ("workbook", tr("Workbook with all tables (XLSX)")),
            ("report", tr("Integrity report (HTML)")),
            ("sessions", tr("Session files (JSON), one per student")),
            ("events", tr("All events (CSV)")),
            ("bundle", tr("Evidence bundle: anyone can verify it")),
        )
        self.what = {kind: QCheckBox(words) for kind, words in kinds}
        for box in self.what.values():
            box.setChecked(True)
            box.toggled.connect(lambda _: self._fit())
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder = QLineEdit(str(Path(documents or QDir.homePath()) / "ExamDesk"))
        self.folder.setAccessibleName(tr("Folder for the exports"))
        browse = button(kit.look, "", "folder", tip=tr("Choose a folder"), then=self._browse)
        self.start = button(kit.look, tr("Export"), "export", "primary", then=self.begin)
        self.stop = button(kit.look, tr("Cancel"), "close", then=self._stop)
        self.bar = QProgressBar()
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(tr("Progress of the export"))
        self.doing = label("", "small", wrap=True)
        self.banner = Banner(kit.look, narrow=True)
        self.setLayout(
            column(
                label(tr("Export"), "subtitle"),
                *self.what.values(),
                row(self.folder, browse),
                row(self.start, self.stop, None),
                self.bar,
                self.doing,
                self.banner,
                margin=SPACE["m"],
                spacing=SPACE["xs"],
            )
        )
        self._running(on=False)

    def begin(self) -> None:
        """Export what is chosen."""
        what = tuple(kind for kind, box in self.what.items() if box.isChecked())
        folder = Path(self.folder.text().strip()).expanduser()
        self.banner.hide()
        self._running(on=True)
        self._cancel = self._kit.bridge.task(
            transfers.export(what, folder), self._done, self._failed, progress=self.show_progress
        )

    def _stop(self) -> None:
        self.doing.setText(tr("Stopping…"))
        self._cancel()

    def show_progress(self, share: float, sentence: str) -> None:
        """Show how far it is."""
        self.bar.setValue(round(share * 1000))
        self.doing.setText(sentence)

    def _done(self, files: list[Path]) -> None:
        self._running(on=False)
        folder = Path(self.folder.text().strip()).expanduser()
        self.banner.say(
            "positive",
            tr("{files} in {folder}", files=counted(len(files), "{n} file", "{n} files"), folder=folder),
            tr("Exported"),
            tr("Open folder"),
            lambda: _open_folder(folder),
        )

    def _failed(self, problem: Problem) -> None:
        self._running(on=False)
        self.banner.say("attention", problem.sentence, tr("Not exported"))

    def _running(self, *, on: bool) -> None:
        self.bar.setValue(0)
        self.doing.setText("")
        for widget in (self.stop, self.bar, self.doing):
            widget.setVisible(on)
        self.start.setVisible(not on)
        self._fit()

    def _fit(self) -> None:
        self.start.setEnabled(any(box.isChecked() for box in self.what.values()))

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("Folder for the exports"), self.folder.text())
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.open()


class HandInCard(QFrame):
    """Takes a student's bundle from a stick."""

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "card")
        self.banner = Banner(kit.look, narrow=True)
        self.put = button(kit.look, tr("Hand in a bundle…"), "import", then=self._choose)
        words = tr(
            "A desk that had no network hands in its work as a file on a stick. What is here already is left alone."
        )
        self.setLayout(
            column(
                label(tr("Bring in"), "subtitle"),
                label(words, "small", wrap=True),
                row(self.put, None),
                self.banner,
                margin=SPACE["m"],
            )
        )

    def hand_in(self, path: Path) -> None:
        """Hand in one file."""
        self.put.setEnabled(False)
        self.put.setText(tr("Handing in…"))
        self._kit.bridge.task(transfers.hand_in(path), self._done, self._failed)

    def _choose(self) -> None:
        dialog = QFileDialog(self, tr("Hand in a student's bundle"), QDir.homePath())
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda chosen: self.hand_in(Path(chosen)))
        dialog.open()

    def _done(self, brought: Imported) -> None:
        self._over()
        new = counted(brought.new_events, "{n} new event", "{n} new events")
        self.banner.say("positive", "\n".join(brought.sentences) or new, new)

    def _failed(self, problem: Problem) -> None:
        self._over()
        self.banner.say("attention", problem.sentence, tr("Not handed in"))

    def _over(self) -> None:
        self.put.setEnabled(True)
        self.put.setText(tr("Hand in a bundle…"))


def _nothing() -> None:
    """Stand in for what cancels, while nothing runs."""


def _open_folder(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
