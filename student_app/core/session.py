"""Where a session stands: one table of transitions, driven by what the hub signed, the clock and the student."""

from enum import StrEnum, auto
from typing import Literal

import msgspec

from shared.problems import InputProblem
from shared.wire.standing import Standing


class Phase(StrEnum):
    """What the desk shows."""

    FINDING = auto()
    JOINING = auto()
    HELD = auto()
    WAITING = auto()
    WORKING = auto()
    PAUSED = auto()
    SUBMITTED = auto()
    ENDED = auto()


class Signal(StrEnum):
    """What moves a session on."""

    JOIN = auto()
    HOLD = auto()
    REFUSE = auto()
    CANCEL = auto()
    ADMIT = auto()
    WAIT = auto()
    OPEN = auto()
    PAUSE = auto()
    END = auto()
    SUBMIT = auto()
    REOPEN = auto()


TRANSITIONS: dict[Phase, dict[Signal, Phase]] = {
    Phase.FINDING: {Signal.JOIN: Phase.JOINING, Signal.ADMIT: Phase.WAITING},
    Phase.JOINING: {
        Signal.HOLD: Phase.HELD,
        Signal.REFUSE: Phase.FINDING,
        Signal.CANCEL: Phase.FINDING,
        Signal.ADMIT: Phase.WAITING,
    },
    Phase.HELD: {
        Signal.ADMIT: Phase.WAITING,
        Signal.REFUSE: Phase.FINDING,
        Signal.CANCEL: Phase.FINDING,
        Signal.JOIN: Phase.JOINING,
    },
    Phase.WAITING: {Signal.OPEN: Phase.WORKING, Signal.PAUSE: Phase.PAUSED, Signal.END: Phase.ENDED},
    Phase.WORKING: {
        Signal.WAIT: Phase.WAITING,
        Signal.PAUSE: Phase.PAUSED,
        Signal.END: Phase.ENDED,
        Signal.SUBMIT: Phase.SUBMITTED,
    },
    Phase.PAUSED: {Signal.WAIT: Phase.WAITING, Signal.OPEN: Phase.WORKING, Signal.END: Phase.ENDED},
    Phase.SUBMITTED: {Signal.REOPEN: Phase.WORKING, Signal.END: Phase.ENDED},
    Phase.ENDED: {Signal.OPEN: Phase.WORKING, Signal.PAUSE: Phase.PAUSED},
}
"""What follows what; a signal that a phase does not name leaves it as it is."""

_BY_STANDING = {"waiting": Signal.WAIT, "active": Signal.OPEN, "paused": Signal.PAUSE, "ended": Signal.END}


class TakeStanding(msgspec.Struct, frozen=True):
    """Record that this standing holds now, with the phase that it means."""

    standing: Standing
    phase: str


class HandIn(msgspec.Struct, frozen=True):
    """Record the hand-in of everything as it stands."""

    why: Literal["student", "time", "collected"]


class GoOn(msgspec.Struct, frozen=True):
    """Record that a handed-in session goes on."""

    by: Literal["student", "staff"]


Effect = TakeStanding | HandIn | GoOn


class OwnStart(msgspec.Struct, frozen=True):
    """When the desk began by a start code, and until when, in ms of the hub's clock as far as it was known."""

    starts_ms: int
    ends_ms: int | None


