"""Notes of reviewers at moments of a session: written here, kept in its review, shown on the timeline."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtWidgets import QFrame, QPlainTextEdit

from examdesk.staffapi.messages import AddNote, Changed, Done, GetReviewHistory, ReviewHistory, ReviewStepView
from examdesk.staffapi.playback.marks import Mark
from examdesk.staffapi.playback.moments import cited
from examdesk.staffapi.playback.tape import Tape
from instructor_app.kit import Kit
from instructor_app.pages.review_acts import Drafts
from instructor_app.review_book import TOPIC
from instructor_app.widgets.basic import Banner, button, row, shortcut
from instructor_app.words import tr
from shared.look import SPACE
from shared.problems import Problem

HEIGHT = 54
"""Of two lines: below it stays room for the code, also in a low window."""
_WITHIN = Qt.ShortcutContext.WidgetWithChildrenShortcut


class MomentNote(QFrame):
    """Hidden until it is wanted; what is begun about one session waits while another is looked at.

    Attributes:
        closed: it is hidden again; the keyboard is free.
        changed: `steps` are others.
        steps: what reviewers wrote about the session, as far as this person may read it.
    """

    closed = Signal()
    changed = Signal()

    def __init__(self, kit: Kit, banner: Banner) -> None:
        super().__init__()
        self._kit, self._banner = kit, banner
        self._session = ""
        self._sending = False
        self.drafts = Drafts(kit, "moment", self)
        self.steps: tuple[ReviewStepView, ...] = ()
        self.setProperty("kind", "card")
        self.text = QPlainTextEdit()
        self.text.setFixedHeight(HEIGHT)
        self.text.setTabChangesFocus(True)
        self.text.setAccessibleName(tr("Note about this moment"))
        self.text.setPlaceholderText(tr("Kept in the review of this session, with your name and the time"))
        self.text.textChanged.connect(self._written)
        self.keep = button(kit.look, tr("Keep note"), "check", "primary", then=self.send)
        self.keep.setToolTip(tr("Keep it (Ctrl+Enter)"))
        close = button(kit.look, "", "close", "quiet", tip=tr("Close; what is written stays (Esc)"), then=self.leave)
        self.text.setToolTip(tr("What stands in brackets leads back to the moment."))
        self.setLayout(row(self.text, self.keep, close, margin=SPACE["s"]))
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            shortcut(QKeySequence(keys), self, self.send, _WITHIN)
        shortcut(QKeySequence(Qt.Key.Key_Escape), self, self.leave, _WITHIN)
        self.drafts.loaded.connect(self._show_draft)
        self.drafts.failed.connect(lambda why: banner.say("attention", why, tr("The note is only on the screen")))
        kit.bridge.changed.connect(self._hear)
        kit.bridge.rights.guard(self.keep, AddNote)
        self.hide()

    def open(self, session: str) -> None:
        """Be about a session from now on, or about none."""
        if session != self._session:
            self._session, self.steps = session, ()
            self._show_draft()
        self.refresh()

    def _show_draft(self) -> None:
        self.text.setPlainText(self.drafts.of(frozenset((self._session,))))
        self.setVisible(bool(self.text.toPlainText()))

    def refresh(self) -> None:
        """Ask what reviewers wrote, where this person may know."""
        if self._session and self._kit.bridge.rights.may(GetReviewHistory):
            request = GetReviewHistory(session=self._session)
            self._kit.bridge.query(request, self._take, lambda _: None, key="notes of the session view")

    def begin(self, moment: str) -> None:
        """Open with a moment cited; what is written stays before it."""
        before = self.text.toPlainText().rstrip()
        if moment not in before:
            self.text.setPlainText(f"{before}\n{moment}: " if before else f"{moment}: ")
        self.show()
        self.text.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.text.moveCursor(QTextCursor.MoveOperation.End)

    def send(self) -> None:
        """Keep the note."""
        note = self.text.toPlainText().strip()
        if note and not self._sending and self.keep.isEnabled():
            self._sending = True
            self._written()
            self._kit.bridge.command(
                AddNote(command="", sessions=(self._session,), note=note), self._kept, self._refused
            )

    def leave(self) -> None:
        """Hide; what is written stays with the session."""
        self.hide()
        self.closed.emit()

    def _kept(self, done: Done) -> None:
        self._sending = False
        self.text.clear()
        self.leave()
        self._banner.say("positive", done.sentence)
        self.refresh()

    def _refused(self, problem: Problem) -> None:
        self._sending = False
        self._written()
        self._banner.say("attention", problem.sentence, tr("Not kept; the note is still here"))

    def _written(self) -> None:
        self.drafts.keep(frozenset((self._session,)), self.text.toPlainText())
        self.keep.setEnabled(bool(self.text.toPlainText().strip()) and not self._sending)

    def _hear(self, change: Changed) -> None:
        if TOPIC in change.topics and (not change.sessions or self._session in change.sessions):
            self.refresh()

    def _take(self, history: ReviewHistory) -> None:
        if history.session == self._session and history.steps != self.steps:
            self.steps = history.steps
            self.changed.emit()


def note_marks(tape: Tape, steps: Sequence[ReviewStepView]) -> list[Mark]:
    """Return the notes at the moments that they cite, by time."""
    found = [
        Mark("notes", number, tape.times[number - 1], None, "note", f"{step.who}: {step.note}")
        for step in steps
        if step.note
        for number in dict.fromkeys(cited(tape, step.note))
        if number
    ]
    return sorted(found, key=lambda mark: mark.number)
