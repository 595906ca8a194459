"""What the parts of a hub share, put together in `hub`."""

import asyncio
from dataclasses import dataclass

from examdesk.hub.changes import Changes
from examdesk.hub.desks.preflights import Preflights
from examdesk.hub.exam.content import SealedContent
from examdesk.hub.exam.wheels import WheelStore
from examdesk.hub.limits import Limits
from examdesk.hub.records.identity import Identity
from examdesk.hub.records.writer import Writer
from examdesk.hub.sessions.registry import Registry
from examdesk.store import Reader
from shared.clock import Chance, Clock
from shared.exam.document import Exam


@dataclass(slots=True)
class Document:
    """The exam as its file says now; only its times change while the hub runs."""

    exam: Exam


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a part of the hub may need; nothing here is ever replaced while the hub runs."""

    identity: Identity
    document: Document
    content: SealedContent
    wheels: WheelStore
    preflights: Preflights
    registry: Registry
    writer: Writer
    reader: Reader
    changes: Changes
    limits: Limits
    clock: Clock
    chance: Chance
    rehearsed: str
    """How the exam stands to the one that was rehearsed, in a sentence; empty where none was."""
    standings: asyncio.Lock
    """Held by whoever changes the standing of a session that exists."""

    @property
    def exam(self) -> Exam:
        """The exam as it is now: ask again each time."""
        return self.document.exam
