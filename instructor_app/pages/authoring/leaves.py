"""The pages around the questions: each a heading, a sentence, and forms made from what is declared."""

from collections.abc import Sequence
from typing import Any, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPlainTextEdit, QScrollArea, QWidget

from instructor_app.kit import Kit
from instructor_app.pages.authoring.attachments import Attachments
from instructor_app.pages.authoring.author import Author
from instructor_app.pages.authoring.form import Form
from instructor_app.pages.authoring.inputs import LeavingEdit
from instructor_app.pages.authoring.text_pane import SAVE_MS, TextPane
from instructor_app.widgets.basic import Complaint, Part, column, holding, label, row
from instructor_app.widgets.prompt import PromptView
from instructor_app.words import tr
from shared.exam.checking import INSTRUCTIONS_FILE
from shared.exam.document import Alternatives, Checks, Exam, Zone
from shared.exam.positions import Path as Place
from shared.exam.recorded import DEFAULT_HONOR_CODE, what_is_recorded
from shared.exam.rules import (
    DeskRules,
    EditorAids,
    HonorCode,
    RecordingPolicy,
    RunLimits,
    Signals,
)
from shared.exam.table import Table
from shared.look import SPACE

WIDEST = 820
NOT_HERE = ("format", "uuid", "practice", "instructions", "attachments", "advance_score", "can_view", "can_submit")


class Leaf(Protocol):
    """What the page asks of each of its parts."""

    def refresh(self) -> None:
        """Show the exam as it is now."""

    def flush(self) -> None:
        """Write what is typed and not written yet."""

    def show_field(self, place: Place, /) -> None:
        """Put the cursor into a field."""


class FormLeaf(QScrollArea):
    """Forms for one or more tables, one below the other."""

    def __init__(
        self,
        kit: Kit,
        author: Author,
        title: str,
        words: str,
        tables: Sequence[tuple[str, type[Table], Place]],
        *,
        but: Sequence[str] = (),
        more: Sequence[Part] = (),
    ) -> None:
        super().__init__()
        self.forms = [Form(kit, author, table, place, but=but) for _, table, place in tables]
        parts: list[Part] = [label(title, "title")]
        if words:
            parts.append(label(words, "muted", wrap=True))
        for (heading, _, _), form in zip(tables, self.forms, strict=True):
            if heading:
                parts += [SPACE["s"], label(heading, "subtitle")]
            parts.append(form)
        inside = holding(column(*parts, *more, None, spacing=SPACE["m"]))
        inside.setMaximumWidth(WIDEST)
        self.setWidgetResizable(True)
        body = row(inside, margin=SPACE["m"])
        body.setStretch(0, 1)
        self.setWidget(holding(body))
        first = next((each for form in self.forms for each in form.rows.values()), None)
        if first is not None:
            self.setFocusProxy(first.field.control())

    def refresh(self) -> None:
        """See `Leaf`."""
        for form in self.forms:
            form.refresh()

    def flush(self) -> None:
        """See `Leaf`."""
        for form in self.forms:
            form.flush()

    def show_field(self, place: Place) -> None:
        """See `Leaf`."""
        for form in self.forms:
            depth = len(form.place)
            if place[:depth] == form.place and len(place) > depth and form.focus_field(str(place[depth])):
                control = form.rows[str(place[depth])].field
                self.ensureWidgetVisible(control)
                return


def exam_leaf(kit: Kit, author: Author) -> FormLeaf:
    """Identity and what holds for the exam as a whole."""
    uuid = label("", "small", selectable=True)
    uuid.setText(tr("Its identity, which never changes: {uuid}", uuid=author.value(("uuid",)) or tr("missing")))
    return FormLeaf(kit, author, tr("Exam"), "", [("", Exam, ())], but=NOT_HERE, more=[uuid])


class ZoneLeaf(FormLeaf):
    """A zone, or a group of alternatives."""

    def __init__(self, kit: Kit, author: Author, kind: str, place: Place) -> None:
        table: type[Table] = Zone if kind == "zone" else Alternatives
        title = tr("Zone") if kind == "zone" else tr("Alternatives")
        words = (
            tr("Zones keep their order for everyone. Within a zone each student gets an own order, unless that is off.")
            if kind == "zone"
            else tr("Each student gets some of these questions, drawn once when the session starts.")
        )
        super().__init__(kit, author, title, words, [("", table, place)], but=NOT_HERE)


def desk_leaf(kit: Kit, author: Author) -> FormLeaf:
    """What the student's desk allows."""
    return FormLeaf(
        kit,
        author,
        tr("Desk rules"),
        tr("ExamDesk's editor never completes, suggests or writes code; there is no switch for it."),
        [
            ("", DeskRules, ("desk",)),
            (tr("Editor"), EditorAids, ("desk", "editor")),
            (tr("Running programs"), RunLimits, ("desk", "run")),
            (tr("Checks"), Checks, ("checks",)),
        ],
        but=("evaluate_seconds", "minutes_between"),
    )