class Session:
    """One session's phase and time left; hub time comes in with every call, so nothing here looks at a clock.

    Attributes:
        phase: where it stands.
        standing: the newest that the hub signed, with the own start in it; None before the first.
        own: when the desk began by a start code, None for not.
    """

    def __init__(self, phase: Phase = Phase.FINDING) -> None:
        self.phase = phase
        self.standing: Standing | None = None
        self.own: OwnStart | None = None
        self._reopened = 0
        self._handed_in = False

    @classmethod
    def recovered(
        cls, standing: Standing | None, submitted: str, reopened: int, recorded: int, own: OwnStart | None = None
    ) -> "Session":
        """Return the session of a journal: its newest standing, how it was handed in (empty: not), its reopenings.

        `recorded` is the newest revision that the log has as applied; a newer `standing` is taken with `tick`. `own` is
        the start by a start code, if there was one.
        """
        session = cls(Phase.WAITING)
        session.own = own
        session._handed_in = bool(submitted)
        if submitted:
            session.phase = Phase.SUBMITTED if submitted == "student" else Phase.ENDED
        session._reopened = reopened
        if standing is not None and standing.revision <= recorded:
            session.standing = session.with_own(standing)
        return session

    def signal(self, signal: Signal) -> bool:
        """Move on by one signal; False when the phase has no such transition."""
        following = TRANSITIONS[self.phase].get(signal)
        if following is None:
            return False
        self.phase = following
        return True

    def take(self, standing: Standing, hub_ms: int) -> list[Effect]:
        """Take over what the hub said, unless something newer holds already, and return what to record."""
        if self.standing is not None and standing.revision <= self.standing.revision:
            return []
        self.standing = standing = self.with_own(standing)
        effects: list[Effect] = [TakeStanding(standing, standing.phase(hub_ms))]
        if standing.reopened > self._reopened:
            self._reopened = standing.reopened
            if self._handed_in:
                self._handed_in = False
                self.phase = Phase.WORKING
                effects.append(GoOn("staff"))
        return [*effects, *self.tick(hub_ms)]

    def own_start(self, hub_ms: int, minutes: int | None) -> OwnStart | None:
        """Return what beginning now by a start code means; None: the hub's own start has come already."""
        standing = self.standing
        if standing is None:
            return OwnStart(hub_ms, None if minutes is None else hub_ms + minutes * 60_000)
        if standing.starts_ms is not None and standing.starts_ms <= hub_ms:
            return None
        working = standing.working_ms
        if working is None and standing.starts_ms is not None and standing.ends_ms is not None:
            working = standing.ends_ms - standing.starts_ms
        if working is None and minutes is not None:
            working = minutes * 60_000
        return OwnStart(hub_ms, None if working is None else hub_ms + working)

    def begin_by_code(self, own: OwnStart, blank: Standing, hub_ms: int) -> list[Effect]:
        """Begin by a start code and return what to record; `blank` stands for the hub's word where there is none."""
        self.own = own
        self.standing = standing = self.with_own(self.standing or blank)
        return [TakeStanding(standing, standing.phase(hub_ms)), *self.tick(hub_ms)]

    def with_own(self, standing: Standing) -> Standing:
        """A start code is the staff's word as well: no standing takes it back. Its end counts where it has one."""
        own = self.own
        if own is None or (standing.starts_ms is not None and standing.starts_ms <= own.starts_ms):
            return standing
        ends = own.ends_ms if standing.starts_ms is None or standing.ends_ms is None else standing.ends_ms
        return msgspec.structs.replace(standing, starts_ms=own.starts_ms, ends_ms=ends)

    def tick(self, hub_ms: int) -> list[Effect]:
        """Let the time of the hub work on the phase, and return what to record."""
        if self.standing is None or self.phase in {Phase.FINDING, Phase.JOINING, Phase.HELD}:
            return []
        signal = _BY_STANDING[self.standing.phase(hub_ms)]
        if signal is Signal.OPEN and self.standing.locked:
            signal = Signal.PAUSE
        before = self.phase
        self.signal(signal)
        if (
            self.phase is Phase.ENDED
            and before is not Phase.ENDED
            and not self._handed_in
            and before is not Phase.WAITING
        ):
            self._handed_in = True
            return [HandIn("collected" if self.standing.ended else "time")]
        if before is Phase.ENDED and self.phase is not Phase.ENDED and self._handed_in:
            return self._extended()
        return []

    def _extended(self) -> list[Effect]:
        """An end that was moved after it had passed: the hand-in by time is undone, the student's own one is not."""
        self._handed_in = False
        return [GoOn("staff")]

    def submit(self) -> list[Effect]:
        """Hand in by the student.

        Raises:
            InputProblem: there is nothing to hand in now.
        """
        if not self.signal(Signal.SUBMIT):
            raise InputProblem("Work can be handed in while the exam is open for you. Everything you wrote is kept.")
        self._handed_in = True
        return [HandIn("student")]

    def take_back(self) -> list[Effect]:
        """Go on after handing in, by the student, while there is time.

        Raises:
            InputProblem: it was not handed in, or the time is over.
        """
        if not self.signal(Signal.REOPEN):
            raise InputProblem("This can be taken back only while the exam is open. Ask your instructor to reopen it.")
        self._handed_in = False
        return [GoOn("student")]

    @property
    def locked(self) -> bool:
        """Whether writing is locked here while the exam goes on: by staff, or because it goes on at another PC."""
        standing = self.standing
        return standing is not None and standing.locked and standing.paused_ms is None and not standing.ended

    def left_ms(self, hub_ms: int) -> int | None:
        """Return the time left, None where no end is set."""
        return None if self.standing is None else self.standing.left_ms(hub_ms)

    def next_change_ms(self, hub_ms: int) -> int | None:
        """Return in how many ms the phase will change by itself, None for not."""
        if self.standing is None:
            return None
        moments = [at for at in (self.standing.starts_ms, self.standing.ends_ms) if at is not None and at > hub_ms]
        return min(moments) - hub_ms if moments else None
