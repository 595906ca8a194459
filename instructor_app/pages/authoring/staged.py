"""Changes of people's times that wait until they are applied, so that everybody's new times can be read first."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from instructor_app.pages.authoring.author import Author, Source
from instructor_app.words import tr
from shared.exam import arranging
from shared.exam.document import Exam
from shared.exam.exam_folder import check_scanned
from shared.exam.findings import Finding
from shared.exam.reading import EXAM_FILE, read_toml
from shared.problems import Bug, InputProblem


class Staged(Source):
    """The exam with the changes that wait. While nothing has to wait, every change is applied at once.

    Attributes:
        waiting_changed: changes wait, or no longer.
    """

    waiting_changed = Signal()

    def __init__(self, author: Author, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._author = author
        self._changes: list[Callable[[str], str]] = []
        self._text = ""
        self._findings: tuple[Finding, ...] = ()
        self.exam: Exam | None = None
        self.holds = False
        author.read.connect(self._again)
        self._take(author.now.source)

    @property
    def waiting(self) -> int:
        """How many changes wait."""
        return len(self._changes)

    @property
    def author(self) -> Author:
        """What the changes are applied to."""
        return self._author

    def findings(self) -> Sequence[Finding]:
        """See `Source`."""
        return self._findings

    def arrange(self, change: Callable[[str], str], label: str) -> bool:
        """See `Source`."""
        if not self.holds:
            return self._author.arrange(change, label)
        try:
            text = change(self._text)
        except (InputProblem, Bug) as problem:
            self.failed.emit(problem.sentence)
            return False
        if text != self._text:
            self._changes.append(change)
            self._take(text)
            self.read.emit()
            self.waiting_changed.emit()
        return True

    def hold(self, on: bool) -> None:
        """Let changes wait from now on, or no longer; what waits goes on waiting."""
        self.holds = on or bool(self._changes)

    def apply(self) -> bool:
        """Write what waits."""
        text = self._text
        if not self._author.arrange(lambda _: text, tr("times")):
            return False
        self._changes.clear()
        self.waiting_changed.emit()
        return True

    def discard(self) -> None:
        """Forget what waits."""
        self._changes.clear()
        self._again()
        self.waiting_changed.emit()

    def _again(self) -> None:
        """Make the changes that wait in the text as it is now; one that can't be made any more is dropped and said."""
        text = self._author.now.source
        kept = []
        for change in self._changes:
            try:
                text = change(text)
                kept.append(change)
            except (InputProblem, Bug) as problem:
                self.failed.emit(problem.sentence)
        self._changes = kept
        self._take(text)
        self.read.emit()

    def _take(self, text: str) -> None:
        self._text = text
        try:
            self.raw = arranging.read_plain_toml(text)
        except InputProblem:
            self.raw = {}
        if text == self._author.now.source:
            self._findings, self.exam = self._author.now.findings, self._author.now.exam
            return
        read = read_toml(text)
        self.exam = read.partial
        self._findings = tuple(check_scanned(read, self._author.now.scan))

    def errors(self) -> list[Finding]:
        """Return the mistakes that the changes would bring into exam.toml."""
        before = {(each.field, each.sentence) for each in self._author.now.findings}
        return [
            each
            for each in self._findings
            if each.severity == "error" and each.file == EXAM_FILE and (each.field, each.sentence) not in before
        ]
