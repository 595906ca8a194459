"""From a pair straight to the reviews of its two students: a note that cites the passage, and a status if wanted."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtWidgets import QCheckBox, QComboBox, QFrame, QPlainTextEdit

from examdesk.staffapi.messages import (
    AddNote,
    AppearedView,
    Command,
    Done,
    PairView,
    ReviewStatus,
    SetReview,
    SideBySide,
)
from instructor_app.kit import Kit
from instructor_app.pages.passages import how, rows_of
from instructor_app.pages.review_acts import Drafts
from instructor_app.pages.review_card import NOTE_HEIGHT, STATUSES
from instructor_app.widgets.basic import Banner, button, column, label, shortcut
from instructor_app.widgets.flow import flow
from instructor_app.words import clock_time, percent, tr
from shared.look import SPACE, plain_tip
from shared.problems import Problem

BESIDE_NAMES, LEAST_NAME = 860, 80
"""Pixels of the window's width beside both names and their boxes; a longer name must not make the window wider."""


class PairNote(QFrame):
    """Hidden until it is wanted; what is written about one pair waits while another is looked at.

    Escape is its page's: two shortcuts for one key and place would do nothing.

    Attributes:
        closed: it is hidden again; the keyboard is free.
    """

    closed = Signal()

    def __init__(self, kit: Kit, banner: Banner, drafts: Drafts) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._pair: PairView | None = None
        self.drafts = drafts
        self._keeping = False
        self.setProperty("kind", "card")
        self.text = QPlainTextEdit()
        self.text.setFixedHeight(NOTE_HEIGHT)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Note about this pair"))
        self.text.setPlaceholderText(tr("Kept in the review of each chosen student, with your name and the time"))
        self.text.textChanged.connect(self._written)
        self.drafts.failed.connect(lambda why: banner.say("attention", why, tr("The note is only on the screen")))
        self.whose = (QCheckBox(), QCheckBox())
        for box, which in zip(self.whose, (tr("first"), tr("second")), strict=True):
            box.setAccessibleName(tr("Keep the note in the review of the {which} student", which=which))
            box.setToolTip(tr("Keep the note in this student's review"))
            box.toggled.connect(lambda _: self._fit())
        self.status = QComboBox()
        self.status.setAccessibleName(tr("Status to set with the note"))
        self.status.addItem(tr("Status stays"), None)
        for status in STATUSES:
            self.status.addItem(tr(status), status)
        self.keep = button(kit.look, tr("Keep note"), "check", "primary", then=self.send)
        self.keep.setToolTip(tr("Keep it (Ctrl+Enter)"))
        close = button(kit.look, "", "close", "quiet", tip=tr("Close; what is written stays (Esc)"), then=self.leave)
        foot = flow(label(tr("In the review of"), "muted"), *self.whose, self.status, self.keep, close)
        self.setLayout(column(self.text, foot, margin=SPACE["s"]))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(QKeySequence(keys), self, self.send, _WITHIN)
        self.hide()

    def show_pair(self, pair: PairView) -> None:
        """Be about this pair from now on."""
        self._pair = pair
        self.text.setPlainText(self.drafts.of(_key(pair)))
        self.status.setCurrentIndex(0)
        room = max(LEAST_NAME, (self.window().width() - BESIDE_NAMES) // 2)
        for box, session, name in zip(self.whose, (pair.a, pair.b), (pair.a_name, pair.b_name), strict=True):
            one = self._kit.state.by_session(session)
            who = name if one is None or one.student == name else f"{name} ({one.student})"
            cut = box.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, room)
            box.setText(who.replace(name, cut).replace("&", "&&"))
            box.setAccessibleName(tr("Keep the note in the review of {name}", name=who))
            box.setToolTip(plain_tip(tr("Keep the note in the review of {name}", name=who)))
            box.setVisible(one is not None)
            box.setChecked(one is not None)
        self.setVisible(bool(self.text.toPlainText()))
        self._fit()

    def cite(self, answer: SideBySide, place: int) -> None:
        """Open with the passage at this place cited, the pair alone for -1; what is written stays before it."""
        words, before = citation(answer, place), self.text.toPlainText().rstrip()
        if words not in before:
            self.text.setPlainText(f"{before}\n{words}\n" if before else f"{words}\n")
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def send(self) -> None:
        """Keep the note, and set the status, in each chosen review."""
        chosen = self._chosen()
        note = self.text.toPlainText().strip()
        if not note or not chosen or self._keeping:
            return
        status: ReviewStatus | None = self.status.currentData()
        names = tr(" and ").join(name for _, name in chosen)
        sessions = tuple(session for session, _ in chosen)
        self._keeping = True
        self._fit()
        request: Command = (
            AddNote(command="", sessions=sessions, note=note)
            if status is None
            else SetReview(command="", sessions=sessions, status=status, note=note)
        )
        self._kit.bridge.command(request, lambda done: self._kept(done, names), self._refused)

    def leave(self) -> None:
        """Hide; what is written stays with the pair."""
        self.hide()
        self.closed.emit()

    def _kept(self, done: Done, names: str) -> None:
        self._keeping = False
        self.text.clear()
        self.leave()
        self._banner.say("positive", tr("{sentence} In the review of {names}.", sentence=done.sentence, names=names))
        self._fit()

    def _refused(self, problem: Problem) -> None:
        self._keeping = False
        self._banner.say("attention", problem.sentence, tr("Not kept; the note is still here"))
        self._fit()

    def _chosen(self) -> list[tuple[str, str]]:
        pair = self._pair
        if pair is None:
            return []
        both = zip(self.whose, ((pair.a, pair.a_name), (pair.b, pair.b_name)), strict=True)
        return [one for box, one in both if box.isChecked()]

    def _written(self) -> None:
        if self._pair is not None:
            self.drafts.keep(_key(self._pair), self.text.toPlainText())
        self._fit()

    def _fit(self) -> None:
        self.keep.setEnabled(bool(self.text.toPlainText().strip() and self._chosen()) and not self._keeping)


def citation(answer: SideBySide, place: int) -> str:
    """Return what is there to see, for a note: the figures, the passage's lines, when it was there and how it came."""
    pair = tr("{a} and {b}: {alike} alike", a=answer.a_name, b=answer.b_name, alike=percent(answer.jaccard))
    if not 0 <= place < len(answer.passages):
        return f"{pair}."
    shown = rows_of(answer)[place]
    a, a_end, b, b_end = shown.lines
    passage = shown.passage
    parts = [
        tr("{pair}. Lines {a} to {a_end} and {b} to {b_end}", pair=pair, a=a, a_end=a_end, b=b, b_end=b_end),
        *(
            tr("{name}: there at {at}, {how}", name=name, at=clock_time(side.there.at_ms, seconds=True), how=how(side))
            for name, side in _sides(answer, passage.a, passage.b)
        ),
        tr("{n} of {all} programs have it", n=passage.programs_with_it, all=answer.programs),
    ]
    return "; ".join(parts) + "."


def _sides(answer: SideBySide, a: AppearedView | None, b: AppearedView | None) -> list[tuple[str, AppearedView]]:
    return [(name, side) for name, side in ((answer.a_name, a), (answer.b_name, b)) if side is not None]


def _key(pair: PairView) -> frozenset[str]:
    return frozenset((pair.a, pair.b))


_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut
