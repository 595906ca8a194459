"""Who looked at whose evidence: every request that reads it is written down here, whatever it is called.

One entry for each person and session (or pair) in a while: a screen that follows a session asks every second. Taking a
pair out as a file is noted each time.
"""

from typing import TypeVar

import msgspec

from examdesk.hub.records.corpora import OUTSIDE
from examdesk.hub.services import Services
from examdesk.staffapi import messages as api
from examdesk.staffapi.permissions import Permission
from examdesk.store.audit import TOOK_PAIR, Deed

Key = TypeVar("Key", bound=tuple[str, ...])
AGAIN_MS = 600_000
MOST = 20_000
EVIDENCE = frozenset({Permission.READ_CODE, Permission.READ_EVIDENCE})
_OF_ONE: dict[type[msgspec.Struct], str] = {
    api.GetPlayback: "played back a session",
    api.GetGivenTexts: "played back a session",
    api.GetSimilarity: "looked at the pairs of a session",
}
_OF_THE_CLASS: dict[type[msgspec.Struct], str] = {
    api.GetSignals: "looked at signals of the class",
    api.GetSimilarity: "looked at similarity of the class",
}


class Looks:
    """Writes down who looked at what, before the answer leaves the hub."""

    def __init__(self, services: Services) -> None:
        self._s = services
        self._noted: dict[tuple[str, ...], int] = {}
        self._last: dict[tuple[str, str], int] = {}

    async def note(self, request: api.AnyRequest, deed: Deed) -> None:
        """Note that somebody (`deed` says who) was shown what this request asks for."""
        if request.NEEDS not in EVIDENCE:
            return
        what, sessions = _what(request)
        now, key = self._s.clock.wall_ms(), (deed.who, deed.role, what, *sessions)
        for session in sessions:
            _put_last(self._last, (session, deed.who), now)
        if what != TOOK_PAIR and now - self._noted.get(key, -AGAIN_MS - 1) <= AGAIN_MS:
            return
        _put_last(self._noted, key, now)
        detail = ", ".join(f"{self._student(session)}, session {session}" for session in sessions)
        entry = msgspec.structs.replace(deed, what=what, detail=detail)
        await self._s.writer.run(lambda tx: tx.control.audit(now, entry))
        self._s.changes.topic("audit")

    def lately(self, session: str, but: str) -> tuple[api.Looker, ...]:
        """Return who else was shown something of a session a short while ago, the last one first."""
        now = self._s.clock.wall_ms()
        found = [
            api.Looker(who=who, at_ms=at_ms)
            for (seen, who), at_ms in self._last.items()
            if seen == session and now - at_ms <= AGAIN_MS and who.casefold() != but.casefold()
        ]
        return tuple(sorted(found, key=lambda each: each.at_ms, reverse=True))

    def _student(self, session: str) -> str:
        if session.startswith(OUTSIDE):
            return "a program from elsewhere"
        row = self._s.registry.session_called(session)
        return session if row is None else row.student


def _what(request: api.AnyRequest) -> tuple[str, tuple[str, ...]]:
    """Return what is looked at, in words, and whose it is: nobody's stands for the class's."""
    pair = (getattr(request, "a", ""), getattr(request, "b", ""))
    if all(isinstance(each, str) and each for each in pair):
        return TOOK_PAIR if getattr(request, "taken", False) else "looked at a pair", pair
    session = getattr(request, "session", "")
    if isinstance(session, str) and session:
        return _OF_ONE.get(type(request), "looked at a session"), (session,)
    return _OF_THE_CLASS.get(type(request), "looked at evidence of the class"), ()


def _put_last(moments: dict[Key, int], key: Key, now: int) -> None:
    """Put a moment at the end, and let go of the oldest where there are too many."""
    moments.pop(key, None)
    moments[key] = now
    while len(moments) > MOST:
        del moments[next(iter(moments))]
