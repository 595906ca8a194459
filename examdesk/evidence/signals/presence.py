"""Whether somebody was there: focus, inactivity, connection."""

from typing import TYPE_CHECKING

from examdesk.evidence.signals.model import Seen, Signal, Watch
from examdesk.evidence.words import count, duration
from shared.events import kinds

if TYPE_CHECKING:
    from examdesk.evidence.fold import JournalFacts

_MINUTE_MS = 60_000


class FocusWatch(Watch):
    """Another window had the keyboard for longer than the threshold."""

    KINDS = ("focus_away",)
    SEES = (kinds.Focus, kinds.Started, kinds.Stopped)

    def __init__(self) -> None:
        self._left: Seen | None = None

    def take(self, seen: Seen, facts: "JournalFacts") -> None:
        """Raise when the keyboard comes back, or when the desk ends meanwhile."""
        payload = seen.payload
        if isinstance(payload, kinds.Focus) and not payload.here:
            self._left = self._left or seen
            return
        left, self._left = self._left, None
        if isinstance(payload, kinds.Focus) and payload.away_ms:
            self._judge(left or seen, payload.away_ms, facts)
        elif left is not None and not isinstance(payload, kinds.Started):
            self._judge(left, seen.at_ms - left.at_ms, facts)

    def _judge(self, left: Seen, away_ms: int, facts: "JournalFacts") -> None:
        if away_ms >= facts.rules.signals.focus_away_seconds * 1000 and facts.working_at(left.at_ms):
            facts.raise_(
                Signal(
                    kind="focus_away",
                    journal=facts.journal.hex(),
                    seq=left.seq,
                    at_ms=left.at_ms,
                    amount=round(away_ms / 1000, 1),
                    unit="seconds",
                    explanation=f"Another window had the keyboard for {duration(away_ms)}.",
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

    def take(self, seen: Seen, facts: "JournalFacts") -> None:
        """Measure from the last sign of life, or from when work could begin, to this one or the end of the time."""
        quiet, payload = self._quiet, seen.payload
        if quiet is not None and not isinstance(payload, kinds.Started) and self._long(quiet, seen, facts):
            self._judge(quiet, seen, facts)
        still_open = isinstance(payload, kinds.StandingApplied) and payload.phase == "active"
        if not (still_open and facts.working_at(seen.at_ms)):
            self._quiet = seen

    @staticmethod
    def _long(quiet: Seen, seen: Seen, facts: "JournalFacts") -> bool:
        """Tell at once of nearly every event that it came soon after the one before."""
        least_ms = facts.rules.signals.inactivity_minutes * _MINUTE_MS
        if quiet.header.boot == seen.header.boot:
            return seen.header.mono_us - quiet.header.mono_us >= least_ms * 1000
        return seen.at_ms - quiet.at_ms >= least_ms

    def _judge(self, quiet: Seen, seen: Seen, facts: "JournalFacts") -> None:
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
    SEES = (kinds.Contact,)

    def take(self, seen: Seen, facts: "JournalFacts") -> None:
        """Raise when the connection is back."""
        payload = seen.payload
        assert isinstance(payload, kinds.Contact)
        if payload.online and payload.offline_ms >= facts.rules.signals.offline_seconds * 1000:
            facts.raise_(
                Signal(
                    kind="offline",
                    journal=facts.journal.hex(),
                    seq=seen.seq,
                    at_ms=seen.at_ms - payload.offline_ms,
                    amount=round(payload.offline_ms / 1000, 1),
                    unit="seconds",
                    explanation=(
                        f"The PC had no connection to the hub for {duration(payload.offline_ms)}; "
                        f"{count(payload.unsent, 'event')} waited there and came afterwards."
                    ),
                )
            )
