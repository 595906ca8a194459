"""Signals: what a person may want to look at, each with its explanation. Evidence for review, never a verdict.

`KINDS` lists every kind in plain words; each has its own small watcher. `journal_signals` come from the events of one
journal as they are folded, `session_signals` from what the hub knows of a session's journals besides.
"""

from examdesk.evidence.facts import Signal
from examdesk.evidence.rules import Given
from examdesk.evidence.signals.common import HowCommon, how_common
from examdesk.evidence.signals.kinds import KINDS, SignalKind
from examdesk.evidence.signals.model import ENGINE, Watch
from examdesk.evidence.signals.watches import watches

__all__ = ["ENGINE", "KINDS", "Given", "HowCommon", "Signal", "SignalKind", "Watch", "how_common", "watches"]
