"""Beside the queue: the chosen sessions' status, who reviews them, notes, and everything that was said before."""

from collections.abc import Callable
from typing import get_args

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QKeySequence, QTextCursor
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
)

from examdesk.staffapi.messages import (
    AddNote,
    Assign,
    Changed,
    Command,
    GetAudit,
    GetPlayback,
    GetReviewHistory,
    GetSimilarity,
    ReviewHistory,
    ReviewStatus,
    ReviewStepView,
    SetReview,
    SetReviewRules,
)
from instructor_app.kit import Kit
from instructor_app.pages.live_columns import REVIEW_LOOK
from instructor_app.pages.review_acts import Acts, Drafts
from instructor_app.review_book import ReviewBook, ReviewRow
from instructor_app.widgets.basic import Banner, Elided, button, clear, column, holding, label, row, shortcut
from instructor_app.widgets.flow import flow
from instructor_app.words import clock_time, counted, day_and_time, percent, tr
from shared.look import SPACE
from shared.problems import Problem

STATUSES: tuple[ReviewStatus, ...] = get_args(ReviewStatus)
NOTE_HEIGHT, NOTE_LINES = 64, 12
"""The note's field grows with what is written, up to so many lines."""


class ReviewCard(QFrame):
    """See the module.

    Attributes:
        opened: (LiveRow) show this session.
        stepped: (int) so many rows on in the queue.
        done: the note is written; the queue has the keyboard again.
        looks_wanted: (LiveRow) show who looked at this session.
        pairs_wanted: (LiveRow) show with whose programs this student's is compared.
        played: (LiveRow) show this session in the session view, where it was left.
        drafts_changed: a note that was begun is put aside, or is there again because it could not be kept.
    """

    opened = Signal(object)
    stepped = Signal(int)
    done = Signal()
    looks_wanted = Signal(object)
    pairs_wanted = Signal(object)
    played = Signal(object)
    drafts_changed = Signal()

    def __init__(self, kit: Kit, book: ReviewBook, chosen: Callable[[], list[ReviewRow]], banner: Banner) -> None:
        super().__init__()
        self._kit, self._book, self._chosen, self._banner = kit, book, chosen, banner
        self._session = ""
        self._about: frozenset[str] = frozenset()
        self._steps = 0
        self.drafts = Drafts(kit, "review", self)
        self.acts = Acts(kit, book, self._send, self._say_taken_back)
        self.setProperty("kind", "card")
        look = kit.look
        self.who = Elided("", "subtitle")
        self.facts = label("", "small", wrap=True)
        self.place = label("", "small")
        self._before = button(look, "", "chevron-up", "quiet", tip=tr("Previous session (K)"))
        self._after = button(look, "", "chevron-down", "quiet", tip=tr("Next session (J)"))
        self._before.clicked.connect(lambda _: self.stepped.emit(-1))
        self._after.clicked.connect(lambda _: self.stepped.emit(1))
        self.asked = Banner(look, narrow=True)
        self.news = Banner(look, narrow=True)
        self.statuses = self._make_statuses()
        self._make_reviewer()
        self.note = QPlainTextEdit()
        self.note.setFixedHeight(NOTE_HEIGHT)
        self.note.setTabChangesFocus(True)
        self.note.setPlaceholderText(tr("Note (kept with your name and the time)"))
        self.note.setAccessibleName(tr("Note"))
        self.note.textChanged.connect(self._written)
        self.note.document().documentLayout().documentSizeChanged.connect(lambda size: self._grow(size.height()))
        self.drafts.loaded.connect(self._show_draft)
        self.drafts.failed.connect(self._say_unwritten)
        self.add = button(look, tr("Add note"), "add", tip=tr("Add the note; the status stays (Ctrl+Enter)"))
        self.add.clicked.connect(lambda _: self.add_note())
        self._make_ways()
        self.looking = label("", "small", wrap=True)
        self.looking.hide()
        self.looks = button(look, tr("Who looked"), kind="link", then=self._want_looks)
        self.looks.setToolTip(tr("Who looked at this session, from the audit log"))
        kit.bridge.rights.guard(self.looks, GetAudit)
        kit.bridge.changed.connect(self._hear)
        self.history = QVBoxLayout()
        self.history.setSpacing(SPACE["s"])
        self.history.setContentsMargins(0, 0, 0, 0)
        self._lay_out()
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(QKeySequence(keys), self.note, self.add_note, Qt.ShortcutContext.WidgetShortcut)
        shortcut(QKeySequence("Esc"), self.note, self.done.emit, Qt.ShortcutContext.WidgetShortcut)
        self.show_rows([], 0, 0)

    def _make_statuses(self) -> dict[ReviewStatus, QPushButton]:
        made: dict[ReviewStatus, QPushButton] = {}
        group = QButtonGroup(self)
        for number, status in enumerate(STATUSES, start=1):
            one = QPushButton(f"{number}  {tr(status)}")
            one.setProperty("kind", "rail")
            one.setCheckable(True)
            one.setAccessibleName(tr("Set {status}", status=tr(status)))
            one.setToolTip(tr("Set {status}, with the note if there is one ({key})", status=tr(status), key=number))
            icon, tone = REVIEW_LOOK[status]
            self._kit.look.dress(one, icon or "minus", tone, 15)
            one.clicked.connect(lambda _, status=status: self.put(status))
            one.setMinimumWidth(one.sizeHint().width() + _bolder(one))
            group.addButton(one)
            made[status] = one
        return made

    def _make_ways(self) -> None:
        look, rights = self._kit.look, self._kit.bridge.rights
        self.open = button(look, tr("Session"), "eye", tip=tr("Open the session (Enter)"), then=self._open)
        self.pairs = button(look, tr("Pairs"), "similarity", tip=tr("All pairs of this student's program (P)"))
        self.pairs.clicked.connect(lambda _: self.show_pairs())
        rights.guard(self.pairs, GetSimilarity)
        self._left: tuple[str, str] = ("", "")
        self.view = button(look, "", "play", then=self.play_back)
        rights.guard(self.view, GetPlayback)

    def _make_reviewer(self) -> None:
        self.reviewer = QComboBox()
        self.reviewer.setEditable(True)
        self.reviewer.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.reviewer.setAccessibleName(tr("Reviewer"))
        self._typed = QLineEdit()
        self._typed.setPlaceholderText(tr("Nobody yet"))
        self._typed.setAccessibleName(tr("Reviewer"))
        self._typed.returnPressed.connect(self._assign_typed)
        self.reviewer.setLineEdit(self._typed)
        self.reviewer.activated.connect(lambda _: self._assign_typed())
        self.mine = button(self._kit.look, tr("Me"), "user", tip=tr("I review it"), then=self._assign_me)

    def _lay_out(self) -> None:
        head = row(self.who, self.place, self._before, self._after, spacing=SPACE["xs"])
        head.setStretch(0, 1)
        reviewer = row(label(tr("Reviewer"), "muted"), self.reviewer, self.mine)
        reviewer.setStretch(1, 1)
        self._history_title = label(tr("History"), "subtitle")
        self.setLayout(
            column(
                head,
                self.facts,
                self.looking,
                self.asked,
                self.news,
                flow(*self.statuses.values(), spacing=SPACE["hair"]),
                self.note,
                row(self.add, None),
                flow(self.pairs, self.open, self.view),
                reviewer,
                row(self._history_title, None, self.looks),
                holding(self.history),
                margin=SPACE["m"],
            )
        )

    # ------------------------------------------------------------------------------------- showing

    def show_rows(self, rows: list[ReviewRow], place: int, among: int) -> None:
        """Say whom it is about; `place` counts from 1."""
        one = rows[0] if len(rows) == 1 else None
        self._change_subject(frozenset(each.live.session for each in rows))
        if one is not None:
            self.who.setText(one.live.name)
        else:
            many = counted(len(rows), "{n} session", "{n} sessions")
            self.who.setText(many if rows else tr("No session chosen"))
        self.facts.setText("" if one is None else _facts(one))
        self.facts.setVisible(one is not None)
        self.place.setText(tr("{place} of {among}", place=place, among=among) if one is not None else "")
        for widget in (*self.statuses.values(), self.note, self.reviewer, self.mine):
            widget.setEnabled(bool(rows))
        self._before.setEnabled(one is not None and place > 1)
        self._after.setEnabled(one is not None and place < among)
        self.open.setEnabled(one is not None)
        for way in (self.pairs, self.view):
            way.setEnabled(one is not None)
        self._show_way_back(one)
        self._show_status(rows)
        self._show_people(rows)
        self._show_asking(one)
        self._show_news(one)
        self._fit()
        self._ask_history("" if one is None else one.live.session)

    def holds(self, session: str) -> bool:
        """Whether a note about this session is being written: it stays in the queue then, whatever the filter says."""
        return session in self._about and bool(self.note.toPlainText().strip())

    def _change_subject(self, about: frozenset[str]) -> None:
        """Put a note that is begun aside where others are chosen, and bring theirs back."""
        if about != self._about:
            self._about, self._steps = about, -1
            self.news.hide()
            self._show_draft()

    def _show_draft(self) -> None:
        text = self.drafts.of(self._about)  # before the field is emptied: an empty field is no note
        self.note.setPlainText(text)
        self.note.moveCursor(QTextCursor.MoveOperation.End)
        self.drafts_changed.emit()

    def _say_unwritten(self, why: str) -> None:
        words = tr("Keep the note soon: it could not be written to this computer's disk ({why}).", why=why)
        self._banner.say("attention", words, tr("The note that is begun is only on the screen"))

    def _written(self) -> None:
        self.drafts.keep(self._about, self.note.toPlainText())
        self._fit()

    def _grow(self, lines: float) -> None:
        """Give the note the height of its text, which the document counts in lines."""
        spare = (
            self.note.height() - self.note.viewport().height() + 2 * round(self.note.document().documentMargin()) + 2
        )
        wanted = round(min(lines, NOTE_LINES) * self.note.fontMetrics().lineSpacing()) + spare
        self.note.setFixedHeight(max(NOTE_HEIGHT, wanted))

    def _show_news(self, one: ReviewRow | None) -> None:
        """Say what somebody else did to this review while it is in sight."""
        if one is None:
            return
        review, before = one.review, self._steps
        self._steps = review.steps if self._book.review_of(one.live.session) is not None else -1
        if 0 <= before < review.steps and review.last_who.casefold() != self._kit.bridge.person.casefold():
            words = tr("It is “{status}” now. What you are writing stays.", status=tr(review.status))
            self.news.say("info", words, tr("{who} added to this review just now", who=review.last_who))

    def _show_status(self, rows: list[ReviewRow]) -> None:
        shared = {each.review.status for each in rows}
        for status, pushed in self.statuses.items():
            group = pushed.group()
            group.setExclusive(False)
            pushed.setChecked(shared == {status})
            group.setExclusive(True)

    def _show_people(self, rows: list[ReviewRow]) -> None:
        if self._typed.hasFocus():
            return
        people = [self.reviewer.itemText(place) for place in range(self.reviewer.count())]
        wanted = ["", *self._book.people]
        if people != wanted:
            self.reviewer.clear()
            self.reviewer.addItems(wanted)
        shared = {each.review.assignee for each in rows}
        self.reviewer.setCurrentText(shared.pop() if len(shared) == 1 else "")

    def _show_asking(self, one: ReviewRow | None) -> None:
        if one is None or not one.review.asked_by:
            self.asked.hide()
            return
        mine = one.review.asked_by.casefold() == self._kit.bridge.person.casefold()
        words = (
            tr("You asked for “Escalated”. It is set once another person confirms it.")
            if mine
            else tr("{who} asks for “Escalated”. Look at the evidence, then confirm or set another status.")
        )
        self.asked.say(
            "info",
            words.format(who=one.review.asked_by),
            tr("A second person is asked for"),
            "" if mine else tr("Confirm"),
            lambda: self.put("Escalated"),
        )

    def _ask_history(self, session: str) -> None:
        if session != self._session:
            clear(self.history)
            self.looking.hide()
        self._session = session
        self._history_title.setVisible(bool(session))
        self.looks.setVisible(bool(session))
        if session:
            self._kit.bridge.query(GetReviewHistory(session=session), self._take_history, key="review history")

    def _take_history(self, found: ReviewHistory) -> None:
        if found.session != self._session:
            return
        others = ", ".join(f"{each.who} ({clock_time(each.at_ms)})" for each in found.lookers)
        self.looking.setText(tr("Also looked at in the last ten minutes by {others}", others=others))
        self.looking.setVisible(bool(others))
        clear(self.history)
        for step in reversed(found.steps):
            self.history.addLayout(_step(step))
        if not found.steps:
            self.history.addWidget(label(tr("Nobody has reviewed this session yet."), "muted", wrap=True))

    def _hear(self, change: Changed) -> None:
        """Ask anew who else looks at the session: looks are in the audit log."""
        if "audit" in change.topics and self._session and self.isVisible():
            self._ask_history(self._session)

    def show_pairs(self) -> None:
        """Show the pairs of the chosen session."""
        rows = self._chosen()
        if len(rows) == 1 and self.pairs.isEnabled():
            self.pairs_wanted.emit(rows[0].live)

    def play_back(self) -> None:
        """Show the chosen session in the session view."""
        rows = self._chosen()
        if len(rows) == 1 and self.view.isEnabled():
            self.played.emit(rows[0].live)

    def offer_way_back(self, session: str, time: str) -> None:
        """Let the way to a session's view name the time at which it was left."""
        self._left = (session, time)
        rows = self._chosen()
        self._show_way_back(rows[0] if len(rows) == 1 else None)

    def _show_way_back(self, one: ReviewRow | None) -> None:
        session, time = self._left
        left = time if one is not None and one.live.session == session else ""
        self.view.setText(left or tr("View"))
        words = tr("Back to the session view as you left it (V)") if left else tr("Its session view (V)")
        if self.view.isEnabled():
            self.view.setToolTip(words)

    def _want_looks(self) -> None:
        for one in self._chosen()[:1]:
            self.looks_wanted.emit(one.live)

    def _fit(self) -> None:
        self.add.setEnabled(bool(self.note.toPlainText().strip()) and self.note.isEnabled())

    # ------------------------------------------------------------------------------------- doing

    def put(self, status: ReviewStatus) -> None:
        """Set the status of the chosen sessions, with the note; what was before can be put back."""
        rows = self._chosen()
        note = self.note.toPlainText().strip()
        if not rows:
            return
        self.news.hide()

        def said(sentence: str) -> None:
            self.acts.status_set(rows)
            self._say_done(f"{rows[0].live.name}: {sentence}" if len(rows) == 1 else sentence)

        self._send(SetReview(command="", sessions=_sessions(rows), status=status, note=note), said, self._note_again())
        self.note.clear()
        self.done.emit()

    def add_note(self) -> None:
        """Add the note to the chosen sessions; their status stays."""
        note = self.note.toPlainText().strip()
        if not note:
            return
        self._send(AddNote(command="", sessions=_sessions(self._chosen()), note=note), note_again=self._note_again())
        self.note.clear()
        self.done.emit()

    def _note_again(self) -> Callable[[], bool]:
        """Return what puts the note, as it is now, back where it was begun, and tells whether there was one."""
        about, text = self._about, self.note.toPlainText()

        def again() -> bool:
            if not text.strip():
                return False
            newer = self.note.toPlainText() if about == self._about else self.drafts.of(about)
            self.drafts.keep(about, f"{text}\n{newer}" if newer.strip() else text)
            if about == self._about:
                self.note.setPlainText(self.drafts.of(about))
                self.note.moveCursor(QTextCursor.MoveOperation.End)
            self.drafts_changed.emit()
            return True

        return again

    def start_note(self) -> None:
        """Put the cursor into the note."""
        self.note.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def start_reviewer(self) -> None:
        """Put the cursor into the reviewer's name."""
        self.reviewer.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._typed.selectAll()

    def _assign_me(self) -> None:
        self._assign(self._kit.bridge.person)

    def _assign_typed(self) -> None:
        self._assign(self.reviewer.currentText())

    def _assign(self, to: str) -> None:
        rows = self._chosen()

        def said(sentence: str) -> None:
            self.acts.assigned(rows)
            self._say_done(sentence)

        if rows:
            self._send(Assign(command="", sessions=_sessions(rows), to=to.strip()), said)
        self.done.emit()

    def _say_done(self, words: str) -> None:
        self._banner.say("positive", words, act=tr("Undo"), then=self.acts.undo)

    def _say_taken_back(self, words: str) -> None:
        self._banner.say("info", words)

    def _send(
        self,
        request: Command,
        said: Callable[[str], None] | None = None,
        note_again: Callable[[], bool] | None = None,
    ) -> None:
        def refused(problem: Problem) -> None:
            there = note_again is not None and note_again()
            title = tr("Not changed; the note is still here") if there else tr("Not changed")
            self._banner.say("attention", problem.sentence, title)
            self._show_status(self._chosen())

        self._kit.bridge.command(request, lambda done: None if said is None else said(done.sentence), refused)

    def _open(self) -> None:
        rows = self._chosen()
        if len(rows) == 1:
            self.opened.emit(rows[0].live)


