"""What the parts of a hub share, put together in `hub`."""

import asyncio
from dataclasses import dataclass

from examdesk.hub.changes import Changes
from examdesk.hub.exam.content import SealedContent
from examdesk.hub.exam.wheels import WheelStore
from examdesk.hub.limits import Limits
from examdesk.hub.records.identity import Identity
from examdesk.hub.records.preflights import Preflights
from examdesk.hub.records.writer import Writer
from examdesk.hub.sessions.registry import Registry
from examdesk.store import Reader
from shared.admission.edition import Edition
from shared.clock import Chance, Clock
from shared.exam.document import Exam


@dataclass(slots=True)
class Document:
    """The exam as it is served now: its times, and its content by editions, change while the hub runs.

    Attributes:
        wheels: the exam's packages.
        rehearsed: how the exam stands to the one that was rehearsed, in a sentence; empty where none was.
        beyond: a newer edition that a desk has shown and these records don't have.
    """

    exam: Exam
    content: SealedContent
    wheels: WheelStore
    rehearsed: str = ""
    beyond: Edition | None = None


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that a part of the hub may need; nothing here is ever replaced while the hub runs."""

    identity: Identity
    document: Document
    preflights: Preflights
    registry: Registry
    writer: Writer
    reader: Reader
    changes: Changes
    limits: Limits
    clock: Clock
    chance: Chance
    standings: asyncio.Lock
    """Held by whoever changes the standing of a session that exists."""

    @property
    def exam(self) -> Exam:
        """The exam as it is now: ask again each time."""
        return self.document.exam

    @property
    def content(self) -> SealedContent:
        """The content as it is offered now: ask again each time."""
        return self.document.content

    @property
    def wheels(self) -> WheelStore:
        """The exam's packages as they are given out now: ask again each time."""
        return self.document.wheels

    @property
    def rehearsed(self) -> str:
        """How the exam stands to the one that was rehearsed, in a sentence; empty where none was."""
        return self.document.rehearsed
