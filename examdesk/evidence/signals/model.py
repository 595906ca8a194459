"""What a signal is, and what watches for one."""

from typing import ClassVar, NamedTuple

from examdesk.evidence.so_far import SoFar
from shared.events import Payload, Unknown
from shared.exam.rules import SignalName
from shared.log.entry import Header

ENGINE = "examdesk signals 6"
"""Raised whenever the same events and thresholds would give other signals."""


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

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Look at one event; raise signals with `facts.raise_`."""
        raise NotImplementedError
