"""What a signal is, and what watches for one."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, NamedTuple

import msgspec

from shared.events import Payload, Unknown
from shared.exam.rules import SignalName
from shared.log.entry import Header

if TYPE_CHECKING:
    from examdesk.evidence.fold import JournalFacts

ENGINE = "examdesk signals 3"
"""Raised whenever the same events and thresholds would give other signals."""


class Signal(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a person may want to look at: event `seq` of a journal, hub time, how much, and in words why."""

    kind: SignalName
    journal: str
    seq: int
    at_ms: int
    amount: float
    unit: str
    explanation: str
    file: str = ""


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam itself gave to students: prompts and starter code as texts, notices by number.

    `later` are texts of editions that came while it ran.
    """

    prompts: tuple[str, ...] = ()
    starters: tuple[str, ...] = ()
    notices: Mapping[int, str] = msgspec.field(default_factory=dict)
    later: Sequence[str] = ()


class Seen(NamedTuple):
    """One event as it is folded: its header, when it happened by the hub's clock, what it says."""

    header: Header
    at_ms: int
    payload: Payload | Unknown

    @property
    def seq(self) -> int:
        """Its number in the journal."""
        return self.header.seq


class Watch:
    """Looks at the events of one journal in order, before the fold has taken each, and raises signals.

    `KINDS` are the signals it may raise; where all are off it is not asked. `SEES` are the payloads it looks at.
    """

    KINDS: ClassVar[tuple[SignalName, ...]] = ()
    SEES: ClassVar[tuple[type[Payload], ...]] = ()

    def take(self, seen: Seen, facts: "JournalFacts") -> None:
        """Look at one event; raise signals with `facts.raise_`."""
        raise NotImplementedError
