"""What decides how events are read."""

from collections.abc import Mapping, Sequence

import msgspec

from shared.exam.rules import Signals

OUTPUT_CHARS = 400
"""How much of each run's output is kept for all sessions at once; a single session is folded with more."""
IDLE_MS = 180_000


class Given(msgspec.Struct, frozen=True, kw_only=True):
    """What the exam itself gave to students: prompts and starter code as texts, notices by number.

    `later` are texts of editions that came while it ran.
    """

    prompts: tuple[str, ...] = ()
    starters: tuple[str, ...] = ()
    notices: Mapping[int, str] = msgspec.field(default_factory=dict)
    later: Sequence[str] = ()


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What decides how events are read: the exam's thresholds, what it gave, and what it lets be recorded."""

    signals: Signals = Signals()
    given: Given = Given()
    idle_ms: int = IDLE_MS
    pastes: bool = True
    output_chars: int = OUTPUT_CHARS