class RecordingLeaf(FormLeaf):
    """The recording policy, and the sentences that students read because of it."""

    def __init__(self, kit: Kit, author: Author) -> None:
        self._author = author
        self.sentences = PromptView(kit.look, tr("What students read about recording"))
        self.sentences.setMinimumHeight(260)
        super().__init__(
            kit,
            author,
            tr("Recording"),
            tr("The policy is signed with the exam: what is off is never recorded. Students read what stands below."),
            [("", RecordingPolicy, ("recording",))],
            more=[label(tr("What students read"), "subtitle"), self.sentences],
        )
        self.refresh()

    def refresh(self) -> None:
        """See `Leaf`."""
        super().refresh()
        exam = self._author.now.exam
        lines = what_is_recorded(exam.recording if exam is not None else RecordingPolicy())
        self.sentences.show_markdown("\n".join(f"- {line}" for line in lines))


def signals_leaf(kit: Kit, author: Author) -> FormLeaf:
    """Thresholds."""
    return FormLeaf(
        kit,
        author,
        tr("Signals"),
        tr("A signal points something out to a person; it accuses nobody. Here stands from which size on."),
        [("", Signals, ("signals",))],
    )


class HonorLeaf(FormLeaf):
    """The honor code, and how it reads."""

    def __init__(self, kit: Kit, author: Author) -> None:
        self._author = author
        self.view = PromptView(kit.look, tr("The honor code as students see it"))
        self.view.setMinimumHeight(160)
        super().__init__(
            kit,
            author,
            tr("Honor code"),
            tr("What each student affirms before the exam."),
            [("", HonorCode, ("honor_code",))],
            more=[label(tr("As students see it"), "subtitle"), self.view],
        )
        self.refresh()

    def refresh(self) -> None:
        """See `Leaf`."""
        super().refresh()
        mode = self._author.value(("honor_code", "mode")) or "default"
        text = self._author.value(("honor_code", "text")) or ""
        shown = {"default": DEFAULT_HONOR_CODE, "own": str(text)}.get(str(mode), "")
        self.view.show_markdown(shown or tr("*Students are not asked to affirm anything.*"))


class InstructionsLeaf(QWidget):
    """The text before the exam: in exam.toml, or in a file of its own where there is one."""

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self._kit, self._author = kit, author
        self.view = PromptView(kit.look, tr("The instructions as students see them"))
        self.field: QPlainTextEdit | None = None
        self.pane: TextPane | None = None
        self._shown = ""
        self._save = QTimer(self)
        self._save.setSingleShot(True)
        self._save.setInterval(SAVE_MS)
        self._save.timeout.connect(self.flush)
        self.problem = Complaint(kit.look)
        if INSTRUCTIONS_FILE in author.now.scan.files:
            self.pane = TextPane(kit, author, INSTRUCTIONS_FILE, tr("Instructions, in Markdown"))
            self.pane.edited.connect(self.view.show_markdown)
            editor: QWidget = self.pane
            where = tr("They stand in {file}.", file=INSTRUCTIONS_FILE)
        else:
            edit = LeavingEdit()
            edit.setProperty("role", "code")
            edit.setFont(kit.look.code_font())
            edit.setAccessibleName(tr("Instructions, in Markdown"))
            edit.textChanged.connect(lambda: self.view.show_markdown(edit.toPlainText()))
            edit.textChanged.connect(self._save.start)
            edit.left.connect(self.flush)
            self.field = editor = edit
            where = tr("They are shown before the exam and can be read again during it. Write them in Markdown.")
        body = row(editor, self.view, spacing=SPACE["s"])
        body.setStretch(0, 1)
        body.setStretch(1, 1)
        layout = column(
            label(tr("Instructions"), "title"),
            label(where, "muted", wrap=True),
            self.problem,
            spacing=SPACE["m"],
            margin=SPACE["m"],
        )
        layout.addLayout(body, 1)
        self.attachments = Attachments(kit, author)
        layout.addWidget(self.attachments)
        self.setLayout(layout)
        self.setFocusProxy(editor)
        self.refresh()

    def refresh(self) -> None:
        """See `Leaf`."""
        self.attachments.refresh()
        found = " ".join(each.sentence for each in self._author.findings_of(("instructions",)))
        self.problem.say(found)
        if self.pane is not None:
            self.pane.refresh()
            self.view.show_markdown(self.pane.text())
        elif self.field is not None:
            text: Any = self._author.value(("instructions",))
            said = text if isinstance(text, str) else ""
            typed = self.field.toPlainText()
            if self._shown not in (said, typed):  # both changed: what is typed stays, undo brings theirs
                self._shown = said
            elif said != typed or not self.view.toPlainText():
                self._shown = said
                self.field.setPlainText(said)

    def flush(self) -> None:
        """See `Leaf`."""
        if self.pane is not None:
            self.pane.flush()
        elif self.field is not None and not self._author.broken and self.field.toPlainText() != self._shown:
            self._shown = self.field.toPlainText()
            self._author.set(("instructions",), self._shown or None, tr("instructions"))

    def show_field(self, _place: Place) -> None:
        """See `Leaf`."""
        self.setFocus()
