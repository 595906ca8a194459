"""What somebody did in the review queue, how it is taken back, and notes that are begun and not kept yet."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import get_args

from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

from examdesk.staffapi.messages import Assign, Command, ReviewStatus, SetReview
from instructor_app.begun import Kind, Place
from instructor_app.kit import Kit
from instructor_app.review_book import ReviewBook, ReviewRow
from instructor_app.words import counted, tr

MOST = 50
WRITE_AFTER_MS = 500
Send = Callable[[Command], None]
Say = Callable[[str], None]


class Drafts(QObject):
    """Notes by the sessions that they are about: a note that is begun goes to no other session.

    They are on the disk half a second after the last letter. Another exam, another person and names that are hidden or
    shown have notes of their own.

    Attributes:
        loaded: notes of another place are in sight.
        failed: (why) what is begun can't be written to the disk.
    """

    loaded = Signal()
    failed = Signal(str)

    def __init__(self, kit: Kit, kind: Kind, parent: QObject) -> None:
        super().__init__(parent)
        self._kit, self._kind = kit, kind
        self._texts: dict[frozenset[str], str] = {}
        self._changed: set[frozenset[str]] = set()
        self._place: Place | None = None
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(WRITE_AFTER_MS)
        self._later.timeout.connect(self.flush)
        app = QCoreApplication.instance()
        if app is not None:
            app.aboutToQuit.connect(self.flush)
        kit.state.exam_changed.connect(self.load)
        kit.state.names_changed.connect(self.load)
        self.load()

    def load(self) -> None:
        """Show what was begun where the window is now."""
        state = self._kit.state
        if state.exam is None:
            return
        place = Place(state.exam.exam, self._kit.bridge.person, self._kind, state.names_hidden)
        if place != self._place:
            self.flush()
            self._place = place
            self._texts = self._kit.preferences.begun.read(place)
            self.loaded.emit()

    def flush(self) -> None:
        """Write what is begun to the disk now."""
        self._later.stop()
        changed = {sessions: self._texts.get(sessions, "") for sessions in self._changed}
        self._changed.clear()
        if self._place is not None and changed:
            why = self._kit.preferences.begun.keep(self._place, changed)
            if why:
                self.failed.emit(why)

    def keep(self, sessions: frozenset[str], text: str) -> None:
        """Keep what is written about these sessions; nothing for nothing."""
        if self._texts.get(sessions, "") == text:
            return
        self._changed.add(sessions)
        self._later.start()
        if text.strip() and sessions:
            self._texts[sessions] = text
        else:
            self._texts.pop(sessions, None)

    def of(self, sessions: frozenset[str]) -> str:
        """Return what was begun about exactly these sessions."""
        return self._texts.get(sessions, "")

    def sessions(self) -> frozenset[str]:
        """Return all sessions about which a note is begun."""
        return frozenset(each for sessions in self._texts for each in sessions)


@dataclass(frozen=True, slots=True)
class _Act:
    """What was done to these sessions as they stood before, and what puts back how each was."""

    words: str
    before: tuple[ReviewRow, ...]
    value: Callable[[ReviewRow], str]
    back: Callable[[tuple[str, ...], str], Command]
    asking: bool = False
    """Whether it ends that a second person is asked for, which nobody can ask in another's name."""


class Acts:
    """The last statuses and reviewers that this person set here, newest last; each is taken back once."""

    def __init__(self, kit: Kit, book: ReviewBook, send: Send, say: Say) -> None:
        self._kit, self._book, self._send, self._say = kit, book, send, say
        self._done: list[_Act] = []

    def status_set(self, rows: Sequence[ReviewRow]) -> None:
        """Remember how reviews stood before a status was set."""
        self._did(_Act(tr("The status"), tuple(rows), lambda one: one.review.status, _status_again, asking=True))

    def assigned(self, rows: Sequence[ReviewRow]) -> None:
        """Remember who was to review before."""
        self._did(_Act(tr("The reviewer"), tuple(rows), lambda one: one.review.assignee, _reviewer_again))

    def undo(self) -> None:
        """Take the last act back, except where a colleague has done something to the session since."""
        if not self._done:
            self._say(tr("There is nothing to take back."))
            return
        act = self._done.pop()
        mine = [one for one in act.before if not self._changed_by_others(one)]
        alike: dict[str, list[str]] = {}
        for one in mine:
            alike.setdefault(act.value(one), []).append(one.live.session)
        for value, sessions in alike.items():
            self._send(act.back(tuple(sessions), value))
        self._say(" ".join(self._taken_back(act, mine)))

    def _taken_back(self, act: _Act, mine: Sequence[ReviewRow]) -> Iterator[str]:
        if mine:
            yield tr("{what} is as it was before.", what=act.words)
        if act.asking and any(one.review.asked_by for one in mine):
            yield tr("Nobody asks for “Escalated” any more: whoever asked before has to ask again.")
        left = len(act.before) - len(mine)
        if left:
            others = tr("somebody else changed it since, so it stays; the history says what")
            yield f"{counted(left, '{n} session', '{n} sessions')}: {others}."

    def _did(self, act: _Act) -> None:
        self._done.append(act)
        del self._done[:-MOST]

    def _changed_by_others(self, before: ReviewRow) -> bool:
        now = self._book.review_of(before.live.session)
        return (
            now is not None
            and now.steps > before.review.steps
            and now.last_who.casefold() != self._kit.bridge.person.casefold()
        )


def _status_again(sessions: tuple[str, ...], value: str) -> Command:
    status = next(each for each in get_args(ReviewStatus) if each == value)
    return SetReview(command="", sessions=sessions, status=status, note=tr("Taken back"))


def _reviewer_again(sessions: tuple[str, ...], value: str) -> Command:
    return Assign(command="", sessions=sessions, to=value)
