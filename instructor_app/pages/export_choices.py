"""What to export, with what each kind would hold now; and of whom, under which names, without what."""

from collections.abc import Callable

from PySide6.QtCore import QLocale, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QLabel, QVBoxLayout

from examdesk.staffapi.messages import ExportKind, ExportOptions, ExportPlan, PlannedKind, RedactWord
from instructor_app.kit import Kit
from instructor_app.widgets.basic import Elided, column, holding, label, row
from instructor_app.words import bytes_words, counted, tr
from shared.look import SPACE

USUAL = frozenset({"workbook", "report", "sessions", "events", "bundle"})
EVERYBODY, QUEUE = "\0everybody", "\0queue"


def groups() -> tuple[tuple[str, tuple[tuple[ExportKind, str], ...]], ...]:
    """Return the kinds of exports by what they are for."""
    return (
        (
            tr("To read and to print"),
            (
                ("report", tr("Integrity report (HTML)")),
                ("report-pdf", tr("Integrity report (PDF)")),
                ("student-pdfs", tr("A PDF for each student")),
                ("student-pages", tr("A page for each student (HTML)")),
            ),
        ),
        (
            tr("For spreadsheets"),
            (
                ("workbook", tr("Workbook with all tables (XLSX)")),
                ("summary", tr("Summary (OpenDocument)")),
                ("events", tr("All events (CSV)")),
            ),
        ),
        (
            tr("Evidence"),
            (
                ("bundle", tr("Evidence bundle: anyone can verify it")),
                ("sessions", tr("Session files (JSON), one per student")),
                ("submissions", tr("The files as handed in")),
            ),
        ),
        (
            tr("For other systems"),
            (
                ("canvas", tr("Column for the Canvas gradebook")),
                ("moodle", tr("Column for the Moodle gradebook")),
                ("progsnap", tr("ProgSnap2 dataset, for research")),
            ),
        ),
    )


class KindsCard(QFrame):
    """The kinds to choose from; under each what it would hold, or why these options leave none.

    Attributes:
        changed: other kinds are chosen.
        boxes: by kind.
    """

    changed = Signal()

    def __init__(self, kit: Kit) -> None:
        super().__init__()
        self._kit = kit
        self.setProperty("kind", "card")
        self.boxes: dict[ExportKind, QCheckBox] = {}
        self._about: dict[ExportKind, Elided] = {}
        self._sizes: dict[ExportKind, QLabel] = {}
        self._plan: dict[ExportKind, PlannedKind] = {}
        layout = QVBoxLayout()
        layout.setContentsMargins(SPACE["m"], SPACE["m"], SPACE["m"], SPACE["m"])
        layout.setSpacing(SPACE["xs"])
        for title, kinds in groups():
            if layout.count():
                layout.addSpacing(SPACE["m"])
            layout.addWidget(label(title, "subtitle"))
            for kind, words in kinds:
                layout.addWidget(holding(self._make(kind, words)))
        self.setLayout(layout)

    def _make(self, kind: ExportKind, words: str) -> QVBoxLayout:
        box = QCheckBox(words)
        box.setChecked(kind in USUAL)
        box.toggled.connect(lambda _: self.changed.emit())
        about, size = Elided("", "small"), label("", "small")
        below = row(about, size)
        below.setStretch(0, 1)
        below.setContentsMargins(SPACE["xl"], 0, 0, SPACE["xs"])
        self.boxes[kind], self._about[kind], self._sizes[kind] = box, about, size
        return column(box, below, spacing=0)

    def show_plan(self, plan: ExportPlan) -> None:
        """Show what each kind would hold."""
        self._plan = {each.kind: each for each in plan.kinds}
        for kind, each in self._plan.items():
            refused = bool(each.refused) or not each.files
            self.boxes[kind].setEnabled(not refused)
            self._about[kind].setText(each.refused or (_files(each) if each.files else tr("There is nothing yet.")))
            self._sizes[kind].setText("" if refused else tr("about {size}", size=bytes_words(each.bytes)))

    def chosen(self) -> tuple[ExportKind, ...]:
        """Return what is to be exported."""
        return tuple(kind for kind, box in self.boxes.items() if box.isChecked() and box.isEnabledTo(self))

    def chosen_size(self) -> tuple[int, int]:
        """Return how many files that is and about how many bytes; zeros before the hub said."""
        planned = [self._plan[kind] for kind in self.chosen() if kind in self._plan]
        return sum(each.files for each in planned), sum(each.bytes for each in planned)


