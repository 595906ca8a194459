"""What the student carries away: a file for the stick, the own record, the receipt. Asked for in any phase."""

from collections.abc import Callable
from pathlib import Path

from PyQt6.QtCore import QObject
from PyQt6.QtPrintSupport import QPrintDialog, QPrinter
from PyQt6.QtWidgets import QFileDialog, QWidget

from student_app.core.bundle import SUFFIX as BUNDLE
from student_app.core.keeping import SUFFIX as RECORD
from student_app.core.keeping import FinalReceipt
from student_app.core.state import DeskState
from student_app.views import words
from student_app.views.port import Keeping
from student_app.views.receipt_paper import print_receipt, write_receipt

Say = Callable[[str, str], None]
"""A sentence and its level: `positive` or `attention`."""


class Carrying(QObject):
    """Asks where, writes, and says what became of it through `say`."""

    def __init__(self, page: QWidget, keeping: Keeping, say: Say) -> None:
        super().__init__(page)
        self._page = page
        self._keeping = keeping
        self._say = say

    def ask_bundle(self, state: DeskState) -> None:
        """Ask where the file for the stick goes."""
        name = words.picture_file(f"{state.title} {state.student}", BUNDLE.removeprefix("."))
        self._ask(self.tr("Save your work for a stick"), name, self.tr("Work for the instructor") + f" (*{BUNDLE})",
                  self.write_bundle)  # fmt: skip

    def write_bundle(self, target: Path) -> None:
        """Write the file for the stick."""
        self._keeping.bundle(target, lambda sentence: self._told(
            sentence,
            self.tr("Saved as {name}. Give the stick to your instructor; only they can open the file.").format(
                name=target.name
            ),
        ))  # fmt: skip

    def ask_record(self, state: DeskState) -> None:
        """Ask where the copy of the own record goes."""
        name = words.picture_file(f"{state.title} {state.student}", RECORD.removeprefix("."))
        self._ask(self.tr("Keep a copy of your record"), name, self.tr("Record") + f" (*{RECORD})", self.write_record)

    def write_record(self, target: Path) -> None:
        """Write the own record."""
        self._keeping.record(target, lambda sentence, files: self._told(
            sentence,
            self.tr("Your record is in {names}. Anyone can check it with “examdesk verify”.").format(
                names=", ".join(path.name for path in files)
            ),
        ))  # fmt: skip

    def ask_receipt(self, receipt: FinalReceipt) -> None:
        """Ask where the receipt goes; the ending says as what."""
        name = words.picture_file(f"{words.tr('Receipt')} {receipt.code}", "pdf")
        kinds = f"PDF (*.pdf);;HTML (*.html);;{self.tr('Text')} (*.txt)"
        self._ask(self.tr("Save receipt"), name, kinds, lambda path: self.save_receipt(receipt, path))

    def save_receipt(self, receipt: FinalReceipt, target: Path) -> None:
        """Write the receipt."""
        try:
            write_receipt(receipt, target)
        except OSError as problem:
            self._told(
                self.tr("The receipt could not be written there ({why}). Choose another folder.").format(
                    why=problem.strerror or problem
                ),
                "",
            )
        else:
            self._told("", self.tr("Saved as {name}.").format(name=target.name))

    def print_receipt(self, receipt: FinalReceipt) -> None:
        """Print the receipt, or say that this PC has no printer."""
        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        dialog = QPrintDialog(printer, self._page)
        dialog.setWindowTitle(self.tr("Print receipt"))
        dialog.accepted.connect(lambda: print_receipt(receipt, printer))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _ask(self, title: str, name: str, kinds: str, then: Callable[[Path], None]) -> None:
        dialog = QFileDialog(self._page, title)
        dialog.finished.connect(dialog.deleteLater)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(kinds.split(";;"))
        dialog.setDefaultSuffix(name.rpartition(".")[2])
        dialog.filterSelected.connect(lambda kind: dialog.setDefaultSuffix(kind.rpartition("*.")[2].rstrip(")")))
        dialog.selectFile(name)
        dialog.fileSelected.connect(lambda path: then(Path(path)))
        dialog.open()

    def _told(self, wrong: str, right: str) -> None:
        self._say(wrong or right, "attention" if wrong else "positive")
