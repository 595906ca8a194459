"""What somebody did in the review queue, how it is taken back, and notes that are begun and not kept yet."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from examdesk.staffapi.messages import Assign, Command, SetReview
from instructor_app.kit import Kit
from instructor_app.review_book import ReviewBook, ReviewRow
from instructor_app.words import counted, tr

MOST = 50
Send = Callable[[Command], None]
Say = Callable[[str], None]


class Drafts:
    """Notes by the sessions that they are about: a note that is begun goes to no other session."""

    def __init__(self) -> None:
        self._texts: dict[frozenset[str], str] = {}

    def keep(self, sessions: frozenset[str], text: str) -> None:
        """Keep what is written about these sessions; nothing for nothing."""
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
    """What was done to each of these sessions, with the number of steps that each had before, and what undoes it."""

    words: str
    steps: dict[str, int]
    back: tuple[tuple[str, Command], ...]


class Acts:
    """The last statuses and reviewers that this person set here, newest last; each is taken back once."""

    def __init__(self, kit: Kit, book: ReviewBook, send: Send, say: Say) -> None:
        self._kit, self._book, self._send, self._say = kit, book, send, say
        self._done: list[_Act] = []

    def status_set(self, rows: Sequence[ReviewRow]) -> None:
        """Remember how reviews stood before a status was set."""
        note = tr("Taken back")
        back = [
            (one.live.session, SetReview(command="", session=one.live.session, status=one.review.status, note=note))
            for one in rows
        ]
        self._did(tr("The status"), rows, back)

    def assigned(self, rows: Sequence[ReviewRow]) -> None:
        """Remember who was to review before."""
        back = [
            (one.live.session, Assign(command="", sessions=(one.live.session,), to=one.review.assignee)) for one in rows
        ]
        self._did(tr("The reviewer"), rows, back)

    def undo(self) -> None:
        """Take the last act back, except where a colleague has done something to the session since."""
        if not self._done:
            self._say(tr("There is nothing to take back."))
            return
        act = self._done.pop()
        mine = [(session, request) for session, request in act.back if not self._changed_by_others(session, act.steps)]
        for _, request in mine:
            self._send(request)
        left = len(act.back) - len(mine)
        words = tr("{what} is as it was before.", what=act.words) if mine else ""
        if left:
            others = tr("somebody else changed it since, so it stays; the history says what")
            words = f"{words} {counted(left, '{n} session', '{n} sessions')}: {others}.".strip()
        self._say(words)

    def _did(self, words: str, rows: Sequence[ReviewRow], back: Sequence[tuple[str, Command]]) -> None:
        self._done.append(_Act(words, {one.live.session: one.review.steps for one in rows}, tuple(back)))
        del self._done[:-MOST]

    def _changed_by_others(self, session: str, steps: dict[str, int]) -> bool:
        now = self._book.review_of(session)
        return (
            now is not None
            and now.steps > steps[session]
            and now.last_who.casefold() != self._kit.bridge.person.casefold()
        )
