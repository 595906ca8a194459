"""What decides how events are read."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.events import Payload, Unknown, kinds
from shared.exam.rules import Signals

OUTPUT_CHARS = 400
"""How much of each run's output is kept for all sessions at once; a single session is folded with more."""
IDLE_MS = 180_000


class EditionTexts(msgspec.Struct, frozen=True, kw_only=True):
    """What an edition of the exam gave to read that none before it did: prompts and starter code."""

    number: int = 0
    prompts: tuple[str, ...] = ()
    starters: tuple[str, ...] = ()


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam itself gave to students: texts of its editions, by number, and notices by number."""

    editions: Sequence[EditionTexts] = ()
    notices: Mapping[int, str] = msgspec.field(default_factory=dict)

    def up_to(self, edition: int) -> Iterator[EditionTexts]:
        """Yield what a desk has had that has taken this edition: also what former ones gave, which it may still use."""
        return (each for each in self.editions if each.number <= edition)

    @property
    def starters(self) -> tuple[str, ...]:
        """The starter code of every edition."""
        return tuple(text for each in self.editions for text in each.starters)


def edition_in(payload: Payload | Unknown) -> int:
    """Return the edition of the exam that an event says to hold at the desk, 0 where it says nothing of it."""
    if isinstance(payload, kinds.EditionTaken):
        return payload.number
    return payload.edition if isinstance(payload, kinds.Drawn) else 0


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how events are read: the exam's thresholds, what it gave, and what it lets be recorded."""

    signals: Signals = Signals()
    given: Given = Given()
    idle_ms: int = IDLE_MS
    pastes: bool = True
    output_chars: int = OUTPUT_CHARS
