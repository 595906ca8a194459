"""The PC: restarts, changes of device, its clock, files changed by others, what was refused."""

import msgspec

from examdesk.evidence.facts import Signal
from examdesk.evidence.signals.model import Seen, Watch
from examdesk.evidence.so_far import SoFar
from examdesk.evidence.words import count, duration, surroundings_words
from shared.events import kinds
from shared.exam.rules import SignalName

_CLOSED = {
    "restart": "The exam program was started again after it had been closed in an orderly way",
    "crash": "The exam program was started again after it had ended without being closed (crash, power cut or kill)",
}
_WHAT = {"address": "network address", "user": "user", "name": "name"}


class RestartWatch(Watch):
    """The desk was started again in the same journal."""

    KINDS = ("restart",)
    SEES = (kinds.Started,)

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise for starts after the first."""
        payload = seen.payload
        assert isinstance(payload, kinds.Started)
        if payload.how in _CLOSED:
            away = f"; {duration(payload.away_ms)} passed in between" if payload.away_ms else ""
            facts.raise_(
                Signal(
                    kind="restart",
                    journal=facts.journal.hex(),
                    seq=seen.seq,
                    at_ms=seen.at_ms,
                    amount=round(payload.away_ms / 1000, 1),
                    unit="seconds",
                    explanation=f"{_CLOSED[payload.how]}{away}.",
                )
            )


class DeviceWatch(Watch):
    """The PC says of itself something else than before; what it says first is how things are."""

    KINDS = ("device_change",)
    SEES = (kinds.Started, kinds.DeviceChanged)

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Compare with the last start, or with what the desk noticed before."""
        payload = seen.payload
        if isinstance(payload, kinds.DeviceChanged):
            before = self._known.get(payload.what)
            self._known[payload.what] = payload.value
            if before is not None and before != payload.value:
                now = payload.value or "(none)"
                said = f"The PC's {_WHAT[payload.what]} is {now}, before it was {before or '(none)'}."
                self._raise(seen, facts, 1, said)
        elif isinstance(payload, kinds.Started):
            changed = _changes(facts, payload) if facts.starts else []
            self._known["user"] = payload.user or self._known.get("user", "")
            if changed:
                self._raise(seen, facts, len(changed), f"After a restart: {'; '.join(changed)}.")

    def _raise(self, seen: Seen, facts: SoFar, changes: int, explanation: str) -> None:
        facts.raise_(
            Signal(
                kind="device_change",
                journal=facts.journal.hex(),
                seq=seen.seq,
                at_ms=seen.at_ms,
                amount=changes,
                unit="changes",
                explanation=explanation,
            )
        )


def _changes(facts: SoFar, now: kinds.Started) -> list[str]:
    before = facts.starts[-1]
    changed = []
    if before.device != now.device:
        changed.append("the journal goes on at another PC")
    if before.user != now.user and before.user and now.user:
        changed.append(f"the user is {now.user}, before it was {before.user}")
    if before.platform != now.platform:
        changed.append(f"the system is {now.platform}, before it was {before.platform}")
    return changed


class ClockWatch(Watch):
    """The PC's wall clock moved against its monotonic clock."""

    KINDS = ("clock_change",)
    SEES = (kinds.ClockJumped,)

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise from the threshold on."""
        payload = seen.payload
        assert isinstance(payload, kinds.ClockJumped)
        if abs(payload.by_ms) >= facts.rules.signals.clock_jump_seconds * 1000:
            where = "forward" if payload.by_ms > 0 else "back"
            facts.raise_(
                Signal(
                    kind="clock_change",
                    journal=facts.journal.hex(),
                    seq=seen.seq,
                    at_ms=seen.at_ms,
                    amount=round(payload.by_ms / 1000, 1),
                    unit="seconds",
                    explanation=(
                        f"The PC's clock was set {where} by {duration(abs(payload.by_ms))}. "
                        "Times in this record are the hub's and not affected."
                    ),
                )
            )


class SurroundingsWatch(Watch):
    """The PC's system says that it is virtual or worked at from afar."""

    KINDS = ("surroundings",)
    SEES = (kinds.SurroundingsSeen,)

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise for what is not a real PC with somebody in front of it."""
        payload = seen.payload
        assert isinstance(payload, kinds.SurroundingsSeen)
        said = surroundings_words(payload)
        if payload.machine in ("virtual", "container") or payload.session == "remote":
            facts.raise_(
                Signal(
                    kind="surroundings",
                    journal=facts.journal.hex(),
                    seq=seen.seq,
                    at_ms=seen.at_ms,
                    amount=1,
                    unit="machines",
                    explanation=f"{said} That is usual where a whole lab works so.",
                )
            )


class OutsideFileWatch(Watch):
    """Something other than the editor changed a file."""

    KINDS = ("outside_file_change",)
    SEES = (kinds.FileChangedOutside,)

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise each time."""
        payload = seen.payload
        assert isinstance(payload, kinds.FileChangedOutside)
        facts.raise_(
            Signal(
                kind="outside_file_change",
                journal=facts.journal.hex(),
                seq=seen.seq,
                at_ms=seen.at_ms,
                amount=1,
                unit="changes",
                explanation=f"{payload.file} was changed on the disk by something other than the editor.",
                file=payload.file,
            )
        )


_REFUSED: dict[str, tuple[SignalName, str]] = {
    "import": ("refused_import", "A program asked for the module {detail}, which this exam does not allow"),
    "network": ("refused_network", "A program tried to reach {detail} over the network"),
    "paste": ("refused_paste", "A paste was refused{detail}"),
    "drop": ("refused_paste", "A drop from another window was refused{detail}"),
    "file": ("outside_file_change", "A file was refused{detail}"),
}


class RefusedWatch(Watch):
    """The desk refused something; the same thing again counts up."""

    KINDS = ("refused_import", "refused_network", "refused_paste", "outside_file_change")
    SEES = (kinds.Refused,)

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], int] = {}

    def take(self, seen: Seen, facts: SoFar) -> None:
        """Raise once for each thing that was refused, with how often."""
        payload = seen.payload
        assert isinstance(payload, kinds.Refused)
        key = (payload.what, payload.detail)
        place = self._known.get(key, -1)
        times = int(facts.signals[place].amount) + 1 if place >= 0 else 1
        kind, said = _REFUSED[payload.what]
        detail = payload.detail
        if payload.what in ("import", "network"):
            said = said.format(detail=detail or "something")
        else:
            said = said.format(detail=f" ({detail})" if detail else "")
        often = "" if times == 1 else f", {count(times, 'time')} in all"
        if place >= 0:
            facts.signals[place] = msgspec.structs.replace(
                facts.signals[place], amount=times, explanation=f"{said}{often}."
            )
            return
        self._known[key] = facts.raise_(
            Signal(
                kind=kind,
                journal=facts.journal.hex(),
                seq=seen.seq,
                at_ms=seen.at_ms,
                amount=1,
                unit="times",
                explanation=f"{said}.",
                file=facts.file,
            )
        )