class OptionsCard(QFrame):
    """Of whom, under which names, and what is left out.

    Attributes:
        changed: something else is chosen; ask again what comes of it.
    """

    changed = Signal()

    def __init__(self, kit: Kit, chosen: Callable[[], list[str]]) -> None:
        super().__init__()
        self._kit, self._chosen = kit, chosen
        self.setProperty("kind", "card")
        self.whom = QComboBox()
        self.whom.setAccessibleName(tr("Of whom"))
        self.whom.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.paper = QComboBox()
        self.paper.setAccessibleName(tr("Paper of PDFs"))
        for value, words in (("a4", tr("A4")), ("letter", tr("US Letter"))):
            self.paper.addItem(words, value)
        if QLocale().measurementSystem() == QLocale.MeasurementSystem.ImperialUSSystem:
            self.paper.setCurrentIndex(1)
        self.pseudonyms = QCheckBox(tr("Pseudonyms instead of names"))
        self.outside = QCheckBox(tr("ProgSnap2 with text from outside"))
        self.outside.setToolTip(tr("Text that was pasted from outside the session stands as □ otherwise"))
        self.redacting = QCheckBox(tr("Leave out of events and bundle:"))
        self.redacting.setToolTip(tr("What is left still verifies"))
        self.redact: dict[RedactWord, QCheckBox] = {word: QCheckBox(words) for word, words in _redactions().items()}
        for box in (self.pseudonyms, self.outside, self.redacting, *self.redact.values()):
            box.toggled.connect(lambda _: self._fit())
        left_out = column(*self.redact.values(), spacing=SPACE["hair"])
        left_out.setContentsMargins(SPACE["xl"], 0, 0, 0)
        self._left_out = holding(left_out)
        self.hint = label("", "small", wrap=True)
        whom = row(label(tr("Of whom"), "muted"), self.whom)
        whom.setStretch(1, 1)
        paper = row(label(tr("Paper of PDFs"), "muted"), self.paper, None)
        self.setLayout(
            column(
                label(tr("Options"), "subtitle"),
                whom,
                self.pseudonyms,
                self.outside,
                self.redacting,
                self._left_out,
                paper,
                self.hint,
                margin=SPACE["m"],
            )
        )
        kit.state.exam_changed.connect(self.fill)
        kit.state.names_changed.connect(self._fit)
        self.fill()
        self._fit()

    def fill(self) -> None:
        """Offer the sections there are, and what is chosen in the queue."""
        exam, many = self._kit.state.exam, len(self._chosen())
        sections = [section.name for section in exam.sections] if exam is not None else []
        items = [(tr("Everybody"), EVERYBODY), *((tr("Section {name}", name=name), name) for name in sections)]
        if many:
            items.append((counted(many, "{n} session chosen in the queue", "{n} sessions chosen in the queue"), QUEUE))
        kept = self.whom.currentData()
        self.whom.blockSignals(True)
        self.whom.clear()
        for words, value in items:
            self.whom.addItem(words, value)
        self.whom.setCurrentIndex(max(0, self.whom.findData(kept)))
        self.whom.blockSignals(False)

    def options(self) -> ExportOptions:
        """Return what is chosen."""
        whom = self.whom.currentData()
        return ExportOptions(
            pseudonyms=self.pseudonyms.isChecked(),
            outside_text=self.outside.isChecked(),
            redact=tuple(word for word, box in self.redact.items() if self.redacting.isChecked() and box.isChecked()),
            sections=() if whom in (None, EVERYBODY, QUEUE) else (whom,),
            sessions=tuple(self._chosen()) if whom == QUEUE else (),
            paper=self.paper.currentData(),
        )

    def _fit(self) -> None:
        hidden = self._kit.state.names_hidden
        if hidden and not self.pseudonyms.isChecked():
            self.pseudonyms.setChecked(True)
        self.pseudonyms.setEnabled(not hidden)
        self._left_out.setVisible(self.redacting.isChecked())
        hints = []
        if hidden:
            hints.append(tr("Names are hidden here, so exports have pseudonyms."))
        if self.pseudonyms.isChecked():
            hints.append(tr("The same pseudonyms as where names are hidden. Code may still name somebody."))
        self.hint.setText(" ".join(hints))
        self.hint.setVisible(bool(hints))
        self.changed.emit()


def _redactions() -> dict[RedactWord, str]:
    return {
        "paste-text": tr("pasted text"),
        "output": tr("what programs printed"),
        "input": tr("what programs read"),
        "notes": tr("students' notes"),
        "messages": tr("messages"),
        "device": tr("what PCs said about themselves"),
        "code": tr("code"),
    }


def _files(each: PlannedKind) -> str:
    more = each.files - 1
    about = f" · {each.about}" if each.about else ""
    return f"{each.names[0]}{about}" if not more else tr("{first} and {n} more", first=each.names[0], n=more)
