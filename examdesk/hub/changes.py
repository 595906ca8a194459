"""Change sets: which sessions changed, told to subscribers at most four times a second."""

import asyncio
from collections.abc import Callable

import msgspec

from shared.ids import SessionId

EVERY_SECONDS = 0.25
REVIEW = "review"


class ChangeSet(msgspec.Struct, frozen=True):
    """What changed since the last one; topics: exam, roster, held, audit, review.

    Of sessions that are only in `reviewed` nothing but the review changed, which not everybody may know.
    """

    sessions: frozenset[SessionId]
    topics: frozenset[str]
    reviewed: frozenset[SessionId] = frozenset()


Listener = Callable[[ChangeSet], None]


class Changes:
    """Collects what changed and tells it, coalesced. Lives on the loop's thread.

    Attributes:
        people_changes: how often more than events changed: who sits where, what holds for them, what staff did.
    """

    def __init__(self) -> None:
        self._sessions: set[SessionId] = set()
        self._reviewed: set[SessionId] = set()
        self._topics: set[str] = set()
        self.people_changes = 0
        self._listeners: dict[Listener, None] = {}
        self._timer: asyncio.TimerHandle | None = None

    def touch(self, *sessions: SessionId) -> None:
        """Say that these sessions changed."""
        self._sessions.update(sessions)
        self._arm()

    def people(self, *sessions: SessionId) -> None:
        """Say that more than events changed of these sessions, or of people who have none."""
        self.people_changes += 1
        self.touch(*sessions)

    def reviews(self, *sessions: SessionId) -> None:
        """Say that the reviews of these sessions changed."""
        self.people_changes += 1
        self._reviewed.update(sessions)
        self.topic(REVIEW, "audit")

    def topic(self, *topics: str) -> None:
        """Say that something beside sessions changed."""
        self._topics.update(topics)
        self._arm()

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Tell `listener` from now on; the returned function ends that."""
        self._listeners[listener] = None
        return lambda: self._forget(listener)

    def _forget(self, listener: Listener) -> None:
        self._listeners.pop(listener, None)

    def stop(self) -> None:
        """Tell nothing any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _arm(self) -> None:
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(EVERY_SECONDS, self._tell)

    def _tell(self) -> None:
        self._timer = None
        change = ChangeSet(frozenset(self._sessions), frozenset(self._topics), frozenset(self._reviewed))
        self._sessions.clear()
        self._reviewed.clear()
        self._topics.clear()
        for listener in list(self._listeners):
            listener(change)
