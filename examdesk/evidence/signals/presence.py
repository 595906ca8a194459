"""Whether somebody was there: focus, inactivity, connection."""

from collections import deque

import msgspec

from examdesk.evidence.facts import Signal
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import count, duration
from shared.events import kinds

_MINUTE_MS = 60_000
TOGETHER_MS = 10 * _MINUTE_MS
SHORT_TIMES = 4
"""So many short absences within `TOGETHER_MS` count together, from so many times the threshold on."""


class FocusWatch(Watch):
    """Another window had the keyboard for longer than the threshold, at once or in many short absences together."""

    KINDS = ("focus_away",)
    SEES = (kinds.Focus, kinds.Started, kinds.Stopped, kinds.Submitted)

    def __init__(self) -> None:
        self._left: Seen | None = None
        self._short: deque[tuple[Seen, int]] = deque()

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise when the keyboard comes back, or when the desk ends or hands in meanwhile."""
        payload = seen.payload
        if isinstance(payload, kinds.Focus) and not payload.here:
            self._left = self._left or seen
            return
        left, self._left = self._left, None
        if isinstance(payload, kinds.Focus) and payload.away_ms:
            self._judge(left or seen, payload.away_ms, facts)
        elif left is not None and not isinstance(payload, kinds.Started):
            self._judge(left, seen.at_ms - left.at_ms, facts)

    def _judge(self, left: Seen, away_ms: int, facts: SoFar) -> None:
        if not facts.working_at(left.at_ms):
            return
        if away_ms >= facts.rules.signals.focus_away_seconds * 1000:
            self._raise(left, away_ms, f"Another window had the keyboard for {duration(away_ms)}.", facts)
            return
        self._short.append((left, away_ms))
        while left.at_ms - self._short[0][0].at_ms > TOGETHER_MS:
            self._short.popleft()
        away_together = sum(away for _, away in self._short)
        enough = away_together >= SHORT_TIMES * facts.rules.signals.focus_away_seconds * 1000
        if len(self._short) >= SHORT_TIMES and enough:
            first = self._short[0][0]
            said = (
                f"Another window had the keyboard {len(self._short)} times for a short while each, "
                f"{duration(away_together)} in all within {duration(left.at_ms + away_ms - first.at_ms)}."
            )
            self._short.clear()
            self._raise(first, away_together, said, facts)

    @staticmethod
    def _raise(left: Seen, away_ms: int, explanation: str, facts: SoFar) -> None:
        facts.raise_(
            Signal(
                kind="focus_away",
                journal=facts.journal.hex(),
                seq=left.seq,
                at_ms=left.at_ms,
                amount=round(away_ms / 1000, 1),
                unit="seconds",
                explanation=explanation,
                file=facts.file,
            )
        )


class InactivityWatch(Watch):
    """Nothing was done for longer than the threshold while the student could work."""

    KINDS = ("inactivity",)
    SEES = (
        kinds.Edit,
        kinds.Paste,
        kinds.Viewed,
        kinds.RunStarted,
        kinds.RunInput,
        kinds.RunOutput,
        kinds.RunEnded,
        kinds.FileRemoved,
        kinds.FileRenamed,
        kinds.Focus,
        kinds.HandRaised,
        kinds.MessageSent,
        kinds.MessageSeen,
        kinds.NoteWritten,
        kinds.StandingApplied,
        kinds.Drawn,
        kinds.Started,
        kinds.Submitted,
        kinds.Reopened,
    )

    def __init__(self) -> None:
        self._quiet: Seen | None = None

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Measure from the last sign of life, or from when work could begin, to this one or the end of the time."""
        quiet, payload = self._quiet, seen.payload
        if quiet is not None and not isinstance(payload, kinds.Started) and self._long(quiet, seen, facts):
            self._judge(quiet, seen, facts)
        still_open = isinstance(payload, kinds.StandingApplied) and payload.phase == "active"
        if not (still_open and facts.working_at(seen.at_ms)):
            self._quiet = seen

    @staticmethod
    def _long(quiet: Seen, seen: Seen, facts: SoFar) -> bool:
        """Tell at once of nearly every event that it came soon after the one before."""
        least_ms = facts.rules.signals.inactivity_minutes * _MINUTE_MS
        if quiet.header.boot == seen.header.boot:
            return seen.header.mono_us - quiet.header.mono_us >= least_ms * 1000
        return seen.at_ms - quiet.at_ms >= least_ms

    def _judge(self, quiet: Seen, seen: Seen, facts: SoFar) -> None:
        state = facts.states[-1] if facts.states else None
        if state is None or facts.handed_in is not None:
            return
        begun = max(facts.clock.past(quiet.header), state.starts_ms or 0)
        passed_ms = min(seen.at_ms, state.ends_ms or seen.at_ms) - begun
        if passed_ms >= facts.rules.signals.inactivity_minutes * _MINUTE_MS and state.phase_at(begun) == "active":
            facts.raise_(
                Signal(
                    kind="inactivity",
                    journal=facts.journal.hex(),
                    seq=quiet.seq,
                    at_ms=begun,
                    amount=round(passed_ms / _MINUTE_MS, 1),
                    unit="minutes",
                    explanation=f"Nothing was typed, run or turned to for {duration(passed_ms)}.",
                    file=facts.file,
                )
            )


class OfflineWatch(Watch):
    """The desk had no connection to the hub for longer than the threshold."""

    KINDS = ("offline",)
    SEES = (kinds.Contact, kinds.Submitted, kinds.Stopped)

    def __init__(self) -> None:
        self._lost: Seen | None = None
        self._raised = -1

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise when the connection is back, or when the desk hands in or ends without it."""
        payload = seen.payload
        if not isinstance(payload, kinds.Contact):
            if self._lost is not None:
                away_ms = seen.at_ms - self._lost.at_ms
                said = f"The PC had no connection to the hub for {duration(away_ms)} and ended without one; "
                self._judge(self._lost, away_ms, f"{said}its record came afterwards.", facts)
            return
        if not payload.online:
            self._lost = self._lost or seen
            return
        away = duration(payload.offline_ms)
        waited = f"{count(payload.unsent, 'event')} waited there and came afterwards."
        at = seen._replace(at_ms=seen.at_ms - payload.offline_ms)
        self._judge(at, payload.offline_ms, f"The PC had no connection to the hub for {away}; {waited}", facts)
        self._lost, self._raised = None, -1

    def _judge(self, begun: Seen, away_ms: int, explanation: str, facts: SoFar) -> None:
        if away_ms < facts.rules.signals.offline_seconds * 1000:
            return
        amount = round(away_ms / 1000, 1)
        if self._raised >= 0:
            before = facts.signals[self._raised]
            facts.signals[self._raised] = msgspec.structs.replace(before, amount=amount, explanation=explanation)
            return
        self._raised = facts.raise_(
            Signal(
                kind="offline",
                journal=facts.journal.hex(),
                seq=begun.seq,
                at_ms=begun.at_ms,
                amount=amount,
                unit="seconds",
                explanation=explanation,
            )
        )
