"""The exam's folder beside what desks have while the exam runs: what would change and for whom, and applying it."""

from pathlib import Path

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QScrollArea

from examdesk.staffapi.messages import (
    ApplyEdition,
    Done,
    EditionChange,
    EditionPreview,
    GetRoster,
    GiveQuestion,
    PreviewEdition,
    RosterView,
    Target,
)
from instructor_app.kit import Kit
from instructor_app.pages.authoring.author import Author
from instructor_app.widgets.basic import Banner, button, card, clear, column, holding, label, row, shortcut
from instructor_app.words import counted, tr
from shared.look import SPACE
from shared.problems import Problem

WIDEST = 860
_NOBODY, _ALL = "nobody", "all"


class Choice(msgspec.Struct, frozen=True):
    """Somebody who may get a new question."""

    words: str
    key: str
    target: Target = Target()


class EditionPage(QScrollArea):
    """See the module.

    Attributes:
        closed: the person goes back.
        seen: what the hub said last of the folder; None before.
    """

    closed = Signal()

    def __init__(self, kit: Kit, author: Author) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._kit, self._author = kit, author
        self.seen: EditionPreview | None = None
        self._sections: tuple[str, ...] = ()
        self.who: dict[str, QComboBox] = {}
        self.banner = Banner(kit.look)
        self.title = label(tr("Changes at the desks"), "title")
        self.summary = label("", "muted", wrap=True)
        self.changes = QGridLayout()
        self.gifts = QGridLayout()
        for grid in (self.changes, self.gifts):
            grid.setHorizontalSpacing(SPACE["m"])
            grid.setVerticalSpacing(SPACE["s"])
            grid.setColumnStretch(1, 1)
        self.changes_card = card(self.changes, margin=SPACE["l"])
        heading = label(tr("New questions"), "subtitle")
        words = tr("Who begins later draws them by the exam's rules. Who has begun gets one only if you give it here.")
        self.gifts_card = card(column(heading, label(words, "muted", wrap=True), self.gifts), margin=SPACE["l"])
        self.reason = QLineEdit()
        self.reason.setPlaceholderText(tr("Why, for the audit log (may stay empty)"))
        self.reason.setAccessibleName(tr("Reason"))
        self.reason.setMaxLength(500)
        self.apply = button(kit.look, tr("Bring to the desks"), kind="primary", then=self._apply)
        kit.bridge.rights.guard(self.apply, ApplyEdition)
        self._lay_out()
        kit.state.exam_changed.connect(self._again)
        author.read.connect(self._again)
        shortcut(QKeySequence("Esc"), self, self.closed.emit, Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.refresh()

    def _lay_out(self) -> None:
        look = self._kit.look
        back = button(look, "", "chevron-left", "quiet", tip=tr("Back to the editor"), then=self.closed.emit)
        back.setFixedWidth(34)
        again = button(look, tr("Look again"), "restart", then=self.refresh)
        inside = holding(
            column(
                row(back, self.title, None, again),
                self.summary,
                self.banner,
                self.changes_card,
                self.gifts_card,
                row(self.reason, self.apply),
                None,
                spacing=SPACE["m"],
            )
        )
        inside.setMaximumWidth(WIDEST)
        self.setWidgetResizable(True)
        body = row(inside, margin=SPACE["m"])
        body.setStretch(0, 1)
        self.setWidget(holding(body))

    def refresh(self) -> None:
        """Ask the hub what the folder changes."""
        self.banner.hide()
        self._kit.bridge.query(GetRoster(), self._take_roster, key="author-edition-sections")
        self._again()

    def _again(self) -> None:
        self._kit.bridge.query(PreviewEdition(), self._take, self._failed, key="author-edition")

    def _take_roster(self, roster: RosterView) -> None:
        sections = tuple(sorted({entry.section for entry in roster.entries if entry.section}))
        if sections != self._sections:
            self._sections = sections
            self._show()

    def _failed(self, problem: Problem) -> None:
        self.banner.say("attention", problem.sentence)

    def _take(self, seen: EditionPreview) -> None:
        if seen != self.seen:  # else somebody may be choosing just now
            self.seen = seen
            self._show()
        self.apply.setEnabled(bool(seen.changes))

    def _show(self) -> None:
        seen = self.seen
        if seen is None:
            return
        chosen = {question: box.currentData() for question, box in self.who.items()}
        self.summary.setText(self._summary(seen))
        if seen.problem:
            self.banner.say("attention", tr("Desks keep what they have."), seen.problem)
        clear(self.changes)
        lines = [*seen.changes, *(EditionChange(what="later", sentence=sentence) for sentence in seen.later)]
        for at, each in enumerate(lines):
            self._line(at, each)
        self.changes_card.setVisible(bool(lines))
        clear(self.gifts)
        self.who = {}
        titles = dict(seen.questions)
        for at, question in enumerate(seen.added):
            self._gift(at, question, titles.get(question, question), chosen.get(question))
        self.gifts_card.setVisible(bool(seen.added) and seen.begun > 0)
        self.reason.setEnabled(bool(seen.changes))

    def _summary(self, seen: EditionPreview) -> str:
        if seen.problem:
            return tr("The exam's folder has a mistake.")
        if not seen.changes:
            return " ".join([tr("Desks have what the exam's folder says."), *self._elsewhere()])
        begun = counted(seen.begun, "{n} student has begun", "{n} students have begun")
        online = tr("{n} of them connected now; others get it when they are back.", n=seen.online)
        return " ".join([f"{begun}, {online}", *self._elsewhere()])

    def _elsewhere(self) -> list[str]:
        """Say so where the hub serves another folder than the one that is edited here."""
        exam = self._kit.state.exam
        if exam is None or not exam.folder or Path(exam.folder) == self._author.folder.absolute():
            return []
        return [tr("The hub serves this exam from {folder}: only what is changed there counts.", folder=exam.folder)]

    def _line(self, at: int, change: EditionChange) -> None:
        later = change.what == "later"
        picture = QLabel()
        icon = {"added": "add", "withdrawn": "minus", "later": "clock"}.get(change.what, "edit")
        self._kit.look.dress(picture, icon, "muted" if later else "accent", 18)
        self.changes.addWidget(picture, at, 0, Qt.AlignmentFlag.AlignTop)
        self.changes.addWidget(label(change.sentence, "muted" if later else "", wrap=True), at, 1)
        if not later and change.what != "added":
            people = counted(change.sessions, "{n} student", "{n} students")
            self.changes.addWidget(label(people, "small"), at, 2, Qt.AlignmentFlag.AlignTop)

    def _gift(self, at: int, question: str, title: str, chosen: str | None) -> None:
        box = QComboBox()
        box.setAccessibleName(tr("Who gets {title}", title=title))
        for choice in self._choices():
            box.addItem(choice.words, choice.key)
        box.setCurrentIndex(max(0, box.findData(chosen)))
        box.setMaxVisibleItems(20)
        self.who[question] = box
        self.gifts.addWidget(label(f"{question} · {title}" if title != question else title, wrap=True), at, 1)
        self.gifts.addWidget(box, at, 2)

    def _choices(self) -> list[Choice]:
        people = sorted((one.name or one.student, one.session) for one in self._kit.state.rows.values() if one.session)
        return [
            Choice(tr("Nobody who has begun"), _NOBODY),
            Choice(tr("Everybody"), _ALL),
            *(Choice(tr("Section {name}", name=name), f"+{name}", Target(sections=(name,))) for name in self._sections),
            *(Choice(name, session, Target(sessions=(session,))) for name, session in people),
        ]

    def _apply(self) -> None:
        if self.seen is None:
            return
        targets = {choice.key: choice.target for choice in self._choices() if choice.key != _NOBODY}
        give = tuple(
            GiveQuestion(question=question, target=targets[box.currentData()])
            for question, box in self.who.items()
            if box.currentData() in targets
        )
        request = ApplyEdition(command="", token=self.seen.token, give=give, reason=self.reason.text().strip())
        self.apply.setEnabled(False)
        self._kit.bridge.command(request, self._applied, self._refused)

    def _applied(self, done: Done) -> None:
        self.reason.clear()
        self.who = {}
        self._again()
        self.banner.say("positive", done.sentence)
        self.setFocus()

    def _refused(self, problem: Problem) -> None:
        self._again()
        self.banner.say("attention", problem.sentence)
