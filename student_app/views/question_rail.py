"""The questions on the left, with what was done in each of them."""

from PyQt6.QtCore import QSize, Qt, pyqtBoundSignal, pyqtSignal
from PyQt6.QtWidgets import QButtonGroup, QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shared.look import plain_tip
from student_app.core.content import QuestionView
from student_app.views.look import Look
from student_app.views.pieces import ElidedButton, column, empty, label


class QuestionRail(QFrame):
    """One button per question; icon and tool tip say how far it is."""

    chosen = pyqtSignal(str)
    instructions = pyqtSignal()
    files = pyqtSignal()
    notes = pyqtSignal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.setProperty("kind", "railbar")
        self._look = look
        self._shown: tuple[tuple[str, str], ...] = ()
        self._group = QButtonGroup(self)
        self._group.setExclusive(True)
        self._buttons: dict[str, QPushButton] = {}
        self._list = QVBoxLayout()
        self._list.setSpacing(2)
        self._list.setContentsMargins(0, 0, 0, 0)
        inside = QWidget()
        inside.setLayout(column(self._list, 1, spacing=0))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        heading = label(self.tr("Questions"), "small")
        heading.setContentsMargins(10, 0, 0, 4)
        self._below = column(
            self._opener("info", self.tr("Instructions"), self.tr("Instructions, rules (Ctrl+I)"), self.instructions),
            spacing=2,
        )
        self.files_button = self._opener(
            "folder", self.tr("Files"), self.tr("Formula sheets and other files (Ctrl+Shift+F)"), self.files
        )
        self.notes_button = self._opener("edit", self.tr("Notes"), self.tr("Your notes (Ctrl+Shift+N)"), self.notes)
        self._below.addWidget(self.files_button)
        self._below.addWidget(self.notes_button)
        layout = column(heading, area, self._below, spacing=2)
        layout.setContentsMargins(8, 12, 8, 8)
        self.setLayout(layout)
        self.setMinimumWidth(120)
        self.setAccessibleName(self.tr("Questions"))

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(176, 400)

    def refresh(self, questions: tuple[QuestionView, ...], current: str, states: dict[str, str]) -> None:
        """Show these; `states` says by question `untouched`, `begun`, `ran` or `failed`."""
        shown = tuple((view.id, self._titled(view)) for view in questions)
        if shown != self._shown:
            self._shown = shown
            self._build(questions)
        marked = {view.id: self._mark(view) for view in questions}
        for question, made in self._buttons.items():
            made.setChecked(question == current)
            icon, tone, said = marked[question] or self._state(states.get(question, "untouched"))
            self._look.dress(made, icon, "accent_text" if question == current else tone, 16)
            title = dict(shown)[question]
            made.setToolTip(plain_tip(f"{title}\n{said}"))
            made.setAccessibleDescription(said)

    def _titled(self, view: QuestionView) -> str:
        if view.withdrawn:
            return self.tr("{title} (withdrawn)").format(title=view.title)
        return self.tr("{title} (new)").format(title=view.title) if view.added else view.title

    def _mark(self, view: QuestionView) -> tuple[str, str, str] | None:
        """Return icon, colour and words of what staff did to a question; None for nothing."""
        if view.withdrawn:
            return "minus", "muted", self.tr("Withdrawn by the staff. Your work is kept.")
        return ("announce", "accent", self.tr("Added while the exam runs")) if view.added else None

    def offer(self, *, files: bool, notes: bool) -> None:
        """Offer what this exam has: files to read, a page for notes."""
        self.files_button.setVisible(files)
        self.notes_button.setVisible(notes)

    def _opener(self, icon: str, text: str, hint: str, opens: pyqtBoundSignal) -> QPushButton:
        made = ElidedButton(text)
        made.setProperty("kind", "rail")
        made.setToolTip(hint)
        made.setAccessibleName(text)
        made.clicked.connect(lambda _=False: opens.emit())
        self._look.dress(made, icon, "muted", 16)
        return made

    def focus_current(self) -> None:
        """Take the keyboard."""
        for made in self._buttons.values():
            if made.isChecked():
                made.setFocus()

    def _state(self, state: str) -> tuple[str, str, str]:
        return {
            "untouched": ("file", "muted", self.tr("Not begun")),
            "begun": ("edit", "muted", self.tr("Begun")),
            "ran": ("check", "positive", self.tr("Last run ended normally")),
            "failed": ("info", "muted", self.tr("Last run ended with an error")),
        }[state]

    def _build(self, questions: tuple[QuestionView, ...]) -> None:
        for made in self._buttons.values():
            self._group.removeButton(made)
        empty(self._list)
        self._buttons = {}
        for at, view in enumerate(questions, 1):
            made = ElidedButton(f"{at}  {self._titled(view)}")
            made.setProperty("kind", "rail")
            made.setCheckable(True)
            made.setAccessibleName(self.tr("Question {n}: {title}").format(n=at, title=self._titled(view)))
            made.clicked.connect(lambda _=False, question=view.id: self.chosen.emit(question))
            self._group.addButton(made)
            self._buttons[view.id] = made
            self._list.addWidget(made)