class RulesCard(QFrame):
    """Whether "Escalated" takes two people."""

    def __init__(self, kit: Kit, book: ReviewBook, banner: Banner) -> None:
        super().__init__()
        self._kit, self._book, self._banner = kit, book, banner
        self.setProperty("kind", "card")
        self.two = QCheckBox(tr("“Escalated” takes two people"))
        self.two.clicked.connect(self._put)
        kit.bridge.rights.guard(self.two, SetReviewRules)
        words = tr("One asks, another one confirms. Both stand in the history and in the audit log.")
        self.setLayout(column(self.two, label(words, "small", wrap=True), margin=SPACE["m"]))
        book.changed.connect(lambda _: self.two.setChecked(book.second_person))

    def _put(self, on: bool) -> None:
        def failed(problem: Problem) -> None:
            self.two.setChecked(self._book.second_person)
            self._banner.say("attention", problem.sentence, tr("Not changed"))

        request = SetReviewRules(command="", second_person=on)
        self._kit.bridge.command(request, lambda done: self._banner.say("positive", done.sentence), failed)


def _sessions(rows: list[ReviewRow]) -> tuple[str, ...]:
    return tuple(each.live.session for each in rows)


def _facts(one: ReviewRow) -> str:
    live = one.live
    alike = tr("most alike {share}", share=percent(one.alike)).replace(" %", "\u00a0%") if one.alike is not None else ""
    parts = [
        live.student if live.student != live.name else "",
        tr("section {name}", name=live.section) if live.section else "",
        tr(live.status),
        counted(live.signals, "{n} signal", "{n} signals"),
        alike,
    ]
    return " · ".join(part for part in parts if part)


def _step(step: ReviewStepView) -> QVBoxLayout:
    """Return one step: what was done, by whom and when, and the note."""
    done = {
        "note": tr("Note"),
        "assigned": tr("To be reviewed by {who}", who=step.whom) if step.whom else tr("Reviewer taken back"),
        "asked": tr("Asks for “Escalated”"),
        "confirmed": tr("“Escalated”, confirmed"),
    }.get(step.step, tr(step.status))
    parts = [
        label(done),
        label(tr("{who}, {when}", who=step.who, when=day_and_time(step.at_ms)), "small", wrap=True),
        *([label(step.note, wrap=True, selectable=True)] if step.note else []),
    ]
    return column(*parts, spacing=SPACE["hair"])


def _bolder(button_: QPushButton) -> int:
    """Return how much wider the words of a button get when they are bold, which is how a chosen one looks."""
    bold = QFont(button_.font())
    bold.setBold(True)
    plain = QFontMetrics(button_.font()).horizontalAdvance(button_.text())
    return QFontMetrics(bold).horizontalAdvance(button_.text()) - plain
