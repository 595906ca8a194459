"""The other process of `view`: holds the facts of all sessions, takes what was committed, answers questions."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from examdesk.readmodels import Answers
from examdesk.store import open_reader
from shared.exam.content import Content
from shared.exam.document import Exam
from shared.ids import JournalId, SessionId
from shared.log.entry import Entry

log = logging.getLogger(__name__)

Committed = list[tuple[JournalId, tuple[Entry, ...]]]
_committed: msgspec.msgpack.Decoder[Committed] = msgspec.msgpack.Decoder(Committed)
_encoder = msgspec.msgpack.Encoder()
_facts: "list[Facts]" = []
"""The one that this process holds, from `begin` on."""


class Setup(msgspec.Struct, frozen=True):
    """What a process begins with."""

    url: str
    exam: Exam
    content: Content


class Moment(msgspec.Struct, frozen=True):
    """When a question is asked, and whose desks are connected then; None: the same ones as last time."""

    now_ms: int
    online: tuple[SessionId, ...] | None


class Facts:
    """The read models and the moment at which they are asked."""

    def __init__(self, setup: Setup) -> None:
        self._now_ms = 0
        self._online: frozenset[SessionId] = frozenset()
        self.answers = Answers(open_reader(setup.url), setup.exam, setup.content, self, self._is_online)

    def wall_ms(self) -> int:
        """See `Clock`: the hub's."""
        return self._now_ms

    def mono_us(self) -> int:
        """See `Clock`: the hub's."""
        return self._now_ms * 1000

    def awake_us(self) -> int:
        """See `Clock`: the hub's."""
        return self._now_ms * 1000

    def _is_online(self, session: SessionId) -> bool:
        return session in self._online

    def at(self, moment: Moment) -> Answers:
        """Return who answers at this moment."""
        self._now_ms = moment.now_ms
        if moment.online is not None:
            self._online = frozenset(moment.online)
        return self.answers


def begin(setup: Setup) -> None:
    """Read what is in the records."""
    facts = Facts(setup)
    _facts[:] = [facts]
    try:
        facts.answers.live.load()
    except Exception:
        log.exception("the records could not be read into the view")


def use(setup: Setup) -> None:
    """Go on with another edition of the exam."""
    _facts[0].answers.use(setup.exam, setup.content)


def take(committed: bytes, behind: Sequence[JournalId], *, changed: bool) -> None:
    """Take events that were committed; what the records have beyond them of journals that are `behind`."""
    live = _facts[0].answers.live
    if changed:
        live.changed()
    for journal, entries in _committed.decode(committed):
        try:
            live.take(journal, entries)
        except Exception:
            log.exception("events could not be taken into the view; they are in the records")
    if behind:
        live.catch_up(behind)


def answer(question: Callable[..., object], args: tuple[Any, ...], named: Mapping[str, Any], moment: Moment) -> bytes:
    """Answer from the facts, encoded as answers are on the wire; raises what the question raises."""
    return _encoder.encode(question(_facts[0].at(moment), *args, **named))


def encode(committed: Committed) -> bytes:
    """Return committed events as `take` takes them."""
    return _encoder.encode(committed)


def nothing() -> None:
    """Tell, by coming back, that everything before is done."""
