"""What is wrong in the exam, live: each line leads to the place where it is mended."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QLabel, QListWidget, QListWidgetItem

from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.widgets.basic import button, column, label, row
from instructor_app.words import counted, tr
from shared.exam.findings import Finding
from shared.look import SPACE

MOST_LINES = 4


class FindingsPanel(QFrame):
    """See the module.

    Attributes:
        wanted: (Finding) go to where it is mended.
    """

    wanted = Signal(object)

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self._shown: list[Finding] = []
        self.setProperty("kind", "card")
        self.icon = QLabel()
        self.title = label("")
        self.fold = button(kit.look, "", "chevron-down", "quiet", tip=tr("Fold the list of mistakes"), then=self._fold)
        self.fold.setFixedWidth(32)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Mistakes and hints"))
        self.list.setProperty("kind", "plain")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.itemClicked.connect(self._go)
        self.list.itemActivated.connect(self._go)
        head = row(self.icon, self.title, None, self.fold)
        self.setLayout(column(head, self.list, spacing=2, margin=SPACE["s"]))
        self.refresh()

    def refresh(self) -> None:
        """Show what is wrong now."""
        found = sorted(self._author.now.findings, key=lambda each: each.severity != "error")
        if found != self._shown or not self.title.text():
            self._shown = found
            self._fill()

    def following(self) -> Finding | None:
        """Choose the line after the chosen one, the first after the last; None where nothing is wrong."""
        if not self._shown:
            return None
        self.list.setCurrentRow((self.list.currentRow() + 1) % len(self._shown))
        return self._shown[self.list.currentRow()]

    def _fill(self) -> None:
        errors = sum(each.severity == "error" for each in self._shown)
        hints = len(self._shown) - errors
        self.list.clear()
        for each in self._shown:
            place = each.file if each.line is None else f"{each.file}:{each.line}"
            item = QListWidgetItem(f"{each.sentence}    {place}")
            item.setToolTip(f"{each.sentence}\n{place}")
            wrong = each.severity == "error"
            item.setIcon(self._kit.look.icon("warning" if wrong else "info", "attention" if wrong else "info", 16))
            item.setData(Qt.ItemDataRole.UserRole, each)
            self.list.addItem(item)
        words = [counted(errors, "{n} mistake", "{n} mistakes")] if errors else []
        words += [counted(hints, "{n} hint", "{n} hints")] if hints else []
        self.title.setText(", ".join(words) or tr("Nothing to correct"))
        self._kit.look.dress(self.icon, "warning" if errors else "check", "attention" if errors else "positive", 16)
        self.list.setVisible(bool(self._shown))
        self.fold.setVisible(bool(self._shown))
        self.list.setFixedHeight(min(MOST_LINES, len(self._shown)) * 28 + 4)

    def _fold(self) -> None:
        shown = self.list.isVisible()
        self.list.setVisible(not shown)
        self._kit.look.dress(self.fold, "chevron-up" if shown else "chevron-down")

    def _go(self, item: QListWidgetItem) -> None:
        finding = item.data(Qt.ItemDataRole.UserRole)
        if isinstance(finding, Finding):
            self.wanted.emit(finding)
